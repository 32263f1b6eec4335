"""scripts/check-layers fails on each kind of forbidden include, and only then."""
import unittest

from repository_script import ScriptTest


class CheckLayers(ScriptTest):
    def check(self, path, include):
        self.write(path, f"// A file.\n#include {include}\n")
        return self.run_script("check-layers")

    def test_accepts_what_the_table_allows(self):
        self.write("sim/node.cpp", '#include <yaml-cpp/yaml.h>\n#include "base/slot.hpp"\n')
        self.write("checker/check_system.cpp", '#include "sim/system.hpp"\n')
        self.write("reports/text_report.cpp", '#include <fmt/format.h>\n#include "checker/run_report.hpp"\n')
        self.write("cli/main.cpp", '#include <boost/program_options.hpp>\n#include "quiesce_build.hpp"\n')
        self.assert_passes(self.run_script("check-layers"))

    def test_names_file_and_line(self):
        self.assert_fails_with(self.check("base/slot.hpp", '"sim/node.hpp"'),
                               "base/slot.hpp:2: error: base must not include sim/node.hpp")

    def test_an_upper_layer_is_forbidden(self):
        self.assert_fails_with(self.check("hwmodel/v3/smmu.cpp", '"sim/node.hpp"'),
                               "hwmodel must not include")

    def test_the_generic_checker_knows_no_system(self):
        self.assert_fails_with(self.check("checker/explore.hpp", '"sim/system.hpp"'),
                               "checker must not include")

    def test_the_generic_checker_knows_no_bridge(self):
        self.assert_fails_with(self.check("checker/explore.hpp", '"checker/check_system.hpp"'),
                               "checker must not include")

    def test_reports_see_the_run_report_only(self):
        self.assert_fails_with(self.check("reports/text_report.cpp", '"checker/explore.hpp"'),
                               "reports must not include")

    def test_yaml_is_read_in_one_file(self):
        self.assert_fails_with(self.check("sim/compile.cpp", "<yaml-cpp/yaml.h>"), "sim must not include")

    def test_program_options_stay_in_cli(self):
        self.assert_fails_with(self.check("reports/text_report.cpp", "<boost/program_options.hpp>"),
                               "reports must not include")

    def test_an_unknown_library_is_forbidden(self):
        self.assert_fails_with(self.check("base/slot.hpp", "<absl/strings/str_cat.h>"),
                               "base must not include")

    def test_an_empty_tree_fails(self):
        self.assert_fails_with(self.run_script("check-layers"), "0 files")


if __name__ == "__main__":
    unittest.main()
