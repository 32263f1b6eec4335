// A run in SARIF: a thread flow for each actor, and the order of all their steps.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "checker/run_report.hpp"

namespace quiesce::reports {

/// A message of plain text: braces and links in it mean themselves.
[[nodiscard]] nlohmann::ordered_json sarif_message(const std::string& text);

/// The scenario as a whole.
[[nodiscard]] nlohmann::ordered_json sarif_location(const checker::ReportScenario& scenario);

/// Where the finding is: the last step that stands in a file below the working directory, or in the
/// scenario's; else the scenario.
[[nodiscard]] nlohmann::ordered_json sarif_location(const checker::ReportScenario& scenario,
                                                    const checker::ReportFinding& finding);

/// The run, or null for one without steps, which SARIF cannot express.
[[nodiscard]] nlohmann::ordered_json sarif_code_flows(const checker::ReportScenario& scenario,
                                                      const checker::ReportFinding& finding);

/// Who waits for whom at the end; null if nobody does.
[[nodiscard]] nlohmann::ordered_json sarif_wait_graph(const checker::ReportFinding& finding);

}  // namespace quiesce::reports
