// The file behind `--baseline`.
#pragma once

#include <optional>
#include <string>

#include "reports/baseline.hpp"

namespace quiesce::cli {

/// Nothing for an empty name. Throws UsageError, which says where in the file, if it is not a result.
[[nodiscard]] std::optional<reports::Baseline> read_baseline(const std::string& file);

}  // namespace quiesce::cli
