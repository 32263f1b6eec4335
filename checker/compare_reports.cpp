#include "checker/compare_reports.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "checker/longest_common.hpp"
#include "checker/matching_findings.hpp"

namespace quiesce::checker {
namespace {

DiffSide side_of(const ReportVariant& variant) {
  DiffSide side{variant.name, variant.reason, variant.changes, variant.verdict, variant.states, ""};
  if (variant.bound) {
    side.incomplete = variant.bound->which + ": " + variant.bound->detail;
  } else if (variant.search.mode != "breadth-first") {
    side.incomplete = variant.search.mode + ": some runs were searched";
  }
  return side;
}

/// Nothing for a property that the variant has not; of a search that never began nobody knows which those
/// are.
std::optional<Status> status_of(const ReportVariant& variant, const std::string& name) {
  if (const ReportProperty* property = property_of(variant, name)) return property->status;
  if (variant.bound && variant.properties.empty()) return Status::kInconclusive;
  return std::nullopt;
}

std::vector<DiffVerdict> compare_verdicts(const ReportVariant& a, const ReportVariant& b) {
  std::vector<DiffVerdict> all;
  for (const ReportProperty& property : a.properties) {
    const auto other = status_of(b, property.name);
    if (other != property.status) all.push_back({property.name, property.kind, property.status, other});
  }
  for (const ReportProperty& property : b.properties) {
    if (property_of(a, property.name) == nullptr)
      all.push_back({property.name, property.kind, status_of(a, property.name), property.status});
  }
  return all;
}

/// Those of `variant` that the other has not, or those that it has.
void add_findings(const ReportVariant& variant, const ReportVariant& other, DiffState state,
                  std::vector<DiffFinding>& all) {
  for (const MatchedFinding& one : match_findings(variant, other)) {
    if (one.in_other != (state == DiffState::kUnchanged)) continue;
    all.push_back({state, one.in_other || one.certain, one.property->name, *one.finding, std::nullopt});
  }
}

std::string verb_of(const ReportRoutineStep& step) {
  return std::to_string(step.depth) + " " + step.text.substr(0, step.text.find(' '));
}

/// Puts what only one side has, between two lines in common, beside each other where the verb is the same.
class LinePairs {
 public:
  LinePairs(const std::vector<ReportRoutineStep>& a, const std::vector<ReportRoutineStep>& b)
      : a_(a), b_(b) {}

  std::vector<DiffLine> all() {
    std::vector<std::string> keys_of_a;
    std::vector<std::string> keys_of_b;
    for (const ReportRoutineStep& step : a_) keys_of_a.push_back(step.text);
    for (const ReportRoutineStep& step : b_) keys_of_b.push_back(step.text);
    for (const auto& [at_a, at_b] : longest_common(keys_of_a, keys_of_b)) {
      differing_up_to(at_a, at_b);
      const bool same = a_[at_a].depth == b_[at_b].depth && a_[at_a].label == b_[at_b].label;
      add(same ? DiffMark::kSame : DiffMark::kChanged, at_a, at_b);
    }
    differing_up_to(a_.size(), b_.size());
    return std::move(lines_);
  }

 private:
  void differing_up_to(std::size_t end_a, std::size_t end_b) {
    std::vector<std::string> verbs_of_a;
    std::vector<std::string> verbs_of_b;
    for (std::size_t i = next_a_; i < end_a; ++i) verbs_of_a.push_back(verb_of(a_[i]));
    for (std::size_t i = next_b_; i < end_b; ++i) verbs_of_b.push_back(verb_of(b_[i]));
    const std::size_t begin_a = next_a_;
    const std::size_t begin_b = next_b_;
    for (const auto& [i, j] : longest_common(verbs_of_a, verbs_of_b)) {
      only_one_has(begin_a + i, begin_b + j);
      add(DiffMark::kChanged, begin_a + i, begin_b + j);
    }
    only_one_has(end_a, end_b);
  }

  void only_one_has(std::size_t end_a, std::size_t end_b) {
    while (next_a_ < end_a) lines_.push_back({DiffMark::kOnlyA, a_[next_a_++], std::nullopt});
    while (next_b_ < end_b) lines_.push_back({DiffMark::kOnlyB, std::nullopt, b_[next_b_++]});
  }

  void add(DiffMark mark, std::size_t at_a, std::size_t at_b) {
    lines_.push_back({mark, a_[at_a], b_[at_b]});
    next_a_ = at_a + 1;
    next_b_ = at_b + 1;
  }

