// What a search says about what it has seen, and about what multiplies its states.
#include <gtest/gtest.h>

#include <algorithm>

#include "checked.hpp"

namespace quiesce::checker::profile_test {
namespace {

constexpr const char* kSteps = R"(
machine: { cpus: 1, soft_lockup_watchdog: false, hung_task_timeout: 0 }
globals: { x: int 0..9, never: bool, always: { type: bool, init: true } }
routines:
  walk:
    - set: x = 1
    - { set: x = 2, when: never }
    - if: always
      then: [set: x = 3]
      else: [set: x = 0]
    - { poll: always, timeout: 1s, on_timeout: [set: x = 0] }
tasks:
  a: { run: [call: walk()] }
  spoiler: { run: [wait_until: x == 9, set: never = true, set: always = false] }
)";

Checked bounded(std::uint64_t states) {
  ExploreOptions options;
  options.max_states = states;
  return check_text(kSteps, options);
}

std::vector<std::string> where(const std::vector<ReportPlace>& places) {
  std::vector<std::string> all;
  for (const ReportPlace& place : places) all.push_back(place.where);
  std::sort(all.begin(), all.end());
  return all;
}

TEST(Coverage, NamesStepsThatWereNeverTakenAndConditionsThatNeverChanged) {
  ExploreOptions options;
  options.mode = SearchMode::kContexts;
  const Checked c = check_text(kSteps, options);
  ASSERT_TRUE(c.outcome.coverage);
  const ReportCoverage& seen = *c.outcome.coverage;
  EXPECT_EQ(where(seen.never_taken),
            (std::vector<std::string>{"spoiler+1", "spoiler+2", "walk+1", "walk+4", "walk+6"}));
  EXPECT_EQ(where(seen.never_true), (std::vector<std::string>{"spoiler+0", "walk+1"}));
  EXPECT_EQ(where(seen.never_false), (std::vector<std::string>{"walk+2", "walk+5"}));
  EXPECT_EQ(seen.conditions, 4U);
  EXPECT_EQ(seen.conditions_tried, 4U);
  EXPECT_EQ(seen.looked_at, c.outcome.states);
  EXPECT_FALSE(seen.partial);
}

TEST(Coverage, CountsNothingThatTheSearchHasNotFired) {
  EXPECT_FALSE(bounded(1'000'000).outcome.coverage) << "a complete search needs no such statement";
  const Checked c = bounded(1);
  ASSERT_TRUE(c.outcome.coverage);
  EXPECT_EQ(c.outcome.coverage->looked_at, 0U);
  EXPECT_EQ(c.outcome.coverage->never_taken.size(), c.outcome.coverage->steps);
  EXPECT_EQ(c.outcome.coverage->conditions_tried, 0U);
}

/// Switches out of the last layer were not fired: with none, `b` never sees what `a` shows it for one step.
TEST(Coverage, LeavesOutSwitchesBeyondTheBound) {
  ExploreOptions options;
  options.mode = SearchMode::kContexts;
  const std::string text = R"(
machine: { cpus: 2, soft_lockup_watchdog: false, hung_task_timeout: 0 }
globals: { in_midst: bool }
tasks:
  a: { cpu: 0, run: [set: in_midst = true, set: in_midst = false] }
  b: { cpu: 1, run: [{poll: in_midst, timeout: 1s}] }
)";
  options.max_switches = 0;
  EXPECT_EQ(where(check_text(text, options).outcome.coverage->never_true), std::vector<std::string>{"b+0"});
  options.max_switches = 1;
  EXPECT_TRUE(check_text(text, options).outcome.coverage->never_true.empty());
}

