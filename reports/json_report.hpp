// The machine-readable result, schema "quiesce.result/1".
#pragma once

#include <string>

#include "checker/run_report.hpp"

namespace quiesce::reports {

/// One scenario: its keys at the top level. Several: a list under "results". With `indent` -1 all in one
/// line.
[[nodiscard]] std::string render_json(const checker::RunReport& report, int indent = 2);

/// The same without what a comparison of findings does not need: their runs, the machine and the routines.
[[nodiscard]] std::string render_summary(const checker::RunReport& report);

}  // namespace quiesce::reports
