// Many simulated runs: the same with any number of threads, and with intervals that mean what they say.
#include "checker/simulation.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "sim/document_loader.hpp"
#include "simulated.hpp"

namespace quiesce::checker::simulation_test {
namespace {

SimulationOutcome simulated(const Simulated& scenario, const SimulationOptions& options) {
  return simulate(scenario.system, scenario.durations, options, {});
}

TEST(WilsonInterval, IsThatOfTheFormula) {
  // R. G. Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17,
  // 1998, table I, method 3.
  const auto expect = [](std::uint64_t met, std::uint64_t runs, double lo, double hi) {
    EXPECT_NEAR(wilson_interval(met, runs).lo, lo, 0.00005);
    EXPECT_NEAR(wilson_interval(met, runs).hi, hi, 0.00005);
  };
  expect(81, 263, 0.2553, 0.3662);
  expect(15, 148, 0.0624, 0.1605);
  expect(0, 20, 0.0000, 0.1611);
  expect(1, 29, 0.0061, 0.1718);
}

TEST(WilsonInterval, SaysNothingWithoutRuns) { EXPECT_EQ(wilson_interval(0, 0).width(), 1); }

TEST(Simulation, IsTheSameWithAnyNumberOfThreads) {
  const Simulated race(kRace);
  const auto with = [&](unsigned threads) { return simulated(race, {.runs = 1000, .threads = threads}); };
  const SimulationOutcome one = with(1);
  const SimulationOutcome three = with(3);
  EXPECT_EQ(one.runs, 1000U);
  EXPECT_EQ(one.met, three.met);
  EXPECT_EQ(one.ends, three.ends);
  EXPECT_EQ(one.events, three.events);
  ASSERT_EQ(one.findings.size(), three.findings.size());
  EXPECT_EQ(one.findings.front().first_run, three.findings.front().first_run);
}

TEST(Simulation, EndsWhenItIsSureEnough) {
  const Simulated race(kRace);
  const SimulationOutcome outcome = simulated(race, {.runs = 1'000'000, .until_width = 0.05});
  EXPECT_LT(outcome.runs, 3000U);
  EXPECT_LE(outcome.interval(race.property("two_is_first")).width(), 0.05);
  EXPECT_EQ(outcome.bound, "until_ci");
}

TEST(Simulation, NamesTheFirstRunThatMetAFinding) {
  Simulated race(kRace);
  const SimulationOutcome outcome = simulated(race, {.runs = 1000});
  const std::uint64_t first = outcome.findings.front().first_run;
  EXPECT_TRUE(race.met(race.simulator.run(1, first, {}), "two_is_first"));
  for (std::uint64_t i = 0; i < first; ++i)
    EXPECT_FALSE(race.met(race.simulator.run(1, i, {}), "two_is_first"));
}

/// The probability is 1/4: see kRace. Of 1000 intervals of 95 % fewer than 930 cover it in one of 500 cases.
TEST(Simulation, CoversAProbabilityThatIsComputedByHand) {
  const Simulated race(kRace);
  const std::size_t property = race.property("two_is_first");
  int covered = 0;
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    const Interval interval = simulated(race, {.seed = seed, .runs = 200}).interval(property);
    covered += interval.lo <= 0.25 && 0.25 <= interval.hi ? 1 : 0;
  }
  EXPECT_GE(covered, 930);
}

/// To stop as soon as the interval is narrow enough must not make it surer than it is.
TEST(Simulation, CoversItWhereItStopsAtAWidth) {
  const Simulated race(kRace);
  const std::size_t property = race.property("two_is_first");
  int covered = 0;
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    const SimulationOutcome outcome = simulated(race, {.seed = seed, .runs = 1'000'000, .until_width = 0.1});
    const Interval interval = outcome.interval(property);
    covered += interval.lo <= 0.25 && 0.25 <= interval.hi ? 1 : 0;
  }
  EXPECT_GE(covered, 465);
}

/// How often runs of a shipped scenario with this parameter meet the property.
double share(const std::string& file, const std::string& variant, const sim::timed::Parameters& parameters,
             const std::string& property, std::uint64_t runs) {
  const sim::LibraryDirs libraries{"scenarios/lib"};
  const sim::Node document =
      sim::variant_document(sim::load_scenario_document("scenarios/" + file, libraries), variant, libraries);
  const Simulated scenario(document);
  const sim::timed::Durations durations = sim::timed::read_durations(document, scenario.system, parameters);
  const SimulationOutcome outcome = simulate(scenario.system, durations, {.runs = runs}, {});
  return static_cast<double>(outcome.met[scenario.property(property)]) / static_cast<double>(runs);
}

/// The process unmaps between the SMMU's ->shutdown, 10 s after it was killed, and the reset 2 s later.
TEST(Simulation, OfAProcessThatDoesNotExitInTimeIsAsComputed) {
  for (const int mean_s : {3, 10, 30, 300}) {
    const double expected = std::exp(-10.0 / mean_s) * (1 - std::exp(-2.0 / mean_s));
    const double deviation = std::sqrt(expected * (1 - expected) / 4000);
    const sim::timed::Parameters parameters{{"exit_delay", std::to_string(mean_s) + "s"}};
    EXPECT_NEAR(share("reboot/exit-delay.yaml", "mainline", parameters, "cmd_sync_timeout", 4000), expected,
                4 * deviation)
        << mean_s;
    EXPECT_EQ(share("reboot/exit-delay.yaml", "syscore", parameters, "cmd_sync_timeout", 1000), 0);
  }
}

/// A ping each second hardly ever meets the time without a group; what a flood does meets it always.
TEST(Simulation, OfAPingFloodIsCertainToPanic) {
  const auto panics = [](const char* rate) {
    return share("remove/ping-flood.yaml", "unregistered", {{"packet_rate", rate}}, "panic", 400);
  };
  EXPECT_LT(panics("1"), 0.05);
  EXPECT_GT(panics("1000"), 0.99);
  EXPECT_EQ(share("remove/ping-flood.yaml", "fixed", {{"packet_rate", "300"}}, "panic", 400), 0);
}

}  // namespace
}  // namespace quiesce::checker::simulation_test
