// Files of earlier results that the command line names.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "checker/baseline.hpp"
#include "cli/options.hpp"

namespace quiesce::cli {

/// `what` it is called in messages: "the baseline". Throws UsageError, which says where in the file, if it is
/// not a result.
[[nodiscard]] checker::RunReport read_result_file(const std::string& file, const std::string& what);

/// Behind `--baseline`, to be compared with what these files will bring; nothing without one. Throws
/// UsageError, and ScenarioError.
[[nodiscard]] std::optional<checker::Baseline> read_baseline(const Options& options,
                                                             const std::vector<std::filesystem::path>& files);

}  // namespace quiesce::cli
