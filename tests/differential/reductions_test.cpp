// Reduced searches against the plain reference: the same verdicts and findings, fewer states.
#include <gtest/gtest.h>

#include <map>

#include "checked.hpp"
#include "random_rules.hpp"
#include "reference_explorer.hpp"

namespace quiesce::checker::reductions_test {
namespace {

constexpr std::size_t kStatesMax = 20'000;

Outcome searched(const sim::System& system, const Reductions& reductions, unsigned threads = 1) {
  ExploreOptions options;
  options.max_states = kStatesMax;
  options.reductions = reductions;
  options.threads = threads;
  return check(system, options);
}

/// How long the shortest run to each finding is.
std::map<Finding, std::size_t> lengths(const Outcome& outcome) {
  std::map<Finding, std::size_t> all;
  for (const PropertyOutcome& property : outcome.properties) {
    for (const FoundRun& run : property.runs) all[run.finding] = run.schedule.steps.size();
  }
  return all;
}

void expect_equal_findings(const sim::System& system, const Outcome& reduced, const Outcome& whole) {
  EXPECT_LE(reduced.states, whole.states);
  EXPECT_EQ(lengths(reduced), lengths(whole));
  for (std::size_t i = 0; i < system.properties.size(); ++i)
    EXPECT_EQ(reduced.properties[i].status, whole.properties[i].status) << system.properties[i].name;
}

TEST(StubbornSets, KeepTheFindingsOfRandomRules) {
  std::uint64_t reduced_states = 0;
  std::uint64_t whole_states = 0;
  for (std::uint32_t seed = 0; seed < 1000; ++seed) {
    const std::string text = sim::random_rules(seed);
    SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + text);
    const sim::System system = sim::compile(sim::parse_document(text, "random.yaml"));
    const Outcome whole = searched(system, {});
    if (whole.bound) continue;
    const ReferenceExplorer reference(system, whole.states);
    ASSERT_EQ(reference.states(), whole.states);
    const Outcome reduced = searched(system, {.stubborn_sets = true});
    expect_equal_findings(system, reduced, whole);
    if (seed % 10 == 0) {
      const Outcome by_two = searched(system, {.stubborn_sets = true}, 2);
      EXPECT_EQ(by_two.states, reduced.states);
      EXPECT_EQ(by_two.transitions, reduced.transitions);
    }
    reduced_states += reduced.states;
    whole_states += whole.states;
    if (::testing::Test::HasFailure()) return;
  }
  EXPECT_LT(reduced_states, whole_states / 10 * 9) << "nothing is reduced";
}

}  // namespace
}  // namespace quiesce::checker::reductions_test
