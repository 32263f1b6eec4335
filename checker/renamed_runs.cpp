#include "checker/renamed_runs.hpp"

#include <algorithm>

namespace quiesce::checker {
namespace {

std::vector<Finding> of_property(const std::vector<Finding>& findings, std::uint16_t property) {
  std::vector<Finding> some;
  std::copy_if(findings.begin(), findings.end(), std::back_inserter(some),
               [&](const Finding& finding) { return finding.property == property; });
  return some;
}

}  // namespace

/// Permutation 0 is the identity.
RenamedRuns::State RenamedRuns::renamed(std::size_t permutation, const State& state) const {
  State to = state;
  if (permutation > 0) model_.symmetry()->permutations()[permutation - 1].apply(state.data(), to.data());
  return to;
}

std::vector<RenamedRuns::State> RenamedRuns::states_of(const Run& run) const {
  std::vector<State> states;
  std::uint32_t number = 0;
  model_.for_each_initial([&](const std::byte* state) {
    if (number++ == run.initial) states.emplace_back(state, state + model_.state_bytes());
  });
  Effects effects;
  for (const Transition step : run.steps) {
    states.push_back(states.back());
    model_.fire(states.back().data(), step, effects);
  }
  return states;
}

Run RenamedRuns::through(const std::vector<State>& states) const {
  Run run;
  std::uint32_t number = 0;
  model_.for_each_initial([&](const std::byte* state) {
    if (std::equal(states.front().begin(), states.front().end(), state)) run.initial = number;
    ++number;
  });
  for (std::size_t i = 1; i < states.size(); ++i) {
    std::optional<Transition> found;
    model_.for_each_enabled(states[i - 1].data(), [&](Transition t) {
      if (found) return;
      State next = states[i - 1];
      Effects effects;
      model_.fire(next.data(), t, effects);
      if (next == states[i]) found = t;
    });
    QUIESCE_ASSERT(found, "a renamed run is no run");
    run.steps.push_back(*found);
  }
  return run;
}

std::vector<Finding> RenamedRuns::seen_in(const State& state, std::uint16_t property) const {
  Effects effects;
  model_.check_state(state.data(), effects);
  bool way_on = model_.classify(state.data()) != StateClass::kRunning || model_.waits_for_time(state.data());
  if (!way_on) {
    model_.for_each_enabled(
        state.data(), [&](Transition t) { way_on = way_on || is_way_on(model_.fairness(state.data(), t)); });
  }
  if (!way_on) model_.report_stuck(state.data(), effects);
  return of_property(effects.findings, property);
}

std::map<Finding, Transition> RenamedRuns::raised_between(const State& state, const State& next,
                                                          std::uint16_t property) const {
  std::map<Finding, Transition> all;
  model_.for_each_enabled(state.data(), [&](Transition t) {
    State to = state;
    Effects effects;
    model_.fire(to.data(), t, effects);
    if (to != next) return;
    for (const Finding finding : of_property(effects.findings, property)) all.try_emplace(finding, t);
  });
  return all;
}

std::map<Finding, Run> RenamedRuns::of(const Run& run, std::uint16_t property, bool in_state) const {
  const std::vector<State> states = states_of(run);
  std::map<Finding, Run> all;
  for (std::size_t g = 0; g < permutations(); ++g) {
    const State end = renamed(g, states.back());
    std::map<Finding, std::optional<Transition>> findings;
    if (in_state) {
      for (const Finding finding : seen_in(end, property)) findings.try_emplace(finding);
    } else {
      for (const auto& [finding, last] : raised_between(renamed(g, states[states.size() - 2]), end, property))
        findings.try_emplace(finding, last);
    }
    std::erase_if(findings, [&](const auto& entry) { return all.contains(entry.first); });
    if (findings.empty()) continue;
    std::vector<State> way;
    for (const State& state : states) way.push_back(renamed(g, state));
    if (!in_state) way.pop_back();
    for (const auto& [finding, last] : findings) {
      Run other = through(way);
      if (last) other.steps.push_back(*last);
      all.emplace(finding, std::move(other));
    }
  }
  return all;
}

std::vector<Finding> RenamedRuns::of(const std::byte* state, std::optional<Transition> last,
                                     std::uint16_t property) const {
  const State from(state, state + model_.state_bytes());
  State next = from;
  Effects effects;
  if (last) model_.fire(next.data(), *last, effects);
  std::vector<Finding> all;
  for (std::size_t g = 0; g < permutations(); ++g) {
    std::vector<Finding> more;
    if (last) {
      for (const auto& [finding, t] : raised_between(renamed(g, from), renamed(g, next), property))
        more.push_back(finding);
    } else {
      more = seen_in(renamed(g, from), property);
    }
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

}  // namespace quiesce::checker
