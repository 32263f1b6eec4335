// Markdown as GitHub and GitLab show it below a merge request: verdicts as a table, findings folded.
#pragma once

#include <string>
#include <string_view>

#include "checker/run_report.hpp"
#include "reports/text_report.hpp"

namespace quiesce::reports {

/// A comment on GitHub may be 65,536 characters long. What fails has room first, then what is new; findings
/// for which there is no room are named only, and at last counted.
inline constexpr std::size_t kCommentLength = 60'000;

/// Shows in full what the text report does.
[[nodiscard]] std::string render_markdown(const checker::RunReport& report, const TextOptions& options = {});

/// Text of a scenario as prose that cannot become mark-up, nor mention anybody.
[[nodiscard]] std::string markdown_prose(std::string_view text);

/// Text of a scenario in a code span; in a table '|' would end the cell.
[[nodiscard]] std::string markdown_code(std::string_view text, bool in_table = false);

/// Lines in a code fence that none of them can end.
[[nodiscard]] std::string markdown_fence(std::string_view text, std::string_view language);

}  // namespace quiesce::reports
