// Virtual time against the model: every run is one of its paths, and meets nothing that the search excludes.
#include "simulated.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <map>

#include "checker/check_system.hpp"
#include "checker/simulated_run.hpp"
#include "shipped.hpp"

namespace quiesce::checker::simulated_test {
namespace {

constexpr std::uint64_t kRunsOfEach = 12;
const SimulationLimits kLimits{.until_ns = 60'000'000'000, .events = 3'000};

void expect_path(const Simulated& scenario, const SimulatedRun& run) {
  std::string error;
  EXPECT_TRUE(replays(scenario.system, run.schedule, error)) << error;
  EXPECT_EQ(run.schedule.steps.size(), run.events);
  EXPECT_EQ(run.times_us.size(), run.events + 1);
  EXPECT_TRUE(std::is_sorted(run.times_us.begin(), run.times_us.end()));
}

/// `expect` of a shipped scenario is what `quiesce check scenarios` finds, in another test.
void expect_nothing_excluded(const Simulated& scenario, const std::map<std::string, Status>& expected,
                             const SimulatedRun& run) {
  for (const SimulatedFinding& one : run.findings) {
    const std::string& name = scenario.system.properties[one.finding.property].name;
    const auto said = expected.find(name);
    EXPECT_TRUE(said != expected.end() && said->second != Status::kHolds) << name;
  }
}

/// And each finding is found again on the path that the run took to it.
void expect_findings_on_the_path(const Simulated& scenario, const SimulatedRun& run) {
  for (const SimulatedFinding& one : run.findings) {
    Schedule begin = run.schedule;
    begin.steps.resize(one.step);
    std::vector<Finding> shown = all_shown_by(scenario.system, begin);
    const std::vector<Finding> missed = missed_by(scenario.system, begin);
    shown.insert(shown.end(), missed.begin(), missed.end());
    EXPECT_NE(std::find(shown.begin(), shown.end(), one.finding), shown.end())
        << scenario.system.properties[one.finding.property].name;
  }
}

class SimulatedRuns : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(SimulatedRuns, ArePathsOfTheModelAndMeetNothingThatItExcludes) {
  const sim::LibraryDirs libraries{"scenarios/lib"};
  const sim::Node scenario = sim::load_scenario_document(GetParam(), libraries);
  for (const std::string& variant : sim::variant_names(scenario)) {
    const sim::Node document = sim::variant_document(scenario, variant, libraries);
    Simulated simulated(document);
    const std::map<std::string, Status> expected = read_expect(simulated.system, document);
    for (std::uint64_t i = 0; i < kRunsOfEach; ++i) {
      SCOPED_TRACE(variant + ", run " + std::to_string(i));
      const SimulatedRun run = simulated.simulator.record(1, i, kLimits);
      expect_path(simulated, run);
      expect_nothing_excluded(simulated, expected, run);
      if (i == 0) expect_findings_on_the_path(simulated, run);
    }
  }
}

std::string name_of_file(const testing::TestParamInfo<std::filesystem::path>& file) {
  std::string name = file.param.parent_path().filename().string() + "_" + file.param.stem().string();
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Shipped, SimulatedRuns, testing::ValuesIn(sim::find_scenarios("scenarios")),
                         name_of_file);

/// Of one scenario of each of the discussions, many seeds.
class ManySeeds : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(ManySeeds, ArePathsOfTheModel) {
  const sim::LibraryDirs libraries{"scenarios/lib"};
  const std::string file = std::string("scenarios/") + GetParam().first;
  Simulated simulated(
      sim::variant_document(sim::load_scenario_document(file, libraries), GetParam().second, libraries));
  for (std::uint64_t seed = 1; seed <= 1000; ++seed)
    expect_path(simulated, simulated.simulator.record(seed, 0, kLimits));
}

INSTANTIATE_TEST_SUITE_P(Shipped, ManySeeds,
                         testing::Values(std::pair("reboot/smmuv3-late-unmap.yaml", "mainline"),
                                         std::pair("remove/legacy-seed.yaml", "transmit"),
                                         std::pair("reboot/nic-shutdown.yaml", "broken"),
                                         std::pair("recovery/cmdq-error.yaml", "other_cpu"),
                                         std::pair("queue/stopped-owner.yaml", "after_publication")));

}  // namespace
}  // namespace quiesce::checker::simulated_test
