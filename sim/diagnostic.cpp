// How a located mistake is shown: the quoted line stays aligned with its caret, whatever the line holds.
#include "sim/diagnostic.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <numeric>
#include <tuple>

#include "sim/source_text.hpp"

namespace quiesce::sim {
namespace {

constexpr std::size_t kDiagnosticsMax = 50;
constexpr std::size_t kQuoteColumnsMax = 200;
constexpr std::size_t kNameMax = 100;
constexpr std::size_t kCallersShown = 8;

/// One character of a text as a terminal may safely show it.
struct Shown {
  std::string text;
  std::size_t columns = 1;
  std::size_t bytes = 1;  ///< of the original text
};

/// Control characters, and those that change the direction or the line of what follows them.
bool is_unsafe(char32_t code) {
  return code < 0x20 || (code >= 0x7f && code <= 0x9f) || code == 0x200e || code == 0x200f ||
         (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
}

std::string escaped(char32_t code) {
  std::array<char, 16> buffer{};
  const char* format = code < 0x100 ? "\\x%02x" : "\\u%04x";
  std::snprintf(buffer.data(), buffer.size(), format, static_cast<unsigned>(code));
  return buffer.data();
}

Shown show_character(std::string_view text) {
  if (text[0] == '\t') return {" ", 1, 1};
  const Utf8Character character = decode_utf8(text);
  if (character.bytes == 0) {
    const std::string raw = escaped(static_cast<unsigned char>(text[0]));
    return {raw, raw.size(), 1};
  }
  if (!is_unsafe(character.code)) return {std::string(text.substr(0, character.bytes)), 1, character.bytes};
  const std::string raw = escaped(character.code);
  return {raw, raw.size(), character.bytes};
}

std::string show_text(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const Shown one = show_character(text);
    out += one.text;
    text.remove_prefix(one.bytes);
  }
  return out;
}

/// A line cut into shown characters, and the one that stands at `byte`.
struct ShownLine {
  std::vector<Shown> characters;
  std::size_t caret = 0;
};

ShownLine show_line(std::string_view line, std::size_t byte) {
  ShownLine result;
  std::size_t position = 0;
  while (position < line.size()) {
    Shown one = show_character(line.substr(position));
    position += one.bytes;
    if (position <= byte) ++result.caret;
    result.characters.push_back(std::move(one));
  }
  return result;
}

std::size_t columns_of(const std::vector<Shown>& all, std::size_t from, std::size_t to) {
  std::size_t columns = 0;
  for (std::size_t i = from; i < to; ++i) columns += all[i].columns;
  return columns;
}

/// The part of a long line around its caret: grows to both sides until it is full.
std::pair<std::size_t, std::size_t> window(const ShownLine& line) {
  const std::vector<Shown>& all = line.characters;
  std::size_t from = std::min(line.caret, all.size());
  std::size_t to = from;
  std::size_t columns = 0;
  while (columns < kQuoteColumnsMax && (from > 0 || to < all.size())) {
    if (from > 0) columns += all[--from].columns;
    if (to < all.size()) columns += all[to++].columns;
  }
  return {from, to};
}

std::string quote(const Diagnostic& diagnostic, std::size_t margin) {
  const Location& at = diagnostic.at;
  if (at.file == nullptr || at.line == 0 || at.line > at.file->lines.size()) return "";
  const ShownLine line = show_line(at.file->lines[at.line - 1], at.column > 0 ? at.column - 1 : 0);
  const auto [from, to] = window(line);
  const std::string number = std::to_string(at.line);
  const std::string cut_left = from > 0 ? "..." : "";
  std::string text = std::string(margin - number.size(), ' ') + number + " | " + cut_left;
  for (std::size_t i = from; i < to; ++i) text += line.characters[i].text;
  text += to < line.characters.size() ? "...\n" : "\n";
  const std::size_t indent = cut_left.size() + columns_of(line.characters, from, line.caret);
  text += std::string(margin, ' ') + " | " + std::string(indent, ' ') + "^";
  const std::size_t end = std::min(to, line.caret + diagnostic.length);
  const std::size_t under = columns_of(line.characters, line.caret, std::max(end, line.caret));
  if (under > 1) text += std::string(under - 1, '~');
  return text + "\n";
}

std::string_view path_of(const Location& at) {
  return at.file != nullptr ? std::string_view(at.file->path) : std::string_view();
}

bool stands_before(const Diagnostic& a, const Diagnostic& b) {
  return std::tuple(path_of(a.at), a.at.line, a.at.column) <
         std::tuple(path_of(b.at), b.at.line, b.at.column);
}

/// Letters that were added, left out, replaced, or swapped with their neighbour.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  std::iota(d[0].begin(), d[0].end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    d[i][0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      d[i][j] = std::min({replace, d[i - 1][j] + 1, d[i][j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  }
  return d[a.size()][b.size()];
}

}  // namespace

