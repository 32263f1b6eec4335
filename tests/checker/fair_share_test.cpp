// Who gets a CPU back after a long busy wait: one claim each.
#include <gtest/gtest.h>

#include "checked.hpp"

namespace quiesce::checker::fair_share_test {
namespace {

/// A hog burns `rounds` times `burst` with interrupts off; a late task needs its CPU for a moment.
std::string hog(const std::string& machine, int rounds, const std::string& burst,
                const std::string& late = "set: n = 1, set: n = 2, ") {
  return "machine: { cpus: 1, preemption: full" + machine + R"( }
globals: { n: int 0..9, began: bool }
goals: { prompt: { reboot_within: 2s } }
tasks:
  hog: { cpu: 0, run: [set: began = true, { repeat: )" +
         std::to_string(rounds) + ", do: [local_irq_save, delay: " + burst + R"(, local_irq_restore] }] }
  reboot: { cpu: 0, run: [wait_until: began, )" +
         late + "machine_reset] }\n";
}

TEST(FairShare, TheTickDoesNotReturnTheCpuToWhoHadItForASecond) {
  EXPECT_EQ(check_text(hog("", 4, "1s")).status("prompt"), Status::kHolds);
}

TEST(FairShare, ShorterWaitsGiveNoLead) {
  EXPECT_EQ(check_text(hog("", 4, "900ms")).status("prompt"), Status::kViolated);
}

TEST(FairShare, AnUnfairSchedulerMayStarveTheLateTask) {
  EXPECT_EQ(check_text(hog(", sched: any", 4, "1s")).status("prompt"), Status::kViolated);
}

TEST(FairShare, WhoRunsIntoADeadlineOfItsOwnHasUsedItsShare) {
  EXPECT_EQ(check_text(hog("", 4, "1s", "delay: 1ms, delay: 1ms, ")).status("prompt"), Status::kViolated);
}

TEST(FairShare, WhoSleepsIsPlacedAnew) {
  EXPECT_EQ(check_text(hog("", 4, "1s", "sleep: 1ms, sleep: 1ms, ")).status("prompt"), Status::kViolated);
}

// The lead must not turn a loop that waits for the other task into a livelock.
TEST(FairShare, ALoopThatWaitsForWhoIsAheadGivesTheCpuBack) {
  for (const char* wait : {"while: n == 0, do: [cond_resched]", "while: n == 0, do: [cpu_relax]",
                           "while: n == 0, do: [set: other = true]", "poll: n == 1"}) {
    const Checked c = check_text(std::string(R"(
machine: { cpus: 1, preemption: full, soft_lockup_watchdog: false }
globals: { n: int 0..1, other: bool }
properties: { done: { eventually: all_exited() } }
tasks:
  hog: { cpu: 0, run: [local_irq_save, delay: 2s, local_irq_restore, local_irq_save, delay: 2s,
                       local_irq_restore, set: n = 1] }
  waits: { cpu: 0, run: [{ )") + wait +
                                 " }] }\n");
    EXPECT_EQ(c.status("done"), Status::kHolds) << wait;
    EXPECT_EQ(c.status("livelock"), Status::kHolds) << wait;
    EXPECT_EQ(c.status("deadlock"), Status::kHolds) << wait;
  }
}

TEST(FairShare, AmongThreeTheOneWhoRanLastWaitsForBothOthers) {
  const Checked c = check_text(R"(
machine: { cpus: 1, preemption: voluntary, soft_lockup_watchdog: false }
globals: { turn: int 0..9, late: bool }
properties: { others_first: { never: late } }
tasks:
  hog: { cpu: 0, run: [delay: 2s, cond_resched, { if: turn < 2, then: [set: late = true] }] }
  one: { cpu: 0, run: [set: turn += 1] }
  two: { cpu: 0, run: [set: turn += 1] }
)");
  EXPECT_EQ(c.status("others_first"), Status::kHolds);
}

}  // namespace
}  // namespace quiesce::checker::fair_share_test
