// Errors of the command queue and GERROR, each rule with its section of IHI 0070G.b.
#include "hwmodel/v3/gerror.hpp"

#include <gtest/gtest.h>

#include "smmu_fixture.hpp"

namespace quiesce::hwmodel::v3::gerror_test {
namespace {

class Errors : public Smmu {
 protected:
  void SetUp() override {
    Smmu::SetUp();
    bad = commands.intern({Opcode::kAtcInv, kSigNone, false});
  }
  std::uint8_t bad = 0;
};

// 7.1, 4.1.1: CERROR_ILL.
TEST_F(Errors, AnIllegalCommandStopsTheQueueInFrontOfIt) {
  submit({tlbi, bad, tlbi});
  run_to_the_end();
  EXPECT_EQ(read("CMDQ_CONS"), 1 << 24 | 1) << "ERR is CERROR_ILL, RD names the command";
  EXPECT_EQ(read("GERROR") ^ read("GERRORN"), kCmdqErr);
}

// 7.1: ERR is visible before GERROR shows the error.
TEST_F(Errors, ConsShowsTheErrorBeforeGerrorDoes) {
  submit({bad});
  fire_one(TransitionKind::kCmdqFetch);
  EXPECT_EQ(read("CMDQ_CONS"), 1 << 24);
  EXPECT_EQ(read("GERROR"), 0);
  EXPECT_FALSE(can(TransitionKind::kCmdqFetch));
  fire_one(TransitionKind::kCmdqReportsError);
  EXPECT_EQ(read("GERROR"), kCmdqErr);
}

// 4.1.1: opcode 0 is none.
TEST_F(Errors, AnEntryThatNobodyWroteIsIllegal) {
  static_cast<void>(write("CMDQ_PROD", 1));
  run_to_the_end();
  EXPECT_EQ(read("CMDQ_CONS"), 1 << 24);
}

// 7.1: after the acknowledgement the command is fetched again.
TEST_F(Errors, AcknowledgingWithoutARepairFailsAgain) {
  submit({bad});
  run_to_the_end();
  EXPECT_EQ(write("GERRORN", kCmdqErr), WriteOutcome::kDone);
  EXPECT_EQ(read("GERROR") ^ read("GERRORN"), 0);
  run_to_the_end();
  EXPECT_EQ(read("GERROR"), 0) << "toggled again";
  EXPECT_EQ(read("GERRORN"), kCmdqErr);
}

// 7.1, 6.3.27: no write of CMDQ_PROD is needed.
TEST_F(Errors, ARepairedCommandRunsOnceTheErrorIsAcknowledged) {
  submit({tlbi, bad, sync});
  run_to_the_end();
  put_command(*access, layout, config, 1, sync);
  static_cast<void>(write("GERRORN", kCmdqErr));
  run_to_the_end();
  EXPECT_EQ(read("CMDQ_CONS") & 0xffff, 3);
}

// 6.3.28, 7.1: a change of CMDQEN neither clears nor acknowledges the error.
TEST_F(Errors, SwitchingTheQueueOffAndOnDoesNotClearTheError) {
  submit({bad});
  run_to_the_end();
  static_cast<void>(write("CR0", 0));
  run_to_the_end();
  put_command(*access, layout, config, 0, sync);
  static_cast<void>(write("CR0", kCmdqen));
  run_to_the_end();
  EXPECT_EQ(read("CMDQ_CONS") & 0xffff, 0);
  static_cast<void>(write("GERRORN", kCmdqErr));
  run_to_the_end();
  EXPECT_EQ(read("CMDQ_CONS") & 0xffff, 1);
}

// 7.1, CERROR_ABT.
TEST_F(Errors, AFetchThatAbortsIsTriedAgainAfterTheAcknowledgement) {
  configure({.cmdq_aborts = true});
  submit({sync});
  fire_one(TransitionKind::kCmdqFetchAborts);
  fire_one(TransitionKind::kCmdqReportsError);
  EXPECT_EQ(read("CMDQ_CONS"), 2 << 24);
  EXPECT_TRUE(enabled().empty());
  static_cast<void>(write("GERRORN", kCmdqErr));
  fire_one(TransitionKind::kCmdqFetch);
  fire_one(TransitionKind::kCmdqExecute);
  EXPECT_EQ(read("CMDQ_CONS") & 0xffff, 1);
}

TEST_F(Errors, NoFetchAbortsUnlessThatIsAskedFor) {
  submit({sync});
  EXPECT_FALSE(can(TransitionKind::kCmdqFetchAborts));
}

// 3.21.2, 7.1: while the queue is stopped, CMDQ_PROD may go back.
TEST_F(Errors, CmdqProdMayGoBackWhileTheQueueIsStopped) {
  submit({bad, tlbi, tlbi});
  EXPECT_EQ(write("CMDQ_PROD", 7 | 8), WriteOutcome::kUnpredictable) << "it runs";
  configure({});
  bad = commands.intern({Opcode::kAtcInv, kSigNone, false});
  submit({bad, tlbi, tlbi});
  run_to_the_end();
  EXPECT_EQ(write("CMDQ_PROD", 0), WriteOutcome::kDone);
}

// 3.21.2: a step back while commands may run.
TEST_F(Errors, CmdqProdMustNotGoBackWhileTheQueueRuns) {
  submit({tlbi, tlbi, tlbi});
  EXPECT_EQ(write("CMDQ_PROD", 1), WriteOutcome::kUnpredictable);
}

// 7.1: no further than CONS.
TEST_F(Errors, CmdqProdOfAStoppedQueueMustNotPassCons) {
  submit({tlbi, tlbi, bad, tlbi});
  run_to_the_end();
  EXPECT_EQ(write("CMDQ_PROD", 1), WriteOutcome::kUnpredictable);
}

// 4.5.1: IDR0.ATS.
TEST_F(Errors, AnAtcInvIsACommandWhereThereIsAts) {
  configure({.ats = true});
  submit({bad});
  run_to_the_end();
  EXPECT_EQ(read("CMDQ_CONS"), 1);
}

// 4.7.3: CS 3 is reserved.
TEST_F(Errors, ASyncWithAReservedSignalIsIllegal) {
  submit({commands.intern({Opcode::kSync, 3, false})});
  run_to_the_end();
  EXPECT_EQ(read("CMDQ_CONS"), 1 << 24);
}

// 4.7.1, 4.7.2: with IDR0.STALL_MODEL 1.
TEST_F(Errors, ResumeIsIllegalWhereFaultsTerminate) {
  submit({commands.intern({Opcode::kResume, kSigNone, false})});
  run_to_the_end();
  EXPECT_EQ(read("CMDQ_CONS"), 1 << 24);
}

// 4.4.2.7: IDR0.Hyp.
TEST_F(Errors, ATlbiOfEl2IsIllegalWithoutEl2) {
  submit({commands.intern({Opcode::kTlbiEl2All, kSigNone, false})});
  run_to_the_end();
  EXPECT_EQ(read("CMDQ_CONS"), 1 << 24);
}

// QEMU 7.2 hw/arm/smmuv3.c smmuv3_cmdq_consume().
TEST_F(Errors, QemuConsumesWhatItDoesNotHave) {
  configure(
      {.cr0_ack = Cr0Ack::kImmediate, .cmdq = CmdqMode::kSynchronous, .deviations = Deviations::kQemu72});
  submit({bad, commands.intern({Opcode::kSync, 3, false})});
  EXPECT_EQ(read("CMDQ_CONS"), 2);
  EXPECT_EQ(events.pulses, bit_of(Line::kCmdSync));
}

TEST_F(Errors, QemuStopsAtAnUnknownCommandWithinTheWrite) {
  configure(
      {.cr0_ack = Cr0Ack::kImmediate, .cmdq = CmdqMode::kSynchronous, .deviations = Deviations::kQemu72});
  static_cast<void>(write("CMDQ_PROD", 1));
  EXPECT_EQ(read("CMDQ_CONS"), 1 << 24);
  EXPECT_EQ(read("GERROR"), kCmdqErr);
}

// 6.3.20.
TEST_F(Errors, AcknowledgingWhatIsNotActiveIsUnpredictable) {
  EXPECT_EQ(write("GERRORN", kSfmErr), WriteOutcome::kUnpredictable);
}

// 6.3.19: GERROR and GERRORN survive a disable.
TEST_F(Errors, ClearingCr0AcknowledgesNothing) {
  submit({bad});
  run_to_the_end();
  static_cast<void>(write("CR0", 0));
  run_to_the_end();
  EXPECT_EQ(read("GERROR") ^ read("GERRORN"), kCmdqErr);
}

// 6.3.16, 3.18.
TEST_F(Errors, AnErrorGivesAPulseWhereItsInterruptIsEnabled) {
  submit({bad});
  fire_one(TransitionKind::kCmdqFetch);
  EXPECT_EQ(events.pulses, 0) << "GERROR does not show it yet";
  fire_one(TransitionKind::kCmdqReportsError);
  EXPECT_EQ(events.pulses, bit_of(Line::kGerror));
}

TEST_F(Errors, AnErrorGivesNoPulseWhereItsInterruptIsOff) {
  static_cast<void>(write("IRQ_CTRL", kEventqIrqen));
  run_to_the_end();
  submit({bad});
  fire_one(TransitionKind::kCmdqFetch);
  fire_one(TransitionKind::kCmdqReportsError);
  EXPECT_EQ(events.pulses, 0);
}

// 6.3.16, 3.18: edges; what was active before is not told again.
TEST_F(Errors, EnablingTheInterruptTellsNothingOfAnActiveError) {
  static_cast<void>(write("IRQ_CTRL", 0));
  run_to_the_end();
  submit({bad});
  run_to_the_end();
  static_cast<void>(write("IRQ_CTRL", kGerrorIrqen));
  while (!enabled().empty()) {
    fire_one(enabled().front().kind, enabled().front().field);
    EXPECT_EQ(events.pulses, 0);
  }
}

// 6.3.16, 6.3.18.
TEST_F(Errors, IrqCtrlIsAcknowledgedFieldByField) {
  static_cast<void>(write("IRQ_CTRL", 0));
  EXPECT_EQ(read("IRQ_CTRL"), 0);
  EXPECT_EQ(read("IRQ_CTRLACK"), kGerrorIrqen | kEventqIrqen);
  fire_one(TransitionKind::kIrqCtrlTakesEffect, 2);
  fire_one(TransitionKind::kIrqCtrlAcknowledges, 2);
  EXPECT_EQ(read("IRQ_CTRLACK"), kGerrorIrqen);
  EXPECT_TRUE(can(TransitionKind::kIrqCtrlTakesEffect, 0));
  EXPECT_FALSE(can(TransitionKind::kIrqCtrlTakesEffect, 1)) << "it was 0 and is";
}

// 7.5.1.
TEST_F(Errors, ThatTheMessageOfGerrorWasLostIsNotToldByAnother) {
  Change smmu{*access, layout, config, commands, events};
  raise_error(smmu, kMsiGerrorAbtErr);
  EXPECT_EQ(read("GERROR"), kMsiGerrorAbtErr);
  EXPECT_EQ(events.pulses, 0);
}

// 4.7.3: CMD_SYNC's interrupt has no enable.
TEST_F(Errors, ASyncWithAnInterruptGivesAPulse) {
  static_cast<void>(write("IRQ_CTRL", 0));
  run_to_the_end();
  submit({commands.intern({Opcode::kSync, kSigIrq, false})});
  fire_one(TransitionKind::kCmdqFetch);
  fire_one(TransitionKind::kCmdqExecute);
  EXPECT_EQ(events.pulses, bit_of(Line::kCmdSync));
}

// 4.7.3: MSIAddress is 0, so that nothing is written, though there are messages.
TEST_F(Errors, ASyncWithoutAnAddressWritesNothing) {
  configure({.msi = true});
  submit({commands.intern({Opcode::kSync, kSigIrq, false})});
  fire_one(TransitionKind::kCmdqFetch);
  fire_one(TransitionKind::kCmdqExecute);
  EXPECT_EQ(events.pulses, bit_of(Line::kCmdSync));
  EXPECT_FALSE(can(TransitionKind::kSyncMsiLands));
}

// 4.7.3: without IDR0.SEV as SIG_NONE.
TEST_F(Errors, ASyncWithAnEventIsOneWithoutASignal) {
  submit({commands.intern({Opcode::kSync, kSigSev, false})});
  fire_one(TransitionKind::kCmdqFetch);
  fire_one(TransitionKind::kCmdqExecute);
  EXPECT_EQ(events.pulses, 0);
  EXPECT_TRUE(events.sync_completed);
}

}  // namespace
}  // namespace quiesce::hwmodel::v3::gerror_test
