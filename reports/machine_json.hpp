// The parts of the JSON report that show the machine.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "checker/report_machine.hpp"

namespace quiesce::reports {

[[nodiscard]] nlohmann::ordered_json machine_to_json(const checker::ReportMachine& machine);
[[nodiscard]] nlohmann::ordered_json routines_to_json(const std::vector<checker::ReportRoutine>& routines);
[[nodiscard]] nlohmann::ordered_json cells_to_json(const std::vector<checker::ReportCellChange>& changes);
[[nodiscard]] nlohmann::ordered_json wait_graph_to_json(const checker::ReportWaitGraph& graph);

}  // namespace quiesce::reports
