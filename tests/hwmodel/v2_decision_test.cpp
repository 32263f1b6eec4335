// The legacy SMMU's decision table, row by row. Spec: IHI 0062D.c, sections at each test.
#include <gtest/gtest.h>

#include "hwmodel/v2/decision.hpp"

namespace quiesce::hwmodel::v2::v2_decision_test {
namespace {

class LegacyDecision : public ::testing::Test {
 protected:
  LegacyDecision() {
    situation.cr0 = cr0::kGfre | cr0::kGfie | cr0::kUsfcfg | cr0::kSmcfcfg;
    found.sctlr = sctlr::kM | sctlr::kCfre | sctlr::kCfie;
  }
  [[nodiscard]] Outcome outcome() const { return decide(situation, found, config); }
  void expect_global_fault(Answer answer, std::int32_t fault) const {
    EXPECT_EQ(outcome().answer, answer);
    EXPECT_EQ(outcome().global_fault, fault);
    EXPECT_EQ(outcome().context_fault, 0);
  }
  void expect_bypass(Bypass by) const {
    EXPECT_EQ(outcome().answer, Answer::kBypass);
    EXPECT_EQ(outcome().by, by);
    EXPECT_EQ(outcome().global_fault, 0);
  }
  void expect_context_fault(Answer answer, std::int32_t fault) const {
    EXPECT_EQ(outcome().answer, answer);
    EXPECT_EQ(outcome().context_fault, fault);
    EXPECT_EQ(outcome().global_fault, 0);
  }

