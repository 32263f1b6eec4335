// A model whose runs are watched: whether something was seen, and in which order some of its steps were
// made. It is a TransitionSystem itself, so that questions about runs are answered by searching it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "checker/failing.hpp"

namespace quiesce::checker {

/// One step of a run, whatever else happens around it: the n-th time that this step is made, from 1.
struct Event {
  std::uint64_t step = 0;  ///< as a StepOf names it
  std::uint32_t occurrence = 1;

  friend constexpr auto operator<=>(Event, Event) = default;
};

/// Names what a transition does in a state: who moves, and at which of its steps.
using StepOf = std::function<std::uint64_t(const std::byte* state, Transition transition)>;

/// A run satisfies it if both happen, in this order.
struct Ordering {
  Event earlier;
  Event later;
};

/// What is watched for.
struct Sight {
  std::function<bool(Finding)> raised;             ///< by a transition; may be empty: none
  std::function<bool(const std::byte*)> in_state;  ///< may be empty
  bool ends_run = true;                            ///< nothing that comes after it matters
  bool after_orderings = false;                    ///< a state counts only once all orderings are satisfied
  std::vector<std::uint16_t> goals;                ///< that runs which end well have reached
  bool finds_good_ends = false;                    ///< findings are ends where nothing was seen
};

/// Begins in `starts`, and leaves out what would violate one of the orderings. Observers, which need not
/// move in the model, have to here: an alarm that stays due is raised.
template <TransitionSystem Model>
class MonitoredModel {
 public:
  using State = std::vector<std::byte>;
  static constexpr Transition kSees{0xffff, 0};  ///< notes what the state shows

  /// Most occurrences of one step that an ordering can name.
  static constexpr std::uint32_t kOccurrencesMax = 250;

  /// `model` must outlive this; it must be one without reductions.
  MonitoredModel(const Model& model, Sight sight, std::vector<State> starts,
                 const std::vector<Ordering>& orderings, StepOf step_of)
      : model_(model), sight_(std::move(sight)), starts_(std::move(starts)), step_of_(std::move(step_of)) {
    for (State& start : starts_) {
      start.resize(state_bytes());
      std::vector<base::Write> undo;
      latch_goals(start.data(), undo);
    }
    for (const Ordering& ordering : orderings) {
      const std::size_t earlier = counter_of(ordering.earlier);
      const std::size_t later = counter_of(ordering.later);
      orderings_.push_back({earlier, ordering.earlier.occurrence, later, ordering.later.occurrence});
    }
  }

  [[nodiscard]] std::size_t state_bytes() const { return (first_counter() + most_.size() + 3) / 4 * 4; }
  [[nodiscard]] StateShape state_shape() const {
    StateShape shape = model_.state_shape();
    shape.cuts.push_back(model_.state_bytes());
    return shape;
  }
  [[nodiscard]] std::uint64_t model_hash() const { return model_.model_hash(); }
  template <class Visit>
  void for_each_initial(Visit visit) const {
    for (State start : starts_) {
      start.resize(state_bytes());
      visit(start.data());
    }
  }

  template <class Visit>
  void for_each_enabled(const std::byte* state, Visit visit) const {
    if (is_over(state)) return;
    if (shows(state)) {
      visit(kSees);
      return;
    }
    if (model_.classify(state) != StateClass::kRunning) return;
    model_.for_each_enabled(state, [&](Transition transition) {
      if (is_allowed(state, transition)) visit(transition);
    });
  }

  void fire(std::byte* state, Transition transition, Effects& effects) const {
    if (transition == kSees) {
      note_sight(state, effects.undo);
      return;
    }
    const std::size_t findings = effects.findings.size();
    const std::size_t counter = orderings_.empty() ? most_.size() : counter_of(state, transition);
    model_.fire(state, transition, effects);
    const auto seen = effects.findings.begin() + static_cast<std::ptrdiff_t>(findings);
    const bool raised = sight_.raised && std::any_of(seen, effects.findings.end(), sight_.raised);
    effects.findings.resize(findings);
    if (raised) {
      note_sight(state, effects.undo);
      return;
    }
    if (counter < most_.size()) count(state, counter, effects.undo);
    latch_goals(state, effects.undo);
  }

