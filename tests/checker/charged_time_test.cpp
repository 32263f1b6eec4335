// Which time watchdogs and bounds charge while interrupts and softirqs come between: one claim each.
#include <gtest/gtest.h>

#include <string>

#include "checked.hpp"

namespace quiesce::checker::charged_time_test {
namespace {

/// A task on cpu0 that interrupts come to, as often as they like.
std::string interrupted(const std::string& steps, const std::string& handler) {
  return "machine: { cpus: 2 }\nglobals: { n: int 0..9, over: bool }\n"
         "softirqs: { rx: { handler: [set: n = 1, set: n = 2] } }\n"
         "interrupts: { i: { cpu: 0, handler: [" +
         handler + "] } }\ntasks:\n  t: { cpu: 0, run: [" + steps +
         "] }\n  r: { cpu: 1, run: [{ while: not over, do: [raise_irq: i] }] }\n";
}

constexpr const char* kSoft = "set: n = 0, raise_softirq: rx";

TEST(ChargedTime, OfADelayIsNoMoreThanTheDelayHoweverOftenItIsInterrupted) {
  const std::string bound = "properties: { tight: { within: 1001us, task: t } }\n";
  for (const std::string handler : {"set: n = 1", kSoft}) {
    const Checked c = check_text(interrupted("delay: 1ms", handler) + bound);
    EXPECT_EQ(c.status("tight"), Status::kHolds) << handler;
    EXPECT_EQ(c.status("soft_lockup"), Status::kHolds) << handler;
    EXPECT_LT(c.outcome.states, 20000U) << handler;
  }
}

TEST(ChargedTime, OfAPollIsNoMoreThanItsTimeout) {
  const Checked c = check_text(interrupted("{ poll: n == 9, timeout: 1ms }", kSoft) +
                               "properties: { tight: { within: 1001us, task: t } }\n");
  EXPECT_EQ(c.status("tight"), Status::kHolds);
  EXPECT_EQ(c.status("soft_lockup"), Status::kHolds);
}

TEST(ChargedTime, OfBusyWaitsAddsUpAlsoWhereInterruptsComeBetween) {
  for (const std::string handler : {"set: n = 1", kSoft}) {
    EXPECT_EQ(check_text(interrupted("delay: 30s", handler)).status("soft_lockup"), Status::kViolated);
    EXPECT_EQ(check_text(interrupted("delay: 12s, set: n = 3, delay: 12s, set: n = 4, delay: 6s", handler))
                  .status("soft_lockup"),
              Status::kViolated)
        << handler;
  }
}

TEST(ChargedTime, OfABoundIsExceededByTheDelayThatDoesNotFit) {
  const Checked c = check_text(interrupted("delay: 1ms, set: n = 3, delay: 1ms", kSoft) +
                               "properties: { tight: { within: 1900us, task: t } }\n");
  EXPECT_EQ(c.status("tight"), Status::kViolated);
}

}  // namespace
}  // namespace quiesce::checker::charged_time_test
