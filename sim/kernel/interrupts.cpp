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
// Linux v6.18 kernel/softirq.c irq_exit_rcu(), __do_softirq().
// Abstraction: softirqs always run here; the hand-over to ksoftirqd after 2 ms is left out.
void Machine::leave_interrupt(ContextId context) {
  const ContextLayout& level = layout_.contexts[context];
  const auto cpu = static_cast<std::size_t>(level.cpu);
  set(level.pc, kInactive);
  set_phase(context, phase_of::kStart);
  for (int i = 0; i < level.frame_bytes; ++i)
    set({static_cast<std::uint16_t>(level.frame + i), base::Width::kU8}, 0);
  const bool hard = level.kind == ContextKind::kHardirq;
  for (const KernelTimerLayout& timer : layout_.timers) {
    if (timer.cpu == level.cpu && timer.hard == hard && get(timer.pending) == 2) set(timer.pending, 0);
  }
  run_softirqs(cpu);
}

void Machine::raise_softirq(std::size_t cpu, std::size_t softirq) {
  const CpuLayout& c = layout_.cpus[cpu];
  set(c.softirq_pending, get(c.softirq_pending) | (1 << softirq));
}

/// Starts the next softirq that is due if this CPU may run one now.
void Machine::run_softirqs(std::size_t cpu) {
  const CpuLayout& c = layout_.cpus[cpu];
  if (c.softirq == kNoContext || masked(cpu) || get(c.online) == 0) return;
  const ContextLayout& level = layout_.contexts[c.softirq];
  if (get(level.pc) != kInactive) return;
  const std::int32_t current = get(c.current);
  if (current != kNoTask && current != kStopper &&
      get(layout_.contexts[static_cast<std::size_t>(current - 1)].bh_count) > 0)
    return;
  Pc entry = kInactive;
  for (const KernelTimerLayout& timer : layout_.timers) {
    if (entry != kInactive || timer.hard || timer.cpu != static_cast<int>(cpu) || get(timer.pending) != 1)
      continue;
    set(timer.pending, 2);
    entry = timer.entry;
  }
  const std::int32_t pending = get(c.softirq_pending);
  for (std::size_t i = 0; entry == kInactive && i < system_.softirq_entries.size(); ++i) {
    if (((pending >> i) & 1) == 0) continue;
    set(c.softirq_pending, pending & ~(1 << i));
    entry = system_.softirq_entries[i];
  }
  if (entry == kInactive) return;
  set(level.pc, entry);
  set_phase(c.softirq, phase_of::kStart);
  execute_folded_from(c.softirq);
}

void Machine::stop_cpu(std::size_t cpu) {
  // Linux v6.18 arch/arm64/kernel/smp.c local_cpu_stop(): offline, everything masked, parked for good.
  const CpuLayout& c = layout_.cpus[cpu];
  set(c.stop_irq, static_cast<std::int32_t>(IrqState::kIdle));
  set(c.resched_irq, static_cast<std::int32_t>(IrqState::kIdle));
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

bool Machine::execute_interrupts(ContextId context, const Step& step) {
  const auto here = static_cast<std::size_t>(running_on(context));
  switch (step.verb) {
    case Verb::kRaiseIrq: {
      const IrqLineLayout& line = layout_.irqs[static_cast<std::size_t>(step.argument)];
      if (get(line.state) == static_cast<std::int32_t>(IrqState::kIdle))
        set(line.state, static_cast<std::int32_t>(IrqState::kSent));
      break;
    }
    case Verb::kRaiseSoftirq:
      raise_softirq(here, static_cast<std::size_t>(step.argument));
      advance(context);
      // Linux v6.18 kernel/softirq.c raise_softirq_irqoff(): from task context ksoftirqd or the next
      // interrupt would run it; here it runs as soon as the CPU may.
      if (is_task(context)) run_softirqs(here);
      return true;
    case Verb::kModTimer: {
      const KernelTimerLayout& timer = layout_.timers[static_cast<std::size_t>(step.argument)];
      if (get(timer.pending) == 1) set(timer.pending, 0);
      arm(timer.timer, step.argument2, step.argument2);
      break;
    }
    case Verb::kDelTimer:
    case Verb::kDelTimerSync: {
      const KernelTimerLayout& timer = layout_.timers[static_cast<std::size_t>(step.argument)];
      cancel(timer.timer);
      if (get(timer.pending) == 1) set(timer.pending, 0);
      break;
    }
    default:
      return false;
  }
  advance(context);
  return true;
}

}  // namespace quiesce::sim
