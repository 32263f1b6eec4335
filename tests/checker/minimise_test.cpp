// Runs that chance chose, made short: they still show what they showed.
#include "checker/minimise.hpp"

#include <gtest/gtest.h>

#include <random>

#include "checked.hpp"
#include "checker/system_model.hpp"

namespace quiesce::checker::minimise_test {
namespace {

constexpr const char* kTwoLocksAndNoise = R"(
machine: { cpus: 2, soft_lockup_watchdog: false, hung_task_timeout: 0 }
locks: { m1: mutex, m2: mutex }
globals: { noise: int 0..9 }
tasks:
  a: { cpu: 0, run: [mutex_lock: m1, mutex_lock: m2, mutex_unlock: m2, mutex_unlock: m1] }
  b: { cpu: 1, run: [set: noise = 1, set: noise = 2, mutex_lock: m2, mutex_lock: m1, mutex_unlock: m1,
       mutex_unlock: m2] }
  c: { cpu: any, run: [set: noise = 3, set: noise = 4, set: noise = 5] }
)";

/// Chance runs until the finding is raised; nothing if it is not.
std::optional<Schedule> chance_run(const sim::System& system, Finding finding, std::mt19937& random) {
  const SystemModel model(system);
  Schedule schedule;
  schedule.model_hash = system.hash;
  std::vector<std::byte> state;
  model.for_each_initial([&](const std::byte* initial) {
    if (state.empty()) state.assign(initial, initial + model.state_bytes());
  });
  while (schedule.steps.size() < 500) {
    std::vector<Transition> enabled;
    model.for_each_enabled(state.data(), [&](Transition t) { enabled.push_back(t); });
    if (enabled.empty()) return std::nullopt;
    const Transition next = enabled[random() % enabled.size()];
    Effects effects;
    model.fire(state.data(), next, effects);
    schedule.steps.push_back(next);
    for (const Finding seen : effects.findings) {
      if (seen == finding) return schedule;
    }
  }
  return std::nullopt;
}

int switches(const Schedule& schedule) {
  int count = 0;
  for (std::size_t i = 1; i < schedule.steps.size(); ++i)
    count += schedule.steps[i].actor != schedule.steps[i - 1].actor ? 1 : 0;
  return count;
}

TEST(Minimise, FindsAShortestRunWithTheFewestSwitches) {
  const Checked c = check_text(kTwoLocksAndNoise);
  const FoundRun& shortest = c.outcome.properties[sim::finding_kind(c.system, "deadlock")].runs.front();
  const SystemModel model(c.system);
  std::mt19937 random(7);
  int found = 0;
  for (int i = 0; i < 200; ++i) {
    const auto schedule = chance_run(c.system, shortest.finding, random);
    if (!schedule) continue;
    ++found;
    const Schedule minimal = minimise(model, *schedule, shortest.finding);
    EXPECT_EQ(minimal.steps.size(), shortest.schedule.steps.size());
    EXPECT_EQ(switches(minimal), switches(shortest.schedule));
    std::string error;
    EXPECT_TRUE(replays(c.system, minimal, error)) << error;
    EXPECT_EQ(shown_by(c.system, minimal), shortest.finding);
  }
  EXPECT_GT(found, 10);
}

TEST(Minimise, PutsBlocksOfOneLaneTogetherWhereNoStepCanGo) {
  const Checked c = check_text(R"(
machine: { cpus: 2, soft_lockup_watchdog: false }
globals: { a: int 0..3, b: int 0..3 }
properties: { both: { never: a == 3 and b == 3 } }
tasks:
  one: { cpu: 0, run: [set: a = 1, set: a = 2, set: a = 3] }
  two: { cpu: 1, run: [set: b = 1, set: b = 2, set: b = 3] }
)");
  const FoundRun& calm = c.outcome.properties.at(*find_property(c.system, "both")).runs.front();
  Schedule mixed = calm.schedule;
  const std::size_t half = mixed.steps.size() / 2;
  for (std::size_t i = 0; i < half; ++i) {
    mixed.steps[2 * i] = calm.schedule.steps[i];
    mixed.steps[2 * i + 1] = calm.schedule.steps[half + i];
  }
  ASSERT_EQ(switches(mixed), 7);
  EXPECT_EQ(switches(minimise(SystemModel(c.system), mixed, calm.finding)), 1);
}

TEST(Minimise, LeavesARunAloneThatDoesNotShowTheFinding) {
  const Checked c = check_text(kTwoLocksAndNoise);
  const FoundRun& run = c.outcome.properties[sim::finding_kind(c.system, "deadlock")].runs.front();
  const Finding other{sim::finding_kind(c.system, "panic"), 0};
  EXPECT_EQ(minimise(SystemModel(c.system), run.schedule, other).steps, run.schedule.steps);
}

TEST(Minimise, KeepsACycleFair) {
  // Two spinners on their own CPUs, each with a tick of its own; neither may starve.
  const Checked c = check_text(R"(
machine: { cpus: 2, soft_lockup_watchdog: false }
globals: { stop: bool, go: bool }
properties: { done: { eventually: stop } }
tasks:
  one: { cpu: 0, run: [{ while: not stop, do: [cond_resched, cond_resched] }] }
  two: { cpu: 1, run: [{ while: not stop, do: [cond_resched, cond_resched] }] }
)");
  const FoundRun& run = c.outcome.properties.at(*find_property(c.system, "done")).runs.front();
  ASSERT_TRUE(run.schedule.cycle_start);
  std::set<std::uint16_t> movers;
  for (std::size_t i = *run.schedule.cycle_start; i < run.schedule.steps.size(); ++i)
    movers.insert(run.schedule.steps[i].actor);
  EXPECT_TRUE(movers.contains(0) && movers.contains(1)) << "a step of a running task is strongly fair";
}

}  // namespace
}  // namespace quiesce::checker::minimise_test
