// Every combination of reductions, stores and numbers of workers says the same of every shipped scenario.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "findings.hpp"
#include "shipped.hpp"
#include "sim/compile.hpp"

namespace quiesce::checker::combinations_test {
namespace {

constexpr std::uint64_t kAllBelow = 20'000;     // states; all combinations of smaller scenarios
constexpr std::uint64_t kPairsBelow = 500'000;  // each pair of choices of these

/// One way to search, a bit for each choice.
struct Way {
  static constexpr unsigned kChoices = 5;
  unsigned bits;

  [[nodiscard]] bool has(unsigned choice) const { return ((bits >> choice) & 1U) != 0; }
  [[nodiscard]] unsigned reductions() const { return bits & 7U; }
  [[nodiscard]] ExploreOptions options() const {
    ExploreOptions options;
    options.reductions = {.dead_variables = has(0), .symmetry = has(1), .stubborn_sets = has(2)};
    options.store = has(3) ? StoreKind::kCompressed : StoreKind::kPlain;
    options.threads = has(4) ? 2 : 1;
    return options;
  }
};

std::vector<Way> all_ways() {
  std::vector<Way> all;
  for (unsigned bits = 0; bits < 1U << Way::kChoices; ++bits) all.push_back({bits});
  return all;
}

/// Each two choices are met in all four combinations of theirs by one way at least.
std::vector<Way> pairwise() {
  std::set<std::vector<unsigned>> missing;
  const auto pairs_of = [](Way way) {
    std::vector<std::vector<unsigned>> pairs;
    for (unsigned a = 0; a < Way::kChoices; ++a) {
      for (unsigned b = a + 1; b < Way::kChoices; ++b)
        pairs.push_back({a, b, way.has(a) ? 1U : 0U, way.has(b) ? 1U : 0U});
    }
    return pairs;
  };
  for (const Way way : all_ways()) {
    for (const auto& pair : pairs_of(way)) missing.insert(pair);
  }
  std::vector<Way> chosen;
  while (!missing.empty()) {
    Way best{0};
    std::size_t most = 0;
    for (const Way way : all_ways()) {
      std::size_t covered = 0;
      for (const auto& pair : pairs_of(way)) covered += missing.count(pair);
      if (covered > most) {
        most = covered;
        best = way;
      }
    }
    for (const auto& pair : pairs_of(best)) missing.erase(pair);
    chosen.push_back(best);
  }
  return chosen;
}

std::string size(const Outcome& outcome) {
  return std::to_string(outcome.states) + " states, " + std::to_string(outcome.transitions) +
         " transitions, depth " + std::to_string(outcome.depth);
}

void expect_agreement(const sim::System& system, const std::string& what) {
  ExploreOptions bounded;
  bounded.max_states = kPairsBelow;
  const Outcome whole = check(system, bounded);
  if (whole.bound) return;
  std::vector<std::string> sizes(8);
  sizes[0] = size(whole);
  for (const Way way : whole.states < kAllBelow ? all_ways() : pairwise()) {
    SCOPED_TRACE(what + ", way " + std::to_string(way.bits));
    const Outcome outcome = check(system, way.options());
    EXPECT_EQ(verdicts(system, outcome), verdicts(system, whole));
    EXPECT_LE(outcome.states, whole.states);
    std::string& known = sizes[way.reductions()];
    if (known.empty()) known = size(outcome);
    EXPECT_EQ(size(outcome), known);
  }
}

/// One test for each file: together they take minutes.
class Combinations : public ::testing::TestWithParam<std::filesystem::path> {};

TEST_P(Combinations, AgreeOnItsVariants) { sim::for_each_variant(GetParam(), expect_agreement); }

std::string name_of_file(const ::testing::TestParamInfo<std::filesystem::path>& file) {
  std::string name = file.param.parent_path().filename().string() + "_" + file.param.stem().string();
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Shipped, Combinations, ::testing::ValuesIn(sim::find_scenarios("scenarios")),
                         name_of_file);

TEST(PairwiseWays, AreFewerThanAllCombinations) { EXPECT_LE(pairwise().size(), 8U); }

}  // namespace
}  // namespace quiesce::checker::combinations_test
