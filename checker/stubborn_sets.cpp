#include "checker/stubborn_sets.hpp"

#include <algorithm>

#include "sim/rule_machine.hpp"

namespace quiesce::checker {

struct StubbornSets::Scratch {
  std::size_t rules = 0;
  sim::RuleSet enabled;
  sim::RuleSet members;
  sim::RuleSet fresh;  ///< members whose consequences have not been drawn yet
  sim::RuleSet best;

  void prepare(std::size_t count) {
    if (rules == count) return;
    rules = count;
    for (sim::RuleSet* set : {&enabled, &members, &fresh, &best}) *set = sim::RuleSet(count);
  }
};

StubbornSets::StubbornSets(const sim::System& system, base::PlantedDefect defect)
    : system_(system), dependence_(sim::find_dependence(system)) {
  if (!dependence_) return;
  if (defect == base::PlantedDefect::kConflictsForgotten) {
    for (sim::RuleSet& conflicts : dependence_->conflicts) conflicts.clear();
  } else if (defect == base::PlantedDefect::kMakersForgotten) {
    for (auto& guard : dependence_->guards) {
      for (sim::GuardConjunct& conjunct : guard) conjunct.makers.clear();
    }
  } else if (defect == base::PlantedDefect::kVisibilityForgotten) {
    dependence_->visible.clear();
  }
}

std::size_t StubbornSets::choose(const std::byte* state, std::vector<Transition>& enabled) const {
  if (enabled.size() < 2) return enabled.size();
  thread_local Scratch scratch;
  scratch.prepare(system_.rules.size());
  scratch.enabled.clear();
  for (const Transition transition : enabled) scratch.enabled.add(transition.choice);
  std::size_t fewest = enabled.size();
  for (const Transition seed : enabled) {
    close(state, seed.choice, scratch);
    const std::size_t count = scratch.members.count_common(scratch.enabled);
    if (count >= fewest) continue;
    fewest = count;
    std::swap(scratch.best, scratch.members);
    if (fewest == 1) break;
  }
  if (fewest < enabled.size()) {
    std::stable_partition(enabled.begin(), enabled.end(),
                          [&](Transition transition) { return scratch.best.contains(transition.choice); });
  }
  return fewest;
}

void StubbornSets::close(const std::byte* state, std::size_t seed, Scratch& scratch) const {
  const std::size_t none = system_.rules.size();
  sim::RuleSet& members = scratch.members;
  sim::RuleSet& fresh = scratch.fresh;
  members.clear();
  fresh.clear();
  members.add(seed);
  fresh.add(seed);
  for (std::size_t rule = fresh.take_least(none); rule != none; rule = fresh.take_least(none)) {
    if (scratch.enabled.contains(rule)) {
      members.add_new(dependence_->conflicts[rule], fresh);
      if (dependence_->visible.contains(rule)) members.add_new(dependence_->visible, fresh);
    } else {
      members.add_new(necessary(state, rule, members), fresh);
    }
  }
}

/// Of the conditions that fail, the one that asks for the fewest more rules.
const sim::RuleSet& StubbornSets::necessary(const std::byte* state, std::size_t rule,
                                            const sim::RuleSet& members) const {
  std::vector<base::Write> no_writes;
  base::StateAccess access(const_cast<std::byte*>(state), no_writes);
  sim::RuleMachine machine(system_, access);
  const sim::RuleSet* best = nullptr;
  int fewest = 0;
  for (const sim::GuardConjunct& conjunct : dependence_->guards[rule]) {
    if (!machine.condition_fails(conjunct.code)) continue;
    const int more = conjunct.makers.count_outside(members);
    if (best != nullptr && more >= fewest) continue;
    best = &conjunct.makers;
    fewest = more;
  }
  QUIESCE_ASSERT(best != nullptr, "a rule is disabled, and all of its guard holds");
  return *best;
}

}  // namespace quiesce::checker
