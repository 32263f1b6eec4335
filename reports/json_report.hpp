// The machine-readable result, schema "quiesce.result/1".
#pragma once

#include <string>

#include "checker/run_report.hpp"

namespace quiesce::reports {

/// One scenario: its keys at the top level. Several: a list under "results".
[[nodiscard]] std::string render_json(const checker::RunReport& report);

}  // namespace quiesce::reports
