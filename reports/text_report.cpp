#include "reports/text_report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "reports/baseline_text.hpp"
#include "reports/commands.hpp"
#include "reports/explanation_text.hpp"
#include "reports/layout.hpp"
#include "reports/profile_table.hpp"
#include "reports/schedule_table.hpp"
#include "reports/verdict_table.hpp"

namespace quiesce::reports {
namespace {

using namespace checker;

constexpr std::size_t kTitleWidth = 100;
constexpr std::size_t kSummaryWidth = 30;  ///< which it has beside the longest names, too

std::string waiting(const std::vector<std::string>& waits) {
  std::string text;
  for (const std::string& wait : waits) {
    bool first = true;
    for (const std::string& line : wrap(clean(wait), kTableWidth - 4)) {
      text += (first ? "  - " : "    ") + line + "\n";
      first = false;
    }
  }
  return text;
}

/// A finding that is named only, in columns: variant, id, what it is.
struct FindingLine {
  std::string variant;
  std::string id;
  std::string summary;
};

std::string lines_of(const std::vector<FindingLine>& findings, const std::string& mode) {
  if (findings.empty()) return "";
  std::size_t variant_width = 0;
  std::size_t id_width = 0;
  for (const FindingLine& line : findings) {
    variant_width = std::max(variant_width, width_of(line.variant));
    id_width = std::max(id_width, width_of(line.id));
  }
  std::string text = "\nFurther findings, all expected: '" + replay_form(mode) + "' shows one\n\n";
  for (const FindingLine& line : findings) {
    const std::string columns = padded(line.variant, variant_width) + "  " + padded(line.id, id_width) + "  ";
    text +=
        "  " + columns +
        shorten(line.summary, kTitleWidth - std::min(2 + width_of(columns), kTitleWidth - kSummaryWidth)) +
        "\n";
  }
  return text;
}

std::string findings(const ReportScenario& scenario, const TextOptions& options) {
  std::string text;
  std::vector<FindingLine> named_only;
  std::size_t before = 0;
  for (const ReportVariant& variant : scenario.variants) {
    for (const ReportProperty& property : variant.properties) {
      for (const ReportFinding& finding : property.findings) {
        if (!shows_in_full(property, before++, options)) {
          named_only.push_back({clean(variant.name), clean(finding.id), clean(finding.summary)});
          continue;
        }
        text += "\n" + render_finding_and_replay(scenario, variant, finding);
      }
    }
  }
  return text + lines_of(named_only, search_words(scenario));
}

}  // namespace

// Linux v6.18 kernel/printk/printk.c print_time()
std::string console_text(const std::vector<LogLine>& log, std::size_t indent) {
  std::string text;
  for (const LogLine& line : log) {
    text += std::string(indent, ' ') + fmt::format("[{:5}.{:06}] {}\n", line.time_us / 1'000'000,
                                                   line.time_us % 1'000'000, clean(line.text));
  }
  return text;
}

bool shows_in_full(const ReportProperty& property, std::size_t before, const TextOptions& options) {
  return before == 0 || !property.as_expected || property.fails() || options.all_findings;
}

std::string render_finding(const ReportFinding& finding, const std::string& variant) {
  std::string text = clean(finding.summary);
  if (!variant.empty()) text += " (" + clean(variant) + ")";
  text += "\n\n" + schedule_table(finding);
  if (!finding.log.empty()) text += "\n  The console of this machine:\n" + console_text(finding.log, 2);
  if (!finding.waits.empty()) text += "\n  At the end:\n" + waiting(finding.waits);
  if (finding.explanation) text += "\n" + explanation_text(finding);
  if (!finding.assumptions.empty())
    text += "\n  Assumes: " + clean(fmt::format("{}", fmt::join(finding.assumptions, ", "))) + "\n";
  return text;
}

std::string render_finding_and_replay(const ReportScenario& scenario, const ReportVariant& variant,
                                      const ReportFinding& finding) {
  return render_finding(finding, variant.name) + "\n  Replay:\n    " +
         replay_command(scenario, variant, finding) + "\n";
}

std::string render_text(const RunReport& report, const TextOptions& options) {
  std::string text;
  for (const ReportScenario& scenario : report.scenarios) {
    const std::string title = scenario.title.empty() ? "" : ": " + clean(scenario.title);
    if (!text.empty()) text += "\n";
    for (const std::string& line : wrap(clean(scenario.name) + title, kTitleWidth, 4)) text += line + "\n";
    text += "\n";
    text += verdict_table(scenario);
    for (const ReportVariant& variant : scenario.variants) text += profile_tables(variant);
    text += findings(scenario, options) + baseline_text(report, scenario);
  }
  return text + baseline_not_run(report);
}

}  // namespace quiesce::reports
