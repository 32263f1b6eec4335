#include "reports/text_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace quiesce::reports {
namespace {

using namespace checker;

constexpr std::size_t kWidth = 75;
constexpr std::size_t kColumn = 36;

std::string word(Status status) {
  switch (status) {
    case Status::kHolds:
      return "holds";
    case Status::kViolated:
      return "VIOLATED";
    case Status::kInconclusive:
      return "inconclusive";
  }
  return "";
}

/// Text that cannot break the layout: control characters become dots, and it is cut to `width`.
std::string fit(const std::string& text, std::size_t width) {
  std::string out;
  for (const char c : text) out += static_cast<unsigned char>(c) < 0x20 ? '.' : c;
  if (out.size() <= width) return out;
  std::size_t end = width - 3;
  while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xc0U) == 0x80U) --end;
  return out.substr(0, end) + "...";
}

/// Properties worth a row: goals and own properties always, finding kinds if some variant has them.
std::vector<std::string> rows(const ReportScenario& scenario) {
  std::vector<std::string> names;
  for (const ReportVariant& variant : scenario.variants) {
    for (const ReportProperty& property : variant.properties) {
      const bool kind = property.kind == property.name;
      const bool quiet = kind && property.status == Status::kHolds &&
                         property.expected.value_or(Status::kHolds) == Status::kHolds;
      if (!quiet && std::find(names.begin(), names.end(), property.name) == names.end())
        names.push_back(property.name);
    }
  }
  return names;
}

std::string verdict_table(const ReportScenario& scenario) {
  std::string text;
  const std::vector<std::string> names = rows(scenario);
  for (const ReportVariant& variant : scenario.variants) {
    text += fmt::format("  {:<28} {:>9} states {:>10} transitions  depth {}\n", fit(variant.name, 28),
                        variant.states, variant.transitions, variant.depth);
    for (const ReportProperty& property : variant.properties) {
      if (std::find(names.begin(), names.end(), property.name) == names.end()) continue;
      const std::string mark = property.as_expected ? ""
                               : property.expected  ? "  <- expected " + word(*property.expected)
                                                    : "  <- not expected";
      text += fmt::format("    {:<26} {}{}\n", fit(property.name, 26), word(property.status), mark);
    }
    if (variant.bound) text += "    " + variant.bound->which + ": " + variant.bound->detail + "\n";
    std::string under;
    for (const std::string& item : variant.holds_under) under += (under.empty() ? "" : "; ") + item;
    if (!under.empty()) text += "    under: " + under + "\n";
  }
  return text;
}

/// One line of the table: left column, right column, or a row of its own for what is no CPU of the cause.
std::string table_row(const ReportStep& step, const std::vector<std::string>& lanes) {
  const std::string where = step.location.empty() ? "" : step.location + ": ";
  const std::string text = where + step.text;
  if (!lanes.empty() && step.lane == lanes[0]) return fit(text, lanes.size() > 1 ? kColumn : kWidth - 2);
  if (lanes.size() > 1 && step.lane == lanes[1])
    return std::string(kColumn + 1, ' ') + fit(text, kWidth - 3 - kColumn);
  return fit("-- " + step.lane + " -- " + step.text, kWidth - 2);
}

/// Length of the block of rows at `from` that repeats at once, and how often; 0 if none does.
std::pair<std::size_t, std::size_t> repetition(const std::vector<std::string>& lines, std::size_t from) {
  for (std::size_t length = 1; length <= 24; ++length) {
    std::size_t times = 1;
    while (from + (times + 1) * length <= lines.size() &&
           std::equal(lines.begin() + static_cast<std::ptrdiff_t>(from),
                      lines.begin() + static_cast<std::ptrdiff_t>(from + length),
                      lines.begin() + static_cast<std::ptrdiff_t>(from + times * length))) {
      ++times;
    }
    if (times >= 3) return {length, times};
  }
  return {0, 0};
}

std::string schedule_table(const ReportFinding& finding) {
  std::vector<std::string> lines;
  for (const ReportStep& step : finding.steps) {
    if (finding.cycle_start && step.number == *finding.cycle_start + 1)
      lines.emplace_back("-- from here on it repeats forever --");
    lines.push_back(table_row(step, finding.lanes_of_cause));
  }
  std::string text = "  ";
  for (std::size_t i = 0; i < finding.lanes_of_cause.size(); ++i) {
    std::string name = finding.lanes_of_cause[i];
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    text += i == 0 ? fmt::format("{:<{}} ", name, kColumn) : name;
  }
  text += "\n  ";
  for (std::size_t i = 0; i < finding.lanes_of_cause.size(); ++i)
    text += i == 0 ? fmt::format("{:<{}} ", "----", kColumn) : "----";
  text += "\n";
  for (std::size_t i = 0; i < lines.size();) {
    const auto [length, times] = repetition(lines, i);
    const std::size_t shown = length == 0 ? 1 : length;
    for (std::size_t k = 0; k < shown; ++k) text += "  " + lines[i + k] + "\n";
    if (length != 0) text += fmt::format("  [... {} more times]\n", times - 1);
    i += length == 0 ? 1 : length * times;
  }
  return text;
}

}  // namespace

std::string render_finding(const ReportFinding& finding) {
  std::string text =
      "  " + finding.id + ": " + fit(finding.summary, kWidth) + "\n\n" + schedule_table(finding);
  if (!finding.log.empty()) text += "\n  The console of this machine:\n";
  for (const LogLine& line : finding.log) {
    text +=
        fmt::format("  [{:>5}.{:06}] {}\n", line.time_us / 1'000'000, line.time_us % 1'000'000, line.text);
  }
  if (!finding.waits.empty()) text += "\n  At the end:\n";
  for (const std::string& line : finding.waits) text += "  - " + line + "\n";
  return text;
}

std::string render_text(const RunReport& report, const TextOptions& options) {
  std::string text;
  for (const ReportScenario& scenario : report.scenarios) {
    text += scenario.name + ": " + scenario.title + "\n\n" + verdict_table(scenario) + "\n";
    bool shown = false;
    for (const ReportVariant& variant : scenario.variants) {
      for (const ReportProperty& property : variant.properties) {
        for (const ReportFinding& finding : property.findings) {
          const bool full = options.all_findings || !property.as_expected || !shown;
          if (!full) continue;
          shown = true;
          text += "Variant " + variant.name + "\n" + render_finding(finding);
          text += "\n  quiesce replay " + scenario.file + " --variant " + variant.name + " " + finding.id +
                  "\n\n";
        }
      }
    }
  }
  return text;
}

}  // namespace quiesce::reports
