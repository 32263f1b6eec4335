// Two-level stream tables: the descriptor that leads to a stream's entry, in memory and as the SMMU holds it.
// Spec: IHI 0070G.b, sections at each test.
#include "hwmodel/v3/guarded.hpp"
#include "stream_fixture.hpp"

namespace quiesce::hwmodel::v3::stream_table_test {
namespace {

// Spec: 5.1.
TEST(L1std, SpanSaysHowManyEntriesItLeadsTo) {
  EXPECT_FALSE(reaches(0, 8, 0)) << "0 leads to none";
  EXPECT_TRUE(reaches(1, 8, 0));
  EXPECT_FALSE(reaches(1, 8, 1)) << "1 leads to one";
  EXPECT_TRUE(reaches(3, 8, 3));
  EXPECT_FALSE(reaches(3, 8, 4)) << "3 leads to four";
  EXPECT_TRUE(reaches(9, 8, 255));
}

// Spec: 5.1, 5.1.1.
TEST(L1std, WhatIsReservedOrBeyondTheSplitLeadsToNone) {
  for (const std::int32_t span : {12, 31}) EXPECT_FALSE(reaches(span, 10, 0)) << span;
  EXPECT_TRUE(reaches(11, 10, 1023));
  EXPECT_FALSE(reaches(10, 8, 0)) << "SPLIT + 1 is the largest";
}

/// The stream's entry is found through a descriptor of which Span can be written.
class TwoLevel : public OneStream {
 protected:
  static constexpr std::int32_t kSpan = 9;
  static constexpr std::uint32_t kSid = 0x105;

  void prepare(Streams& all) override {
    span = varying(kSpan);
    L1stdLayout descriptor;
    descriptor.unit = unit_of({{span, 5}});
    all.l1stds = {descriptor};
    all.streams[0].l1std = 0;
    all.streams[0].sid = kSid;
    if (entry_is_fixed) {
      const Word config_s1{{}, kSteS1, false};
      const Word valid{{}, 1, false};
      const Word zero;
      all.streams[0].ste[0] = unit_of({{valid, 1}, {config_s1, 3}, {zero, 3}});
    }
  }
  void start(Config wanted = {}) {
    wanted.stream_table = StreamTableFormat::kTwoLevel;
    wanted.event_records = true;
    set_up(wanted);
    leaf = commands.intern({.opcode = Opcode::kCfgiSte, .stream = 0});
    nonleaf = commands.intern({.opcode = Opcode::kCfgiSte, .stream = 0, .leaf = false});
    all_of_them = commands.intern({.opcode = Opcode::kCfgiAll});
  }
  void SetUp() override { start(); }
  [[nodiscard]] Event last_event() {
    const auto prod = static_cast<std::uint32_t>(read("EVENTQ_PROD"));
    return unpack_record(access->get(layout.record(prod - 1, config))).event;
  }
  void invalidate_by(std::uint8_t command) {
    submit({command, sync});
    run_queue();
  }

