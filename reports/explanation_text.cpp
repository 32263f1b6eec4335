#include "reports/explanation_text.hpp"

#include <fmt/format.h>

#include "reports/layout.hpp"
#include "reports/schedule_table.hpp"

namespace quiesce::reports {
namespace {

using checker::ReportExplanation;
using checker::ReportFinding;
using checker::ReportOrdering;
using checker::ReportStep;
using Lost = ReportExplanation::Lost;
using Orderings = ReportExplanation::Orderings;

constexpr std::size_t kOrderingsShown = 6;

std::string ordinal(std::uint32_t n) {
  const bool teen = n % 100 >= 11 && n % 100 <= 13;
  const char* ending = teen || n % 10 == 0 || n % 10 > 3 ? "th"
                       : n % 10 == 1                     ? "st"
                       : n % 10 == 2                     ? "nd"
                                                         : "rd";
  return std::to_string(n) + ending;
}

/// "reboot: device_shutdown+0, mutex_lock m"
std::string words(const ReportFinding& finding, std::size_t number, std::uint32_t occurrence = 1) {
  const ReportStep& step = finding.steps.at(number - 1);
  std::string text = step.actor + ": ";
  if (!step.location.empty()) text += step.location + ", ";
  text += step.text;
  if (occurrence > 1) text += " (the " + ordinal(occurrence) + " time)";
  return clean(text);
}

std::string wrapped(const std::string& text, const std::string& indent, std::size_t hang) {
  std::string all;
  for (const std::string& line : wrap(text, kTableWidth - indent.size(), hang)) all += indent + line + "\n";
  return all;
}

std::string step_of(const ReportFinding& finding, std::size_t number) {
  return fmt::format("step {} of {} ({})", number, finding.steps.size(), words(finding, number));
}

std::string point_of_no_return(const ReportFinding& finding) {
  const ReportExplanation& why = *finding.explanation;
  switch (why.lost) {
    case Lost::kAtStep:
      return step_of(finding, why.lost_at);
    case Lost::kFromStart:
      return "before the first step";
    case Lost::kNever:
      return "none, it can be avoided to the end";
    case Lost::kUnknown:
      break;
  }
  const bool late = why.lost_at != 0 && why.lost_at < finding.steps.size();
  std::string text = "unknown (budget)";
  if (why.lost_from > 1) text += ", not before " + step_of(finding, why.lost_from);
  if (late) text += ", at the latest " + step_of(finding, why.lost_at);
  return text;
}

/// What stands behind "Fails whenever".
std::string condition(const ReportExplanation& why) {
  const std::string start = why.same_start ? " (in runs that begin as this one)" : "";
  switch (why.forced_by) {
    case Orderings::kUnknown:
      return ": unknown (budget)";
    case Orderings::kNone:
      return ": the order of steps alone does not decide";
    case Orderings::kNotMinimal:
      return why.orderings.size() > kOrderingsShown
                 ? ": unknown (budget)" +
                       fmt::format(", {} orderings of steps force it", why.orderings.size())
                 : " (not minimal: budget)" + start + ":";
    case Orderings::kMinimal:
      return " (none can be left out)" + start + ":";
    default:
      return why.orderings.empty() ? ": always" + start : start + ":";
  }
}

std::string orderings(const ReportFinding& finding) {
  const ReportExplanation& why = *finding.explanation;
  std::string text = wrapped("Fails whenever" + condition(why), "  ", 2);
  if (why.orderings.size() > kOrderingsShown) return text;
  for (const ReportOrdering& one : why.orderings) {
    text += wrapped("- " + words(finding, one.earlier, one.earlier_occurrence), "  ", 4);
    text += wrapped("before " + words(finding, one.later, one.later_occurrence), "    ", 2);
  }
  return text;
}

}  // namespace

std::string explanation_text(const ReportFinding& finding) {
  if (!finding.explanation) return "";
  std::string text = wrapped("Point of no return: " + point_of_no_return(finding), "  ", 2);
  if (finding.explanation->forced_by != Orderings::kNotSought) text += orderings(finding);
  return text;
}

}  // namespace quiesce::reports
