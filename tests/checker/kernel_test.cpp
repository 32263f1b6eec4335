// What the kernel machine promises about RCU, read-write semaphores, softirqs and timers: one claim each.
#include <gtest/gtest.h>

#include "checked.hpp"

namespace quiesce::checker::kernel_test {
namespace {

constexpr const char* kReclaim = R"(
globals: { visible: { type: bool, init: true }, used: bool, freed: bool }
properties: { use_after_free: { never: freed and used }, done: { eventually: all_exited() } }
routines:
  read: [load: seen = visible, set: used = seen, set: used = false]
)";

std::string reclaim(const std::string& machine, const std::string& lock, const std::string& unlock,
                    const std::string& wait, const std::string& locks = "") {
  return std::string(kReclaim) + "machine: { cpus: 2, soft_lockup_watchdog: false" + machine + " }\n" +
         locks + "tasks:\n  reader: { cpu: any, run: [" + lock + "call: read(), " + unlock +
         "] }\n  other: { cpu: any, run: [set: used = false] }\n" +
         "  writer: { cpu: any, run: [set: visible = false, " + wait + "set: freed = true] }\n";
}

TEST(Rcu, AReaderIsSafeFromWhatIsFreedAfterAGracePeriod) {
  for (const char* preemption : {"none", "voluntary", "full", "lazy"}) {
    const Checked c = check_text(reclaim(std::string(", preemption: ") + preemption, "rcu_read_lock, ",
                                         "rcu_read_unlock", "synchronize_rcu, "));
    EXPECT_EQ(c.status("use_after_free"), Status::kHolds) << preemption;
    EXPECT_EQ(c.status("done"), Status::kHolds) << preemption;
    EXPECT_EQ(c.status("rcu_stall"), Status::kHolds) << preemption;
  }
}

TEST(Rcu, WithoutAReadSideOrAGracePeriodItIsNot) {
  EXPECT_EQ(check_text(reclaim(", preemption: full", "rcu_read_lock, ", "rcu_read_unlock", ""))
                .status("use_after_free"),
            Status::kViolated);
  EXPECT_EQ(check_text(reclaim(", preemption: full", "", "", "synchronize_rcu, ")).status("use_after_free"),
            Status::kViolated);
}

TEST(Rcu, ACpuThatNeverYieldsStallsTheGracePeriodOfANonPreemptibleKernel) {
  const std::string scenario_steps = R"(
tasks:
  busy: { cpu: 0, run: [delay: 8s, delay: 8s, delay: 8s] }
  waits: { cpu: 1, run: [synchronize_rcu] }
)";
  EXPECT_EQ(check_text("machine: { cpus: 2, preemption: voluntary }" + scenario_steps).status("rcu_stall"),
            Status::kViolated);
  EXPECT_EQ(check_text("machine: { cpus: 2, preemption: full }" + scenario_steps).status("rcu_stall"),
            Status::kHolds)
      << "a tick between two preempt-disabled sections is a quiescent state";
  EXPECT_EQ(check_text("machine: { cpus: 2, preemption: voluntary, preempt_count: true }" + scenario_steps)
                .status("rcu_stall"),
            Status::kHolds);
}

TEST(Rcu, WaitingWithinItsOwnReadSideIsADeadlock) {
  const Checked c = check_text(R"(
machine: { cpus: 1, preemption: full }
tasks: { a: { run: [rcu_read_lock, synchronize_rcu, rcu_read_unlock] } }
)");
  EXPECT_EQ(c.status("deadlock"), Status::kViolated);
  EXPECT_EQ(c.status("sleep_in_atomic"), Status::kViolated);
}

