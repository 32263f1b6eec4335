"""scripts/check-format fails on a file that is not laid out as .clang-format says, and --fix repairs it."""
import shutil
import unittest

from repository_script import ROOT, ScriptTest


class CheckFormat(ScriptTest):
    def setUp(self):
        super().setUp()
        shutil.copy(ROOT / ".clang-format", self.tree)

    def test_a_badly_laid_out_file_fails_until_it_is_fixed(self):
        self.write("base/file.hpp", "int f( int x ){return x;}\n")
        self.assert_fails_with(self.run_script("check-format"), "base/file.hpp:1")
        self.assert_passes(self.run_script("check-format", "--fix"))
        self.assert_passes(self.run_script("check-format"))

    def test_an_empty_tree_fails(self):
        self.assert_fails_with(self.run_script("check-format"), "no C++ files")


if __name__ == "__main__":
    unittest.main()
