// JUnit XML, as Jenkins' xUnit plugin describes it and GitLab and others read it: one suite for each
// scenario, one case for each variant and property.
#pragma once

#include <string>

#include "checker/run_report.hpp"

namespace quiesce::reports {

/// A case fails if the property makes the exit code 1, and is skipped if it is inconclusive. What was found
/// as expected stands in the output of a case that passes. One search answers all properties of a variant:
/// its time is that of the variant's first case.
[[nodiscard]] std::string render_junit(const checker::RunReport& report);

}  // namespace quiesce::reports
