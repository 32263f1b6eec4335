#include <gtest/gtest.h>

#include <set>

#include "smmu_fixture.hpp"

namespace quiesce::hwmodel::v3::smmu_test {
namespace {

// Spec: IHI 0070G.b, 6.3.9.
TEST_F(Smmu, Cr0ReadsTheWrittenValueBeforeItIsAcknowledged) {
  EXPECT_EQ(write("CR0", 0), WriteOutcome::kDone);
  EXPECT_EQ(read("CR0"), 0);
  EXPECT_EQ(read("CR0ACK"), kSmmuen | kEventqen | kCmdqen);
}

TEST_F(Smmu, EachFieldTakesEffectOnceAndIsAcknowledgedAfterIt) {
  static_cast<void>(write("CR0", 0));
  std::set<std::vector<std::byte>> seen{bytes};
  std::vector<std::vector<std::byte>> open{bytes};
  std::size_t ends = 0;
  while (!open.empty()) {
    bytes = open.back();
    open.pop_back();
    const std::int32_t in_force = access->get(layout.cr0.in_force);
    EXPECT_EQ(in_force & ~read("CR0ACK"), 0) << "a field was acknowledged before it took effect";
    const std::vector<HwTransition> all = enabled();
    ends += all.empty() ? 1 : 0;
    const std::vector<std::byte> before = bytes;
    for (const HwTransition t : all) {
      bytes = before;
      access.emplace(bytes.data(), undo);
      fire_one(t.kind, t.field);
      if (seen.insert(bytes).second) open.push_back(bytes);
    }
  }
  EXPECT_EQ(seen.size(), 27U) << "three fields, each pending, in force or acknowledged";
  EXPECT_EQ(ends, 1U);
}

TEST_F(Smmu, ChangingAFieldInTransitIsUnpredictable) {
  static_cast<void>(write("CR0", 0));
  EXPECT_EQ(write("CR0", kSmmuen), WriteOutcome::kUnpredictable);
}

TEST_F(Smmu, IgnoresACmdqConsWriteWhileTheQueueIsEnabled) {
  EXPECT_EQ(write("CMDQ_CONS", 3), WriteOutcome::kIgnored);
  EXPECT_EQ(read("CMDQ_CONS"), 0);
}

TEST_F(Smmu, FetchesNothingWhileDisabledAndResumesWithoutAProdWrite) {
  static_cast<void>(write("CR0", 0));
  run_to_the_end();
  submit({tlbi, sync});
  EXPECT_TRUE(enabled().empty());
  EXPECT_EQ(read("CMDQ_PROD"), 2);
  EXPECT_EQ(read("CMDQ_CONS"), 0);
  static_cast<void>(write("CR0", kCmdqen));
  run_to_the_end();
  EXPECT_EQ(read("CMDQ_CONS"), 2);
}

// Spec: IHI 0070G.b, 6.3.9.3.
TEST_F(Smmu, ACommandInProgressIsConsumedBeforeCmdqenIsAcknowledged) {
  submit({tlbi, sync});
  fire_one(TransitionKind::kCmdqFetch);
  static_cast<void>(write("CR0", 0));
  fire_one(TransitionKind::kCr0TakesEffect, 3);
  EXPECT_FALSE(is_enabled(bytes.data(), layout, config, commands, {TransitionKind::kCr0Acknowledges, 3}));
  fire_one(TransitionKind::kCmdqExecute);
  EXPECT_TRUE(is_enabled(bytes.data(), layout, config, commands, {TransitionKind::kCr0Acknowledges, 3}));
  EXPECT_FALSE(is_enabled(bytes.data(), layout, config, commands, {TransitionKind::kCmdqFetch, 0}));
  EXPECT_EQ(read("CMDQ_CONS"), 1);
}

TEST_F(Smmu, AnImmediateAcknowledgementOfCmdqenWaitsForItToo) {
  configure({.cr0_ack = Cr0Ack::kImmediate});
  submit({tlbi, sync});
  fire_one(TransitionKind::kCmdqFetch);
  static_cast<void>(write("CR0", 0));
  EXPECT_EQ(read("CR0ACK"), kCmdqen);
  fire_one(TransitionKind::kCmdqExecute);
  fire_one(TransitionKind::kCr0Acknowledges, 3);
  EXPECT_EQ(read("CR0ACK"), 0);
}

// Spec: IHI 0070G.b, 4.7.3, 3.18.1.
TEST_F(Smmu, TheMessageOfASyncMayLandAfterConsMovedAndBeforeALaterSync) {
  configure({.msi = true});
  submit({sync, sync});
  fire_one(TransitionKind::kCmdqFetch);
  fire_one(TransitionKind::kCmdqExecute);
  EXPECT_EQ(read("CMDQ_CONS"), 1);
  EXPECT_EQ(command_word(*access, layout, config, 0), 1);
  fire_one(TransitionKind::kCmdqFetch);
  EXPECT_FALSE(is_enabled(bytes.data(), layout, config, commands, {TransitionKind::kCmdqExecute, 0}));
  fire_one(TransitionKind::kSyncMsiLands);
  EXPECT_EQ(command_word(*access, layout, config, 0), 0);
  EXPECT_TRUE(is_enabled(bytes.data(), layout, config, commands, {TransitionKind::kCmdqExecute, 0}));
}

TEST_F(Smmu, QemuAcknowledgesAndConsumesWithinTheWrite) {
  configure({.cr0_ack = Cr0Ack::kImmediate, .cmdq = CmdqMode::kSynchronous});
  submit({tlbi, sync});
  EXPECT_EQ(read("CMDQ_CONS"), 2);
  static_cast<void>(write("CR0", 0));
  EXPECT_EQ(read("CR0ACK"), 0);
}

// Spec: IHI 0070G.b, 3.11, 6.3.14.
TEST_F(Smmu, ADisabledSmmuBypassesOrAbortsAsGbpaSays) {
  EXPECT_EQ(met_on_arrival(*access, layout), Meets::kTranslation);
  static_cast<void>(write("CR0", 0));
  EXPECT_EQ(met_on_arrival(*access, layout), Meets::kTranslation) << "the write alone changes nothing";
  run_to_the_end();
  EXPECT_EQ(met_on_arrival(*access, layout), Meets::kBypass);
  EXPECT_EQ(write("GBPA", INT32_MIN | 1 << 20), WriteOutcome::kDone);
  EXPECT_EQ(write("GBPA", INT32_MIN), WriteOutcome::kIgnored) << "an update is under way";
  run_to_the_end();
  EXPECT_EQ(met_on_arrival(*access, layout), Meets::kAbort);
}

TEST_F(Smmu, IgnoresAGbpaWriteWithoutUpdate) {
  EXPECT_EQ(write("GBPA", 1 << 20), WriteOutcome::kIgnored);
  EXPECT_EQ(read("GBPA"), 0);
}

// Spec: 6.3.14.1: the first update completes.
TEST_F(Smmu, IgnoresAGbpaWriteDuringAnUpdate) {
  static_cast<void>(write("GBPA", INT32_MIN | 1 << 20));
  EXPECT_EQ(write("GBPA", INT32_MIN), WriteOutcome::kIgnored);
  fire_one(TransitionKind::kGbpaUpdates);
  EXPECT_EQ(read("GBPA"), 1 << 20);
}

TEST_F(Smmu, BeforeVersion3_2AGbpaWriteOutOfOrderIsUnpredictable) {
  configure({.arch_minor = 1});
  EXPECT_EQ(write("GBPA", 1 << 20), WriteOutcome::kUnpredictable) << "without Update";
  static_cast<void>(write("GBPA", INT32_MIN | 1 << 20));
  EXPECT_EQ(write("GBPA", INT32_MIN), WriteOutcome::kUnpredictable) << "during one";
}

// Spec: 6.3.14: IMPLEMENTATION DEFINED.
TEST_F(Smmu, GbpaResetsToEitherValue) {
  for (const bool aborts : {false, true}) {
    configure({.gbpa_abort_reset = aborts});
    EXPECT_EQ(read("GBPA"), aborts ? 1 << 20 : 0);
  }
}

bool all_within(const base::Footprint& recorded, const std::vector<base::Slot>& may) {
  const auto is_in = [&](base::Slot slot) { return std::find(may.begin(), may.end(), slot) != may.end(); };
  return std::all_of(recorded.reads.begin(), recorded.reads.end(), is_in) &&
         std::all_of(recorded.writes.begin(), recorded.writes.end(),
                     [&](const base::Write& write) { return is_in(write.slot); });
}

TEST_F(Smmu, TransitionsStayWithinTheirFootprint) {
  submit({tlbi, sync, tlbi, 0});
  static_cast<void>(write("GBPA", INT32_MIN));
  static_cast<void>(write("IRQ_CTRL", 0));
  static_cast<void>(write("CMDQ_PROD", 4));
  while (!enabled().empty()) {
    const HwTransition t = enabled().front();
    base::Footprint recorded;
    base::StateAccess recording(bytes.data(), undo, &recorded);
    fire(recording, layout, config, commands, t, events);
    EXPECT_TRUE(all_within(recorded, footprint(layout, config, t.kind))) << describe(layout, t);
  }
}

TEST_F(Smmu, RegistersStayWithinTheirFootprint) {
  for (const Register& reg : tables::kRegisters) {
    if (!is_modelled(reg)) continue;
    for (const std::int32_t value : {0, 1, 5, 0xf}) {
      base::Footprint recorded;
      base::StateAccess recording(bytes.data(), undo, &recorded);
      static_cast<void>(read_register(recording, layout, config, reg));
      static_cast<void>(write_register(recording, layout, config, commands, reg, value, events));
      EXPECT_TRUE(all_within(recorded, footprint(layout, config, reg))) << reg.name << " := " << value;
    }
  }
}

}  // namespace
}  // namespace quiesce::hwmodel::v3::smmu_test
