// The report that a terminal shows and a mail quotes.
#pragma once

#include <string>

#include "checker/run_report.hpp"

namespace quiesce::reports {

struct TextOptions {
  bool all_findings = false;  ///< every finding in full, instead of the first of each variant
};

[[nodiscard]] std::string render_text(const checker::RunReport& report, const TextOptions& options = {});

/// One finding: summary, the CPU table, the console log, who waits for whom.
[[nodiscard]] std::string render_finding(const checker::ReportFinding& finding);

}  // namespace quiesce::reports
