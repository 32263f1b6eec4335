#include "reports/side_by_side.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "reports/layout.hpp"

namespace quiesce::reports {
namespace {

constexpr std::size_t kLeftSpaces = 2;
constexpr std::size_t kHalf = 46;
constexpr std::size_t kAround = 3;       ///< rows that are kept around a difference
constexpr std::size_t kHang = 5;         ///< of a line that goes on
constexpr std::size_t kMostSpaces = 24;  ///< in front of a line

std::vector<std::string> lines_of_half(const std::string& text) {
  const std::size_t spaces = std::min(text.find_first_not_of(' '), text.size());
  const std::string before(std::min(spaces, kMostSpaces), ' ');
  std::vector<std::string> lines = wrap(text.substr(spaces), kHalf - before.size(), kHang);
  for (std::string& line : lines) line.insert(0, before);
  return lines;
}

std::string row_text(const BesideRow& row) {
  const std::vector<std::string> left = lines_of_half(row.left);
  const std::vector<std::string> right = lines_of_half(row.right);
  std::string text;
  for (std::size_t i = 0; i < std::max({left.size(), right.size(), std::size_t{1}}); ++i) {
    const std::string mark = i == 0 ? std::string(1, row.mark) : " ";
    text += without_trailing_spaces(std::string(kLeftSpaces, ' ') + mark + " " +
                                    padded(i < left.size() ? left[i] : "", kHalf) + "  " +
                                    (i < right.size() ? right[i] : "")) +
            "\n";
  }
  return text;
}

}  // namespace

std::string side_by_side(const std::string& left, const std::string& right,
                         const std::vector<BesideRow>& rows, const std::string& what) {
  const std::string head_left = shorten(left, kHalf);
  const std::string head_right = shorten(right, kHalf);
  std::string text =
      row_text({' ', head_left, head_right}) +
      row_text({' ', std::string(width_of(head_left), '-'), std::string(width_of(head_right), '-')});
  for (std::size_t at = 0; at < rows.size();) {
    std::size_t end = at;
    while (end < rows.size() && rows[end].mark == ' ') ++end;
    const std::size_t before = at == 0 ? 0 : kAround;
    const std::size_t after = end == rows.size() ? 0 : kAround;
    const bool folds = end - at > before + after + 1;
    for (std::size_t i = at; i < end; ++i) {
      if (folds && i == at + before) {
        const std::size_t left_out = end - at - before - after;
        text += fmt::format("{}[... {} {} that are the same]\n", std::string(kLeftSpaces + 2, ' '), left_out,
                            what);
        i = end - after;
        if (i == end) break;
      }
      text += row_text(rows[i]);
    }
    at = end;
    if (at < rows.size()) text += row_text(rows[at++]);
  }
  return text;
}

}  // namespace quiesce::reports
