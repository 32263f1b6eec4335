// Nested streams: stage 1 by the guest's table, then stage 2. Spec: IHI 0070G.b, sections at each test.
#include "stream_fixture.hpp"

namespace quiesce::hwmodel::v3::nested_test {
namespace {

/// Table 1 is the guest's: its page 0 leads to the guest's page 1, which is page 0 of table 2.
class Nested : public OneStream {
 protected:
  static constexpr std::int32_t kIpa = 1;
  static constexpr std::int32_t kHost = 9;

  void prepare(Streams& all) override {
    set_initial(ste_config, kSteNested);
    set_initial(pte, kIpa);
    host_pte = varying(kHost);
    s2r = varying(1);
    s2s = varying(0);
    const Word second{{}, 2, false};
    all.streams[0].ste[2] = unit_of({{s2r, 1}, {s2s, 1}});
    all.streams[0].ste[3] = unit_of({{second, 6}});
    all.tables.push_back({"host", {Page{host_pte, {}, false}}});
    all.homes = {{2, 0}};
  }
  void start(Config wanted = {}) {
    wanted.event_records = true;
    set_up(wanted);
    by_ipa = commands.intern({.opcode = Opcode::kTlbiS2Ipa, .table = 1, .page = 0});
    by_vmid = commands.intern({.opcode = Opcode::kTlbiS12Vmall, .table = 1});
  }
  void SetUp() override { start(); }
  void invalidate_by(std::uint8_t command) {
    submit({command, sync});
    run_queue();
  }
  [[nodiscard]] Record record(std::uint32_t number = 0) {
    return unpack_record(access->get(layout.record(number, config)));
  }

