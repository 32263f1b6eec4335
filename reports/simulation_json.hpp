// Many runs in virtual time, for programs.
#pragma once

#include <string>

#include "checker/simulation_report.hpp"

namespace quiesce::reports {

/// As simulation_schema() says; what is volatile stands below `measured`.
[[nodiscard]] std::string render_simulation_json(const checker::SimulationReport& report);

/// One page with a plot of each property, or of each against the parameter that is varied, and the same as
/// tables.
[[nodiscard]] std::string render_simulation_html(const checker::SimulationReport& report,
                                                 const std::string& command);

/// The JSON Schema of render_simulation_json().
[[nodiscard]] std::string simulation_schema();

}  // namespace quiesce::reports
