// KTAP, the kernel's Test Anything Protocol: scenarios, in them variants, in them properties.
// Linux v6.18 Documentation/dev-tools/ktap.rst
#pragma once

#include <string>

#include "checker/run_report.hpp"

namespace quiesce::reports {

/// A violation that is expected is "ok ... # XFAIL", as kselftests print it, so that a parser which does not
/// know the directive counts no failure. What is inconclusive is "not ok ... # TIMEOUT".
[[nodiscard]] std::string render_ktap(const checker::RunReport& report);

}  // namespace quiesce::reports