TEST(Coverage, OfRulesIsAboutTheirGuards) {
  ExploreOptions options;
  options.mode = SearchMode::kRandom;
  options.walks.walks = 5;
  const Checked c = check_text(R"(
types: { i: int 0..2 }
globals: { x: int 0..3 }
rules:
  - { name: up, when: x < 3, do: ['x := x + 1'] }
  - { name: back, when: x >= 0, do: ['x := 0'] }
  - { name: dead, for: { k: i }, when: x == 9 and k > 0, do: ['x := 0'] }
)",
                               options);
  ASSERT_TRUE(c.outcome.coverage);
  EXPECT_EQ(where(c.outcome.coverage->never_true), std::vector<std::string>{"dead"});
  EXPECT_EQ(where(c.outcome.coverage->never_false), std::vector<std::string>{"back"});
  EXPECT_EQ(where(c.outcome.coverage->never_taken), std::vector<std::string>{"dead+0"});
}

const ProfileValue& value_of(const std::vector<ProfileValue>& values, const std::string& name) {
  for (const ProfileValue& value : values) {
    if (value.name == name) return value;
  }
  static const ProfileValue kNone;
  ADD_FAILURE() << "no part " << name;
  return kNone;
}

/// 12 * 5 states: each counter multiplies the others' states by its range.
TEST(Profile, ACounterMultipliesTheStatesByItsRange) {
  const std::string text = R"(
globals: { x: int 0..11, y: int 0..4, still: bool }
rules:
  - { name: x up, when: x < 11, do: ['x := x + 1'] }
  - { name: y up, when: y < 4, do: ['y := y + 1'] }
end: x == 11 and y == 4
)";
  ExploreOptions options;
  options.profile = true;
  for (const unsigned threads : {1U, 3U}) {
    options.threads = threads;
    const Checked c = check_text(text, options);
    ASSERT_TRUE(c.outcome.profile);
    const ReportProfile& profile = *c.outcome.profile;
    EXPECT_EQ(profile.states, 60U);
    EXPECT_EQ(profile.slots.front().name, "x");
    EXPECT_EQ(value_of(profile.slots, "x").values, 12U);
    EXPECT_DOUBLE_EQ(value_of(profile.slots, "x").factor, 12);
    EXPECT_DOUBLE_EQ(value_of(profile.slots, "y").factor, 5);
    ASSERT_EQ(profile.routines.size(), 2U);
    EXPECT_EQ(profile.routines[0].place.where, "x up");
    EXPECT_EQ(profile.routines[0].transitions, 11U * 5);
    EXPECT_EQ(profile.routines[1].transitions, 12U * 4);
    EXPECT_FALSE(c.outcome.coverage) << "a profile of a complete search is no statement of what it missed";
  }
}

/// Of 1000 * 200 states only a sample of the rests is kept.
TEST(Profile, FactorsOfManyStatesAreEstimated) {
  ExploreOptions options;
  options.profile = true;
  const Checked c = check_text(R"(
globals: { x: int 0..999, y: int 0..199 }
rules:
  - { name: x up, when: x < 999, do: ['x := x + 1'] }
  - { name: y up, when: y < 199, do: ['y := y + 1'] }
end: x == 999 and y == 199
)",
                               options);
  ASSERT_TRUE(c.outcome.profile);
  EXPECT_TRUE(c.outcome.profile->estimated);
  EXPECT_DOUBLE_EQ(value_of(c.outcome.profile->slots, "y").factor, 200);
  EXPECT_EQ(value_of(c.outcome.profile->slots, "y").values, 200U);
}

TEST(Profile, CountsEachTransitionOnce) {
  ExploreOptions options;
  options.profile = true;
  for (const StoreKind store : {StoreKind::kPlain, StoreKind::kCompressed}) {
    options.store = store;
    const Checked c = check_text(kSteps, options);
    ASSERT_TRUE(c.outcome.profile);
    std::uint64_t moves = 0;
    for (const ProfileRow& actor : c.outcome.profile->actors) moves += actor.transitions;
    EXPECT_EQ(moves, c.outcome.transitions);
    EXPECT_EQ(c.outcome.profile->states, c.outcome.states);
    EXPECT_EQ(where(c.outcome.profile->never_taken),
              (std::vector<std::string>{"spoiler+1", "spoiler+2", "walk+1", "walk+4", "walk+6"}));
  }
}

}  // namespace
}  // namespace quiesce::checker::profile_test