  const std::vector<ReportRoutineStep>& a_;
  const std::vector<ReportRoutineStep>& b_;
  std::size_t next_a_ = 0;
  std::size_t next_b_ = 0;
  std::vector<DiffLine> lines_;
};

/// The pairs of the variants of both scenarios, and what has none.
void compare_scenarios(const ReportScenario& a, const ReportScenario& b, DiffReport& report) {
  for (const ReportVariant& variant : a.variants) {
    const ReportVariant* other = find_variant(b, variant.name);
    if (other == nullptr) {
      report.only_a.push_back({a.name, variant.name});
      continue;
    }
    DiffPair pair = compare_variants(b, variant, *other);
    std::vector<DiffRoutine> aligned = align_routines(variant.routines, other->routines);
    pair.routines_compared = in_common(aligned);
    pair.routines = differing(std::move(aligned), false);
    report.pairs.push_back(std::move(pair));
  }
  for (const ReportVariant& variant : b.variants) {
    if (find_variant(a, variant.name) == nullptr) report.only_b.push_back({b.name, variant.name});
  }
}

/// Each is the other's choice.
const ReportScenario* counterpart(const ReportScenario& scenario, const RunReport& own,
                                  const RunReport& other) {
  const ReportScenario* found = find_scenario(other.scenarios, own.scenarios, scenario);
  if (found == nullptr) return nullptr;
  return find_scenario(own.scenarios, other.scenarios, *found) == &scenario ? found : nullptr;
}

}  // namespace

DiffPair compare_variants(const ReportScenario& scenario, const ReportVariant& a, const ReportVariant& b) {
  DiffPair pair;
  pair.scenario = scenario.name;
  pair.title = scenario.title;
  pair.file = scenario.file;
  pair.a = side_of(a);
  pair.b = side_of(b);
  pair.verdicts = compare_verdicts(a, b);
  add_findings(a, b, DiffState::kGone, pair.findings);
  add_findings(b, a, DiffState::kNew, pair.findings);
  add_findings(a, b, DiffState::kUnchanged, pair.findings);
  return pair;
}

std::vector<DiffRoutine> align_routines(const std::vector<ReportRoutine>& a,
                                        const std::vector<ReportRoutine>& b) {
  std::map<std::string, std::pair<const ReportRoutine*, const ReportRoutine*>> by_name;
  for (const ReportRoutine& one : a) by_name[one.name].first = &one;
  for (const ReportRoutine& one : b) by_name[one.name].second = &one;
  std::vector<DiffRoutine> all;
  const ReportRoutine none;
  for (const auto& [name, both] : by_name) {
    const auto& [of_a, of_b] = both;
    DiffRoutine one;
    one.name = name;
    if (of_a != nullptr) one.file_a = of_a->file;
    if (of_b != nullptr) one.file_b = of_b->file;
    one.in_a = of_a != nullptr;
    one.in_b = of_b != nullptr;
    one.lines = LinePairs((one.in_a ? *of_a : none).steps, (one.in_b ? *of_b : none).steps).all();
    all.push_back(std::move(one));
  }
  return all;
}

std::uint64_t in_common(const std::vector<DiffRoutine>& aligned) {
  return static_cast<std::uint64_t>(
      std::count_if(aligned.begin(), aligned.end(), [](const DiffRoutine& one) { return one.is_in_both(); }));
}

std::vector<DiffRoutine> differing(std::vector<DiffRoutine> aligned, bool of_whole_programs) {
  std::erase_if(aligned, [&](const DiffRoutine& one) {
    if (!one.is_in_both()) return !of_whole_programs;
    return std::all_of(one.lines.begin(), one.lines.end(),
                       [](const DiffLine& line) { return line.mark == DiffMark::kSame; });
  });
  return aligned;
}

DiffReport compare_results(const RunReport& a, const RunReport& b) {
  DiffReport report;
  report.of_results = true;
  for (const ReportScenario& scenario : a.scenarios) {
    const ReportScenario* other = counterpart(scenario, a, b);
    if (other == nullptr) {
      report.only_a.push_back({scenario.name, ""});
    } else {
      compare_scenarios(scenario, *other, report);
    }
  }
  for (const ReportScenario& scenario : b.scenarios) {
    if (counterpart(scenario, b, a) == nullptr) report.only_b.push_back({scenario.name, ""});
  }
  return report;
}

}  // namespace quiesce::checker
