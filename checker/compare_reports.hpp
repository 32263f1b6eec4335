// What tells two reports apart, by names, statuses and stable ids.
#pragma once

#include <vector>

#include "checker/diff_report.hpp"

namespace quiesce::checker {

/// Verdicts and findings; `scenario` says what both are variants of.
[[nodiscard]] DiffPair compare_variants(const ReportScenario& scenario, const ReportVariant& a,
                                        const ReportVariant& b);

/// All routines by name, those of one name beside each other: as many steps as possible stand beside one that
/// says the same.
[[nodiscard]] std::vector<DiffRoutine> align_routines(const std::vector<ReportRoutine>& a,
                                                      const std::vector<ReportRoutine>& b);

/// How many both sides have.
[[nodiscard]] std::uint64_t in_common(const std::vector<DiffRoutine>& aligned);

/// Those that are not the same step by step. Where the reports are not of whole programs, a routine that only
/// one side names is no difference.
[[nodiscard]] std::vector<DiffRoutine> differing(std::vector<DiffRoutine> aligned, bool of_whole_programs);

/// Pairs scenarios by name (and by file where several have one name), and variants by name.
[[nodiscard]] DiffReport compare_results(const RunReport& a, const RunReport& b);

}  // namespace quiesce::checker
