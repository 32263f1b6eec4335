// Files of earlier results that the command line names.
#pragma once

#include <optional>
#include <string>

#include "checker/baseline.hpp"

namespace quiesce::cli {

/// `what` it is called in messages: "the baseline". Throws UsageError, which says where in the file, if it is
/// not a result.
[[nodiscard]] checker::RunReport read_result_file(const std::string& file, const std::string& what);

/// Behind `--baseline`; nothing for an empty name. Throws UsageError.
[[nodiscard]] std::optional<checker::Baseline> read_baseline(const std::string& file);

}  // namespace quiesce::cli
