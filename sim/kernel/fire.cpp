// Making a transition happen: dispatch by actor, then everything that follows from it at once.
#include "hwmodel/v2/smmu.hpp"
#include "hwmodel/v3/smmu.hpp"
#include "sim/causes.hpp"
#include "sim/machine.hpp"
#include "sim/rule_machine.hpp"

namespace quiesce::sim {

void Machine::start() {
  for (ContextId task = 0; task < layout_.tasks; ++task) execute_folded_from(task);
  settle();
}

void Machine::fire(Move move) {
  const std::size_t first_write = access_.undo_log().size();
  fire_alone(move);
  follow_up(move, first_write);
}

void Machine::follow_up(Move move, std::size_t first_write) {
  const bool of_cpu = move.actor >= system_.cpu_actor(0) && move.actor < system_.smmu_actor(0) &&
                      move.choice < choice::kDrain;
  wake_retry_loops(of_cpu || move.actor == system_.time_actor(), first_write);
  settle();
  assume_what_waits();
}

void Machine::fire_alone(Move move) {
  const std::uint16_t first_cpu = system_.cpu_actor(0);
  const std::uint16_t first_tick = system_.tick_actor(0);
  const std::uint16_t first_smmu = system_.smmu_actor(0);
  if (move.actor < first_cpu) {
    fire_context(move.actor, move.choice);
  } else if (move.actor < first_tick) {
    fire_cpu(static_cast<std::size_t>(move.actor - first_cpu), move.choice);
  } else if (move.actor < first_smmu) {
    fire_cpu(static_cast<std::size_t>(move.actor - first_tick), choice::kTick);
  } else if (move.actor < system_.time_actor()) {
    fire_smmu(static_cast<std::size_t>(move.actor - first_smmu), move.choice);
  } else if (move.actor == system_.time_actor()) {
    fire_time(static_cast<TimerId>(move.choice));
  } else {
    fire_rule(move.choice);
  }
}

void Machine::fire_context(ContextId context, std::uint16_t which) {
  if (which < choice::kRunOnIdle) {
    execute(context, which);
    return;
  }
  if (which == choice::kWake) {
    wake(context, -1);
    return;
  }
  const auto cpu = static_cast<std::size_t>(which % 100);
  if (which >= choice::kYieldTo) {
    const auto yielding = static_cast<ContextId>(get(layout_.cpus[cpu].current) - 1);
    if (step_of(yielding).verb == Verb::kCondResched) {
      leave_cpu(cpu);
      advance(yielding);
    } else if (step_of(yielding).verb == Verb::kRunSoftirqs) {
      leave_cpu(cpu);
    } else {
      set_phase(yielding, phase_of::kYielded);
      leave_cpu(cpu);
    }
  } else if (which >= choice::kPull) {
    set(layout_.contexts[context].on_cpu, static_cast<std::int32_t>(cpu));
    forget_leads(context);
  } else if (which >= choice::kPreempt) {
    leave_cpu(cpu);
  }
  run_on(context, cpu);
}

void Machine::fire_cpu(std::size_t cpu, std::uint16_t which) {
  const CpuLayout& c = layout_.cpus[cpu];
  const auto latched = static_cast<std::int32_t>(IrqState::kLatched);
  const auto idle = static_cast<std::int32_t>(IrqState::kIdle);
  switch (which) {
    case choice::kStopperMoves:
      stopper_moves(cpu);
      return;
    case choice::kTakeResched:
      take_resched(cpu);
      return;
    case choice::kLatchResched:
      set(c.resched_irq, latched);
      return;
    case choice::kTakeStop:
      stop_cpu(cpu);
      return;
    case choice::kLatchStop:
      set(c.stop_irq, latched);
      return;
    case choice::kTick:
      if (masked(cpu)) {
        set(c.tick_irq, latched);
      } else {
        take_tick(cpu);
      }
      return;
    case choice::kTakeTick:
      take_tick(cpu);
      return;
    case choice::kReportLockup: {
      set(c.lockup_state, 2);
      const ContextId top = top_of(cpu);
      if (top != kNoContext) raise("soft_lockup", top);
      return;
    }
    case choice::kNextSoftirqRound:
      set(c.softirq_between, 0);
      run_softirqs(cpu);
      return;
    case choice::kWakeKsoftirqd:
      set(c.softirq_between, 0);
      wake_ksoftirqd(cpu);
      return;
    default:
      break;
  }
  if (which >= choice::kDrain) {
    drain(cpu, which - choice::kDrain);
  } else if (which >= choice::kTakeTimer) {
    take_timer(static_cast<std::size_t>(which - choice::kTakeTimer));
  } else if (which >= choice::kLatchIrq) {
    set(layout_.irqs[which - choice::kLatchIrq].state, latched);
  } else {
    const IrqLineLayout& line = layout_.irqs[which - choice::kTakeIrq];
    set(line.state, idle);
    enter_hardirq(cpu, line.entry);
  }
}

void Machine::fire_smmu(std::size_t smmu, std::uint16_t which) {
  if (layout_.is_legacy(smmu)) {
    const LegacyLayout& legacy = layout_.legacy_of(smmu);
    hwmodel::v2::HwEvents happened;
    hwmodel::v2::fire(access_, legacy.smmu, legacy.config, hwmodel::v2::decode_transition(which), happened);
    return take_events(smmu, happened);
  }
  hwmodel::v3::HwEvents events;
  hwmodel::v3::fire(access_, layout_.smmus[smmu], layout_.smmu_configs[smmu], system_.commands,
                    hwmodel::v3::decode_transition(which), events);
  take_events(smmu, events);
}

void Machine::fire_time(TimerId timer) {
  layout_.zone.expire(access_, timer);
  if (observer_ != nullptr) observer_->on_expire(timer);
  for (ContextId id = 0; id < layout_.contexts.size(); ++id) {
    if (layout_.contexts[id].deadline == timer) spent_time(id);
  }
  if (longer_than_a_tick(timer)) ticks_are_due();
  for (ContextId id = 0; id < layout_.contexts.size(); ++id) {
    const ContextLayout& context = layout_.contexts[id];
    if (context.deadline == timer) {
      set_phase(id, phase_of::kTimedOut);
      if (is_task(id) && get(context.task_state) == static_cast<std::int32_t>(TaskState::kSleeping)) {
        wake(id, -1);
        set_phase(id, phase_of::kTimedOut);
      }
      return;
    }
    if (context.hung_task == timer) {
      set(context.hung_told, 1);
      raise("hung_task", id);
      return;
    }
    if (context.rcu_stall == timer) {
      set(context.stall_told, 1);
      raise("rcu_stall", stalls_grace_period(id));
      return;
    }
  }
  for (std::size_t cpu = 0; cpu < layout_.cpus.size(); ++cpu) {
    if (layout_.cpus[cpu].lockup == timer) set(layout_.cpus[cpu].lockup_state, 1);
  }
  for (const KernelTimerLayout& kernel_timer : layout_.timers) {
    if (kernel_timer.timer != timer) continue;
    const bool runs = phase_of_timer(kernel_timer) == TimerPhase::kRuns;
    set(kernel_timer.pending,
        static_cast<std::int32_t>(runs ? TimerPhase::kRunsExpired : TimerPhase::kExpired));
  }
  for (const BoundLayout& bound : layout_.bounds) {
    if (bound.timer != timer) continue;
    set(bound.told, 1);
    raise_property(bound.property, system_.cause_of_info[step_of(bound.context).info]);
  }
}

/// What a rule runs into is raised as if its steps were a context's.
struct Machine::RuleEvents {
  static constexpr bool kSeesSteps = true;
  Machine& machine;
  Pc expected = kInactive;  ///< the step that follows the last one

