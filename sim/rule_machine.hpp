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
    const RuleCode& rules = system_.rule_code;
    const auto consider = [&](std::uint32_t first, std::uint32_t last) {
      for (std::uint32_t i = first; i < last; ++i) {
        const RuleEntry& entry = rules.entries[i];
        if (entry.guard == kNoGuard || holds(entry.guard)) visit(entry.rule);
      }
    };
    for (const RuleGroup& group : rules.groups) {
      const auto value = static_cast<std::uint32_t>(state_.get(group.slot) - group.first_value);
      if (value < group.begin.size() - 1) consider(group.begin[value], group.begin[value + 1]);
    }
    consider(rules.others, static_cast<std::uint32_t>(rules.entries.size()));
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

 private:
  struct NoEvents {
    static constexpr bool kSeesSteps = false;
    void on_fault(const EvalFault& /*fault*/, Pc /*pc*/) { met_fault = true; }
    void on_range_error(Pc /*pc*/) {}
    void before_store(std::int32_t /*family*/, base::Slot /*slot*/) {}
    bool met_fault = false;
  };

  bool holds(std::uint32_t guard) {
    NoEvents events;
    return run(guard, events) || events.met_fault;
  }

  // Inlined in any case: it is the most frequent call of all.
  [[nodiscard, gnu::always_inline]] std::int32_t value(const Operand& operand) const {
    if (state_.recorder() != nullptr && operand.reads_state()) [[unlikely]]
      static_cast<void>(state_.get(operand.slot));
    const std::byte* const bases[] = {state_.state(), reinterpret_cast<const std::byte*>(registers_.data())};
    std::uint32_t bits = 0;
    std::memcpy(&bits, bases[operand.base] + operand.word, sizeof bits);
    bits = (bits >> operand.shift) & operand.mask;
    return static_cast<std::int32_t>((bits ^ operand.sign) - operand.sign +
                                     static_cast<std::uint32_t>(operand.added));
  }

  template <class Events>
  bool run(std::uint32_t start, Events& events) {
    const RuleInstruction* code = system_.rule_code.code.data();
    Pc step = kInactive;
    for (const RuleInstruction* in = code + start;; ++in) {
      if constexpr (Events::kSeesSteps) {
        if (in->pc != step) events.on_step(step = in->pc);
      }
      bool holds = true;
      switch (in->op) {
        case RuleOp::kUnlessEq:
          holds = value(in->a) == value(in->b);
          break;
        case RuleOp::kUnlessNe:
          holds = value(in->a) != value(in->b);
          break;
        case RuleOp::kUnlessLt:
          holds = value(in->a) < value(in->b);
          break;
        case RuleOp::kUnlessLe:
          holds = value(in->a) <= value(in->b);
          break;
        case RuleOp::kJump:
          holds = false;
          break;
        case RuleOp::kStore:
          store(*in, in->b.slot, events);
          continue;
        case RuleOp::kStoreElement:
        case RuleOp::kElement:
        case RuleOp::kEvaluate:
          if (!may_fault(*in, events)) return false;
          continue;
        case RuleOp::kYes:
          return true;
        case RuleOp::kNo:
        case RuleOp::kDone:
          return false;
        default:
          registers_[in->result] = compute(*in);
          continue;
      }
      if (!holds) in = code + in->target - 1;
    }
  }

  template <class Events>
  void store(const RuleInstruction& in, base::Slot slot, Events& events) {
    const std::int32_t stored = value(in.a);
    if (stored < in.lo || stored > in.hi) {
      events.on_range_error(in.pc);
      return;
    }
    events.before_store(in.extra, slot);
    state_.set_fitting(slot, stored);
  }

  /// False if it did.
  template <class Events>
  bool may_fault(const RuleInstruction& in, Events& events) {
    EvalFault fault;
    if (in.op == RuleOp::kEvaluate) {
      const Position nowhere{&system_.program, &system_.layout, kNoContext, -1};
      registers_[in.result] = evaluate(in.extra, state_, nowhere, fault);
    } else {
      const Family& family = system_.program.families[static_cast<std::size_t>(in.extra)];
      const std::int32_t index = value(in.op == RuleOp::kElement ? in.a : in.b);
      if (index < 0 || index >= family.count) {
        fault = {EvalFault::Kind::kIndex, in.extra};
      } else if (in.op == RuleOp::kStoreElement) {
        store(in, family.slot(index), events);
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
  [[nodiscard]] std::int32_t compute(const RuleInstruction& in) const {
    const std::int64_t left = value(in.a);
    const std::int64_t right = value(in.b);
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
