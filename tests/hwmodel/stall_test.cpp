// Stalled transactions. Spec: IHI 0070G.b, sections at each test.
#include "stream_fixture.hpp"

namespace quiesce::hwmodel::v3::stall_test {
namespace {

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

TEST_F(StallingStream, AStoppedDeviceOwesTheAnswerToATerminatedOne) {
  set(on, 0);
  EXPECT_FALSE(owes_traffic(bytes.data(), layout)) << "it waits for software";
  run(terminate);
  EXPECT_TRUE(owes_traffic(bytes.data(), layout));
  fire_one(TransitionKind::kAnswers);
  EXPECT_FALSE(owes_traffic(bytes.data(), layout));
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

// Spec: 4.7.2: also before the configuration cache is maintained and that is synchronised.
TEST_F(StallingStream, StallTermIsUnpredictableWhileACopyCanStall) {
  fire_one(TransitionKind::kRecordsStall);
  set(ste_config, kSteAbort);
  submit({cfgi, stall_term});
  run_commands();
  fire_one(TransitionKind::kCmdqFetch);
  fire_one(TransitionKind::kCmdqExecute);
  EXPECT_TRUE(events.unpredictable);
}

TEST_F(StallingStream, StallTermEndsTheStallsOfAStreamThatAborts) {
  fire_one(TransitionKind::kRecordsStall);
  set(ste_config, kSteAbort);
  submit({cfgi, sync, stall_term});
  for (int i = 0; i < 2; ++i) run_commands();
  fire_one(TransitionKind::kCmdqFetch);
  fire_one(TransitionKind::kCmdqExecute);
  EXPECT_FALSE(events.unpredictable);
  EXPECT_EQ(flight().stage, Flight::Stage::kTerminated);
}

// Spec: 4.3.8.
TEST_F(StallingStream, InvalidationsLeaveStallsAlone) {
  fire_one(TransitionKind::kRecordsStall);
  submit({cfgi, tlbi, sync});
  for (int i = 0; i < 3; ++i) run_commands();
  EXPECT_EQ(flight().stage, Flight::Stage::kStalled);
}

// Spec: 4.7.3, 4.7.2.1: no event of what was invalidated is recorded after the CMD_SYNC.
TEST_F(StallingStream, AStallThatNobodyWasToldOfIsTriedAgainAtTheCmdSync) {
  set(ste_config, kSteAbort);
  submit({cfgi, sync});
  run_commands();
  EXPECT_TRUE(can(TransitionKind::kRecordsStall)) << "before it";
  run_commands();
  EXPECT_EQ(flight().stage, Flight::Stage::kIssued);
  warm();
  fire_one(TransitionKind::kDecides);
  EXPECT_EQ(flight(), Flight()) << "the new entry aborts without an event";
  EXPECT_EQ(read("EVENTQ_PROD"), read("EVENTQ_CONS"));
}

TEST_F(StallingStream, OneThatNoInvalidationNamesIsRecordedAfterTheCmdSync) {
  submit({other_tlbi, sync});
  for (int i = 0; i < 2; ++i) run_commands();
  EXPECT_EQ(flight().stage, Flight::Stage::kStalled);
  EXPECT_TRUE(can(TransitionKind::kRecordsStall));
}

// Spec: 6.3.9.6.
TEST_F(StallingStream, ClearingSmmuenMarksStallsToBeAborted) {
  static_cast<void>(write("CR0", kCmdqen));
  fire_one(TransitionKind::kCr0TakesEffect, 0);
  fire_one(TransitionKind::kStreamFollows, 0);
  EXPECT_EQ(flight().stage, Flight::Stage::kTerminated);
  EXPECT_TRUE(can(TransitionKind::kCr0Acknowledges, 0)) << "the answer may come later";
}

}  // namespace
}  // namespace quiesce::hwmodel::v3::stall_test
