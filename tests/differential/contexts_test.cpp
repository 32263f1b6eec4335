// The search by switches against the full search, and against a plain reference for each bound.
#include <gtest/gtest.h>

#include <limits>
#include <set>

#include "bounded_reference.hpp"
#include "checker/check_system.hpp"
#include "checker/context_bound.hpp"
#include "checker/explore.hpp"
#include "random_scenario.hpp"
#include "shipped.hpp"
#include "sim/compile.hpp"
#include "sim/document_loader.hpp"

namespace quiesce::checker::contexts_test {
namespace {

constexpr std::uint32_t kUnbounded = std::numeric_limits<std::uint32_t>::max();

/// The model's part of every stored state.
std::set<std::string> states_of(const Exploration& exploration, std::size_t stored_bytes, std::size_t bytes) {
  StateReader reader(*exploration.store, stored_bytes);
  std::set<std::string> states;
  for (StateId id = 0; id < exploration.states(); ++id)
    states.emplace(reinterpret_cast<const char*>(reader.at(id)), bytes);
  return states;
}

std::set<std::string> all_states(const sim::System& system) {
  const SystemModel model(system);
  return states_of(explore(model, {}), model.state_bytes(), model.state_bytes());
}

Exploration bounded(const sim::System& system, std::uint32_t switches, unsigned threads = 1) {
  ExploreOptions options;
  options.threads = threads;
  return explore(ContextBounded<SystemModel>(SystemModel(system)), options, {}, LayersBySwitches(switches));
}

std::set<std::string> bounded_states(const sim::System& system, std::uint32_t switches) {
  const SystemModel model(system);
  return states_of(bounded(system, switches), ContextBounded<SystemModel>(model).state_bytes(),
                   model.state_bytes());
}

bool is_small(const sim::System& system, std::uint64_t states) {
  ExploreOptions options;
  options.max_states = states;
  return !check(system, options).bound;
}

/// A state property, or a finding that a transition raises: neither a goal nor a livelock.
bool is_answered(const sim::System& system, std::size_t property) {
  const sim::PropertyKind kind = system.properties[property].what;
  return kind != sim::PropertyKind::kEventually && kind != sim::PropertyKind::kAlwaysPossible &&
         (system.properties[property].name != "livelock" || !SystemModel(system).checks_livelock());
}

void expect_the_verdicts_of_the_full_search(const sim::System& system, const std::string& what) {
  ExploreOptions options;
  const Outcome full = check(system, options);
  options.mode = SearchMode::kContexts;
  for (const unsigned threads : {1U, 2U}) {
    options.threads = threads;
    const Outcome by_contexts = check(system, options);
    for (std::size_t i = 0; i < system.properties.size(); ++i) {
      const Status status = by_contexts.properties[i].status;
      if (is_answered(system, i)) {
        EXPECT_EQ(status, full.properties[i].status) << what << ": " << system.properties[i].name;
      } else {
        EXPECT_NE(status, Status::kHolds) << what << ": " << system.properties[i].name;
      }
      for (const FoundRun& run : by_contexts.properties[i].runs) {
        std::string error;
        EXPECT_TRUE(replays(system, run.schedule, error)) << what << ": " << error;
      }
    }
  }
}

sim::System random_system(std::uint32_t seed, int size) {
  return sim::compile(sim::parse_document(sim::random_scenario(seed, size), "random.yaml"));
}

template <class Visit>
void for_each_small_shipped(std::uint64_t states, Visit visit) {
  sim::for_each_shipped([&](const sim::System& system, const std::string& what) {
    if (is_small(system, states)) visit(system, what);
  });
}

TEST(Contexts, WithoutABoundAreAllStatesAndVerdictsOfRandomScenarios) {
  std::size_t compared = 0;
  for (std::uint32_t seed = 0; seed < 100; ++seed) {
    const sim::System system = random_system(seed, 3);
    if (!is_small(system, 5000)) continue;
    ++compared;
    EXPECT_EQ(bounded_states(system, kUnbounded), all_states(system)) << "seed " << seed;
    expect_the_verdicts_of_the_full_search(system, "seed " + std::to_string(seed));
  }
  EXPECT_GE(compared, 50U);
}

TEST(Contexts, WithoutABoundAreAllStatesAndVerdictsOfShippedScenarios) {
  std::size_t compared = 0;
  for_each_small_shipped(10'000, [&](const sim::System& system, const std::string& what) {
    ++compared;
    EXPECT_EQ(bounded_states(system, kUnbounded), all_states(system)) << what;
    expect_the_verdicts_of_the_full_search(system, what);
  });
  EXPECT_GE(compared, 5U);
}

TEST(Contexts, EachBoundReachesTheStatesThatTheReferenceReaches) {
  std::size_t grew = 0;
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    const sim::System system = random_system(seed, 2);
    if (!is_small(system, 3000)) continue;
    const BoundedReference reference(system);
    std::set<std::string> before;
    for (std::uint32_t switches = 0; switches < 5; ++switches) {
      const std::set<std::string> states = bounded_states(system, switches);
      EXPECT_EQ(states, reference.within(switches)) << "seed " << seed << ", " << switches << " switches";
      EXPECT_TRUE(std::includes(states.begin(), states.end(), before.begin(), before.end()));
      if (switches > 0 && states.size() > before.size()) ++grew;
      before = states;
    }
    EXPECT_EQ(bounded(system, kUnbounded).states(), reference.pairs()) << "seed " << seed;
  }
  EXPECT_GE(grew, 30U) << "bounds that change nothing compare nothing";
}

TEST(Contexts, AFindingIsReportedWithTheFewestSwitchesOfTheReference) {
  std::size_t compared = 0;
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    const sim::System system = random_system(seed, 3);
    if (!is_small(system, 3000)) continue;
    const BoundedReference reference(system);
    ExploreOptions options;
    options.mode = SearchMode::kContexts;
    const Outcome outcome = check(system, options);
    for (std::uint16_t i = 0; i < system.properties.size(); ++i) {
      std::uint32_t fewest = kUnbounded;
      for (const FoundRun& run : outcome.properties[i].runs) fewest = std::min(fewest, *run.switches);
      if (is_answered(system, i)) {
        EXPECT_EQ(fewest, reference.fewest_to(i)) << "seed " << seed << " " << system.properties[i].name;
      }
      if (fewest != kUnbounded && fewest > 0) ++compared;
    }
  }
  EXPECT_GE(compared, 5U) << "no finding needed a switch";
}

/// Every transition of every pair is fired exactly once, whichever pass fires it.
TEST(Contexts, FireTheSameNumberOfTransitionsWithAnyNumberOfThreads) {
  for (std::uint32_t seed = 0; seed < 30; ++seed) {
    const sim::System system = random_system(seed, 3);
    if (!is_small(system, 5000)) continue;
    const ContextBounded<SystemModel> model{SystemModel(system)};
    const Exploration plain = explore(model, {});
    for (const unsigned threads : {1U, 2U, 3U}) {
      const Exploration by_switches = bounded(system, kUnbounded, threads);
      EXPECT_TRUE(by_switches.complete());
      EXPECT_EQ(by_switches.states(), plain.states()) << "seed " << seed;
      EXPECT_EQ(by_switches.transitions, plain.transitions) << "seed " << seed;
      EXPECT_EQ(by_switches.frontier, 0U);
    }
  }
}

}  // namespace
}  // namespace quiesce::checker::contexts_test
