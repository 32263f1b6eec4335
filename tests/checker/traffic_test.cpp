// Devices that access memory by themselves, in scenarios: what is found, and what a run that has only traffic
// left is.
#include <gtest/gtest.h>

#include <string>

#include "checked.hpp"

namespace quiesce::checker::traffic_test {
namespace {

std::string machine(const std::string& dma, const std::string& smmu = "") {
  return "machine: { cpus: 1, smmus: { smmu0: { cmdq_entries: 8, cr0_ack: immediate" + smmu +
         " } }, devices: { nic: { behind: smmu0, dma: " + dma + " } } }\n";
}

std::string task(const std::string& steps) {
  return "tasks: { t: { kind: kthread, run: [" + steps + "] } }\n";
}

std::string invalidate(const std::string& commands) {
  return "{ reserve_and_publish: slot = smmu0, with: 'commands(" + commands +
         ")', sync: true }, poll: 'consumed(smmu0, smmu0.CMDQ_CONS, slot)', ";
}

constexpr const char* kClear = "set: nic.iova0.frame = NULL, ";
constexpr const char* kFree = "set: nic.frame0.freed = true";

TEST(Traffic, AnAccessToAMappedPageIsNoFinding) {
  const Checked c = check_text(machine("true") + task("might_sleep"));
  EXPECT_EQ(c.status("stale_dma"), Status::kHolds);
  EXPECT_EQ(c.status("untranslated_dma"), Status::kHolds);
}

TEST(Traffic, APageIsSafeAfterItsInvalidationAndACmdSync) {
  EXPECT_EQ(check_text(machine("true") + task(kClear + invalidate("TLBI_NH_VA, 1, nic.iova0") + kFree))
                .status("stale_dma"),
            Status::kHolds);
  EXPECT_EQ(check_text(machine("true") + task(std::string(kClear) + kFree)).status("stale_dma"),
            Status::kViolated);
}

TEST(Traffic, AnEntryThatIsNeverDroppedIsAsBad) {
  EXPECT_EQ(check_text(machine("true", ", evictions: false") + task(std::string(kClear) + kFree))
                .status("stale_dma"),
            Status::kViolated);
}

TEST(Traffic, AnUnmappedPageFaultsAndIsNotAccessed) {
  EXPECT_EQ(check_text(machine("{ mapped: false }") + task(kFree)).status("stale_dma"), Status::kHolds);
}

TEST(Traffic, ADisabledSmmuLetsIovasThroughUnlessGbpaAborts) {
  EXPECT_EQ(check_text(machine("true") + task("write: smmu0.CR0 = 0")).status("untranslated_dma"),
            Status::kViolated);
  EXPECT_EQ(check_text(machine("true", ", gbpa_abort: true") + task("write: smmu0.CR0 = 0"))
                .status("untranslated_dma"),
            Status::kHolds);
  EXPECT_EQ(check_text(machine("{ addresses: physical }") + task("write: smmu0.CR0 = 0"))
                .status("untranslated_dma"),
            Status::kHolds);
}

TEST(Traffic, TheNextKernelOwnsAllMemory) {
  EXPECT_EQ(check_text(machine("true") + task("machine_kexec, machine_reset")).status("dma_into_next_kernel"),
            Status::kViolated);
  EXPECT_EQ(check_text(machine("true") + task("set: nic.bus_master = false, poll: not in_flight(nic), "
                                              "machine_kexec, machine_reset"))
                .status("dma_into_next_kernel"),
            Status::kHolds);
}

TEST(Traffic, ADeviceThatWasStoppedOwesTheRestOfItsAccesses) {
  const std::string steps = "set: nic.bus_master = false, {poll: not in_flight(nic), sleeps: true}";
  EXPECT_EQ(check_text(machine("true") + task(steps)).status("hung_task"), Status::kHolds);
}

TEST(Traffic, AMessageBecomesAnInterruptOnlyIfItIsTranslated) {
  const std::string counts =
      "globals: { told: bool }\ninterrupts: { irq: { handler: [set: told = true], from: nic } }\n"
      "properties: { nobody: { never: told } }\n";
  EXPECT_EQ(check_text(machine("true") + counts + task("might_sleep")).status("nobody"), Status::kViolated);
  EXPECT_EQ(check_text(machine("{ entry: abort }") + counts + task("might_sleep")).status("nobody"),
            Status::kHolds);
  const Checked bypassed = check_text(machine("{ entry: bypass }") + counts + task("might_sleep"));
  EXPECT_EQ(bypassed.status("nobody"), Status::kHolds);
  EXPECT_EQ(bypassed.status("untranslated_dma"), Status::kViolated);
}

TEST(Traffic, AWaitForAMessageEndsWhereItCanArrive) {
  const std::string waits =
      "globals: { told: bool }\ninterrupts: { irq: { handler: [set: told = true], from: nic } }\n"
      "properties: { told_at_last: { eventually: told } }\n" +
      task("set: nic.bus_master = false, raise_irq: irq, wait_until: told, set: nic.iova0.frame = NULL");
  EXPECT_EQ(check_text(machine("true") + waits).status("told_at_last"), Status::kHolds)
      << "whatever the SMMU drops and fetches meanwhile";
  EXPECT_EQ(check_text(machine("{ entry: abort }") + waits).status("told_at_last"), Status::kViolated);
}

TEST(Traffic, NothingElseThanTrafficIsTheEndOfARun) {
  const std::string property = "globals: { done: bool }\nproperties: { done_at_end: { at_end: done } }\n";
  const Checked c = check_text(machine("true") + property + task("might_sleep"));
  EXPECT_EQ(c.status("done_at_end"), Status::kViolated);
  EXPECT_EQ(c.status("deadlock"), Status::kHolds);
  EXPECT_EQ(c.status("livelock"), Status::kHolds) << "accesses that go on are no livelock";
}

TEST(Traffic, AWaitThatTrafficCannotEndIsADeadlock) {
  const std::string steps = "globals: { never: bool }\n" + task("wait_until: never");
  const std::string off =
      "machine: { cpus: 1, hung_task_timeout: 0, smmus: { smmu0: { cmdq_entries: 8 } }, "
      "devices: { nic: { behind: smmu0, dma: true } } }\n";
  EXPECT_EQ(check_text(off + steps).status("deadlock"), Status::kViolated);
}

constexpr const char* kOnlyCounts =
    "globals: { n: bool }\ninterrupts: { i: { handler: [set: n = true], from: nic } }\n";

TEST(Traffic, HandlersThatWakeNobodyAreTheEndOfARunToo) {
  const std::string text = machine("true") + kOnlyCounts + "properties: { p: { at_end: false } }\n";
  EXPECT_EQ(check_text(text + task("might_sleep")).status("p"), Status::kViolated);
}

TEST(Traffic, AWaitThatNoHandlerEndsIsADeadlock) {
  const std::string text = machine("true") + "locks: { c: completion }\n" + kOnlyCounts;
  EXPECT_EQ(check_text(text + task("wait_for_completion: c")).status("deadlock"), Status::kViolated);
}

TEST(Traffic, AWaitThatAHandlerEndsWithAPanicIsNoDeadlock) {
  const std::string text = machine("true") + "locks: { c: completion }\n" +
                           "interrupts: { i: { handler: [panic: over], from: nic } }\n";
  const Checked c = check_text(text + task("wait_for_completion: c"));
  EXPECT_EQ(c.status("deadlock"), Status::kHolds);
  EXPECT_EQ(c.status("panic"), Status::kViolated);
}

TEST(Traffic, AWaitThatOnlyAFaultKnobEndsIsADeadlock) {
  const std::string text = machine("true", ", service_failure_mode: true") + "locks: { c: completion }\n" +
                           "interrupts: { i: { handler: [complete: c], from: smmu0.gerror } }\n";
  EXPECT_EQ(check_text(text + task("wait_for_completion: c")).status("deadlock"), Status::kViolated);
}

TEST(Traffic, DoesNotPutOffACmdSyncForEver) {
  const std::string goal = "goals: { done: reboot_completes }\n";
  EXPECT_EQ(check_text(machine("true") + goal +
                       task(kClear + invalidate("TLBI_NH_VA, 1, nic.iova0") + "machine_reset"))
                .status("done"),
            Status::kHolds);
}

TEST(Traffic, OfInterruptsThatNobodyAskedForComesAnEnd) {
  const std::string text = machine("true") + kOnlyCounts + "goals: { done: reboot_completes }\n";
  EXPECT_EQ(check_text(text + task("might_sleep, machine_reset")).status("done"), Status::kHolds);
}

TEST(Traffic, AWalkEndsWhereOnlyTrafficIsLeft) {
  ExploreOptions options;
  options.mode = SearchMode::kRandom;
  options.walks = {1, 20, 100'000, 2};
  const Checked c = check_text(machine("true") + task("might_sleep"), options);
  EXPECT_EQ(c.outcome.search.cut, 0U);
}

TEST(Traffic, AFaultThatStallsWaitsForACommand) {
  const std::string stalls = machine("{ mapped: false }", ", stall_model: stall, evtq_entries: 1") +
                             "properties: { recorded: { never: smmu0.EVENTQ_PROD != smmu0.EVENTQ_CONS } }\n";
  EXPECT_EQ(check_text(stalls + task("set: nic.cd0.S = true")).status("recorded"), Status::kViolated);
}

TEST(Traffic, CommandsNeedTheirOperands) {
  EXPECT_THROW(check_text(machine("true") + task(invalidate("TLBI_NH_VA") + kFree)), sim::ScenarioError);
  EXPECT_THROW(check_text(machine("true") + task(invalidate("TLBI_NH_VA, 1, nic") + kFree)),
               sim::ScenarioError);
  EXPECT_THROW(check_text(machine("true") + task(invalidate("SYNC, 1, nic") + kFree)), sim::ScenarioError);
}

TEST(Traffic, MoreThanHasNumbersIsAMistake) {
  const auto devices = [](int count) {
    std::string all = "machine: { cpus: 1, smmus: { s: {} }, devices: { ";
    for (int i = 0; i < count; ++i)
      all += (i > 0 ? ", d" : "d") + std::to_string(i) + ": { behind: s, dma: { substreams: 1 } }";
    return all + " } }\n";
  };
  ExploreOptions few;
  few.max_states = 10;
  EXPECT_NO_THROW(check_text(devices(8) + task("might_sleep"), few));
  EXPECT_THROW(check_text(devices(9) + task("might_sleep"), few), sim::ScenarioError);
}

TEST(Traffic, DeadVariablesKeepWhatTheSmmuReads) {
  const std::string text = machine("true") + task(kClear + invalidate("TLBI_NH_VA, 1, nic.iova0") + kFree);
  ExploreOptions reduced;
  reduced.reductions.dead_variables = true;
  EXPECT_EQ(check_text(text, reduced).status("stale_dma"), Status::kHolds);
  EXPECT_EQ(check_text(machine("true") + task(std::string(kClear) + kFree), reduced).status("stale_dma"),
            Status::kViolated);
}

}  // namespace
}  // namespace quiesce::checker::traffic_test