  Config config;
  Situation situation;
  Found found;
};

// 2.1.1, Figure 2-3.
TEST_F(LegacyDecision, ClientpdComesFirst) {
  situation.cr0 |= cr0::kClientpd;
  found.matches = Matches::kNone;
  expect_bypass(Bypass::kClientpd);
  found.matches = Matches::kSeveral;
  expect_bypass(Bypass::kClientpd);
  found.matches = Matches::kOne;
  found.s2cr = s2cr::kFault << 16;
  expect_bypass(Bypass::kClientpd);
  found.s2cr = 0;
  found.fsr = fsr::kTf;
  found.walk = Walk::kTranslationFault;
  expect_bypass(Bypass::kClientpd);
  EXPECT_EQ(outcome().assumptions, 0U);
}

// 2.1.1, 2.4.
TEST_F(LegacyDecision, AnUnmatchedStreamFaultsOrPassesAsUsfcfgSays) {
  found.matches = Matches::kNone;
  expect_global_fault(Answer::kAbort, gfsr::kUsf);
  situation.cr0 &= ~cr0::kUsfcfg;
  expect_bypass(Bypass::kUnmatched);
}

// 2.1.1, 2.4.
TEST_F(LegacyDecision, SeveralMatchesFaultOrPassAsSmcfcfgSays) {
  found.matches = Matches::kSeveral;
  expect_global_fault(Answer::kAbort, gfsr::kSmcf);
  situation.cr0 &= ~cr0::kSmcfcfg;
  expect_bypass(Bypass::kConflict);
}

// 3.8.2, 3.8.3.
TEST_F(LegacyDecision, AGlobalFaultThatGfreDoesNotReportReadsZeroAndIgnoresWrites) {
  situation.cr0 &= ~cr0::kGfre;
  found.matches = Matches::kNone;
  expect_global_fault(Answer::kRazWi, gfsr::kUsf);
  situation.cr0 |= cr0::kGcfgfre;
  expect_global_fault(Answer::kRazWi, gfsr::kUsf);
}

// 2.4, 3.8.
TEST_F(LegacyDecision, AGroupOfTypeFaultIsAnInvalidContextFault) {
  found.s2cr = s2cr::kFault << 16;
  expect_global_fault(Answer::kAbort, gfsr::kIcf);
  found.s2cr = 3 << 16;
  expect_global_fault(Answer::kAbort, gfsr::kIcf);
}

// 2.1.1.
TEST_F(LegacyDecision, AGroupOfTypeBypassLetsTheAddressThrough) {
  found.s2cr = s2cr::kBypass << 16;
  found.fsr = fsr::kTf;
  expect_bypass(Bypass::kS2cr);
}

// 3.8.4.
TEST_F(LegacyDecision, ABankThatDoesNotExistIsAGlobalFault) {
  found.bank_exists = false;
  found.cbar = cbar::kStage2Fault << 16;
  expect_global_fault(Answer::kAbort, gfsr::kUcbf);
}

// 3.8.4.
TEST_F(LegacyDecision, ABankWhoseSecondStageFaultsIsAnInvalidContextFault) {
  found.cbar = cbar::kStage2Fault << 16;
  expect_global_fault(Answer::kAbort, gfsr::kIcf);
}

// 2.1.1.
TEST_F(LegacyDecision, ABankThatIsOffPassesWhateverItsStage) {
  found.sctlr &= ~sctlr::kM;
  for (const std::int32_t type : {cbar::kStage1, cbar::kStage2, cbar::kNested}) {
    found.cbar = type << 16;
    expect_bypass(Bypass::kBankOff);
  }
}

// 3.7.3: CheckForFaultsInBank() comes before the translation.
TEST_F(LegacyDecision, ABankThatIsOffTerminatesUnderAFaultToo) {
  found.sctlr &= ~sctlr::kM;
  found.fsr = fsr::kTf;
  expect_context_fault(Answer::kAbort, 0);
}

TEST_F(LegacyDecision, AHitOrASuccessfulWalkTranslates) {
  EXPECT_EQ(outcome(), (Outcome{Answer::kTranslate}));
}

// 3.7.3.
TEST_F(LegacyDecision, AContextFaultAbortsOrReadsZeroOrStallsAsSctlrSays) {
  found.walk = Walk::kTranslationFault;
  expect_context_fault(Answer::kAbort, fsr::kTf);
  found.sctlr &= ~sctlr::kCfre;
  expect_context_fault(Answer::kRazWi, fsr::kTf);
  found.sctlr |= sctlr::kCfcfg;
  expect_context_fault(Answer::kStall, fsr::kTf);
}

// 3.7.3, InTerminateMode().
TEST_F(LegacyDecision, StalldMakesFaultsTerminate) {
  found.walk = Walk::kTranslationFault;
  found.sctlr |= sctlr::kCfcfg;
  situation.cr0 |= cr0::kStalld;
  expect_context_fault(Answer::kAbort, fsr::kTf);
}

// 3.7.5.
TEST_F(LegacyDecision, UnderGseEveryBanksAccessesWaitForAStalledOneUnlessStalldIsSet) {
  situation.stalls = true;
  EXPECT_EQ(outcome().answer, Answer::kTranslate);
  situation.cr0 |= cr0::kGse;
  EXPECT_EQ(outcome().answer, Answer::kWait);
  situation.cr0 |= cr0::kStalld;
  EXPECT_EQ(outcome().answer, Answer::kTranslate);
}

// 3.7.3, Hit-under-fault: "each subsequent transaction terminates", and none of them is recorded.
TEST_F(LegacyDecision, WithoutHupcfLaterAccessesTerminateUnrecorded) {
  found.fsr = fsr::kTf;
  expect_context_fault(Answer::kAbort, 0);
  found.sctlr &= ~sctlr::kCfre;
  expect_context_fault(Answer::kRazWi, 0);
}

// 3.7.3, CheckForFaultsInBank(): whatever CFCFG says by now.
TEST_F(LegacyDecision, WithoutHupcfLaterAccessesWaitForAStalledOne) {
  found.fsr = fsr::kTf | fsr::kSs;
  EXPECT_EQ(outcome().answer, Answer::kWait);
  found.sctlr |= sctlr::kCfcfg;
  EXPECT_EQ(outcome().answer, Answer::kWait);
  found.fsr = fsr::kTf;
  expect_context_fault(Answer::kAbort, 0);
}

// 3.7.3; Linux v6.18 arm-smmu-qcom.c qcom_adreno_smmu_write_sctlr().
TEST_F(LegacyDecision, WithHupcfEachIsProcessedByItself) {
  found.sctlr |= sctlr::kHupcf | sctlr::kCfcfg;
  found.fsr = fsr::kTf | fsr::kSs;
  EXPECT_EQ(outcome().answer, Answer::kTranslate);
}

// 3.7.3: a fault behind a stalled one waits; behind one that was terminated it terminates, whatever CFCFG
// says.
TEST_F(LegacyDecision, WithHupcfALaterFaultWaitsForAStalledOneAndElseTerminates) {
  found.sctlr |= sctlr::kHupcf | sctlr::kCfcfg;
  found.walk = Walk::kTranslationFault;
  found.fsr = fsr::kTf | fsr::kSs;
  EXPECT_EQ(outcome().answer, Answer::kWait);
  found.fsr = fsr::kTf;
  expect_context_fault(Answer::kAbort, fsr::kTf);
}

TEST_F(LegacyDecision, WithoutClockOrPowerClientpdDecidesOrEverythingWaits) {
  situation.off = true;
  EXPECT_EQ(outcome().answer, Answer::kWait);
  EXPECT_EQ(outcome().assumptions, bit_of(Assumption::kTrafficWhileOff));
  situation.cr0 |= cr0::kClientpd;
  expect_bypass(Bypass::kClientpd);
  EXPECT_EQ(outcome().assumptions, bit_of(Assumption::kTrafficWhileOff));
  config.off_traffic = OffTraffic::kWaits;
  EXPECT_EQ(outcome().answer, Answer::kWait);
}

TEST_F(LegacyDecision, OnlyWhatABankTranslatesNeedsAWalk) {
  EXPECT_TRUE(route_of(situation, found, config).walks);
  found.sctlr = 0;
  EXPECT_FALSE(route_of(situation, found, config).walks);
  found.sctlr = sctlr::kM;
  situation.cr0 |= cr0::kClientpd;
  EXPECT_FALSE(route_of(situation, found, config).walks);
}

// 2.3.2; Linux v6.18 arm-smmu.h ARM_SMMU_SMR_VALID, ARM_SMMU_SMR_MASK, ARM_SMMU_SMR_ID.
TEST(LegacyMatching, BitsOfTheMaskDoNotCount) {
  EXPECT_TRUE(group_matches(smr::kValid | 0x429, 0x429));
  EXPECT_FALSE(group_matches(smr::kValid | 0x429, 0x428));
  EXPECT_TRUE(group_matches(smr::kValid | 1 << 16 | 0x429, 0x428));
  EXPECT_FALSE(group_matches(0x429, 0x429)) << "not valid";
}

TEST(LegacyMatching, StreamIdsHave15Bits) {
  EXPECT_TRUE(group_matches(smr::kValid | 0x8429, 0x429)) << "UG1087 SMMU_SMRn: ID has 15 bits";
  EXPECT_TRUE(group_matches(smr::kValid | 0x7fff << 16, 0x7fff));
}

// 3.6.3: GCFGFIE is about configuration access faults, GFIE about all others.
TEST(LegacyInterrupts, EachEnableIsAboutItsFaults) {
  for (const std::int32_t fault : {gfsr::kUsf, gfsr::kIcf, gfsr::kSmcf, gfsr::kUcbf, kMulti}) {
    EXPECT_TRUE(interrupts(cr0::kGfie, fault));
    EXPECT_FALSE(interrupts(cr0::kGcfgfie, fault));
  }
  EXPECT_TRUE(interrupts(cr0::kGcfgfie, gfsr::kCaf));
  EXPECT_FALSE(interrupts(cr0::kGfie, gfsr::kCaf));
  EXPECT_TRUE(interrupts(cr0::kGfie, gfsr::kCaf | kMulti));
  EXPECT_FALSE(interrupts(cr0::kGfie | cr0::kGcfgfie, 0));
}

}  // namespace
}  // namespace quiesce::hwmodel::v2::v2_decision_test
