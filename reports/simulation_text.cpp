#include "reports/simulation_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "reports/layout.hpp"
#include "reports/text_report.hpp"
#include "reports/verdict_words.hpp"

namespace quiesce::reports {
namespace {

using namespace checker;

using Rows = std::vector<std::vector<std::string>>;

/// Columns as wide as they have to be; the first row is the heading.
std::string table(const Rows& rows, std::size_t indent) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line(indent, ' ');
    for (std::size_t i = 0; i < row.size(); ++i) line += padded(row[i], widths[i]) + "  ";
    text += without_trailing_spaces(line) + "\n";
  }
  return text;
}

std::string share(const SimulatedProperty& property) {
  if (!property.probability) return "-";
  return fmt::format("{:.4f} ({:.4f}..{:.4f})", *property.probability, property.lo, property.hi);
}

std::string heading(const std::string& scenario, const std::string& title) {
  std::string text;
  for (const std::string& line :
       wrap(clean(scenario) + (title.empty() ? "" : ": " + clean(title)), kPageWidth, 4))
    text += line + "\n";
  return text;
}

std::string times_in_words(const SimulatedTimes& times) {
  if (times.least_us == times.most_us) return seconds_in_words(times.least_us);
  return fmt::format("median {}; 90 % from {} to {}; all from {} to {}", seconds_in_words(times.median_us),
                     seconds_in_words(times.low_us), seconds_in_words(times.high_us),
                     seconds_in_words(times.least_us), seconds_in_words(times.most_us));
}

std::string notes(const SimulatedPoint& point) {
  std::string text = paragraph("Ends: " + ends_in_words(point), 4, 4);
  if (point.reboot.runs != 0) text += paragraph("Time to the reset: " + times_in_words(point.reboot), 4, 4);
  if (point.lost.most_us != 0)
    text += paragraph("Spent in polls until their deadlines passed: " + times_in_words(point.lost), 4, 4);
  const std::string doubts = doubts_in_words(point);
  if (!doubts.empty()) text += paragraph(doubts, 4, 4);
  if (point.bound) text += paragraph("Ended early: " + *point.bound, 4, 4);
  return text;
}

std::string properties_of(const SimulatedPoint& point) {
  Rows rows{{"", "probability (95 %)", "runs", "first met"}};
  for (const SimulatedProperty& property : point.properties) {
    rows.push_back({(property.excluded ? "! " : "") + clean(property.name), share(property),
                    std::to_string(property.runs), ""});
    for (const SimulatedCause& cause : property.causes) {
      rows.push_back({"  " + clean(cause.id), "", std::to_string(cause.runs),
                      fmt::format("run {}, at {}", cause.first_run, seconds_in_words(cause.first_at_us))});
    }
  }
  std::string text = point.properties.empty() ? "    nothing was met\n" : table(rows, 4);
  for (const SimulatedProperty& property : point.properties) {
    if (property.excluded) text += paragraph("! " + property.name + ": 'expect' does not say so", 4, 4);
  }
  return text;
}

std::string single(const SimulatedPoint& point) {
  return fmt::format("    {} runs, {} events\n\n", point.runs, point.events) + properties_of(point) + "\n" +
         notes(point);
}

/// What is said of a point of a sweep besides its row.
std::string remarks_on(const SimulatedPoint& point) {
  std::string text;
  for (const std::string& remark :
       {doubts_in_words(point), point.bound ? "ended early: " + *point.bound : std::string()}) {
    if (!remark.empty())
      text += paragraph(fmt::format("{}: {}", fmt::join(point.values, ", "), remark), 4, 4);
  }
  return text;
}

std::string swept(const SimulationReport& report, const SimulatedVariant& variant) {
  Rows rows(1);
  for (const std::string& name : report.parameters) rows[0].push_back(clean(name));
  rows[0].emplace_back("runs");
  for (const SimulatedProperty& property : variant.points.front().properties)
    rows[0].push_back(clean(property.name));
  rows[0].emplace_back("median to the reset");
  std::string remarks;
  std::size_t not_run = 0;
  for (const SimulatedPoint& point : variant.points) {
    std::vector<std::string> row;
    for (const std::string& value : point.values) row.push_back(clean(value));
    row.push_back(std::to_string(point.runs));
    for (const SimulatedProperty& property : point.properties) row.push_back(share(property));
    row.push_back(point.reboot.runs == 0 ? "-" : seconds_in_words(point.reboot.median_us));
    rows.push_back(std::move(row));
    not_run += point.runs == 0 ? 1 : 0;
    if (point.runs != 0) remarks += remarks_on(point);
  }
  if (not_run != 0)
    remarks += paragraph(fmt::format("{} of {} points were not run", not_run, variant.points.size()), 4, 4);
  return table(rows, 4) + (remarks.empty() ? "" : "\n" + remarks);
}

