// RCU and SRCU: read sides, and who waits for them.
//
// Linux v6.18 kernel/rcu/tree.c, tree_plugin.h, srcutree.c. A task that waits for a grace period keeps the
// CPUs and tasks which have not yet let go of what they may have seen before it began.
// Abstraction: a grace period ends as soon as its guarantee allows. A real one is shared, so it may also
// wait for readers that began before it did and after this task asked.
#include "sim/causes.hpp"
#include "sim/machine.hpp"

namespace quiesce::sim {
namespace {

constexpr std::int32_t kSrcuDepthMax = 3;

[[nodiscard]] std::int32_t srcu_depth(std::int32_t domain, ContextId task) {
  return (domain >> (2 * task)) & kSrcuDepthMax;
}

}  // namespace

bool Machine::execute_rcu(ContextId context, const Step& step) {
  switch (step.verb) {
    case Verb::kRcuReadLock:
    case Verb::kRcuReadUnlock:
      execute_rcu_read(context, step.verb == Verb::kRcuReadLock);
      return true;
    case Verb::kSrcuReadLock:
    case Verb::kSrcuReadUnlock:
      execute_srcu_read(context, step);
      return true;
    case Verb::kSynchronizeRcu:
    case Verb::kSynchronizeSrcu:
      if (phase(context) == phase_of::kWoken) {
        advance(context);
      } else {
        begin_grace_period(context, step);
      }
      return true;
    default:
      return false;
  }
}

/// Interrupt levels need no count: their CPU passes no quiescent state before they end.
// Linux v6.18 include/linux/rcupdate.h __rcu_read_lock(): without CONFIG_PREEMPT_RCU it is
// preempt_disable().
void Machine::execute_rcu_read(ContextId context, bool begins) {
  if (is_task(context)) {
    const ContextLayout& c = layout_.contexts[context];
    const std::int32_t depth = get(c.rcu_depth);
    constexpr std::int32_t kDeepest = 255;
    if (!begins && depth == 0) {
      raise("lock_misuse", context, misuse::kReadSide);
    } else if (begins && (depth == kDeepest || get(c.preempt_count) == kDeepest)) {
      raise("lock_misuse", context, misuse::kTooManyReaders);
    } else {
      const std::int32_t step = begins ? 1 : -1;
      set(c.rcu_depth, depth + step);
      if (!system_.machine.rcu_preempt) access_.add(c.preempt_count, step);
      if (!begins && depth == 1) reader_left(context, Verb::kSynchronizeRcu, {});
    }
  }
  advance(context);
}

void Machine::execute_srcu_read(ContextId context, const Step& step) {
  bool ok = false;
  const base::Slot domain = place_slot(context, step.place, ok);
  if (!ok) return;
  const std::int32_t value = get(domain);
  const std::int32_t depth = srcu_depth(value, context);
  const std::int32_t one_deeper = 1 << (2 * context);
  if (step.verb == Verb::kSrcuReadLock) {
    if (depth == kSrcuDepthMax) {
      report_range(context, step.place.family);
    } else {
      set(domain, value + one_deeper);
    }
  } else if (depth == 0) {
    raise("lock_misuse", context, misuse::kReadSide);
  } else {
    set(domain, value - one_deeper);
    if (depth == 1) reader_left(context, Verb::kSynchronizeSrcu, domain);
  }
  advance(context);
}

/// Notes everyone who may be in a read side now. The caller itself is one if it waits within its own.
void Machine::begin_grace_period(ContextId context, const Step& step) {
  bool ok = true;
  std::int32_t cpus = 0;
  std::int32_t tasks = 0;
  if (step.verb == Verb::kSynchronizeSrcu) {
    const base::Slot domain = place_slot(context, step.place, ok);
    if (!ok) return;
    for (ContextId task = 0; task < layout_.tasks; ++task) {
      if (srcu_depth(get(domain), task) > 0) tasks |= 1 << task;
    }
  } else {
    const auto here = static_cast<std::size_t>(running_on(context));
    for (std::size_t cpu = 0; cpu < layout_.cpus.size(); ++cpu) {
      if (cpu != here && get(layout_.cpus[cpu].online) != 0 && top_of(cpu) != kNoContext) cpus |= 1 << cpu;
    }
    for (ContextId task = 0; task < layout_.tasks; ++task) {
      if (reads_under_rcu(task) && (running_on(task) < 0 || task == context)) tasks |= 1 << task;
    }
  }
  if (cpus == 0 && tasks == 0) {
    advance(context);
    return;
  }
  put_to_sleep(context, phase_of::kSleeping);
  set(layout_.contexts[context].awaited_cpus, cpus);
  set(layout_.contexts[context].awaited_tasks, tasks);
}

/// Without CONFIG_PREEMPT_RCU a reader cannot be switched away from, so only its CPU counts.
bool Machine::reads_under_rcu(ContextId task) const {
  return layout_.rcu && system_.machine.rcu_preempt && get(layout_.contexts[task].rcu_depth) > 0;
}

bool Machine::grace_period_over(ContextId waiter) const {
  const ContextLayout& c = layout_.contexts[waiter];
  return get(c.awaited_cpus) == 0 && get(c.awaited_tasks) == 0;
}

void Machine::reader_left(ContextId reader, Verb waits, base::Slot domain) {
  for (ContextId waiter = 0; waiter < layout_.tasks; ++waiter) {
    const Step& step = step_of(waiter);
    if (step.verb != waits) continue;
    if (waits == Verb::kSynchronizeSrcu && !(lock_slot(step, waiter) == domain)) continue;
    const base::Slot awaited = layout_.contexts[waiter].awaited_tasks;
    set(awaited, get(awaited) & ~(1 << reader));
  }
}

/// The CPU passes a quiescent state.
void Machine::quiescent(std::size_t cpu) {
  if (!layout_.rcu) return;
  for (ContextId waiter = 0; waiter < layout_.tasks; ++waiter) {
    if (step_of(waiter).verb != Verb::kSynchronizeRcu) continue;
    const base::Slot awaited = layout_.contexts[waiter].awaited_cpus;
    set(awaited, get(awaited) & ~(1 << cpu));
  }
}

/// A context switch is a quiescent state of the CPU; a reader that was switched away from is waited for
/// by itself from then on.
// Linux v6.18 kernel/rcu/tree_plugin.h rcu_note_context_switch().
void Machine::switched_away(std::size_t cpu, ContextId task) {
  if (!layout_.rcu) return;
  if (reads_under_rcu(task)) {
    for (ContextId waiter = 0; waiter < layout_.tasks; ++waiter) {
      if (step_of(waiter).verb != Verb::kSynchronizeRcu) continue;
      const ContextLayout& w = layout_.contexts[waiter];
      if (((get(w.awaited_cpus) >> cpu) & 1) != 0) set(w.awaited_tasks, get(w.awaited_tasks) | 1 << task);
    }
  }
  quiescent(cpu);
}

bool Machine::awaits(std::size_t cpu) const {
  for (ContextId waiter = 0; waiter < layout_.tasks; ++waiter) {
    if (step_of(waiter).verb != Verb::kSynchronizeRcu) continue;
    if (((get(layout_.contexts[waiter].awaited_cpus) >> cpu) & 1) != 0) return true;
  }
  return false;
}

// Linux v6.18 kernel/rcu/tree_plugin.h rcu_flavor_sched_clock_irq(): the tick sees what it interrupted.
bool Machine::tick_is_quiescent(std::size_t cpu) const {
  const ContextId top = top_of(cpu);
  if (top == kNoContext) return true;
  if (!is_task(top) || masked(cpu) || !system_.machine.preempt_count) return false;
  const ContextLayout& task = layout_.contexts[top];
  return get(task.preempt_count) == 0 && get(task.rcu_depth) == 0;
}

void Machine::tick_of_rcu(std::size_t cpu) {
  if (layout_.rcu && tick_is_quiescent(cpu)) quiescent(cpu);
}

/// The grace period is held up while one of those it waits for is.
bool Machine::grace_period_held_up(ContextId waiter, std::uint64_t visited) const {
  const ContextLayout& w = layout_.contexts[waiter];
  for (std::size_t cpu = 0; cpu < layout_.cpus.size(); ++cpu) {
    if (((get(w.awaited_cpus) >> cpu) & 1) == 0) continue;
    const ContextId top = top_of(cpu);
    std::uint64_t branch = visited;
    if (top != kNoContext && held_up_by(top, branch)) return true;
  }
  for (ContextId task = 0; task < layout_.tasks; ++task) {
    std::uint64_t branch = visited;
    if (((get(w.awaited_tasks) >> task) & 1) != 0 && held_up_by(task, branch)) return true;
  }
  return false;
}

/// Whom the stall report names.
ContextId Machine::stalls_grace_period(ContextId waiter) const {
  const ContextLayout& w = layout_.contexts[waiter];
  for (std::size_t cpu = 0; cpu < layout_.cpus.size(); ++cpu) {
    const ContextId top = top_of(cpu);
    if (((get(w.awaited_cpus) >> cpu) & 1) != 0 && top != kNoContext) return top;
  }
  for (ContextId task = 0; task < layout_.tasks; ++task) {
    if (((get(w.awaited_tasks) >> task) & 1) != 0) return task;
  }
  return waiter;
}

void Machine::check_read_sides_at_exit(ContextId task) {
  bool reads = get(layout_.contexts[task].rcu_depth) > 0;
  for (const Family& family : system_.program.families) {
    if (family.type.kind != TypeKind::kSrcu) continue;
    for (std::int32_t i = 0; i < family.count; ++i)
      reads = reads || srcu_depth(get(family.slot(i)), task) > 0;
  }
  if (reads) raise("lock_misuse", task, misuse::kExitsReading);
}

}  // namespace quiesce::sim
