// The legacy SMMU's TLB: invalidations, TLB syncs and what they wait for.
// Spec: IHI 0062D.c, sections at each test.
#include "v2_fixture.hpp"

namespace quiesce::hwmodel::v2::v2_tlb_test {
namespace {

using LegacyTlb = LegacySmmu;

// 5.4.2.
TEST_F(LegacyTlb, AStaleTranslationIsUsedUntilTheSyncCompletes) {
  warm();
  set(pte, 0);
  write("TLBIVA", tlbi_va(0, asid_of(0)));
  write("TLBSYNC", 0);
  EXPECT_EQ(access_page().frame, kFrame) << "the TLBI is written, and not complete";
  EXPECT_EQ(read("TLBSTATUS"), kActive);
  EXPECT_FALSE(can(TransitionKind::kSyncCompletes, 1)) << "it waits for the access";
  EXPECT_TRUE(is_urgent(bytes.data(), layout, config, {TransitionKind::kLands, 0}));
  fire_one(TransitionKind::kLands);
  fire_one(TransitionKind::kSyncCompletes, 1);
  EXPECT_EQ(read("TLBSTATUS"), 0);
  access_page();
  EXPECT_EQ(read("FSR"), fsr::kTf);
}

TEST_F(LegacyTlb, WithoutASyncAnInvalidationProvesNothing) {
  warm();
  set(pte, 0);
  write("TLBIVA", tlbi_va(0, asid_of(0)));
  EXPECT_EQ(access_page().frame, kFrame);
}

TEST_F(LegacyTlb, TheSyncWaitsForAnAccessThatUsedTheEntryBeforeTheInvalidation) {
  access_page();
  write("TLBIASID", asid_of(0));
  write("sTLBGSYNC", 0);
  EXPECT_FALSE(can(TransitionKind::kSyncCompletes, 0));
  fire_one(TransitionKind::kLands);
  EXPECT_TRUE(can(TransitionKind::kSyncCompletes, 0));
}

// 2.5: "initiated before the most recent write to SMMU_sTLBGSYNC".
TEST_F(LegacyTlb, ASyncCoversNoInvalidationThatIsWrittenAfterIt) {
  access_page();
  write("sTLBGSYNC", 0);
  write("TLBIASID", asid_of(0));
  EXPECT_TRUE(can(TransitionKind::kSyncCompletes, 0));
  fire_one(TransitionKind::kSyncCompletes, 0);
  fire_one(TransitionKind::kLands);
  set(pte, 0);
  EXPECT_EQ(access_page().frame, kFrame) << "the entry is still there";
  write("sTLBGSYNC", 0);
  EXPECT_FALSE(can(TransitionKind::kSyncCompletes, 0)) << "the next one covers it";
}

TEST_F(LegacyTlb, ASyncOfABankIsAboutItAlone) {
  access_page();
  write("TLBIASID", asid_of(0));
  write("TLBSYNC", 0, 1);
  EXPECT_EQ(read("TLBSTATUS", 0), 0);
  EXPECT_EQ(flight().invalidated, Invalidated::kInBank);
  EXPECT_TRUE(can(TransitionKind::kSyncCompletes, 2)) << "bank 1 has nothing to wait for";
  write("TLBSYNC", 0, 0);
  EXPECT_FALSE(can(TransitionKind::kSyncCompletes, 1));
  EXPECT_TRUE(can(TransitionKind::kSyncCompletes, 2));
}

TEST_F(LegacyTlb, WhatASyncOfABankCompletesIsOfThatBank) {
  const auto entry = [&](std::size_t bank) {
    return unpack_entry(access->get(layout.traffic.entries[layout.traffic.entry_number(bank, 0)]));
  };
  warm();
  write("TLBIASID", asid_of(0), 0);
  write("TLBIASID", asid_of(1), 1);
  write("TLBSYNC", 0, 0);
  EXPECT_EQ(entry(0).invalidated, Invalidated::kSynced);
  EXPECT_EQ(entry(1).invalidated, Invalidated::kInBank);
  write("TLBSYNC", 0, 1);
  fire_one(TransitionKind::kSyncCompletes, 1);
  EXPECT_EQ(entry(0).frame, 0);
  EXPECT_EQ(entry(1).invalidated, Invalidated::kSynced);
  fire_one(TransitionKind::kSyncCompletes, 2);
  EXPECT_EQ(entry(1).frame, 0);
}

// 5.4.2: "only ensures the completion of a TLB maintenance operation accepted in that translation context
// bank".
TEST_F(LegacyTlb, ASyncOfABankIsNotAboutGlobalInvalidations) {
  access_page();
  write("TLBIALLNSNH", 0);
  EXPECT_EQ(flight().invalidated, Invalidated::kGlobally);
  write("TLBSYNC", 0);
  EXPECT_TRUE(can(TransitionKind::kSyncCompletes, 1));
  write("sTLBGSYNC", 0);
  EXPECT_FALSE(can(TransitionKind::kSyncCompletes, 0));
}

TEST_F(LegacyTlb, AnotherInvalidationTakesNothingBack) {
  access_page();
  write("TLBIASID", asid_of(0));
  write("TLBIALLNSNH", 0);
  EXPECT_EQ(flight().invalidated, Invalidated::kInBank);
  write("TLBSYNC", 0);
  write("TLBIASID", asid_of(0));
  fire_one(TransitionKind::kLands);
  fire_one(TransitionKind::kSyncCompletes, 1);
  set(pte, 0);
  access_page();
  EXPECT_EQ(read("FSR"), fsr::kTf) << "the entry went with the first one's sync";
}

TEST_F(LegacyTlb, InvalidationsNameTheirEntries) {
  const auto used_after = [&](const char* reg, std::int32_t value, std::int32_t stage, std::size_t by = 0) {
    configure({});
    write("CBAR", stage << 16, 0);
    access_page();
    write(reg, value, by);
    return flight().invalidated != Invalidated::kNot;
  };
  EXPECT_TRUE(used_after("TLBIALLNSNH", 0, cbar::kStage1));
  EXPECT_FALSE(used_after("TLBIALLH", 0, cbar::kStage1));
  EXPECT_TRUE(used_after("TLBIASID", asid_of(0), cbar::kStage1));
  EXPECT_FALSE(used_after("TLBIASID", asid_of(1), cbar::kStage1));
  EXPECT_FALSE(used_after("TLBIASID", asid_of(0), cbar::kStage2));
  EXPECT_FALSE(used_after("TLBIASID", asid_of(0), cbar::kStage1, 1)) << "by another bank";
  EXPECT_FALSE(used_after("TLBIVA", tlbi_va(0, asid_of(1)), cbar::kStage1)) << "another ASID";
  EXPECT_TRUE(used_after("TLBIVAL", tlbi_va(0, asid_of(0)), cbar::kStage1));
  EXPECT_FALSE(used_after("TLBIVAL", tlbi_va(1, asid_of(0)), cbar::kStage1)) << "another page";
  EXPECT_TRUE(used_after("TLBIIPAS2", 0, cbar::kStage2));
  EXPECT_TRUE(used_after("TLBIIPAS2L", 0, cbar::kStage2));
  EXPECT_FALSE(used_after("TLBIIPAS2", 1, cbar::kStage2)) << "another page";
  EXPECT_FALSE(used_after("TLBIIPAS2", 0, cbar::kStage1));
  EXPECT_FALSE(used_after("TLBIIPAS2", 0, cbar::kStage2, 1)) << "by another bank";
  EXPECT_TRUE(used_after("TLBIVMID", vmid_of(0), cbar::kStage2));
  EXPECT_FALSE(used_after("TLBIVMID", vmid_of(1), cbar::kStage2));
  EXPECT_TRUE(used_after("TLBIVMID", 0, cbar::kStage1)) << "stage 1 banks have VMID 0";
}

TEST_F(LegacyTlb, EntriesAreThoseOfTheirBank) {
  warm();
  write("S2CR", s2cr::translate_to(1));
  EXPECT_EQ(access_page().frame, kFrame + 2) << "the other bank's table";
}

TEST_F(LegacyTlb, ATbuThatLosesPowerEndsAllSyncs) {
  configure({.tlb_sync = TlbSync::kMayHang});
  write("sTLBGSYNC", 0);
  EXPECT_TRUE(can(TransitionKind::kSyncCompletes, 0));
  fire_one(TransitionKind::kTbuDies);
  EXPECT_TRUE(assumed(Assumption::kDeadTbu));
  EXPECT_FALSE(can(TransitionKind::kSyncCompletes, 0));
  EXPECT_TRUE(is_environment(TransitionKind::kTbuDies));
}

TEST_F(LegacyTlb, WhatWaitsTellsWhatThatRestsOn) {
  const auto assumed_now = [&] { return assumed_by_what_waits(*access, layout, config); };
  access_page();
  write("sTLBGSYNC", 0);
  EXPECT_EQ(assumed_now(), 0U);
  fire_one(TransitionKind::kLands);
  issue();
  EXPECT_EQ(assumed_now(), 0U) << "it waits for a walk";
  ASSERT_TRUE(disable_clocks(*access, layout));
  EXPECT_EQ(assumed_now(), bit_of(Assumption::kTrafficWhileOff));
  configure({.tlb_sync = TlbSync::kNever});
  write("TLBSYNC", 0, 1);
  EXPECT_EQ(assumed_now(), bit_of(Assumption::kDeadTbu));
}

TEST_F(LegacyTlb, WithClientpdTheSyncCompletes) {
  write("sCR0", cr0::kClientpd);
  write("TLBIALLNSNH", 0);
  write("sTLBGSYNC", 0);
  EXPECT_TRUE(can(TransitionKind::kSyncCompletes, 0));
}

}  // namespace
}  // namespace quiesce::hwmodel::v2::v2_tlb_test
