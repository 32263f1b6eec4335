// How a scenario stands beside the baseline.
#pragma once

#include <string>

#include "checker/run_report.hpp"

namespace quiesce::reports {

/// New and gone findings, each in a line, and how many are known. Empty without a baseline.
[[nodiscard]] std::string baseline_text(const checker::RunReport& report,
                                        const checker::ReportScenario& scenario);

/// What of the baseline this run could say nothing about. Empty if that is nothing.
[[nodiscard]] std::string baseline_not_run(const checker::RunReport& report);

}  // namespace quiesce::reports
