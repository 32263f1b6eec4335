// The set-up of the recordings with other CPUs, preemption models, yield points and shutdown hooks: what a
// kernel does in each, from the mechanism alone.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "checker/check_system.hpp"
#include "sim/compile.hpp"
#include "sim/document_loader.hpp"

namespace quiesce::checker::rig_test {
namespace {

struct Setup {
  std::string preemption;
  int worker_cpu = 0;
  int reboot_cpu = 0;  ///< where the reboot task starts; the machine's reboot CPU is 0
  std::string hook;    ///< what stops the SMMU: "shutdown" or "syscore"
  bool resched = false;
};

/// The recorded scenario with one variant: this set-up.
std::string scenario_of(const Setup& setup) {
  std::ifstream in("scenarios/reboot/recorded-late-unmap.yaml");
  std::stringstream text;
  text << in.rdbuf();
  std::string scenario = text.str().substr(0, text.str().find("\nvariants:"));
  scenario += "\nvariants:\n  rig:\n    machine: { preemption: " + setup.preemption + " }\n";
  scenario += "    tasks: { late_unmapper: { cpu: " + std::to_string(setup.worker_cpu) +
              " }, reboot: { cpu: " + std::to_string(setup.reboot_cpu) + " } }\n";
  if (setup.hook == "syscore") scenario += "    patches: [linux/patches/arm-smmu-v3-syscore-shutdown]\n";
  if (setup.resched) scenario += "    edits: [{ in: worker, after: unmapped, insert: [cond_resched] }]\n";
  return scenario;
}

/// The letters of `all_time_out none_times_out soft_lockup completes prompt`: H holds, V violated.
std::string verdicts(const Setup& setup) {
  const std::string test = ::testing::UnitTest::GetInstance()->current_test_info()->name();
  const std::string file = ::testing::TempDir() + "quiesce-" + test + ".yaml";
  std::ofstream(file) << scenario_of(setup);
  const sim::LibraryDirs libraries{"scenarios/lib"};
  const sim::Node scenario = sim::load_scenario_document(file, libraries);
  const sim::System system = sim::compile(sim::variant_document(scenario, "rig", libraries));
  const Outcome outcome = check(system, {});
  std::string letters;
  for (const char* property : {"all_time_out", "none_times_out", "soft_lockup", "completes", "prompt"}) {
    for (std::size_t i = 0; i < system.properties.size(); ++i) {
      if (system.properties[i].name == property)
        letters += outcome.properties[i].status == Status::kHolds ? "H" : "V";
    }
  }
  return letters;
}

TEST(Rig, AWorkerOnTheCpuThatRebootNeedsDelaysItByAllItsTimeouts) {
  for (const char* preemption : {"none", "voluntary"}) {
    EXPECT_EQ(verdicts({preemption, 0, 1, "shutdown"}), "HVVHV") << preemption;
    EXPECT_EQ(verdicts({preemption, 0, 0, "shutdown"}), "HVVHV") << preemption;
    EXPECT_EQ(verdicts({preemption, 1, 1, "shutdown"}), "HVVHV") << preemption;
  }
}

TEST(Rig, AWorkerOnAnotherCpuDelaysNobody) {
  for (const char* preemption : {"none", "voluntary"})
    EXPECT_EQ(verdicts({preemption, 1, 0, "shutdown"}), "VVVHH") << preemption;
}

TEST(Rig, APreemptibleKernelPassesBetweenTwoTimeouts) {
  for (const char* preemption : {"full", "lazy"}) {
    EXPECT_EQ(verdicts({preemption, 0, 1, "shutdown"}), "VVHHH") << preemption;
    EXPECT_EQ(verdicts({preemption, 0, 0, "shutdown"}), "VVHHH") << preemption;
    EXPECT_EQ(verdicts({preemption, 1, 1, "shutdown"}), "VVHHH") << preemption;
    EXPECT_EQ(verdicts({preemption, 1, 0, "shutdown"}), "VVHHH") << preemption;
  }
}

TEST(Rig, SoDoesOneThatYieldsAfterEachUnmap) {
  for (const char* preemption : {"none", "voluntary"}) {
    EXPECT_EQ(verdicts({preemption, 0, 1, "shutdown", true}), "VVHHH") << preemption;
    EXPECT_EQ(verdicts({preemption, 0, 0, "shutdown", true}), "VVHHH") << preemption;
  }
}

TEST(Rig, FromSyscoreTheWorkerIsDoneBeforeTheSmmuStops) {
  for (const char* preemption : {"none", "voluntary"}) {
    EXPECT_EQ(verdicts({preemption, 0, 1, "syscore"}), "VHHHH") << preemption;
    EXPECT_EQ(verdicts({preemption, 0, 0, "syscore"}), "VHHHH") << preemption;
    EXPECT_EQ(verdicts({preemption, 1, 1, "syscore"}), "VHHHH") << preemption;
  }
}

TEST(Rig, FromSyscoreAWorkerOnAnotherCpuStillMeetsTheStoppedSmmu) {
  EXPECT_EQ(verdicts({"voluntary", 1, 0, "syscore"}), "VVVHH");
}

}  // namespace
}  // namespace quiesce::checker::rig_test
