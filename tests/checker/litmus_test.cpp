// What two CPUs can see of each other's stores with `memory: buffered`, as litmus tests: each has exactly the
// outcomes that the model allows.
#include <gtest/gtest.h>

#include <set>

#include "checked.hpp"

namespace quiesce::checker::litmus_test {
namespace {

/// What the tasks a and b leave in r0 and r1, such as "01", over all runs.
using Outcomes = std::set<std::string>;

std::string litmus(const std::string& a, const std::string& b, const std::string& memory) {
  std::string text = "machine: { cpus: 2, soft_lockup_watchdog: false, memory: " + memory + " }\n" +
                     "globals: { x: int 0..2, y: int 0..2, r0: int 0..2, r1: int 0..2 }\n"
                     "locks: { lock: spinlock, done: completion }\n"
                     "tasks: { a: { cpu: 0, run: [" +
                     a + "] }, b: { cpu: 1, run: [" + b + "] } }\nproperties:\n";
  for (int r0 = 0; r0 <= 2; ++r0) {
    for (int r1 = 0; r1 <= 2; ++r1) {
      const std::string values = std::to_string(r0) + std::to_string(r1);
      text += "  p" + values + ": { never: 'all_exited() and r0 == " + values[0] + " and r1 == " + values[1] +
              "' }\n";
    }
  }
  return text;
}

Outcomes outcomes(const std::string& a, const std::string& b, const std::string& memory = "buffered") {
  const Checked c = check_text(litmus(a, b, memory));
  Outcomes seen;
  for (std::size_t i = 0; i < c.system.properties.size(); ++i) {
    const std::string& name = c.system.properties[i].name;
    if (name.size() == 3 && c.outcome.properties[i].status == Status::kViolated) seen.insert(name.substr(1));
  }
  EXPECT_EQ(c.status("deadlock"), Status::kHolds) << a << " || " << b;
  return seen;
}

/// A load whose value is kept.
std::string keep(const std::string& place, const std::string& in) {
  return "{ load: v" + in + " = " + place + " }, { set: " + in + " = v" + in + " }";
}

const std::string kSbA = "{ set: x = 1 }, " + keep("y", "r0");
const std::string kSbB = "{ set: y = 1 }, " + keep("x", "r1");
const std::string kReader = keep("y", "r0") + ", " + keep("x", "r1");

TEST(Litmus, StoresOfBothMayWaitBehindTheirLoads) {
  EXPECT_EQ(outcomes(kSbA, kSbB), (Outcomes{"00", "01", "10", "11"}));
}

TEST(Litmus, SequentialConsistencyHasNoSuchOutcome) {
  EXPECT_EQ(outcomes(kSbA, kSbB, "sc"), (Outcomes{"01", "10", "11"}));
}

TEST(Litmus, AFullBarrierOnBothSidesOrdersStoresBeforeLoads) {
  const std::string a = "{ set: x = 1 }, smp_mb, " + keep("y", "r0");
  const std::string b = "{ set: y = 1 }, smp_mb, " + keep("x", "r1");
  EXPECT_EQ(outcomes(a, b), (Outcomes{"01", "10", "11"}));
  EXPECT_TRUE(outcomes(a, kSbB).contains("00")) << "one side alone is not enough";
}

TEST(Litmus, StoreBarriersOrderNoLoads) {
  for (const std::string barrier : {"smp_wmb", "dma_wmb"}) {
    const std::string a = "{ set: x = 1 }, " + barrier + ", " + keep("y", "r0");
    const std::string b = "{ set: y = 1 }, " + barrier + ", " + keep("x", "r1");
    EXPECT_TRUE(outcomes(a, b).contains("00")) << barrier;
  }
}

TEST(Litmus, AFullReadModifyWriteIsABarrier) {
  const std::string a = "{ set: x += 1 }, " + keep("y", "r0");
  const std::string b = "{ cmpxchg: y, with: [0, 1] }, " + keep("x", "r1");
  EXPECT_EQ(outcomes(a, b), (Outcomes{"01", "10", "11"}));
}

TEST(Litmus, StoresToTwoPlacesAreSeenInAnyOrder) {
  EXPECT_EQ(outcomes("{ set: x = 1 }, { set: y = 1 }", kReader), (Outcomes{"00", "01", "10", "11"}));
}

TEST(Litmus, AStoreBarrierOrdersStores) {
  for (const std::string barrier : {"smp_wmb", "dma_wmb", "smp_mb"}) {
    EXPECT_EQ(outcomes("{ set: x = 1 }, " + barrier + ", { set: y = 1 }", kReader),
              (Outcomes{"00", "01", "11"}))
        << barrier;
  }
}

TEST(Litmus, AReleaseStoreComesBehindEverythingBeforeIt) {
  EXPECT_EQ(outcomes("{ set: x = 1 }, { set: y = 1, order: release }", kReader),
            (Outcomes{"00", "01", "11"}));
}

TEST(Litmus, LaterStoresMayOvertakeAReleaseStore) {
  EXPECT_TRUE(outcomes("{ set: x = 1, order: release }, { set: y = 1 }", kReader).contains("10"));
}

TEST(Litmus, ARelaxedReadModifyWriteOvertakesStoresToOtherPlaces) {
  for (const std::string rmw :
       {"{ set: y += 1, order: relaxed }", "{ set: y += 1, order: acquire }",
        "{ cmpxchg: y, with: [0, 1], order: relaxed }", "{ atomic: [ set: y += 1 ], order: relaxed }"}) {
    EXPECT_TRUE(outcomes("{ set: x = 1 }, " + rmw, kReader).contains("10")) << rmw;
    EXPECT_FALSE(outcomes("{ set: x = 1 }, smp_wmb, " + rmw, kReader).contains("10")) << rmw;
  }
}

TEST(Litmus, OtherReadModifyWritesDoNot) {
  for (const std::string rmw : {"{ set: y += 1 }", "{ set: y += 1, order: release }",
                                "{ cmpxchg: y, with: [0, 1] }", "{ atomic: [ set: y = 1 ] }"}) {
    EXPECT_EQ(outcomes("{ set: x = 1 }, " + rmw, kReader), (Outcomes{"00", "01", "11"})) << rmw;
  }
}

TEST(Litmus, ReadModifyWritesAreAtomic) {
  const std::string add = "{ set: x += 1, order: relaxed }";
  EXPECT_EQ(outcomes(add, add + ", { wait_until: exited(a) }, " + keep("x", "r1")), (Outcomes{"02"}));
}

TEST(Litmus, LoadsComeBeforeLaterStores) {
  EXPECT_EQ(outcomes(keep("y", "r0") + ", { set: x = 1 }", keep("x", "r1") + ", { set: y = 1 }"),
            (Outcomes{"00", "01", "10"}));
}

TEST(Litmus, StoresToOnePlaceAreSeenInOrder) {
  EXPECT_EQ(outcomes("{ set: x = 1 }, { set: x = 2 }", keep("x", "r0") + ", " + keep("x", "r1")),
            (Outcomes{"00", "01", "02", "11", "12", "22"}));
}

TEST(Litmus, ACpuSeesItsOwnStores) {
  EXPECT_EQ(outcomes("{ set: x = 1 }, " + keep("x", "r0"), "might_sleep"), (Outcomes{"10"}));
}

TEST(Litmus, ALockIsReleasedBehindTheStoresOfItsHolder) {
  const std::string writer = "{ spin_lock: lock }, { set: x = 1 }, { set: y = 1 }, { spin_unlock: lock }";
  EXPECT_EQ(outcomes(writer, "{ spin_lock: lock }, " + kReader + ", { spin_unlock: lock }"),
            (Outcomes{"00", "11"}));
}

TEST(Litmus, AWakeUpComesBehindTheStoresOfTheWaker) {
  EXPECT_EQ(
      outcomes("{ set: x = 1 }, { complete: done }", "{ wait_for_completion: done }, " + keep("x", "r1")),
      (Outcomes{"01"}));
}

TEST(Litmus, NoTimePassesWhileAStoreWaits) {
  const Checked c = check_text(R"(
machine: { cpus: 2, memory: buffered }
globals: { x: bool }
findings: [late]
tasks:
  a: { cpu: 0, may_stall: false, run: [ set: x = true, delay: 2s ] }
  b: { cpu: 1, may_stall: false, run: [ { poll: x, timeout: 1s, on_timeout: [ finding: late ] } ] }
)");
  EXPECT_EQ(c.status("late"), Status::kHolds);
}

TEST(Litmus, AFullStoreBufferLosesNothing) {
  const Checked c = check_text(R"(
machine: { cpus: 1, memory: buffered, store_buffer: 1 }
globals: { x: int 0..9, y: int 0..9 }
tasks: { t: { run: [ set: x = 1, set: y = 2, set: x = 3, set: y = 4 ] } }
properties: { last: { at_end: x == 3 and y == 4 }, overtaken: { never: y == 2 and x == 0 } }
)");
  EXPECT_EQ(c.status("last"), Status::kHolds);
  EXPECT_EQ(c.status("overtaken"), Status::kHolds) << "there is no room for both";
}

TEST(Litmus, WhatMustNotBeWrittenIsLookedForWhenItBecomesVisible) {
  const Checked c = check_text(R"(
machine: { cpus: 1, memory: buffered }
globals: { x: bool, y: bool }
tasks: { t: { run: [ set: x = true, set: y = true ] } }
properties: { guarded: { never_on: { set: x, when: y } } }
)");
  EXPECT_EQ(c.status("guarded"), Status::kViolated);
}

/// A command and its CMDQ_PROD, and what stands between them.
Status fetched_too_soon(const std::string& between, const std::string& write) {
  const Checked c = check_text(R"(
machine: { cpus: 1, memory: buffered, smmus: { smmu0: { cmdq_entries: 4, cr0_ack: immediate } } }
tasks:
  t:
    run:
      - put_commands: smmu0 at 0
        with: commands(TLBI_NH_VA)
)" + between + "      - write: smmu0.CMDQ_PROD = 1\n" +
                               write + "properties: { too_soon: { never: smmu0.GERROR != 0 } }\n");
  return c.status("too_soon");
}

TEST(Litmus, ARelaxedRegisterWriteOvertakesStores) {
  EXPECT_EQ(fetched_too_soon("", "        relaxed: true\n"), Status::kViolated);
}

TEST(Litmus, ARegisterWriteHasABarrierBeforeIt) { EXPECT_EQ(fetched_too_soon("", ""), Status::kHolds); }

TEST(Litmus, ABarrierForDevicesOrdersRegisterWritesAndOneForCpusDoesNot) {
  EXPECT_EQ(fetched_too_soon("      - dma_wmb\n", "        relaxed: true\n"), Status::kHolds);
  EXPECT_EQ(fetched_too_soon("      - smp_wmb\n", "        relaxed: true\n"), Status::kViolated);
  EXPECT_EQ(fetched_too_soon("      - smp_mb\n", "        relaxed: true\n"), Status::kHolds)
      << "the command is visible before anything else happens";
}

/// Whether a store can be seen while the register write before it has not arrived at the SMMU.
Status seen_before_the_write(const std::string& between) {
  const Checked c = check_text(R"(
machine: { cpus: 1, memory: buffered, smmus: { smmu0: { cr0_ack: immediate }, smmu1: {} } }
globals: { stopped: bool }
tasks: { t: { run: [ { write: smmu0.CR0 = 0, relaxed: true }, )" +
                               between + R"( set: stopped = true ] } }
properties: { too_soon: { never: stopped and smmu0.CR0 != 0 } }
)");
  return c.status("too_soon");
}

TEST(Litmus, StoresOvertakeARegisterWriteOnItsWay) {
  EXPECT_EQ(seen_before_the_write(""), Status::kViolated);
  EXPECT_EQ(seen_before_the_write("dma_wmb, "), Status::kHolds);
  EXPECT_EQ(seen_before_the_write("smp_wmb, "), Status::kViolated);
}

TEST(Litmus, AReadOfARegisterFlushesTheWritesToItsDeviceAlone) {
  EXPECT_EQ(seen_before_the_write("{ load: v = smmu0.CMDQ_CONS }, "), Status::kHolds);
  EXPECT_EQ(seen_before_the_write("{ load: v = smmu1.CMDQ_CONS }, "), Status::kViolated);
}

TEST(Litmus, RegisterWritesToOneDeviceArriveInOrder) {
  const Checked c = check_text(R"(
machine: { cpus: 1, memory: buffered, smmus: { smmu0: {} } }
tasks:
  t: { run: [ { write: smmu0.CMDQ_PROD = 1, relaxed: true }, { write: smmu0.CMDQ_PROD = 2, relaxed: true } ] }
properties: { last: { at_end: smmu0.CMDQ_PROD == 2 } }
)");
  EXPECT_EQ(c.status("last"), Status::kHolds);
}

}  // namespace
}  // namespace quiesce::checker::litmus_test
