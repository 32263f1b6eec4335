// Chooses, of the rules that may fire in a state, some whose order with the others does not matter: it is
// enough to fire those there, and the others later.
//
// The sets are strong stubborn sets (A. Valmari, "Stubborn sets for reduced state space generation", 1990):
// 1. with an enabled rule, all that it may be in conflict with while both are enabled;
// 2. with a disabled rule, all that may make one of its failing conditions true;
// 3. with an enabled rule that may change what a property says, all that may (visibility).
// By 1 and 2 every way to a deadlock is kept up to the order of independent rules, by 3 also what properties
// see on it. That no rule is put off for ever is up to the search: see SearchWorker.
#pragma once

#include <optional>
#include <vector>

#include "checker/reductions.hpp"
#include "checker/transition_system.hpp"
#include "sim/rule_dependence.hpp"
#include "sim/system.hpp"

namespace quiesce::checker {

class StubbornSets {
 public:
  /// For systems of rules; others are not reduced.
  explicit StubbornSets(const sim::System& system, base::PlantedDefect defect = base::PlantedDefect::kNone);

  /// Whether anything can be left out at all.
  [[nodiscard]] bool usable() const { return dependence_.has_value(); }

  /// Puts the members of a stubborn set to the front of `enabled`, in the same order, and returns how many
  /// they are: the fewest that were found. Depends on the state alone.
  [[nodiscard]] std::size_t choose(const std::byte* state, std::vector<Transition>& enabled) const;

 private:
  struct Scratch;

  void close(const std::byte* state, std::size_t seed, Scratch& scratch) const;
  [[nodiscard]] const sim::RuleSet& necessary(const std::byte* state, std::size_t rule,
                                              const sim::RuleSet& members) const;

  const sim::System& system_;
  std::optional<sim::RuleDependence> dependence_;
};

}  // namespace quiesce::checker
