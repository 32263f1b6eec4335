// Random runs: reproducible, replayable, and as likely to find a bug as the theory says.
#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "base/random_numbers.hpp"
#include "checked.hpp"
#include "checker/step_choice.hpp"

namespace quiesce::checker::walks_test {
namespace {

ExploreOptions walks(SearchMode mode, std::uint64_t seed, std::uint64_t count, std::uint32_t depth = 2) {
  ExploreOptions options;
  options.mode = mode;
  options.walks.seed = seed;
  options.walks.walks = count;
  options.walks.depth = depth;
  return options;
}

/// `b` has to come between the two steps of `a`, which are deep in runs of 3 actors: two orderings.
constexpr const char* kDepthTwo = R"(
machine: { cpus: 3, soft_lockup_watchdog: false, hung_task_timeout: 0 }
globals: { x: bool, bug: bool, pad: int 0..20 }
tasks:
  a: { cpu: 0, run: [set: pad = 1, set: pad = 2, set: pad = 3, set: x = true, set: x = false, set: pad = 4] }
  b: { cpu: 1, run: [load: seen = x, {set: bug = true, when: seen}] }
  c: { cpu: 2, run: [set: pad = 5, set: pad = 6] }
properties: { safe: { never: bug } }
)";

std::string essence(const Outcome& outcome) {
  std::string text = std::to_string(outcome.states) + " " + std::to_string(outcome.transitions) + " " +
                     std::to_string(outcome.search.walks) + " " + std::to_string(outcome.depth);
  for (const PropertyOutcome& property : outcome.properties) {
    text += " " + std::to_string(static_cast<int>(property.status));
    for (const FoundRun& run : property.runs) text += ":" + std::to_string(*run.walk) + encode(run.schedule);
  }
  text += " " + std::to_string(outcome.coverage->never_true.size());
  return text + " " + std::to_string(outcome.coverage->looked_at);
}

TEST(RandomNumbers, AreTheSameEverywhere) {
  base::RandomNumbers random(1, 0);
  const std::array<std::uint64_t, 3> first{random.next(), random.next(), random.next()};
  base::RandomNumbers again(1, 0);
  EXPECT_EQ(again.next(), first[0]);
  EXPECT_EQ(again.next(), first[1]);
  base::RandomNumbers other_stream(1, 1);
  EXPECT_NE(other_stream.next(), first[0]);
  base::RandomNumbers other_seed(2, 0);
  EXPECT_NE(other_seed.next(), first[0]);
  EXPECT_EQ(base::scramble(0x9e3779b97f4a7c15ULL), 0xe220a8397b1dcdafULL) << "the first number of SplitMix64";
}

TEST(RandomNumbers, BelowIsEven) {
  base::RandomNumbers random(7, 3);
  std::array<int, 6> seen{};
  for (int i = 0; i < 60'000; ++i) ++seen[random.below(seen.size())];
  for (const int count : seen) EXPECT_NEAR(count, 10'000, 400);
  EXPECT_EQ(random.below(1), 0U);
}

TEST(PriorityChoice, TheFirstIsFirstUntilItFalls) {
  const std::vector<Transition> enabled{{0, 0}, {1, 0}, {2, 0}};
  std::array<int, 3> first{};
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    base::RandomNumbers random(seed, 0);
    PriorityChoice choice(3, 2, 4);
    choice.begin(random);
    const std::uint16_t begins = choice.choose(enabled, random).actor;
    ++first[begins];
    int changes = 0;
    std::uint16_t last = begins;
    for (int step = 2; step <= 8; ++step) {
      const std::uint16_t actor = choice.choose(enabled, random).actor;
      if (actor != last) ++changes;
      last = actor;
    }
    EXPECT_LE(changes, 1) << "seed " << seed;
  }
  for (const int count : first) EXPECT_NEAR(count, 1000, 150);
}

TEST(Walks, OneSeedGivesOneResultWithAnyNumberOfThreads) {
  for (const SearchMode mode : {SearchMode::kRandom, SearchMode::kPriorities}) {
    for (const bool first : {false, true}) {
      ExploreOptions options = walks(mode, 5, 300);
      options.first = first;
      const std::string one = essence(check_text(kDepthTwo, options).outcome);
      for (const unsigned threads : {2U, 3U}) {
        options.threads = threads;
        EXPECT_EQ(essence(check_text(kDepthTwo, options).outcome), one);
      }
      options.walks.seed = 6;
      EXPECT_NE(essence(check_text(kDepthTwo, options).outcome), one);
    }
  }
}

TEST(Walks, WhatTheyReportCanBeReplayed) {
  for (const SearchMode mode : {SearchMode::kRandom, SearchMode::kPriorities}) {
    const Checked c = check_text(kDepthTwo, walks(mode, 1, 500));
    EXPECT_EQ(c.status("safe"), Status::kViolated);
    for (const PropertyOutcome& property : c.outcome.properties) {
      for (const FoundRun& run : property.runs) {
        std::string error;
        EXPECT_TRUE(replays(c.system, run.schedule, error)) << error;
        const auto shown = shown_by(c.system, run.schedule);
        ASSERT_TRUE(shown);
        EXPECT_EQ(shown->property, run.finding.property);
      }
    }
  }
}

TEST(Walks, FindDeadlocksAndNeverSayHolds) {
  const std::string text = R"(
machine: { cpus: 2, soft_lockup_watchdog: false, hung_task_timeout: 0 }
locks: { one: mutex, two: mutex }
tasks:
  a: { cpu: 0, run: [mutex_lock: one, mutex_lock: two, mutex_unlock: two, mutex_unlock: one] }
  b: { cpu: 1, run: [mutex_lock: two, mutex_lock: one, mutex_unlock: one, mutex_unlock: two] }
properties: { ends: { eventually: all_exited() } }
)";
  for (const SearchMode mode : {SearchMode::kRandom, SearchMode::kPriorities}) {
    const Checked c = check_text(text, walks(mode, 3, 200));
    EXPECT_EQ(c.status("deadlock"), Status::kViolated);
    EXPECT_EQ(c.status("ends"), Status::kInconclusive);
    for (const PropertyOutcome& property : c.outcome.properties) EXPECT_NE(property.status, Status::kHolds);
  }
}

TEST(Walks, FindAStateInWhichNothingCanHappen) {
  const Checked c = check_text(R"(
globals: { x: int 0..3 }
rules:
  - { name: up, when: x < 2, do: ['x := x + 1'] }
)",
                               walks(SearchMode::kRandom, 1, 1));
  EXPECT_EQ(c.status("deadlock"), Status::kViolated);
  EXPECT_EQ(c.outcome.depth, 2U);
}

