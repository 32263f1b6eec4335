// The passing run that follows a failing one as far as possible, where it is known by hand.
#include "checker/nearest_passing.hpp"

#include <gtest/gtest.h>

#include <utility>

#include "checked.hpp"
#include "checker/compare_reports.hpp"
#include "checker/report_routines.hpp"
#include "sim/document_loader.hpp"

namespace quiesce::checker::nearest_passing_test {
namespace {

struct Compiled {
  sim::Node document;
  sim::System system;
};

Compiled compiled(const std::string& text) {
  sim::Node document = sim::parse_document("quiesce: 1\nname: test\n" + text, "test.yaml");
  sim::System system = sim::compile(document);
  return {std::move(document), std::move(system)};
}

/// The nearest run of `passing` to the first finding of the property in `failing`.
NearestPassing nearest(const Compiled& failing, const Compiled& passing, const std::string& property,
                       std::uint64_t max_states = 100'000, const std::set<std::string>& common = {}) {
  const Outcome outcome = check(failing.system, {});
  const auto index = find_property(failing.system, property);
  if (!index || outcome.properties[*index].runs.empty()) {
    ADD_FAILURE() << "no " << property;
    return {};
  }
  const ReportFinding finding = explain(failing.system, outcome.properties[*index].runs.front());
  const StepMap steps(align_routines(all_routines_of(failing.system, failing.document),
                                     all_routines_of(passing.system, passing.document)));
  NearestPassing found =
      find_nearest_passing(finding, property, steps, passing.system, {max_states, common, nullptr});
  std::string error;
  if (found.kind == NearestPassing::Kind::kFound) {
    const auto schedule = decode(found.schedule, error);
    EXPECT_TRUE(schedule && replays(passing.system, *schedule, error)) << error;
    EXPECT_FALSE(schedule && shown_by(passing.system, *schedule)) << "it does not pass";
  }
  return found;
}

/// "= = + -": what stands beside what up to where both part.
std::string beginning(const NearestPassing& nearest) {
  std::string text;
  for (std::size_t i = 0; i < nearest.parts; ++i) {
    const DiffTraceRow& row = nearest.rows[i];
    text += row.failing == 0 ? "+" : row.passing == 0 ? "-" : "=";
  }
  return text;
}

/// Two tasks read and write a counter; the reader of the old value loses an update.
std::string counter(const std::string& steps) {
  return R"(
machine: { cpus: 2, preemption: full }
globals: { x: int 0..3 }
locks: { l: mutex }
routines:
  increment:
    steps: [)" +
         steps + R"(]
tasks:
  one: { cpu: 0, run: [call: increment()] }
  two: { cpu: 1, run: [call: increment()] }
properties:
  both: { at_end: x == 2 }
expect: { both: holds }
)";
}

TEST(NearestPassing, AnEqualProgramFollowsToTheLastStepThatDecides) {
  const Compiled racy = compiled(counter("load: seen = x, set: x = seen + 1"));
  const NearestPassing found = nearest(racy, racy, "both");
  ASSERT_EQ(found.kind, NearestPassing::Kind::kFound);
  EXPECT_TRUE(found.farthest);
  EXPECT_TRUE(found.violates.empty());
  // Both run, one reads: it is lost when the other one reads before that is written.
  EXPECT_EQ(beginning(found).find_first_not_of('='), std::string::npos) << beginning(found);
  const ReportStep& first_other = found.steps.at(found.rows[found.parts].passing - 1);
  EXPECT_TRUE(first_other.text.starts_with("set")) << first_other.text;
}

TEST(NearestPassing, StepsOfTheFixArePutIn) {
  const Compiled racy = compiled(counter("load: seen = x, set: x = seen + 1"));
  const Compiled fixed =
      compiled(counter("mutex_lock: l, load: seen = x, set: x = seen + 1, mutex_unlock: l"));
  const NearestPassing found = nearest(racy, fixed, "both");
  ASSERT_EQ(found.kind, NearestPassing::Kind::kFound);
  EXPECT_TRUE(found.farthest);
  EXPECT_NE(beginning(found).find("+="), std::string::npos) << beginning(found);
}

TEST(NearestPassing, StepsThatTheFixLacksAreLeftOut) {
  const Compiled broken = compiled(counter("cond_resched, load: seen = x, set: x = 3"));
  const Compiled fixed = compiled(counter("load: seen = x, set: x = 2"));
  const NearestPassing found = nearest(broken, fixed, "both");
  ASSERT_EQ(found.kind, NearestPassing::Kind::kFound);
  EXPECT_NE(beginning(found).find("-="), std::string::npos) << beginning(found);
}

TEST(NearestPassing, WhatBothViolateDoesNotCountAndIsNamed) {
  std::string text = counter("load: seen = x, set: x = seen + 1");
  const std::string goal = "  both: { at_end: x == 2 }\n";
  text.insert(text.find(goal), "  early: { never: x == 1 }\n");
  const Compiled racy = compiled(text);
  const NearestPassing found = nearest(racy, racy, "both", 100'000, {"early"});
  ASSERT_EQ(found.kind, NearestPassing::Kind::kFound);
  EXPECT_TRUE(found.farthest);
  EXPECT_EQ(found.violates, std::vector<std::string>{"early"});
  // Without that, runs that violate nothing are asked for first, and there is none.
  EXPECT_EQ(nearest(racy, racy, "both").violates, std::vector<std::string>{"early"});
}

/// Two variants of a scenario that is shipped, or in tests/data.
std::pair<Compiled, Compiled> variants_of(const std::string& file, const std::string& a,
                                          const std::string& b) {
  const sim::LibraryDirs libraries{"scenarios/lib"};
  const sim::Node scenario = sim::load_scenario_document(file, libraries);
  const auto variant = [&](const std::string& name) {
    sim::Node document = sim::variant_document(scenario, name, libraries);
    sim::System system = sim::compile(document);
    return Compiled{std::move(document), std::move(system)};
  };
  return {variant(a), variant(b)};
}

TEST(NearestPassing, TwoMutexesPartWhereTheFirstOneIsTakenTheOtherWayRound) {
  const auto [opposite, same_order] =
      variants_of("tests/data/reports/two-mutexes.yaml", "opposite", "same_order");
  const NearestPassing found = nearest(opposite, same_order, "deadlock");
  ASSERT_EQ(found.kind, NearestPassing::Kind::kFound);
  // The prober has the list's mutex and both tasks run: where the broken one takes the group's mutex, the
  // other one can only wait.
  EXPECT_EQ(beginning(found), "===");
  EXPECT_EQ(found.followed, 3U);
  EXPECT_TRUE(found.farthest && found.violates.empty());
  EXPECT_EQ(found.steps.size(), 10U);
}

TEST(NearestPassing, TheFixOfTheFirstSeedLeavesTheDevicesInTheirGroup) {
  const auto [broken, fixed] = variants_of("scenarios/remove/legacy-seed.yaml", "transmit", "fixed");
  const NearestPassing found = nearest(broken, fixed, "null_dereference");
  ASSERT_EQ(found.kind, NearestPassing::Kind::kFound);
  EXPECT_TRUE(found.violates.empty());
  // They part inside of what the fix leaves out, or behind it: the shutdown goes on to the reset.
  EXPECT_EQ(found.steps.back().text, "machine_reset");
  EXPECT_GT(found.followed, 10U);
  for (const ReportStep& step : found.steps)
    EXPECT_FALSE(step.location.starts_with("iommu_group_remove_device"));
}

TEST(NearestPassing, SaysThatNoRunPasses) {
  const Compiled broken = compiled(counter("load: seen = x, set: x = 3"));
  const NearestPassing found = nearest(broken, broken, "both");
  EXPECT_EQ(found.kind, NearestPassing::Kind::kNone);
}

TEST(NearestPassing, SaysThatTheBudgetWasNotEnough) {
  const Compiled broken = compiled(counter("load: seen = x, set: x = 3"));
  EXPECT_EQ(nearest(broken, broken, "both", 4).kind, NearestPassing::Kind::kUnknown);
}

}  // namespace
}  // namespace quiesce::checker::nearest_passing_test
