// A difference for programs.
#pragma once

#include <string>

#include "checker/diff_report.hpp"

namespace quiesce::reports {

/// `indent` is that of nested values; -1 for all in one line.
[[nodiscard]] std::string render_diff_json(const checker::DiffReport& report, int indent = 2);

/// A JSON Schema (draft 2020-12) of what render_diff_json() prints, as text.
[[nodiscard]] std::string diff_schema();

}  // namespace quiesce::reports