TEST(Walks, EndAtTheLimitOfSteps) {
  ExploreOptions options = walks(SearchMode::kRandom, 1, 10);
  options.walks.max_steps = 25;
  const Checked c = check_text(R"(
globals: { x: int 0..3 }
rules:
  - { name: round, do: ['x := (x + 1) % 4'] }
)",
                               options);
  EXPECT_EQ(c.outcome.search.cut, 10U);
  EXPECT_EQ(c.outcome.search.longest, 25U);
  EXPECT_EQ(c.outcome.transitions, 250U);
}

TEST(Walks, AnInterruptEndsThemAndLeavesEverythingOpen) {
  std::atomic<bool> interrupted{true};
  ExploreOptions options = walks(SearchMode::kPriorities, 1, 1'000'000'000);
  options.interrupted = &interrupted;
  const Checked c = check_text(kDepthTwo, options);
  EXPECT_EQ(c.outcome.bound, "interrupted");
  EXPECT_EQ(c.outcome.search.walks, 0U);
  EXPECT_EQ(c.status("safe"), Status::kInconclusive);
}

/// One walk for each of 1000 seeds finds the bug at least as often as it should, and a depth that is too
/// small finds it never: `a` would have to stop between two of its steps.
TEST(Walks, PrioritiesFindABugOfDepthTwoAsOftenAsTheTheorySays) {
  int found = 0;
  int found_with_one = 0;
  double guarantee = 1;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const Checked c = check_text(kDepthTwo, walks(SearchMode::kPriorities, seed, 1, 2));
    guarantee = std::min(guarantee, c.outcome.search.guarantee);
    if (c.status("safe") == Status::kViolated) ++found;
    const Checked one = check_text(kDepthTwo, walks(SearchMode::kPriorities, seed, 1, 1));
    if (one.status("safe") == Status::kViolated) ++found_with_one;
  }
  EXPECT_GT(guarantee, 0.01);
  // Three standard deviations below the expectation.
  const double expected = 1000 * guarantee;
  EXPECT_GE(found, expected - 3 * std::sqrt(expected)) << "guaranteed: " << guarantee;
  EXPECT_EQ(found_with_one, 0);
}

}  // namespace
}  // namespace quiesce::checker::walks_test
