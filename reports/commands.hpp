// What to type to see the same again, quoted for a shell.
#pragma once

#include <string>

#include "checker/run_report.hpp"

namespace quiesce::reports {

/// The search of every variant of the scenario.
[[nodiscard]] std::string check_command(const checker::ReportScenario& scenario);

/// One finding.
[[nodiscard]] std::string replay_command(const checker::ReportScenario& scenario,
                                         const checker::ReportVariant& variant,
                                         const checker::ReportFinding& finding);

/// A run by its schedule.
[[nodiscard]] std::string replay_schedule_command(const std::string& file, const std::string& variant,
                                                  const std::string& schedule);

/// The difference of two variants.
[[nodiscard]] std::string diff_command(const std::string& file, const std::string& a, const std::string& b);

/// What the search of the scenario was told beside its file, with a space at the end; "" for one that looked
/// at all runs.
[[nodiscard]] std::string search_words(const checker::ReportScenario& scenario);

/// How any finding of such a search is shown: "quiesce replay FILE --variant NAME ID".
[[nodiscard]] std::string replay_form(const std::string& search_words);

}  // namespace quiesce::reports
