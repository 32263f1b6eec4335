// The recorded shutdown that unregisters the SMMU under a worker that maps, and its set-up with other CPUs,
// preemption models and hooks: who dereferences what, who dies, and that the reboot completes.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "checker/check_system.hpp"
#include "sim/compile.hpp"
#include "sim/document_loader.hpp"

namespace quiesce::checker::removed_test {
namespace {

const char* const kScenario = "scenarios/remove/recorded-remove-map.yaml";

std::string text_of(const std::string& file) {
  std::ifstream in(file);
  EXPECT_TRUE(in) << file;
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

struct Setup {
  std::string preemption = "voluntary";
  int worker_cpu = 0;
  int reboot_cpu = 1;  ///< where the reboot task starts; the machine's reboot CPU is 0
};

struct Result {
  std::map<std::string, Status> status;
  std::map<std::string, ReportFinding> run;  ///< of each property that is violated
};

/// The recorded scenario with one variant: this set-up. `survives`: the worker comes to its end.
Result result_of(const Setup& setup) {
  std::string scenario = text_of(kScenario);
  scenario.resize(scenario.find("\nvariants:"));
  scenario += "\nvariants:\n  rig:\n    machine: { preemption: " + setup.preemption + " }\n";
  scenario += "    globals: { survived: bool }\n    properties: { survives: { at_end: survived } }\n";
  scenario += "    tasks:\n      reboot: { cpu: " + std::to_string(setup.reboot_cpu) + " }\n";
  scenario += "      late_unmapper: { cpu: " + std::to_string(setup.worker_cpu) +
              ", run: [wait_until: released, set: running = true, { repeat: 30, do: [call: worker(nvme)] }, "
              "set: survived = true] }\n";
  const std::string test = ::testing::UnitTest::GetInstance()->current_test_info()->name();
  const std::string file = ::testing::TempDir() + "quiesce-removed-" + test + ".yaml";
  std::ofstream(file) << scenario;
  const sim::LibraryDirs libraries{"scenarios/lib"};
  const sim::Node document = sim::load_scenario_document(file, libraries);
  const sim::System system = sim::compile(sim::variant_document(document, "rig", libraries));
  const Outcome outcome = check(system, {});
  Result result;
  for (std::size_t i = 0; i < system.properties.size(); ++i) {
    result.status[system.properties[i].name] = outcome.properties[i].status;
    if (!outcome.properties[i].runs.empty())
      result.run[system.properties[i].name] = explain(system, outcome.properties[i].runs.front());
  }
  return result;
}

/// The lines of a console that tell what happened, without numbers that depend on the build: who is removed,
/// the dereference, the functions of the call trace, the restart.
std::vector<std::string> events_of(const std::vector<std::string>& console) {
  static const std::vector<std::string> kTold{"Removing from iommu group", "NULL pointer dereference",
                                              "reboot: Restarting system"};
  std::vector<std::string> events;
  bool in_trace = false;
  for (const std::string& line : console) {
    if (line.find("end trace") != std::string::npos || line.starts_with("Code:")) in_trace = false;
    if (in_trace) {
      const std::size_t begin = line.find_first_not_of(' ');
      events.push_back("in " + line.substr(begin, line.find_first_of("+ ", begin) - begin));
    }
    if (line.starts_with("Call trace:")) in_trace = true;
    for (const std::string& told : kTold) {
      if (line.find(told) != std::string::npos) events.push_back(told);
    }
  }
  return events;
}

std::vector<std::string> recorded_console() {
  std::stringstream text(text_of("tests/data/recordings/v3-remove-on-shutdown-map.dmesg"));
  std::vector<std::string> console;
  for (std::string line; std::getline(text, line);)
    console.push_back(line.substr(std::min(line.size(), line.find("] ") + 2)));
  return console;
}

std::vector<std::string> console_of(const ReportFinding& run) {
  std::vector<std::string> console;
  for (const LogLine& line : run.log) console.push_back(line.text);
  return console;
}

TEST(Removed, TheRecordedEventsAreAPathOfTheModel) {
  std::vector<std::string> real = events_of(recorded_console());
  // The frames below the worker, which are those of every kernel thread, and the frame that the compiler left
  // out: lr names it.
  std::erase(real, "in kthread");
  std::erase(real, "in ret_from_fork");
  const auto leaf = std::find(real.begin(), real.end(), "in iommu_get_dma_domain");
  ASSERT_NE(leaf, real.end());
  const std::string left_out = "in iommu_dma_map_page";
  real.insert(leaf + 1, left_out);
  EXPECT_NE(text_of("tests/data/recordings/v3-remove-on-shutdown-map.dmesg").find("lr : iommu_dma_map_page+"),
            std::string::npos);
  const Result model = result_of({});
  EXPECT_EQ(events_of(console_of(model.run.at("survives"))), real);
}

TEST(Removed, WhoDiesIsTheWorkerAndTheRebootCompletesWhereverTheyRun) {
  for (const char* preemption : {"none", "voluntary", "full", "lazy"}) {
    for (const auto& [worker, reboot] :
         {std::pair(0, 1), std::pair(0, 0), std::pair(1, 1), std::pair(1, 0)}) {
      const Result model = result_of({preemption, worker, reboot});
      const std::string where = preemption + std::to_string(worker) + std::to_string(reboot);
      EXPECT_EQ(model.status.at("null_dereference"), Status::kViolated) << where;
      EXPECT_EQ(model.status.at("survives"), Status::kViolated) << where;
      EXPECT_EQ(model.status.at("panic"), Status::kHolds) << where;
      EXPECT_EQ(model.status.at("completes"), Status::kHolds) << where;
      EXPECT_EQ(model.status.at("prompt"), Status::kHolds) << where;
    }
  }
}

}  // namespace
}  // namespace quiesce::checker::removed_test
