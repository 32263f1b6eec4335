// Registers, clocks, power and interrupts of legacy SMMUs, in scenarios.
#include <gtest/gtest.h>

#include <string>

#include "checked.hpp"
#include "checker/footprint_check.hpp"

namespace quiesce::checker::legacy_registers_test {
namespace {

std::string machine(const std::string& knobs = "", const std::string& more = "") {
  return "machine: { cpus: 1, " + more + "smmus: { smmu0: { model: smmuv2" + knobs +
         " } }, devices: { smmu0.pdev: { controls: smmu0 }, nic: { behind: smmu0 } } }\n"
         "globals: { x: int 0..9, d: 'domain?' }\n";
}

std::string task(const std::string& steps) {
  return "tasks: { t: { kind: kthread, run: [" + steps + "] } }\n";
}

std::string never(const std::string& what) { return "properties: { p: { never: '" + what + "' } }\n"; }

/// Whether the task comes to a state with `what`.
Status meets(const std::string& text, const std::string& what) {
  return check_text(text + never(what)).status("p");
}

std::string buffered(const std::string& knobs = "") { return machine(knobs, "memory: buffered, "); }

TEST(LegacyRegisters, ReadWhatWasWritten) {
  const std::string text =
      machine() + task("write: smmu0.sCR0 = 1, load: v = smmu0.sCR0.CLIENTPD, set: x = v");
  EXPECT_EQ(meets(text, "x == 1"), Status::kViolated);
}

TEST(LegacyRegisters, FitAGlobalOf32Bits) {
  const std::string small = "int 0..9";
  std::string text = machine();
  text.replace(text.find(small), small.size(), "'int -2147483648..2147483647'");
  const Checked c =
      check_text(text + task("load: 'w = smmu0.SMR[0]', set: x = w") + never("x == 0x80000000"));
  EXPECT_EQ(c.status("p"), Status::kViolated) << "SMR.VALID alone";
  EXPECT_EQ(c.status("range_error"), Status::kHolds);
}

TEST(LegacyRegisters, AreNamedByNumbersFoundAtRunTime) {
  const std::string text =
      machine(", context_banks: 2") +
      task(
          "choose: i in 0..1, write: 'smmu0.SCTLR[i] = 0', load: 'v = smmu0.SCTLR[nic.domain.cbndx].M', "
          "set: x = v + 1");
  EXPECT_EQ(meets(text, "x == 1"), Status::kViolated);
  EXPECT_EQ(meets(text, "x == 2"), Status::kViolated);
  EXPECT_EQ(check_text(text).status("range_error"), Status::kHolds);
}

TEST(LegacyRegisters, BeyondTheLastAreARangeError) {
  const std::string choose = "choose: i in 0..1, ";
  EXPECT_EQ(check_text(machine() + task(choose + "write: 'smmu0.SMR[i] = 0'")).status("range_error"),
            Status::kViolated);
  EXPECT_EQ(check_text(machine() + task(choose + "load: 'v = smmu0.SMR[i]'")).status("range_error"),
            Status::kViolated);
}

TEST(LegacyRegisters, BeginAsTheDriverLeavesThem) {
  for (const char* what :
       {"smmu0.sCR0.CLIENTPD == 0", "smmu0.sCR0.USFCFG == 1", "smmu0.SMR[0].VALID == 1",
        "smmu0.S2CR[0].TYPE == 0", "smmu0.SCTLR[0] == 0x1067", "smmu0.TTBR0[0] == nic.domain",
        "nic.smendx == 0", "nic.domain.cbndx == 0", "smmu0.dev == smmu0.pdev"}) {
    EXPECT_EQ(meets(machine() + task("might_sleep"), what), Status::kViolated) << what;
  }
  EXPECT_EQ(meets(machine(", disable_bypass: false") + task("might_sleep"), "smmu0.sCR0.USFCFG == 1"),
            Status::kHolds);
}

TEST(LegacyRegisters, HoldDomainsInTtbr0) {
  const std::string text =
      machine() + task("load: 'd = smmu0.TTBR0[0]', set: d = d, write: 'smmu0.TTBR0[0] = NULL'");
  EXPECT_EQ(meets(text, "smmu0.TTBR0[0] == NULL"), Status::kViolated);
}

TEST(LegacyRegisters, AreGuardedOneByOneOrTogether) {
  const auto guarded = [](const std::string& reg) {
    return check_text(machine(", context_banks: 2") + task("write: 'smmu0.SCTLR[1] = 0'") +
                      "properties: { p: { never_on: { write: '" + reg + "' } } }\n")
        .status("p");
  };
  EXPECT_EQ(guarded("smmu0.SCTLR[1]"), Status::kViolated);
  EXPECT_EQ(guarded("smmu0.SCTLR[0]"), Status::kHolds);
  EXPECT_EQ(guarded("smmu0.SCTLR"), Status::kViolated);
  EXPECT_EQ(guarded("smmu0.FSR"), Status::kHolds);
}

TEST(LegacyClocks, AreCounted) {
  const std::string twice = "clk_enable: smmu0, clk_disable: smmu0, ";
  const Checked c = check_text(machine() + task(twice + "load: v = smmu0.sCR0"));
  EXPECT_EQ(c.status("unclocked_access"), Status::kHolds);
  EXPECT_EQ(check_text(machine() + task(twice + "clk_disable: smmu0, load: v = smmu0.sCR0"))
                .status("unclocked_access"),
            Status::kViolated);
  EXPECT_EQ(check_text(machine() + task("clk_disable: smmu0, clk_disable: smmu0")).status("range_error"),
            Status::kViolated);
  EXPECT_EQ(check_text(machine() + task(twice + "clk_disable: smmu0")).status("range_error"), Status::kHolds);
}

TEST(LegacyPower, TakesTheRegistersAlong) {
  const std::string text = "power_off: smmu0, power_on: smmu0, might_sleep";
  EXPECT_EQ(meets(machine() + task(text), "smmu0.SMR[0].VALID == 0"), Status::kViolated);
  EXPECT_EQ(meets(machine(", retains_state: true") + task(text), "smmu0.SMR[0].VALID == 0"), Status::kHolds);
  EXPECT_EQ(check_text(machine() + task("power_off: smmu0, load: v = smmu0.sCR0")).status("unclocked_access"),
            Status::kViolated);
}

TEST(LegacyPower, IsNotToSwitchWithoutAPowerDomain) {
  for (const char* verb : {"power_off", "power_on"}) {
    const std::string steps = std::string(verb) + ": smmu0, load: v = smmu0.sCR0, set: x = 1";
    const Checked c = check_text(machine(", power_domain: false") + task(steps) + never("x == 1"));
    EXPECT_EQ(c.status("range_error"), Status::kViolated) << verb;
    EXPECT_EQ(c.status("unclocked_access"), Status::kHolds) << verb;
    EXPECT_EQ(c.status("p"), Status::kViolated) << "and the run goes on";
    EXPECT_EQ(check_text(machine() + task(std::string(verb) + ": smmu0")).status("range_error"),
              Status::kHolds);
  }
}

constexpr const char* kReads = "clk_disable: smmu0, load: v = smmu0.sCR0, set: x = v + 1";
constexpr const char* kWrites = "clk_disable: smmu0, write: smmu0.sCR0 = 1, set: x = 1";

TEST(Unclocked, ExternalAbortsKillTheTask) {
  const std::string waits = machine(", early_write_ack: false");
  for (const std::string& text : {machine() + task(kReads), waits + task(kWrites)}) {
    const Checked c = check_text(text + never("x == 1"));
    EXPECT_EQ(c.status("unclocked_access"), Status::kViolated);
    EXPECT_EQ(c.status("panic"), Status::kHolds);
    EXPECT_EQ(c.status("p"), Status::kHolds);
  }
  EXPECT_EQ(check_text(machine("", "panic_on_oops: true, ") + task(kReads)).status("panic"),
            Status::kViolated);
}

TEST(Unclocked, AWriteIsAcknowledgedEarlySoItsAbortIsAnSError) {
  const Checked c = check_text(machine() + task(kWrites) + never("x == 1"));
  EXPECT_EQ(c.status("unclocked_access"), Status::kViolated);
  EXPECT_EQ(c.status("panic"), Status::kViolated);
  EXPECT_EQ(c.status("p"), Status::kHolds);
}

TEST(Unclocked, SErrorsPanic) {
  const Checked c = check_text(machine(", unclocked: serror") + task(kReads) + never("x == 1"));
  EXPECT_EQ(c.status("unclocked_access"), Status::kViolated);
  EXPECT_EQ(c.status("panic"), Status::kViolated);
  EXPECT_EQ(c.status("p"), Status::kHolds);
}

TEST(Unclocked, IgnoredReadsAreZeroAndWritesAreLost) {
  const std::string ignored = machine(", unclocked: ignored");
  EXPECT_EQ(check_text(ignored + task(kReads)).status("unclocked_access"), Status::kViolated);
  EXPECT_EQ(meets(ignored + task(kReads), "x == 1"), Status::kViolated);
  EXPECT_EQ(meets(ignored + task(kWrites), "smmu0.sCR0.CLIENTPD == 1"), Status::kHolds);
  EXPECT_EQ(meets(ignored + task(kWrites), "x == 1"), Status::kViolated);
}

TEST(Unclocked, AHungBusStopsTheCpuForGood) {
  const std::string goals = "goals: { done: reboot_completes, way: no_trap }\n";
  const Checked c =
      check_text(machine(", unclocked: bus_hang") + goals + task(std::string(kReads) + ", machine_reset"));
  EXPECT_EQ(c.status("unclocked_access"), Status::kViolated);
  EXPECT_EQ(c.status("deadlock"), Status::kViolated);
  EXPECT_EQ(c.status("done"), Status::kViolated);
  EXPECT_EQ(c.status("way"), Status::kViolated);
}

TEST(Unclocked, AHungCpuTakesNoInterruptsAndLeavesOthersWaiting) {
  const std::string text =
      "machine: { cpus: 2, smmus: { smmu0: { model: smmuv2, unclocked: bus_hang } } }\n"
      "globals: { x: int 0..9 }\nlocks: { m: mutex }\n"
      "interrupts: { i: { handler: [set: x = 1], cpu: 0 } }\n"
      "tasks:\n"
      "  t: { cpu: 0, run: [mutex_lock: m, clk_disable: smmu0, load: v = smmu0.sCR0, mutex_unlock: m] }\n"
      "  u: { cpu: 1, run: [wait_until: smmu0.sCR0 == 0, raise_irq: i] }\n"
      "  w: { cpu: 1, run: [mutex_lock: m, mutex_unlock: m] }\n";
  const Checked c = check_text(text);
  EXPECT_EQ(c.status("hung_task"), Status::kViolated);
  EXPECT_EQ(c.status("deadlock"), Status::kViolated);
  const std::string late =
      "machine: { cpus: 2, smmus: { smmu0: { model: smmuv2, unclocked: bus_hang } } }\n"
      "globals: { x: int 0..9, hung: bool }\n"
      "interrupts: { i: { handler: [set: x = 1], cpu: 0 } }\n"
      "tasks:\n"
      "  t: { cpu: 0, run: [clk_disable: smmu0, atomic: [set: hung = true, load: v = smmu0.sCR0]] }\n"
      "  u: { cpu: 1, run: [wait_until: hung, raise_irq: i] }\n";
  EXPECT_EQ(meets(late, "x == 1"), Status::kHolds);
}

TEST(Unclocked, AHungCpuCannotBeStopped) {
  const std::string text =
      "machine: { cpus: 2, smmus: { smmu0: { model: smmuv2, unclocked: bus_hang } } }\n"
      "globals: { hung: bool, gave_up: bool }\n"
      "tasks:\n"
      "  t: { cpu: 0, run: [clk_disable: smmu0, atomic: [set: hung = true, load: v = smmu0.sCR0]] }\n"
      "  u: { cpu: 1, run: [wait_until: hung, {smp_send_stop: , timeout: 1s, on_timeout: [set: gave_up = "
      "true]},"
      " machine_reset] }\nproperties: { given_up: { at_end: gave_up } }\n";
  EXPECT_EQ(check_text(text).status("given_up"), Status::kHolds);
}

TEST(Unclocked, AWaitMeetsTheClocksThatGoOffMeanwhile) {
  const auto wait = [](const std::string& knobs, const std::string& how) {
    return "machine: { cpus: 2, smmus: { smmu0: { model: smmuv2" + knobs + " } } }\ntasks:\n" +
           "  t: { cpu: 0, run: [" + how + "] }\n  u: { cpu: 1, run: [clk_disable: smmu0] }\n";
  };
  for (const std::string how :
       {"poll: smmu0.sGFSR == 1", "{poll: smmu0.sGFSR == 1, timeout: 1s, sleeps: true}",
        "wait_until: smmu0.sGFSR == 1"}) {
    const Checked aborted = check_text(wait("", how));
    EXPECT_EQ(aborted.status("unclocked_access"), Status::kViolated) << how;
    const Checked ignored = check_text(wait(", unclocked: ignored", how));
    EXPECT_EQ(ignored.status("unclocked_access"), Status::kViolated) << how;
    EXPECT_EQ(ignored.status("livelock"), Status::kHolds) << how;
  }
}

TEST(Unclocked, APostedWriteMayArriveAfterTheClocksWentOff) {
  const std::string steps = "write: smmu0.sCR0 = 1, clk_disable: smmu0";
  const Checked late = check_text(buffered() + task(steps));
  EXPECT_EQ(late.status("unclocked_access"), Status::kViolated);
  EXPECT_EQ(late.status("panic"), Status::kViolated) << "nobody is there for an oops";
  EXPECT_EQ(check_text(machine() + task(steps)).status("unclocked_access"), Status::kHolds);
  const std::string read_back = "write: smmu0.sCR0 = 1, load: v = smmu0.sCR0, clk_disable: smmu0";
  EXPECT_EQ(check_text(buffered() + task(read_back)).status("unclocked_access"), Status::kHolds);
  const Checked lost = check_text(buffered(", unclocked: ignored") + task(steps));
  EXPECT_EQ(lost.status("unclocked_access"), Status::kViolated);
  EXPECT_EQ(lost.status("panic"), Status::kHolds);
  EXPECT_EQ(check_text(buffered(", unclocked: bus_hang") + task(steps)).status("deadlock"),
            Status::kViolated);
}

TEST(LegacyWrites, WaitInTheStoreBufferWithTheirNumbers) {
  const std::string steps =
      "choose: i in 0..1, write: 'smmu0.SCTLR[i] = 0', load: 'v = smmu0.SCTLR[1].M', set: x = i * 2 + v";
  const std::string text = buffered(", context_banks: 2") + task("write: 'smmu0.SCTLR[1] = 1', " + steps);
  EXPECT_EQ(meets(text, "x == 1"), Status::kViolated);
  EXPECT_EQ(meets(text, "x == 2"), Status::kViolated);
  EXPECT_EQ(meets(text, "x == 3"), Status::kHolds);
}

std::string fault(const std::string& handler, const std::string& steps) {
  return machine() + "interrupts: { fault: { handler: [" + handler + "], from: smmu0.global } }\n" +
         "goals: { ends: { eventually: exited(t) } }\n" + task("write: smmu0.sGFSRRESTORE = 2, " + steps);
}

TEST(LegacyInterrupts, StormWhereTheHandlerClearsNothing) {
  const Checked c = check_text(fault("set: x = 1", "might_sleep"));
  EXPECT_EQ(c.status("ends"), Status::kViolated);
  EXPECT_EQ(c.status("livelock"), Status::kViolated);
}

TEST(LegacyInterrupts, EndWhereTheHandlerClearsTheFault) {
  const Checked c = check_text(fault("write: smmu0.sGFSR = 2, set: x = 1", "might_sleep") + never("x == 1"));
  EXPECT_EQ(c.status("ends"), Status::kHolds);
  EXPECT_EQ(c.status("livelock"), Status::kHolds);
  EXPECT_EQ(c.status("p"), Status::kViolated);
}

TEST(LegacyInterrupts, AreDroppedWhenTheLineIsLowered) {
  const std::string masked =
      machine() + "interrupts: { fault: { handler: [set: x = 1], from: smmu0.global } }\n" +
      task(
          "local_irq_disable, write: smmu0.sGFSRRESTORE = 2, might_sleep, write: smmu0.sGFSR = 2, "
          "local_irq_enable");
  EXPECT_EQ(meets(masked, "x == 1"), Status::kHolds);
}

TEST(LegacyInterrupts, OfTwoLinesEitherAsserts) {
  const std::string both =
      machine() + "interrupts: { fault: { handler: [set: x = 1], from: [smmu0.global, smmu0.context0] } }\n" +
      task("local_irq_disable, write: smmu0.sGFSRRESTORE = 2, write: smmu0.sGFSR = 2, local_irq_enable");
  EXPECT_EQ(meets(both, "x == 1"), Status::kHolds);
}

std::string mixed(const std::string& steps) {
  return "machine: { cpus: 1, smmus: { old: { model: smmuv2 }, new: { cmdq_entries: 4, cr0_ack: immediate } "
         "},"
         " devices: { a: { controls: old }, b: { controls: new }, c: {} } }\nglobals: { x: int 0..9 }\n" +
         task(steps);
}

TEST(MixedMachines, KeepTheirSmmusApart) {
  const std::string text =
      mixed("write: new.CR0 = 0, write: old.sCR0 = 1, load: v = old.sCR0.CLIENTPD, set: x = v");
  const Checked c = check_text(text + never("x == 1 and new.CR0 == 0 and old.dev == a and new.dev == b"));
  EXPECT_EQ(c.status("p"), Status::kViolated);
  EXPECT_EQ(c.status("unpredictable_register"), Status::kHolds);
}

TEST(MixedMachines, AskingTheWrongModelIsAFinding) {
  for (const char* step : {"load: v = s.CR0", "write: s.CR0 = 0", "load: v = s.sCR0", "write: s.sCR0 = 0",
                           "clk_enable: s", "{reserve_and_publish: at = s, with: commands(TLBI_NH_ALL)}"}) {
    const Checked c =
        check_text(mixed(std::string("choose: s in smmu, ") + step + ", set: x = 1") + never("x == 1"));
    EXPECT_EQ(c.status("unpredictable_register"), Status::kViolated) << step;
    EXPECT_EQ(c.status("p"), Status::kViolated) << step;
  }
}

TEST(LegacySymmetry, ExchangesSmmusWithTheDomainsInTheirRegisters) {
  const std::string text =
      "machine: { cpus: 2, smmus: { s0: { model: smmuv2 }, s1: { model: smmuv2 }, n: {} }, devices: { a: { "
      "behind: s0 }, b: { behind: s1 } } }\nroutines: { work: { params: { dev: device }, steps: [ { write: "
      "'dev.behind.TTBR0[0] = NULL' }, { write: 'dev.behind.TTBR0[0] = dev.domain' } ] } }\n"
      "tasks: { t: { run: [ call: work(a) ] }, u: { run: [ call: work(b) ] } }\n" +
      never("s0.TTBR0[0] == NULL and s1.TTBR0[0] == NULL");
  ExploreOptions reduced;
  reduced.reductions.symmetry = true;
  const Checked full = check_text(text);
  const Checked less = check_text(text, reduced);
  EXPECT_LT(less.outcome.states, full.outcome.states);
  EXPECT_EQ(less.status("p"), full.status("p"));
  EXPECT_EQ(less.status("p"), Status::kViolated);
}

TEST(LegacyFootprints, AreWhatStepsTouch) {
  for (const std::string& text :
       {machine() + task(kReads), machine(", unclocked: serror") + task(kWrites),
        machine(", unclocked: bus_hang") + task(kReads), machine(", unclocked: ignored") + task(kReads),
        buffered() + task("write: smmu0.sCR0 = 1, clk_disable: smmu0, write: 'smmu0.SMR[0] = 0'"),
        buffered(", unclocked: bus_hang") + task("write: smmu0.sCR0 = 1, clk_disable: smmu0"),
        fault("set: x = 1", "might_sleep"),
        fault("write: smmu0.sGFSR = 2", "power_off: smmu0, power_on: smmu0"),
        mixed("choose: s in smmu, load: v = s.CR0, write: s.sCR0 = 1, clk_disable: s")}) {
    const Checked c = check_text(text);
    const FootprintReport report = check_footprints(c.system, {});
    EXPECT_TRUE(report.passed()) << text << (report.violations.empty() ? "" : report.violations.front());
  }
}

}  // namespace
}  // namespace quiesce::checker::legacy_registers_test
