#include "sim/diagnostic.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace quiesce::sim {
namespace {

constexpr std::size_t kDiagnosticsMax = 50;
constexpr std::size_t kQuoteColumnsMax = 160;

/// What can be printed of a source line: tabs as spaces, control characters as dots.
std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += c == '\t' ? ' ' : (byte < 0x20 || byte == 0x7f) ? '.' : c;
  }
  return out;
}

/// Number of characters (not bytes) of UTF-8 text.
std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

std::string quote(const Diagnostic& diagnostic) {
  const Location& at = diagnostic.at;
  if (at.file == nullptr || at.line == 0 || at.line > at.file->lines.size()) return "";
  const std::string& line = at.file->lines[at.line - 1];
  const std::size_t column = std::min<std::size_t>(at.column > 0 ? at.column - 1 : 0, line.size());
  const std::size_t from = column > kQuoteColumnsMax / 2 ? column - kQuoteColumnsMax / 2 : 0;
  const std::string number = std::to_string(at.line);
  const std::string margin(number.size() < 5 ? 5 - number.size() : 0, ' ');
  std::string text = margin + number + " | " + printable(line.substr(from, kQuoteColumnsMax)) + "\n";
  text += std::string(margin.size() + number.size(), ' ') + " | ";
  text += std::string(characters(line.substr(from, column - from)), ' ') + "^";
  const std::size_t rest = characters(line.substr(column));
  const std::size_t under = std::min<std::size_t>(diagnostic.length, std::max<std::size_t>(rest, 1));
  if (under > 1) text += std::string(under - 1, '~');
  return text + "\n";
}

}  // namespace

std::string to_string(const Diagnostic& diagnostic) {
  std::string text;
  if (diagnostic.at.file != nullptr) {
    text += diagnostic.at.file->path + ":";
    if (diagnostic.at.line > 0) {
      text += std::to_string(diagnostic.at.line) + ":" + std::to_string(diagnostic.at.column) + ":";
    }
    text += " ";
  }
  text += "error: " + printable(diagnostic.message) + "\n" + quote(diagnostic);
  if (!diagnostic.hint.empty()) text += "      = " + printable(diagnostic.hint) + "\n";
  return text;
}

ScenarioError::ScenarioError(std::vector<Diagnostic> diagnostics) : diagnostics_(std::move(diagnostics)) {
  for (const Diagnostic& diagnostic : diagnostics_) text_ += to_string(diagnostic);
}

void Diagnostics::error(Location at, std::string message, std::string hint, unsigned length) {
  const bool known = std::any_of(all_.begin(), all_.end(), [&](const Diagnostic& d) {
    return d.at.file == at.file && d.at.line == at.line && d.at.column == at.column && d.message == message;
  });
  if (known || all_.size() >= kDiagnosticsMax) return;
  all_.push_back({std::move(at), std::move(message), std::move(hint), length});
}

void Diagnostics::throw_if_any() const {
  if (all_.empty()) return;
  std::vector<Diagnostic> sorted = all_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const Diagnostic& a, const Diagnostic& b) {
    const std::string& a_path = a.at.file != nullptr ? a.at.file->path : "";
    const std::string& b_path = b.at.file != nullptr ? b.at.file->path : "";
    return std::tie(a_path, a.at.line, a.at.column) < std::tie(b_path, b.at.line, b.at.column);
  });
  throw ScenarioError(std::move(sorted));
}

std::string nearest_name_hint(std::string_view name, std::span<const std::string> valid) {
  const auto distance = [](std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
      std::size_t diagonal = row[0];
      row[0] = i;
      for (std::size_t j = 1; j <= b.size(); ++j) {
        const std::size_t above = row[j];
        const std::size_t replace = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
        row[j] = std::min({replace, above + 1, row[j - 1] + 1});
        diagonal = above;
      }
    }
    return row[b.size()];
  };
  const std::string* best = nullptr;
  std::size_t best_distance = std::max<std::size_t>(1, name.size() / 3) + 1;
  if (name.size() > 100) return "";
  for (const std::string& candidate : valid) {
    if (candidate.size() > 100) continue;
    const std::size_t d = distance(name, candidate);
    if (d < best_distance) {
      best_distance = d;
      best = &candidate;
    }
  }
  return best == nullptr ? "" : "did you mean '" + *best + "'?";
}

}  // namespace quiesce::sim
