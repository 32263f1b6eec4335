// Two columns of text with a mark before them.
#pragma once

#include <string>
#include <vector>

namespace quiesce::reports {

struct BesideRow {
  char mark = ' ';   ///< '-' only on the left, '+' only on the right, '~' not the same, ' ' the same
  std::string left;  ///< leading spaces stay
  std::string right;
};

/// Rows of at most 100 characters, with headings. Of more than a few rows in a row that are the same, those
/// in the middle are left out; `what` they are is said: "steps".
[[nodiscard]] std::string side_by_side(const std::string& left, const std::string& right,
                                       const std::vector<BesideRow>& rows, const std::string& what);

}  // namespace quiesce::reports
