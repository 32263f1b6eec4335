// What a legacy SMMU is known to do, from ends that kernel developers see: T38L to T42L.
#include "v2_fixture.hpp"

namespace quiesce::hwmodel::v2::v2_oracles_test {
namespace {

class LegacyOracle : public LegacySmmu {};

// IHI 0062D.c, 2.1.1; Linux v6.18 arm-smmu.c arm_smmu_device_shutdown().
TEST_F(LegacyOracle, T38L_WithClientpdAStreamOfTypeFaultPasses) {
  write("S2CR", s2cr::kFault << 16);
  write("sCR0", cr0::kClientpd);
  EXPECT_EQ(access_page(true).by, Bypass::kClientpd);
  fire_one(TransitionKind::kLands);
  EXPECT_TRUE(events.landed);
  EXPECT_EQ(events.frame, 0) << "its address is the physical one";
  EXPECT_EQ(read("sGFSR"), 0);
  EXPECT_EQ(met_on_arrival(*access, layout, config, kSid), Meets::kBypass);
}

// Linux v6.18 arm-smmu.c arm_smmu_global_fault(): "Blocked unknown Stream ID 0x429".
TEST_F(LegacyOracle, T39L_UnknownStreamsAreBlockedAndReportedWithUsfcfg) {
  write("SMR", 0);
  EXPECT_EQ(met_on_arrival(*access, layout, config, kSid), Meets::kFault);
  access_page(true);
  EXPECT_EQ(access_page(true), Flight()) << "it is over, and never lands";
  EXPECT_EQ(answer_now(), Answer::kAbort);
  EXPECT_EQ(read("sGFSR"), static_cast<std::int32_t>(0x80000002));
  EXPECT_EQ(read("sGFSYNR0"), 0x2);
  EXPECT_EQ(read("sGFSYNR1"), 0x429);
}

TEST_F(LegacyOracle, T39L_UnknownStreamsPassWithoutUsfcfg) {
  write("SMR", 0);
  write("sCR0", read("sCR0") & ~cr0::kUsfcfg);
  EXPECT_EQ(access_page(true).by, Bypass::kUnmatched);
  EXPECT_EQ(read("sGFSR"), 0);
}

// Linux v6.18 arm-smmu.c arm_smmu_destroy_domain_context(): SCTLR := 0, while S2CR names the bank.
TEST_F(LegacyOracle, T40L_ABankWithSctlr0PassesOneToOne) {
  EXPECT_EQ(met_on_arrival(*access, layout, config, kSid), Meets::kTranslation);
  warm();
  write("SCTLR", 0);
  EXPECT_EQ(access_page(true).by, Bypass::kBankOff);
  fire_one(TransitionKind::kLands);
  EXPECT_EQ(events.frame, 0);
}

// Linux v6.18 arm-smmu.c __arm_smmu_tlb_sync(): 200 reads, "TLB sync timed out -- SMMU may be deadlocked".
TEST_F(LegacyOracle, T41L_WithoutPowerInATbuGsactiveStays) {
  configure({.tlb_sync = TlbSync::kNever});
  write("sTLBGSYNC", 0);
  EXPECT_TRUE(assumed(Assumption::kDeadTbu));
  warm();
  for (int i = 0; i < 200; ++i) EXPECT_EQ(read("sTLBGSTATUS"), kActive);
  EXPECT_FALSE(can(TransitionKind::kSyncCompletes, 0));
  EXPECT_TRUE(can(TransitionKind::kIssuesWrite)) << "and all else goes on";
}

// Linux v6.18 arm-smmu.c arm_smmu_runtime_suspend(); qualcomm-linux/kernel pull request 425.
TEST_F(LegacyOracle, T42L_AWriteWhileRuntimeSuspendedIsAFaultAndNotSilent) {
  ASSERT_TRUE(disable_clocks(*access, layout));
  EXPECT_EQ(write("TLBIALLNSNH", 0), WriteOutcome::kUnclocked);
  EXPECT_TRUE(events.unclocked);
  EXPECT_EQ(config.unclocked, Unclocked::kExternalAbort);
}

// Linux v6.18 arm-smmu.c arm_smmu_device_shutdown(): a device that goes on reaches memory, and nobody hears
// of it.
TEST_F(LegacyOracle, AfterShutdownLateAccessesAreSilentAndSuccessful) {
  access_page(true);
  write("sCR0", cr0::kClientpd);
  fire_one(TransitionKind::kLands);
  EXPECT_EQ(events.frame, kFrame) << "the one that was decided before";
  set(pte, 0);
  EXPECT_EQ(access_page(true).by, Bypass::kClientpd);
  EXPECT_EQ(access_page(true, 0, 1).by, Bypass::kClientpd) << "unknown streams too";
  EXPECT_EQ(read("sGFSR") | read("FSR"), 0);
}

// Linux v6.18 arm-smmu.c arm_smmu_release_device(), before any shutdown: the SMR goes while the device goes
// on.
TEST_F(LegacyOracle, AStreamWhoseSmrWasFreedIsUnknown) {
  EXPECT_EQ(access_page(true).by, Bypass::kNone);
  fire_one(TransitionKind::kLands);
  write("SMR", kSid);
  access_page(true);
  EXPECT_EQ(read("sGFSR"), gfsr::kUsf);
  EXPECT_TRUE(asserted(kGlobalLine));
}

}  // namespace
}  // namespace quiesce::hwmodel::v2::v2_oracles_test
