// The event queue, each rule with its section of IHI 0070G.b.
#include "hwmodel/v3/event_queue.hpp"

#include <gtest/gtest.h>

#include "hwmodel/v3/gerror.hpp"
#include "smmu_fixture.hpp"

namespace quiesce::hwmodel::v3::event_queue_test {
namespace {

/// Two entries.
class EventQueue : public Smmu {
 protected:
  void record() {
    events = {};
    Change smmu{*access, layout, config, commands, events};
    record_event(smmu);
  }
  void raise(std::int32_t error) {
    Change smmu{*access, layout, config, commands, events};
    raise_error(smmu, error);
  }
};

// 7.2.1.
TEST_F(EventQueue, ARecordMovesProd) {
  record();
  EXPECT_EQ(read("EVENTQ_PROD"), 1);
}

// 7.4: OVFLG toggles once, where a record is lost because the queue is full.
TEST_F(EventQueue, ALostRecordTogglesTheOverflowFlagOnce) {
  record();
  record();
  EXPECT_EQ(read("EVENTQ_PROD"), 2);
  record();
  EXPECT_EQ(read("EVENTQ_PROD"), kOverflow | 2);
  record();
  EXPECT_EQ(read("EVENTQ_PROD"), kOverflow | 2);
}

// 7.4: an overflow that nobody acknowledged does not keep out what comes later.
TEST_F(EventQueue, AnOverflowDoesNotBlockTheQueueOnceThereIsSpace) {
  for (int i = 0; i < 3; ++i) record();
  EXPECT_EQ(write("EVENTQ_CONS", 1), WriteOutcome::kDone);
  record();
  EXPECT_EQ(read("EVENTQ_PROD"), kOverflow | 3);
}

// 7.4: told again once OVACKFLG is OVFLG.
TEST_F(EventQueue, ASecondOverflowIsToldAfterTheFirstWasAcknowledged) {
  for (int i = 0; i < 3; ++i) record();
  static_cast<void>(write("EVENTQ_CONS", kOverflow));
  record();
  EXPECT_EQ(read("EVENTQ_PROD"), 2) << "the flag is back";
}

// 7.2.1, 7.4.
TEST_F(EventQueue, ADisabledQueueTakesNothingAndTellsNothing) {
  static_cast<void>(write("CR0", kSmmuen | kCmdqen));
  run_to_the_end();
  for (int i = 0; i < 4; ++i) record();
  EXPECT_EQ(read("EVENTQ_PROD"), 0);
}

// 7.2.1.
TEST_F(EventQueue, AnAbortedWriteBlocksTheQueueUntilItIsAcknowledged) {
  raise(kEventqAbtErr);
  record();
  EXPECT_EQ(read("EVENTQ_PROD"), 0);
  static_cast<void>(write("GERRORN", kEventqAbtErr));
  record();
  EXPECT_EQ(read("EVENTQ_PROD"), 1);
}

// 3.18, 6.3.16: when the queue stops being empty.
TEST_F(EventQueue, OnlyTheFirstRecordGivesAPulse) {
  record();
  EXPECT_EQ(events.pulses, bit_of(Line::kEventq));
  record();
  EXPECT_EQ(events.pulses, 0);
}

// 6.3.16: of what was there before nobody is told.
TEST_F(EventQueue, EnablingTheInterruptTellsNothingOfOldRecords) {
  static_cast<void>(write("IRQ_CTRL", 0));
  run_to_the_end();
  record();
  static_cast<void>(write("IRQ_CTRL", kEventqIrqen));
  while (!enabled().empty()) {
    fire_one(enabled().front().kind, enabled().front().field);
    EXPECT_EQ(events.pulses, 0);
  }
  record();
  EXPECT_EQ(events.pulses, 0) << "the queue was not empty";
}

TEST_F(EventQueue, ThereIsNoPulseWithoutItsEnable) {
  static_cast<void>(write("IRQ_CTRL", kGerrorIrqen));
  run_to_the_end();
  record();
  EXPECT_EQ(events.pulses, 0);
}

// 6.3.95.
TEST_F(EventQueue, ProdIsGuardedByEventqen) {
  EXPECT_EQ(write("EVENTQ_PROD", 1), WriteOutcome::kIgnored);
  static_cast<void>(write("CR0", kSmmuen | kCmdqen));
  EXPECT_EQ(write("EVENTQ_PROD", 1), WriteOutcome::kIgnored) << "in transition";
  run_to_the_end();
  EXPECT_EQ(write("EVENTQ_PROD", 1), WriteOutcome::kDone);
  EXPECT_EQ(read("EVENTQ_PROD"), 1);
}

TEST_F(EventQueue, BeforeVersion3_2AGuardedWriteIsUnpredictable) {
  configure({.arch_minor = 1});
  EXPECT_EQ(write("EVENTQ_PROD", 1), WriteOutcome::kUnpredictable);
}

// QEMU 7.2 hw/arm/smmuv3.c smmuv3_record_event(), smmuv3_write_eventq().
TEST_F(EventQueue, OfQemuReportsAFullQueueAsAnAbortedWrite) {
  configure(
      {.cr0_ack = Cr0Ack::kImmediate, .cmdq = CmdqMode::kSynchronous, .deviations = Deviations::kQemu72});
  record();
  record();
  EXPECT_EQ(events.pulses, bit_of(Line::kEventq)) << "each record gives a pulse";
  record();
  EXPECT_EQ(read("EVENTQ_PROD"), 2);
  EXPECT_EQ(read("GERROR"), kEventqAbtErr);
  static_cast<void>(write("EVENTQ_CONS", 1));
  record();
  EXPECT_EQ(read("EVENTQ_PROD"), 3) << "the error blocks nothing";
}

}  // namespace
}  // namespace quiesce::hwmodel::v3::event_queue_test
