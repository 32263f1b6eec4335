// Iterative context bounding: what counts as a switch, and what a bounded search says.
#include <gtest/gtest.h>

#include "checked.hpp"

namespace quiesce::checker::contexts_test {
namespace {

Checked by_contexts(const std::string& text, std::uint32_t switches) {
  ExploreOptions options;
  options.mode = SearchMode::kContexts;
  options.max_switches = switches;
  return check_text(text, options);
}

constexpr std::uint32_t kUnbounded = 1'000'000;

/// Each of `a`'s steps undoes what the one before did, so that `b` sees both only in the midst of `a`; `a`
/// sees what `b` wrote only in the midst of `b`.
constexpr const char* kNeedsBothHalves = R"(
machine: { cpus: 2, soft_lockup_watchdog: false, hung_task_timeout: 0 }
globals: { half_a: bool, half_b: bool, bug: bool }
tasks:
  a: { cpu: 0, run: [set: half_a = true, {load: other = half_b}, {if: other, then: [set: bug = true]},
       set: half_a = false] }
  b: { cpu: 1, run: [{load: other = half_a}, {set: half_b = true, when: other}, set: half_b = false] }
properties: { safe: { never: bug } }
)";

TEST(Contexts, ABugThatNeedsTwoSwitchesIsMissedWithOneAndFoundWithTwo) {
  EXPECT_EQ(by_contexts(kNeedsBothHalves, 0).status("safe"), Status::kInconclusive);
  EXPECT_EQ(by_contexts(kNeedsBothHalves, 1).status("safe"), Status::kInconclusive);
  const Checked two = by_contexts(kNeedsBothHalves, 2);
  EXPECT_EQ(two.status("safe"), Status::kViolated);
  for (const PropertyOutcome& property : two.outcome.properties) {
    for (const FoundRun& run : property.runs) {
      EXPECT_EQ(run.switches, 2U);
      std::string error;
      EXPECT_TRUE(replays(two.system, run.schedule, error)) << error;
      EXPECT_TRUE(shown_by(two.system, run.schedule)) << "the schedule shows nothing";
    }
  }
}

TEST(Contexts, ASwitchAwayFromATaskThatCannotGoOnIsFree) {
  const Checked c = by_contexts(R"(
machine: { cpus: 2, soft_lockup_watchdog: false, hung_task_timeout: 0 }
globals: { go: bool, bug: bool }
tasks:
  a: { cpu: 0, run: [wait_until: go, set: bug = true] }
  b: { cpu: 1, run: [set: go = true] }
properties: { safe: { never: bug } }
)",
                                0);
  EXPECT_EQ(c.status("safe"), Status::kViolated);
}

TEST(Contexts, SayHoldsOnlyWhereTheBoundDidNotBind) {
  const std::string text = R"(
machine: { cpus: 2, soft_lockup_watchdog: false, hung_task_timeout: 0 }
globals: { x: int 0..2, y: int 0..2 }
tasks:
  a: { cpu: 0, run: [set: x = 1, set: x = 2] }
  b: { cpu: 1, run: [set: y = 1, set: y = 2] }
properties: { small: { never: x + y == 5 } }
)";
  const Checked all = by_contexts(text, kUnbounded);
  EXPECT_EQ(all.status("small"), Status::kHolds);
  EXPECT_EQ(all.status("livelock"), Status::kInconclusive);
  EXPECT_EQ(all.outcome.bound, "contexts");
  EXPECT_EQ(all.outcome.search.switches, all.outcome.depth);
  const auto needed = static_cast<std::uint32_t>(all.outcome.depth);
  EXPECT_GT(needed, 0U);
  EXPECT_EQ(by_contexts(text, needed + 1).status("small"), Status::kHolds);
  const Checked few = by_contexts(text, needed - 1);
  EXPECT_EQ(few.status("small"), Status::kInconclusive);
  EXPECT_EQ(few.outcome.bound, "max_switches");
  EXPECT_EQ(few.outcome.search.switches, needed - 1);
  EXPECT_GT(few.outcome.frontier, 0U);
}

TEST(Contexts, GoalsStayOpen) {
  const Checked c = by_contexts(R"(
machine: { cpus: 1 }
globals: { done: bool }
tasks: { a: { run: [set: done = true] } }
properties: { ends: { eventually: done }, can: { always_possible: done } }
)",
                                kUnbounded);
  EXPECT_EQ(c.status("ends"), Status::kInconclusive);
  EXPECT_EQ(c.status("can"), Status::kInconclusive);
  EXPECT_EQ(c.status("deadlock"), Status::kHolds);
}

/// There are neither goals nor livelocks here, so a complete search is conclusive.
TEST(Contexts, RulesAreOneLane) {
  const Checked c = by_contexts(R"(
globals: { a: int 0..2, b: int 0..2 }
rules:
  - { name: up a, when: a < 2, do: ['a := a + 1'] }
  - { name: up b, when: b < 2, do: ['b := b + 1'] }
end: a == 2 and b == 2
)",
                                1);
  EXPECT_EQ(c.status("deadlock"), Status::kHolds);
  EXPECT_FALSE(c.outcome.bound);
  EXPECT_EQ(c.outcome.depth, 0U);
}

TEST(Contexts, AnInterruptLeavesEverythingOpen) {
  std::atomic<bool> interrupted{true};
  ExploreOptions options;
  options.mode = SearchMode::kContexts;
  options.interrupted = &interrupted;
  const Checked c = check_text(kNeedsBothHalves, options);
  EXPECT_EQ(c.outcome.bound, "interrupted");
  EXPECT_EQ(c.status("safe"), Status::kInconclusive);
  EXPECT_FALSE(c.outcome.search.switches);
}

TEST(Contexts, SymmetryAndStubbornSetsAreSwitchedOffAndNamed) {
  ExploreOptions options;
  options.mode = SearchMode::kContexts;
  options.reductions = {true, true, true};
  const Checked c = check_text(kNeedsBothHalves, options);
  EXPECT_EQ(c.outcome.search.without, (std::vector<std::string>{"symmetry", "stubborn-sets"}));
}

}  // namespace
}  // namespace quiesce::checker::contexts_test
