// What `quiesce coverage` prints: which steps of routines, and which kinds of findings, scenarios reach.
#pragma once

#include <string>

#include "checker/run_report.hpp"

namespace quiesce::reports {

[[nodiscard]] std::string render_coverage_text(const checker::CoverageReport& report);

/// Schema "quiesce.coverage/1".
[[nodiscard]] std::string render_coverage_json(const checker::CoverageReport& report);

}  // namespace quiesce::reports
