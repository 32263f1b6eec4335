// Mistakes about devices that access memory by themselves, and about commands.
#include <gtest/gtest.h>

#include "tests/sim/mistake.hpp"

namespace quiesce::sim::traffic_errors_test {
namespace {

std::string machine(const std::string& nic, const std::string& smmu = "{}") {
  return "machine: { cpus: 1, smmus: { s0: " + smmu + " }, devices: { plain: { behind: s0 }, nic: { " + nic +
         " } } }\n";
}

std::string mistake_in_run(const std::string& step, const std::string& before = "") {
  return mistake(machine("behind: s0, dma: true") + before + "tasks:\n  t:\n    run:\n      - " + step +
                 "\n");
}

TEST(TrafficErrors, ObjectsOfTheMachineAreNotDeclared) {
  for (const std::string name : {"iova", "cd", "ste", "frame", "device", "domain", "smmu"}) {
    const std::string text =
        mistake(machine("behind: s0, dma: true") + "objects: { o9: { class: " + name + " } }\n");
    EXPECT_TRUE(contains(text, "x.yaml:2:25: error: objects of class '" + name + "' are the machine's own"))
        << text;
  }
}

TEST(TrafficErrors, StructuresOfADeviceAreNotGiven) {
  for (const std::string name : {"ste", "cd0", "l1std"}) {
    EXPECT_TRUE(contains(mistake(machine("behind: s0, dma: true, " + name + ": NULL")),
                         "error: '" + name + "' of a device is the machine's own"));
  }
  EXPECT_EQ(mistake(machine("behind: s0, dma: true, bus_master: false")), "no error");
}

TEST(TrafficErrors, ADeviceWithDmaIsBehindAnSmmu) {
  for (const std::string behind : {"", "behind: NULL, ", "behind: null, "}) {
    EXPECT_TRUE(contains(mistake(machine(behind + "dma: true")), "needs 'behind': an SMMU")) << behind;
  }
  EXPECT_EQ(mistake(machine("behind: NULL")), "no error");
}

TEST(TrafficErrors, PartsOfTheMachineAreMaps) {
  for (const std::string key : {"smmus", "devices", "domains", "forms", "knobs"}) {
    const std::string text = mistake("machine: { cpus: 1, " + key + ": 3 }\n");
    EXPECT_TRUE(contains(text, "error: '" + key + "' must be a map of names")) << text;
  }
  EXPECT_TRUE(contains(mistake(machine("behind: s0", "4")), "x.yaml:1:34: error: an SMMU is a map"))
      << mistake(machine("behind: s0", "4"));
  EXPECT_TRUE(contains(mistake("machine: { cpus: 1, devices: { nic: 4 } }\n"), "error: a device is a map"));
}

TEST(TrafficErrors, PhysicalAddressesDoNotGoWithTranslation) {
  EXPECT_TRUE(contains(mistake(machine("behind: s0, dma: { entry: translate, addresses: physical }")),
                       "the device is given physical addresses"));
  EXPECT_EQ(mistake(machine("behind: s0, dma: { addresses: physical }")), "no error");
}

TEST(TrafficErrors, AStepSubmitsSomething) {
  EXPECT_TRUE(contains(mistake_in_run("{ reserve_and_publish: at = s0, with: 'commands(CFGI_ALL, 0)' }"),
                       "this step submits nothing"));
  EXPECT_EQ(mistake_in_run("{ reserve_and_publish: at = s0, with: 'commands(CFGI_ALL, 0)', sync: true }"),
            "no error");
}

TEST(TrafficErrors, OnTheWayIsOnlyWhatDevicesWithDmaSend) {
  EXPECT_TRUE(contains(mistake_in_run("wait_until: in_flight(plain)"), "of a device without 'dma'"));
  EXPECT_EQ(mistake_in_run("wait_until: not in_flight(nic)"), "no error");
}

TEST(TrafficErrors, AWrongOperandIsOneMistake) {
  const std::string text =
      mistake_in_run("{ reserve_and_publish: at = s0, with: 'commands(TLBI_NH_VA, 1, nic)' }");
  EXPECT_EQ(count_of(text, "error:"), 1U) << text;
  EXPECT_TRUE(contains(text, "'TLBI_NH_VA' names an iova here")) << text;
}

TEST(TrafficErrors, ReferencesAreCalledByTheirClass) {
  const std::string text = mistake_in_run("wait_until: in_flight(s0)");
  EXPECT_TRUE(contains(text, "expected a reference (device), not a reference (smmu)")) << text;
}

TEST(TrafficErrors, ADeviceIsNoLineInAList) {
  const std::string text =
      mistake_in_run("might_sleep", "interrupts: { i: { handler: [might_sleep], from: [nic] } }\n");
  EXPECT_TRUE(contains(text, "a list has lines of SMMUs alone")) << text;
  EXPECT_TRUE(contains(text, "'from: nic'")) << text;
}

TEST(TrafficErrors, PagesAreThoseOfTheDomain) {
  const std::string text = mistake_in_run(
      "call: r(nic)", "routines: { r: { params: { d: device }, steps: [ set: d.iova0.frame = NULL ] } }\n");
  EXPECT_TRUE(contains(text, "pages are the domain's: '.domain.iova0'")) << text;
}

TEST(TrafficErrors, TooManyKindsOfTrafficArePointedAt) {
  std::string text = "machine: { cpus: 1, smmus: { s: {} }, devices: {\n";
  for (int i = 0; i < 9; ++i)
    text += "  d" + std::to_string(i) + ": { behind: s, dma: { substreams: 1 } },\n";
  EXPECT_TRUE(contains(mistake(text + " } }\n"), "x.yaml:10:25: error: behind one SMMU at most 16"))
      << mistake(text + " } }\n");
}

TEST(TrafficErrors, TooManyDifferentCommandsArePointedAt) {
  std::string text =
      "machine: { cpus: 1, smmus: { s0: {} }, devices: { nic: { behind: s0, dma: true } }, domains: {";
  for (int i = 0; i < 30; ++i) text += " m" + std::to_string(i) + ": { smmu: s0, pages: 8 },";
  text += " } }\ntasks:\n  t:\n    run:\n";
  for (const std::string opcode : {"TLBI_NH_VA", "TLBI_NH_VAA"})
    text += "      - { reserve_and_publish: at = s0, with: 'commands(" + opcode + ", 1, nic.iova0)' }\n";
  EXPECT_TRUE(contains(mistake(text), "x.yaml:6:")) << mistake(text);
  EXPECT_TRUE(contains(mistake(text), "more than 250 different commands"));
}

}  // namespace
}  // namespace quiesce::sim::traffic_errors_test
