// Runs in virtual time: reproducible, paths of the model, and as probable as can be computed by hand.
#include "checker/simulated_run.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "shipped.hpp"
#include "simulated.hpp"

namespace quiesce::checker::simulated_run_test {
namespace {

constexpr std::uint64_t kSeed = 1;

sim::Node shipped(const std::string& file, const std::string& variant) {
  const sim::LibraryDirs libraries{"scenarios/lib"};
  return sim::variant_document(sim::load_scenario_document("scenarios/" + file, libraries), variant,
                               libraries);
}

TEST(SimulatedRun, IsTheSameForTheSameSeedAndNumber) {
  Simulated race(kRace);
  const SimulatedRun run = race.simulator.record(kSeed, 7, {});
  static_cast<void>(race.simulator.run(kSeed, 8, {}));
  const SimulatedRun again = race.simulator.record(kSeed, 7, {});
  EXPECT_EQ(encode(run.schedule), encode(again.schedule));
  EXPECT_EQ(run.times_us, again.times_us);
  EXPECT_EQ(run.end_ns, again.end_ns);
  EXPECT_NE(race.simulator.record(kSeed, 8, {}).end_ns, run.end_ns);
}

/// Of two exponential delays, that with the mean 1 ms is the shorter one in 3 of 4 cases.
TEST(SimulatedRun, MeetsAFindingAsOftenAsComputedByHand) {
  constexpr int kRuns = 40'000;
  Simulated race(kRace);
  int met = 0;
  for (std::uint64_t i = 0; i < kRuns; ++i)
    met += race.met(race.simulator.run(kSeed, i, {}), "two_is_first") ? 1 : 0;
  EXPECT_NEAR(met, kRuns / 4.0, 4 * std::sqrt(kRuns * 3.0 / 16));
}

TEST(SimulatedRun, EndsWhereTheLastTaskExits) {
  Simulated race(kRace);
  EXPECT_EQ(race.simulator.run(kSeed, 0, {}).end, RunEnd::kOver);
}

TEST(SimulatedRun, EndsInADeadlock) {
  Simulated crossed(R"(
machine: { cpus: 2, soft_lockup_watchdog: false, hung_task_timeout: 0 }
locks: { a: mutex, b: mutex }
tasks:
  one: { cpu: 0, run: [ mutex_lock: a, mutex_lock: b, mutex_unlock: b, mutex_unlock: a ] }
  two: { cpu: 1, run: [ mutex_lock: b, mutex_lock: a, mutex_unlock: a, mutex_unlock: b ] }
durations: { step: 1us }
)");
  const SimulatedRun run = crossed.simulator.run(kSeed, 0, {});
  EXPECT_EQ(run.end, RunEnd::kStuck);
  EXPECT_TRUE(crossed.met(run, "deadlock"));
}

TEST(SimulatedRun, EndsAtItsLimits) {
  Simulated race(kRace);
  EXPECT_EQ(race.simulator.run(kSeed, 0, {.until_ns = 1}).end, RunEnd::kTimeIsUp);
  EXPECT_EQ(race.simulator.run(kSeed, 0, {.events = 1}).end, RunEnd::kTooManyEvents);
}

TEST(SimulatedRun, GoesOnWithAStepThatAnInterruptCameBefore) {
  Simulated interrupted(R"(
machine: { cpus: 1, soft_lockup_watchdog: false, hung_task_timeout: 0 }
globals: { x: bool }
interrupts: { line: { cpu: 0, handler: [ set: x = true ] } }
tasks: { one: { cpu: 0, run: [ raise_irq: line, set: x = false ] } }
durations: { context_switch: 0ns, interrupt: 10us, step: 1us, steps: { one+1: 30us } }
)");
  const SimulatedRun run = interrupted.simulator.run(kSeed, 0, {});
  // The first step, 10 us until the interrupt, its step, and the 20 us that are left of the second one.
  EXPECT_EQ(run.end, RunEnd::kOver);
  EXPECT_EQ(run.end_ns, 1000 + 10'000 + 1000 + 20'000);
}

class Agreement : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(Agreement, EveryRunIsAPathOfTheModel) {
  Simulated shown(shipped(GetParam().first, GetParam().second));
  for (std::uint64_t i = 0; i < 100; ++i) {
    const SimulatedRun run = shown.simulator.record(kSeed, i, {});
    std::string error;
    ASSERT_TRUE(replays(shown.system, run.schedule, error)) << error;
    EXPECT_EQ(run.schedule.steps.size(), run.events);
    EXPECT_TRUE(std::is_sorted(run.times_us.begin(), run.times_us.end()));
  }
}

INSTANTIATE_TEST_SUITE_P(Shipped, Agreement,
                         testing::Values(std::pair("reboot/smmuv3-late-unmap.yaml", "mainline"),
                                         std::pair("reboot/recorded-late-unmap.yaml", "shutdown"),
                                         std::pair("reboot/nic-shutdown.yaml", "broken"),
                                         std::pair("remove/legacy-seed.yaml", "transmit"),
                                         std::pair("queue/stopped-owner.yaml", "after_publication")));

/// 30 timeouts of 2^20 us with their messages, and the reboot behind them.
// Recording v3-late-unmap-voluntary: Debian Linux 6.1.176 arm64 on the emulated SMMUv3 of QEMU 7.2, 2026-11.
TEST(SimulatedRun, OfTheRecordedSetUpTakesAsLongAsTheRecording) {
  Simulated recorded(shipped("reboot/recorded-late-unmap.yaml", "shutdown"));
  for (std::uint64_t i = 0; i < 20; ++i) {
    const SimulatedRun run = recorded.simulator.run(kSeed, i, {});
    EXPECT_EQ(run.end, RunEnd::kReset);
    EXPECT_TRUE(recorded.met(run, "cmd_sync_timeout") && recorded.met(run, "soft_lockup"));
    EXPECT_NEAR(static_cast<double>(run.end_ns) / 1e9, 30 * 1.0486, 0.02 * 30 * 1.0486);
  }
}

}  // namespace
}  // namespace quiesce::checker::simulated_run_test
