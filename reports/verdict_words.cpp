#include "reports/verdict_words.hpp"

#include <algorithm>

namespace quiesce::reports {

using namespace checker;

std::string status_word(Status status) {
  return status == Status::kHolds ? "holds" : status == Status::kViolated ? "violated" : "inconclusive";
}

std::string fate(const ReportProperty& property) {
  std::string text = status_word(property.status);
  if (property.regressed.value_or(false)) return text + ", and new against the baseline";
  text +=
      property.expected ? ", expected " + status_word(*property.expected) : ", and 'expect' does not say so";
  if (property.name == "counts") text += " (" + property.kind + ")";
  return text;
}

std::string verdict_sentence(const ReportProperty& property) {
  return property.name + (property.status == Status::kHolds ? " " : " is ") + fate(property);
}

std::string why_inconclusive(const ReportVariant& variant) {
  if (variant.bound) return variant.bound->which + ": " + variant.bound->detail;
  if (variant.search.mode != "breadth-first") return variant.search.mode + ": some runs were searched";
  return "the search does not say";
}

const ReportProperty* find_property(const ReportVariant& variant, const std::string& name) {
  const auto found = std::find_if(variant.properties.begin(), variant.properties.end(),
                                  [&](const ReportProperty& p) { return p.name == name; });
  return found == variant.properties.end() ? nullptr : &*found;
}

std::vector<std::string> properties_shown(const ReportScenario& scenario) {
  std::vector<std::string> names;
  for (const ReportVariant& variant : scenario.variants) {
    for (const ReportProperty& property : variant.properties) {
      const bool kind = property.kind == property.name;
      const bool quiet = kind && property.status != Status::kViolated &&
                         property.expected.value_or(Status::kHolds) == Status::kHolds;
      if (!quiet && std::find(names.begin(), names.end(), property.name) == names.end())
        names.push_back(property.name);
    }
  }
  return names;
}

std::string name_of_its_own(const RunReport& report, const ReportScenario& scenario) {
  const auto namesakes = std::count_if(report.scenarios.begin(), report.scenarios.end(),
                                       [&](const ReportScenario& one) { return one.name == scenario.name; });
  return namesakes < 2 ? scenario.name : scenario.name + " (" + scenario.file + ")";
}

std::string exit_code_words(const RunReport& report) {
  if (report.of_one_run) return "one run again";
  switch (report.exit_code) {
    case 0:
      return report.baseline ? "nothing fails that the baseline does not have"
                             : "every verdict is as expected";
    case 1:
      return report.baseline ? "something fails that the baseline does not have"
                             : "a verdict is not as expected";
    case 3:
      return "a search was not complete";
    default:
      return "the run failed";
  }
}

}  // namespace quiesce::reports
