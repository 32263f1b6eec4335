// The routines of a variant, as their file has them.
#pragma once

#include <vector>

#include "checker/run_report.hpp"
#include "sim/node.hpp"
#include "sim/system.hpp"

namespace quiesce::checker {

/// Those that a step or a call chain of a finding names, or a context of the machine stands in; by name.
/// `document` is the one that the system was compiled from.
[[nodiscard]] std::vector<ReportRoutine> routines_of(const sim::System& system, const sim::Node& document,
                                                     const ReportVariant& report);

/// All that were compiled, by name.
[[nodiscard]] std::vector<ReportRoutine> all_routines_of(const sim::System& system,
                                                         const sim::Node& document);

}  // namespace quiesce::checker
