// The legacy SMMU's fault status, syndromes, interrupts and stalls. Spec: IHI 0062D.c, sections at each test.
#include "v2_fixture.hpp"

namespace quiesce::hwmodel::v2::v2_faults_test {
namespace {

using LegacyFaults = LegacySmmu;

// 3.8.1.
TEST_F(LegacyFaults, TheFirstGlobalFaultIsDescribedAndLaterOnesSetMulti) {
  access_page(true, 0, 1);
  EXPECT_EQ(read("sGFSR"), gfsr::kUsf);
  EXPECT_EQ(read("sGFSYNR0"), gfsr::kWnr);
  EXPECT_EQ(read("sGFSYNR1"), kOtherSid);
  write("S2CR", s2cr::kFault << 16);
  access_page(false);
  EXPECT_EQ(read("sGFSR"), kMulti | gfsr::kUsf) << "and no ICF";
  EXPECT_EQ(read("sGFSYNR0"), gfsr::kWnr);
  EXPECT_EQ(read("sGFSYNR1"), kOtherSid);
}

TEST_F(LegacyFaults, AfterGfsrWasClearedTheNextOneIsDescribed) {
  access_page(true, 0, 1);
  write("sGFSR", read("sGFSR"));
  access_page(false, 0, 1);
  EXPECT_EQ(read("sGFSR"), gfsr::kUsf);
  EXPECT_EQ(read("sGFSYNR0"), 0) << "a read";
}

// 3.7.2; Linux v6.18 arm-smmu.c arm_smmu_read_context_fault_info().
TEST_F(LegacyFaults, AContextFaultIsDescribedInItsBank) {
  set(pte, 0);
  EXPECT_EQ(answer_now(), Answer::kAbort);
  EXPECT_EQ(access_page(true), Flight()) << "it is over, and never lands";
  EXPECT_EQ(read("FSR"), fsr::kTf);
  EXPECT_EQ(read("FAR"), 0);
  EXPECT_EQ(read("FSYNR0"), fsr::kWnr);
  EXPECT_EQ(read("CBFRSYNRA"), kSid);
  EXPECT_EQ(read("FSR", 1), 0);
  EXPECT_EQ(read("sGFSR"), 0);
}

// 3.7.3; Linux v6.18 arm-smmu.c arm_smmu_write_context_bank(): TTBR0.
TEST_F(LegacyFaults, WithoutATableEveryPageIsATranslationFault) {
  write("TTBR0", 0);
  for (std::uint16_t page = 0; page < 2; ++page) {
    EXPECT_EQ(access_page(false, page), Flight());
    EXPECT_EQ(read("FSR"), fsr::kTf);
    EXPECT_EQ(read("FAR"), page);
    EXPECT_EQ(read("FSYNR0"), 0) << "a read";
    write("FSR", read("FSR"));
  }
}

TEST_F(LegacyFaults, ALaterContextFaultSetsMultiAlone) {
  map(1, kOtherSid, s2cr::translate_to(1));
  write("SCTLR", kUsualSctlr | sctlr::kHupcf, 1);
  write("TTBR0", 0, 1);
  access_page(true, 1, 1);
  EXPECT_EQ(read("FAR", 1), 1);
  access_page(false, 0, 1);
  EXPECT_EQ(read("FSR", 1), kMulti | fsr::kTf);
  EXPECT_EQ(read("FAR", 1), 1);
  EXPECT_EQ(read("FSYNR0", 1), fsr::kWnr);
}

TEST_F(LegacyFaults, WithoutCfreAFaultReadsZeroOrIgnoresTheWrite) {
  set(pte, 0);
  write("SCTLR", sctlr::kM);
  EXPECT_EQ(answer_now(), Answer::kRazWi);
  EXPECT_EQ(access_page(), Flight());
}

TEST_F(LegacyFaults, TerminatedUnderAPreviousFaultNothingIsRecorded) {
  set(pte, 0);
  access_page();
  EXPECT_EQ(access_page(false, 1), Flight()) << "though its page is there";
  EXPECT_EQ(read("FSR"), fsr::kTf);
  write("FSR", -1);
  EXPECT_EQ(access_page(false, 1).stage, Flight::Stage::kDecided);
}

// 3.6.3.
TEST_F(LegacyFaults, FsrIsClearedByWritingOnes) {
  set(pte, 0);
  access_page();
  write("FSR", fsr::kPf);
  EXPECT_EQ(read("FSR"), fsr::kTf);
  write("FSR", fsr::kTf);
  EXPECT_EQ(read("FSR"), 0);
}

// 3.6.3.
TEST_F(LegacyFaults, TheGlobalInterruptIsALevel) {
  write("sCR0", read("sCR0") & ~cr0::kGfie);
  access_page(false, 0, 1);
  EXPECT_FALSE(asserted(kGlobalLine));
  EXPECT_EQ(events.raised, 0U);
  write("sCR0", read("sCR0") | cr0::kGfie);
  EXPECT_EQ(events.raised, bit_of(kGlobalLine)) << "though the fault came before";
  access_page(false, 0, 1);
  EXPECT_EQ(events.raised, 0U) << "it is asserted already";
  write("sGFSR", kMulti);
  EXPECT_TRUE(asserted(kGlobalLine));
  write("sGFSR", gfsr::kUsf);
  EXPECT_EQ(events.lowered, bit_of(kGlobalLine));
  EXPECT_FALSE(asserted(kGlobalLine));
}

TEST_F(LegacyFaults, RestoringGfsrAssertsTheInterrupt) {
  write("sGFSRRESTORE", gfsr::kUsf);
  EXPECT_EQ(events.raised, bit_of(kGlobalLine));
}

// 3.8.3: by GFRE and GFIE, which MMU-500 has; its GCFGFRE and GCFGFIE are fixed to 0 (HPS SMMU_SCR0).
TEST_F(LegacyFaults, AFaultingGroupIsReportedLikeOtherGlobalFaults) {
  write("S2CR", s2cr::kFault << 16);
  EXPECT_EQ(answer_now(), Answer::kAbort);
  access_page();
  EXPECT_TRUE(asserted(kGlobalLine));
  EXPECT_EQ(read("sGFSR"), gfsr::kIcf);
}

// 3.6.3.
TEST_F(LegacyFaults, TheInterruptOfABankIsALevel) {
  set(pte, 0);
  write("SCTLR", kUsualSctlr & ~sctlr::kCfie);
  access_page();
  EXPECT_FALSE(asserted(line_of_bank(0)));
  write("SCTLR", kUsualSctlr);
  EXPECT_EQ(events.raised, bit_of(line_of_bank(0)));
  EXPECT_FALSE(asserted(line_of_bank(1)));
  write("FSR", read("FSR"));
  EXPECT_EQ(events.lowered, bit_of(line_of_bank(0)));
  EXPECT_EQ(name_of(line_of_bank(0)), "context0");
  EXPECT_EQ(name_of(kGlobalLine), "global");
}

class LegacyStall : public LegacySmmu {
 protected:
  void SetUp() override { stall_in({}); }
  void stall_in(const Config& wanted) {
    configure(wanted);
    write("SCTLR", kUsualSctlr | sctlr::kCfcfg);
    map(1, kOtherSid, s2cr::translate_to(0));
    set(pte, 0);
    access_page(true);
  }
};

// 3.7.3.
TEST_F(LegacyStall, AFaultingAccessStalls) {
  EXPECT_EQ(flight().stage, Flight::Stage::kStalled);
  EXPECT_EQ(read("FSR"), fsr::kTf | fsr::kSs);
  EXPECT_TRUE(asserted(line_of_bank(0)));
}

// Linux v6.18 arm-smmu.c arm_smmu_context_fault(): -EAGAIN.
TEST_F(LegacyStall, ResumeLetsItTryAgainWithWhatIsThereThen) {
  set(pte, kFrame);
  write("FSR", read("FSR"));
  write("RESUME", 0);
  EXPECT_EQ(read("FSR"), 0);
  EXPECT_EQ(flight().stage, Flight::Stage::kIssued);
  warm();
  fire_one(TransitionKind::kDecides);
  EXPECT_EQ(flight().frame, kFrame);
}

// 3.7.3: it starts anew, and meets the fault that nobody has cleared.
TEST_F(LegacyStall, ResumeBeforeFsrIsClearedTerminatesIt) {
  set(pte, kFrame);
  write("RESUME", 0);
  EXPECT_EQ(read("FSR"), fsr::kTf);
  warm();
  fire_one(TransitionKind::kDecides);
  EXPECT_EQ(flight(), Flight());
  EXPECT_EQ(read("FSR"), fsr::kTf);
}

TEST_F(LegacyStall, WithoutAMappingItStallsAgain) {
  write("FSR", -1);
  write("RESUME", 0);
  fire_one(TransitionKind::kDecides);
  EXPECT_EQ(flight().stage, Flight::Stage::kStalled);
  EXPECT_EQ(read("FSR"), fsr::kTf | fsr::kSs);
}

// 3.7.3: CFCFG counts again only after FSR was cleared.
TEST_F(LegacyStall, WithHupcfAFaultBeforeFsrIsClearedSetsMultiAndTerminates) {
  write("SCTLR", kUsualSctlr | sctlr::kCfcfg | sctlr::kHupcf);
  write("RESUME", 0);
  fire_one(TransitionKind::kDecides);
  EXPECT_EQ(flight(), Flight());
  EXPECT_EQ(read("FSR"), kMulti | fsr::kTf);
}

// 3.7.3: "the SMMU can report an abort", as CFRE says.
TEST_F(LegacyStall, WithoutCfreATerminatedOneReadsZeroOrIsIgnored) {
  write("SCTLR", sctlr::kM | sctlr::kCfcfg);
  write("RESUME", kTerminate);
  EXPECT_TRUE(flight().raz_wi);
  fire_one(TransitionKind::kAnswers);
  EXPECT_EQ(flight(), Flight());
}

TEST_F(LegacyStall, ResumeTerminatesIfItSaysSo) {
  write("RESUME", kTerminate);
  EXPECT_EQ(flight().stage, Flight::Stage::kTerminated);
  EXPECT_FALSE(flight().raz_wi);
  fire_one(TransitionKind::kAnswers);
  EXPECT_EQ(flight(), Flight());
}

TEST_F(LegacyStall, AStoppedDeviceOwesTheAnswerToATerminatedOne) {
  set(on, 0);
  EXPECT_FALSE(owes_traffic(bytes.data(), layout, config)) << "it waits for software";
  write("RESUME", kTerminate);
  EXPECT_TRUE(owes_traffic(bytes.data(), layout, config));
  fire_one(TransitionKind::kAnswers);
  EXPECT_FALSE(owes_traffic(bytes.data(), layout, config));
}

TEST_F(LegacyStall, ResumeOfAnotherBankDoesNothing) {
  write("RESUME", kTerminate, 1);
  EXPECT_EQ(flight().stage, Flight::Stage::kStalled);
  EXPECT_EQ(read("FSR"), fsr::kTf | fsr::kSs);
}

// 3.7.3.
TEST_F(LegacyStall, LaterAccessesOfTheBankAreHeldUntilTheFaultIsOver) {
  issue(false, 1, 1);
  warm();
  EXPECT_FALSE(can(TransitionKind::kDecides, 1)) << "though its page is there";
  write("FSR", -1);
  EXPECT_FALSE(can(TransitionKind::kDecides, 1)) << "SS is still set";
  write("RESUME", kTerminate);
  EXPECT_TRUE(can(TransitionKind::kDecides, 1));
}

// Linux v6.18 arm-smmu-qcom.c qcom_adreno_smmu_write_sctlr().
TEST_F(LegacyStall, WithHupcfTheyGoOnAndASecondFaultWaits) {
  write("SCTLR", kUsualSctlr | sctlr::kCfcfg | sctlr::kHupcf);
  EXPECT_EQ(access_page(false, 1, 1).stage, Flight::Stage::kDecided);
  fire_one(TransitionKind::kLands, 1);
  issue(false, 0, 1);
  EXPECT_FALSE(can(TransitionKind::kDecides, 1));
  write("RESUME", kTerminate);
  EXPECT_TRUE(can(TransitionKind::kDecides, 1));
}

// 3.6.3, 3.7.3.
TEST_F(LegacyStall, StalledStatusIsClearedByResumeAndNotByWritingToIt) {
  write("FSR", -1);
  EXPECT_EQ(read("FSR"), fsr::kSs);
  write("RESUME", 0);
  EXPECT_EQ(read("FSR"), 0);
}

// 3.6.3: IMPLEMENTATION DEFINED; Connor Abbott, linux-arm-msm, 2025-01-17: "On some SMMUv2 implementations,
// including MMU-500, SMMU_CBn_FSR.SS asserts an interrupt".
TEST_F(LegacyStall, StalledStatusAloneInterruptsIfTheKnobSaysSo) {
  write("FSR", -1);
  EXPECT_TRUE(asserted(line_of_bank(0)));
  stall_in({.stalled_status_interrupts = false});
  write("FSR", -1);
  EXPECT_FALSE(asserted(line_of_bank(0)));
}

// 3.7.5.
TEST_F(LegacyStall, UnderGlobalStallOtherBanksWaitToo) {
  stall_in({.mmu500 = false});
  write("S2CR", s2cr::translate_to(1), 1);
  issue(false, 0, 1);
  warm();
  EXPECT_TRUE(can(TransitionKind::kDecides, 1));
  write("sCR0", read("sCR0") | cr0::kGse);
  EXPECT_FALSE(can(TransitionKind::kDecides, 1));
  write("RESUME", kTerminate);
  EXPECT_TRUE(can(TransitionKind::kDecides, 1));
}

TEST_F(LegacyStall, InvalidationsLeaveItAlone) {
  write("TLBIASID", asid_of(0));
  write("TLBSYNC", 0);
  EXPECT_TRUE(can(TransitionKind::kSyncCompletes, 1)) << "and need not wait for it";
  fire_one(TransitionKind::kSyncCompletes, 1);
  EXPECT_EQ(flight().stage, Flight::Stage::kStalled);
}

TEST_F(LegacyStall, TransitionsKeepToTheirFootprint) {
  write("RESUME", kTerminate);
  base::Footprint recorded;
  base::StateAccess recording(bytes.data(), undo, &recorded);
  fire(recording, layout, config, {TransitionKind::kAnswers, 0}, events);
  EXPECT_TRUE(all_within(recorded, footprint(layout, config, TransitionKind::kAnswers)));
}

}  // namespace
}  // namespace quiesce::hwmodel::v2::v2_faults_test
