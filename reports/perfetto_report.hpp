// The JSON that Chrome's tracing began with and Perfetto opens: a process for each finding, a thread for each
// lane, slices for tasks, routines and steps, arrows from what made a step possible.
#pragma once

#include <string>

#include "checker/run_report.hpp"

namespace quiesce::reports {

/// A step is a slice of one microsecond, its shortest. Steps of one moment follow each other microsecond by
/// microsecond, so a step is shown at its time or, if steps before it have used that up, right after them;
/// its exact time stands in its arguments as "time_us".
[[nodiscard]] std::string render_perfetto(const checker::RunReport& report);

}  // namespace quiesce::reports
