// Steps that wait: polls, sleeps, conditions, events; and steps that mask interrupts or preemption.
#include "sim/causes.hpp"
#include "sim/machine.hpp"
#include "sim/retry_loops.hpp"

namespace quiesce::sim {

/// One level of masking more. Nobody nests so deep on purpose.
void Machine::deeper(base::Slot depth, ContextId context) {
  constexpr std::int32_t kDeepest = 255;
  if (get(depth) == kDeepest) {
    raise("lock_misuse", context, misuse::kTooDeep);
  } else {
    access_.add(depth, 1);
  }
}

bool Machine::execute_masking(ContextId context, const Step& step) {
  const ContextLayout& c = layout_.contexts[context];
  const auto here = static_cast<std::size_t>(running_on(context));
  const CpuLayout& cpu = layout_.cpus[here];
  const bool task = is_task(context);
  switch (step.verb) {
    case Verb::kLocalIrqSave:
      deeper(cpu.irq_depth, context);
      break;
    case Verb::kLocalIrqRestore:
      if (get(cpu.irq_depth) == 0) raise("lock_misuse", context, misuse::kIrqs);
      if (get(cpu.irq_depth) > 0) access_.add(cpu.irq_depth, -1);
      break;
    case Verb::kLocalIrqDisable:
      set(cpu.irq_depth, std::max(1, get(cpu.irq_depth)));
      break;
    case Verb::kLocalIrqEnable:
      set(cpu.irq_depth, 0);
      break;
    case Verb::kPreemptDisable:
      if (task) deeper(c.preempt_count, context);
      break;
    case Verb::kPreemptEnable:
      if (task && get(c.preempt_count) <= get(c.bh_count)) raise("lock_misuse", context, misuse::kPreemption);
      if (task && get(c.preempt_count) > 0) access_.add(c.preempt_count, -1);
      break;
    case Verb::kLocalBhDisable:
      if (task) {
        deeper(c.preempt_count, context);
        deeper(c.bh_count, context);
      }
      break;
    case Verb::kLocalBhEnable:
      if (task && get(c.bh_count) == 0) raise("lock_misuse", context, misuse::kBottomHalves);
      if (task && get(c.bh_count) > 0) {
        access_.add(c.preempt_count, -1);
        access_.add(c.bh_count, -1);
      }
      advance(context);
      run_softirqs(here);
      return true;
    default:
      return false;
  }
  advance(context);
  return true;
}

/// The poll macros. A poll that spins keeps its CPU; one that sleeps checks might_sleep before the first
/// read (Linux v6.18 include/linux/iopoll.h read_poll_timeout()) and gives the CPU up between reads.
/// After the deadline the condition is read once more.
void Machine::execute_poll(ContextId context, const Step& step) {
  const ContextLayout& c = layout_.contexts[context];
  const bool sleeps = step.argument2 != 0;
  const std::int32_t at = phase(context);
  if (sleeps && at <= phase_of::kYielded) check_may_sleep(context);
  const auto condition = evaluate_or_oops(step.value, context);
  if (!condition) return;
  observe_condition(context, *condition != 0);
  if (*condition != 0) {
    if (c.deadline != kNoTimer && step.argument > 0) cancel(c.deadline);
    const bool spun = at == phase_of::kSpinning || at == phase_of::kUnclocked;
    if (spun && is_long_busy_wait(step)) abandon_lead(context);
    if (keep_last_read(context, step)) advance(context);
    return;
  }
  if (at == phase_of::kTimedOut) {
    if (keep_last_read(context, step)) go_to(context, step.other);
    return;
  }
  if (at <= phase_of::kYielded && step.argument > 0) arm(c.deadline, step.argument, step.argument);
  const bool told = reads_unclocked(step.value, context);
  if (sleeps) {
    put_to_sleep(context, told ? phase_of::kUnclocked : phase_of::kSleeping);
    return;
  }
  const bool spins_already = at == phase_of::kSpinning || at == phase_of::kUnclocked;
  spin(context, told ? phase_of::kUnclocked : phase_of::kSpinning);
  if (step.argument > 0 && !spins_already) begin_lead(context);
}

/// The wait's condition reads a register without clock or power, and goes on (`unclocked: ignored`).
bool Machine::reads_unclocked(CodeId condition, ContextId context) const {
  EvalFault fault;
  static_cast<void>(evaluate(condition, access_, position_of(context), fault));
  return fault.unclocked >= 0;
}

/// Keeps the CPU until what it waits for comes. How long that takes is not known.
void Machine::spin(ContextId context, std::int32_t spinning) {
  set_phase(context, spinning);
  use_cpu(context);
}

bool Machine::spins(ContextId context) const {
  const std::int32_t at = phase(context);
  return at == phase_of::kSpinning || at == phase_of::kBehindWriter ||
         (at == phase_of::kUnclocked && step_of(context).verb == Verb::kPoll);
}

/// False if reading it was an oops.
bool Machine::keep_last_read(ContextId context, const Step& step) {
  if (step.value2 == kNoCode) return true;
  const auto value = evaluate_or_oops(step.value2, context);
  return value && write_place(context, step.place, *value);
}

/// Whether a wait_event() that finds its condition so touches the queue: before it sleeps, and with kernels
/// before v6.15 also when it was woken.
// Linux v6.18 include/linux/wait.h wait_event(), ___wait_event(): the condition comes first, also after a
// wake-up, which has taken the entry off the queue. Linux v6.1: after a wake-up prepare_to_wait_event()
// first.
bool Machine::looks_at_queue(std::int32_t phase, bool condition) const {
  return !condition || phase == phase_of::kLooked ||
         (phase == phase_of::kWoken && system_.machine.wait_requeues);
}

/// The condition is looked at before the queue, and between the two the queue may be freed.
// Abstraction: where it cannot be, both are one step: the second look would see what the first one saw.
void Machine::execute_wait_event(ContextId context, const Step& step) {
  const std::int32_t at = phase(context);
  const auto condition = evaluate_or_oops(step.value, context);
  if (!condition) return;
  observe_condition(context, *condition != 0);
  const Family& queue = system_.program.families[static_cast<std::size_t>(step.place.family)];
  const bool looks_first =
      at <= phase_of::kYielded || (at == phase_of::kWoken && !system_.machine.wait_requeues);
  if (*condition == 0 && looks_first && queue.freed >= 0) {
    set_phase(context, phase_of::kLooked);
    return;
  }
  if (looks_at_queue(at, *condition != 0)) {
    bool ok = false;
    static_cast<void>(place_slot(context, step.place, ok));
    if (!ok) return;
  }
  if (*condition != 0) {
    advance(context);
  } else {
    put_to_sleep(context, phase_of::kSleeping);
  }
}

bool Machine::execute_waiting(ContextId context, const Step& step, std::uint16_t) {
  const ContextLayout& c = layout_.contexts[context];
  const std::int32_t at = phase(context);
  switch (step.verb) {
    case Verb::kPoll:
      execute_poll(context, step);
      return true;
    case Verb::kCpuRelax:
      // The first time it goes round once more: what it read may have changed before it came here.
      if (at == phase_of::kStart && get(c.relaxed) != 0 && step.argument != kCountsRounds) {
        spin(context);
      } else {
        if (at == phase_of::kStart) set(c.relaxed, 1);
        advance(context);
      }
      return true;
    case Verb::kDelay:
    case Verb::kSleep:
      if (at == phase_of::kTimedOut) {
        advance(context);
        return true;
      }
      arm(c.deadline, step.argument, step.argument2);
      if (step.verb == Verb::kDelay) {
        spin(context);
        begin_lead(context);
      } else {
        put_to_sleep(context, phase_of::kSleeping);
      }
      return true;
    case Verb::kWaitEvent:
      execute_wait_event(context, step);
      return true;
    case Verb::kWaitUntil: {
      const auto condition = evaluate_or_oops(step.value, context);
      if (!condition) return true;
      observe_condition(context, *condition != 0);
      if (*condition != 0) {
        advance(context);
      } else {
        put_to_sleep(context,
                     reads_unclocked(step.value, context) ? phase_of::kUnclocked : phase_of::kSleeping);
      }
      return true;
    }
    case Verb::kWakeUp: {
      bool ok = false;
      const base::Slot queue = place_slot(context, step.place, ok);
      if (!ok) return true;
      ContextSet sleepers = sleepers_on(queue, Verb::kWaitEvent);
      while (sleepers != 0) wake(take_least(sleepers), running_on(context));
      advance(context);
      return true;
    }
    case Verb::kSetCpusAllowed:
      if (at == phase_of::kWoken) {
        advance(context);
      } else {
        execute_set_cpus_allowed(context, step);
      }
      return true;
    default:
      return false;
  }
}

/// Lets contexts in a retry loop look again: a slot that such a loop reads was written, or time moved.
void Machine::wake_retry_loops(bool time_moved, std::size_t first_write) {
  bool look = time_moved;
  const std::vector<base::Write>& log = access_.undo_log();
  for (std::size_t i = first_write; i < log.size() && !look; ++i) {
    for (const auto& [begin, end] : system_.watched) {
      look = look || (log[i].slot.offset >= begin && log[i].slot.offset < end);
    }
  }
  if (!look) return;
  for (ContextId id = 0; id < layout_.contexts.size(); ++id) {
    const ContextLayout& context = layout_.contexts[id];
    if (get(context.relaxed) == 0) continue;
    set(context.relaxed, 0);
    if (step_of(id).verb == Verb::kCpuRelax && phase(id) == phase_of::kSpinning) {
      set_phase(id, phase_of::kWoken);
    }
  }
}

}  // namespace quiesce::sim
