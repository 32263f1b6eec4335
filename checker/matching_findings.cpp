#include "checker/matching_findings.hpp"

#include <algorithm>

namespace quiesce::checker {
namespace {

template <class Named>
const Named* named(const std::vector<Named>& all, const std::string& name) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const Named& one) { return one.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace

const ReportProperty* property_of(const ReportVariant& variant, const std::string& name) {
  return named(variant.properties, name);
}

bool has_finding(const ReportProperty& property, const std::string& id) {
  return std::any_of(property.findings.begin(), property.findings.end(),
                     [&](const ReportFinding& one) { return one.id == id; });
}

bool is_answered(const ReportVariant& variant, const ReportProperty* property) {
  return property != nullptr && property->status != Status::kInconclusive && !variant.bound &&
         variant.search.mode == "breadth-first";
}

std::vector<MatchedFinding> match_findings(const ReportVariant& variant, const ReportVariant& other) {
  std::vector<MatchedFinding> all;
  for (const ReportProperty& property : variant.properties) {
    const ReportProperty* known = property_of(other, property.name);
    for (const ReportFinding& finding : property.findings) {
      const bool in_other = known != nullptr && has_finding(*known, finding.id);
      all.push_back({&property, &finding, in_other, is_answered(other, known)});
    }
  }
  return all;
}

const ReportScenario* find_scenario(const std::vector<ReportScenario>& scenarios, const std::string& name,
                                    const std::string& file) {
  const auto namesakes = std::count_if(scenarios.begin(), scenarios.end(),
                                       [&](const ReportScenario& one) { return one.name == name; });
  const auto found = std::find_if(scenarios.begin(), scenarios.end(), [&](const ReportScenario& one) {
    return one.name == name && (namesakes == 1 || one.file == file);
  });
  return found == scenarios.end() ? nullptr : &*found;
}

const ReportVariant* find_variant(const ReportScenario& scenario, const std::string& name) {
  return named(scenario.variants, name);
}

}  // namespace quiesce::checker
