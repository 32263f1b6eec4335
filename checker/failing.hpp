// Where a state itself shows that something is wrong, apart from the transitions that lead to it.
#pragma once

#include <algorithm>

#include "checker/transition_system.hpp"

namespace quiesce::checker {

/// Whether nothing can move any more but observers, although the run is not over.
template <TransitionSystem Model>
[[nodiscard]] bool is_stuck(const Model& model, const std::byte* state) {
  if (model.classify(state) != StateClass::kRunning || model.waits_for_time(state)) return false;
  bool way_on = false;
  model.for_each_enabled(
      state, [&](Transition transition) { way_on = way_on || is_way_on(model.fairness(state, transition)); });
  return !way_on;
}

/// Whether a run may end in the state: it is over, or nothing has to happen any more.
template <TransitionSystem Model>
[[nodiscard]] bool may_end(const Model& model, const std::byte* state) {
  if (model.classify(state) != StateClass::kRunning) return true;
  if (model.waits_for_time(state)) return false;
  bool obliged = false;
  model.for_each_enabled(state, [&](Transition transition) {
    const Fairness fairness = model.fairness(state, transition);
    obliged = obliged || is_obliged(fairness);
  });
  return !obliged;
}

/// Appends what is wrong with the state, as the search sees it.
template <TransitionSystem Model>
void check_alone(const Model& model, const std::byte* state, Effects& effects) {
  model.check_state(state, effects);
  if (is_stuck(model, state)) model.report_stuck(state, effects);
}

/// Whether the state itself raises the finding.
template <TransitionSystem Model>
[[nodiscard]] bool fails_in(const Model& model, const std::byte* state, Finding finding) {
  Effects effects;
  check_alone(model, state, effects);
  return std::find(effects.findings.begin(), effects.findings.end(), finding) != effects.findings.end();
}

}  // namespace quiesce::checker
