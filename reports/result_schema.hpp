// JSON Schemas of the JSON reports: for programs that read results.
#pragma once

#include <string>

namespace quiesce::reports {

/// A JSON Schema (draft 2020-12) of what render_json() prints, as text.
[[nodiscard]] std::string result_schema();

/// The same of render_coverage_json().
[[nodiscard]] std::string coverage_schema();

}  // namespace quiesce::reports