TEST(Srcu, AReaderMaySleepAndIsStillWaitedFor) {
  const std::string locks = "locks: { srcu: srcu, other_srcu: srcu }\n";
  const Checked c = check_text(reclaim("", "srcu_read_lock: srcu, sleep: 5ms, ", "srcu_read_unlock: srcu",
                                       "synchronize_srcu: srcu, ", locks));
  EXPECT_EQ(c.status("use_after_free"), Status::kHolds);
  EXPECT_EQ(c.status("done"), Status::kHolds);
  EXPECT_EQ(check_text(reclaim("", "srcu_read_lock: srcu, ", "srcu_read_unlock: srcu",
                               "synchronize_srcu: other_srcu, ", locks))
                .status("use_after_free"),
            Status::kViolated)
      << "another domain protects nothing";
}

constexpr const char* kSharedData = R"(
machine: { cpus: 2, soft_lockup_watchdog: false, hung_task_timeout: 0 }
locks: { sem: rwsem }
globals: { readers: int 0..2, writers: int 0..2 }
properties:
  excluded: { never: writers > 0 and readers > 0 }
  one_writer: { never: writers > 1 }
  done: { eventually: all_exited() }
routines:
  read: [down_read: sem, set: readers += 1, set: readers -= 1, up_read: sem]
  write: [down_write: sem, set: writers += 1, set: writers -= 1, up_write: sem]
)";

TEST(Rwsem, KeepsWritersApartFromReadersAndLetsEveryoneThrough) {
  const Checked c = check_text(std::string(kSharedData) + R"(
tasks:
  r1: { cpu: any, run: [call: read()] }
  r2: { cpu: any, run: [call: read()] }
  w: { cpu: any, run: [call: write()] }
)");
  for (const char* property : {"excluded", "one_writer", "done", "deadlock"})
    EXPECT_EQ(c.status(property), Status::kHolds) << property;
}

TEST(Rwsem, AReaderThatReadsAgainDeadlocksWithAWriterInBetween) {
  EXPECT_EQ(check_text(std::string(kSharedData) + R"(
tasks:
  r: { cpu: 0, run: [down_read: sem, down_read: sem, up_read: sem, up_read: sem] }
  w: { cpu: 1, run: [down_write: sem, up_write: sem] }
)")
                .status("deadlock"),
            Status::kViolated);
}

constexpr const char* kSoftirq = R"(
softirqs: { NET_RX: { handler: poll() } }
globals: { polled: bool, thread: bool }
routines: { poll: [set: polled = true] }
properties:
  served: { eventually: polled }
  done: { eventually: all_exited() }
)";

// Linux v6.18 kernel/softirq.c: raise_softirq() wakes ksoftirqd, but any interrupt's end may come before it.
TEST(Softirq, RaisedByATaskRunsInKsoftirqdOrAtTheNextTick) {
  const Checked c = check_text(std::string(kSoftirq) + R"(  in_thread: { never: polled and exited(a) }
  at_a_tick: { never: polled and not exited(a) }
machine: { cpus: 1 }
tasks: { a: { run: [raise_softirq: NET_RX, set: thread = true] } }
)");
  EXPECT_EQ(c.status("at_a_tick"), Status::kViolated);
  EXPECT_EQ(c.status("in_thread"), Status::kViolated);
  EXPECT_EQ(c.status("done"), Status::kHolds);
}

TEST(Softirq, RaisedWithBottomHalvesOffRunsAtTheirEnd) {
  const Checked c = check_text(std::string(kSoftirq) + R"(  by_then: { never: thread and not polled }
machine: { cpus: 1 }
tasks: { a: { run: [local_bh_disable, raise_softirq: NET_RX, local_bh_enable, set: thread = true] } }
)");
  EXPECT_EQ(c.status("by_then"), Status::kHolds);
}

TEST(Softirq, ThatRaisesItselfForEverIsHandedToAThreadAndStarvesNobody) {
  const std::string scenario = R"(
softirqs: { NET_RX: { handler: poll() } }
interrupts: { nic: { handler: msix(), cpu: 0 } }
globals: { thread: bool }
routines: { poll: [raise_softirq: NET_RX], msix: [raise_softirq: NET_RX] }
properties: { progress: { eventually: all_exited() } }
tasks: { a: { run: [raise_irq: nic, set: thread = true] } }
)";
  for (const char* preemption : {"voluntary", "full"}) {
    const std::string machine =
        std::string("machine: { cpus: 1, soft_lockup_watchdog: false, preemption: ") + preemption + " }\n";
    EXPECT_EQ(check_text(machine + scenario).status("progress"), Status::kHolds) << preemption;
  }
}

