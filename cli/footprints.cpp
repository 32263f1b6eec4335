// `quiesce check --check-footprints`: tests the program's own idea of what each transition touches.
#include <fmt/format.h>

#include <iostream>

#include "checker/footprint_check.hpp"
#include "cli/variants.hpp"

namespace quiesce::cli {
namespace {

void print(const std::string& name, const checker::FootprintReport& report) {
  std::cout << fmt::format("{}: {} states, {} transitions: {}\n", name, report.states, report.transitions,
                           !report.passed() ? "FOOTPRINTS ARE WRONG"
                           : report.bound   ? "inconclusive (" + *report.bound + ")"
                                            : "footprints hold");
  for (const std::string& violation : report.violations) std::cout << "  " << violation << "\n";
  std::cout << fmt::format("  {:<24}{:>12}{:>18}{:>18}\n", "step", "fired", "bytes derived", "bytes touched");
  for (const checker::FootprintUse& use : report.uses) {
    const auto fired = static_cast<double>(use.transitions);
    std::cout << fmt::format("  {:<24}{:>12}{:>18.1f}{:>18.1f}\n", use.what, use.transitions,
                             static_cast<double>(use.derived) / fired,
                             static_cast<double>(use.touched) / fired);
  }
}

}  // namespace

ExitCode run_check_footprints(const Options& options) {
  ExitCode worst = ExitCode::kAsExpected;
  for (const std::string& argument : options.arguments) {
    for (const std::filesystem::path& file : scenarios_in(argument)) {
      const sim::Node scenario = sim::load_scenario_document(file, options.libraries);
      for (const CompiledVariant& variant : compile_variants(scenario, options)) {
        const checker::FootprintReport report = checker::check_footprints(variant.system, options.search);
        print(file.string() + " " + variant.name, report);
        if (!report.passed()) return ExitCode::kInternal;
        if (report.bound) worst = ExitCode::kInconclusive;
      }
    }
  }
  return worst;
}

}  // namespace quiesce::cli
