#include "reports/diff_words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "reports/layout.hpp"
#include "reports/verdict_words.hpp"

namespace quiesce::reports {

using namespace checker;

std::string likeness_word(Likeness likeness) {
  return likeness == Likeness::kSame ? "same" : likeness == Likeness::kDifferent ? "different" : "unknown";
}

std::string state_word(DiffState state) {
  return state == DiffState::kGone ? "gone" : state == DiffState::kNew ? "new" : "unchanged";
}

std::string status_or_none(const std::optional<Status>& status) {
  return status ? status_word(*status) : "not looked for";
}

std::string mark_word(DiffMark mark) {
  switch (mark) {
    case DiffMark::kSame:
      return "same";
    case DiffMark::kChanged:
      return "changed";
    case DiffMark::kOnlyA:
      return "a";
    case DiffMark::kOnlyB:
      return "b";
  }
  return "";
}

std::string likeness_sentence(Likeness likeness) {
  switch (likeness) {
    case Likeness::kSame:
      return "Verdicts and findings are the same.";
    case Likeness::kDifferent:
      return "Verdicts or findings differ.";
    case Likeness::kUnknown:
      return "Whether verdicts and findings are the same is not known: a search was not complete.";
  }
  return "";
}

std::string nearest_sentence(const DiffFinding& finding, const std::string& failing,
                             const std::string& passing) {
  const NearestPassing& nearest = *finding.nearest;
  if (nearest.kind == NearestPassing::Kind::kNone)
    return fmt::format("No run of {} ends without violating {}.", passing, finding.property);
  if (nearest.kind == NearestPassing::Kind::kUnknown)
    return fmt::format("No run of {} that ends well was found within the budget.", passing);
  const std::string steps = fmt::format("{} of {}", nearest.followed, finding.finding.steps.size());
  const std::string what = nearest.violates.empty() ? "anything" : finding.property;
  std::string text = fmt::format("{} makes {} steps of the run of {} and ends without violating {}", passing,
                                 steps, failing, what);
  if (!nearest.violates.empty()) text += fmt::format(" (but {})", fmt::join(nearest.violates, ", "));
  return text + (nearest.farthest ? "." : "; whether it can make more was not decided.");
}

std::string step_line(const ReportStep& step) {
  std::string text = step.lane == step.actor || step.lane == "rules" ? "" : step.lane + " ";
  text += step.actor + ": ";
  if (!step.location.empty()) text += step.location + ": ";
  return clean(text + step.text);
}

std::string routine_line(const ReportRoutineStep& step) {
  constexpr unsigned kDeepest = 12;
  std::string text(std::size_t{2} * std::min(step.depth, kDeepest), ' ');
  if (!step.offsets.empty()) text += fmt::format("+{} ", step.offsets.front());
  if (!step.label.empty()) text += clean(step.label) + ": ";
  return text + clean(step.text);
}

}  // namespace quiesce::reports
