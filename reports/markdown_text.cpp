// How text of a scenario stands in Markdown without becoming a part of it.
#include <algorithm>
#include <cctype>

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

bool is_alnum(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }
bool is_hex(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0 || (c >= 'a' && c <= 'f'); }

/// Whether a word begins there that may be the hash of a commit.
bool begins_a_hash(std::string_view text, std::size_t at) {
  constexpr std::size_t kShortestHash = 7;
  if (at > 0 && is_alnum(text[at - 1])) return false;
  std::size_t end = at;
  while (end < text.size() && is_hex(text[end])) ++end;
  return end - at >= kShortestHash && (end == text.size() || !is_alnum(text[end]));
}

/// Whether what comes next would make a link, a mention or a picture of this character and its neighbours:
/// they are looked for in what is shown, where a comment still parts the two.
bool begins_a_link(std::string_view text, std::size_t at) {
  const char next = at + 1 < text.size() ? text[at + 1] : ' ';
  if (text[at] == '@') return true;
  if (text[at] == ':') return is_alnum(next) || next == '/' || next == '+' || next == '-' || next == '_';
  const bool numbered = std::isdigit(static_cast<unsigned char>(next)) != 0;
  if (text[at] == '#') return numbered;
  if (text[at] == '-')
    return numbered && at >= 2 && (text.substr(at - 2, 2) == "GH" || text.substr(at - 2, 2) == "gh");
  if (next == '.') return at >= 2 && (text.substr(at - 2, 3) == "www" || text.substr(at - 2, 3) == "WWW");
  return begins_a_hash(text, at);
}

}  // namespace

std::string markdown_prose(std::string_view text) {
  const std::string shown = clean(text);
  std::string out;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const char c = shown[i];
    if (c == '&' || c == '<' || c == '>') {
      out += c == '&' ? "&amp;" : c == '<' ? "&lt;" : "&gt;";
      continue;
    }
    if (std::string_view("\\`*_{}[]()#|~$!").find(c) != std::string_view::npos) out += '\\';
    out += c;
    if (begins_a_link(shown, i)) out += "<!-- -->";
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
