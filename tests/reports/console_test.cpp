// What the console of the machine shows beside the messages of steps: one claim each.
#include <gtest/gtest.h>

#include "checked.hpp"

namespace quiesce::checker::console_test {
namespace {

/// The console of the first finding of this kind.
std::vector<std::string> console(const std::string& kind, const std::string& scenario) {
  const Checked c = check_text(scenario);
  for (std::size_t i = 0; i < c.system.properties.size(); ++i) {
    if (c.system.properties[i].name != kind || c.outcome.properties[i].runs.empty()) continue;
    std::vector<std::string> lines;
    for (const LogLine& line : explain(c.system, c.outcome.properties[i].runs.front()).log)
      lines.push_back(line.text);
    return lines;
  }
  ADD_FAILURE() << "no " << kind;
  return {};
}

using Lines = std::vector<std::string>;

TEST(Console, TheNumberOfASoftLockupCountsFromTheHeartbeatBeforeIt) {
  const Lines lines = console("soft_lockup", R"(
machine: { cpus: 1, preemption: voluntary, idle_before: false }
routines: { outer: [call: inner()], inner: [delay: 30s] }
tasks: { a_task_with_a_long_name: { cpu: 0, run: [call: outer()] } }
)");
  // Samples come every 4 s, and the sixth after the last heartbeat is the first beyond 20 units of 2^30 ns.
  EXPECT_EQ(lines, (Lines{"watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [a_task_with_a_l:100]",
                          "Call trace:", " inner", " outer"}));
}

TEST(Console, ALockupThatWaitedForInterruptsIsSeenWhereTheyAreLetIn) {
  const Lines lines = console("soft_lockup", R"(
machine: { cpus: 1, preemption: voluntary }
globals: { done: bool }
routines:
  outer: [call: inner(), set: done = true]
  inner: [local_irq_save, delay: 30s, local_irq_restore]
tasks: { a: { cpu: 0, run: [call: outer()] } }
)");
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[2], " inner") << "although the next step is one of outer";
}

TEST(Console, AHungTaskIsReportedWithItsCallers) {
  const Lines lines = console("hung_task", R"(
machine: { cpus: 1 }
locks: { never: completion }
routines: { wait: [wait_for_completion: never] }
tasks:
  first: { cpu: 0, run: [cond_resched] }
  second: { cpu: 0, run: [call: wait()] }
)");
  EXPECT_EQ(lines,
            (Lines{"INFO: task second:101 blocked for more than 120 seconds.", "Call trace:", " wait"}));
}

TEST(Console, AnOopsInAnInterruptIsAPanic) {
  const Lines lines = console("panic", R"(
machine: { cpus: 1 }
classes: { group: { fields: { domain: int 0..1 } } }
objects: { group0: { class: group } }
globals: { group: 'group?', seen: int 0..1 }
interrupts: { nic: { handler: handle(), cpu: 0 } }
routines:
  handle: [load: g = group, set: seen = g.domain]
tasks: { a: { cpu: 0, run: [set: group = NULL, raise_irq: nic] } }
)");
  ASSERT_FALSE(lines.empty());
  EXPECT_EQ(lines[0], "Unable to handle kernel NULL pointer dereference at virtual address 0000000000000xxx");
  EXPECT_EQ(lines[1], "Internal error: Oops: 00000000960000xx [#1]  SMP");
  EXPECT_EQ(lines.back(), "Kernel panic - not syncing: Oops: Fatal exception in interrupt");
}

// Linux v6.18 arch/arm64/mm/fault.c do_sea(), arch/arm64/kernel/traps.c die(): named after the fault.
TEST(Console, AnExternalAbortInAnInterruptIsNoOops) {
  const std::string reads = R"(
interrupts: { fault: { handler: handle(), cpu: 0 } }
routines: { handle: [load: v = smmu0.sGFSR] }
tasks: { a: { cpu: 0, run: [clk_disable: smmu0, raise_irq: fault] } }
)";
  const std::string legacy = "cpus: 1, smmus: { smmu0: { model: smmuv2 } } }";
  const Lines lines = console("panic", "machine: { " + legacy + reads);
  ASSERT_FALSE(lines.empty());
  EXPECT_EQ(lines[0], "Internal error: synchronous external abort: 00000000960000x0 [#1]  SMP");
  EXPECT_EQ(lines.back(),
            "Kernel panic - not syncing: synchronous external abort: Fatal exception in interrupt");
  const Lines old = console("panic", "machine: { kernel: v5.15, preemption: full, " + legacy + reads);
  ASSERT_FALSE(old.empty());
  EXPECT_EQ(old[0], "Internal error: synchronous external abort: 960000x0 [#1] PREEMPT SMP");
}

// Linux v6.18 arch/arm64/kernel/traps.c die().
TEST(Console, WithPanicOnOopsTheFaultIsNamedToo) {
  EXPECT_EQ(console("panic", R"(
machine: { cpus: 1, panic_on_oops: true, smmus: { smmu0: { model: smmuv2 } } }
tasks: { a: { cpu: 0, run: [clk_disable: smmu0, load: v = smmu0.sGFSR] } }
)")
                .back(),
            "Kernel panic - not syncing: synchronous external abort: Fatal exception");
}

// Linux v6.18 and v5.15 arch/arm64/kernel/traps.c arm64_serror_panic().
TEST(Console, AnSErrorNamesTheCpu) {
  const std::string write = R"(, smmus: { smmu0: { model: smmuv2 } } }
tasks: { a: { cpu: 1, run: [clk_disable: smmu0, write: smmu0.sCR0 = 1] } }
)";
  EXPECT_EQ(console("panic", "machine: { cpus: 2" + write),
            (Lines{"SError Interrupt on CPU1, code 0x00000000bxxxxxxx -- SError",
                   "Kernel panic - not syncing: Asynchronous SError Interrupt"}));
  EXPECT_EQ(console("panic", "machine: { kernel: v5.15, cpus: 2" + write).front(),
            "SError Interrupt on CPU1, code 0xbxxxxxxx -- SError");
}

TEST(Console, APanicSaysWhy) {
  EXPECT_EQ(console("panic", R"(
machine: { cpus: 1 }
tasks: { a: { cpu: 0, run: [panic: 'VFS: no root on disk {1 + 1}'] } }
)"),
            (Lines{"Kernel panic - not syncing: VFS: no root on disk 2"}));
}

}  // namespace
}  // namespace quiesce::checker::console_test
