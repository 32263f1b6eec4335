// Where the states and transitions of a variant are, and what multiplies them.
#pragma once

#include <string>

#include "checker/run_report.hpp"

namespace quiesce::reports {

/// Tables of at most 20 rows each; the JSON report has all of them.
[[nodiscard]] std::string profile_tables(const checker::ReportVariant& variant);

}  // namespace quiesce::reports
