// The verdicts of one scenario at a glance: a row for each variant, a column for each property.
#pragma once

#include <string>

#include "checker/run_report.hpp"

namespace quiesce::reports {

/// The table, its legend, what was not expected, and what the verdicts hold under.
[[nodiscard]] std::string verdict_table(const checker::ReportScenario& scenario);

}  // namespace quiesce::reports
