// What event records say, and what becomes of them. Spec: IHI 0070G.b, sections at each test.
#include "hwmodel/v3/gerror.hpp"
#include "stream_fixture.hpp"

namespace quiesce::hwmodel::v3::event_record_test {
namespace {

class Records : public OneStream {
 protected:
  void start(Config wanted) {
    wanted.event_records = true;
    set_up(wanted);
  }
  void SetUp() override { start({}); }
  [[nodiscard]] Record record(std::uint32_t number = 0) {
    return unpack_record(access->get(layout.record(number, config)));
  }
  void fault(std::uint16_t page = 0) {
    set(pte, 0);
    static_cast<void>(access_page(page));
  }
};

TEST(EventRecord, KeepsWhatItSays) {
  const Record record{Event::kFPermission, 15, 3, 8, true, true, FaultClass::kTtd, 15};
  EXPECT_EQ(unpack_record(pack(record)), record);
  EXPECT_EQ(unpack_record(pack(Record{})), Record{});
  EXPECT_EQ(unpack_record(0).event, Event::kNone) << "an entry that nobody wrote";
}

// Spec: 7.3, 7.3.13.
TEST_F(Records, AFaultsRecordSaysWhoseItIsAndWhere) {
  fault();
  EXPECT_EQ(record().event, Event::kFTranslation);
  EXPECT_EQ(record().stream, 0);
  EXPECT_EQ(record().ssid, -1) << "SSV is 0";
  EXPECT_EQ(record().page, 0);
  EXPECT_FALSE(record().stall);
  EXPECT_EQ(record().fault_class, FaultClass::kIn);
}

// Spec: 7.3.5.
TEST_F(Records, ABadEntrysRecordSaysSo) {
  set(ste_v, 0);
  static_cast<void>(access_page(1));
  EXPECT_EQ(record().event, Event::kCBadSte);
  EXPECT_EQ(record().page, 1);
}

// Spec: 7.3.13, 3.12.2: Stall, and the STAG by which software ends it.
TEST_F(Records, AStallsRecordSaysThatItWaits) {
  start({.stalls = StallModel::kStallAndTerminate});
  set(cd_s, 1);
  fault();
  EXPECT_EQ(record().event, Event::kNone) << "not written yet";
  fire_one(TransitionKind::kRecordsStall);
  EXPECT_TRUE(record().stall);
  EXPECT_EQ(record().source, 0);
}

// Spec: 3.5.1: in the order of the queue.
TEST_F(Records, EachIsInItsPlace) {
  set(ste_v, 0);
  static_cast<void>(access_page(1));
  static_cast<void>(access_page(0));
  EXPECT_EQ(record(0).page, 1);
  EXPECT_EQ(record(1).page, 0);
}

// Spec: 7.4: one that is lost overwrites none.
TEST_F(Records, OneThatIsLostOverwritesNone) {
  set(ste_v, 0);
  for (int i = 0; i < 2; ++i) static_cast<void>(access_page(1));
  static_cast<void>(access_page(0));
  EXPECT_EQ(record(0).page, 1);
}

TEST_F(Records, WhatWasConsumedIsForgotten) {
  fault();
  static_cast<void>(write("EVENTQ_CONS", read("EVENTQ_PROD")));
  EXPECT_EQ(record().event, Event::kNone);
}

TEST_F(Records, WritesOfConsKeepToTheirFootprint) {
  fault();
  base::Footprint recorded;
  access.emplace(bytes.data(), undo, &recorded);
  static_cast<void>(write("EVENTQ_CONS", 1));
  const std::vector<base::Slot> allowed = footprint(layout, config, *find_register("EVENTQ_CONS"));
  for (const base::Write& one : recorded.writes)
    EXPECT_NE(std::find(allowed.begin(), allowed.end(), one.slot), allowed.end());
}

// Spec: 7.2.2: an aborted write that is synchronous moves nothing.
TEST_F(Records, ASynchronousAbortLosesTheRecordAndSaysSo) {
  start({.eventq_aborts = EventqAborts::kSync});
  fire_one(TransitionKind::kEventqFails);
  fault();
  EXPECT_EQ(read("EVENTQ_PROD"), 0);
  EXPECT_TRUE(is_active({bytes.data(), layout, config, &*access}, kEventqAbtErr));
  static_cast<void>(access_page());
  EXPECT_EQ(read("EVENTQ_PROD"), 0) << "not writable before the acknowledgement";
  static_cast<void>(write("GERRORN", read("GERROR")));
  static_cast<void>(access_page());
  EXPECT_EQ(read("EVENTQ_PROD"), 1);
}

// Spec: 7.2.2: one that is asynchronous was counted.
TEST_F(Records, AnAsynchronousAbortIsCountedAllTheSame) {
  start({.eventq_aborts = EventqAborts::kAsync});
  fire_one(TransitionKind::kEventqFails);
  fault();
  EXPECT_EQ(read("EVENTQ_PROD"), 1);
  EXPECT_TRUE(is_active({bytes.data(), layout, config, &*access}, kEventqAbtErr));
}

// Spec: 6.3.19: an error that is active is not told a second time.
TEST_F(Records, ASecondAbortWhileTheFirstIsActiveChangesNothing) {
  start({.eventq_aborts = EventqAborts::kAsync});
  Change smmu{*access, layout, config, commands, events};
  raise_error(smmu, kEventqAbtErr);
  const std::int32_t once = read("GERROR");
  raise_error(smmu, kEventqAbtErr);
  EXPECT_EQ(read("GERROR"), once);
}

TEST_F(Records, NoWriteAbortsUnlessThatIsAskedFor) { EXPECT_FALSE(can(TransitionKind::kEventqFails)); }

/// CMDQ_CONS may be behind what was consumed. Spec: 6.3.28.
class LazyCons : public Smmu {
 protected:
  void SetUp() override { configure({.msi = true, .cons_updates = ConsUpdates::kBatched}); }
  void consume() {
    fire_one(TransitionKind::kCmdqFetch);
    fire_one(TransitionKind::kCmdqExecute);
  }
};

TEST_F(LazyCons, SeveralCommandsAreShownAtOnce) {
  submit({tlbi, tlbi});
  consume();
  consume();
  EXPECT_EQ(read("CMDQ_CONS"), 0);
  fire_one(TransitionKind::kConsIsPublished);
  EXPECT_EQ(read("CMDQ_CONS"), 2);
  EXPECT_FALSE(can(TransitionKind::kConsIsPublished));
}

// Spec: 4.7.3: past the CMD_SYNC before its message.
TEST_F(LazyCons, ACmdSyncIsShownBeforeItsMessageLands) {
  submit({tlbi, sync});
  consume();
  consume();
  EXPECT_EQ(read("CMDQ_CONS"), 2);
}

// Spec: 7.1: ERR goes with the index of the bad command.
TEST_F(LazyCons, AnErrorIsShownWithItsCommand) {
  submit({tlbi, commands.intern({.opcode = Opcode::kAtcInv})});
  consume();
  fire_one(TransitionKind::kCmdqFetch);
  EXPECT_EQ(read("CMDQ_CONS") & 0xff, 1);
}

// Spec: 6.3.9.3: CONS shows the next command when CMDQEN is acknowledged.
TEST_F(LazyCons, CmdqenIsAcknowledgedBehindIt) {
  submit({tlbi});
  consume();
  static_cast<void>(write("CR0", kSmmuen | kEventqen));
  fire_one(TransitionKind::kCr0TakesEffect, 3);
  EXPECT_FALSE(can(TransitionKind::kCr0Acknowledges, 3));
  fire_one(TransitionKind::kConsIsPublished);
  EXPECT_TRUE(can(TransitionKind::kCr0Acknowledges, 3));
}

}  // namespace
}  // namespace quiesce::hwmodel::v3::event_record_test
