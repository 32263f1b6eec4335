// Who has had more of a CPU than whom: a task that burnt a second while another waited for the same CPU
// does not get the CPU back before the other has had its share.
//
// Linux v6.18 kernel/sched/fair.c pick_eevdf(), entity_eligible(): a task whose virtual run time is ahead
// of the average is not eligible. Linux v6.1 kernel/sched/fair.c check_preempt_tick(): the tick does not
// preempt a task that is behind the first of the queue.
// Abstraction: a lead is a second or more that a task spends in one busy wait of its own; shorter ones and
// other code give none. It ends when either of the two sleeps, exits or changes its CPU, and when the one
// behind comes to a busy wait, to a deadline, is interrupted for as long as that takes, or goes round a loop
// of unknown length. All weights are equal, and what code takes between its waits is less than a lead.
#include "sim/machine.hpp"

namespace quiesce::sim {
namespace {

constexpr std::int32_t kOvertaken = 1 << kFairTasksMax;

}  // namespace

bool Machine::counts_leads(ContextId context) const { return layout_.leads && is_task(context); }

/// The running task begins a busy wait of a second or more while others wait for its CPU.
void Machine::begin_lead(ContextId task) {
  if (!counts_leads(task) || !is_long_busy_wait(step_of(task))) return;
  ContextSet waiting = waiting_on_cpu(static_cast<std::size_t>(running_on(task)));
  while (waiting != 0) {
    const base::Slot behind = layout_.contexts[take_least(waiting)].behind;
    set(behind, get(behind) | kOvertaken);
  }
}

/// The running task leaves its CPU, or its wait ended early.
void Machine::abandon_lead(ContextId task) {
  if (!counts_leads(task)) return;
  const std::int32_t cpu = get(layout_.contexts[task].on_cpu);
  for (ContextId other = 0; other < layout_.tasks; ++other) {
    const ContextLayout& o = layout_.contexts[other];
    if (get(o.on_cpu) == cpu) set(o.behind, get(o.behind) & ~kOvertaken);
  }
}

/// The context's deadline passed, and its CPU was busy with it.
void Machine::spent_time(ContextId context) {
  if (is_task(context) && is_long_busy_wait(step_of(context))) {
    take_lead(context);
  } else {
    use_cpu(context);
  }
}

/// The deadline of the task passed: if it ran, it used its CPU for so long.
void Machine::take_lead(ContextId task) {
  if (!counts_leads(task) || running_on(task) < 0) return;
  ContextSet waiting = waiting_on_cpu(static_cast<std::size_t>(running_on(task)));
  while (waiting != 0) {
    const base::Slot behind = layout_.contexts[take_least(waiting)].behind;
    if ((get(behind) & kOvertaken) != 0) set(behind, (get(behind) & ~kOvertaken) | 1 << task);
  }
}

/// The context, or the interrupt on top of a task, uses its CPU for longer than the model knows: nobody is
/// ahead of the task any more, and what an interrupt takes is not the task's own.
// Linux v6.18 kernel/sched/core.c update_rq_clock_task(): CONFIG_IRQ_TIME_ACCOUNTING decides who pays.
void Machine::use_cpu(ContextId context) {
  if (!layout_.leads) return;
  if (is_task(context)) {
    catch_up(context);
    return;
  }
  const std::int32_t current = get(layout_.cpus[static_cast<std::size_t>(running_on(context))].current);
  if (current == kNoTask || current == kStopper) return;
  catch_up(static_cast<ContextId>(current - 1));
  abandon_lead(static_cast<ContextId>(current - 1));
}

/// The task may run for longer than the model knows, so nobody is ahead of it any more.
void Machine::catch_up(ContextId task) {
  if (!counts_leads(task)) return;
  const base::Slot behind = layout_.contexts[task].behind;
  set(behind, get(behind) & kOvertaken);
}

/// The task leaves its queue; when it comes back, the kernel places it anew.
void Machine::forget_leads(ContextId task) {
  if (!counts_leads(task)) return;
  for (ContextId other = 0; other < layout_.tasks; ++other) {
    const base::Slot behind = layout_.contexts[other].behind;
    set(behind, other == task ? 0 : get(behind) & ~(1 << task));
  }
}

/// Those of the waiting tasks that the scheduler may choose: nobody on the CPU is behind them.
ContextSet Machine::eligible_on(std::size_t cpu) const {
  const ContextSet waiting = waiting_on_cpu(cpu);
  if (!layout_.leads || waiting == 0) return waiting;
  ContextSet runnable = waiting;
  const std::int32_t current = get(layout_.cpus[cpu].current);
  if (current != kNoTask && current != kStopper) runnable |= one(static_cast<ContextId>(current - 1));
  ContextSet ahead = 0;
  while (runnable != 0) {
    const std::int32_t behind = get(layout_.contexts[take_least(runnable)].behind);
    ahead |= static_cast<ContextSet>(behind & ~kOvertaken);
  }
  const ContextSet eligible = waiting & ~ahead;
  return eligible == 0 && current == kNoTask ? waiting : eligible;
}

}  // namespace quiesce::sim
