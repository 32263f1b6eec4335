// Whatever store and however many workers: the same states, transitions and verdicts.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "checker/check_system.hpp"
#include "random_scenario.hpp"
#include "shipped.hpp"
#include "sim/compile.hpp"

namespace quiesce::checker::stores_test {
namespace {

constexpr std::uint64_t kStatesMax = 20'000;

/// Everything that must not depend on how the search was made.
std::string essence(const sim::System& system, const Outcome& outcome) {
  std::string text = std::to_string(outcome.states) + " " + std::to_string(outcome.transitions) + " " +
                     std::to_string(outcome.depth);
  for (std::size_t i = 0; i < outcome.properties.size(); ++i) {
    text += " " + system.properties[i].name + "=" +
            std::to_string(static_cast<int>(outcome.properties[i].status));
    std::set<std::string> runs;
    for (const FoundRun& run : outcome.properties[i].runs) {
      runs.insert(":" + std::to_string(run.finding.cause) +
                  (run.schedule.cycle_start ? "" : "/" + std::to_string(run.schedule.steps.size())));
    }
    for (const std::string& run : runs) text += run;
  }
  return text;
}

void expect_agreement(const sim::System& system, const std::string& what) {
  ExploreOptions options;
  options.max_states = kStatesMax;
  const Outcome plain = check(system, options);
  if (plain.bound) return;
  for (const StoreKind store : {StoreKind::kPlain, StoreKind::kCompressed}) {
    for (const unsigned threads : {1U, 2U, 3U}) {
      options.store = store;
      options.threads = threads;
      EXPECT_EQ(essence(system, check(system, options)), essence(system, plain))
          << what << ", store " << static_cast<int>(store) << ", " << threads << " threads";
    }
  }
}

TEST(Stores, AgreeOnShippedScenarios) { sim::for_each_shipped(expect_agreement); }

TEST(Stores, AgreeOnRandomScenarios) {
  for (std::uint32_t seed = 0; seed < 100; ++seed) {
    expect_agreement(sim::compile(sim::parse_document(sim::random_scenario(seed, 3), "random.yaml")),
                     "seed " + std::to_string(seed));
  }
}

}  // namespace
}  // namespace quiesce::checker::stores_test
