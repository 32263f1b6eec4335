// Locks: spinlocks, mutexes, read-write locks, completions.
#include "sim/causes.hpp"
#include "sim/machine.hpp"

namespace quiesce::sim {
namespace {

bool is_spin_unlock(Verb verb) {
  return verb == Verb::kSpinUnlock || verb == Verb::kSpinUnlockIrq || verb == Verb::kSpinUnlockIrqrestore ||
         verb == Verb::kSpinUnlockBh;
}

}  // namespace

bool Machine::execute_lock(ContextId context, const Step& step, std::uint16_t which) {
  if (is_spin_lock(step.verb)) {
    execute_spin_lock(context, step);
  } else if (is_spin_unlock(step.verb)) {
    execute_spin_unlock(context, step);
  } else {
    switch (step.verb) {
      case Verb::kMutexLock:
        execute_mutex_lock(context, step);
        break;
      case Verb::kMutexUnlock:
        execute_mutex_unlock(context, step, which);
        break;
      case Verb::kReadLock:
      case Verb::kReadUnlock:
      case Verb::kWriteLock:
      case Verb::kWriteUnlock:
        execute_rwlock(context, step);
        break;
      case Verb::kDownRead:
      case Verb::kUpRead:
      case Verb::kDownWrite:
      case Verb::kUpWrite:
        execute_rwsem(context, step, which);
        break;
      case Verb::kWaitForCompletion:
      case Verb::kComplete:
      case Verb::kCompleteAll:
      case Verb::kReinitCompletion:
        execute_completion(context, step, which);
        break;
      default:
        return false;
    }
  }
  return true;
}

// Linux v6.18 include/linux/spinlock_api_smp.h __raw_spin_lock*(): interrupts or bottom halves off
// first, then preemption, then the spinning.
void Machine::execute_spin_lock(ContextId context, const Step& step) {
  bool ok = false;
  const base::Slot lock = place_slot(context, step.place, ok);
  if (!ok) return;
  const ContextLayout& c = layout_.contexts[context];
  if (phase(context) != phase_of::kSpinning) {
    const bool irq = step.verb == Verb::kSpinLockIrq || step.verb == Verb::kSpinLockIrqsave;
    if (irq) deeper(cpu_of(context).irq_depth, context);
    if (is_task(context)) {
      deeper(c.preempt_count, context);
      if (step.verb == Verb::kSpinLockBh) deeper(c.bh_count, context);
    }
  }
  if (get(lock) != 0) {
    const bool begins = phase(context) != phase_of::kSpinning;
    spin(context);
    if (begins) check_circle(context);
    return;
  }
  set(lock, context + 1);
  advance(context);
}

void Machine::execute_spin_unlock(ContextId context, const Step& step) {
  bool ok = false;
  const base::Slot lock = place_slot(context, step.place, ok);
  if (!ok) return;
  if (get(lock) != context + 1) raise("lock_misuse", context, misuse::kSpinlock);
  set(lock, 0);
  const ContextLayout& c = layout_.contexts[context];
  const CpuLayout& cpu = cpu_of(context);
  if (step.verb == Verb::kSpinUnlockIrq) set(cpu.irq_depth, 0);
  if (step.verb == Verb::kSpinUnlockIrqrestore && get(cpu.irq_depth) > 0) access_.add(cpu.irq_depth, -1);
  if (is_task(context)) {
    if (get(c.preempt_count) > 0) access_.add(c.preempt_count, -1);
    if (step.verb == Verb::kSpinUnlockBh && get(c.bh_count) > 0) access_.add(c.bh_count, -1);
  }
  const int where = running_on(context);
  advance(context);
  if (step.verb == Verb::kSpinUnlockBh && where >= 0) run_softirqs(static_cast<std::size_t>(where));
}

// Linux v6.18 kernel/locking/mutex.c __mutex_lock(): might_sleep, then take it or sleep in D. A sleeper that
// finds the lock taken again asks for the next unlock to hand it over (MUTEX_FLAG_HANDOFF).
// Abstraction: no optimistic spinning; which sleeper an unlock wakes is open (the kernel's order is
// first come first served unless the lock is stolen).
void Machine::execute_mutex_lock(ContextId context, const Step& step) {
  bool ok = false;
  const base::Slot lock = place_slot(context, step.place, ok);
  if (!ok) return;
  const bool woken = phase(context) == phase_of::kWoken;
  if (get(lock) == 0 || (woken && get(lock) == context + 1)) {
    set(lock, context + 1);
    advance(context);
    return;
  }
  put_to_sleep(context, woken ? phase_of::kHandoff : phase_of::kSleeping);
  check_circle(context);
}

void Machine::execute_mutex_unlock(ContextId context, const Step& step, std::uint16_t which) {
  bool ok = false;
  const base::Slot lock = place_slot(context, step.place, ok);
  if (!ok) return;
  if (get(lock) != context + 1) raise("lock_misuse", context, misuse::kMutex);
  set(lock, 0);
  const ContextSet heirs = heirs_of(lock);
  if (heirs != 0) {
    const ContextId heir = member(heirs, which);
    if (phase(heir) == phase_of::kHandoff) set(lock, heir + 1);
    wake(heir, running_on(context));
  }
  advance(context);
}

// Linux v6.18 kernel/locking/qrwlock.c: a reader queues behind a waiting writer, unless it interrupts.
void Machine::execute_rwlock(ContextId context, const Step& step) {
  bool ok = false;
  const base::Slot lock = place_slot(context, step.place, ok);
  if (!ok) return;
  const bool locks = step.verb == Verb::kReadLock || step.verb == Verb::kWriteLock;
  const ContextLayout& c = layout_.contexts[context];
  if (!locks) {
    const bool read = step.verb == Verb::kReadUnlock;
    const bool held = read ? get(lock) > 0 : get(lock) == -(context + 1);
    if (!held) raise("lock_misuse", context, misuse::kRwlock);
    if (held) set(lock, read ? get(lock) - 1 : 0);
    if (is_task(context) && get(c.preempt_count) > 0) access_.add(c.preempt_count, -1);
    advance(context);
    return;
  }
  const bool begins = !spins(context);
  if (begins && is_task(context)) deeper(c.preempt_count, context);
  if (!lock_available(context, step)) {
    const bool behind = step.verb == Verb::kReadLock && begins && writer_spins_on(lock);
    spin(context, behind ? phase_of::kBehindWriter : phase_of::kSpinning);
    if (begins) check_circle(context);
    return;
  }
  if (step.verb == Verb::kWriteLock) {
    set(lock, -(context + 1));
  } else {
    add_reader(lock, step, context);
  }
  advance(context);
}

/// Nobody nests so deep on purpose.
void Machine::add_reader(base::Slot lock, const Step& step, ContextId context) {
  const Family& family = system_.program.families[static_cast<std::size_t>(step.place.family)];
  if (get(lock) >= family.type.hi) {
    raise("lock_misuse", context, misuse::kTooManyReaders);
  } else {
    access_.add(lock, 1);
  }
}

// Linux v6.18 kernel/sched/completion.c.
void Machine::execute_completion(ContextId context, const Step& step, std::uint16_t which) {
  bool ok = false;
  const base::Slot done = place_slot(context, step.place, ok);
  if (!ok) return;
  const std::int32_t count = get(done);
  if (step.verb == Verb::kWaitForCompletion) {
    if (count == 0) {
      put_to_sleep(context, phase_of::kSleeping);
      return;
    }
    if (count != kCompletedForAll) set(done, count - 1);
  } else if (step.verb == Verb::kReinitCompletion) {
    set(done, 0);
  } else {
    const bool all = step.verb == Verb::kCompleteAll;
    const std::int32_t more = std::min(count + 1, kCompletedForAll - 1);
    set(done, all || count == kCompletedForAll ? kCompletedForAll : more);
    ContextSet sleepers = sleepers_on(done, Verb::kWaitForCompletion);
    if (sleepers != 0 && !all) sleepers = one(member(sleepers, which));
    while (sleepers != 0) wake(take_least(sleepers), running_on(context));
  }
  advance(context);
}

void Machine::check_locks_at_exit(ContextId task) {
  for (const Family& family : system_.program.families) {
    const bool owned = family.type.kind == TypeKind::kMutex || family.type.kind == TypeKind::kSpinlock;
    if (!owned && family.type.kind != TypeKind::kRwsem) continue;
    for (std::int32_t i = 0; i < family.count; ++i) {
      const std::int32_t value = get(family.slot(i));
      if (value == (owned ? task + 1 : -(task + 1)))
        raise("lock_misuse", task, "exits with " + family.name + " held");
    }
  }
  const bool masks = get(layout_.contexts[task].preempt_count) > 0 ||
                     (running_on(task) >= 0 && masked(static_cast<std::size_t>(running_on(task))));
  if (masks) raise("lock_misuse", task, misuse::kExitsMasking);
  if (layout_.rcu) check_read_sides_at_exit(task);
}

bool Machine::is_waited_for(base::Slot lock) const {
  for (ContextId id = 0; id < layout_.contexts.size(); ++id) {
    const bool sleeps = is_task(id) && get(layout_.contexts[id].task_state) ==
                                           static_cast<std::int32_t>(TaskState::kSleeping);
    if ((sleeps || spins(id)) && lock_slot(step_of(id), id) == lock) return true;
  }
  return false;
}

/// Completions and wait queues have no owner, and are looked at where they are used.
// Linux v6.18 kernel/locking/lockdep.c debug_check_no_locks_freed(), which looks at the locks of who frees.
// Abstraction: those of others count too, which unlock what is freed, and those who wait for such a lock.
void Machine::check_locks_at_free(ContextId context, const Step& step) {
  const auto flag = lock_slot(step, context);
  if (!flag) return;
  const std::int32_t object =
      system_.program.families[static_cast<std::size_t>(step.place.family)].index_of(*flag);
  for (const Family& family : system_.program.families) {
    const TypeKind kind = family.type.kind;
    const bool is_owned = is_lock(kind) && kind != TypeKind::kCompletion && kind != TypeKind::kWaitQueue;
    if (!is_owned || family.constant || family.freed != step.place.family) continue;
    if (get(family.slot(object)) != 0 || is_waited_for(family.slot(object)))
      raise("lock_misuse", context, misuse::kFreesLock);
  }
}

/// A handler that returns with a lock would leave it to nobody.
void Machine::check_locks_at_return(ContextId context) {
  for (const Family& family : system_.program.families) {
    if (family.type.kind != TypeKind::kMutex && family.type.kind != TypeKind::kSpinlock) continue;
    for (std::int32_t i = 0; i < family.count; ++i) {
      if (get(family.slot(i)) == context + 1) raise("lock_misuse", context, misuse::kReturnsWithLock);
    }
  }
}

/// Where the lock of the step is, if there is one: to execute the step is an oops otherwise.
std::optional<base::Slot> Machine::lock_slot(const Step& step, ContextId context) const {
  if (step.place.kind == Place::Kind::kSlot) return step.place.slot;
  if (step.place.kind != Place::Kind::kFamily) return std::nullopt;
  EvalFault fault;
  const std::int32_t index = evaluate(step.place.index, access_, position_of(context), fault);
  const Family& family = system_.program.families[static_cast<std::size_t>(step.place.family)];
  if (fault.kind != EvalFault::Kind::kNone || index < 0 || index >= family.count) return std::nullopt;
  return family.slot(index);
}

/// A lock that is none is free.
std::int32_t Machine::lock_value(const Step& step, ContextId context) const {
  const auto lock = lock_slot(step, context);
  return lock ? get(*lock) : 0;
}

/// Tasks that sleep in a step of the verb `waits` for this lock.
ContextSet Machine::sleepers_on(base::Slot lock, Verb waits) const {
  ContextSet sleepers = 0;
  for (ContextId task = 0; task < layout_.tasks; ++task) {
    if (get(layout_.contexts[task].task_state) != static_cast<std::int32_t>(TaskState::kSleeping)) continue;
    const Step& step = step_of(task);
    if (step.verb == waits && lock_slot(step, task) == lock) sleepers |= one(task);
  }
  return sleepers;
}

/// Whom an unlock of the mutex may wake: those who were woken once in vain, if there are any.
ContextSet Machine::heirs_of(base::Slot mutex) const {
  const ContextSet sleepers = sleepers_on(mutex, Verb::kMutexLock);
  ContextSet waited_twice = 0;
  for (ContextSet rest = sleepers; rest != 0;) {
    const ContextId task = take_least(rest);
    if (phase(task) == phase_of::kHandoff) waited_twice |= one(task);
  }
  return waited_twice != 0 ? waited_twice : sleepers;
}

}  // namespace quiesce::sim
