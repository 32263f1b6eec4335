// The JSON Schema of scenario files: for editors, and for programs that write scenarios.
#pragma once

#include <string>

namespace quiesce::sim {

/// A JSON Schema (draft 2020-12) of scenarios, libraries and patches, as text. It knows sections, keys
/// and the shape of every step; names and expressions are looked at by `quiesce lint` alone.
[[nodiscard]] std::string scenario_schema();

}  // namespace quiesce::sim
