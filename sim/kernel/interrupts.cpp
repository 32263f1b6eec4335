// Interrupt levels of a CPU: hardirq and softirq frames on top of the task, and stopping a CPU.
#include "sim/machine.hpp"

namespace quiesce::sim {

void Machine::enter_hardirq(std::size_t cpu, Pc entry) {
  const ContextId level = layout_.cpus[cpu].hardirq;
  QUIESCE_ASSERT(level != kNoContext, "an interrupt without a level to run on");
  set(layout_.contexts[level].pc, entry);
  set_phase(level, phase_of::kStart);
  execute_folded_from(level);
}

/// The handler is done: its CPU goes on below, after the softirqs that are due.
// Linux v6.18 kernel/softirq.c irq_exit_rcu(), handle_softirqs().
void Machine::leave_interrupt(ContextId context) {
  const ContextLayout& level = layout_.contexts[context];
  const auto cpu = static_cast<std::size_t>(level.cpu);
  check_locks_at_return(context);
  set(level.pc, kInactive);
  set_phase(context, phase_of::kStart);
  for (int i = 0; i < level.frame_bytes; ++i)
    set({static_cast<std::uint16_t>(level.frame + i), base::Width::kU8}, 0);
  const bool hard = level.kind == ContextKind::kHardirq;
  if (hard && !layout_.legacy.empty()) send_asserted(cpu);
  for (const KernelTimerLayout& timer : layout_.timers) {
    if (timer.cpu != level.cpu || timer.hard != hard) continue;
    if (phase_of_timer(timer) == TimerPhase::kRuns)
      set(timer.pending, static_cast<std::int32_t>(TimerPhase::kQuiet));
    if (phase_of_timer(timer) == TimerPhase::kRunsExpired)
      set(timer.pending, static_cast<std::int32_t>(TimerPhase::kExpired));
  }
  if (hard) {
    run_softirqs(cpu);
  } else {
    end_of_softirq(cpu);
  }
  // Linux v6.18 kernel/context_tracking.c ct_nmi_exit(): back to idle, which RCU does not wait for.
  if (layout_.rcu && top_of(cpu) == kNoContext) quiescent(cpu);
}

/// The timer's interrupt: an hrtimer's handler runs at once, another's in the TIMER softirq.
// Linux v6.18 kernel/time/timer.c run_local_timers(), kernel/time/hrtimer.c hrtimer_interrupt().
void Machine::take_timer(std::size_t index) {
  const KernelTimerLayout& timer = layout_.timers[index];
  const auto cpu = static_cast<std::size_t>(timer.cpu);
  if (timer.hard) {
    set(timer.pending, static_cast<std::int32_t>(TimerPhase::kRuns));
    enter_hardirq(cpu, timer.entry);
  } else {
    set(timer.pending, static_cast<std::int32_t>(TimerPhase::kDue));
    run_softirqs(cpu);
  }
}

void Machine::raise_softirq(std::size_t cpu, std::size_t softirq) {
  const CpuLayout& c = layout_.cpus[cpu];
  set(c.softirq_pending, get(c.softirq_pending) | (1 << softirq));
}

bool Machine::softirqs_pending(std::size_t cpu) const {
  if (get(layout_.cpus[cpu].softirq_pending) != 0) return true;
  for (const KernelTimerLayout& timer : layout_.timers) {
    if (timer.cpu == static_cast<int>(cpu) && phase_of_timer(timer) == TimerPhase::kDue) return true;
  }
  return false;
}

bool Machine::may_run_softirqs(std::size_t cpu) const {
  const CpuLayout& c = layout_.cpus[cpu];
  if (c.softirq == kNoContext || masked(cpu) || get(c.online) == 0) return false;
  if (get(layout_.contexts[c.softirq].pc) != kInactive || get(c.softirq_between) != 0) return false;
  const std::int32_t current = get(c.current);
  if (current == kNoTask || current == kStopper) return true;
  return get(layout_.contexts[static_cast<std::size_t>(current - 1)].bh_count) == 0;
}

/// Starts a round of what is pending, if this CPU may run softirqs now.
void Machine::run_softirqs(std::size_t cpu) {
  if (!may_run_softirqs(cpu) || !softirqs_pending(cpu)) return;
  const CpuLayout& c = layout_.cpus[cpu];
  set(c.softirq_round, get(c.softirq_pending));
  set(c.softirq_pending, 0);
  next_softirq(cpu);
}

void Machine::next_softirq(std::size_t cpu) {
  const ContextId level = layout_.cpus[cpu].softirq;
  set(layout_.contexts[level].pc, take_due_softirq(cpu));
  set_phase(level, phase_of::kStart);
  execute_folded_from(level);
}

/// The next handler of the round in progress; kInactive if there is none.
Pc Machine::take_due_softirq(std::size_t cpu) {
  for (const KernelTimerLayout& timer : layout_.timers) {
    if (timer.cpu != static_cast<int>(cpu) || phase_of_timer(timer) != TimerPhase::kDue) continue;
    set(timer.pending, static_cast<std::int32_t>(TimerPhase::kRuns));
    return timer.entry;
  }
  const base::Slot round = layout_.cpus[cpu].softirq_round;
  const std::int32_t due = get(round);
  if (due == 0) return kInactive;
  set(round, due & (due - 1));
  return system_.softirq_entries[static_cast<std::size_t>(std::countr_zero(static_cast<unsigned>(due)))];
}

/// A handler is done. When its round is over and more is pending, another round follows unless a switch
/// is due, or 2 ms or ten rounds were enough; ksoftirqd goes on then.
// Linux v6.18 kernel/softirq.c handle_softirqs(), MAX_SOFTIRQ_TIME, MAX_SOFTIRQ_RESTART.
// Abstraction: neither time nor rounds are counted, so both ways are open after each round; timers that
// expire meanwhile join the round.
void Machine::end_of_softirq(std::size_t cpu) {
  const CpuLayout& c = layout_.cpus[cpu];
  next_softirq(cpu);
  const bool idle_level = get(layout_.contexts[c.softirq].pc) == kInactive;
  if (!idle_level || get(c.softirq_pending) == 0 || get(c.softirq_between) != 0) return;
  if (get(c.need_resched) == static_cast<std::int32_t>(NeedResched::kYes)) {
    wake_ksoftirqd(cpu);
  } else {
    set(c.softirq_between, 1);
  }
}

void Machine::wake_ksoftirqd(std::size_t cpu) {
  const ContextId thread = layout_.cpus[cpu].ksoftirqd;
  const auto state = static_cast<TaskState>(get(layout_.contexts[thread].task_state));
  if (state == TaskState::kSleeping) wake(thread, static_cast<int>(cpu));
}

void Machine::stop_cpu(std::size_t cpu) {
  // Linux v6.18 arch/arm64/kernel/smp.c local_cpu_stop(): offline, everything masked, parked for good.
  const CpuLayout& c = layout_.cpus[cpu];
  set(c.stop_irq, static_cast<std::int32_t>(IrqState::kIdle));
  set(c.resched_irq, static_cast<std::int32_t>(IrqState::kIdle));
  set(c.tick_irq, static_cast<std::int32_t>(IrqState::kIdle));
  set(c.online, 0);
  heartbeat(cpu);
  for (const ContextId level : {c.hardirq, c.softirq}) {
    if (level != kNoContext && layout_.contexts[level].deadline != kNoTimer)
      cancel(layout_.contexts[level].deadline);
  }
  const std::int32_t current = get(c.current);
  if (current == kNoTask || current == kStopper) return;
  const ContextLayout& task = layout_.contexts[static_cast<std::size_t>(current - 1)];
  if (task.deadline != kNoTimer) cancel(task.deadline);
}

// Linux v6.18 kernel/softirq.c run_ksoftirqd(): one call of handle_softirqs(), then cond_resched().
void Machine::run_ksoftirqd(ContextId thread, std::size_t cpu) {
  if (softirqs_pending(cpu)) {
    set_phase(thread, phase_of::kStart);
    run_softirqs(cpu);
  } else {
    put_to_sleep(thread, phase_of::kSleeping);
  }
}

/// A timer that expired but whose handler has not begun is stopped all the same.
void Machine::forget_expiry(const KernelTimerLayout& timer) {
  const TimerPhase at = phase_of_timer(timer);
  if (at == TimerPhase::kExpired || at == TimerPhase::kDue)
    set(timer.pending, static_cast<std::int32_t>(TimerPhase::kQuiet));
  if (at == TimerPhase::kRunsExpired) set(timer.pending, static_cast<std::int32_t>(TimerPhase::kRuns));
}

/// An interrupt that a device sends is a message through its SMMU, and may not get far.
void Machine::raise_irq(std::size_t irq) {
  const IrqLineLayout& line = layout_.irqs[irq];
  if (line.smmu < 0) return deliver_irq(irq);
  const auto smmu = static_cast<std::size_t>(line.smmu);
  if (layout_.is_legacy(smmu)) {
    const LegacyLayout& legacy = layout_.legacy_of(smmu);
    return hwmodel::v2::send(access_, legacy.smmu, legacy.config, line.source);
  }
  hwmodel::v3::send(access_, layout_.smmus[smmu], layout_.smmu_configs[smmu], system_.commands, line.source);
}

/// One that is on its way already stays as it is: edges are not counted.
void Machine::deliver_irq(std::size_t irq) {
  const base::Slot state = layout_.irqs[irq].state;
  if (get(state) == static_cast<std::int32_t>(IrqState::kIdle))
    set(state, static_cast<std::int32_t>(IrqState::kSent));
}

/// The lines of the SMMU that gave a pulse raise the interrupts that they are wired to.
void Machine::take_pulses(std::size_t smmu, const hwmodel::v3::HwEvents& events) {
  for (std::size_t line = 0; events.pulses != 0 && line < hwmodel::v3::kLines; ++line) {
    const int irq = layout_.smmu_irqs[smmu][line];
    if (((events.pulses >> line) & 1U) != 0 && irq != kNoIrq) raise_irq(static_cast<std::size_t>(irq));
  }
}

bool Machine::execute_interrupts(ContextId context, const Step& step) {
  const auto here = static_cast<std::size_t>(running_on(context));
  switch (step.verb) {
    case Verb::kRaiseIrq:
      raise_irq(static_cast<std::size_t>(step.argument));
      break;
    case Verb::kRaiseSoftirq:
      // Linux v6.18 kernel/softirq.c raise_softirq_irqoff(): the end of the interrupt or of the section
      // with bottom halves disabled runs it; without one it wakes ksoftirqd.
      raise_softirq(here, static_cast<std::size_t>(step.argument));
      if (!in_interrupt(context)) wake_ksoftirqd(here);
      break;
    case Verb::kRunSoftirqs:
      run_ksoftirqd(context, here);
      return true;
    case Verb::kModTimer: {
      const KernelTimerLayout& timer = layout_.timers[static_cast<std::size_t>(step.argument)];
      forget_expiry(timer);
      arm(timer.timer, step.argument2, step.argument2);
      break;
    }
    case Verb::kDelTimer:
    case Verb::kDelTimerSync: {
      const KernelTimerLayout& timer = layout_.timers[static_cast<std::size_t>(step.argument)];
      cancel(timer.timer);
      forget_expiry(timer);
      break;
    }
    default:
      return false;
  }
  advance(context);
  return true;
}

}  // namespace quiesce::sim
