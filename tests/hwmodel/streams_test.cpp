// Streams: copies of structures and translations, and transactions on their way.
// Spec: IHI 0070G.b, sections at each test.
#include "smmu_fixture.hpp"

namespace quiesce::hwmodel::v3 {
namespace {

/// One device with two pages; its entry, its descriptor and its table can all be written.
class OneStream : public Smmu {
 protected:
  static constexpr std::int32_t kFrame = 7;

  Word varying(std::int32_t value) {
    const Word word{builder.add(base::Width::kU8), 0, true};
    initial.emplace_back(word.slot, value);
    return word;
  }
  static Unit unit_of(std::initializer_list<std::pair<Word, std::uint8_t>> words) {
    Unit unit;
    for (const auto& [word, bits] : words) {
      unit.words[unit.count] = word;
      unit.bits[unit.count++] = bits;
    }
    return unit;
  }
  void SetUp() override { set_up({}); }
  void set_up(const Config& wanted) {
    config = wanted;
    config.cmdq_log2size = 3;
    config.cmdq_window = 8;
    config.evtq_log2size = 1;
    builder = {};
    initial.clear();
    layout = lay_out(builder, config);
    ste_v = varying(1);
    ste_config = varying(kSteS1);
    cd_epd0 = varying(0);
    cd_s = varying(0);
    pte = varying(kFrame);
    on = varying(1);
    Streams& all = layout.streams;
    all.support.stalls = config.stalls;
    const Word yes{{}, 1, false};
    const Word zero;
    Stream stream;
    stream.ste = {unit_of({{ste_v, 1}, {ste_config, 3}, {zero, 3}}), unit_of({{zero, 2}, {zero, 2}}),
                  unit_of({{zero, 6}, {zero, 1}, {zero, 1}})};
    stream.cds.push_back(
        {{unit_of({{yes, 1}, {cd_epd0, 1}, {yes, 1}, {yes, 1}, {cd_s, 1}}), unit_of({{yes, 6}})}});
    all.streams.push_back(stream);
    all.tables.push_back({"table", {Page{pte, {}, false}, Page{{{}, kFrame + 1, false}, {}, false}}});
    Source dma;
    dma.name = "dma";
    dma.pages = 2;
    dma.on = on;
    all.sources.push_back(dma);
    lay_out_streams(builder, all);
    bytes.assign(builder.size(), std::byte{0});
    access.emplace(bytes.data(), undo);
    reset(*access, layout, config);
    enable(*access, layout, config, 0, 0);
    for (const auto& [slot, value] : initial) access->set(slot, value);
    cfgi = commands.intern({.opcode = Opcode::kCfgiSte, .stream = 0});
    cfgi_cd = commands.intern({.opcode = Opcode::kCfgiCd, .stream = 0, .ssid = 0});
    tlbi = commands.intern({.opcode = Opcode::kTlbiNhVa, .table = 0, .page = 0});
    other_tlbi = commands.intern({.opcode = Opcode::kTlbiNhVa, .table = 0, .page = 1});
    sync = commands.intern({Opcode::kSync, kSigSev, false});
  }
  void set(const Word& word, std::int32_t value) { access->set(word.slot, value); }
  [[nodiscard]] Flight flight() { return unpack_flight(access->get(layout.streams.sources[0].at)); }
  /// Fetches whatever a transaction needs.
  void warm() {
    for (bool more = true; more;) {
      more = false;
      for (const HwTransition t : enabled()) {
        if (t.kind != TransitionKind::kFetchesStructure && t.kind != TransitionKind::kWalks) continue;
        fire_one(t.kind, t.field);
        more = true;
        break;
      }
    }
  }
  void run_commands() {
    for (const TransitionKind kind : {TransitionKind::kCmdqFetch, TransitionKind::kCmdqExecute}) {
      if (can(kind)) fire_one(kind);
    }
  }
  void issue(std::uint16_t page = 0) { fire_one(TransitionKind::kIssues, page); }
  /// What becomes of an access to the page now.
  Flight access_page(std::uint16_t page = 0) {
    issue(page);
    warm();
    fire_one(TransitionKind::kDecides);
    return flight();
  }

