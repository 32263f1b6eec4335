// The legacy SMMU's clocks and power, and what its knobs say of accesses and traffic without them.
// Linux v6.18 arm-smmu.c arm_smmu_runtime_resume(), arm_smmu_runtime_suspend(), arm_smmu_device_shutdown().
#include "v2_fixture.hpp"

namespace quiesce::hwmodel::v2::v2_power_test {
namespace {

using LegacyPower = LegacySmmu;

TEST_F(LegacyPower, ClocksRunWhileTheyWereEnabledMoreOftenThanDisabled) {
  enable_clocks(*access, layout);
  EXPECT_TRUE(disable_clocks(*access, layout));
  EXPECT_TRUE(is_accessible(*access, layout, config));
  EXPECT_TRUE(disable_clocks(*access, layout));
  EXPECT_FALSE(is_accessible(*access, layout, config));
  EXPECT_FALSE(disable_clocks(*access, layout)) << "once too often";
}

// "iommu/arm-smmu: Use pm_runtime in fault handlers" (2026-03-13).
TEST_F(LegacyPower, AnUnclockedAccessIsToldAndDoesNothing) {
  const std::int32_t before = read("sCR0");
  ASSERT_TRUE(disable_clocks(*access, layout));
  EXPECT_EQ(write("sCR0", cr0::kClientpd), WriteOutcome::kUnclocked);
  EXPECT_TRUE(events.unclocked);
  EXPECT_TRUE(assumed(Assumption::kUnclockedAccess));
  EXPECT_EQ(read("sCR0"), 0);
  EXPECT_TRUE(events.unclocked);
  enable_clocks(*access, layout);
  EXPECT_EQ(read("sCR0"), before);
  EXPECT_FALSE(events.unclocked);
}

TEST_F(LegacyPower, WithoutPowerAnAccessIsToldToo) {
  configure({.retains_state = true});
  power_off(*access, layout, config, events);
  read("sCR0");
  EXPECT_TRUE(events.unclocked);
}

// Linux v6.18: num_clks == 0.
TEST_F(LegacyPower, WithoutClocksToSwitchItIsNeverUnclocked) {
  configure({.clocks = false});
  ASSERT_TRUE(disable_clocks(*access, layout));
  EXPECT_TRUE(is_accessible(*access, layout, config));
}

TEST_F(LegacyPower, WithoutAPowerDomainItAlwaysHasPower) {
  configure({.power_domain = false});
  power_off(*access, layout, config, events);
  EXPECT_TRUE(is_accessible(*access, layout, config));
  power_on(*access, layout, config, events);
  EXPECT_TRUE(is_accessible(*access, layout, config));
}

// Linux v6.18 arm_smmu_runtime_suspend(): sCR0.CLIENTPD stays 0, nothing is drained.
TEST_F(LegacyPower, WhileClocksAreOffAccessesWaitAndSyncsStandStill) {
  write("sTLBGSYNC", 0);
  issue();
  warm();
  ASSERT_TRUE(disable_clocks(*access, layout));
  for (const TransitionKind kind : {TransitionKind::kDecides, TransitionKind::kSyncCompletes,
                                    TransitionKind::kWalks, TransitionKind::kDropsTranslation}) {
    EXPECT_FALSE(can(kind));
  }
  EXPECT_EQ(met_on_arrival(*access, layout, config, kSid), Meets::kNothing);
  enable_clocks(*access, layout);
  EXPECT_TRUE(can(TransitionKind::kDecides));
  EXPECT_TRUE(can(TransitionKind::kSyncCompletes));
}

TEST_F(LegacyPower, WithoutClocksNothingIsWalked) {
  EXPECT_TRUE(can(TransitionKind::kWalks));
  ASSERT_TRUE(disable_clocks(*access, layout));
  EXPECT_FALSE(can(TransitionKind::kWalks));
}

TEST_F(LegacyPower, WhatWasDecidedBeforeLandsAllTheSame) {
  access_page();
  ASSERT_TRUE(disable_clocks(*access, layout));
  EXPECT_TRUE(can(TransitionKind::kLands));
}

// Linux v6.18 arm_smmu_device_shutdown(): CLIENTPD, then the clocks.
TEST_F(LegacyPower, AfterShutdownAccessesPassWithoutClocksUnlessTheKnobSaysThatTheyWait) {
  write("sCR0", cr0::kClientpd);
  ASSERT_TRUE(disable_clocks(*access, layout));
  EXPECT_EQ(access_page().by, Bypass::kClientpd);
  EXPECT_TRUE(assumed(Assumption::kTrafficWhileOff));
  configure({.off_traffic = OffTraffic::kWaits});
  write("sCR0", cr0::kClientpd);
  ASSERT_TRUE(disable_clocks(*access, layout));
  issue();
  EXPECT_FALSE(can(TransitionKind::kDecides));
}

// Linux v6.18 arm_smmu_runtime_resume() writes every register anew; until the last write CLIENTPD is 1.
TEST_F(LegacyPower, StateThatIsLostComesBackAsAfterReset) {
  warm();
  power_off(*access, layout, config, events);
  EXPECT_TRUE(assumed(Assumption::kPowerLoss));
  power_on(*access, layout, config, events);
  EXPECT_EQ(read("sCR0"), 0x00200001);
  EXPECT_EQ(read("SMR"), 0);
  EXPECT_EQ(access_page().by, Bypass::kClientpd);
  EXPECT_FALSE(can(TransitionKind::kDropsTranslation)) << "the TLB is empty";
}

TEST_F(LegacyPower, StateThatIsRetainedIsThereAgain) {
  configure({.retains_state = true});
  warm();
  const std::int32_t before = read("sCR0");
  power_off(*access, layout, config, events);
  EXPECT_TRUE(assumed(Assumption::kPowerLoss));
  power_on(*access, layout, config, events);
  EXPECT_EQ(read("sCR0"), before);
  EXPECT_TRUE(can(TransitionKind::kDropsTranslation));
}

TEST_F(LegacyPower, AStalledAccessIsAbortedWithThePower) {
  write("SCTLR", kUsualSctlr | sctlr::kCfcfg);
  set(pte, 0);
  access_page();
  power_off(*access, layout, config, events);
  EXPECT_EQ(flight().stage, Flight::Stage::kTerminated);
}

TEST_F(LegacyPower, WithoutPowerNoInterruptIsAsserted) {
  configure({.retains_state = true});
  set(pte, 0);
  access_page();
  access_page(false, 0, 1);
  const std::uint32_t both = bit_of(kGlobalLine) | bit_of(line_of_bank(0));
  events = {};
  power_off(*access, layout, config, events);
  EXPECT_EQ(events.lowered, both);
  EXPECT_FALSE(asserted(kGlobalLine));
  power_on(*access, layout, config, events);
  EXPECT_EQ(events.raised, both) << "what was not handled is told again";
}

// "iommu/arm-smmu: Use pm_runtime in fault handlers": the interrupt of a fault may come with the clocks off.
TEST_F(LegacyPower, WithoutClocksAnInterruptStaysAsserted) {
  set(pte, 0);
  access_page();
  ASSERT_TRUE(disable_clocks(*access, layout));
  EXPECT_TRUE(asserted(line_of_bank(0)));
}

TEST_F(LegacyPower, WhatASyncHadToWaitForIsForgottenWithThePower) {
  access_page();
  write("TLBIASID", asid_of(0));
  write("sTLBGSYNC", 0);
  power_off(*access, layout, config, events);
  power_on(*access, layout, config, events);
  EXPECT_EQ(read("sTLBGSTATUS"), 0);
  EXPECT_EQ(flight().invalidated, Invalidated::kNot);
}

}  // namespace
}  // namespace quiesce::hwmodel::v2::v2_power_test
