// How text of a scenario stands in Markdown without becoming a part of it.
#include <algorithm>

#include "reports/layout.hpp"
#include "reports/markdown_report.hpp"

namespace quiesce::reports {
namespace {

std::size_t longest_run(std::string_view text, char wanted) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : text) {
    run = c == wanted ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

}  // namespace

std::string markdown_prose(std::string_view text) {
  std::string out;
  for (const char c : clean(text)) {
    if (c == '&' || c == '<' || c == '>') {
      out += c == '&' ? "&amp;" : c == '<' ? "&lt;" : "&gt;";
    } else if (c == '@') {
      // The names of people are looked for in what is shown, where a comment still parts the two.
      out += "@<!-- -->";
    } else {
      if (std::string_view("\\`*_{}[]()#|~$!").find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
  }
  return out;
}

std::string markdown_code(std::string_view text, bool in_table) {
  std::string inside;
  for (const char c : clean(text)) {
    if (c == '|' && in_table) inside += '\\';
    inside += c;
  }
  if (inside.find_first_not_of(' ') == std::string::npos) return "";
  const std::string quotes(longest_run(inside, '`') + 1, '`');
  const bool padding = inside.starts_with('`') || inside.ends_with('`');
  return quotes + (padding ? " " : "") + inside + (padding ? " " : "") + quotes;
}

std::string markdown_fence(std::string_view text, std::string_view language) {
  const std::string quotes(std::max<std::size_t>(3, longest_run(text, '`') + 1), '`');
  std::string lines(text);
  while (lines.ends_with('\n')) lines.pop_back();
  return quotes + std::string(language) + "\n" + lines + "\n" + quotes + "\n";
}

}  // namespace quiesce::reports