  Word host_pte, s2r, s2s;
  std::uint8_t by_ipa = 0;
  std::uint8_t by_vmid = 0;
};

// Spec: 3.3, 5.2.
TEST_F(Nested, AnAddressGoesThroughBothStages) { EXPECT_EQ(access_page().frame, kHost); }

// Spec: 5.5, 7.3.13: CD.R asks for the record.
TEST_F(Nested, AFaultOfStage1IsTheGuests) {
  set(pte, 0);
  EXPECT_EQ(access_page(), Flight());
  EXPECT_EQ(record().event, Event::kFTranslation);
  EXPECT_FALSE(record().s2);
}

// Spec: 5.2 S2R, 7.3.13.
TEST_F(Nested, AFaultOfStage2IsTheHosts) {
  set(host_pte, 0);
  EXPECT_EQ(access_page(), Flight());
  EXPECT_EQ(record().event, Event::kFTranslation);
  EXPECT_TRUE(record().s2);
  set(s2r, 0);
  invalidate_by(cfgi);
  EXPECT_EQ(access_page(), Flight());
  EXPECT_EQ(read("EVENTQ_PROD"), 1) << "S2R is 0";
}

// Spec: 5.2 S2S.
TEST_F(Nested, AFaultOfStage2StallsAsItsEntrySays) {
  start({.stalls = StallModel::kStallAndTerminate});
  set(s2s, 1);
  set(host_pte, 0);
  EXPECT_EQ(access_page().stage, Flight::Stage::kStalled);
  fire_one(TransitionKind::kRecordsStall);
  EXPECT_TRUE(record().s2);
  EXPECT_TRUE(record().stall);
}

// Spec: 3.3: an intermediate address that the stage 2 table does not have.
TEST_F(Nested, AnAddressOfNoPageOfTheGuestFaultsAtStage2) {
  layout.streams.homes[0].table = 1;
  EXPECT_EQ(access_page(), Flight());
  EXPECT_TRUE(record().s2);
}

// Spec: 4.4.3.1: combined entries may stay, and the command for stage 1 takes them.
TEST_F(Nested, ACombinedEntryMayOutliveTheInvalidationOfItsIntermediateAddress) {
  warm();
  set(host_pte, 0);
  invalidate_by(by_ipa);
  EXPECT_EQ(access_page().frame, kHost);
  fire_one(TransitionKind::kLands);
  invalidate_by(tlbi);
  EXPECT_EQ(access_page(), Flight());
}

// Spec: 4.4.3.2: stage 1, stage 2 and combined entries of the VMID.
TEST_F(Nested, AnInvalidationByVmidTakesCombinedEntries) {
  warm();
  set(host_pte, 0);
  invalidate_by(by_vmid);
  EXPECT_EQ(access_page(), Flight());
}

// Spec: 4.7.3: walks that could bring them back are over when CMD_SYNC completes.
TEST_F(Nested, ACombinedEntryThatAnInvalidatedOneOfStage2LedToGoesWithIt) {
  start({.evictions = false});
  warm();
  set(host_pte, 0);
  submit({by_vmid, sync});
  run_commands();
  for (std::uint16_t entry = 0; entry < layout.streams.entries.size(); ++entry) {
    if (layout.streams.entries[entry].first == 0 && can(TransitionKind::kDropsTranslation, entry))
      fire_one(TransitionKind::kDropsTranslation, entry);
  }
  warm();
  run_queue();
  EXPECT_EQ(access_page(), Flight());
}

// Spec: 4.4.3.1: an entry of stage 2 alone, which the next walk of a combined one would use.
TEST_F(Nested, AnEntryOfStage2AloneOutlivesCommandsForStage1) {
  warm();
  set(host_pte, 0);
  invalidate_by(tlbi);
  EXPECT_EQ(access_page().frame, kHost);
  fire_one(TransitionKind::kLands);
  invalidate_by(by_ipa);
  invalidate_by(tlbi);
  EXPECT_EQ(access_page(), Flight());
}

// Spec: 3.17: entries carry the VMID.
TEST_F(Nested, AnEntryOfStage1AloneIsNoneOfANestedStream) {
  set(ste_config, kSteS1);
  warm();
  set(ste_config, kSteNested);
  invalidate_by(cfgi);
  EXPECT_EQ(access_page().frame, kHost);
}

// Spec: 4.7.3: transactions that used what was invalidated are observable when CMD_SYNC completes.
TEST_F(Nested, SyncWaitsForATransactionThatStage2HadAPartIn) {
  access_page();
  submit({by_ipa, sync});
  run_commands();
  fire_one(TransitionKind::kCmdqFetch);
  EXPECT_FALSE(can(TransitionKind::kCmdqExecute));
  fire_one(TransitionKind::kLands);
  EXPECT_TRUE(can(TransitionKind::kCmdqExecute));
}

// Spec: 4.4.2.3: of every ASID.
TEST_F(OneStream, AnInvalidationByAddressAloneTakesEveryAsid) {
  warm();
  set(pte, 0);
  submit({commands.intern({.opcode = Opcode::kTlbiNhVaa, .table = 5, .page = 0}), sync});
  run_queue();
  EXPECT_EQ(access_page(), Flight());
}

// Spec: 4.4.3.1: stage 2's command leaves entries of stage 1 alone.
TEST_F(OneStream, ACommandForStage2LeavesEntriesOfStage1) {
  warm();
  set(pte, 0);
  submit({commands.intern({.opcode = Opcode::kTlbiS2Ipa, .table = 0, .page = 0}), sync});
  run_queue();
  EXPECT_EQ(access_page().frame, kFrame);
}

TEST_F(Nested, EveryTransitionKeepsToItsFootprint) {
  submit({by_ipa, sync});
  expect_footprints(2000);
}

class ChangingEntry : public Nested {
 protected:
  void prepare(Streams& all) override {
    Nested::prepare(all);
    s2ttb = varying(2);
    all.streams[0].ste[3] = unit_of({{s2ttb, 6}});
  }
  Word s2ttb;
};

// Spec: 5.2, 3.21.3: dwords 2 and 3 of the entry are read one by one.
TEST_F(ChangingEntry, S2rAndTheTableOfStage2AreCopiedApart) {
  const std::vector<UnitName>& units = layout.streams.units;
  for (const std::uint8_t unit : {std::uint8_t{2}, std::uint8_t{3}}) {
    EXPECT_TRUE(std::any_of(units.begin(), units.end(), [&](const UnitName& name) {
      return name.stream == 0 && name.cd == kOfSte && name.unit == unit;
    }));
  }
}

}  // namespace
}  // namespace quiesce::hwmodel::v3::nested_test
