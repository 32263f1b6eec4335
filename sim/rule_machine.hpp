// Runs rules on a state: which may fire, and firing one.
#pragma once

#include "base/slot.hpp"
#include "sim/rule_operations.hpp"
#include "sim/system.hpp"

namespace quiesce::sim {

class RuleMachine {
 public:
  RuleMachine(const System& system, base::StateAccess& state) : system_(system), state_(state) {}

  /// Calls back with each rule that may fire, in an order that depends on the state alone. A guard that
  /// meets NULL counts as holding: it is met again, and reported, when the rule is fired.
  template <class Visit>
  void for_each_enabled(Visit visit) {
    const auto may_fire = [](bool holds, bool met_fault) { return holds || met_fault; };
    state_.recorder() == nullptr ? for_each<Recording::kUnrecorded>(system_.rule_code.guards, may_fire, visit)
                                 : for_each<Recording::kRecorded>(system_.rule_code.guards, may_fire, visit);
  }

  /// Calls back with each property of the scenario's own whose `never` holds, perhaps several times.
  template <class Visit>
  void for_each_never(Visit visit) {
    const auto holds_here = [](bool holds, bool met_fault) { return holds && !met_fault; };
    for_each<Recording::kUnrecorded>(system_.rule_code.nevers, holds_here, visit);
  }

  /// Whether the condition at `guard` holds; one that meets NULL does not.
  [[nodiscard]] bool condition_holds(std::uint32_t guard) {
    NoEvents events;
    return run(guard, events) && !events.met_fault;
  }

  /// Whether it fails, without meeting NULL.
  [[nodiscard]] bool condition_fails(std::uint32_t guard) {
    NoEvents events;
    return !run(guard, events) && !events.met_fault;
  }

  /// `Events` is told what happens on the way: on_fault(EvalFault, Pc), which ends the rule;
  /// on_range_error(Pc), after which the old value stays; on_freed(family, Pc), after which it goes on;
  /// before_store(family, Slot); and, if its kSeesSteps says so, on_step(Pc) before anything that belongs to
  /// another step than the instruction before it.
  template <class Events>
  void fire(std::size_t rule, Events& events) {
    static_cast<void>(run(system_.rule_code.bodies[rule], events));
  }

  /// The same without a recorder, and so that it cannot be undone.
  template <class Events>
  void fire_unlogged(std::size_t rule, Events& events) {
    static_cast<void>(run<Recording::kUnlogged>(system_.rule_code.bodies[rule], events));
  }

 private:
  struct NoEvents {
    static constexpr bool kSeesSteps = false;
    void on_fault(const EvalFault& /*fault*/, Pc /*pc*/) { met_fault = true; }
    void on_range_error(Pc /*pc*/) {}
    void on_freed(std::int32_t /*accessed*/, Pc /*pc*/) {}
    void before_store(std::int32_t /*family*/, base::Slot /*slot*/) {}
    bool met_fault = false;
  };

  template <Recording kRecording, class Counts, class Visit>
  void for_each(const RuleIndex& index, Counts counts, Visit& visit) {
    const RuleEntry* const entries = index.entries.data();
    const auto consider = [&](std::uint32_t first, std::uint32_t last) {
      const RuleEntry* entry = entries + first;
      for (std::uint32_t left = last - first; left != 0; --left, ++entry) {
        if (!entry->asks || rest_counts<kRecording>(*entry, counts)) visit(entry->number);
      }
    };
    const std::uint32_t* const begins = index.begins.data();
    const RuleGroup* const end = index.groups.data() + index.groups.size();
    for (const RuleGroup* group = index.groups.data(); group != end; ++group) {
      const auto first = static_cast<std::uint32_t>(group->first_value);
      const std::uint32_t value = static_cast<std::uint32_t>(value_of<kRecording>(*group)) - first;
      if (value >= group->values) continue;
      const std::uint32_t* const begin = begins + group->begins + value;
      consider(begin[0], begin[1]);
    }
    consider(index.others, static_cast<std::uint32_t>(index.entries.size()));
  }

  template <Recording kRecording, class Counts>
  [[nodiscard]] bool rest_counts(const RuleEntry& entry, Counts counts) {
    if (!holds<kRecording>(entry.tests[0]) || !holds<kRecording>(entry.tests[1])) return false;
    if (entry.guard == kNoGuard) return true;
    NoEvents events;
    const bool holds = run<kRecording>(entry.guard, events);
    return counts(holds, events.met_fault);
  }

  template <Recording kRecording>
  [[nodiscard]] bool holds(const BitsTest& test) const {
    if constexpr (kRecording == Recording::kRecorded) {
      if (test.mask != 0) static_cast<void>(state_.get(test.slot));
    }
    return ((base::read_word(state_.state() + test.word) & test.mask) == test.bits) != test.negated;
  }

  template <Recording kRecording>
  [[nodiscard]] std::int32_t value_of(const RuleGroup& group) const {
    if constexpr (kRecording == Recording::kRecorded) return state_.get(group.slot.slot());
    if (group.is_byte) return std::to_integer<std::int32_t>(state_.state()[group.slot.offset]);
    return base::read_slot(state_.state(), group.slot.slot());
  }

  template <class Events>
  bool run(std::uint32_t start, Events& events) {
    return state_.recorder() == nullptr ? run<Recording::kUnrecorded>(start, events)
                                        : run<Recording::kRecorded>(start, events);
  }
  template <Recording kRecording, class Events>
  bool run(std::uint32_t start, Events& events) {
    return RuleOperations<kRecording, Events>(system_, state_, events).run(start);
  }

  const System& system_;
  base::StateAccess& state_;
};

}  // namespace quiesce::sim
