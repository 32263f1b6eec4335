// Runs rules on a state: which may fire, and firing one.
#pragma once

#include <array>
#include <cstring>

#include "base/slot.hpp"
#include "sim/eval.hpp"
#include "sim/system.hpp"

namespace quiesce::sim {

class RuleMachine {
 public:
  RuleMachine(const System& system, base::StateAccess& state) : system_(system), state_(state) {}

  /// Calls back with each rule that may fire, in an order that depends on the state alone. A guard that
  /// meets NULL counts as holding: it is met again, and reported, when the rule is fired.
  template <class Visit>
  void for_each_enabled(Visit visit) {
    state_.recorder() == nullptr ? for_each_enabled<kUnrecorded>(visit) : for_each_enabled<kRecorded>(visit);
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
    static_cast<void>(run<kUnlogged>(system_.rule_code.bodies[rule], events));
  }

 private:
  struct NoEvents {
    static constexpr bool kSeesSteps = false;
    void on_fault(const EvalFault& /*fault*/, Pc /*pc*/) { met_fault = true; }
    void on_range_error(Pc /*pc*/) {}
    void before_store(std::int32_t /*family*/, base::Slot /*slot*/) {}
    bool met_fault = false;
  };

  /// Whether reads are to be recorded is asked once, not at each.
  enum Recording : std::uint8_t {
    kUnlogged,  ///< neither reads nor writes, not even for an undo
    kUnrecorded,
    kRecorded,
  };

  template <Recording kRecording, class Visit>
  void for_each_enabled(Visit& visit) {
    const RuleCode& rules = system_.rule_code;
    const auto consider = [&](std::uint32_t first, std::uint32_t last) {
      for (std::uint32_t i = first; i < last; ++i) {
        const RuleEntry& entry = rules.entries[i];
        if (holds<kRecording>(entry.tests[0]) && holds<kRecording>(entry.tests[1]) &&
            (entry.guard == kNoGuard || may_hold<kRecording>(entry.guard))) {
          visit(entry.rule);
        }
      }
    };
    for (const RuleGroup& group : rules.groups) {
      const auto value = static_cast<std::uint32_t>(read<kRecording>(group.slot) - group.first_value);
      if (value >= group.values) continue;
      const std::uint32_t* begin = rules.begins.data() + group.begins + value;
      consider(begin[0], begin[1]);
    }
    consider(rules.others, static_cast<std::uint32_t>(rules.entries.size()));
  }

  template <Recording kRecording>
  bool may_hold(std::uint32_t guard) {
    NoEvents events;
    return run<kRecording>(guard, events) || events.met_fault;
  }

  [[nodiscard]] std::uint32_t word(std::uint16_t at) const { return base::read_word(state_.state() + at); }

  template <Recording kRecording>
  [[nodiscard]] bool holds(const BitsTest& test) const {
    if constexpr (kRecording == kRecorded) {
      if (test.mask != 0) static_cast<void>(state_.get(test.slot));
    }
    return ((word(test.word) & test.mask) == test.bits) != test.negated;
  }

  // Inlined in any case: it is the most frequent call of all.
  template <Recording kRecording>
  [[nodiscard, gnu::always_inline]] std::int32_t read(const Operand& operand) const {
    if constexpr (kRecording == kRecorded) {
      if (operand.reads_state()) static_cast<void>(state_.get(operand.slot()));
    }
    const std::byte* const bases[] = {state_.state(), reinterpret_cast<const std::byte*>(registers_.data())};
    const std::uint32_t whole = base::read_word(bases[operand.base] + operand.word);
    const std::uint32_t bits = (whole >> operand.shift) & operand.mask;
    return static_cast<std::int32_t>((bits ^ operand.sign) - operand.sign +
                                     static_cast<std::uint32_t>(operand.added));
  }

  /// Whether the slot that the operand is holds those bits.
  template <Recording kRecording>
  [[nodiscard]] bool holds(const Operand& slot, std::uint32_t wanted) const {
    if constexpr (kRecording == kRecorded) static_cast<void>(state_.get(slot.slot()));
    return ((word(slot.word) >> slot.shift) & slot.mask) == wanted;
  }

  template <class Events>
  bool run(std::uint32_t start, Events& events) {
    return state_.recorder() == nullptr ? run<kUnrecorded>(start, events) : run<kRecorded>(start, events);
  }