  [[nodiscard]] std::size_t choose_stubborn(const std::byte* /*state*/,
                                            std::vector<Transition>& enabled) const {
    return enabled.size();
  }
  void canonicalize(std::byte* /*state*/, std::vector<base::Write>& /*undo*/) const {}
  /// What was seen is a finding of this model, so that a search can stop at the first.
  void check_state(const std::byte* state, Effects& effects) const {
    const bool found = sight_.finds_good_ends ? is_good_end(state) : has_seen(state) && satisfies_all(state);
    if (found) effects.findings.push_back({});
  }
  [[nodiscard]] bool waits_for_time(const std::byte* state) const {
    return !is_over(state) && model_.waits_for_time(state);
  }
  bool report_stuck(const std::byte* /*state*/, Effects& /*effects*/) const { return true; }
  [[nodiscard]] StateClass classify(const std::byte* state) const {
    if (is_over(state)) return StateClass::kStopped;
    const StateClass state_class = model_.classify(state);
    return state_class != StateClass::kRunning && shows(state) ? StateClass::kRunning : state_class;
  }
  [[nodiscard]] std::uint16_t lane(const std::byte* state, Transition transition) const {
    return transition == kSees ? std::uint16_t{0} : model_.lane(state, transition);
  }
  [[nodiscard]] std::size_t actor_count() const { return model_.actor_count(); }
  [[nodiscard]] Fairness fairness(const std::byte* state, Transition transition) const {
    if (transition == kSees) return Fairness::kStrong;
    const Fairness fairness = model_.fairness(state, transition);
    return fairness == Fairness::kObserver ? Fairness::kTime : fairness;
  }
  [[nodiscard]] std::size_t goal_count() const { return 0; }
  [[nodiscard]] GoalKind goal_kind(std::uint16_t /*goal*/) const { return GoalKind::kEventually; }
  [[nodiscard]] bool goal_holds(std::uint16_t /*goal*/, const std::byte* /*state*/) const { return false; }
  /// Questions about runs need the graph.
  [[nodiscard]] bool checks_livelock() const { return true; }
  [[nodiscard]] Finding livelock_cause(const std::byte* /*state*/) const { return {}; }

  [[nodiscard]] bool has_seen(const std::byte* state) const {
    return base::read_slot(state, seen_slot()) != 0;
  }
  /// A run may end here, all that it had to do is done, and nothing was seen on it.
  [[nodiscard]] bool is_good_end(const std::byte* state) const {
    return !has_seen(state) && !shows(state) && satisfies_all(state) && may_end(*this, state);
  }
  [[nodiscard]] bool finds_good_ends() const { return sight_.finds_good_ends; }
  /// All goals are reached, and nothing is left out from here on.
  [[nodiscard]] bool satisfies_all(const std::byte* state) const {
    return reaches_goals(state) &&
           std::all_of(orderings_.begin(), orderings_.end(), [&](const Monitor& monitor) {
             return counted(state, monitor.later) >= monitor.later_occurrence;
           });
  }
  [[nodiscard]] const std::vector<State>& starts() const { return starts_; }

 private:
  /// An ordering in terms of counters.
  struct Monitor {
    std::size_t earlier;
    std::uint32_t earlier_occurrence;
    std::size_t later;
    std::uint32_t later_occurrence;
  };

  [[nodiscard]] base::Slot seen_slot() const {
    return {static_cast<std::uint16_t>(model_.state_bytes()), base::Width::kU8};
  }
  [[nodiscard]] std::size_t first_counter() const { return model_.state_bytes() + 1 + sight_.goals.size(); }
  [[nodiscard]] base::Slot goal_slot(std::size_t goal) const {
    return {static_cast<std::uint16_t>(model_.state_bytes() + 1 + goal), base::Width::kU8};
  }
  [[nodiscard]] base::Slot counter_slot(std::size_t counter) const {
    return {static_cast<std::uint16_t>(first_counter() + counter), base::Width::kU8};
  }
  [[nodiscard]] std::uint32_t counted(const std::byte* state, std::size_t counter) const {
    return static_cast<std::uint32_t>(base::read_slot(state, counter_slot(counter)));
  }

