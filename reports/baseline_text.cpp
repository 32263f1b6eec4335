#include "reports/baseline_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "reports/layout.hpp"

namespace quiesce::reports {
namespace {

using namespace checker;

constexpr std::size_t kLineWidth = 100;

struct Line {
  const char* state;
  std::string variant;
  std::string id;
  std::string summary;
};

std::string in_columns(const std::vector<Line>& lines) {
  std::size_t variant_width = 0;
  std::size_t id_width = 0;
  for (const Line& line : lines) {
    variant_width = std::max(variant_width, width_of(line.variant));
    id_width = std::max(id_width, width_of(line.id));
  }
  std::string text;
  for (const Line& line : lines) {
    const std::string columns = fmt::format("    {:<11}  {}  {}  ", line.state,
                                            padded(line.variant, variant_width), padded(line.id, id_width));
    const std::size_t used = std::min(width_of(columns), kLineWidth / 2);
    text += columns + shorten(line.summary, kLineWidth - used) + "\n";
  }
  return text;
}

}  // namespace

std::string baseline_text(const RunReport& report, const ReportScenario& scenario) {
  if (!report.baseline) return "";
  std::vector<Line> lines;
  std::size_t known = 0;
  for (const ReportVariant& variant : scenario.variants) {
    for (const ReportProperty& property : variant.properties) {
      for (const ReportFinding& finding : property.findings) {
        known += finding.baseline == BaselineState::kUnchanged ? 1 : 0;
        if (finding.baseline == BaselineState::kNew)
          lines.push_back({"new", clean(variant.name), clean(finding.id), clean(finding.summary)});
      }
    }
    for (const ReportGone& gone : variant.gone) {
      lines.push_back(
          {gone.certain ? "gone" : "not met", clean(variant.name), clean(gone.id), clean(gone.summary)});
    }
  }
  return fmt::format("\n  Beside the baseline {}: {} known{}\n", shorten(clean(report.baseline->file), 60),
                     known, lines.empty() ? ", nothing new or gone" : "") +
         in_columns(lines);
}

std::string baseline_not_run(const RunReport& report) {
  if (!report.baseline || report.baseline->not_run == 0) return "";
  return fmt::format("\n  Of the baseline, {} findings are in scenarios or variants that were not run\n",
                     report.baseline->not_run);
}

}  // namespace quiesce::reports
