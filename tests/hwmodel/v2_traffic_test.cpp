// The legacy SMMU's transactions and walks. Spec: IHI 0062D.c, sections at each test.
#include <set>

#include "v2_fixture.hpp"

namespace quiesce::hwmodel::v2::v2_traffic_test {
namespace {

using LegacyTraffic = LegacySmmu;

TEST_F(LegacyTraffic, ATransactionIsIssuedDecidedAndLands) {
  const Flight decided = access_page();
  EXPECT_EQ(decided.stage, Flight::Stage::kDecided);
  EXPECT_EQ(decided.by, Bypass::kNone);
  EXPECT_TRUE(assumed(Assumption::kWritesAtOnce));
  fire_one(TransitionKind::kLands);
  EXPECT_TRUE(events.landed);
  EXPECT_EQ(events.frame, kFrame);
  EXPECT_EQ(flight(), Flight());
}

TEST_F(LegacyTraffic, ReadsAndWritesAreToldApart) {
  EXPECT_TRUE(access_page(true).write);
  fire_one(TransitionKind::kLands);
  EXPECT_FALSE(access_page().write);
  fire_one(TransitionKind::kLands);
  layout.traffic.sources[0].direction = Direction::kReads;
  EXPECT_FALSE(can(TransitionKind::kIssuesWrite));
  EXPECT_TRUE(can(TransitionKind::kIssuesRead));
  layout.traffic.sources[0].direction = Direction::kWrites;
  EXPECT_FALSE(can(TransitionKind::kIssuesRead));
}

TEST_F(LegacyTraffic, ADeviceThatIsOffIssuesNothingAndOwesTheRest) {
  access_page();
  EXPECT_FALSE(owes_traffic(bytes.data(), layout, config));
  set(on, 0);
  EXPECT_TRUE(owes_traffic(bytes.data(), layout, config));
  EXPECT_FALSE(is_urgent(bytes.data(), layout, config, {TransitionKind::kLands, 0}))
      << "it may take any time";
  fire_one(TransitionKind::kLands);
  EXPECT_FALSE(can(TransitionKind::kIssuesRead));
}

TEST_F(LegacyTraffic, ADeviceThatIsNotEnabledIssuesNothingEither) {
  layout.traffic.sources[0].enabled.constant = 0;
  EXPECT_FALSE(can(TransitionKind::kIssuesRead));
}

TEST_F(LegacyTraffic, ASecondMessageFollowsTheFirst) {
  send(*access, layout, config, 0);
  send(*access, layout, config, 0);
  warm();
  fire_one(TransitionKind::kDecides);
  fire_one(TransitionKind::kLands);
  EXPECT_EQ(flight().stage, Flight::Stage::kIssued);
  EXPECT_TRUE(flight().write);
  EXPECT_FALSE(flight().again);
}

TEST_F(LegacyTraffic, WithoutStreamMatchingTheStreamIdIsTheGroup) {
  configure({.stream_matching = false});
  layout.traffic.sources[0].sid = 1;
  write("S2CR", s2cr::kBypass << 16, 1);
  EXPECT_EQ(access_page().by, Bypass::kS2cr);
  fire_one(TransitionKind::kLands);
  layout.traffic.sources[0].sid = 2;
  access_page();
  EXPECT_EQ(read("sGFSR"), gfsr::kUsf) << "beyond the groups";
}

// 2.1.1.
TEST_F(LegacyTraffic, OfSeveralGroupsThatMatchNoneIsUsed) {
  map(1, kSid, s2cr::kBypass << 16);
  access_page();
  EXPECT_EQ(read("sGFSR"), gfsr::kSmcf) << "MMU-500's SMCFCFG is 1";
  configure({.mmu500 = false});
  write("sCR0", read("sCR0") & ~cr0::kSmcfcfg);
  map(1, kSid, s2cr::translate_to(0));
  EXPECT_EQ(access_page().by, Bypass::kConflict);
}

// 16.5 SMMU_CBn_TCR.
TEST_F(LegacyTraffic, Epd0StopsWalksAndNoHits) {
  warm();
  write("TCR", kEpd0);
  EXPECT_EQ(access_page().frame, kFrame);
  fire_one(TransitionKind::kLands);
  fire_one(TransitionKind::kDropsTranslation);
  access_page();
  EXPECT_EQ(read("FSR"), fsr::kTf);
}

TEST_F(LegacyTraffic, AWalkThatWouldSucceedComesBeforeTheDecision) {
  issue();
  EXPECT_FALSE(can(TransitionKind::kDecides));
  EXPECT_TRUE(can(TransitionKind::kWalks));
  fire_one(TransitionKind::kWalks);
  EXPECT_TRUE(can(TransitionKind::kDecides));
  EXPECT_FALSE(can(TransitionKind::kWalks)) << "the TLB has it";
}

// 2.5.1, 5.1.
TEST_F(LegacyTraffic, EnabledBanksAreWalkedForAtAnyTime) {
  write("S2CR", s2cr::kBypass << 16);
  EXPECT_TRUE(can(TransitionKind::kWalks)) << "though no stream is mapped to it";
  write("SCTLR", 0);
  EXPECT_FALSE(can(TransitionKind::kWalks));
}

TEST_F(LegacyTraffic, OnlyPagesThatSomeDeviceAccessesAreWalkedFor) {
  EXPECT_EQ(layout.traffic.walks.size(), 4U) << "two pages in two banks";
  base::LayoutBuilder other;
  Traffic fewer;
  fewer.tables = layout.traffic.tables;
  fewer.sources = {layout.traffic.sources[0]};
  fewer.sources[0].first_page = 1;
  fewer.sources[0].pages = 1;
  lay_out_traffic(other, fewer, config.context_banks);
  EXPECT_EQ(fewer.walks, (std::vector<std::uint16_t>{1, 3}));
}

TEST_F(LegacyTraffic, EntriesAreDroppedAtAnyTimeIfEvictionsAreModelled) {
  warm();
  EXPECT_TRUE(can(TransitionKind::kDropsTranslation));
  configure({.evictions = false});
  warm();
  EXPECT_FALSE(can(TransitionKind::kDropsTranslation));
}

TEST_F(LegacyTraffic, EveryTransitionKeepsToItsFootprintAndHasAName) {
  configure({.tlb_sync = TlbSync::kMayHang});
  write("SCTLR", kUsualSctlr | sctlr::kCfcfg);
  write("TLBIASID", asid_of(0));
  write("sTLBGSYNC", 0);
  std::vector<std::vector<std::byte>> open{bytes};
  std::set<std::vector<std::byte>> seen{bytes};
  std::set<TransitionKind> kinds;
  while (!open.empty() && seen.size() < 3000) {
    const std::vector<std::byte> before = open.back();
    open.pop_back();
    bytes = before;
    for (const HwTransition t : enabled()) {
      bytes = before;
      base::Footprint recorded;
      access.emplace(bytes.data(), undo, &recorded);
      fire_one(t.kind, t.field);
      kinds.insert(t.kind);
      EXPECT_TRUE(all_within(recorded, footprint(layout, config, t.kind))) << describe(layout, t);
      EXPECT_EQ(describe(layout, t).find('?'), std::string::npos);
      EXPECT_EQ(decode_transition(encode(t)), t);
      if (seen.insert(bytes).second) open.push_back(bytes);
    }
  }
  EXPECT_GT(seen.size(), 500U);
  EXPECT_EQ(kinds.size(), 8U) << "all but that a stalled access is answered";
}

}  // namespace
}  // namespace quiesce::hwmodel::v2::v2_traffic_test
