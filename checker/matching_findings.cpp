#include "checker/matching_findings.hpp"

#include <algorithm>
#include <filesystem>

#include "base/path_from_here.hpp"

namespace quiesce::checker {
namespace {

template <class Named>
const Named* named(const std::vector<Named>& all, const std::string& name) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const Named& one) { return one.name == name; });
  return found == all.end() ? nullptr : &*found;
}

/// One way to write the path of one file.
std::string one_way(const std::string& file) {
  return path_from_here(file).lexically_normal().generic_string();
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

const ReportScenario* find_scenario(const std::vector<ReportScenario>& others,
                                    const std::vector<ReportScenario>& own, const ReportScenario& scenario) {
  const auto has_name = [&](const ReportScenario& one) { return one.name == scenario.name; };
  const std::string file = one_way(scenario.file);
  const auto same = std::find_if(others.begin(), others.end(), [&](const ReportScenario& one) {
    return has_name(one) && one_way(one.file) == file;
  });
  if (same != others.end()) return &*same;
  if (std::count_if(own.begin(), own.end(), has_name) > 1) return nullptr;
  const auto found = std::find_if(others.begin(), others.end(), has_name);
  if (found == others.end() || std::find_if(found + 1, others.end(), has_name) != others.end())
    return nullptr;
  return &*found;
}

const ReportVariant* find_variant(const ReportScenario& scenario, const std::string& name) {
  return named(scenario.variants, name);
}

}  // namespace quiesce::checker
