// The variants of a scenario, ready to be searched.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "checker/check_system.hpp"
#include "cli/options.hpp"
#include "sim/system.hpp"

namespace quiesce::cli {

struct CompiledVariant {
  std::string name;
  sim::Node document;
  sim::System system;
};

/// The variant that `--variant` names, or all. Throws ScenarioError with the mistakes of all of them, each
/// once, and says which variants have it.
[[nodiscard]] std::vector<CompiledVariant> compile_variants(const sim::Node& scenario,
                                                            const Options& options);

/// The scenario in a report, before its variants: `file` is as it was given on the command line.
[[nodiscard]] checker::ReportScenario scenario_heading(const sim::Node& scenario, const std::string& file);

/// Throws the first file's mistakes before anything is searched, where there are several.
void compile_all(const std::vector<std::filesystem::path>& files, const Options& options);

/// As checker::check, with the reductions that the variant admits; where memory runs out, everything is
/// inconclusive.
[[nodiscard]] checker::Outcome check_within_memory(const CompiledVariant& variant, const Options& options,
                                                   const std::function<void(const checker::Progress&)>& show);

}  // namespace quiesce::cli
