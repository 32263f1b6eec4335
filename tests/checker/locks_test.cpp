// Locks, works and timers that wait for each other: one claim each.
#include <gtest/gtest.h>

#include "checked.hpp"

namespace quiesce::checker::locks_test {
namespace {

constexpr const char* kCircle = R"(
machine: { cpus: 3 }
locks: { m1: mutex, m2: mutex }
globals: { n: bool }
tasks:
  a: { cpu: 0, run: [mutex_lock: m1, mutex_lock: m2, mutex_unlock: m2, mutex_unlock: m1] }
  b: { cpu: 1, run: [mutex_lock: m2, mutex_lock: m1, mutex_unlock: m1, mutex_unlock: m2] }
)";

TEST(Circle, IsFoundAlthoughSomethingElseStillMoves) {
  for (const char* other :
       {"  c: { cpu: 2, run: [machine_reset] }\n", "rules: [{ name: r, do: [n := not n] }]\n"}) {
    const Checked c = check_text(std::string(kCircle) + other);
    EXPECT_EQ(c.status("deadlock"), Status::kViolated) << other;
  }
}

TEST(Circle, OfTwoKworkersIsFound) {
  EXPECT_EQ(check_text(R"(
machine: { cpus: 2 }
locks: { a: mutex, b: mutex }
routines:
  x: [mutex_lock: a, mutex_lock: b, mutex_unlock: b, mutex_unlock: a]
  y: [mutex_lock: b, mutex_lock: a, mutex_unlock: a, mutex_unlock: b]
works: { w1: { run: x() }, w2: { run: y() } }
tasks: { t: { run: [queue_work: w1, queue_work: w2] } }
)")
                .status("deadlock"),
            Status::kViolated);
}

TEST(Circle, OfAnInterruptAndTheTaskBelowItIsFound) {
  EXPECT_EQ(check_text(R"(
machine: { cpus: 2 }
locks: { l: spinlock }
interrupts: { nic: { handler: irq(), cpu: 0 } }
routines: { irq: [spin_lock: l, spin_unlock: l] }
tasks:
  a: { cpu: 0, run: [raise_irq: nic, spin_lock: l, spin_unlock: l] }
  r: { cpu: 1, run: [machine_reset] }
)")
                .status("deadlock"),
            Status::kViolated);
}

TEST(Circle, OfAWorkThatFlushesItselfIsFound) {
  EXPECT_EQ(check_text(R"(
machine: { cpus: 1 }
routines: { x: [flush_work: w] }
works: { w: { run: x() } }
tasks: { t: { run: [queue_work: w] } }
)")
                .status("deadlock"),
            Status::kViolated);
}

TEST(Rwlock, AReaderThatReadsAgainDeadlocksWithAWriterInBetween) {
  EXPECT_EQ(check_text(R"(
machine: { cpus: 2 }
locks: { rw: rwlock }
tasks:
  r: { cpu: 0, run: [read_lock: rw, read_lock: rw, read_unlock: rw, read_unlock: rw] }
  w: { cpu: 1, run: [write_lock: rw, write_unlock: rw] }
)")
                .status("deadlock"),
            Status::kViolated);
}

// The queue is first come first served, and who came first is open.
TEST(Rwlock, AReaderMayHaveQueuedBeforeTheWriterThatWaitsToo) {
  EXPECT_EQ(check_text(R"(
machine: { cpus: 3 }
globals: { x: int 0..1, saw: { type: int -1..1, init: -1 }, held: bool }
locks: { l: rwlock }
tasks:
  w1: { cpu: 0, run: [write_lock: l, set: held = true, delay: 10ms, write_unlock: l] }
  r1: { cpu: 1, run: [wait_until: held, read_lock: l, load: v = x, set: saw = v, read_unlock: l] }
  w2: { cpu: 2, run: [wait_until: held, write_lock: l, set: x = 1, write_unlock: l] }
properties: { writer_first: { never: saw == 0 } }
)")
                .status("writer_first"),
            Status::kViolated);
}

// Linux v6.18 kernel/locking/rwsem.c rwsem_mark_wake() grants the lock before the reader runs.
TEST(Rwsem, AWokenReaderHoldsItBeforeItRuns) {
  EXPECT_EQ(check_text(R"(
machine: { cpus: 3, preemption: none, soft_lockup_watchdog: false, hung_task_timeout: 0 }
globals: { go: bool, held: bool, polling: bool, flag: bool, released: bool }
locks: { s: rwsem }
tasks:
  w:
    cpu: 2
    run: [down_write: s, set: held = true, wait_until: polling, up_write: s, set: released = true]
  r: { cpu: 0, run: [wait_until: held, set: go = true, down_read: s, up_read: s] }
  t: { cpu: 0, run: [wait_until: go, set: polling = true, poll: flag] }
  t2: { cpu: 1, run: [wait_until: released, down_write: s, up_write: s, set: flag = true] }
properties: { all: { eventually: all_exited() } }
)")
                .status("all"),
            Status::kViolated);
}

TEST(Circle, ThatAWakeUpClosesIsReportedWhereNothingMovesAnyMore) {
  EXPECT_EQ(check_text(R"(
machine: { cpus: 2, soft_lockup_watchdog: false, hung_task_timeout: 0 }
globals: { a_has: bool, b_has: bool }
locks: { m: mutex, s: spinlock }
tasks:
  a: { cpu: 0, run: [mutex_lock: m, set: a_has = true, sleep: 5s, mutex_unlock: m] }
  t: { cpu: 0, run: [wait_until: b_has, spin_lock: s, spin_unlock: s] }
  b:
    cpu: 1
    run: [wait_until: a_has, spin_lock: s, set: b_has = true, mutex_lock: m, mutex_unlock: m, spin_unlock: s]
)")
                .status("deadlock"),
            Status::kViolated);
}

// Linux v6.18 kernel/workqueue.c process_one_work(): "workqueue leaked atomic, lock or RCU".
TEST(Misuse, OfAWorkThatLeaksIsFound) {
  for (const char* leak : {"preempt_disable", "local_irq_disable", "rcu_read_lock", "down_write: s"}) {
    const Checked c = check_text(std::string(R"(
machine: { cpus: 1 }
locks: { s: rwsem }
works: { w: { run: body() } }
tasks: { t: { run: [queue_work: w] } }
routines: { body: [)") + leak + "] }\n");
    EXPECT_EQ(c.status("lock_misuse"), Status::kViolated) << leak;
  }
}

// Linux v6.18 kernel/locking/qrwlock.c queued_read_lock_slowpath(): in_interrupt() readers do not queue.
TEST(Rwlock, AnInterruptReadsPastAWaitingWriter) {
  EXPECT_EQ(check_text(R"(
machine: { cpus: 2 }
locks: { rw: rwlock }
interrupts: { nic: { handler: irq(), cpu: 0 } }
routines: { irq: [read_lock: rw, read_unlock: rw] }
tasks:
  r: { cpu: 0, run: [read_lock: rw, raise_irq: nic, read_unlock: rw] }
  w: { cpu: 1, run: [write_lock: rw, write_unlock: rw] }
)")
                .status("deadlock"),
            Status::kHolds);
}

TEST(Rwlock, ThatIsContendedIsNoLockup) {
  EXPECT_EQ(check_text(R"(
machine: { cpus: 2 }
locks: { l: rwlock }
tasks: { r: { run: [read_lock: l, read_unlock: l] }, w: { run: [write_lock: l, write_unlock: l] } }
)")
                .status("soft_lockup"),
            Status::kHolds);
}

TEST(Mutex, IsHandedToWhoWasWokenInVain) {
  EXPECT_EQ(check_text(R"(
machine: { cpus: 2, soft_lockup_watchdog: false, hung_task_timeout: 0 }
locks: { m: mutex }
properties: { served: { eventually: exited(a) } }
tasks:
  a: { cpu: 0, run: [mutex_lock: m, mutex_unlock: m] }
  b: { cpu: 1, run: [label: top, mutex_lock: m, mutex_unlock: m, goto: top] }
)")
                .status("served"),
            Status::kHolds);
}

constexpr const char* kCancel = R"(
machine: { cpus: 2 }
globals: { gone: bool, again: bool }
findings: [uaf]
works: { wk: { run: body() } }
)";

TEST(Work, ThatWasCancelledDoesNotRunAnyMore) {
  EXPECT_EQ(check_text(std::string(kCancel) + R"(
routines: { body: [{ if: gone, then: [finding: uaf] }] }
tasks: { t: { run: [queue_work: wk, cancel_work_sync: wk, set: gone = true] } }
)")
                .status("uaf"),
            Status::kHolds);
}

TEST(Work, CannotQueueItselfWhileItIsCancelled) {
  EXPECT_EQ(check_text(std::string(kCancel) + R"(
routines: { body: [{ if: gone, then: [finding: uaf] }, queue_work: wk] }
tasks: { t: { run: [queue_work: wk, cancel_work_sync: wk, set: gone = true] } }
)")
                .status("uaf"),
            Status::kHolds);
}

TEST(Work, AFlushDoesNotWaitForWhatWasQueuedAfterIt) {
  EXPECT_EQ(check_text(std::string(kCancel) + R"(
routines:
  body: [{ if: gone, then: [finding: uaf] }, { if: not again, then: [set: again = true, queue_work: wk] }]
tasks: { t: { run: [queue_work: wk, flush_work: wk, set: gone = true] } }
)")
                .status("uaf"),
            Status::kViolated);
}

TEST(Work, AFlushWaitsForTheInstanceThatIsQueued) {
  EXPECT_EQ(check_text(std::string(kCancel) + R"(
routines: { body: [{ if: gone, then: [finding: uaf] }] }
tasks: { t: { run: [queue_work: wk, flush_work: wk, set: gone = true] } }
)")
                .status("uaf"),
            Status::kHolds);
}

TEST(Work, ThatSleepsForTooLongIsAHungTask) {
  EXPECT_EQ(check_text(R"(
machine: { cpus: 1 }
routines: { body: [sleep: 300s] }
works: { wk: { run: body() } }
tasks: { t: { run: [queue_work: wk] } }
)")
                .status("hung_task"),
            Status::kViolated);
}

TEST(Timer, DelTimerSyncWaitsForAHandlerThatArmedItAnew) {
  EXPECT_EQ(check_text(R"(
machine: { cpus: 2, soft_lockup_watchdog: false }
globals: { freed: bool, used: bool, runs: bool }
timers: { tm: { cpu: 1, handler: h() } }
routines: { h: [set: runs = true, { mod_timer: tm, with: 1ms }, delay: 10ms, load: y = freed, set: used = y] }
properties: { alive: { never: used } }
tasks:
  a: { cpu: 0, run: [{ mod_timer: tm, with: 1ms }, poll: runs, del_timer_sync: tm, set: freed = true] }
)")
                .status("alive"),
            Status::kHolds);
}

TEST(Rcu, AGracePeriodThatBeginsInAnInterruptOfAnIdleCpuEnds) {
  EXPECT_EQ(check_text(R"(
machine: { cpus: 2 }
interrupts: { nic: { handler: irq(), cpu: 1 } }
globals: { inside: bool, over: bool, freed: bool }
routines: { irq: [set: inside = true, set: over = true] }
properties: { ends: { eventually: freed } }
tasks: { w: { cpu: 0, run: [raise_irq: nic, poll: inside, synchronize_rcu, set: freed = true] } }
)")
                .status("ends"),
            Status::kHolds);
}

TEST(Misuse, OfCountersAndReturnsIsFound) {
  for (const char* steps : {"[preempt_enable]", "[local_bh_enable]", "[preempt_disable]",
                            "[local_irq_disable]", "[queue_work: w, flush_work: w]"}) {
    const Checked c = check_text(std::string(R"(
machine: { cpus: 1 }
locks: { m: mutex }
routines: { body: [mutex_lock: m] }
works: { w: { run: body() } }
tasks: { t: { run: )") + steps + " } }\n");
    EXPECT_EQ(c.status("lock_misuse"), Status::kViolated) << steps;
  }
}

TEST(Guards, SeeEditsOfLists) {
  EXPECT_EQ(check_text(R"(
machine: { cpus: 1 }
classes: { thing: { fields: { x: int 0..1 } } }
objects: { o1: { class: thing } }
globals: { l: list of thing }
properties: { untouched: { never_on: { set: l.count, when: true } } }
tasks: { t: { run: [list_add_tail: o1 to l] } }
)")
                .status("untouched"),
            Status::kViolated);
}

TEST(Queue, MoreCommandsThanAnEnabledQueueHasAreUnpredictable) {
  EXPECT_EQ(check_text(R"(
machine: { cpus: 1, smmus: { s0: { model: smmuv3, cmdq_entries: 2 } } }
tasks: { t: { run: [{ reserve_and_publish: x = s0, with: 'commands(TLBI_NH_ASID, 3)', sync: true }] } }
)")
                .status("unpredictable_register"),
            Status::kViolated);
}

TEST(ReadSides, AreCounted) {
  for (const auto& [lock, take] : {std::pair{"rwlock", "read_lock: l"}, std::pair{"rwsem", "down_read: l"},
                                   std::pair{"spinlock", "rcu_read_lock"}}) {
    for (const std::string rcu : {"sched", "preempt"}) {
      const std::string machine =
          "machine: { cpus: 1, preemption: none, rcu: " + rcu + ", soft_lockup_watchdog: false }\n";
      const Checked c =
          check_text(machine + "locks: { l: " + lock + " }\ntasks: { t: { run: [{ repeat: 300, do: [" + take +
                     "] }, machine_reset] } }\n");
      EXPECT_EQ(c.status("lock_misuse"), Status::kViolated) << take;
    }
  }
}

TEST(SetCpusAllowed, ToNoCpuIsAnOops) {
  const Checked c = check_text(
      "machine: { cpus: 2 }\nglobals: { to: { type: cpu, init: unset }, x: bool }\n"
      "tasks: { t: { run: [load: c = to, set_cpus_allowed: c, set: x = true] }, u: { run: [set: to = cpu1] } "
      "}\n"
      "properties: { p: { never: x and to == unset } }\n");
  EXPECT_EQ(c.status("range_error"), Status::kViolated);
  EXPECT_EQ(c.status("p"), Status::kHolds);
}

TEST(Handlers, DoNotExitNorEndReadSides) {
  const auto handler = [](const std::string& steps) {
    return check_text(
        "machine: { cpus: 1 }\nlocks: { sem: rwsem }\n"
        "interrupts: { irq: { handler: [" +
        steps + "] } }\ntasks: { t: { run: [down_read: sem, raise_irq: irq] } }\n");
  };
  EXPECT_EQ(handler("exit").status("panic"), Status::kViolated);
  EXPECT_EQ(handler("cpu_relax").status("panic"), Status::kHolds);
  EXPECT_EQ(handler("up_read: sem").status("lock_misuse"), Status::kViolated);
}

TEST(Handlers, ThatNeverEndAreADeadlockAlsoWithoutATask) {
  const auto handler = [](const std::string& steps) {
    return check_text(
        "machine: { cpus: 1, soft_lockup_watchdog: false }\nglobals: { never: bool }\n"
        "interrupts: { irq: { handler: [" +
        steps + "] } }\ntasks: { t: { run: [raise_irq: irq] } }\n");
  };
  EXPECT_EQ(handler("poll: never").status("deadlock"), Status::kViolated);
  EXPECT_EQ(handler("{ while: not never, do: [cpu_relax] }").status("livelock"), Status::kViolated);
  EXPECT_EQ(handler("cpu_relax").status("deadlock"), Status::kHolds);
}

}  // namespace
}  // namespace quiesce::checker::locks_test
