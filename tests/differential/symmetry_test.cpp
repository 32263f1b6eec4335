// What the symmetry reduction believes, tried in every state: that renaming commutes with what happens, that
// one state is kept of each orbit, and that verdicts and findings stay what they are.
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "checker/check_system.hpp"
#include "checker/explore.hpp"
#include "exit_family.hpp"
#include "random_scenario.hpp"
#include "sim/compile.hpp"
#include "sim/document_loader.hpp"
#include "symmetry_oracle.hpp"

namespace quiesce::checker {
namespace {

constexpr std::size_t kStatesMax = 6'000;
constexpr std::uint64_t kSearchedMax = 20'000;

sim::System compiled(const std::string& text) {
  return sim::compile(sim::parse_document(text, "random.yaml"));
}

/// Calls back with the seed's largest scenario of tasks that do the same which is small enough.
template <class Visit>
bool with_twins(std::uint32_t seed, Visit visit) {
  for (int size = 5; size > 0; --size) {
    const std::string text = sim::random_twins(seed, size);
    SCOPED_TRACE(text);
    const sim::System system = compiled(text);
    const SymmetryOracle oracle(system, kStatesMax);
    if (!oracle.complete()) continue;
    visit(system, oracle);
    return true;
  }
  return false;
}

void expect_commuting(const SymmetryOracle& oracle, const std::string& what) {
  EXPECT_EQ(oracle.disagreement(), "") << what;
  EXPECT_EQ(explore(oracle.reduced(), ExploreOptions{}).states(), oracle.orbits()) << what;
}

void commute_for_seeds(std::uint32_t first, std::uint32_t last) {
  std::size_t symmetric = 0;
  for (std::uint32_t seed = first; seed < last; ++seed) {
    with_twins(seed, [&](const sim::System&, const SymmetryOracle& oracle) {
      if (oracle.permutations() > 0) ++symmetric;
      expect_commuting(oracle, "seed " + std::to_string(seed));
    });
  }
  EXPECT_GE(symmetric, (last - first) * 9 / 10) << "too few scenarios have something to exchange";
}

TEST(SymmetryOracle, FindsThatRenamingCommutes0) { commute_for_seeds(0, 160); }
TEST(SymmetryOracle, FindsThatRenamingCommutes1) { commute_for_seeds(160, 320); }

TEST(SymmetryOracle, FindsThatRenamingCommutesInShippedScenarios) {
  const sim::LibraryDirs libraries{"scenarios/lib"};
  std::size_t symmetric = 0;
  for (const std::filesystem::path& file : sim::find_scenarios("scenarios")) {
    const sim::Node scenario = sim::load_scenario_document(file, libraries);
    for (const std::string& variant : sim::variant_names(scenario)) {
      const sim::System system = sim::compile(sim::variant_document(scenario, variant, libraries));
      const SymmetryOracle oracle(system, kStatesMax);
      if (!oracle.complete() || oracle.permutations() == 0) continue;
      ++symmetric;
      expect_commuting(oracle, file.string() + " " + variant);
    }
  }
  EXPECT_GE(symmetric, 4U);
}

TEST(SymmetryOracle, FindsThatRenamingCommutesInTheExitFamily) {
  const sim::System system = compiled(sim::exit_family(2));
  const SymmetryOracle oracle(system, 20'000);
  ASSERT_TRUE(oracle.complete());
  EXPECT_EQ(oracle.permutations(), 1U);
  expect_commuting(oracle, "exit family");
}

struct Forgotten {
  std::size_t tried = 0;
  std::size_t noticed = 0;
};

/// Lets the permutations forget one slot after the other.
void forget_slots(const SymmetryOracle& oracle, Forgotten& forgotten) {
  std::set<std::uint16_t> offsets;
  for (const sim::StatePermutation& permutation : oracle.reduced().symmetry()->permutations()) {
    for (const base::Slot slot : permutation.touched()) {
      if (!offsets.insert(slot.offset).second) continue;
      bool matters = false;
      const auto forgetful = [&](std::size_t g, const SymmetryOracle::State& state) {
        SymmetryOracle::State to = oracle.permuted(g, state);
        const std::int32_t kept = base::read_slot(state.data(), slot);
        matters = matters || base::read_slot(to.data(), slot) != kept;
        base::write_slot(to.data(), slot, kept);
        return to;
      };
      const bool noticed = !oracle.disagreement(forgetful).empty();
      if (!matters) continue;
      ++forgotten.tried;
      if (noticed) ++forgotten.noticed;
    }
  }
}

// Now and then it makes no difference, as with the name of who has the CPU when the machine has halted.
TEST(SymmetryOracle, NoticesASlotThatIsForgotten) {
  Forgotten forgotten;
  for (std::uint32_t seed = 0; seed < 100; ++seed) {
    with_twins(seed, [&](const sim::System&, const SymmetryOracle& oracle) {
      if (oracle.states() < 500) forget_slots(oracle, forgotten);
    });
  }
  EXPECT_GE(forgotten.tried, 300U);
  EXPECT_GE(forgotten.noticed, forgotten.tried * 98 / 100) << "of " << forgotten.tried;
}

/// Who is named first in a circle or a loop depends on all names, so of those each may be missed.
bool is_named_after_one_of_several(const std::string& property) {
  return property == "deadlock" || property == "livelock" || property == "rcu_stall";
}

using Found = std::set<std::pair<std::uint32_t, std::size_t>>;

/// Causes, and how long the way to each is.
Found found(const PropertyOutcome& property) {
  Found all;
  for (const FoundRun& run : property.runs)
    all.emplace(run.finding.cause, run.schedule.cycle_start ? 0 : run.schedule.steps.size());
  return all;
}

void expect_agreement(const sim::System& system, const std::string& what) {
  ExploreOptions options;
  options.max_states = kSearchedMax;
  const Outcome full = check(system, options);
  if (full.bound) return;
  options.reductions.symmetry = true;
  const Outcome reduced = check(system, options);
  for (std::size_t i = 0; i < system.properties.size(); ++i) {
    const std::string& name = system.properties[i].name;
    EXPECT_EQ(full.properties[i].status, reduced.properties[i].status) << what << ": " << name;
    if (!is_named_after_one_of_several(name)) {
      EXPECT_EQ(found(full.properties[i]), found(reduced.properties[i])) << what << ": " << name;
    }
    for (const FoundRun& run : reduced.properties[i].runs) {
      std::string error;
      EXPECT_TRUE(replays(system, run.schedule, error)) << what << ": " << error;
    }
  }
}

TEST(SymmetryOracle, AgreesWithTheFullSearchOnRandomTwins) {
  for (std::uint32_t seed = 0; seed < 400; ++seed)
    expect_agreement(compiled(sim::random_twins(seed, 4)), "seed " + std::to_string(seed));
}

TEST(SymmetryOracle, AgreesWithTheFullSearchOnShippedScenarios) {
  const sim::LibraryDirs libraries{"scenarios/lib"};
  for (const std::filesystem::path& file : sim::find_scenarios("scenarios")) {
    const sim::Node scenario = sim::load_scenario_document(file, libraries);
    for (const std::string& variant : sim::variant_names(scenario)) {
      expect_agreement(sim::compile(sim::variant_document(scenario, variant, libraries)),
                       file.string() + " " + variant);
    }
  }
}

}  // namespace
}  // namespace quiesce::checker
