// Devices that access memory by themselves, behind legacy SMMUs, in scenarios.
#include <gtest/gtest.h>

#include <string>

#include "checked.hpp"
#include "checker/footprint_check.hpp"

namespace quiesce::checker::legacy_traffic_test {
namespace {

std::string machine(const std::string& dma, const std::string& knobs = "", const std::string& more = "") {
  return "machine: { cpus: 1, " + more + "smmus: { smmu0: { model: smmuv2" + knobs +
         " } }, devices: { nic: { behind: smmu0, dma: " + dma + " } } }\nglobals: { x: int 0..9 }\n";
}

std::string task(const std::string& steps) {
  return "tasks: { t: { kind: kthread, run: [" + steps + "] } }\n";
}

std::string never(const std::string& what) { return "properties: { p: { never: '" + what + "' } }\n"; }

constexpr const char* kClear = "set: nic.iova0.frame = NULL, ";
constexpr const char* kFree = "set: nic.frame0.freed = true";
constexpr const char* kInvalidate = "write: 'smmu0.TLBIASID[0] = 0', ";
constexpr const char* kSync = "write: 'smmu0.TLBSYNC[0] = 0', {poll: 'smmu0.TLBSTATUS[0] == 0'}, ";

Status of(const std::string& text, const std::string& property) { return check_text(text).status(property); }

TEST(LegacyTraffic, OfAMappedPageIsNoFinding) {
  const Checked c = check_text(machine("true") + task("might_sleep"));
  for (const char* kind : {"stale_dma", "untranslated_dma", "dma_into_next_kernel"})
    EXPECT_EQ(c.status(kind), Status::kHolds) << kind;
}

TEST(LegacyTraffic, OfAnUnknownStreamIsBlocked) {
  EXPECT_EQ(of(machine("{ entry: invalid }") + task("might_sleep"), "untranslated_dma"), Status::kHolds);
  EXPECT_EQ(
      of(machine("{ entry: invalid }", ", disable_bypass: false") + task("might_sleep"), "untranslated_dma"),
      Status::kViolated);
  EXPECT_EQ(of(machine("{ entry: abort }") + task("might_sleep"), "untranslated_dma"), Status::kHolds);
  EXPECT_EQ(of(machine("{ entry: bypass }") + task("might_sleep"), "untranslated_dma"), Status::kViolated);
  EXPECT_EQ(of(machine("{ addresses: physical }") + task("might_sleep"), "untranslated_dma"), Status::kHolds);
}

TEST(LegacyTraffic, PassesUntranslatedWithClientpd) {
  EXPECT_EQ(of(machine("true") + task("write: smmu0.sCR0 = 1"), "untranslated_dma"), Status::kViolated);
  EXPECT_EQ(of(machine("{ addresses: physical }") + task("write: smmu0.sCR0 = 1"), "untranslated_dma"),
            Status::kHolds);
}

/// What findings of untranslated accesses are named after.
std::vector<std::string> reasons(const std::string& text) {
  const Checked c = check_text(text);
  std::vector<std::string> found;
  for (std::size_t i = 0; i < c.system.properties.size(); ++i) {
    if (c.system.properties[i].name != "untranslated_dma") continue;
    for (const FoundRun& run : c.outcome.properties[i].runs)
      found.push_back(c.system.causes[run.finding.cause].detail);
  }
  return found;
}

TEST(LegacyTraffic, TellsWhatLetItPassUntranslated) {
  using Reasons = std::vector<std::string>;
  const std::string off = ", disable_bypass: false";
  EXPECT_EQ(reasons(machine("true") + task("write: smmu0.sCR0 = 1")),
            Reasons{"access of nic, by sCR0.CLIENTPD"});
  EXPECT_EQ(reasons(machine("{ entry: bypass }") + task("might_sleep")),
            Reasons{"access of nic, by S2CR.TYPE"});
  EXPECT_EQ(reasons(machine("{ entry: invalid }", off) + task("might_sleep")),
            Reasons{"access of nic, by sCR0.USFCFG, no stream mapping group matches"});
  EXPECT_EQ(reasons(machine("true") + task("write: 'smmu0.SCTLR[0] = 0'")),
            Reasons{"access of nic, by SCTLR.M"});
}

TEST(LegacyTraffic, IsOverWhenATlbSyncHasCompleted) {
  EXPECT_EQ(of(machine("true") + task(std::string(kClear) + kInvalidate + kSync + kFree), "stale_dma"),
            Status::kHolds);
  EXPECT_EQ(of(machine("true") + task(std::string(kClear) + kInvalidate + kFree), "stale_dma"),
            Status::kViolated);
  EXPECT_EQ(of(machine("true") + task(std::string(kClear) + kSync + kFree), "stale_dma"), Status::kViolated);
}

TEST(LegacyTraffic, TakesAnyTimeWhenTheTlbSyncThatWaitsForItNeverEnds) {
  const std::string given_up = std::string(kInvalidate) +
                               "write: 'smmu0.TLBSYNC[0] = 0', "
                               "{poll: 'smmu0.TLBSTATUS[0].SACTIVE == 0', timeout: 1048575us}, ";
  for (const char* knob : {", tlb_sync: never", ", tlb_sync: may_hang"}) {
    EXPECT_EQ(of(machine("true", knob) + task(std::string(kClear) + given_up + kFree), "stale_dma"),
              Status::kViolated)
        << knob;
  }
}

TEST(LegacyTraffic, DoesNotPutOffATlbSyncForEver) {
  const std::string goal = "goals: { done: reboot_completes }\n";
  const std::string steps = std::string(kClear) + kInvalidate + kSync + "machine_reset";
  EXPECT_EQ(of(machine("true") + goal + task(steps), "done"), Status::kHolds);
  EXPECT_EQ(of(machine("true", ", tlb_sync: never") + goal + task(steps), "done"), Status::kViolated);
  EXPECT_EQ(of(machine("true", ", tlb_sync: may_hang") + goal + task(steps), "done"), Status::kViolated);
}

TEST(LegacyTraffic, WaitsOrPassesWithoutClocksAsTheKnobSays) {
  const std::string off = task("write: smmu0.sCR0 = 1, clk_disable: smmu0");
  const std::string late = task("clk_disable: smmu0, set: x = 1");
  EXPECT_EQ(of(machine("true") + off, "untranslated_dma"), Status::kViolated);
  EXPECT_EQ(of(machine("true") + late, "untranslated_dma"), Status::kHolds);
  EXPECT_EQ(of(machine("{ mapped: false }") + late + never("x == 1 and smmu0.FSR[0] != 0"), "p"),
            Status::kViolated)
      << "a fault from before stays";
}

TEST(LegacyTraffic, IsTheNextKernelsProblem) {
  EXPECT_EQ(of(machine("true") + task("machine_kexec, machine_reset"), "dma_into_next_kernel"),
            Status::kViolated);
  EXPECT_EQ(of(machine("true") + task("set: nic.bus_master = false, poll: not in_flight(nic), machine_kexec, "
                                      "machine_reset"),
               "dma_into_next_kernel"),
            Status::kHolds);
}

TEST(LegacyTraffic, OfADeviceThatWasStoppedIsOwedForAsLongAsItTakes) {
  const std::string stop = "set: nic.bus_master = false, ";
  EXPECT_EQ(of(machine("true") + task(stop + "{poll: not in_flight(nic), sleeps: true}"), "hung_task"),
            Status::kHolds);
  EXPECT_EQ(of(machine("true", ", unclocked: ignored") +
                   task(stop + "clk_disable: smmu0, {poll: not in_flight(nic), sleeps: true}"),
               "hung_task"),
            Status::kViolated)
      << "without clocks it waits for software";
  EXPECT_EQ(of(machine("true") + task(std::string(kClear) + kInvalidate + stop + "sleep: 1s, " + kFree),
               "stale_dma"),
            Status::kViolated)
      << "a second proves nothing";
}

TEST(LegacyTraffic, FaultsAreRecordedWithTheirDirection) {
  const auto faults = [](const std::string& direction, const std::string& what) {
    return of(machine("{ mapped: false, direction: " + direction + " }") + task("might_sleep") + never(what),
              "p");
  };
  EXPECT_EQ(faults("writes", "smmu0.FSYNR0[0].WNR == 1"), Status::kViolated);
  EXPECT_EQ(faults("reads", "smmu0.FSYNR0[0].WNR == 1"), Status::kHolds);
  EXPECT_EQ(faults("both", "smmu0.FSR[0].TF == 1 and smmu0.FSYNR0[0].WNR == 0"), Status::kViolated);
}

TEST(LegacyTraffic, FaultsInterrupt) {
  const std::string text = machine("{ mapped: false }") +
                           "interrupts: { i: { handler: [set: x = 1, write: 'smmu0.FSR[0] = 0x800001fe'], "
                           "from: smmu0.context0 } }\n" +
                           task("might_sleep");
  EXPECT_EQ(of(text + never("x == 1"), "p"), Status::kViolated);
}

TEST(LegacyTraffic, CarriesInterruptMessages) {
  const std::string counts = "interrupts: { irq: { handler: [set: x = 1], from: nic } }\n" + never("x == 1");
  EXPECT_EQ(of(machine("true") + counts + task("might_sleep"), "p"), Status::kViolated);
  EXPECT_EQ(of(machine("{ entry: abort }") + counts + task("might_sleep"), "p"), Status::kHolds);
  EXPECT_EQ(of(machine("{ entry: abort }") + counts + task("raise_irq: irq"), "p"), Status::kHolds);
  const std::string asked = machine("true") + counts + task("set: nic.bus_master = false, raise_irq: irq");
  EXPECT_EQ(of(asked, "p"), Status::kViolated);
}

TEST(LegacyTraffic, StallsUntilSoftwareResumes) {
  const std::string stalls = machine("{ mapped: false, direction: writes }", ", mmu500: false") +
                             "goals: { told: { eventually: x == 1 } }\n";
  const std::string on = "write: 'smmu0.SCTLR[0] = 0x10e7', set: nic.bus_master = true, ";
  const std::string wait = "set: nic.bus_master = false, {poll: not in_flight(nic)}, set: x = 1";
  EXPECT_EQ(of(stalls + task(on + wait), "told"), Status::kViolated);
  const std::string resume = "write: 'smmu0.RESUME[0] = 1', {poll: not in_flight(nic)}, set: x = 1";
  const std::string stop = "set: nic.bus_master = false, ";
  EXPECT_EQ(of(stalls + task(on + stop + resume), "told"), Status::kViolated)
      << "an access that is decided later stalls after RESUME";
  EXPECT_EQ(of(stalls + task(on + stop + "write: 'smmu0.SCTLR[0] = 0x1067', " + resume), "told"),
            Status::kHolds)
      << "unless faults terminate by then";
}

TEST(LegacyTraffic, ThatStallsDoesNotHideAccessesToOtherPages) {
  const auto stale = [](const std::string& sctlr) {
    return of(machine("{ pages: 2, direction: writes }") +
                  task("set: nic.iova0.frame = NULL, write: 'smmu0.SCTLR[0] = " + sctlr +
                       "', poll: 'smmu0.FSR[0].SS == 1', set: nic.frame1.freed = true"),
              "stale_dma");
  };
  EXPECT_EQ(stale("0x11e7"), Status::kViolated) << "HUPCF: hits under a stalled fault go on";
}

TEST(Decisions, SayWhatADeviceWouldMeet) {
  const auto met = [](const std::string& text, const std::string& steps, int decision) {
    return check_text(text + task(steps + "load: d = decision(nic), set: x = d") +
                      never("x == " + std::to_string(decision)))
               .status("p") == Status::kViolated;
  };
  EXPECT_TRUE(met(machine("true"), "set: x = 5, write: smmu0.sCR0 = 1, ", 1));
  EXPECT_TRUE(met(machine("{ entry: abort }"), "set: x = 5, ", 2));
  EXPECT_TRUE(met(machine("true"), "set: x = 5, clk_disable: smmu0, ", 3));
  EXPECT_FALSE(met(machine("true"), "set: x = 5, clk_disable: smmu0, ", 1));
  EXPECT_TRUE(met(machine("true"), "set: x = 5, ", 0) && !met(machine("true"), "set: x = 5, ", 2));
  const std::string v3 =
      "machine: { cpus: 1, smmus: { s: { cr0_ack: immediate } }, devices: { nic: { behind: s, "
      "dma: { entry: bypass } } } }\nglobals: { x: int 0..9 }\n";
  EXPECT_TRUE(met(v3, "set: x = 5, ", 1));
  EXPECT_FALSE(met(v3, "set: x = 5, ", 2));
}

TEST(MixedTraffic, PassesItsOwnSmmuAlone) {
  const std::string text =
      "machine: { cpus: 1, smmus: { old: { model: smmuv2 }, new: { cmdq_entries: 4, cr0_ack: immediate } },"
      " devices: { a: { behind: old, dma: true }, b: { behind: new, dma: true } } }\n";
  EXPECT_EQ(of(text + task("set: a.bus_master = false, poll: not in_flight(a), write: old.sCR0 = 1"),
               "untranslated_dma"),
            Status::kHolds);
  EXPECT_EQ(of(text + task("set: b.bus_master = false, poll: not in_flight(b), write: new.CR0 = 0"),
               "untranslated_dma"),
            Status::kHolds);
  EXPECT_EQ(of(text + task("write: old.sCR0 = 1"), "untranslated_dma"), Status::kViolated);
}

TEST(LegacyTraffic, DeadVariablesKeepWhatTheSmmuReads) {
  ExploreOptions reduced;
  reduced.reductions.dead_variables = true;
  const std::string good = machine("true") + task(std::string(kClear) + kInvalidate + kSync + kFree);
  EXPECT_EQ(check_text(good, reduced).status("stale_dma"), Status::kHolds);
  EXPECT_EQ(check_text(machine("true") + task(std::string(kClear) + kFree), reduced).status("stale_dma"),
            Status::kViolated);
}

TEST(LegacyFootprints, OfTrafficAreWhatTransitionsTouch) {
  const std::string message = "interrupts: { irq: { handler: [set: x = 1], from: nic } }\n";
  const std::string lines = "interrupts: { i: { handler: [set: x = 1], from: smmu0.context0 } }\n";
  const std::string sync = std::string(kClear) + kInvalidate + kSync + kFree;
  for (const std::string& text :
       {machine("true") + task(sync), machine("true") + message + task("raise_irq: irq"),
        machine("{ mapped: false }") + lines + task("power_off: smmu0, power_on: smmu0"),
        machine("true", ", tlb_sync: may_hang") + task("load: d = decision(nic), set: x = d"),
        machine("true", "", "memory: buffered, ") + task(sync)}) {
    const Checked c = check_text(text);
    const FootprintReport report = check_footprints(c.system, {});
    EXPECT_TRUE(report.passed()) << text << (report.violations.empty() ? "" : report.violations.front());
  }
}

}  // namespace
}  // namespace quiesce::checker::legacy_traffic_test
