#include "checker/baseline.hpp"

#include <algorithm>
#include <utility>

#include "checker/matching_findings.hpp"

namespace quiesce::checker {

Baseline::Baseline(RunReport earlier, std::string name, std::vector<ReportScenario> run)
    : earlier_(std::move(earlier)),
      name_(std::move(name)),
      run_(std::move(run)),
      compared_(earlier_.scenarios.size()) {}

const ReportVariant* Baseline::find(const ReportScenario& scenario, const std::string& variant) {
  const ReportScenario* before = find_scenario(earlier_.scenarios, run_, scenario);
  if (before == nullptr) return nullptr;
  compared_[static_cast<std::size_t>(before - earlier_.scenarios.data())].insert(variant);
  return find_variant(*before, variant);
}

void Baseline::compare(const ReportScenario& scenario, ReportVariant& variant) {
  const ReportVariant* before = find(scenario, variant.name);
  const ReportVariant none;
  for (ReportProperty& property : variant.properties) {
    const ReportProperty* known = property_of(before != nullptr ? *before : none, property.name);
    bool any_new = false;
    for (ReportFinding& finding : property.findings) {
      const bool met_before = known != nullptr && has_finding(*known, finding.id);
      finding.baseline = met_before ? BaselineState::kUnchanged : BaselineState::kNew;
      any_new = any_new || !met_before;
    }
    if (known == nullptr) continue;
    const bool violated_without_a_run = property.status == Status::kViolated && property.findings.empty();
    const bool was_violated = known->status == Status::kViolated;
    property.regressed = any_new || (violated_without_a_run && !property.as_expected && !was_violated);
  }
  if (before == nullptr) return;
  for (const MatchedFinding& one : match_findings(*before, variant)) {
    if (one.in_other) continue;
    variant.gone.push_back(
        {one.property->name, one.property->kind, one.finding->id, one.finding->summary, one.certain});
  }
}

ReportBaseline Baseline::summary() const {
  ReportBaseline all;
  all.file = name_;
  for (std::size_t i = 0; i < compared_.size(); ++i) {
    for (const ReportVariant& variant : earlier_.scenarios[i].variants) {
      if (compared_[i].contains(variant.name)) continue;
      for (const ReportProperty& property : variant.properties) all.not_run += property.findings.size();
    }
  }
  return all;
}

}  // namespace quiesce::checker
