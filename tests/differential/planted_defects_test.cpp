// Reductions that are wrong on purpose: random scenarios show each of them.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <string>

#include "findings.hpp"
#include "random_locals.hpp"
#include "random_rules.hpp"
#include "random_scenario.hpp"
#include "sim/compile.hpp"

namespace quiesce::checker::planted_defects_test {
namespace {

using base::PlantedDefect;

constexpr std::uint32_t kSeeds = 1000;

Outcome searched(const sim::System& system, const Reductions& reductions) {
  ExploreOptions options;
  options.max_states = 5'000;
  options.reductions = reductions;
  return check(system, options);
}

/// The first seed for which the search with the defect says something else than the whole search; kSeeds if
/// there is none.
template <class Generate>
std::uint32_t first_caught(const Reductions& defective, Generate generate) {
  for (std::uint32_t seed = 0; seed < kSeeds; ++seed) {
    const sim::System system = sim::compile(sim::parse_document(generate(seed), "random.yaml"));
    const Outcome whole = searched(system, {});
    if (whole.bound) continue;
    if (verdicts(system, searched(system, defective)) != verdicts(system, whole)) return seed;
  }
  return kSeeds;
}

constexpr int kCaught = 3;

/// Ends the process with kCaught if a seed shows the defect. It ends otherwise, by a failed assertion, where
/// the defect leads to what cannot be.
template <class Generate>
void end_with_result(const Reductions& defective, Generate generate) {
  std::_Exit(first_caught(defective, generate) < kSeeds ? kCaught : 0);
}

constexpr int kFailedAssertion = 70;

/// A search that is wrong says something wrong, or notices itself.
bool is_caught(int status) {
  return WIFEXITED(status) && (WEXITSTATUS(status) == kCaught || WEXITSTATUS(status) == kFailedAssertion);
}

std::string twins(std::uint32_t seed) { return sim::random_twins(seed, 4); }
std::string scenario(std::uint32_t seed) { return sim::random_scenario(seed, 3); }

Reductions stubborn(PlantedDefect defect) { return {.stubborn_sets = true, .defect = defect}; }
Reductions dead(PlantedDefect defect) { return {.dead_variables = true, .defect = defect}; }
Reductions symmetric(PlantedDefect defect) { return {.symmetry = true, .defect = defect}; }

TEST(PlantedDefects, ConflictsForgottenAreCaught) {
  EXPECT_LT(first_caught(stubborn(PlantedDefect::kConflictsForgotten), sim::random_rules), kSeeds);
}
TEST(PlantedDefects, MakersForgottenAreCaught) {
  EXPECT_LT(first_caught(stubborn(PlantedDefect::kMakersForgotten), sim::random_rules), kSeeds);
}
TEST(PlantedDefects, PropertiesForgottenAreCaught) {
  EXPECT_LT(first_caught(stubborn(PlantedDefect::kVisibilityForgotten), sim::random_rules), kSeeds);
}
TEST(PlantedDefects, NothingOwedIsCaught) {
  EXPECT_LT(first_caught(stubborn(PlantedDefect::kNothingOwed), sim::random_rules), kSeeds);
}
TEST(PlantedDefects, ObserversForgottenAreCaught) {
  EXPECT_LT(first_caught(dead(PlantedDefect::kObserversForgotten), sim::random_locals), kSeeds);
}
TEST(PlantedDefects, ControlsMistakenAreCaught) {
  EXPECT_LT(first_caught(dead(PlantedDefect::kControlMistaken), sim::random_locals), kSeeds);
}
TEST(PlantedDefectsDeathTest, LocalsDeadTooEarlyAreCaught) {
  EXPECT_EXIT(end_with_result(dead(PlantedDefect::kDeadTooEarly), scenario), is_caught, "");
}
TEST(PlantedDefectsDeathTest, SlotsLeftBehindAreCaught) {
  EXPECT_EXIT(end_with_result(symmetric(PlantedDefect::kSlotLeftBehind), twins), is_caught, "");
}
TEST(PlantedDefectsDeathTest, NamesLeftBehindAreCaught) {
  EXPECT_EXIT(end_with_result(symmetric(PlantedDefect::kNamesLeftBehind), twins), is_caught, "");
}
TEST(PlantedDefectsDeathTest, MembersThatAreNotAlikeAreCaught) {
  EXPECT_EXIT(end_with_result(symmetric(PlantedDefect::kAllAlike), scenario), is_caught, "");
}
/// Without a defect the same comparison sees no difference.
TEST(PlantedDefects, NothingElseIsCaught) {
  EXPECT_EQ(first_caught(stubborn(PlantedDefect::kNone), sim::random_rules), kSeeds);
  EXPECT_EQ(first_caught(dead(PlantedDefect::kNone), sim::random_locals), kSeeds);
  EXPECT_EQ(first_caught({.dead_variables = true, .symmetry = true, .stubborn_sets = true}, twins), kSeeds);
  EXPECT_EQ(first_caught({.dead_variables = true, .symmetry = true, .stubborn_sets = true}, scenario),
            kSeeds);
}

}  // namespace
}  // namespace quiesce::checker::planted_defects_test
