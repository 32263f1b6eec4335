// Circles of contexts that wait for each other's locks: a deadlock as soon as the last of them begins to
// wait, whatever else still moves. And loops that nothing will end.
#include "sim/causes.hpp"
#include "sim/machine.hpp"

namespace quiesce::sim {

/// Who has to go on before the context can: the owner of the lock that it waits for, or what its CPU does
/// first and cannot be preempted in. kNoContext if nobody in particular.
ContextId Machine::waits_for(ContextId context) const {
  const ContextLayout& c = layout_.contexts[context];
  if (is_task(context)) {
    const auto state = static_cast<TaskState>(get(c.task_state));
    if (state == TaskState::kExited || state == TaskState::kDead) return kNoContext;
    if (state == TaskState::kSleeping) return owner_of_lock(context);
  }
  const int running = running_on(context);
  const auto cpu = static_cast<std::size_t>(running >= 0 ? running : get(c.on_cpu));
  const ContextId top = top_of(cpu);
  if (top == context) return spins(context) ? owner_of_lock(context) : kNoContext;
  if (top == kNoContext) return kNoContext;
  const bool stays = running >= 0 || (spins(top) && owner_of_lock(top) != kNoContext);
  return stays ? top : kNoContext;
}

/// Of the lock in the context's step; kNoContext if the step waits for no lock, or the lock has no owner.
ContextId Machine::owner_of_lock(ContextId context) const {
  const Step& step = step_of(context);
  switch (step.verb) {
    case Verb::kMutexLock:
    case Verb::kSpinLock:
    case Verb::kSpinLockIrq:
    case Verb::kSpinLockIrqsave:
    case Verb::kSpinLockBh: {
      const std::int32_t owner = lock_value(step, context);
      return owner > 0 ? static_cast<ContextId>(owner - 1) : kNoContext;
    }
    case Verb::kReadLock:
    case Verb::kWriteLock:
    case Verb::kDownRead:
    case Verb::kDownWrite: {
      const std::int32_t value = lock_value(step, context);
      return value < 0 ? static_cast<ContextId>(-value - 1) : kNoContext;
    }
    case Verb::kFlushWork:
    case Verb::kCancelWorkSync:
      return flush_is_over(context) ? kNoContext
                                    : layout_.works[static_cast<std::size_t>(step.argument)].worker;
    default:
      return kNoContext;
  }
}

bool Machine::is_in_circle(ContextId context) const {
  ContextId at = waits_for(context);
  for (std::size_t n = 0; n <= layout_.contexts.size() && at != kNoContext; ++n) {
    if (at == context) return true;
    at = waits_for(at);
  }
  return false;
}

std::optional<std::uint32_t> Machine::cause_of_circle() const {
  for (ContextId context = 0; context < layout_.contexts.size(); ++context) {
    const bool idle = !is_task(context) && get(layout_.contexts[context].pc) == kInactive;
    if (!idle && is_in_circle(context)) return system_.cause_of_info[step_of(first_of_circle(context)).info];
  }
  return std::nullopt;
}

/// Whoever closes a circle, it is one finding: it is named after the first of its steps.
ContextId Machine::first_of_circle(ContextId context) const {
  ContextId first = context;
  for (ContextId at = waits_for(context); at != context; at = waits_for(at)) {
    if (system_.cause_of_info[step_of(at).info] < system_.cause_of_info[step_of(first).info]) first = at;
  }
  return first;
}

/// To be called when the context has begun to wait.
void Machine::check_circle(ContextId context) {
  if (terminal() || !is_in_circle(context)) return;
  const bool own = waits_for(context) == context && phase(context) == phase_of::kSpinning;
  raise("deadlock", first_of_circle(context),
        own ? std::string_view(misuse::kSpinsOnOwn) : std::string_view());
}

/// Whether some context goes round a retry loop that nothing will end.
bool Machine::stuck_in_retry_loop() const {
  for (ContextId id = 0; id < layout_.contexts.size(); ++id) {
    if (running_on(id) < 0 || get(layout_.contexts[id].pc) == kInactive) continue;
    if (step_of(id).verb == Verb::kCpuRelax) return true;
  }
  return false;
}

bool Machine::interrupt_goes_on() const {
  for (std::size_t cpu = 0; cpu < layout_.cpus.size(); ++cpu) {
    const ContextId top = top_of(cpu);
    if (get(layout_.cpus[cpu].online) != 0 && top != kNoContext && !is_task(top)) return true;
  }
  return false;
}

}  // namespace quiesce::sim
