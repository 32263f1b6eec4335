// Points of no return against the plain reference, at every position of runs of random scenarios.
#include <gtest/gtest.h>

#include "checked.hpp"
#include "checker/explanation.hpp"
#include "checker/racing_steps.hpp"
#include "random_scenario.hpp"
#include "reference_explorer.hpp"

namespace quiesce::checker::avoidance_test {
namespace {

using Lost = ReportExplanation::Lost;

constexpr std::size_t kStatesMax = 1500;

/// Which step lost it, from 1; 0: it was lost before; one past the last: it was not.
std::size_t lost_at(const ReportExplanation& why, std::size_t steps) {
  if (why.lost == Lost::kAtStep) return why.lost_at;
  return why.lost == Lost::kFromStart ? 0 : steps + 1;
}

std::size_t goal_of(const SystemModel& model, std::uint16_t property) {
  for (std::size_t goal = 0; goal < model.goal_count(); ++goal) {
    if (model.property_of_goal(goal) == property) return goal;
  }
  return model.goal_count();
}

void compare(const sim::System& system, const FoundRun& run, ReferenceExplorer& reference) {
  const SystemModel model(system);
  const std::size_t goal = goal_of(model, run.finding.property);
  const bool is_goal = goal < model.goal_count();
  if (!is_goal && run.schedule.cycle_start) return;
  const StepsOfRun replayed = steps_of(model, run.schedule);
  // After the last step a finding is there, whatever comes.
  const std::size_t positions = replayed.steps.size() + (is_goal ? 1 : 0);
  std::size_t expected = 0;
  for (std::size_t position = 0; position < positions; ++position) {
    const auto& state = replayed.states[position];
    const bool can = is_goal ? reference.can_reach(state, static_cast<std::uint16_t>(goal))
                             : reference.can_avoid(state, run.finding);
    if (!can) break;
    expected = position + 1;
  }
  ExplainOptions options;
  options.detail = ExplanationDetail::kBrief;
  options.max_states = 1'000'000;
  const ReportExplanation why = explain_failure(system, run, options);
  EXPECT_NE(why.lost, Lost::kUnknown);
  EXPECT_EQ(lost_at(why, replayed.steps.size()), expected) << system.properties[run.finding.property].name;
}

TEST(Avoidance, AgreesWithTheReferenceOnRandomScenarios) {
  std::size_t compared = 0;
  for (std::uint32_t seed = 0; seed < 3 * sim::random_phrases(); ++seed) {
    const std::string text = sim::random_scenario(seed, 1 + static_cast<int>(seed % 4));
    SCOPED_TRACE(text);
    const sim::System system = sim::compile(sim::parse_document(text, "random.yaml"));
    ExploreOptions options;
    options.max_states = kStatesMax;
    const Outcome outcome = check(system, options);
    if (outcome.bound) continue;
    ReferenceExplorer reference(system, outcome.states);
    ASSERT_TRUE(reference.complete());
    for (const PropertyOutcome& property : outcome.properties) {
      for (const FoundRun& run : property.runs) {
        compare(system, run, reference);
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, 100U);
}

}  // namespace
}  // namespace quiesce::checker::avoidance_test