const ReportVariant& only_variant(const RunReport& report) {
  return report.scenarios.front().variants.front();
}

/// A field of RFC 4180.
std::string field(const std::string& text) {
  std::string shown = clean(text);
  if (shown.find_first_of(",\"") == std::string::npos) return shown;
  std::string quoted = "\"";
  for (const char c : shown) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

}  // namespace

std::string seconds_in_words(std::uint64_t time_us) {
  return fmt::format("{}.{:06} s", time_us / 1'000'000, time_us % 1'000'000);
}

std::string ends_in_words(const SimulatedPoint& point) {
  std::string text;
  for (const auto& [end, runs] : point.ends)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", end, runs);
  return text.empty() ? "none" : text;
}

std::string doubts_in_words(const SimulatedPoint& point) {
  std::string text;
  if (point.late_runs != 0) {
    text = fmt::format("in {} runs a deadline was later than its greatest time, by {} at most",
                       point.late_runs, seconds_in_words(point.latest_us));
  }
  if (point.cut_runs != 0) {
    text += fmt::format("{}in {} runs a wait was drawn that its step excludes, and cut",
                        text.empty() ? "" : "; ", point.cut_runs);
  }
  return text;
}

std::string render_simulated_run(const RunReport& report) {
  const ReportVariant& variant = only_variant(report);
  const ReportFinding& whole = find_property(variant, kWholeRun)->findings.front();
  std::string text = clean(whole.summary) + " (" + clean(variant.name) + ")\n\n" + console_text(whole.log, 0);
  if (whole.log.empty()) text += "nothing was printed\n";
  Rows rows;
  for (const ReportProperty& property : variant.properties) {
    if (property.name == kWholeRun) continue;
    for (const ReportFinding& finding : property.findings) {
      const std::uint64_t at_us = finding.steps.empty() ? 0 : finding.steps.back().time_us;
      rows.push_back({seconds_in_words(at_us), clean(finding.id), clean(finding.summary)});
    }
  }
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return a[0].size() != b[0].size() ? a[0].size() < b[0].size() : a < b;
  });
  if (!rows.empty()) text += "\nMet:\n" + table(rows, 2);
  return text;
}

std::string render_simulation_text(const SimulationReport& report) {
  std::string text = heading(report.scenario, report.title);
  for (const SimulatedVariant& variant : report.variants) {
    text += "\n  " + clean(variant.name) + " (seed " + std::to_string(report.seed) + ")\n";
    text += report.parameters.empty() ? single(variant.points.front()) : swept(report, variant);
  }
  return text;
}

std::string render_simulation_csv(const SimulationReport& report) {
  std::string text = "variant";
  for (const std::string& name : report.parameters) text += "," + field(name);
  text += ",runs,property,met,probability,lo,hi,reboot_median_us,lost_median_us\r\n";
  for (const SimulatedVariant& variant : report.variants) {
    for (const SimulatedPoint& point : variant.points) {
      std::string head = field(variant.name);
      for (const std::string& value : point.values) head += "," + field(value);
      const std::string reboot = point.reboot.runs == 0 ? "" : std::to_string(point.reboot.median_us);
      if (point.runs == 0 || point.properties.empty())
        text += fmt::format("{},{},,,,,,{},{}\r\n", head, point.runs, reboot, point.lost.median_us);
      for (const SimulatedProperty& one : point.properties) {
        if (!one.probability) continue;
        text += fmt::format("{},{},{},{},{:.6f},{:.6f},{:.6f},{},{}\r\n", head, point.runs, field(one.name),
                            one.runs, *one.probability, one.lo, one.hi, reboot, point.lost.median_us);
      }
    }
  }
  return text;
}

}  // namespace quiesce::reports
