// The bridge: a compiled scenario as a TransitionSystem.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "checker/reductions.hpp"
#include "checker/stubborn_sets.hpp"
#include "checker/traffic_ahead.hpp"
#include "checker/transition_system.hpp"
#include "checker/used_assumptions.hpp"
#include "sim/canonical_states.hpp"
#include "sim/compile.hpp"
#include "sim/dead_slots.hpp"
#include "sim/footprint.hpp"
#include "sim/machine.hpp"
#include "sim/rule_machine.hpp"

namespace quiesce::checker {

class SystemModel {
 public:
  /// `system` must outlive the model.
  explicit SystemModel(const sim::System& system, const Reductions& reductions = {});

  /// The same model, which tells `observer` what its transitions do.
  [[nodiscard]] SystemModel observed_by(sim::MachineObserver& observer) const {
    SystemModel model = *this;
    model.observer_ = &observer;
    model.fires_rules_alone_ = false;
    return model;
  }

  [[nodiscard]] std::uint64_t model_hash() const { return system_.hash; }
  [[nodiscard]] std::size_t state_bytes() const { return system_.layout.bytes; }
  [[nodiscard]] StateShape state_shape() const;
  template <class Visit>
  void for_each_initial(Visit visit) const {
    sim::for_each_initial(system_, visit);
  }
  template <class Visit>
  void for_each_enabled(const std::byte* state, Visit visit) const {
    if (only_rules_) {
      base::StateAccess access(const_cast<std::byte*>(state));
      const std::uint16_t actor = system_.rules_actor();
      sim::RuleMachine(system_, access).for_each_enabled([&](std::uint16_t rule) {
        visit(Transition{actor, rule});
      });
      return;
    }
    thread_local std::vector<sim::Move> moves;
    enabled(state, moves);
    for (const sim::Move move : moves) visit(Transition{move.actor, move.choice});
  }
  [[nodiscard]] std::size_t choose_stubborn(const std::byte* state, std::vector<Transition>& enabled) const {
    return stubborn_sets_ ? stubborn_sets_->choose(state, enabled) : enabled.size();
  }
  void fire(std::byte* state, Transition transition, Effects& effects) const;
  [[nodiscard]] bool fires_on_copies() const {
    return fires_rules_alone_ && !dead_slots_ && symmetry_ == nullptr;
  }
  [[nodiscard]] OnCopy fire_on_copy(std::byte* state, Transition transition) const;
  [[nodiscard]] OnCopy fire_on_copy(std::byte* state, Transition transition, StoredSlots& stored) const;
  template <class Visit>
  void for_each_touched(Visit visit) const {
    const std::vector<bool> changing = bytes_that_change();
    for (std::size_t rule = 0; rule < system_.rules.size(); ++rule) {
      const sim::Touched touched = sim::rule_footprint(system_, system_.rules[rule]);
      for (std::size_t byte = 0; byte < system_.layout.bytes; ++byte) {
        if (changing[byte] && !touched.untouched(byte)) visit(static_cast<std::uint16_t>(rule), byte);
      }
    }
  }
  void canonicalize(std::byte* state, std::vector<base::Write>& undo) const {
    if (dead_slots_ || symmetry_ != nullptr) reduce(state, undo);
  }
  void check_state(const std::byte* state, Effects& effects) const;
  [[nodiscard]] bool waits_for_time(const std::byte* state) const;
  bool report_stuck(const std::byte* state, Effects& effects) const;
  [[nodiscard]] StateClass classify(const std::byte* state) const;
  [[nodiscard]] std::size_t actor_count() const { return system_.actor_count(); }
  [[nodiscard]] std::uint16_t lane(const std::byte* state, Transition transition) const;
  [[nodiscard]] Fairness fairness(const std::byte* state, Transition transition) const {
    return only_rules_ ? Fairness::kEnvironment : fairness_of_move(state, transition);
  }
  [[nodiscard]] std::size_t goal_count() const { return goals_.size(); }
  [[nodiscard]] GoalKind goal_kind(std::uint16_t goal) const;
  [[nodiscard]] bool goal_holds(std::uint16_t goal, const std::byte* state) const;
  [[nodiscard]] bool checks_livelock() const { return system_.layout.tasks > 0; }
  [[nodiscard]] Finding livelock_cause(const std::byte* state) const;

  [[nodiscard]] const sim::System& system() const { return system_; }
  [[nodiscard]] const Reductions& reductions() const { return reductions_; }
  /// Whether it leaves out orders of transitions.
  [[nodiscard]] bool has_stubborn_sets() const { return stubborn_sets_.has_value(); }
  /// What the reductions leave out, for people.
  [[nodiscard]] std::vector<std::string> reduction_notes() const;
  /// What names the symmetry reduction exchanges; null without it.
  [[nodiscard]] const sim::CanonicalStates* symmetry() const { return symmetry_.get(); }
  /// What the transitions that were fired so far rest on, by this model and its copies.
  [[nodiscard]] std::vector<std::uint32_t> assumptions() const {
    return assumptions_ ? assumptions_->words() : std::vector<std::uint32_t>();
  }
  /// The property that goal `goal` stands for.
  [[nodiscard]] std::uint16_t property_of_goal(std::size_t goal) const { return goals_[goal]; }
  /// All tasks but kworkers have exited: the run is over although nothing resets the machine.
  [[nodiscard]] bool all_tasks_gone(const std::byte* state) const;

 private:
  /// Which bytes of the state some rule may write.
  [[nodiscard]] std::vector<bool> bytes_that_change() const;
  void reduce(std::byte* state, std::vector<base::Write>& undo) const;
  [[nodiscard]] bool is_in_storm(const std::byte* state, Transition transition) const;
  [[nodiscard]] Fairness fairness_of_legacy(std::size_t smmu, std::uint16_t which) const;
  [[nodiscard]] Fairness fairness_of_move(const std::byte* state, Transition transition) const;
  void enabled(const std::byte* state, std::vector<sim::Move>& moves) const;
  [[nodiscard]] bool holds(std::uint32_t condition, const std::byte* state) const;
  [[nodiscard]] bool property_holds(std::size_t property, const std::byte* state) const;
  void check_end(const std::byte* state, Effects& effects) const;

  const sim::System& system_;
  Reductions reductions_;
  bool only_rules_;
  bool fires_rules_alone_;  ///< nothing has to be looked at when a rule runs
  std::optional<StubbornSets> stubborn_sets_;
  std::optional<sim::DeadSlots> dead_slots_;
  std::shared_ptr<const sim::CanonicalStates> symmetry_;
  std::vector<std::uint16_t> goals_;
  std::vector<std::uint16_t> at_ends_;
  std::shared_ptr<TrafficAhead> traffic_ahead_;   ///< null without traffic
  std::shared_ptr<UsedAssumptions> assumptions_;  ///< null without legacy SMMUs
  sim::MachineObserver* observer_ = nullptr;
};

static_assert(TransitionSystem<SystemModel>);

}  // namespace quiesce::checker
