// Runs in virtual time: reproducible, paths of the model, and as probable as can be computed by hand.
#include "checker/simulated_run.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "checker/check_system.hpp"
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

TEST(SimulatedRun, MissesTheGoalsThatItEndsWithout) {
  Simulated missing(R"(
machine: { cpus: 1, soft_lockup_watchdog: false, hung_task_timeout: 0 }
globals: { x: bool, y: bool }
tasks: { one: { cpu: 0, run: [ set: x = true, set: x = false ] } }
properties:
  x_comes: { eventually: x }
  y_comes: { eventually: y }
  x_can_come: { always_possible: x }
  x_can_go: { always_possible: not x }
)");
  const SimulatedRun run = missing.simulator.record(kSeed, 0, {});
  EXPECT_EQ(run.end, RunEnd::kOver);
  EXPECT_TRUE(missing.met(run, "y_comes") && missing.met(run, "x_can_come"));
  EXPECT_FALSE(missing.met(run, "x_comes") || missing.met(run, "x_can_go"));
  EXPECT_EQ(all_shown_by(missing.system, run.schedule).size(), 2U);
  EXPECT_FALSE(missing.met(missing.simulator.run(kSeed, 0, {.until_ns = 0}), "y_comes"));
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

TEST(SimulatedRun, AnInterruptArrivesWhenItDoesWhateverTheCpuMasksMeanwhile) {
  Simulated masked(R"(
machine: { cpus: 1, soft_lockup_watchdog: false, hung_task_timeout: 0 }
globals: { x: bool, y: bool }
interrupts: { line: { cpu: 0, handler: [ set: x = true ] } }
tasks:
  one: { cpu: 0, run: [ raise_irq: line, local_irq_save, local_irq_restore,
                         local_irq_save, local_irq_restore, wait_until: x ] }
durations: { context_switch: 0ns, wake_up: 0ns, interrupt: 10us, step: 3us }
)");
  const SimulatedRun run = masked.simulator.record(kSeed, 0, {});
  // Raised at 3 us and masked until 15 us, it is taken there: its handler has run at 18 us, the task at 21
  // us.
  EXPECT_EQ(run.end, RunEnd::kOver);
  EXPECT_EQ(run.end_ns, 21'000);
}

/// An access each millisecond, if not both pages had a clock of their own.
TEST(SimulatedRun, ADeviceHasOneRateHoweverManyPagesItHas) {
  for (const std::string pages : {"1", "2"}) {
    Simulated traffic(
        "machine: { cpus: 1, soft_lockup_watchdog: false, hung_task_timeout: 0, smmus: { smmu0: { "
        "cmdq_entries: 8, evictions: false } }, devices: { nic: { behind: smmu0, dma: { pages: " +
        pages + " } } } }\ntasks: { one: { cpu: 0, run: [ sleep: 1s ] } }\n" +
        "durations: { devices: { nic: 1ms } }\n");
    const SimulatedRun run = traffic.simulator.record(kSeed, 0, {});
    std::size_t begun = 0;
    for (const Transition step : run.schedule.steps) {
      const bool of_smmu = step.actor == traffic.system.smmu_actor(0);
      if (of_smmu &&
          sim::timed::takes_of_move(traffic.system, {step.actor, step.choice}) == sim::timed::Takes::kTraffic)
        ++begun;
    }
    EXPECT_GT(begun, 950U) << pages;
    EXPECT_LT(begun, 1001U) << pages;
  }
}

TEST(SimulatedRun, PrintingHoldsUpTheTickAndWhatWasDisplaced) {
  Simulated printing(R"(
machine: { cpus: 1, soft_lockup_watchdog: false, hung_task_timeout: 0 }
globals: { x: bool }
interrupts: { line: { cpu: 0, handler: [ set: x = true ] } }
tasks: { one: { cpu: 0, run: [ raise_irq: line, log: "0123456789", set: x = false ] } }
durations: { context_switch: 0ns, interrupt: 5us, step: 1us, console: 1us, steps: { one+2: 30us } }
)");
  const SimulatedRun run = printing.simulator.run(kSeed, 0, {});
  // The log goes with the step before it: 26 characters from 1 us to 27 us, when the interrupt is taken; its
  // step, and the 30 us of the last one.
  EXPECT_EQ(run.end_ns, 27'000 + 1000 + 30'000);
}

/// The soft lockup detector and khungtaskd speak before a deadlock is the end.
TEST(SimulatedRun, WatchdogsSpeakBeforeADeadlockIsTheEnd) {
  Simulated crossed(R"(
machine: { cpus: 2, hung_task_timeout: 120 }
locks: { a: mutex, b: mutex }
tasks:
  one: { cpu: 0, run: [ mutex_lock: a, mutex_lock: b, mutex_unlock: b, mutex_unlock: a ] }
  two: { cpu: 1, run: [ mutex_lock: b, mutex_lock: a, mutex_unlock: a, mutex_unlock: b ] }
durations: { step: 1us }
)");
  const SimulatedRun run = crossed.simulator.run(kSeed, 0, {});
  EXPECT_EQ(run.end, RunEnd::kStuck);
  EXPECT_TRUE(crossed.met(run, "deadlock"));
  EXPECT_TRUE(crossed.met(run, "hung_task"));
  EXPECT_GE(run.end_ns, 120'000'000'000);
}

/// Ten looks of 0.5 us each, a wait of 1 us, ten looks, a wait of 2 us: they end at 5, 6, 11 and 13 us.
TEST(SimulatedRun, ABusyPollSeesLateWhatComesTrueWhileItWaits) {
  const auto end_ns = [](const std::string& after, const std::string& back_off) {
    Simulated polling(R"(
machine: { cpus: 2, soft_lockup_watchdog: false, hung_task_timeout: 0 }
globals: { x: bool }
tasks:
  one: { cpu: 0, run: [ { poll: x, timeout: 1s } ] }
  two: { cpu: 1, run: [ delay: )" +
                      after + R"(, set: x = true ] }
durations: { context_switch: 0ns, step: 0ns, back_off: )" +
                      back_off + " }\n");
    const SimulatedRun run = polling.simulator.run(kSeed, 0, {});
    EXPECT_EQ(run.end, RunEnd::kOver);
    return run.end_ns;
  };
  EXPECT_EQ(end_ns("4us", "1us"), 4'000);
  EXPECT_EQ(end_ns("8us", "1us"), 8'000);
  EXPECT_EQ(end_ns("12us", "1us"), 13'000);
  EXPECT_EQ(end_ns("12us", "0ns"), 12'000);
  // The wait that is over after 1.0487 s is cut at the deadline.
  EXPECT_EQ(end_ns("700ms", "1us"), 1'000'000'000);
}

TEST(SimulatedRun, HasTheTimesOfItsKernelsClock) {
  Simulated later(
      "machine: { cpus: 1, soft_lockup_watchdog: false, hung_task_timeout: 0 }\n"
      "globals: { x: bool }\ntasks: { one: { cpu: 0, run: [ set: x = true ] } }\n"
      "properties: { stays: { never: x } }\n"
      "durations: { context_switch: 0ns, step: 2us, uptime: 5s }\n");
  const SimulatedRun run = later.simulator.record(kSeed, 0, {});
  EXPECT_EQ(run.end_ns, 2'000);
  ASSERT_FALSE(run.findings.empty());
  EXPECT_EQ(run.findings.front().at_ns, 5'000'002'000);
  EXPECT_EQ(run.times_us.front(), 5'000'000U);
  EXPECT_EQ(run.times_us.back(), 5'000'002U);
}

/// A device goes on without end, and nobody waits for anything.
TEST(SimulatedRun, EndsAlthoughADeviceGoesOn) {
  Simulated traffic(
      "machine: { cpus: 1, soft_lockup_watchdog: false, hung_task_timeout: 0, smmus: { smmu0: { "
      "cmdq_entries: 8, evictions: false } }, devices: { nic: { behind: smmu0, dma: true } } }\n"
      "tasks: { one: { cpu: 0, run: [ sleep: 1ms ] } }\n");
  for (std::uint64_t i = 0; i < 10; ++i) {
    const SimulatedRun run = traffic.simulator.run(kSeed, i, {});
    EXPECT_EQ(run.end, RunEnd::kOver);
    EXPECT_LT(run.events, 100'000U);
  }
}

/// 20 lines, one each 100 ms, and 5 s later one more: ten are printed, and the last one after what was left
/// out.
TEST(SimulatedRun, PrintsNoMoreThanTheRateLimitAllows) {
  const std::string scenario = R"(
machine: { cpus: 1, soft_lockup_watchdog: false, hung_task_timeout: 0 }
globals: { x: bool }
routines:
  says: [ { set: x = true }, { log: 'timed out', ratelimited: its_function } ]
tasks:
  one: { cpu: 0, run: [ { repeat: 20, do: [ sleep: 100ms, call: says() ] }, sleep: 5s, call: says() ] }
)";
  Simulated limited(scenario);
  const SimulatedRun run = limited.simulator.record(kSeed, 0, {});
  FoundRun whole;
  whole.schedule = run.schedule;
  std::vector<std::string> all;
  for (const LogLine& line : explain(limited.system, whole).log) all.push_back(line.text);
  EXPECT_EQ(all, std::vector<std::string>(21, "timed out")) << "without a clock nothing is left out";
  whole.times_us = run.times_us;
  std::vector<std::string> printed(11, "timed out");
  printed.insert(printed.begin() + 10, "its_function: 10 callbacks suppressed");
  all.clear();
  for (const LogLine& line : explain(limited.system, whole).log) all.push_back(line.text);
  EXPECT_EQ(all, printed);
}

TEST(SimulatedRun, CountsWaitsWhoseDrawnDurationTheirStepExcludes) {
  Simulated late(R"(
machine: { cpus: 1, soft_lockup_watchdog: false, hung_task_timeout: 0 }
tasks: { one: { cpu: 0, run: [ sleep: 0us..1ms ] } }
durations: { steps: { one+0: 1ms..3ms } }
)");
  const SimulatedRun run = late.simulator.run(kSeed, 0, {});
  EXPECT_EQ(run.cut_waits, 1U);
  EXPECT_LT(run.end_ns, 1'100'000);
}

/// While interrupts are off, the search lets no deadline pass before the step that is left to do.
TEST(SimulatedRun, CountsDeadlinesThatTheModelLetsPassTooLate) {
  const auto run_with = [](const std::string& step) {
    Simulated late(R"(
machine: { cpus: 2, soft_lockup_watchdog: false, hung_task_timeout: 0 }
globals: { x: bool, y: bool }
tasks:
  one: { cpu: 1, run: [ { poll: x, timeout: 1s } ] }
  two: { cpu: 0, run: [ local_irq_save, set: y = true, set: x = true, local_irq_restore ] }
durations: { context_switch: 0ns, step: 0ns, steps: { two+2: )" +
                   step + " } }\n");
    return late.simulator.run(kSeed, 0, {});
  };
  EXPECT_EQ(run_with("900ms").late_deadlines, 0U);
  const SimulatedRun late = run_with("50s");
  EXPECT_EQ(late.late_deadlines, 1U);
  EXPECT_EQ(late.latest_ns, 49'000'000'000);
}

TEST(SimulatedRun, FollowsAScheduleThatTheSearchFound) {
  for (const auto& [file, variant] : {std::pair("reboot/smmuv3-late-unmap.yaml", "mainline"),
                                      std::pair("remove/legacy-seed.yaml", "transmit")}) {
    Simulated shown(shipped(file, variant));
    ExploreOptions options;
    options.max_states = 200'000;
    const Outcome outcome = check(shown.system, options);
    std::size_t followed = 0;
    for (const PropertyOutcome& property : outcome.properties) {
      for (const FoundRun& found : property.runs) {
        if (found.schedule.cycle_start) continue;
        const SimulatedRun run = shown.simulator.follow(found.schedule, kSeed, 0);
        EXPECT_EQ(encode(run.schedule), encode(found.schedule));
        EXPECT_TRUE(std::is_sorted(run.times_us.begin(), run.times_us.end()));
        const bool met =
            std::any_of(run.findings.begin(), run.findings.end(),
                        [&](const SimulatedFinding& one) { return one.finding == found.finding; });
        const sim::PropertyKind kind = shown.system.properties[found.finding.property].what;
        EXPECT_TRUE(met || kind == sim::PropertyKind::kEventually) << file;
        ++followed;
      }
    }
    EXPECT_GT(followed, 0U) << file;
  }
}

TEST(SimulatedRun, IsBrokenOffWhereItIsAskedTo) {
  Simulated endless(R"(
machine: { cpus: 1, soft_lockup_watchdog: false, hung_task_timeout: 0 }
tasks: { one: { cpu: 0, run: [ { while: true, do: [ might_sleep ] } ] } }
)");
  EXPECT_EQ(endless.simulator.run(kSeed, 0, {.stop = [] { return true; }}).end, RunEnd::kBrokenOff);
  EXPECT_EQ(endless.simulator.run(kSeed, 0, {.until_ns = 1'000'000}).end_ns, 1'000'000);
}

}  // namespace
}  // namespace quiesce::checker::simulated_run_test
