// Read-write semaphores: sleeping locks with many readers or one writer.
#include "sim/causes.hpp"
#include "sim/machine.hpp"

namespace quiesce::sim {

// Linux v6.18 kernel/locking/rwsem.c: a reader queues behind a waiting writer; an unlock wakes the head
// of the queue, which is one writer or all readers that wait; a writer that comes may steal the lock.
// Abstraction: the queue has no order, so which of those an unlock wakes is open; no optimistic spinning.
void Machine::execute_rwsem(ContextId context, const Step& step, std::uint16_t which) {
  bool ok = false;
  const base::Slot lock = place_slot(context, step.place, ok);
  if (!ok) return;
  if (step.verb == Verb::kDownRead || step.verb == Verb::kDownWrite) {
    execute_down(context, step, lock);
    return;
  }
  const std::int32_t value = get(lock);
  const bool read = step.verb == Verb::kUpRead;
  // A handler cannot have taken it: Documentation/locking/locktypes.rst, owner semantics.
  const bool held = read ? value > 0 && is_task(context) : value == -(context + 1);
  if (!held) raise("lock_misuse", context, misuse::kRwsem);
  if (held) set(lock, read ? value - 1 : 0);
  if (get(lock) == 0) wake_rwsem(lock, which, running_on(context));
  advance(context);
}

void Machine::execute_down(ContextId context, const Step& step, base::Slot lock) {
  const std::int32_t value = get(lock);
  const bool reads = step.verb == Verb::kDownRead;
  if (reads && phase(context) == phase_of::kWoken) {
    advance(context);
    return;
  }
  const bool behind_writer = reads && sleepers_on(lock, Verb::kDownWrite) != 0;
  const bool free = reads ? value >= 0 && !behind_writer : value == 0;
  if (!free) {
    put_to_sleep(context, phase_of::kSleeping);
    check_circle(context);
    return;
  }
  if (reads) {
    add_reader(lock, step, context);
  } else {
    set(lock, -(context + 1));
  }
  advance(context);
}

/// How many choices there are whom to wake: each writer, or all readers together.
int Machine::rwsem_wakeups(base::Slot lock) const {
  const std::int32_t value = get(lock);
  if (value > 1) return 0;
  return std::popcount(sleepers_on(lock, Verb::kDownWrite)) +
         (sleepers_on(lock, Verb::kDownRead) != 0 ? 1 : 0);
}

void Machine::wake_rwsem(base::Slot lock, std::uint16_t which, int waker_cpu) {
  const ContextSet writers = sleepers_on(lock, Verb::kDownWrite);
  if (which < std::popcount(writers)) {
    wake(member(writers, which), waker_cpu);
    return;
  }
  // Linux v6.18 kernel/locking/rwsem.c rwsem_mark_wake(): readers hold the lock before they run again.
  ContextSet readers = sleepers_on(lock, Verb::kDownRead);
  set(lock, get(lock) + std::popcount(readers));
  while (readers != 0) wake(take_least(readers), waker_cpu);
}

}  // namespace quiesce::sim