  template <Recording kRecording, class Events>
  bool run(std::uint32_t start, Events& events) {
    const RuleInstruction* code = system_.rule_code.code.data();
    Pc step = kInactive;
    for (const RuleInstruction* in = code + start;; ++in) {
      if constexpr (Events::kSeesSteps) {
        if (in->pc != step) events.on_step(step = in->pc);
      }
      bool holds = true;
      switch (in->op) {
        case RuleOp::kUnlessBits:
          holds = this->holds<kRecording>(in->a, in->bits);
          break;
        case RuleOp::kUnlessOtherBits:
          holds = !this->holds<kRecording>(in->a, in->bits);
          break;
        case RuleOp::kUnlessEq:
          holds = read<kRecording>(in->a) == read<kRecording>(in->b);
          break;
        case RuleOp::kUnlessNe:
          holds = read<kRecording>(in->a) != read<kRecording>(in->b);
          break;
        case RuleOp::kUnlessLt:
          holds = read<kRecording>(in->a) < read<kRecording>(in->b);
          break;
        case RuleOp::kUnlessLe:
          holds = read<kRecording>(in->a) <= read<kRecording>(in->b);
          break;
        case RuleOp::kJump:
          holds = false;
          break;
        case RuleOp::kStoreConstant:
          put<kRecording>(*in, in->a.added, events);
          continue;
        case RuleOp::kStore: {
          const std::int32_t stored = read<kRecording>(in->a);
          if (fits(*in, stored, events)) put<kRecording>(*in, stored, events);
          continue;
        }
        case RuleOp::kStoreElement:
        case RuleOp::kElement:
        case RuleOp::kEvaluate:
          if (!may_fault<kRecording>(*in, events)) return false;
          continue;
        case RuleOp::kYes:
          return true;
        case RuleOp::kNo:
        case RuleOp::kDone:
          return false;
        default:
          registers_[in->result] = compute<kRecording>(*in);
          continue;
      }
      if (!holds) in = code + in->target - 1;
    }
  }

  template <class Events>
  bool fits(const RuleInstruction& in, std::int32_t stored, Events& events) const {
    if (stored >= in.lo && stored <= in.hi) return true;
    events.on_range_error(in.pc);
    return false;
  }

  /// The slot is `in.b` as an operand.
  template <Recording kRecording, class Events>
  void put(const RuleInstruction& in, std::int32_t stored, Events& events) {
    events.before_store(in.extra, in.slot);
    if constexpr (kRecording == kRecorded) {
      state_.set_fitting(in.slot, stored);
      return;
    }
    if constexpr (kRecording == kUnrecorded) {
      const std::int32_t old_value = read<kUnrecorded>(in.b);
      if (old_value == stored) return;
      state_.undo_log().push_back({in.slot, old_value});
    }
    const std::uint32_t mask = in.b.mask << in.b.shift;
    const std::uint32_t bits =
        (word(in.b.word) & ~mask) | ((static_cast<std::uint32_t>(stored) << in.b.shift) & mask);
    std::memcpy(state_.raw() + in.b.word, &bits, sizeof bits);
  }

  /// False if it did.
  template <Recording kRecording, class Events>
  bool may_fault(const RuleInstruction& in, Events& events) {
    EvalFault fault;
    if (in.op == RuleOp::kEvaluate) {
      const Position nowhere{&system_.program, &system_.layout, kNoContext, -1};
      registers_[in.result] = evaluate(in.extra, state_, nowhere, fault);
    } else {
      const Family& family = system_.program.families[static_cast<std::size_t>(in.extra)];
      const std::int32_t index = read<kRecording>(in.op == RuleOp::kElement ? in.a : in.b);
      if (index < 0 || index >= family.count) {
        fault = {EvalFault::Kind::kIndex, in.extra};
      } else if (in.op == RuleOp::kStoreElement) {
        const std::int32_t stored = read<kRecording>(in.a);
        if (fits(in, stored, events)) {
          events.before_store(in.extra, family.slot(index));
          if constexpr (kRecording == kUnlogged) {
            base::write_slot(state_.raw(), family.slot(index), stored);
          } else {
            state_.set_fitting(family.slot(index), stored);
          }
        }
      } else {
        registers_[in.result] =
            family.constant ? family.init[static_cast<std::size_t>(index)] : state_.get(family.slot(index));
      }
    }
    if (fault.kind == EvalFault::Kind::kNone) return true;
    events.on_fault(fault, in.pc);
    return false;
  }

  /// In 64 bits, and cut to 32, as expressions elsewhere.
  template <Recording kRecording>
  [[nodiscard]] std::int32_t compute(const RuleInstruction& in) const {
    const std::int64_t left = read<kRecording>(in.a);
    const std::int64_t right = read<kRecording>(in.b);
    switch (in.op) {
      case RuleOp::kCopy:
        return static_cast<std::int32_t>(left);
      case RuleOp::kAdd:
        return static_cast<std::int32_t>(left + right);
      case RuleOp::kSub:
        return static_cast<std::int32_t>(left - right);
      case RuleOp::kMul:
        return static_cast<std::int32_t>(left * right);
      case RuleOp::kDiv:
        return static_cast<std::int32_t>(left / right);
      default:
        return static_cast<std::int32_t>(left % right);
    }
  }

  const System& system_;
  base::StateAccess& state_;
  std::array<std::int32_t, kRuleRegisters> registers_;  // each is written before it is read
};

}  // namespace quiesce::sim
