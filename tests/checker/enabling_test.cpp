// Which earlier step made a step possible, and how: one claim each.
#include <gtest/gtest.h>

#include "driven_run.hpp"

namespace quiesce::checker::enabling_test {
namespace {

/// "12: unlock" of each step, "" where nothing did.
std::vector<std::string> enabled_by(const ShownFinding& shown) {
  std::vector<std::string> all;
  for (const ReportStep& step : shown.finding.steps) {
    all.push_back(step.enabled_by ? std::to_string(step.enabled_by->step) + ": " + step.enabled_by->kind
                                  : "");
  }
  return all;
}

using Lines = std::vector<std::string>;

constexpr const char* kOneSmmu = "machine: { cpus: 1, smmus: { smmu0: { cmdq_entries: 8 } } }\n";

TEST(EnabledBy, AnAcknowledgementThatAPollWaitsFor) {
  const ShownFinding shown = drive(
      std::string(kOneSmmu) +
          "tasks: { t: { cpu: 0, run: [write: smmu0.CR0 = 0xc, { poll: 'smmu0.CR0ACK.SMMUEN == 0' }] } }\n",
      {"t: runs", "t: write", "t: poll", "smmu0: CR0.SMMUEN takes effect",
       "smmu0: CR0ACK.SMMUEN acknowledges", "t: poll"});
  EXPECT_EQ(enabled_by(shown), (Lines{"", "", "", "2: register write", "", "5: acknowledge"}));
  EXPECT_EQ(shown.finding.steps[4].unit, "smmu0/registers");
}

TEST(EnabledBy, TheUnlockOfASpinlock) {
  const ShownFinding shown =
      drive(R"(
machine: { cpus: 2 }
locks: { l: spinlock }
tasks:
  a: { cpu: 0, run: [spin_lock: l, spin_unlock: l] }
  b: { cpu: 1, run: [spin_lock: l, spin_unlock: l] }
)",
            {"a: runs", "b: runs", "a: spin_lock", "b: spin_lock", "a: spin_unlock", "b: spin_lock"});
  EXPECT_EQ(enabled_by(shown), (Lines{"", "", "", "", "", "5: unlock"}));
}

TEST(EnabledBy, TheUnlockThatWakesTheTaskThatGetsAMutex) {
  const ShownFinding shown = drive(R"(
machine: { cpus: 2 }
locks: { l: mutex }
tasks:
  a: { cpu: 0, run: [mutex_lock: l, mutex_unlock: l] }
  b: { cpu: 1, run: [mutex_lock: l, mutex_unlock: l] }
)",
                                   {"a: runs", "b: runs", "a: mutex_lock", "b: mutex_lock", "a: mutex_unlock",
                                    "b: runs", "b: mutex_lock", "b: mutex_unlock"});
  EXPECT_EQ(enabled_by(shown), (Lines{"", "", "", "", "", "5: unlock", "5: unlock", ""}));
}

TEST(EnabledBy, ACompletionThatWakesItsWaiter) {
  const ShownFinding shown = drive(R"(
machine: { cpus: 2 }
locks: { c: completion }
tasks:
  a: { cpu: 0, run: [complete: c] }
  b: { cpu: 1, run: [wait_for_completion: c] }
)",
                                   {"b: runs", "b: wait_for", "a: runs", "a: complete", "b: runs"});
  EXPECT_EQ(enabled_by(shown).back(), "4: wake-up");
}

TEST(EnabledBy, AValueThatAPollWaitsFor) {
  const ShownFinding shown = drive(R"(
machine: { cpus: 2 }
globals: { n: bool }
tasks:
  a: { cpu: 0, run: [set: n = true] }
  b: { cpu: 1, run: [poll: n] }
)",
                                   {"b: runs", "b: poll", "a: runs", "a: set", "b: poll"});
  EXPECT_EQ(enabled_by(shown).back(), "4: state");
}

TEST(EnabledBy, WhatRaisedAnInterrupt) {
  const ShownFinding shown =
      drive(R"(
machine: { cpus: 2 }
globals: { n: bool }
interrupts: { nic: { cpu: 1, handler: [set: n = true] } }
tasks: { t: { cpu: 0, run: [raise_irq: nic] } }
)",
            {"t: runs", "t: raise_irq", "cpu1: takes interrupt nic", "cpu1 hardirq: set"});
  EXPECT_EQ(enabled_by(shown), (Lines{"", "", "2: interrupt", "3: interrupt"}));
  EXPECT_EQ(shown.finding.steps[3].unit, "cpu1/hardirq");
}

TEST(EnabledBy, AnAccessThatFaultsAndItsInterrupt) {
  const ShownFinding shown = drive(R"(
machine:
  cpus: 1
  smmus: { smmu0: { cmdq_entries: 8 } }
  devices: { nic: { behind: smmu0, dma: { mapped: false } } }
globals: { n: bool }
interrupts: { evtq: { cpu: 0, handler: [set: n = true], from: smmu0.eventq } }
tasks: { t: { cpu: 0, run: [might_sleep] } }
)",
                                   {"smmu0: nic accesses its page 0",
                                    "smmu0: decides about the access of nic", "cpu0: takes interrupt evtq"});
  EXPECT_EQ(enabled_by(shown), (Lines{"", "1: dma", "2: fault"}));
  EXPECT_EQ(shown.finding.steps[0].unit, "smmu0/nic");
  EXPECT_EQ(shown.finding.steps[1].unit, "smmu0/EVENTQ");
}

TEST(EnabledBy, TheWriteOfProdBeforeAFetch) {
  const ShownFinding shown = drive(
      std::string(kOneSmmu) +
          "tasks: { t: { cpu: 0, run: [{ reserve_and_publish: n = smmu0, with: commands(CFGI_ALL) }] } }\n",
      {"t: runs", "t: reserve", "smmu0: fetches a command", "smmu0: executes it"});
  EXPECT_EQ(enabled_by(shown), (Lines{"", "", "2: register write", ""}));
  EXPECT_EQ(shown.finding.steps[2].unit, "smmu0/CMDQ");
}

TEST(EnabledBy, ACommandThatAPollWaitsFor) {
  const ShownFinding shown = drive(
      std::string(kOneSmmu) +
          "tasks: { t: { cpu: 0, run: [{ reserve_and_publish: n = smmu0, with: commands(CFGI_ALL) }, "
          "{ poll: 'consumed(smmu0, smmu0.CMDQ_CONS, n)' }] } }\n",
      {"t: runs", "t: reserve", "t: poll", "smmu0: fetches a command", "smmu0: executes it", "t: poll"});
  EXPECT_EQ(enabled_by(shown).back(), "5: command");
}

TEST(EnabledBy, TimeThatEndsASleep) {
  const ShownFinding shown =
      drive(R"(
machine: { cpus: 1 }
tasks: { t: { cpu: 0, run: [sleep: 1s] } }
)",
            {"t: runs", "t: sleep", "time: deadline of t passes", "t: runs", "t: sleep"});
  EXPECT_EQ(enabled_by(shown), (Lines{"", "", "2: time", "3: time", "3: time"}));
}

TEST(EnabledBy, TheTaskThatLeavesItsCpu) {
  const ShownFinding shown = drive(R"(
machine: { cpus: 1 }
globals: { n: int 0..2 }
tasks:
  a: { cpu: 0, run: [set: n = 1] }
  b: { cpu: 0, run: [set: n = 2] }
)",
                                   {"a: runs", "a: set", "b: runs"});
  EXPECT_EQ(enabled_by(shown).back(), "2: scheduling") << "the task ends with its last step";
}

}  // namespace
}  // namespace quiesce::checker::enabling_test
