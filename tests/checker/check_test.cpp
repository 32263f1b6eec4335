// Whole scenarios, small enough to be understood by hand.
#include <gtest/gtest.h>

#include "checked.hpp"

namespace quiesce::checker::check_test {
namespace {

TEST(Check, CountsEveryInterleavingOfTwoCounters) {
  // a and b count from 0 to 2 on their own: 3 * 3 states, and each of 2 * 3 + 3 * 2 steps.
  const Checked c = check_text(R"(
globals: { a: int 0..2, b: int 0..2 }
rules:
  - { name: up a, when: a < 2, do: ['a := a + 1'] }
  - { name: up b, when: b < 2, do: ['b := b + 1'] }
end: a == 2 and b == 2
)");
  EXPECT_EQ(c.outcome.states, 9U);
  EXPECT_EQ(c.outcome.transitions, 12U);
  EXPECT_EQ(c.outcome.depth, 4U);
  EXPECT_EQ(c.status("deadlock"), Status::kHolds);
}

constexpr const char* kTwoLocks = R"(
machine: { cpus: 2, soft_lockup_watchdog: false, hung_task_timeout: 0 }
locks: { first: mutex, second: mutex }
tasks:
  a: { cpu: 0, run: [mutex_lock: first, mutex_lock: second, mutex_unlock: second, mutex_unlock: first] }
)";

TEST(Check, FindsTheDeadlockOfTwoLocksTakenInBothOrders) {
  const Checked c =
      check_text(std::string(kTwoLocks) +
                 "  b: { cpu: 1, run: [mutex_lock: second, mutex_lock: first, mutex_unlock: first, "
                 "mutex_unlock: second] }\n");
  EXPECT_EQ(c.status("deadlock"), Status::kViolated);
}

TEST(Check, FindsNoDeadlockWhereBothTakeTheSameOrder) {
  const Checked c =
      check_text(std::string(kTwoLocks) +
                 "  b: { cpu: 1, run: [mutex_lock: first, mutex_lock: second, mutex_unlock: second, "
                 "mutex_unlock: first] }\n");
  EXPECT_EQ(c.status("deadlock"), Status::kHolds);
  EXPECT_EQ(c.status("lock_misuse"), Status::kHolds);
}

TEST(Check, FindsAnInterruptThatTakesASpinlockItsCpuHolds) {
  const std::string rest = R"(
machine: { cpus: 1, soft_lockup_watchdog: false }
locks: { lock: spinlock }
interrupts: { nic: { handler: handler(), cpu: 0 } }
routines:
  handler: [spin_lock: lock, spin_unlock: lock]
)";
  EXPECT_EQ(check_text(rest + "tasks: { a: { run: [raise_irq: nic, spin_lock: lock, spin_unlock: lock] } }")
                .status("deadlock"),
            Status::kViolated);
  EXPECT_EQ(
      check_text(rest + "tasks: { a: { run: [raise_irq: nic, spin_lock_irq: lock, spin_unlock_irq: lock] } }")
          .status("deadlock"),
      Status::kHolds);
}

TEST(Check, ReportsSleepingWithASpinlockHeldAndExitingWithALock) {
  const Checked c = check_text(R"(
machine: { cpus: 1 }
locks: { lock: spinlock, mutex: mutex }
tasks: { a: { run: [spin_lock: lock, mutex_lock: mutex, spin_unlock: lock] } }
)");
  EXPECT_EQ(c.status("sleep_in_atomic"), Status::kViolated);
  EXPECT_EQ(c.status("lock_misuse"), Status::kViolated);
}

TEST(Check, ANullDereferenceKillsTheTaskAndNamesTheField) {
  const Checked c = check_text(R"(
machine: { cpus: 1 }
classes: { group: { fields: { domain: int 0..3 } } }
objects: { g: { class: group } }
globals: { current_group: 'group?' }
tasks:
  a: { run: [load: x = current_group, set: x.domain = 1] }
  b: { run: [set: current_group = g, set: current_group = NULL] }
)");
  EXPECT_EQ(c.status("null_dereference"), Status::kViolated);
  EXPECT_EQ(c.status("panic"), Status::kHolds);
  for (const PropertyOutcome& property : c.outcome.properties) {
    for (const FoundRun& run : property.runs) {
      EXPECT_NE(explain(c.system, run).summary.find("group.domain"), std::string::npos);
    }
  }
}

TEST(Check, LocalsOfOneTaskAreUnknownToTheNext) {
  const Checked c = check_text(R"(
machine: { cpus: 1 }
globals: { seen: int 0..9 }
properties: { own: { never: seen == 1 } }
tasks:
  a: { run: [let: w = 7, let: x = 1, cond_resched] }
  b: { run: [let: x = 2, set: seen = x] }
)");
  EXPECT_EQ(c.status("own"), Status::kHolds);
  EXPECT_EQ(c.system.layout.contexts[1].frame_bytes, 4);
}

TEST(Check, ABoundNeverSaysHolds) {
  ExploreOptions options;
  options.max_states = 3;
  const Checked c = check_text(
      "globals: { a: int 0..100 }\nrules: [{ name: up, when: a < 100, do: ['a := a + 1'] }]\n", options);
  EXPECT_EQ(c.outcome.bound, "max_states");
  EXPECT_EQ(c.status("deadlock"), Status::kInconclusive);
}

TEST(Check, EverySteadilyFairRunExitsThoughAnotherTaskSpins) {
  // The spinner keeps its CPU; the other task has a CPU of its own.
  const std::string block = R"(
globals: { stop: bool }
properties: { done: { eventually: all_exited() } }
routines:
  spin:
    - while: not stop
      do:
        - cpu_relax
tasks:
  spinner: { cpu: 0, run: [call: spin] }
)";
  EXPECT_EQ(check_text("machine: { cpus: 2, soft_lockup_watchdog: false }" + block +
                       "  stopper: { cpu: 1, run: [set: stop = true] }\n")
                .status("done"),
            Status::kHolds);
  EXPECT_EQ(check_text("machine: { cpus: 1, soft_lockup_watchdog: false, preemption: none }" + block +
                       "  stopper: { cpu: 0, run: [set: stop = true] }\n")
                .status("done"),
            Status::kViolated)
      << "without preemption the spinner never gives up the only CPU";
  EXPECT_EQ(check_text("machine: { cpus: 1, soft_lockup_watchdog: false, preemption: full }" + block +
                       "  stopper: { cpu: 0, run: [set: stop = true] }\n")
                .status("done"),
            Status::kHolds);
}

TEST(Check, SchedulesReplayAndAStaleOneIsRefused) {
  Checked c = check_text(std::string(kTwoLocks) +
                         "  b: { cpu: 1, run: [mutex_lock: second, mutex_lock: first, mutex_unlock: first, "
                         "mutex_unlock: second] }\n");
  for (const PropertyOutcome& property : c.outcome.properties) {
    for (FoundRun run : property.runs) {
      std::string error;
      EXPECT_TRUE(replays(c.system, run.schedule, error)) << error;
      ++run.schedule.model_hash;
      EXPECT_FALSE(replays(c.system, run.schedule, error));
    }
  }
}

}  // namespace
}  // namespace quiesce::checker::check_test
