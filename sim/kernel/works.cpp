// Work items: each has a kworker of its own, which sleeps until its work is pending.
//
// Linux v6.18 kernel/workqueue.c process_one_work(): under the pool's lock the work is taken off its list
// and becomes the worker's current one, so that it can be queued again while it runs; it never runs twice at
// a time. A flush puts a barrier behind the last instance that is queued or running when it begins.
#include "sim/machine.hpp"

namespace quiesce::sim {
namespace {

/// Two bits for each task in a work's `flushes`: how many instances it still waits for.
[[nodiscard]] std::int32_t awaited_by(std::int32_t flushes, ContextId task) {
  return (flushes >> (2 * task)) & 3;
}

[[nodiscard]] std::int32_t with_awaited(std::int32_t flushes, ContextId task, std::int32_t instances) {
  return (flushes & ~(3 << (2 * task))) | instances << (2 * task);
}

}  // namespace

bool Machine::execute_work(ContextId context, const Step& step) {
  const bool of_works = step.verb == Verb::kQueueWork || step.verb == Verb::kFlushWork ||
                        step.verb == Verb::kCancelWorkSync || step.verb == Verb::kNextWork ||
                        step.verb == Verb::kWorkDone;
  if (!of_works) return false;
  const WorkLayout& work = layout_.works[static_cast<std::size_t>(step.argument)];
  switch (step.verb) {
    case Verb::kQueueWork:
      if (!is_being_cancelled(step)) set(work.pending, 1);
      advance(context);
      break;
    case Verb::kFlushWork:
    case Verb::kCancelWorkSync:
      execute_flush(context, step, work);
      break;
    case Verb::kNextWork:
      if (get(work.pending) == 0) {
        put_to_sleep(context, phase_of::kSleeping);
        break;
      }
      set(work.pending, 0);
      set(work.running, 1);
      advance(context);
      break;
    default:
      check_locks_at_exit(context);
      forget_masking(context);
      set(work.running, 0);
      instance_is_over(work, 1);
      advance(context);
  }
  return true;
}

/// The report of a leak is over, and the worker goes on as if nothing had been left behind.
// Linux v6.18 kernel/workqueue.c process_one_work(): "workqueue leaked atomic, lock or RCU".
void Machine::forget_masking(ContextId worker) {
  const ContextLayout& task = layout_.contexts[worker];
  set(task.preempt_count, 0);
  set(task.bh_count, 0);
  set(cpu_of(worker).irq_depth, 0);
}

void Machine::execute_flush(ContextId context, const Step& step, const WorkLayout& work) {
  if (phase(context) == phase_of::kWoken) {
    advance(context);
    return;
  }
  const std::int32_t running = get(work.running);
  const bool pending = get(work.pending) != 0;
  if (pending && step.verb == Verb::kCancelWorkSync) {
    set(work.pending, 0);
    instance_is_over(work, running + 1);
  }
  const std::int32_t instances = running + (pending && step.verb == Verb::kFlushWork ? 1 : 0);
  if (instances == 0) {
    advance(context);
    return;
  }
  put_to_sleep(context, phase_of::kSleeping);
  if (terminal()) return;
  set(work.flushes, with_awaited(get(work.flushes), context, instances));
  check_circle(context);
}

/// One instance less for everyone who waits for at least so many.
void Machine::instance_is_over(const WorkLayout& work, std::int32_t least) {
  std::int32_t flushes = get(work.flushes);
  for (ContextId task = 0; flushes != 0 && task < layout_.tasks; ++task) {
    const std::int32_t instances = awaited_by(flushes, task);
    if (instances >= least) flushes = with_awaited(flushes, task, instances - 1);
  }
  set(work.flushes, flushes);
}

/// Until whoever cancels the work has come back, it cannot be queued.
// Linux v6.18 kernel/workqueue.c __cancel_work_sync(): WORK_CANCEL_DISABLE.
bool Machine::is_being_cancelled(const Step& queue) const {
  for (ContextId task = 0; task < layout_.tasks; ++task) {
    const Step& step = step_of(task);
    const bool waits = phase(task) == phase_of::kSleeping || phase(task) == phase_of::kWoken;
    if (waits && step.verb == Verb::kCancelWorkSync && step.argument == queue.argument) return true;
  }
  return false;
}

bool Machine::flush_is_over(ContextId task) const {
  const WorkLayout& work = layout_.works[static_cast<std::size_t>(step_of(task).argument)];
  return awaited_by(get(work.flushes), task) == 0;
}

bool Machine::is_idle_daemon(ContextId task) const {
  if (!layout_.contexts[task].daemon) return false;
  const Verb verb = step_of(task).verb;
  const bool sleeps =
      get(layout_.contexts[task].task_state) == static_cast<std::int32_t>(TaskState::kSleeping);
  return sleeps && (verb == Verb::kNextWork || verb == Verb::kRunSoftirqs);
}

}  // namespace quiesce::sim
