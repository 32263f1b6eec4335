// What is said of a difference, in the words that its formats share.
#pragma once

#include <string>

#include "checker/diff_report.hpp"

namespace quiesce::reports {

/// "same", "different", "unknown".
[[nodiscard]] std::string likeness_word(checker::Likeness likeness);
/// "gone", "new", "unchanged".
[[nodiscard]] std::string state_word(checker::DiffState state);
/// "violated", or "not looked for".
[[nodiscard]] std::string status_or_none(const std::optional<checker::Status>& status);
/// "same", "changed", "a", "b".
[[nodiscard]] std::string mark_word(checker::DiffMark mark);

/// Whether both are alike in their verdicts and findings, in a sentence.
[[nodiscard]] std::string likeness_sentence(checker::Likeness likeness);

/// What a passing run has in common with a failing one, in a sentence; `failing` and `passing` are the
/// variants of both.
[[nodiscard]] std::string nearest_sentence(const checker::DiffFinding& finding, const std::string& failing,
                                           const std::string& passing);

/// A step of a run in one line: "reboot: device_shutdown+0: mutex_lock group_mutex".
[[nodiscard]] std::string step_line(const checker::ReportStep& step);
/// A step of a routine in one line: "+2 here: mutex_lock group_mutex", indented as it is nested.
[[nodiscard]] std::string routine_line(const checker::ReportRoutineStep& step);

}  // namespace quiesce::reports
