// Schemas of what machine_json.hpp writes.
#pragma once

#include "reports/schema_parts.hpp"

namespace quiesce::reports::schema {

[[nodiscard]] Json machine();
[[nodiscard]] Json routine();
/// A list of pairs: number of a cell, and its text.
[[nodiscard]] Json cell_changes();
[[nodiscard]] Json wait_graph();
[[nodiscard]] Json enabling();

}  // namespace quiesce::reports::schema
