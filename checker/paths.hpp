// From stored states back to a run of the model. The store keeps each state's parent alone, and of states
// that reductions do not tell apart only one; the transitions between them are found by firing again.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "checker/state_store.hpp"
#include "checker/transition_system.hpp"

namespace quiesce::checker {

/// Transitions that can be fired one after the other from an initial state.
struct Run {
  std::vector<Transition> steps;
  std::uint32_t initial = 0;  ///< as for_each_initial counts
};

/// The stored states by which the search came to `id`, an initial one first.
[[nodiscard]] inline std::vector<StateId> ancestors_of(const StateStore& store, StateId id) {
  std::vector<StateId> states{id};
  for (StateId parent = store.parent(id); parent != kNoState; parent = store.parent(parent))
    states.push_back(parent);
  std::reverse(states.begin(), states.end());
  return states;
}

/// Follows stored states with the model's own.
template <TransitionSystem Model>
class RunThrough {
 public:
  RunThrough(const Model& model, const StateStore& store)
      : model_(model), store_(store), wanted_(model.state_bytes()) {}

  Run follow(const std::vector<StateId>& through, std::optional<Transition> last) {
    begin_at(through.front());
    for (std::size_t i = 1; i < through.size(); ++i) step_to(through[i]);
    if (last) end_with(through.back(), *last);
    return std::move(run_);
  }

 private:
  using State = std::vector<std::byte>;

  [[nodiscard]] State canonical(State state) const {
    std::vector<base::Write> undo;
    model_.canonicalize(state.data(), undo);
    return state;
  }

  void begin_at(StateId id) {
    store_.load(id, wanted_.data());
    std::uint32_t number = 0;
    model_.for_each_initial([&](const std::byte* state) {
      const State initial(state, state + wanted_.size());
      if (state_.empty() && canonical(initial) == wanted_) {
        run_.initial = number;
        state_ = initial;
      }
      ++number;
    });
    QUIESCE_ASSERT(!state_.empty(), "a run begins nowhere");
  }

  void step_to(StateId id) {
    store_.load(id, wanted_.data());
    take([&](const Effects&, const State& next) { return canonical(next) == wanted_; });
  }

  /// The transition may have another name here than in the stored state: what it does is the same.
  void end_with(StateId id, Transition last) {
    State stored(wanted_.size());
    store_.load(id, stored.data());
    Effects there;
    model_.fire(stored.data(), last, there);
    wanted_ = canonical(stored);
    const auto properties = [](const Effects& effects) {
      std::vector<std::uint16_t> all;
      for (const Finding finding : effects.findings) all.push_back(finding.property);
      return all;
    };
    take([&](const Effects& here, const State& next) {
      return properties(here) == properties(there) && canonical(next) == wanted_;
    });
  }

  /// Fires the first transition, in their order, that does what is wanted.
  template <class IsWanted>
  void take(IsWanted is_wanted) {
    std::vector<Transition> enabled;
    model_.for_each_enabled(state_.data(), [&](Transition t) { enabled.push_back(t); });
    for (const Transition transition : enabled) {
      State next = state_;
      Effects effects;
      model_.fire(next.data(), transition, effects);
      if (!is_wanted(effects, next)) continue;
      run_.steps.push_back(transition);
      state_ = std::move(next);
      return;
    }
    QUIESCE_ASSERT(false, "a state is no successor of its parent");
  }

  const Model& model_;
  const StateStore& store_;
  State wanted_;
  State state_;
  Run run_;
};

/// A run of the model that goes through states which these stand for, and ends with `last` if there is one.
template <TransitionSystem Model>
[[nodiscard]] Run run_through(const Model& model, const StateStore& store,
                              const std::vector<StateId>& through, std::optional<Transition> last) {
  return RunThrough<Model>(model, store).follow(through, last);
}

}  // namespace quiesce::checker