  /// Steps that do nothing have no code of their own: they lie between the one expected and this one.
  void on_step(Pc pc) {
    if (machine.observer_ == nullptr) return;
    const std::vector<Step>& steps = machine.system_.program.steps;
    for (; expected != kInactive && expected != pc; expected = steps[expected].next)
      machine.observe_step(expected);
    machine.observe_step(pc);
    expected = steps[pc].next;
    if (steps[pc].verb != Verb::kIf) return;
    EvalFault fault;
    const Position nowhere{&machine.system_.program, &machine.layout_, kNoContext, -1};
    const bool holds = evaluate(steps[pc].value, machine.access_, nowhere, fault) != 0;
    machine.observer_->on_condition(pc, holds);
    if (!holds) expected = steps[pc].other;
  }
  void on_fault(const EvalFault& fault, Pc pc) {
    const Program& program = machine.system_.program;
    machine.raise_in(fault.kind == EvalFault::Kind::kNull ? "null_dereference" : "range_error",
                     program.steps[pc], detail_of(program, fault.family));
  }
  void on_freed(std::int32_t accessed, Pc pc) {
    const Program& program = machine.system_.program;
    machine.raise_in("use_after_free", program.steps[pc],
                     program.families[static_cast<std::size_t>(accessed)].name);
  }
  void on_range_error(Pc pc) {
    const Program& program = machine.system_.program;
    machine.raise_in("range_error", program.steps[pc], detail_of(program, program.steps[pc].place.family));
  }
  void before_store(std::int32_t family, base::Slot slot) {
    if (!machine.system_.write_guards.empty()) machine.check_state_write(kNoContext, family, slot);
  }
};

void Machine::fire_rule(std::size_t index) {
  RuleEvents events{*this, system_.rules[index].body};
  RuleMachine(system_, access_).fire(index, events);
}

/// An idle CPU takes the task from another CPU's queue.
bool Machine::pulls(Move move) { return move.choice >= choice::kPull && move.choice < choice::kYieldTo; }

bool Machine::urgent(Move move) const {
  if (move.actor < system_.cpu_actor(0)) {
    const ContextLayout& context = layout_.contexts[move.actor];
    if (pulls(move)) {
      // Linux v6.18 kernel/sched/fair.c nohz_balancer_kick(): the tick of the busy CPU calls for help, so
      // while interrupts are off there, the idle CPU may not hear of the task.
      const auto home = static_cast<std::size_t>(get(context.on_cpu));
      const bool called =
          get(layout_.cpus[home].need_resched) == static_cast<std::int32_t>(NeedResched::kYes);
      return called || !masked(home);
    }
    if (move.choice >= choice::kRunOnIdle) return true;
    if (context.kind == ContextKind::kHardirq || !context.may_stall) return true;
    const int cpu = running_on(move.actor);
    return cpu >= 0 && masked(static_cast<std::size_t>(cpu));
  }
  // Between two rounds of softirqs interrupts are on, as in the softirqs themselves.
  const bool between_rounds =
      move.choice == choice::kNextSoftirqRound || move.choice == choice::kWakeKsoftirqd;
  if (move.actor < system_.tick_actor(0)) return !between_rounds;
  if (move.actor < system_.smmu_actor(0) || move.actor >= system_.time_actor()) return false;
  const auto smmu = static_cast<std::size_t>(move.actor - system_.smmu_actor(0));
  if (layout_.is_legacy(smmu)) {
    const LegacyLayout& legacy = layout_.legacy_of(smmu);
    return hwmodel::v2::is_urgent(access_.state(), legacy.smmu, legacy.config,
                                  hwmodel::v2::decode_transition(move.choice));
  }
  return hwmodel::v3::is_urgent(access_.state(), layout_.smmus[smmu], system_.commands,
                                hwmodel::v3::decode_transition(move.choice));
}

}  // namespace quiesce::sim
