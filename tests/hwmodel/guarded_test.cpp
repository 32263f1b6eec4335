// Registers that must not be written while what uses them is on, each with its section of IHI 0070G.b.
#include "hwmodel/v3/guarded.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "hwmodel/v3/page_request_queue.hpp"
#include "smmu_fixture.hpp"

namespace quiesce::hwmodel::v3::guarded_test {
namespace {

struct GuardedBy {
  const char* reg;
  const char* by;  ///< CR0 or IRQ_CTRL
  std::int32_t field;
};

/// 6.3.21 to 6.3.26, 6.3.29 to 6.3.36.
constexpr std::array kGuarded{GuardedBy{"STRTAB_BASE", "CR0", kSmmuen},
                              GuardedBy{"STRTAB_BASE_CFG", "CR0", kSmmuen},
                              GuardedBy{"CMDQ_BASE", "CR0", kCmdqen},
                              GuardedBy{"EVENTQ_BASE", "CR0", kEventqen},
                              GuardedBy{"PRIQ_BASE", "CR0", kPriqen},
                              GuardedBy{"GERROR_IRQ_CFG0", "IRQ_CTRL", kGerrorIrqen},
                              GuardedBy{"GERROR_IRQ_CFG1", "IRQ_CTRL", kGerrorIrqen},
                              GuardedBy{"GERROR_IRQ_CFG2", "IRQ_CTRL", kGerrorIrqen},
                              GuardedBy{"EVENTQ_IRQ_CFG0", "IRQ_CTRL", kEventqIrqen},
                              GuardedBy{"EVENTQ_IRQ_CFG1", "IRQ_CTRL", kEventqIrqen},
                              GuardedBy{"EVENTQ_IRQ_CFG2", "IRQ_CTRL", kEventqIrqen},
                              GuardedBy{"PRIQ_IRQ_CFG0", "IRQ_CTRL", kPriqIrqen},
                              GuardedBy{"PRIQ_IRQ_CFG1", "IRQ_CTRL", kPriqIrqen},
                              GuardedBy{"PRIQ_IRQ_CFG2", "IRQ_CTRL", kPriqIrqen}};

class Guarded : public Smmu {
 protected:
  void SetUp() override { start({}); }
  void start(const Config& wanted) {
    config = wanted;
    configure(config);
    base::LayoutBuilder builder;
    layout = lay_out(builder, config);
    std::vector<Reg> all;
    for (const Register& reg : tables::kRegisters) {
      if (is_programmed(reg.reg)) all.push_back(reg.reg);
    }
    lay_out_programmed(builder, layout, all);
    bytes.assign(builder.size(), std::byte{0});
    access.emplace(bytes.data(), undo);
    reset(*access, layout, config);
    enable(*access, layout, config, 0, 0);
    // Nothing is on.
    for (const char* reg : {"CR0", "IRQ_CTRL"}) static_cast<void>(write(reg, 0));
    run_to_the_end();
  }
};

TEST_F(Guarded, EachIsWrittenWhileItsFieldIsOff) {
  for (const GuardedBy& each : kGuarded) {
    EXPECT_EQ(write(each.reg, 5), WriteOutcome::kDone) << each.reg;
    EXPECT_EQ(read(each.reg), 5) << each.reg;
  }
}

TEST_F(Guarded, EachIsIgnoredWhileItsFieldIsOn) {
  for (const GuardedBy& each : kGuarded) {
    static_cast<void>(write(each.reg, 1));
    static_cast<void>(write(each.by, each.field));
    run_to_the_end();
    EXPECT_EQ(write(each.reg, 5), WriteOutcome::kIgnored) << each.reg;
    EXPECT_EQ(read(each.reg), 1) << each.reg;
    static_cast<void>(write(each.by, 0));
    run_to_the_end();
  }
}

// 6.2, 6.3.9: not while the field is in transition, either way.
TEST_F(Guarded, EachIsIgnoredWhileItsFieldIsInTransition) {
  for (const GuardedBy& each : kGuarded) {
    static_cast<void>(write(each.reg, 1));
    static_cast<void>(write(each.by, each.field));
    EXPECT_EQ(write(each.reg, 5), WriteOutcome::kIgnored) << each.reg << " before the acknowledgement of 1";
    run_to_the_end();
    static_cast<void>(write(each.by, 0));
    EXPECT_EQ(write(each.reg, 5), WriteOutcome::kIgnored) << each.reg << " before the acknowledgement of 0";
    run_to_the_end();
    EXPECT_EQ(write(each.reg, 5), WriteOutcome::kDone) << each.reg;
  }
}

TEST_F(Guarded, BeforeVersion3_2EachIsUnpredictableThen) {
  start({.arch_minor = 1});
  for (const GuardedBy& each : kGuarded) {
    static_cast<void>(write(each.by, each.field));
    EXPECT_EQ(write(each.reg, 5), WriteOutcome::kUnpredictable) << each.reg;
    run_to_the_end();
    static_cast<void>(write(each.by, 0));
    run_to_the_end();
  }
}

TEST_F(Guarded, OtherFieldsAreNoGuard) {
  static_cast<void>(write("CR0", kCmdqen));
  run_to_the_end();
  EXPECT_EQ(write("STRTAB_BASE", 64), WriteOutcome::kDone);
  EXPECT_EQ(write("EVENTQ_BASE", 64), WriteOutcome::kDone);
}

// 6.3.33, 6.3.9.5: PRIQEN as it was written, though without SMMUEN the queue takes nothing.
TEST_F(Guarded, TheBaseOfThePriQueueStaysClosedWithoutSmmuen) {
  static_cast<void>(write("CR0", kPriqen));
  run_to_the_end();
  EXPECT_FALSE(effectively_enabled({bytes.data(), layout, config, &*access}));
  EXPECT_EQ(write("PRIQ_BASE", 64), WriteOutcome::kIgnored);
}

// 6.3.11: the fields of tables by SMMUEN, those of queues by all three.
TEST_F(Guarded, Cr1HasTwoHalves) {
  static_cast<void>(write("CR0", kCmdqen));
  run_to_the_end();
  const std::int32_t before = read("CR1");
  EXPECT_EQ(write("CR1", 0), WriteOutcome::kIgnored);
  EXPECT_EQ(read("CR1"), before & 0x3f) << "the tables' fields were not closed";
  EXPECT_EQ(write("CR1", (before & 0x3f) | 0x40), WriteOutcome::kDone) << "nothing that is closed changes";
}

// 6.3.12: read-only while SMMUEN is 1; before its Update completes only a later version says so.
TEST_F(Guarded, Cr2IsReadOnlyWhileSmmuenIsOn) {
  EXPECT_EQ(write("CR2", kRecinvsid), WriteOutcome::kDone);
  static_cast<void>(write("CR0", kSmmuen));
  EXPECT_EQ(write("CR2", 0), WriteOutcome::kIgnored);
  run_to_the_end();
  EXPECT_EQ(write("CR2", 0), WriteOutcome::kIgnored);
  EXPECT_EQ(read("CR2"), kRecinvsid);
  start({.arch_minor = 1});
  static_cast<void>(write("CR0", kSmmuen));
  EXPECT_EQ(write("CR2", 0), WriteOutcome::kUnpredictable);
  run_to_the_end();
  EXPECT_EQ(write("CR2", 0), WriteOutcome::kIgnored) << "read-only is not unpredictable";
}

// QEMU 7.2 hw/arm/smmuv3.c smmu_writel().
TEST_F(Guarded, OfQemuNothingIsGuarded) {
  start({.arch_minor = 0, .deviations = Deviations::kQemu72});
  static_cast<void>(write("CR0", kSmmuen | kCmdqen));
  run_to_the_end();
  EXPECT_EQ(write("STRTAB_BASE", 64), WriteOutcome::kDone);
  EXPECT_EQ(read("STRTAB_BASE"), 64);
}

// What nobody names needs no slot, and holds what the driver's reset sequence left.
TEST_F(Smmu, ARegisterThatNobodyNamesHoldsWhatTheDriverProgrammed) {
  EXPECT_EQ(read("CR2") & kRecinvsid, kRecinvsid);
  EXPECT_EQ(read("CMDQ_BASE") & 0x1f, 3) << "LOG2SIZE";
  EXPECT_EQ(read("STRTAB_BASE_CFG") >> 16, 0) << "FMT: linear";
}

// 6.3.21: no message without an address.
TEST_F(Guarded, AnInterruptWithoutAnAddressSendsNoMessage) {
  start({.interrupt_messages = true});
  static_cast<void>(write("GERROR_IRQ_CFG0", 0));
  static_cast<void>(write("CR0", kCmdqen));
  static_cast<void>(write("IRQ_CTRL", kGerrorIrqen));
  run_to_the_end();
  submit({commands.intern({.opcode = Opcode::kAtcInv})});
  run_to_the_end();
  EXPECT_NE(read("GERROR"), read("GERRORN"));
  EXPECT_EQ(access->get(layout.messages), 0);
  EXPECT_EQ(events.pulses, 0);
}

// 6.3.36: LO.
TEST_F(Guarded, WithLoThePriQueueTellsOfTheLastRequestOfAGroup) {
  start({.ats = true});
  static_cast<void>(write("PRIQ_IRQ_CFG2", kPriqLast));
  static_cast<void>(write("CR0", kSmmuen | kPriqen));
  static_cast<void>(write("IRQ_CTRL", kPriqIrqen));
  run_to_the_end();
  const auto pulse_of = [&](bool last) {
    events = {};
    Change smmu{*access, layout, config, commands, events};
    static_cast<void>(request_page(smmu, last));
    return events.pulses;
  };
  EXPECT_EQ(pulse_of(false), 0) << "the queue is no longer empty";
  EXPECT_EQ(pulse_of(true), bit_of(Line::kPriq));
  EXPECT_EQ(pulse_of(true), bit_of(Line::kPriq)) << "also if it is lost by overflow";
}

TEST_F(Guarded, ReadsAndWritesKeepToTheirFootprint) {
  for (const Register& reg : tables::kRegisters) {
    if (!is_programmed(reg.reg)) continue;
    base::Footprint recorded;
    access.emplace(bytes.data(), undo, &recorded);
    static_cast<void>(read_register(*access, layout, config, reg));
    static_cast<void>(write_register(*access, layout, config, commands, reg, 1, events));
    const std::vector<base::Slot> allowed = footprint(layout, config, reg);
    for (const base::Slot slot : recorded.reads)
      EXPECT_NE(std::find(allowed.begin(), allowed.end(), slot), allowed.end()) << reg.name;
    for (const base::Write& one : recorded.writes)
      EXPECT_NE(std::find(allowed.begin(), allowed.end(), one.slot), allowed.end()) << reg.name;
  }
}

}  // namespace
}  // namespace quiesce::hwmodel::v3::guarded_test
