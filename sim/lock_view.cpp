#include "sim/lock_view.hpp"

#include <algorithm>

#include "sim/slot_names.hpp"

namespace quiesce::sim {
std::string readers(std::int32_t count) {
  return std::to_string(count) + (count == 1 ? " reader" : " readers");
}

namespace {

bool waits_in(Verb verb) {
  switch (verb) {
    case Verb::kMutexLock:
    case Verb::kDownRead:
    case Verb::kDownWrite:
    case Verb::kWaitForCompletion:
    case Verb::kWaitEvent:
    case Verb::kSynchronizeSrcu:
      return true;
    default:
      return spins_for_lock(verb);
  }
}

std::string completed(std::int32_t count) {
  if (count == 0) return "not completed";
  if (count >= kCompletedForAll) return "completed for all";
  return count == 1 ? "completed once" : "completed " + std::to_string(count) + " times";
}

}  // namespace

std::vector<NamedLock> named_locks(const System& system) {
  std::vector<NamedLock> all;
  for (const Family& family : system.program.families) {
    if (!is_lock(family.type.kind)) continue;
    for (std::int32_t i = 0; i < family.count; ++i)
      all.push_back({name_of(system, family, i), family.type.kind, family.slot(i)});
  }
  return all;
}

std::string_view name_of_lock_kind(TypeKind kind) {
  switch (kind) {
    case TypeKind::kMutex:
      return "mutex";
    case TypeKind::kSpinlock:
      return "spinlock";
    case TypeKind::kRwlock:
      return "rwlock";
    case TypeKind::kRwsem:
      return "rwsem";
    case TypeKind::kCompletion:
      return "completion";
    case TypeKind::kWaitQueue:
      return "wait_queue";
    default:
      return "srcu";
  }
}

std::optional<base::Slot> LockView::of_step(ContextId context) const {
  const Step& step = machine_.step_of(context);
  if (step.place.kind == Place::Kind::kSlot) return step.place.slot;
  if (step.place.kind != Place::Kind::kFamily) return std::nullopt;
  EvalFault fault;
  const Position position{&system_.program, &system_.layout, context, machine_.running_on(context)};
  const std::int32_t index = evaluate(step.place.index, access_, position, fault);
  const Family& family = system_.program.families[static_cast<std::size_t>(step.place.family)];
  const bool good = fault.kind == EvalFault::Kind::kNone && index >= 0 && index < family.count;
  return good ? std::optional(family.slot(index)) : std::nullopt;
}

std::optional<base::Slot> LockView::waited_for_by(ContextId context) const {
  if (!waits_in(machine_.step_of(context).verb)) return std::nullopt;
  const ContextLayout& layout = system_.layout.contexts[context];
  const std::int32_t phase = get(layout.phase);
  const bool is_task = context < system_.layout.tasks;
  const bool sleeps = is_task && get(layout.task_state) == static_cast<std::int32_t>(TaskState::kSleeping);
  const bool spins = phase == phase_of::kSpinning || phase == phase_of::kBehindWriter;
  return sleeps || spins ? of_step(context) : std::nullopt;
}

std::vector<ContextId> LockView::holders(const NamedLock& lock) const {
  const std::int32_t value = get(lock.slot);
  switch (lock.kind) {
    case TypeKind::kMutex:
    case TypeKind::kSpinlock:
      if (value > 0) return {static_cast<ContextId>(value - 1)};
      return {};
    case TypeKind::kRwlock:
    case TypeKind::kRwsem:
      if (value < 0) return {static_cast<ContextId>(-value - 1)};
      return {};
    case TypeKind::kSrcu: {
      std::vector<ContextId> all;
      for (ContextId task = 0; task < system_.layout.tasks && task < kRcuTasksMax; ++task) {
        if (((value >> (2 * task)) & 3) != 0) all.push_back(task);
      }
      return all;
    }
    default:
      return {};
  }
}

std::vector<ContextId> LockView::waiters(const NamedLock& lock) const {
  std::vector<ContextId> all;
  for (ContextId id = 0; id < system_.layout.contexts.size(); ++id) {
    if (waited_for_by(id) == lock.slot) all.push_back(id);
  }
  return all;
}

std::string LockView::state_of(const NamedLock& lock) const {
  const std::int32_t value = get(lock.slot);
  if (lock.kind == TypeKind::kWaitQueue) return "";
  if (lock.kind == TypeKind::kCompletion) return completed(value);
  const std::vector<ContextId> all = holders(lock);
  std::string names;
  for (const ContextId id : all) names += (names.empty() ? "" : ", ") + system_.layout.contexts[id].name;
  if (lock.kind == TypeKind::kSrcu) return names.empty() ? "free" : "read by " + names;
  if (value == 0) return "free";
  const bool counts_readers = lock.kind == TypeKind::kRwlock || lock.kind == TypeKind::kRwsem;
  if (counts_readers) return value > 0 ? readers(value) : "written by " + names;
  return "held by " + names;
}

}  // namespace quiesce::sim
