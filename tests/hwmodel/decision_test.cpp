// The decision table, row by row. Spec: IHI 0070G.b, sections at each test.
#include "hwmodel/v3/decision.hpp"

#include <gtest/gtest.h>

namespace quiesce::hwmodel::v3::decision_test {
namespace {

constexpr Outcome kSilentAbort{Answer::kAbort, Event::kNone};
constexpr Outcome kBypassed{Answer::kBypass, Event::kNone};
constexpr Outcome kTranslated{Answer::kTranslate, Event::kNone};

Outcome aborted(Event event) { return {Answer::kAbort, event}; }

class DecisionTable : public ::testing::Test {
 protected:
  DecisionTable() {
    found.ste = {.v = true, .config = kSteS1};
    found.cd = {.v = true, .ttb0 = 1, .a = true, .r = true};
  }
  [[nodiscard]] Outcome outcome() const { return decide(transaction, situation, found, support); }

  Transaction transaction;
  Situation situation;
  Found found;
  Support support;
};

// Spec: 12.3.
TEST_F(DecisionTable, ServiceFailureModeTerminatesEverythingSilently) {
  situation.service_failure_mode = true;
  found.ste.v = false;
  EXPECT_EQ(outcome(), kSilentAbort);
  transaction.access = Access::kTranslationRequest;
  EXPECT_EQ(outcome(), (Outcome{Answer::kCa, Event::kNone}));
}

// Spec: 7.3.2.
TEST_F(DecisionTable, AnUnsupportedTypeIsRecordedEvenWhileDisabled) {
  transaction.unsupported = true;
  situation.smmuen = false;
  EXPECT_EQ(outcome(), aborted(Event::kFUut));
}

// Spec: 3.11, 6.3.14.
TEST_F(DecisionTable, WhileDisabledGbpaDecidesAndNothingIsRecorded) {
  situation.smmuen = false;
  found.ste.v = false;
  EXPECT_EQ(outcome(), kBypassed);
  transaction.has_ssid = true;
  EXPECT_EQ(outcome(), kBypassed) << "a SubstreamID does not matter";
  situation.gbpa_abort = true;
  EXPECT_EQ(outcome(), kSilentAbort);
}

// Spec: 3.9.1.2, 3.9.1.3, 6.3.9.6.
TEST_F(DecisionTable, WhileDisabledAtsIsRefusedWhateverGbpaSays) {
  situation.smmuen = false;
  transaction.access = Access::kTranslated;
  EXPECT_EQ(outcome(), aborted(Event::kFTranslForbidden));
  transaction.access = Access::kTranslationRequest;
  EXPECT_EQ(outcome(), (Outcome{Answer::kUr, Event::kFBadAtsTreq}));
}

// Spec: 7.3.3, 6.3.12 RECINVSID.
TEST_F(DecisionTable, AStreamOutOfRangeAbortsAndIsRecordedOnlyIfAsked) {
  transaction.sid_in_range = false;
  EXPECT_EQ(outcome(), kSilentAbort);
  situation.recinvsid = true;
  EXPECT_EQ(outcome(), aborted(Event::kCBadStreamid));
}

// Spec: 7.3.4.
TEST_F(DecisionTable, AFetchOfTheEntryThatAbortsIsRecorded) {
  found.ste_fetch = Fetch::kAborted;
  EXPECT_EQ(outcome(), aborted(Event::kFSteFetch));
}

// Spec: 5.2.2, 7.3.5.
TEST_F(DecisionTable, AnInvalidEntryIsNoisy) {
  found.ste.v = false;
  EXPECT_EQ(outcome(), aborted(Event::kCBadSte));
}

TEST_F(DecisionTable, AnEntryThatTheImplementationCannotObeyIsIllegal) {
  support.stage1 = false;
  EXPECT_EQ(outcome(), aborted(Event::kCBadSte));
}

// Spec: 5.2: Config 0b0xx.
TEST_F(DecisionTable, AnAbortingEntryIsSilent) {
  for (std::int32_t config = 0; config < kSteBypass; ++config) {
    found.ste.config = config;
    EXPECT_EQ(outcome(), kSilentAbort);
  }
}

TEST_F(DecisionTable, ABypassingEntryLetsTheAddressThrough) {
  found.ste.config = kSteBypass;
  EXPECT_EQ(outcome(), kBypassed);
}

// Spec: 7.3.9.
TEST_F(DecisionTable, WithoutStage1ASubstreamIsRefused) {
  transaction.has_ssid = true;
  for (const std::int32_t config : {kSteBypass, kSteS2}) {
    found.ste.config = config;
    EXPECT_EQ(outcome(), aborted(Event::kCBadSubstreamid));
  }
}

// Spec: 5.2 S1CDMax.
TEST_F(DecisionTable, ASubstreamBeyondTheTableIsRefused) {
  transaction.has_ssid = true;
  transaction.ssid = 2;
  EXPECT_EQ(outcome(), aborted(Event::kCBadSubstreamid)) << "S1CDMax is 0";
  found.ste.s1cdmax = 1;
  EXPECT_EQ(outcome(), aborted(Event::kCBadSubstreamid)) << "two descriptors";
  found.ste.s1cdmax = 2;
  EXPECT_EQ(outcome(), kTranslated);
  found.l1cd_valid = false;
  EXPECT_EQ(outcome(), aborted(Event::kCBadSubstreamid)) << "its first-level descriptor is invalid";
}

// Spec: 5.2 S1DSS.
TEST_F(DecisionTable, WithoutASubstreamS1dssDecides) {
  found.ste.s1cdmax = 1;
  EXPECT_EQ(outcome(), aborted(Event::kFStreamDisabled));
  found.ste.s1dss = 3;
  EXPECT_EQ(outcome(), aborted(Event::kFStreamDisabled)) << "reserved, behaves as 0";
  found.ste.s1dss = kS1dssBypass;
  EXPECT_EQ(outcome(), kBypassed);
  found.ste.s1dss = kS1dssSsid0;
  EXPECT_EQ(outcome(), kTranslated);
}

TEST_F(DecisionTable, Substream0IsTakenWhereTrafficWithoutOneUsesIt) {
  found.ste.s1cdmax = 1;
  found.ste.s1dss = kS1dssSsid0;
  transaction.has_ssid = true;
  EXPECT_EQ(outcome(), aborted(Event::kFStreamDisabled));
}

// Spec: 7.3.10.
TEST_F(DecisionTable, AFetchOfTheDescriptorThatAbortsIsRecorded) {
  found.cd_fetch = Fetch::kAborted;
  EXPECT_EQ(outcome(), aborted(Event::kFCdFetch));
}

// Spec: 5.4.2, 7.3.11.
TEST_F(DecisionTable, AnInvalidDescriptorIsNoisy) {
  found.cd.v = false;
  EXPECT_EQ(outcome(), aborted(Event::kCBadCd));
}

// Spec: 5.5, 6.3.1 STALL_MODEL, TERM_MODEL.
TEST_F(DecisionTable, ADescriptorThatAsksForTheWrongKindOfFaultIsIllegal) {
  found.cd.s = true;
  support.stalls = StallModel::kTerminateOnly;
  EXPECT_EQ(outcome(), aborted(Event::kCBadCd));
  support.stalls = StallModel::kStallAndTerminate;
  EXPECT_EQ(outcome(), kTranslated);
  found.ste.s1stalld = true;
  EXPECT_EQ(outcome(), aborted(Event::kCBadCd));
  found.ste.s1stalld = false;
  found.cd.s = false;
  support.stalls = StallModel::kStallForced;
  EXPECT_EQ(outcome(), aborted(Event::kCBadCd));
  support = {.terminates_by_abort_only = true};
  found.cd.a = false;
  EXPECT_EQ(outcome(), aborted(Event::kCBadCd));
}

// Spec: 5.5, 3.12: A, R, S.
TEST_F(DecisionTable, FaultsAreAnsweredAsTheDescriptorSays) {
  found.walk = Walk::kTranslationFault;
  found.cd = {.v = true, .a = true};
  EXPECT_EQ(outcome(), kSilentAbort) << "Linux's quiet descriptor";
  found.cd.r = true;
  EXPECT_EQ(outcome(), aborted(Event::kFTranslation));
  found.cd.a = false;
  EXPECT_EQ(outcome(), (Outcome{Answer::kRazWi, Event::kFTranslation}));
  found.cd.r = false;
  EXPECT_EQ(outcome(), (Outcome{Answer::kRazWi, Event::kNone}));
  found.cd.s = true;
  EXPECT_EQ(outcome(), (Outcome{Answer::kStall, Event::kFTranslation})) << "recorded although R is 0";
}

// Spec: 7.3.12 to 7.3.16.
TEST_F(DecisionTable, EachKindOfFaultHasItsRecord) {
  const std::vector<std::pair<Walk, Event>> kinds{{Walk::kTranslationFault, Event::kFTranslation},
                                                  {Walk::kAddressSizeFault, Event::kFAddrSize},
                                                  {Walk::kAccessFault, Event::kFAccess},
                                                  {Walk::kPermissionFault, Event::kFPermission},
                                                  {Walk::kExternalAbort, Event::kFWalkEabt}};
  for (const auto& [walk, event] : kinds) {
    found.walk = walk;
    EXPECT_EQ(outcome().answer, Answer::kAbort);
    EXPECT_EQ(outcome().event, event);
    EXPECT_FALSE(outcome().s2);
  }
}

TEST_F(DecisionTable, AnExternalAbortOfTheWalkNeverStalls) {
  found.walk = Walk::kExternalAbort;
  found.cd.s = true;
  EXPECT_EQ(outcome(), (Outcome{Answer::kAbort, Event::kFWalkEabt, false, FaultClass::kTtd})) << "7.3.12";
}

// Spec: 5.2 S2R, S2S, 3.12.
TEST_F(DecisionTable, FaultsOfStage2AbortAndAreRecordedIfS2rSaysSo) {
  found.ste.config = kSteS2;
  EXPECT_EQ(outcome(), kTranslated);
  found.walk = Walk::kTranslationFault;
  EXPECT_EQ(outcome(), kSilentAbort);
  found.ste.s2r = true;
  EXPECT_EQ(outcome(), (Outcome{Answer::kAbort, Event::kFTranslation, true, FaultClass::kIn}));
  found.ste.s2s = true;
  EXPECT_EQ(outcome(), (Outcome{Answer::kStall, Event::kFTranslation, true, FaultClass::kIn}));
}

// Spec: 5.2, 5.5, 7.3.13. Of nested streams the stage that faults says what becomes of the transaction.
TEST_F(DecisionTable, OfNestedStreamsEachStageAnswersForItsFaults) {
  found.ste = {.v = true, .config = kSteNested, .s2ttb = 1, .s2r = true};
  found.cd.r = false;
  found.walk = Walk::kTranslationFault;
  EXPECT_EQ(outcome(), kSilentAbort) << "stage 1's: CD.R is 0";
  found.faults_at_stage2 = true;
  EXPECT_EQ(outcome(), (Outcome{Answer::kAbort, Event::kFTranslation, true, FaultClass::kIn})) << "S2R is 1";
  found.stage2_class = FaultClass::kTtd;
  EXPECT_EQ(outcome().fault_class, FaultClass::kTtd) << "stage 1's tables were not to be read";
}

// Spec: 7.3.22, 7.3.13: the descriptor's address is an intermediate one.
TEST_F(DecisionTable, OfNestedStreamsStage2FaultsOfTheDescriptorsAddressComeFirst) {
  found.ste = {.v = true, .config = kSteNested, .s2ttb = 1, .s2r = true};
  found.cd_walk = Walk::kTranslationFault;
  found.cd_fetch = Fetch::kAborted;
  EXPECT_EQ(outcome(), (Outcome{Answer::kAbort, Event::kFTranslation, true, FaultClass::kCd}));
  found.ste.s2s = true;
  EXPECT_EQ(outcome().answer, Answer::kStall);
  found.ste.config = kSteS1;
  EXPECT_EQ(outcome(), aborted(Event::kFCdFetch)) << "without stage 2 the address is physical";
}

// Spec: 3.9.1, 6.3.9.2.
TEST_F(DecisionTable, UncheckedTranslatedTrafficPassesAnAbortingEntry) {
  transaction.access = Access::kTranslated;
  found.ste.config = kSteAbort;
  EXPECT_EQ(outcome(), kBypassed);
  situation.atschk = true;
  EXPECT_EQ(outcome(), kSilentAbort);
}

TEST_F(DecisionTable, CheckedTranslatedTrafficNeedsEats) {
  transaction.access = Access::kTranslated;
  situation.atschk = true;
  EXPECT_EQ(outcome(), aborted(Event::kFTranslForbidden));
  found.ste.eats = kEatsFull;
  EXPECT_EQ(outcome(), kBypassed) << "page tables are not looked at";
  found.ste.eats = kEatsSplit;
  EXPECT_EQ(outcome(), kTranslated) << "by stage 2";
  found.ste.config = kSteBypass;
  EXPECT_EQ(outcome(), aborted(Event::kFTranslForbidden));
  found.ste.v = false;
  EXPECT_EQ(outcome(), kSilentAbort);
}

// Spec: 3.9.1.2.
TEST_F(DecisionTable, TranslationRequestsAreAnsweredByTheEntry) {
  transaction.access = Access::kTranslationRequest;
  EXPECT_EQ(outcome(), (Outcome{Answer::kUr, Event::kFBadAtsTreq})) << "EATS is 0";
  found.ste.eats = kEatsSplit;
  EXPECT_EQ(outcome(), (Outcome{Answer::kUr, Event::kFBadAtsTreq})) << "split needs ATSCHK";
  found.ste.eats = kEatsFull;
  EXPECT_EQ(outcome(), (Outcome{Answer::kGrant, Event::kNone}));
  found.ste.config = kSteBypass;
  EXPECT_EQ(outcome(), (Outcome{Answer::kUr, Event::kFBadAtsTreq}));
  found.ste.config = kSteAbort;
  EXPECT_EQ(outcome(), (Outcome{Answer::kUr, Event::kNone}));
  found.ste.v = false;
  EXPECT_EQ(outcome(), (Outcome{Answer::kCa, Event::kNone}));
}

TEST_F(DecisionTable, BrokenConfigurationsOfRequestsAreRecordedOnlyIfAsked) {
  transaction.access = Access::kTranslationRequest;
  found.ste_fetch = Fetch::kAborted;
  EXPECT_EQ(outcome(), (Outcome{Answer::kCa, Event::kNone}));
  situation.rec_cfg_ats = true;
  EXPECT_EQ(outcome(), (Outcome{Answer::kCa, Event::kFSteFetch}));
}

TEST_F(DecisionTable, TheSmmuLooksNoFartherThanItNeeds) {
  const auto needs = [&] { return needs_of(transaction, situation, found, support); };
  EXPECT_EQ(needs(), Needs::kWalk);
  found.cd.v = false;
  EXPECT_EQ(needs(), Needs::kCd);
  found.ste.config = kSteBypass;
  EXPECT_EQ(needs(), Needs::kSte);
  found.ste.config = kSteS2;
  EXPECT_EQ(needs(), Needs::kWalk);
  situation.smmuen = false;
  EXPECT_EQ(needs(), Needs::kNothing);
}

}  // namespace
}  // namespace quiesce::hwmodel::v3::decision_test