  Word span;
  bool entry_is_fixed = false;
  std::uint8_t leaf = 0;
  std::uint8_t nonleaf = 0;
  std::uint8_t all_of_them = 0;
};

// Spec: 3.3.1.2.
TEST_F(TwoLevel, ADescriptorLeadsToTheEntry) { EXPECT_EQ(access_page().stage, Flight::Stage::kDecided); }

// Spec: 5.1.1, 7.3.3: terminated, and recorded as CR2.RECINVSID says.
TEST_F(TwoLevel, WithoutASecondLevelTableAccessesAbortAsOfABadStreamId) {
  set(span, 0);
  EXPECT_EQ(access_page(), Flight());
  EXPECT_EQ(last_event(), Event::kCBadStreamid);
}

TEST_F(TwoLevel, ABadStreamIdIsRecordedOnlyIfCr2SaysSo) {
  lay_out_cr2();
  set(span, 0);
  EXPECT_EQ(access_page(), Flight());
  EXPECT_EQ(read("EVENTQ_PROD"), 0);
}

// Spec: 5.1.1: 2^(Span - 1) entries.
TEST_F(TwoLevel, AnEntryBeyondTheSpanIsNone) {
  set(span, 3);
  EXPECT_EQ(access_page(), Flight());
  set(span, 4);
  invalidate_by(nonleaf);
  EXPECT_EQ(access_page().stage, Flight::Stage::kDecided) << "entry 5 of 8";
}

// Spec: 3.21.3: nothing behind what is invalid is read.
TEST_F(TwoLevel, TheEntryIsNotReadWhereNothingLeadsToIt) {
  set(span, 0);
  warm();
  for (const UnitName& name : layout.streams.units) {
    const bool read = access->get(layout.streams.unit_of(name).copy) != 0;
    EXPECT_EQ(read, name.cd == kOfL1std);
  }
}

// Spec: 3.21.3, 5.1.1: a descriptor that leads nowhere is copied too; making it lead somewhere needs the
// command that is not for leaves alone.
TEST_F(TwoLevel, ACopyOfAnEmptyDescriptorOutlivesTheCommandForLeaves) {
  set(span, 0);
  warm();
  set(span, kSpan);
  invalidate_by(leaf);
  EXPECT_EQ(access_page(), Flight()) << "Leaf = 1 leaves the descriptor";
  EXPECT_EQ(last_event(), Event::kCBadStreamid);
  invalidate_by(nonleaf);
  EXPECT_EQ(access_page().stage, Flight::Stage::kDecided);
}

// Spec: 4.3.6.
TEST_F(TwoLevel, CfgiAllTakesDescriptorsToo) {
  set(span, 0);
  warm();
  set(span, kSpan);
  invalidate_by(all_of_them);
  EXPECT_EQ(access_page().stage, Flight::Stage::kDecided);
}

// Spec: 5.1.1: a descriptor that becomes empty leaves the entries that were read through it.
TEST_F(TwoLevel, ACopyOfTheEntryOutlivesItsDescriptor) {
  warm();
  set(span, 0);
  EXPECT_EQ(access_page().stage, Flight::Stage::kDecided);
  fire_one(TransitionKind::kLands);
  invalidate_by(nonleaf);
  EXPECT_EQ(access_page(), Flight()) << "both are gone";
}

TEST_F(TwoLevel, ACopyOfAnEntryThatNobodyWritesOutlivesItsDescriptorToo) {
  entry_is_fixed = true;
  start();
  warm();
  set(span, 0);
  EXPECT_EQ(access_page().stage, Flight::Stage::kDecided);
}

// Spec: 3.21.3, 4.3.1: what a walk in progress still reads through it goes with it.
TEST_F(TwoLevel, AnEntryThatIsReadThroughAnInvalidatedDescriptorGoesWithTheCmdSync) {
  start({.evictions = false});
  warm();
  set(span, 0);
  submit({nonleaf, sync});
  run_commands();
  for (std::uint16_t unit = 0; unit < layout.streams.units.size(); ++unit) {
    const UnitName& name = layout.streams.units[unit];
    if (name.cd != kOfSte || name.unit != 0) continue;
    fire_one(TransitionKind::kDropsStructure, unit);
    fire_one(TransitionKind::kFetchesStructure, unit);
  }
  run_queue();
  EXPECT_EQ(access_page(), Flight()) << "C_BAD_STREAMID";
}

// Spec: 6.3.25, 7.3.3: whatever descriptor or entry there is.
TEST_F(TwoLevel, AStreamIdBeyondTheTableIsABadOne) {
  start({.stream_log2size = 8});
  EXPECT_EQ(access_page(), Flight()) << "0x105 needs nine bits";
  EXPECT_EQ(last_event(), Event::kCBadStreamid);
  start({.stream_log2size = 9});
  EXPECT_EQ(access_page().stage, Flight::Stage::kDecided);
}

// Spec: 4.3.2: Range + 1 low bits of the StreamID do not count; 31 covers every StreamID.
TEST_F(TwoLevel, ARangeCoversItsAlignedBlock) {
  const auto range = [&](std::uint16_t stream, std::uint8_t bits) {
    return commands.intern({.opcode = Opcode::kCfgiAll, .stream = stream, .range = bits});
  };
  layout.streams.streams.push_back(layout.streams.streams[0]);
  layout.streams.streams[1].sid = kSid + 2;  // names a StreamID, and has no traffic
  const auto is_gone = [&](std::uint8_t command) {
    set(ste_v, 0);
    warm();
    set(ste_v, 1);
    invalidate_by(command);
    const bool gone = access_page().stage == Flight::Stage::kDecided;
    if (gone) fire_one(TransitionKind::kLands);
    invalidate_by(all_of_them);
    static_cast<void>(write("EVENTQ_CONS", read("EVENTQ_PROD")));
    return gone;
  };
  EXPECT_FALSE(is_gone(range(1, 0))) << "0x106 and 0x107";
  EXPECT_TRUE(is_gone(range(1, 1))) << "0x104 to 0x107";
  EXPECT_TRUE(is_gone(range(1, kRangeOfAll)));
}

// Spec: 3.21.3: no structure is reachable without SMMUEN.
TEST_F(TwoLevel, NoDescriptorIsReadWithoutSmmuen) {
  static_cast<void>(write("CR0", 0));
  fire_one(TransitionKind::kCr0TakesEffect, 0);
  fire_one(TransitionKind::kStreamFollows, 0);
  for (std::uint16_t unit = 0; unit < layout.streams.units.size(); ++unit)
    EXPECT_FALSE(can(TransitionKind::kFetchesStructure, unit));
}

TEST_F(TwoLevel, EveryTransitionKeepsToItsFootprint) {
  submit({nonleaf, sync});
  expect_footprints(2000);
}

}  // namespace
}  // namespace quiesce::hwmodel::v3::stream_table_test
