// Streams: copies of structures and translations, and transactions on their way.
// Spec: IHI 0070G.b, sections at each test.
#include "stream_fixture.hpp"

namespace quiesce::hwmodel::v3::streams_test {
namespace {

TEST_F(OneStream, ATransactionIsIssuedDecidedAndLands) {
  const Flight decided = access_page();
  EXPECT_EQ(decided.stage, Flight::Stage::kDecided);
  EXPECT_FALSE(decided.bypass);
  fire_one(TransitionKind::kLands);
  EXPECT_TRUE(events.landed);
  EXPECT_EQ(events.frame, kFrame);
  EXPECT_EQ(flight(), Flight());
}

TEST_F(OneStream, ADeviceThatIsOffIssuesNothing) {
  set(on, 0);
  EXPECT_FALSE(can(TransitionKind::kIssues));
}

TEST_F(OneStream, OneThatIsOnItsWayLandsThoughTheDeviceIsOffNow) {
  access_page();
  EXPECT_FALSE(owes_traffic(bytes.data(), layout));
  set(on, 0);
  EXPECT_TRUE(can(TransitionKind::kLands));
  EXPECT_TRUE(owes_traffic(bytes.data(), layout)) << "a stopped device owes the rest";
  EXPECT_FALSE(is_urgent(bytes.data(), layout, commands, {TransitionKind::kLands, 0}))
      << "it may take any time";
  fire_one(TransitionKind::kLands);
  EXPECT_FALSE(owes_traffic(bytes.data(), layout));
}

// Spec: 3.21.3. The SMMU needs every unit that decides before it decides.
TEST_F(OneStream, NothingIsDecidedBeforeStructuresWereFetched) {
  issue();
  EXPECT_FALSE(can(TransitionKind::kDecides));
  warm();
  EXPECT_TRUE(can(TransitionKind::kDecides));
}

// Spec: 3.21.3: an invalid entry is copied too, and counts until it is invalidated.
TEST_F(OneStream, ACopyOfAnInvalidEntryOutlivesTheEntry) {
  set(ste_v, 0);
  warm();
  set(ste_v, 1);
  const std::int32_t before = read("EVENTQ_PROD");
  issue();
  fire_one(TransitionKind::kDecides);
  EXPECT_EQ(flight(), Flight()) << "C_BAD_STE";
  EXPECT_NE(read("EVENTQ_PROD"), before);
}

TEST_F(OneStream, AfterCfgiAndSyncTheNewEntryCounts) {
  set(ste_v, 0);
  warm();
  set(ste_v, 1);
  submit({cfgi, sync});
  while (can(TransitionKind::kCmdqFetch) || can(TransitionKind::kCmdqExecute)) run_commands();
  EXPECT_EQ(access_page().stage, Flight::Stage::kDecided);
}

// Spec: 4.4, 4.7.3.
TEST_F(OneStream, AStaleTranslationIsUsedUntilSyncCompletes) {
  warm();
  set(pte, 0);
  submit({tlbi, sync});
  run_commands();
  EXPECT_EQ(access_page().stage, Flight::Stage::kDecided) << "the TLBI is consumed, and not complete";
  fire_one(TransitionKind::kCmdqFetch);
  EXPECT_FALSE(can(TransitionKind::kCmdqExecute)) << "CMD_SYNC waits for it";
  fire_one(TransitionKind::kLands);
  fire_one(TransitionKind::kCmdqExecute);
  issue();
  warm();
  fire_one(TransitionKind::kDecides);
  EXPECT_EQ(flight(), Flight()) << "F_TRANSLATION";
}

TEST_F(OneStream, ATlbiOfAnotherPageLeavesTheEntry) {
  warm();
  set(pte, 0);
  submit({other_tlbi, sync});
  for (int i = 0; i < 2; ++i) run_commands();
  EXPECT_EQ(access_page().stage, Flight::Stage::kDecided);
}

// Spec: 4.7.3, 3.21.1: transactions that used what was invalidated are observable when CMD_SYNC completes.
TEST_F(OneStream, SyncWaitsForATransactionThatUsedTheEntry) {
  access_page();
  submit({tlbi, sync});
  run_commands();
  EXPECT_FALSE(is_urgent(bytes.data(), layout, commands, {TransitionKind::kLands, 0})) << "nobody waits";
  fire_one(TransitionKind::kCmdqFetch);
  EXPECT_FALSE(can(TransitionKind::kCmdqExecute));
  EXPECT_TRUE(is_urgent(bytes.data(), layout, commands, {TransitionKind::kLands, 0}));
  fire_one(TransitionKind::kLands);
  EXPECT_TRUE(can(TransitionKind::kCmdqExecute));
}

TEST_F(OneStream, SyncWaitsForNoTransactionThatUsedAnotherEntry) {
  access_page(1);
  submit({tlbi, sync});
  run_commands();
  fire_one(TransitionKind::kCmdqFetch);
  EXPECT_TRUE(can(TransitionKind::kCmdqExecute));
}

// Spec: 4.7.3 guarantees nothing about what no invalidation named.
TEST_F(OneStream, SyncAloneWaitsForNoTransaction) {
  access_page();
  submit({sync});
  fire_one(TransitionKind::kCmdqFetch);
  EXPECT_TRUE(can(TransitionKind::kCmdqExecute));
}

// Spec: 4.3.1: a stream's entry, and what was decided by it.
TEST_F(OneStream, SyncAfterCfgiWaitsForTheStreamsTransaction) {
  access_page(1);
  submit({cfgi, sync});
  run_commands();
  fire_one(TransitionKind::kCmdqFetch);
  EXPECT_FALSE(can(TransitionKind::kCmdqExecute));
}

// Spec: 4.7.3: only what used the entries that the invalidation names.
TEST_F(OneStream, SyncAfterCfgiCdWaitsForItsDescriptorAlone) {
  const std::uint8_t other_cd = commands.intern({.opcode = Opcode::kCfgiCd, .stream = 0, .ssid = 1});
  access_page(1);
  submit({other_cd, sync, cfgi_cd, sync});
  for (int i = 0; i < 3; ++i) run_commands();
  fire_one(TransitionKind::kCmdqFetch);
  EXPECT_FALSE(can(TransitionKind::kCmdqExecute)) << "the first CMD_SYNC did not wait, the second does";
}

TEST_F(OneStream, SyncAfterCfgiCdWaitsForNoTransactionWithoutADescriptor) {
  set(ste_config, kSteBypass);
  ASSERT_TRUE(access_page().bypass);
  submit({cfgi_cd, sync});
  run_commands();
  fire_one(TransitionKind::kCmdqFetch);
  EXPECT_TRUE(can(TransitionKind::kCmdqExecute));
}

TEST_F(OneStream, ACommandForAStreamOfAnotherSmmuDoesNothing) {
  const std::uint8_t nobody = commands.intern({.opcode = Opcode::kCfgiSte, .stream = kNobody});
  const std::uint8_t elsewhere = commands.intern({.opcode = Opcode::kCfgiSte, .stream = 0, .smmu = 1});
  warm();
  set(ste_v, 0);
  submit({nobody, elsewhere, sync});
  run_queue();
  EXPECT_EQ(access_page().stage, Flight::Stage::kDecided) << "by the copy";
}

// Spec: 5.4.1.1.
TEST_F(OneStream, Epd0StopsWalksAndNoHits) {
  warm();
  set(cd_epd0, 1);
  submit({cfgi_cd, sync});
  for (int i = 0; i < 2; ++i) run_commands();
  EXPECT_EQ(access_page().stage, Flight::Stage::kDecided) << "a warm TLB translates";
  fire_one(TransitionKind::kLands);
  submit({tlbi, sync});
  for (int i = 0; i < 2; ++i) run_commands();
  issue();
  warm();
  fire_one(TransitionKind::kDecides);
  EXPECT_EQ(flight(), Flight()) << "a cold one does not";
}

// Spec: 3.17, 5.4.1: entries carry the ASID, and no address of a table.
TEST_F(OneStream, AnEntryOutlivesTheTableThatItCameFrom) {
  warm();
  set(ttb0, 0);
  submit({cfgi_cd, sync});
  for (int i = 0; i < 2; ++i) run_commands();
  EXPECT_EQ(access_page().frame, kFrame);
}

// Spec: 4.3: copies go at any time, unless the model is told that they stay.
TEST_F(OneStream, CopiesAreDroppedAtAnyTimeIfEvictionsAreModelled) {
  warm();
  EXPECT_TRUE(can(TransitionKind::kDropsStructure));
  EXPECT_TRUE(can(TransitionKind::kDropsTranslation));
  set_up({.evictions = false});
  warm();
  EXPECT_FALSE(can(TransitionKind::kDropsStructure));
  EXPECT_FALSE(can(TransitionKind::kDropsTranslation));
}

// Spec: 4.3, 4.4: an invalidation may take effect before its CMD_SYNC.
TEST_F(OneStream, WhatWasInvalidatedMayGoBeforeTheCmdSync) {
  set_up({.evictions = false});
  warm();
  submit({tlbi, cfgi, sync});
  for (int i = 0; i < 2; ++i) run_commands();
  EXPECT_TRUE(can(TransitionKind::kDropsStructure));
  EXPECT_TRUE(can(TransitionKind::kDropsTranslation));
}

// Spec: 4.7.3: between two CMD_SYNCs invalidations have no order among themselves, and what one has not
// reached yet can bring back what the other took.
TEST_F(OneStream, AStaleDescriptorRefillsTheTlbBeforeTheCmdSync) {
  set_up({.evictions = false});
  warm();
  set(ttb0, 0);
  submit({cfgi_cd, tlbi, sync});
  for (int i = 0; i < 2; ++i) run_commands();
  fire_one(TransitionKind::kDropsTranslation);
  fire_one(TransitionKind::kWalks);
  run_queue();
  EXPECT_EQ(access_page().frame, kFrame) << "with a CMD_SYNC behind the CFGI_CD nothing is left";
}

// Spec: 3.11, 6.3.9.6.
TEST_F(OneStream, AnAccessThatArrivesAfterSmmuenIsGonePassesUntranslated) {
  static_cast<void>(write("CR0", kCmdqen | kEventqen));
  fire_one(TransitionKind::kCr0TakesEffect, 0);
  EXPECT_FALSE(can(TransitionKind::kCr0Acknowledges, 0)) << "the stream still translates";
  fire_one(TransitionKind::kStreamFollows, 0);
  EXPECT_TRUE(can(TransitionKind::kCr0Acknowledges, 0));
  issue();
  fire_one(TransitionKind::kDecides);
  EXPECT_TRUE(flight().bypass);
  fire_one(TransitionKind::kLands);
  EXPECT_TRUE(events.by_gbpa);
  EXPECT_EQ(events.frame, 0);
}

TEST_F(OneStream, TheAcknowledgementSaysNothingAboutWhatWasDecidedBefore) {
  access_page();
  static_cast<void>(write("CR0", 0));
  while (read("CR0ACK") != 0) {
    for (const HwTransition t : enabled()) {
      if (t.kind > TransitionKind::kCr0Acknowledges && t.kind != TransitionKind::kStreamFollows) continue;
      fire_one(t.kind, t.field);
      break;
    }
  }
  EXPECT_TRUE(can(TransitionKind::kLands));
}

// Spec: 6.3.9.6, 3.11: nothing is invalidated, and nothing is fetched any more.
TEST_F(OneStream, CopiesOutliveSmmuen) {
  warm();
  static_cast<void>(write("CR0", 0));
  fire_one(TransitionKind::kCr0TakesEffect, 0);
  fire_one(TransitionKind::kStreamFollows, 0);
  set(pte, 0);
  static_cast<void>(write("CR0", 0));
  static_cast<void>(write("CR0", kSmmuen));
  fire_one(TransitionKind::kCr0TakesEffect, 0);
  fire_one(TransitionKind::kStreamFollows, 0);
  EXPECT_EQ(access_page().frame, kFrame);
}

// Spec: 4.7.1, 4.7.2, 6.3.1 STALL_MODEL.
TEST_F(OneStream, ResumeIsNoCommandWhereFaultsTerminate) {
  submit({commands.intern({.opcode = Opcode::kResume, .stream = 0})});
  fire_one(TransitionKind::kCmdqFetch);
  EXPECT_EQ(read("CMDQ_CONS") >> 24, 1) << "CERROR_ILL";
}

TEST_F(OneStream, EveryTransitionKeepsToItsFootprint) {
  submit({tlbi, cfgi, sync});
  expect_footprints(3000);
}

}  // namespace
}  // namespace quiesce::hwmodel::v3::streams_test
