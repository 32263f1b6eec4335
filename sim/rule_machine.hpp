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
    state_.recorder() == nullptr ? for_each_enabled<Recording::kUnrecorded>(visit)
                                 : for_each_enabled<Recording::kRecorded>(visit);
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
  /// on_range_error(Pc), after which the old value stays; before_store(family, Slot); and, if its kSeesSteps
  /// says so, on_step(Pc) before anything that belongs to another step than the instruction before it.
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
    void before_store(std::int32_t /*family*/, base::Slot /*slot*/) {}
    bool met_fault = false;
  };

  template <Recording kRecording, class Visit>
  void for_each_enabled(Visit& visit) {
    const RuleCode& rules = system_.rule_code;
    const RuleEntry* const entries = rules.entries.data();
    const auto consider = [&](std::uint32_t first, std::uint32_t last) {
      for (const RuleEntry* entry = entries + first; entry != entries + last; ++entry) {
        if (!entry->asks || may_fire<kRecording>(*entry)) visit(entry->rule);
      }
    };
    const std::uint32_t* const begins = rules.begins.data();
    const RuleGroup* const end = rules.groups.data() + rules.groups.size();
    for (const RuleGroup* group = rules.groups.data(); group != end; ++group) {
      const auto value = static_cast<std::uint32_t>(read_slot<kRecording>(group->slot) - group->first_value);
      if (value >= group->values) continue;
      const std::uint32_t* const begin = begins + group->begins + value;
      consider(begin[0], begin[1]);
    }
    consider(rules.others, static_cast<std::uint32_t>(rules.entries.size()));
  }

  template <Recording kRecording>
  [[nodiscard]] bool may_fire(const RuleEntry& entry) {
    if (!holds<kRecording>(entry.tests[0]) || !holds<kRecording>(entry.tests[1])) return false;
    if (entry.guard == kNoGuard) return true;
    NoEvents events;
    return run<kRecording>(entry.guard, events) || events.met_fault;
  }

  template <Recording kRecording>
  [[nodiscard]] bool holds(const BitsTest& test) const {
    if constexpr (kRecording == Recording::kRecorded) {
      if (test.mask != 0) static_cast<void>(state_.get(test.slot));
    }
    return ((base::read_word(state_.state() + test.word) & test.mask) == test.bits) != test.negated;
  }

  template <Recording kRecording>
  [[nodiscard]] std::int32_t read_slot(const Operand& slot) const {
    if constexpr (kRecording == Recording::kRecorded) static_cast<void>(state_.get(slot.slot()));
    const std::uint32_t bits = (base::read_word(state_.state() + slot.word()) >> slot.shift) & slot.mask;
    return static_cast<std::int32_t>((bits ^ slot.sign) - slot.sign);
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