  std::size_t counter_of(Event event) {
    QUIESCE_ASSERT(event.occurrence <= kOccurrencesMax, "an ordering names too late an occurrence");
    const auto [at, is_new] = counters_.try_emplace(event.step, most_.size());
    if (is_new) most_.push_back(0);
    most_[at->second] = std::max(most_[at->second], event.occurrence);
    return at->second;
  }

  /// The counter of what the transition does; one past the last if nobody asks for it.
  [[nodiscard]] std::size_t counter_of(const std::byte* state, Transition transition) const {
    const auto found = counters_.find(step_of_(state, transition));
    return found == counters_.end() ? most_.size() : found->second;
  }

  [[nodiscard]] bool is_over(const std::byte* state) const { return sight_.ends_run && has_seen(state); }

  [[nodiscard]] bool shows(const std::byte* state) const {
    if (!sight_.in_state || has_seen(state)) return false;
    return (!sight_.after_orderings || satisfies_all(state)) && sight_.in_state(state);
  }

  /// Whether the transition would not be the later half of an ordering whose earlier half is still to come.
  [[nodiscard]] bool is_allowed(const std::byte* state, Transition transition) const {
    if (orderings_.empty()) return true;
    const std::size_t counter = counter_of(state, transition);
    if (counter == most_.size()) return true;
    const std::uint32_t occurrence = counted(state, counter) + 1;
    return std::none_of(orderings_.begin(), orderings_.end(), [&](const Monitor& monitor) {
      return monitor.later == counter && monitor.later_occurrence == occurrence &&
             counted(state, monitor.earlier) < monitor.earlier_occurrence;
    });
  }

  void count(std::byte* state, std::size_t counter, std::vector<base::Write>& undo) const {
    const std::uint32_t value = counted(state, counter);
    if (value >= most_[counter]) return;
    set(state, counter_slot(counter), static_cast<std::int32_t>(value + 1), undo);
  }

  /// A goal that is to be reached once stays so; that it can be reached is said of the state.
  [[nodiscard]] bool reaches_goals(const std::byte* state) const {
    for (std::size_t i = 0; i < sight_.goals.size(); ++i) {
      const std::uint16_t goal = sight_.goals[i];
      const bool reached = model_.goal_kind(goal) == GoalKind::kEventually
                               ? base::read_slot(state, goal_slot(i)) != 0
                               : model_.goal_holds(goal, state);
      if (!reached) return false;
    }
    return true;
  }

  void latch_goals(std::byte* state, std::vector<base::Write>& undo) const {
    for (std::size_t i = 0; i < sight_.goals.size(); ++i) {
      if (model_.goal_holds(sight_.goals[i], state)) set(state, goal_slot(i), 1, undo);
    }
  }

  /// Where it ends the run, all states in which it was seen are one.
  void note_sight(std::byte* state, std::vector<base::Write>& undo) const {
    if (sight_.ends_run) {
      for (std::size_t i = 0; i < state_bytes(); ++i)
        set(state, {static_cast<std::uint16_t>(i), base::Width::kU8}, 0, undo);
    }
    set(state, seen_slot(), 1, undo);
  }

  static void set(std::byte* state, base::Slot slot, std::int32_t value, std::vector<base::Write>& undo) {
    const std::int32_t old_value = base::read_slot(state, slot);
    if (old_value == value) return;
    undo.push_back({slot, old_value});
    base::write_slot(state, slot, value);
  }

  const Model& model_;
  Sight sight_;
  std::vector<State> starts_;
  StepOf step_of_;
  std::map<std::uint64_t, std::size_t> counters_;
  std::vector<std::uint32_t> most_;  ///< of each counter: as far as it has to count
  std::vector<Monitor> orderings_;
};

}  // namespace quiesce::checker
