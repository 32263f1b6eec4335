// What proves to a scenario that a device's access is over, and what does not.
// Spec: IHI 0070G.b, sections at each test.
#include <gtest/gtest.h>

#include <string>

#include "checked.hpp"

namespace quiesce::checker::traffic_rules_test {
namespace {

std::string one_smmu(const std::string& devices, const std::string& smmu = "") {
  return "machine: { cpus: 1, smmus: { smmu0: { cmdq_entries: 8, cr0_ack: immediate" + smmu +
         " } }, devices: { " + devices + " } }\n";
}

std::string nic(const std::string& dma, const std::string& smmu = "") {
  return one_smmu("nic: { behind: smmu0, dma: " + dma + " }", smmu);
}

std::string task(const std::string& steps) {
  return "tasks: { t: { kind: kthread, run: [" + steps + "] } }\n";
}

/// The commands, and a CMD_SYNC that is waited for.
std::string issue(const std::string& commands, const std::string& smmu = "smmu0") {
  return "{ reserve_and_publish: slot = " + smmu + ", with: 'commands(" + commands +
         ")', sync: true }, poll: 'consumed(" + smmu + ", " + smmu + ".CMDQ_CONS, slot)', ";
}

Status stale(const std::string& text) { return check_text(text).status("stale_dma"); }

constexpr const char* kStop = "set: nic.bus_master = false, ";
constexpr const char* kFree = "set: nic.frame0.freed = true";
constexpr const char* kUnmap = "set: nic.iova0.frame = NULL, ";

// Spec: 4.7.3.
TEST(TrafficRules, ADeadlineOfTheKernelDoesNotProveThatAnAccessHasLanded) {
  for (const std::string wait : {"sleep: 1us, ", "delay: 1us, ", "{ poll: false, timeout: 1us }, "})
    EXPECT_EQ(stale(nic("true") + task(kStop + wait + kFree)), Status::kViolated) << wait;
  EXPECT_EQ(stale(nic("true") + task(std::string(kStop) + "poll: not in_flight(nic), " + kFree)),
            Status::kHolds);
}

TEST(TrafficRules, ADeadlineBehindATlbiProvesNothingEither) {
  const std::string tlbi =
      "{ reserve_and_publish: slot = smmu0, with: 'commands(TLBI_NH_VA, 1, nic.iova0)' }, sleep: 1us, ";
  EXPECT_EQ(stale(nic("true") + task(kUnmap + tlbi + kFree)), Status::kViolated);
}

TEST(TrafficRules, AWatchdogDoesNotCountTheTimeOfAnAccess) {
  const std::string stops =
      "set: nic.bus_master = false, preempt_disable, poll: not in_flight(nic), "
      "preempt_enable";
  EXPECT_EQ(check_text(nic("true") + task(stops)).status("soft_lockup"), Status::kHolds);
}

TEST(TrafficRules, APhysicalAddressIsThatOfThePagesHome) {
  EXPECT_EQ(stale(nic("{ entry: bypass, addresses: physical }") + task(kFree)), Status::kViolated);
  EXPECT_EQ(
      stale(nic("{ entry: bypass, addresses: physical, pages: 2 }") + task("set: nic.frame1.freed = true")),
      Status::kViolated);
  EXPECT_EQ(stale(nic("{ entry: bypass, addresses: physical }") + task("might_sleep")), Status::kHolds);
}

// Linux v6.18 drivers/iommu/iommu.c iommu_dma_prepare_msi().
TEST(TrafficRules, InAnIdentityDomainAMessageGoesToTheDoorbell) {
  const Checked c =
      check_text(nic("{ entry: bypass, addresses: physical }") +
                 "globals: { told: bool }\ninterrupts: { irq: { handler: [set: told = true], from: nic } }\n"
                 "properties: { nobody: { never: told } }\n" +
                 task("might_sleep"));
  EXPECT_EQ(c.status("nobody"), Status::kViolated);
  EXPECT_EQ(c.status("untranslated_dma"), Status::kHolds);
}

// Spec: 4.7.3.
TEST(TrafficRules, ACmdSyncWaitsForWhatUsedTheDescriptorThatWasInvalidated) {
  const auto off_and = [](const std::string& cd) {
    return one_smmu("nic: { behind: smmu0, dma: { substreams: 1 } }", ", gbpa_abort: true") +
           task("write: smmu0.CR0 = 12, poll: smmu0.CR0ACK == 12, " + issue("CFGI_CD, 1, " + cd) + kFree);
  };
  EXPECT_EQ(stale(off_and("nic.cd0")), Status::kHolds);
  EXPECT_EQ(stale(off_and("nic.cd1")), Status::kViolated) << "the access had no SubstreamID";
}

TEST(TrafficRules, ADeviceWithoutDmaHasNoStream) {
  const std::string devices =
      "plain: { behind: smmu0 }, smmu0.pdev: { controls: smmu0 }, nic: { behind: smmu0, dma: true }";
  for (const std::string named : {"plain", "smmu0.pdev"}) {
    EXPECT_EQ(
        stale(one_smmu(devices) + task("set: nic.ste.Config = 0, " + issue("CFGI_STE, 1, " + named) + kFree)),
        Status::kViolated)
        << named;
  }
}

TEST(TrafficRules, ADeviceBehindOneSmmuIsNoneOfAnother) {
  const std::string machine =
      "machine: { cpus: 1, smmus: { s: { cmdq_entries: 8, cr0_ack: immediate }, t: { cmdq_entries: 8, "
      "cr0_ack: immediate } }, devices: { a: { behind: s, dma: true }, b: { behind: t, dma: true } } }\n";
  const auto with = [&](const std::string& smmu, const std::string& device) {
    return machine + task("set: b.ste.Config = 0, " + issue("CFGI_STE, 1, " + device, smmu) +
                          "set: b.frame0.freed = true");
  };
  EXPECT_EQ(stale(with("t", "b")), Status::kHolds);
  EXPECT_EQ(stale(with("t", "a")), Status::kViolated);
  EXPECT_EQ(stale(with("s", "b")), Status::kViolated);
}

// Spec: 4.4.2, 4.4.3.1.
TEST(TrafficRules, ACommandForOneStageLeavesTheOther) {
  EXPECT_EQ(stale(nic("true") + task(kUnmap + issue("TLBI_S2_IPA, 1, nic.iova0") + kFree)),
            Status::kViolated);
  const std::string to_stage2 = std::string(kStop) + "poll: not in_flight(nic), set: nic.ste.Config = 0, " +
                                issue("CFGI_STE, 1, nic") +
                                "set: nic.ste.S2TTB = nic.domain, set: nic.ste.Config = 6, " +
                                issue("CFGI_STE, 1, nic") + "set: nic.bus_master = true, ";
  EXPECT_EQ(stale(nic("true") + task(to_stage2 + kUnmap + issue("TLBI_NH_VA, 1, nic.iova0") + kFree)),
            Status::kViolated);
  EXPECT_EQ(stale(nic("true") + task(to_stage2 + kUnmap + issue("TLBI_S2_IPA, 1, nic.iova0") + kFree)),
            Status::kHolds);
}

// Spec: 5.5, 6.3.1: STALL_MODEL 0b10.
TEST(TrafficRules, WhereStallsAreForcedDescriptorsBeginWithThem) {
  EXPECT_EQ(stale(nic("true", ", stall_model: forced") + task(std::string(kUnmap) + kFree)),
            Status::kViolated);
}

// Spec: 4.7.2.
TEST(TrafficRules, StallTermNeedsACompleteCfgi) {
  const auto status = [](const std::string& cfgi) {
    return check_text(nic("{ mapped: false }", ", stall_model: stall") +
                      task("set: nic.ste.Config = 0, " + cfgi + issue("STALL_TERM, 1, nic") + "might_sleep"))
        .status("unpredictable_register");
  };
  EXPECT_EQ(status(""), Status::kViolated);
  EXPECT_EQ(status(issue("CFGI_STE, 1, nic")), Status::kHolds);
}

// Spec: 3.12.2: another transaction of the stream goes on while one is stalled.
TEST(TrafficRules, AnAccessThatStallsDoesNotHideThoseToOtherPages) {
  const std::string steps =
      std::string(kStop) + "poll: not in_flight(nic), set: nic.cd0.S = true, " +
      issue("CFGI_CD, 1, nic.cd0") + kUnmap + issue("TLBI_NH_VA, 1, nic.iova0") +
      "set: nic.bus_master = true, wait_until: smmu0.EVENTQ_PROD != 0, set: nic.frame1.freed = true, "
      "set: nic.frame1.freed = false, " +
      issue("RESUME_TERMINATE, 1, nic") + "might_sleep";
  EXPECT_EQ(stale(nic("{ pages: 2 }", ", stall_model: stall, evtq_entries: 2") + task(steps)),
            Status::kViolated);
}

// Spec: 4.7.3, 4.7.2.1.
TEST(TrafficRules, NoStallIsRecordedAfterTheCfgiIsComplete) {
  const std::string steps = "set: nic.cd0.S = true, " + issue("CFGI_CD, 1, nic.cd0") +
                            "set: nic.ste.Config = 0, " + issue("CFGI_STE, 1, nic") +
                            "atomic: [set: seen = smmu0.EVENTQ_PROD.WR, set: synced = true]";
  const std::string quiet =
      "globals: { synced: bool, seen: int 0..15 }\n"
      "properties: { quiet: { never: synced and smmu0.EVENTQ_PROD.WR != seen } }\n";
  const std::string machine =
      "machine: { cpus: 1, soft_lockup_watchdog: false, hung_task_timeout: 0, smmus: { smmu0: { "
      "cmdq_entries: 8, cr0_ack: immediate, stall_model: stall, evtq_entries: 4 } }, devices: { nic: { "
      "behind: smmu0, dma: { mapped: false } } } }\n";
  EXPECT_EQ(check_text(machine + quiet + task(steps)).status("quiet"), Status::kHolds);
}

}  // namespace
}  // namespace quiesce::checker::traffic_rules_test
