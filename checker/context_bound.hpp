// Any model, with the lane of the last step kept in the state, so that switches from one lane to another
// can be counted. A switch counts if nothing forced it: the lane that is left could have gone on.
#pragma once

#include <cstring>
#include <span>
#include <vector>

#include "checker/schedule.hpp"
#include "checker/transition_system.hpp"

namespace quiesce::checker {

/// What the search asks of a model that tells switches apart.
template <class Model>
concept CountsSwitches = requires(const Model& model, const std::byte* state,
                                  std::span<const Transition> enabled, Transition transition, bool may_stay) {
  { model.may_stay(state, enabled) } -> std::same_as<bool>;
  { model.is_switch(state, transition, may_stay) } -> std::same_as<bool>;
};

/// A state is the model's and the lane of the step that led to it: one for each lane, however often it was
/// switched. What is enabled depends on the model's part alone.
//
// Questions about whole runs (goals, livelocks) are not asked: they need the graph of all transitions.
template <TransitionSystem Model>
class ContextBounded {
 public:
  explicit ContextBounded(Model model)
      : model_(std::move(model)), last_{static_cast<std::uint16_t>(model_.state_bytes()), base::Width::kU16} {
    QUIESCE_ASSERT(model_.state_bytes() <= std::numeric_limits<std::uint16_t>::max(),
                   "no slot can stand behind the state");
  }

  [[nodiscard]] std::size_t state_bytes() const { return model_.state_bytes() + kLaneBytes; }
  [[nodiscard]] StateShape state_shape() const {
    StateShape shape = model_.state_shape();
    shape.cuts.push_back(model_.state_bytes());
    return shape;
  }
  [[nodiscard]] std::uint64_t model_hash() const { return model_.model_hash(); }
  template <class Visit>
  void for_each_initial(Visit visit) const {
    std::vector<std::byte> state(state_bytes());
    model_.for_each_initial([&](const std::byte* initial) {
      std::memcpy(state.data(), initial, model_.state_bytes());
      visit(state.data());
    });
  }
  template <class Visit>
  void for_each_enabled(const std::byte* state, Visit visit) const {
    model_.for_each_enabled(state, visit);
  }
  [[nodiscard]] std::size_t choose_stubborn(const std::byte* /*state*/,
                                            std::vector<Transition>& enabled) const {
    return enabled.size();
  }
  void fire(std::byte* state, Transition transition, Effects& effects) const {
    const std::int32_t lane = model_.lane(state, transition) + 1;
    model_.fire(state, transition, effects);
    base::StateAccess(state, effects.undo).set(last_, lane);
  }
  /// The model does not know the lane; without writes of its own it would look at the whole state.
  void canonicalize(std::byte* state, std::vector<base::Write>& undo) const {
    const bool lane_changed = !undo.empty() && undo.back().slot == last_;
    const base::Write lane = lane_changed ? undo.back() : base::Write{};
    if (lane_changed) undo.pop_back();
    if (!lane_changed || !undo.empty()) model_.canonicalize(state, undo);
    if (lane_changed) undo.push_back(lane);
  }
  void check_state(const std::byte* state, Effects& effects) const { model_.check_state(state, effects); }
  [[nodiscard]] bool waits_for_time(const std::byte* state) const { return model_.waits_for_time(state); }
  bool report_stuck(const std::byte* state, Effects& effects) const {
    return model_.report_stuck(state, effects);
  }
  [[nodiscard]] StateClass classify(const std::byte* state) const { return model_.classify(state); }
  [[nodiscard]] std::uint16_t lane(const std::byte* state, Transition t) const {
    return model_.lane(state, t);
  }
  [[nodiscard]] std::size_t actor_count() const { return model_.actor_count(); }
  [[nodiscard]] Fairness fairness(const std::byte* state, Transition t) const {
    return model_.fairness(state, t);
  }
  [[nodiscard]] static std::size_t goal_count() { return 0; }
  [[nodiscard]] GoalKind goal_kind(std::uint16_t goal) const { return model_.goal_kind(goal); }
  [[nodiscard]] bool goal_holds(std::uint16_t goal, const std::byte* state) const {
    return model_.goal_holds(goal, state);
  }
  [[nodiscard]] static bool checks_livelock() { return false; }
  [[nodiscard]] Finding livelock_cause(const std::byte* state) const { return model_.livelock_cause(state); }

  /// Whether one of the enabled transitions goes on in the lane of the last step. What the environment may
  /// do, and what watchdogs see, is no way on.
  [[nodiscard]] bool may_stay(const std::byte* state, std::span<const Transition> enabled) const {
    for (const Transition transition : enabled) {
      if (is_elsewhere(state, transition)) continue;
      const Fairness fairness = model_.fairness(state, transition);
      if (is_obliged(fairness)) return true;
    }
    return false;
  }
  /// Whether the transition leaves a lane that `may_stay`.
  [[nodiscard]] bool is_switch(const std::byte* state, Transition transition, bool may_stay) const {
    return may_stay && is_elsewhere(state, transition);
  }

 private:
  static constexpr std::size_t kLaneBytes = 4;

  [[nodiscard]] bool is_elsewhere(const std::byte* state, Transition transition) const {
    return base::read_slot(state, last_) != model_.lane(state, transition) + 1;
  }

  Model model_;
  base::Slot last_;  ///< lane + 1 of the last step; 0 in an initial state
};

/// How often the schedule, which must be possible, leaves a lane that could have gone on.
template <TransitionSystem Model>
[[nodiscard]] std::uint32_t switches_of(const Model& model, const Schedule& schedule) {
  const ContextBounded<Model> counting(model);
  std::vector<std::byte> state;
  std::uint32_t number = 0;
  counting.for_each_initial([&](const std::byte* initial) {
    if (number++ == schedule.initial) state.assign(initial, initial + counting.state_bytes());
  });
  std::uint32_t switches = 0;
  std::vector<Transition> enabled;
  Effects effects;
  for (const Transition step : schedule.steps) {
    enabled.clear();
    counting.for_each_enabled(state.data(), [&](Transition t) { enabled.push_back(t); });
    if (counting.is_switch(state.data(), step, counting.may_stay(state.data(), enabled))) ++switches;
    effects.clear();
    counting.fire(state.data(), step, effects);
  }
  return switches;
}

}  // namespace quiesce::checker