std::string to_string(const Diagnostic& diagnostic) {
  const Location& at = diagnostic.at;
  std::string text;
  if (at.file != nullptr) {
    text += show_text(at.file->path) + ":";
    if (at.line > 0) text += std::to_string(at.line) + ":" + std::to_string(at.column) + ":";
    text += " ";
  }
  const std::size_t margin = std::max<std::size_t>(5, std::to_string(at.line).size());
  text += "error: " + show_text(diagnostic.message) + "\n" + quote(diagnostic, margin);
  if (!diagnostic.hint.empty())
    text += std::string(margin + 1, ' ') + "= " + show_text(diagnostic.hint) + "\n";
  for (const std::string& note : diagnostic.notes)
    text += std::string(margin + 1, ' ') + "= " + show_text(note) + "\n";
  return text;
}

ScenarioError::ScenarioError(std::vector<Diagnostic> diagnostics) : diagnostics_(std::move(diagnostics)) {
  for (const Diagnostic& diagnostic : diagnostics_) text_ += to_string(diagnostic);
}

std::vector<std::string> Diagnostics::call_chain() const {
  std::vector<std::string> chain;
  const std::size_t left_out = callers_.size() > kCallersShown ? callers_.size() - kCallersShown : 0;
  for (std::size_t i = callers_.size(); i-- > 0;) {
    const Location& site = callers_[i];
    // The innermost calls say what went wrong there, the outermost whose mistake it is.
    if (left_out > 0 && i < callers_.size() - 3 && i >= callers_.size() - 3 - left_out) continue;
    chain.push_back("called from " + place_text(site));
  }
  return chain;
}

void Diagnostics::fatal(Location at, std::string message, std::string hint) const {
  throw ScenarioError({{std::move(at), std::move(message), std::move(hint), 1, call_chain()}});
}

void Diagnostics::error(Location at, std::string message, std::string hint, unsigned length) {
  ++met_;
  if (all_.size() >= kDiagnosticsMax) return;
  for (const Diagnostic& known : all_) {
    const bool same_place =
        known.at.file == at.file && known.at.line == at.line && known.at.column == at.column;
    if (same_place && known.message == message) return;
  }
  all_.push_back({std::move(at), std::move(message), std::move(hint), length, call_chain()});
}

void Diagnostics::throw_if_any() const {
  if (all_.empty()) return;
  std::vector<Diagnostic> sorted = all_;
  std::stable_sort(sorted.begin(), sorted.end(), stands_before);
  throw ScenarioError(std::move(sorted));
}

std::string place_text(const Location& at) {
  return std::string(path_of(at)) + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
}

std::string nearest_name_hint(std::string_view name, std::span<const std::string> valid) {
  if (name.size() > kNameMax) return "";
  const std::string* best = nullptr;
  std::size_t best_distance = name.size() / 3 + 1;
  for (const std::string& candidate : valid) {
    if (candidate.size() > kNameMax || candidate == name) continue;
    const std::size_t distance = edit_distance(name, candidate);
    if (distance >= best_distance) continue;
    best_distance = distance;
    best = &candidate;
  }
  return best == nullptr ? "" : "did you mean '" + *best + "'?";
}

}  // namespace quiesce::sim
