// Why a run fails, in words.
#pragma once

#include <string>

#include "checker/run_report.hpp"

namespace quiesce::reports {

/// The point of no return and what forces the failure; empty if the finding has no explanation.
[[nodiscard]] std::string explanation_text(const checker::ReportFinding& finding);

}  // namespace quiesce::reports