  base::LayoutBuilder builder;
  std::vector<std::pair<base::Slot, std::int32_t>> initial;
  Word ste_v, ste_config, cd_epd0, cd_s, pte, on;
  std::uint8_t cfgi = 0;
  std::uint8_t cfgi_cd = 0;
  std::uint8_t other_tlbi = 0;
};

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
  set(on, 0);
  EXPECT_TRUE(can(TransitionKind::kLands));
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
  fire_one(TransitionKind::kLands);
  run_commands();
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
  fire_one(TransitionKind::kCmdqFetch);
  EXPECT_FALSE(can(TransitionKind::kCmdqExecute));
  EXPECT_TRUE(is_urgent(bytes.data(), layout, {TransitionKind::kLands, 0}));
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

class StallingStream : public OneStream {
 protected:
  void SetUp() override {
    set_up({.stalls = StallModel::kStallAndTerminate});
    set(cd_s, 1);
    set(pte, 0);
    resume = commands.intern({.opcode = Opcode::kResume, .stream = 0, .retries = true});
    terminate = commands.intern({.opcode = Opcode::kResume, .stream = 0});
    stall_term = commands.intern({.opcode = Opcode::kStallTerm, .stream = 0});
    issue();
    warm();
    fire_one(TransitionKind::kDecides);
  }
  void run(std::uint8_t command) {
    submit({command});
    run_commands();
  }
  std::uint8_t resume = 0;
  std::uint8_t terminate = 0;
  std::uint8_t stall_term = 0;
};

// Spec: 3.12.2, 7.2.1.
TEST_F(StallingStream, TheRecordOfAStallWaitsForRoomAndIsNotDropped) {
  EXPECT_EQ(flight().stage, Flight::Stage::kStalled);
  EXPECT_TRUE(can(TransitionKind::kRecordsStall));
  access->set(layout.eventq_prod, 2);
  EXPECT_FALSE(can(TransitionKind::kRecordsStall)) << "the queue of two entries is full";
  static_cast<void>(write("EVENTQ_CONS", 1));
  fire_one(TransitionKind::kRecordsStall);
  EXPECT_FALSE(can(TransitionKind::kRecordsStall)) << "once";
}

// Spec: 4.7.1.
TEST_F(StallingStream, ResumeTriesAgainWithWhatIsThereThen) {
  set(pte, kFrame);
  run(resume);
  EXPECT_EQ(flight().stage, Flight::Stage::kIssued);
}

TEST_F(StallingStream, ResumeTerminatesIfItSaysSo) {
  run(terminate);
  EXPECT_EQ(flight().stage, Flight::Stage::kTerminated);
  fire_one(TransitionKind::kAnswers);
  EXPECT_EQ(flight(), Flight());
}

TEST_F(StallingStream, ResumeWithoutAStalledTransactionDoesNothing) {
  run(terminate);
  fire_one(TransitionKind::kAnswers);
  run(resume);
  EXPECT_EQ(flight(), Flight());
  EXPECT_EQ(read("GERROR"), read("GERRORN"));
}

// Spec: 4.7.2.
TEST_F(StallingStream, StallTermIsUnpredictableWhileTheStreamCanStall) {
  submit({stall_term});
  fire_one(TransitionKind::kCmdqFetch);
  fire_one(TransitionKind::kCmdqExecute);
  EXPECT_TRUE(events.unpredictable);
}

TEST_F(StallingStream, StallTermEndsTheStallsOfAStreamThatAborts) {
  set(ste_config, kSteAbort);
  submit({stall_term});
  fire_one(TransitionKind::kCmdqFetch);
  fire_one(TransitionKind::kCmdqExecute);
  EXPECT_FALSE(events.unpredictable);
  EXPECT_EQ(flight().stage, Flight::Stage::kTerminated);
}

// Spec: 4.3.8.
TEST_F(StallingStream, InvalidationsLeaveStallsAlone) {
  submit({cfgi, tlbi, sync});
  for (int i = 0; i < 3; ++i) run_commands();
  EXPECT_EQ(flight().stage, Flight::Stage::kStalled);
}

// Spec: 6.3.9.6.
TEST_F(StallingStream, ClearingSmmuenMarksStallsToBeAborted) {
  static_cast<void>(write("CR0", kCmdqen));
  fire_one(TransitionKind::kCr0TakesEffect, 0);
  fire_one(TransitionKind::kStreamFollows, 0);
  EXPECT_EQ(flight().stage, Flight::Stage::kTerminated);
  EXPECT_TRUE(can(TransitionKind::kCr0Acknowledges, 0)) << "the answer may come later";
}

// Spec: 4.7.1, 4.7.2, 6.3.1 STALL_MODEL.
TEST_F(OneStream, ResumeIsNoCommandWhereFaultsTerminate) {
  submit({commands.intern({.opcode = Opcode::kResume, .stream = 0})});
  fire_one(TransitionKind::kCmdqFetch);
  EXPECT_EQ(read("CMDQ_CONS") >> 24, 1) << "CERROR_ILL";
}

TEST_F(OneStream, EveryTransitionKeepsToItsFootprint) {
  std::vector<std::vector<std::byte>> open{bytes};
  std::set<std::vector<std::byte>> seen{bytes};
  submit({tlbi, cfgi, sync});
  open.push_back(bytes);
  while (!open.empty() && seen.size() < 3000) {
    bytes = open.back();
    open.pop_back();
    const std::vector<std::byte> before = bytes;
    for (const HwTransition t : enabled()) {
      bytes = before;
      base::Footprint recorded;
      access.emplace(bytes.data(), undo, &recorded);
      fire_one(t.kind, t.field);
      const std::vector<base::Slot> allowed = footprint(layout, config, t.kind);
      for (const base::Slot slot : recorded.reads) {
        EXPECT_NE(std::find(allowed.begin(), allowed.end(), slot), allowed.end()) << describe(layout, t);
      }
      if (seen.insert(bytes).second) open.push_back(bytes);
    }
  }
  EXPECT_GT(seen.size(), 200U);
}

}  // namespace
}  // namespace quiesce::hwmodel::v3