TEST(Timer, ThatExpiresWithInterruptsOffRunsWhenTheyAreOnAgain) {
  const Checked c = check_text(R"(
machine: { cpus: 1 }
timers: { t: { handler: expire(), cpu: 0 } }
globals: { expired: bool, masked: bool }
routines: { expire: [set: expired = true] }
properties: { never_masked: { never: expired and masked }, runs: { eventually: expired } }
tasks:
  a:
    run:
      - local_irq_disable
      - set: masked = true
      - mod_timer: t
        with: 5ms
      - delay: 20ms
      - set: masked = false
      - local_irq_enable
)");
  EXPECT_EQ(c.status("runs"), Status::kHolds);
}

TEST(Properties, NeverOnSeesTheStateBeforeTheWrite) {
  const std::string scenario = R"(
machine: { cpus: 1 }
globals: { closed: bool, ring: int 0..9 }
properties: { quiet: { never_on: { set: ring, when: closed } } }
tasks: { a: { run: [STEPS] } }
)";
  const auto with = [&](const std::string& steps) {
    std::string text = scenario;
    return check_text(text.replace(text.find("STEPS"), 5, steps)).status("quiet");
  };
  EXPECT_EQ(with("set: ring = 1, set: closed = true"), Status::kHolds);
  EXPECT_EQ(with("set: closed = true, set: ring = 1"), Status::kViolated);
}

TEST(Devices, AnOpenOrderIsEveryOrderThatParentsAllow) {
  const Checked c = check_text(R"(
machine:
  cpus: 1
  registration_order: any
  devices: { bus: { driver: x }, a: { driver: x, parent: bus }, b: { driver: x, parent: bus } }
globals: { devices_kset: list of device }
tasks: { t: { run: [take_last: dev from devices_kset] } }
)");
  EXPECT_EQ(c.system.device_orders, (std::vector<std::vector<std::int32_t>>{{1, 2, 3}, {1, 3, 2}}));
}

std::string sleepers(const std::string& one, const std::string& other) {
  return "machine: { cpus: 2 }\nglobals: { first: int 0..2 }\ntasks:\n"
         "  one: { cpu: 0, may_stall: false, run: [sleep: " +
         one +
         ", { set: first = 1, when: first == 0 }] }\n"
         "  other: { cpu: 1, may_stall: false, run: [sleep: " +
         other +
         ", { set: first = 2, when: first == 0 }] }\n"
         "properties: { other_first: { never: first == 2 }, one_first: { never: first == 1 } }\n";
}

// Linux v6.18 kernel/time/sleep_timeout.c usleep_range_state().
TEST(Sleep, OfARangeEndsAnywhereInIt) {
  const Checked overlap = check_text(sleepers("10ms..20ms", "15ms"));
  EXPECT_EQ(overlap.status("one_first"), Status::kViolated);
  EXPECT_EQ(overlap.status("other_first"), Status::kViolated);
  const Checked apart = check_text(sleepers("10ms..20ms", "21ms"));
  EXPECT_EQ(apart.status("one_first"), Status::kViolated);
  EXPECT_EQ(apart.status("other_first"), Status::kHolds);
}

TEST(Sleep, ARangeHasItsShorterDurationFirst) {
  EXPECT_THROW(static_cast<void>(check_text(sleepers("20ms..10ms", "1ms"))), sim::ScenarioError);
  EXPECT_THROW(static_cast<void>(check_text(sleepers("20ms..", "1ms"))), sim::ScenarioError);
}

}  // namespace
}  // namespace quiesce::checker::kernel_test
