// Messages that take time or abort, endpoints that do not answer, and service failure mode; each rule with
// its section of IHI 0070G.b.
#include <gtest/gtest.h>

#include "hwmodel/v3/gerror.hpp"
#include "smmu_fixture.hpp"

namespace quiesce::hwmodel::v3::faults_test {
namespace {

constexpr auto kGerrorLine = static_cast<std::uint16_t>(Line::kGerror);

class Messages : public Smmu {
 protected:
  void SetUp() override { configure({.interrupt_messages = true, .messages_abort = true}); }
  void raise(std::int32_t error) {
    Change smmu{*access, layout, config, commands, events};
    raise_error(smmu, error);
  }
};

// 3.18: the information is visible before the interrupt.
TEST_F(Messages, AnErrorShowsBeforeItsMessageLands) {
  raise(kEventqAbtErr);
  EXPECT_EQ(read("GERROR"), kEventqAbtErr);
  EXPECT_EQ(events.pulses, 0);
  fire_one(TransitionKind::kMessageLands, kGerrorLine);
  EXPECT_EQ(events.pulses, bit_of(Line::kGerror));
  EXPECT_FALSE(can(TransitionKind::kMessageLands, kGerrorLine)) << "once";
}

// 6.3.16: then earlier messages have landed, or were reported to have aborted.
TEST_F(Messages, DisablingAnInterruptIsAcknowledgedAfterItsMessages) {
  raise(kEventqAbtErr);
  static_cast<void>(write("IRQ_CTRL", kEventqIrqen));
  fire_one(TransitionKind::kIrqCtrlTakesEffect, 0);
  EXPECT_FALSE(can(TransitionKind::kIrqCtrlAcknowledges, 0));
  fire_one(TransitionKind::kMessageLands, kGerrorLine);
  EXPECT_TRUE(can(TransitionKind::kIrqCtrlAcknowledges, 0));
}

// 3.18.1, 7.5.1: and nobody is told of that by another message.
TEST_F(Messages, OneOfGerrorThatAbortsIsShownAndNotToldOf) {
  raise(kEventqAbtErr);
  fire_one(TransitionKind::kMessageAborts, kGerrorLine);
  EXPECT_EQ(read("GERROR"), kEventqAbtErr | kMsiGerrorAbtErr);
  EXPECT_FALSE(can(TransitionKind::kMessageLands, kGerrorLine));
}

// 3.18.1: the event queue's is an error like others.
TEST_F(Messages, OneOfTheEventQueueThatAbortsIsToldOf) {
  Change smmu{*access, layout, config, commands, events};
  pulse(smmu, Line::kEventq);
  fire_one(TransitionKind::kMessageAborts, static_cast<std::uint16_t>(Line::kEventq));
  EXPECT_EQ(read("GERROR"), kMsiEventqAbtErr);
  EXPECT_TRUE(can(TransitionKind::kMessageLands, kGerrorLine));
}

// 3.18.1, 4.7.3.
TEST_F(Messages, ACmdSyncsMessageThatAbortsLeavesTheWordInMemory) {
  configure({.msi = true, .messages_abort = true});
  submit({sync});
  fire_one(TransitionKind::kCmdqFetch);
  fire_one(TransitionKind::kCmdqExecute);
  fire_one(TransitionKind::kSyncMsiAborts);
  EXPECT_EQ(read("GERROR"), kMsiCmdqAbtErr);
  EXPECT_EQ(command_word(*access, layout, config, 0), 1) << "who polls it waits";
}

class Endpoints : public Smmu {
 protected:
  void set_up(AtcTimeouts timeouts) {
    configure({.ats = true, .atc_timeouts = timeouts});
    atc_inv = commands.intern({Opcode::kAtcInv, kSigNone, false});
    submit({tlbi, atc_inv, sync});
    for (int i = 0; i < 2; ++i) {
      fire_one(TransitionKind::kCmdqFetch);
      fire_one(TransitionKind::kCmdqExecute);
    }
  }
  std::uint8_t atc_inv = 0;
};

// 4.7.3, 7.1.
TEST_F(Endpoints, AnAtcInvThatTimesOutStopsTheQueueAtTheCmdSync) {
  set_up(AtcTimeouts::kError);
  fire_one(TransitionKind::kCmdqFetch);
  EXPECT_TRUE(can(TransitionKind::kCmdqExecute)) << "it may be answered";
  fire_one(TransitionKind::kAtcTimesOut);
  EXPECT_EQ(read("CMDQ_CONS"), 3 << 24 | 2) << "CERROR_ATC_INV_SYNC, and RD names the CMD_SYNC";
  fire_one(TransitionKind::kCmdqReportsError);
  EXPECT_EQ(read("GERROR"), kCmdqErr);
}

// 7.1: the CMD_SYNC is executed again, and may fail again.
TEST_F(Endpoints, AfterTheAcknowledgementTheCmdSyncMayPassOrFailAgain) {
  set_up(AtcTimeouts::kError);
  fire_one(TransitionKind::kCmdqFetch);
  fire_one(TransitionKind::kAtcTimesOut);
  fire_one(TransitionKind::kCmdqReportsError);
  static_cast<void>(write("GERRORN", kCmdqErr));
  fire_one(TransitionKind::kCmdqFetch);
  EXPECT_TRUE(can(TransitionKind::kAtcTimesOut));
  fire_one(TransitionKind::kCmdqExecute);
  EXPECT_EQ(read("CMDQ_CONS") & 0xfffff, 3);
}

// 3.9.1.4.
TEST_F(Endpoints, WithoutThatErrorTheCmdSyncHangs) {
  set_up(AtcTimeouts::kHang);
  fire_one(TransitionKind::kAtcIsLost);
  fire_one(TransitionKind::kCmdqFetch);
  EXPECT_FALSE(can(TransitionKind::kCmdqExecute));
}

// 4.5.1.
TEST_F(Endpoints, AnAtcInvIsIgnoredWhileSmmuenIsClear) {
  configure({.ats = true, .atc_timeouts = AtcTimeouts::kError, .cr0_ack = Cr0Ack::kImmediate});
  atc_inv = commands.intern({Opcode::kAtcInv, kSigNone, false});
  static_cast<void>(write("CR0", kCmdqen));
  submit({atc_inv, sync});
  fire_one(TransitionKind::kCmdqFetch);
  fire_one(TransitionKind::kCmdqExecute);
  fire_one(TransitionKind::kCmdqFetch);
  EXPECT_FALSE(can(TransitionKind::kAtcTimesOut));
}

// 12.3.
TEST_F(Smmu, InServiceFailureModeCommandsStandStillForGood) {
  configure({.service_failure_mode = true});
  fire_one(TransitionKind::kFails);
  EXPECT_EQ(read("GERROR"), kSfmErr);
  submit({tlbi});
  EXPECT_FALSE(can(TransitionKind::kCmdqFetch));
  static_cast<void>(write("GERRORN", kSfmErr));
  EXPECT_FALSE(can(TransitionKind::kCmdqFetch)) << "the acknowledgement does not end it";
}

}  // namespace
}  // namespace quiesce::hwmodel::v3::faults_test
