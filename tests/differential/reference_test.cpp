// The search against the plain reference: the same states, transitions and verdicts.
#include <gtest/gtest.h>

#include <set>

#include "checked.hpp"
#include "checker/footprint_check.hpp"
#include "random_rules.hpp"
#include "random_scenario.hpp"
#include "reference_explorer.hpp"
#include "shipped.hpp"
#include "sim/verbs.hpp"

namespace quiesce::checker::reference_test {
namespace {

constexpr std::size_t kRandomStatesMax = 20'000;
constexpr std::size_t kShippedStatesMax = 50'000;

void expect_agreement(const sim::System& system, const Outcome& outcome, const std::string& what) {
  const ReferenceExplorer reference(system, outcome.states);
  ASSERT_TRUE(reference.complete()) << what;
  EXPECT_EQ(reference.states(), outcome.states) << what;
  EXPECT_EQ(reference.transitions(), outcome.transitions) << what;
  for (std::size_t i = 0; i < system.properties.size(); ++i) {
    EXPECT_EQ(reference.status()[i], outcome.properties[i].status)
        << what << ": " << system.properties[i].name;
  }
}

/// Every run that the search shows can be run again, and lands where a finding is.
void expect_replays(const sim::System& system, const Outcome& outcome, const std::string& what) {
  for (const PropertyOutcome& property : outcome.properties) {
    for (const FoundRun& run : property.runs) {
      std::string error;
      EXPECT_TRUE(replays(system, run.schedule, error)) << what << ": " << error;
    }
  }
}

/// The largest version of the seed's scenario that is small enough.
std::pair<sim::System, Outcome> explored(std::uint32_t seed) {
  ExploreOptions options;
  options.max_states = kRandomStatesMax;
  for (int size = 7; size > 0; --size) {
    const std::string text = sim::random_scenario(seed, size);
    SCOPED_TRACE(text);
    sim::System system = sim::compile(sim::parse_document(text, "random.yaml"));
    Outcome outcome = check(system, options);
    if (!outcome.bound || size == 1) return {std::move(system), std::move(outcome)};
  }
  return {};
}

void agree_for_seeds(std::uint32_t first, std::uint32_t last) {
  std::size_t too_large = 0;
  for (std::uint32_t seed = first; seed < last; ++seed) {
    const auto [system, outcome] = explored(seed);
    if (outcome.bound) {
      ++too_large;
      continue;
    }
    expect_agreement(system, outcome, "seed " + std::to_string(seed));
    expect_replays(system, outcome, "seed " + std::to_string(seed));
  }
  EXPECT_LE(too_large, (last - first) / 10) << "too many scenarios are too large to be compared";
}

TEST(Reference, AgreesOnRandomScenarios0) { agree_for_seeds(0, 100); }
TEST(Reference, AgreesOnRandomScenarios1) { agree_for_seeds(100, 200); }
TEST(Reference, AgreesOnRandomScenarios2) { agree_for_seeds(200, 300); }
TEST(Reference, AgreesOnRandomScenarios3) { agree_for_seeds(300, 400); }
TEST(Reference, AgreesOnRandomScenarios4) { agree_for_seeds(400, 500); }
TEST(Reference, AgreesOnRandomScenarios5) { agree_for_seeds(500, 600); }
TEST(Reference, AgreesOnRandomScenarios6) { agree_for_seeds(600, 700); }
TEST(Reference, AgreesOnRandomScenarios7) { agree_for_seeds(700, 800); }
TEST(Reference, AgreesOnRandomScenarios8) { agree_for_seeds(800, 900); }
TEST(Reference, AgreesOnRandomScenarios9) { agree_for_seeds(900, 1000); }

TEST(Footprints, HoldOnRandomScenarios) {
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    const auto [system, outcome] = explored(seed);
    ExploreOptions options;
    options.max_states = kRandomStatesMax;
    const FootprintReport report = check_footprints(system, options);
    EXPECT_EQ(report.violations, std::vector<std::string>{}) << "seed " << seed;
    EXPECT_EQ(report.transitions, outcome.transitions) << "seed " << seed;
  }
}

TEST(Footprints, HoldOnRandomRules) {
  for (std::uint32_t seed = 0; seed < 1000; ++seed) {
    ExploreOptions options;
    options.max_states = kRandomStatesMax;
    const sim::System system = sim::compile(sim::parse_document(sim::random_rules(seed), "random.yaml"));
    EXPECT_EQ(check_footprints(system, options).violations, std::vector<std::string>{}) << "seed " << seed;
  }
}

TEST(Reference, AgreesOnRandomRules) {
  ExploreOptions options;
  options.max_states = kRandomStatesMax;
  for (std::uint32_t seed = 0; seed < 1000; ++seed) {
    const sim::System system = sim::compile(sim::parse_document(sim::random_rules(seed), "random.yaml"));
    const Outcome outcome = check(system, options);
    if (!outcome.bound) expect_agreement(system, outcome, "rules of seed " + std::to_string(seed));
  }
}

TEST(Reference, RandomScenariosContainEveryVerb) {
  std::set<sim::Verb> met;
  // Each twice: a phrase sometimes loses its last step.
  for (std::uint32_t seed = 0; seed < 2 * sim::random_phrases(); ++seed) {
    const sim::System system =
        sim::compile(sim::parse_document(sim::random_scenario(seed, 1), "random.yaml"));
    for (const sim::Step& step : system.program.steps) met.insert(step.verb);
  }
  const std::set<sim::Verb> expanded{sim::Verb::kWhile,  sim::Verb::kRepeat, sim::Verb::kForEach,
                                     sim::Verb::kGoto,   sim::Verb::kLabel,  sim::Verb::kCall,
                                     sim::Verb::kInvoke, sim::Verb::kReturn, sim::Verb::kAtomic};
  for (const sim::VerbInfo& verb : sim::all_verbs()) {
    const bool via_set = verb.verb == sim::Verb::kQueueWork || verb.verb == sim::Verb::kKfree;
    if (expanded.contains(verb.verb) || via_set) continue;
    EXPECT_TRUE(met.contains(verb.verb)) << verb.name;
  }
}

TEST(Reference, AgreesOnShippedScenarios) {
  ExploreOptions options;
  options.max_states = kShippedStatesMax;
  std::size_t compared = 0;
  sim::for_each_shipped([&](const sim::System& system, const std::string& what) {
    const Outcome outcome = check(system, options);
    if (outcome.bound) return;
    ++compared;
    expect_agreement(system, outcome, what);
  });
  EXPECT_GE(compared, 12U);
}

}  // namespace
}  // namespace quiesce::checker::reference_test
