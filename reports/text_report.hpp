// The report that a terminal shows and a mail quotes.
#pragma once

#include <string>

#include "checker/run_report.hpp"
#include "reports/commands.hpp"

namespace quiesce::reports {

struct TextOptions {
  bool all_findings = false;  ///< every finding in full, instead of the first of each scenario
};

[[nodiscard]] std::string render_text(const checker::RunReport& report, const TextOptions& options = {});

/// Whether a finding is shown in full: the first of a scenario, and what was not expected. `before` is how
/// many findings the scenario has before this one.
[[nodiscard]] bool shows_in_full(const checker::ReportProperty& property, std::size_t before,
                                 const TextOptions& options);

/// What the machine printed, stamped as printk() does.
[[nodiscard]] std::string console_text(const std::vector<checker::LogLine>& log, std::size_t indent);

/// One finding: subject, the CPU table, the console log, who waits for whom, why it fails.
[[nodiscard]] std::string render_finding(const checker::ReportFinding& finding,
                                         const std::string& variant = "");

/// The same with what to type to see it again.
[[nodiscard]] std::string render_finding_and_replay(const checker::ReportScenario& scenario,
                                                    const checker::ReportVariant& variant,
                                                    const checker::ReportFinding& finding);

}  // namespace quiesce::reports
