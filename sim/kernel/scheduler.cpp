// CPUs and tasks: switching, sleeping, waking, moving to another CPU, exiting.
#include "sim/causes.hpp"
#include "sim/machine.hpp"

namespace quiesce::sim {

const CpuLayout& Machine::cpu_of(ContextId context) const {
  const int cpu = running_on(context);
  QUIESCE_ASSERT(cpu >= 0, "a context that does not run touched its CPU");
  return layout_.cpus[static_cast<std::size_t>(cpu)];
}

void Machine::run_on(ContextId task, std::size_t cpu) {
  const CpuLayout& c = layout_.cpus[cpu];
  QUIESCE_ASSERT(get(c.current) == kNoTask, "a CPU switched to a task while another ran");
  set(c.current, task + 1);
  set(layout_.contexts[task].on_cpu, static_cast<std::int32_t>(cpu));
  set(c.need_resched, static_cast<std::int32_t>(NeedResched::kNo));
  if (spins(task)) catch_up(task);
  heartbeat(cpu);
}

void Machine::leave_cpu(std::size_t cpu) {
  const CpuLayout& c = layout_.cpus[cpu];
  const auto leaving = static_cast<ContextId>(get(c.current) - 1);
  switched_away(cpu, leaving);
  abandon_lead(leaving);
  set(c.current, kNoTask);
  set(c.irq_depth, 0);
  set(c.need_resched, static_cast<std::int32_t>(NeedResched::kNo));
  heartbeat(cpu);
}

void Machine::put_to_sleep(ContextId task, std::int32_t new_phase) {
  if (!is_task(task)) {
    panic(task);
    return;
  }
  const auto cpu = static_cast<std::size_t>(running_on(task));
  set_phase(task, new_phase);
  set(layout_.contexts[task].task_state, static_cast<std::int32_t>(TaskState::kSleeping));
  leave_cpu(cpu);
  forget_leads(task);
}

/// Makes the task runnable on its CPU's queue and tells that CPU. Whether the running task gives way before
/// the next tick is the scheduler's choice: it compares virtual deadlines, which are not counted here.
// Linux v6.18 kernel/sched/core.c try_to_wake_up(), kernel/sched/fair.c check_preempt_wakeup_fair().
// Abstraction: a woken task stays on its last CPU; idle CPUs may pull it from there.
void Machine::wake(ContextId task, int waker_cpu) {
  const ContextLayout& t = layout_.contexts[task];
  set(t.task_state, static_cast<std::int32_t>(TaskState::kRunnable));
  const std::int32_t at = phase(task);
  if (at == phase_of::kSleeping || at == phase_of::kHandoff || at == phase_of::kUnclocked)
    set_phase(task, phase_of::kWoken);
  const auto cpu = static_cast<std::size_t>(get(t.on_cpu));
  const CpuLayout& c = layout_.cpus[cpu];
  if (get(c.current) == kNoTask) return;
  if (system_.machine.preemption != Preemption::kLazy && static_cast<int>(cpu) != waker_cpu) {
    if (get(c.resched_irq) == static_cast<std::int32_t>(IrqState::kIdle))
      set(c.resched_irq, static_cast<std::int32_t>(IrqState::kSent));
    return;
  }
  // Linux v6.18 kernel/sched/core.c __resched_curr(): a lazy request sends no interrupt.
  ask_to_resched(cpu);
}

void Machine::ask_to_resched(std::size_t cpu) {
  const base::Slot need = layout_.cpus[cpu].need_resched;
  if (get(need) != static_cast<std::int32_t>(NeedResched::kNo)) return;
  const bool lazy = system_.machine.preemption == Preemption::kLazy;
  set(need, static_cast<std::int32_t>(lazy ? NeedResched::kLazy : NeedResched::kAsked));
}

void Machine::take_resched(std::size_t cpu) {
  set(layout_.cpus[cpu].resched_irq, static_cast<std::int32_t>(IrqState::kIdle));
  if (eligible_on(cpu) != 0) ask_to_resched(cpu);
  run_softirqs(cpu);
}

/// The tick insists that the running task gives way; a lazy request that it finds becomes a full one.
// Linux v6.18 kernel/sched/core.c sched_tick(), kernel/softirq.c irq_exit_rcu().
// Abstraction: the slice is used up at every tick that counts; earlier ones change nothing.
void Machine::take_tick(std::size_t cpu) {
  const CpuLayout& c = layout_.cpus[cpu];
  set(c.tick_irq, static_cast<std::int32_t>(IrqState::kIdle));
  tick_of_rcu(cpu);
  if (eligible_on(cpu) != 0) {
    const bool lazy = system_.machine.preemption == Preemption::kLazy &&
                      get(c.need_resched) == static_cast<std::int32_t>(NeedResched::kNo);
    set(c.need_resched, static_cast<std::int32_t>(lazy ? NeedResched::kLazy : NeedResched::kYes));
  }
  run_softirqs(cpu);
}

void Machine::exit_task(ContextId task, TaskState state) {
  const ContextLayout& t = layout_.contexts[task];
  const int cpu = running_on(task);
  if (state == TaskState::kExited) check_locks_at_exit(task);
  set(t.task_state, static_cast<std::int32_t>(state));
  set(t.preempt_count, 0);
  set(t.bh_count, 0);
  if (layout_.rcu && get(t.rcu_depth) > 0) {
    // Linux v6.18 kernel/rcu/tree_plugin.h exit_rcu(): also for a task that an oops kills.
    set(t.rcu_depth, 0);
    reader_left(task, Verb::kSynchronizeRcu, {});
  }
  set_phase(task, phase_of::kStart);
  set(t.relaxed, 0);
  if (t.deadline != kNoTimer) cancel(t.deadline);
  if (state == TaskState::kExited) {
    for (int i = 0; i < t.frame_bytes; ++i)
      set({static_cast<std::uint16_t>(t.frame + i), base::Width::kU8}, 0);
  }
  if (cpu >= 0) leave_cpu(static_cast<std::size_t>(cpu));
  forget_leads(task);
}

// Linux v6.18 kernel/sched/core.c __set_cpus_allowed_ptr_locked(), affine_move_task(),
// migration_cpu_stop(): the stopper of the SOURCE CPU moves the task, which is then runnable on the
// target and waits there like any other.
void Machine::execute_set_cpus_allowed(ContextId context, const Step& step) {
  const auto target = evaluate_or_oops(step.value, context);
  if (!target) return;
  if (*target < 0) {
    oops(context, "range_error", misuse::kNoSuchCpu);
    return;
  }
  const ContextLayout& t = layout_.contexts[context];
  set(t.pinned_to, *target + 1);
  const auto here = static_cast<std::size_t>(running_on(context));
  if (static_cast<std::int32_t>(here) == *target) {
    advance(context);
    return;
  }
  const CpuLayout& c = layout_.cpus[here];
  put_to_sleep(context, phase_of::kSleeping);
  set(c.current, kStopper);
  set(c.moving, context + 1);
}

void Machine::stopper_moves(std::size_t cpu) {
  const CpuLayout& c = layout_.cpus[cpu];
  const auto task = static_cast<ContextId>(get(c.moving) - 1);
  set(c.moving, 0);
  set(c.current, kNoTask);
  heartbeat(cpu);
  set(layout_.contexts[task].on_cpu, get(layout_.contexts[task].pinned_to) - 1);
  wake(task, static_cast<int>(cpu));
}

/// might_sleep: sleeping is a finding where it is forbidden, at the check and not when it happens.
void Machine::check_may_sleep(ContextId context) {
  if (in_atomic(context)) raise("sleep_in_atomic", context);
}

bool Machine::in_atomic(ContextId context) const {
  if (!is_task(context)) return true;
  const int cpu = running_on(context);
  return get(layout_.contexts[context].preempt_count) > 0 || reads_under_rcu(context) ||
         (cpu >= 0 && masked(static_cast<std::size_t>(cpu)));
}

/// Linux v6.18 include/linux/preempt.h in_interrupt(): also with bottom halves disabled.
bool Machine::in_interrupt(ContextId context) const {
  return !is_task(context) || get(layout_.contexts[context].bh_count) > 0;
}

}  // namespace quiesce::sim
