"""scripts/check-tidy fails on a finding in a source file or a header, and looks again when one changes."""
import json
import shutil
import unittest

from repository_script import ROOT, ScriptTest

GOOD = "#pragma once\ninline bool empty(const char* text) { return *text == 0; }\n"
BAD = """#pragma once
#include <string>
inline bool empty(const std::string& text) { return text.size() == 0; }
"""


class CheckTidy(ScriptTest):
    def setUp(self):
        super().setUp()
        shutil.copy(ROOT / ".clang-tidy", self.tree)
        build = self.tree / "build"
        self.write("base/file.cpp", '#include "base/file.hpp"\nint main() { return empty("") ? 0 : 1; }\n')
        # As CMake writes it with ccache and a precompiled header, neither of which clang understands.
        command = (f"cmake -E env X=1 /usr/bin/ccache /usr/bin/c++ -I{self.tree} -std=c++20 -Wno-restrict "
                   f"-fpch-preprocess -Winvalid-pch -include {build}/cmake_pch.hxx "
                   f"-o file.o -c {self.tree}/base/file.cpp")
        entry = {"directory": str(build), "file": str(self.tree / "base/file.cpp"), "command": command}
        self.write("build/compile_commands.json", json.dumps([entry]))

    def check(self):
        return self.run_script("check-tidy", self.tree / "build")

    def test_a_finding_in_a_header_fails(self):
        self.write("base/file.hpp", BAD)
        self.assert_fails_with(self.check(), "readability-container-size-empty")

    def test_a_file_that_passed_is_looked_at_again_when_its_header_changes(self):
        self.write("base/file.hpp", GOOD)
        self.assert_passes(self.check())
        self.write("base/file.hpp", BAD)
        self.assert_fails_with(self.check(), "readability-container-size-empty")

    def test_a_build_without_own_files_fails(self):
        self.write("build/compile_commands.json", "[]")
        self.assert_fails_with(self.check(), "0 files")


if __name__ == "__main__":
    unittest.main()
