// A counterexample as lockdep draws one: a column for each CPU of the cause, time running down.
#pragma once

#include <string>

#include "checker/run_report.hpp"

namespace quiesce::reports {

/// No line is wider than a mail.
inline constexpr std::size_t kTableWidth = 75;

[[nodiscard]] std::string schedule_table(const checker::ReportFinding& finding);

}  // namespace quiesce::reports
