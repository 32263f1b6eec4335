// SARIF 2.1.0 (OASIS Standard, 2020-03-27): a rule for each kind of finding and goal, a result for each
// finding.
#pragma once

#include <string>

#include "checker/run_report.hpp"

namespace quiesce::reports {

/// The kind of a result is "fail" for what makes the exit code 1, "open" for what is inconclusive, "pass" for
/// what holds as expected and "informational" for a violation that is expected. Only "fail" has the level
/// "error"; that of all others is "none", as the standard wants it.
[[nodiscard]] std::string render_sarif(const checker::RunReport& report);

}  // namespace quiesce::reports
