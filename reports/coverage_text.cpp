#include "reports/coverage_text.hpp"

#include <fmt/format.h>

#include "reports/layout.hpp"

namespace quiesce::reports {
namespace {

using namespace checker;

constexpr std::size_t kPlacesShown = 5;
constexpr std::size_t kNamedText = 40;

/// ": routine+3 (if x == 2), ... and 7 more".
std::string listed(const std::vector<ReportPlace>& places) {
  std::string text;
  for (std::size_t i = 0; i < places.size() && i < kPlacesShown; ++i) {
    text += (i == 0 ? ": " : ", ") + clean(places[i].where);
    if (!places[i].text.empty()) text += " (" + shorten(clean(places[i].text), kNamedText) + ")";
  }
  if (places.size() > kPlacesShown) text += fmt::format(", and {} more", places.size() - kPlacesShown);
  return text;
}

void say(std::vector<std::string>& all, const std::vector<ReportPlace>& places, std::uint64_t of,
         const std::string& what) {
  if (!places.empty()) all.push_back(fmt::format("{} of {} {}{}", places.size(), of, what, listed(places)));
}

std::string how_met(const ReportFinding& finding) {
  const std::size_t steps = finding.steps.size();
  if (finding.walk)
    return fmt::format("met by walk {}, shown with its {} steps as they were", *finding.walk, steps);
  return fmt::format("needs {} {}, shown with {} steps", *finding.switches,
                     *finding.switches == 1 ? "switch" : "switches", steps);
}

}  // namespace

std::vector<std::string> coverage_sentences(const ReportVariant& variant) {
  std::vector<std::string> all;
  for (const ReportProperty& property : variant.properties) {
    for (const ReportFinding& finding : property.findings) {
      if (finding.walk || finding.switches) all.push_back(clean(finding.id) + ": " + how_met(finding));
    }
  }
  if (!variant.coverage) return all;
  const ReportCoverage& coverage = *variant.coverage;
  if (coverage.partial) all.push_back(fmt::format("in a sample of {} states", coverage.looked_at));
  if (coverage.never_taken.empty() && coverage.steps != 0)
    all.push_back(fmt::format("each of {} steps was taken", coverage.steps));
  say(all, coverage.never_taken, coverage.steps, "steps were never taken");
  say(all, coverage.never_true, coverage.conditions_tried, "conditions were never true");
  say(all, coverage.never_false, coverage.conditions_tried, "conditions were never false");
  return all;
}

}  // namespace quiesce::reports
