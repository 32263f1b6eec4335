// What the symmetry reduction believes, tried in every state: that renaming commutes with what happens, that
// one state is kept of each orbit, and that verdicts and findings stay what they are.
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "checker/check_system.hpp"
#include "checker/explore.hpp"
#include "findings.hpp"
#include "random_scenario.hpp"
#include "shipped.hpp"
#include "sim/compile.hpp"
#include "sim/document_loader.hpp"
#include "symmetry_oracle.hpp"

namespace quiesce::checker::symmetry_test {
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
  std::size_t symmetric = 0;
  sim::for_each_shipped([&](const sim::System& system, const std::string& what) {
    const SymmetryOracle oracle(system, kStatesMax);
    if (!oracle.complete() || oracle.permutations() == 0) return;
    ++symmetric;
    expect_commuting(oracle, what);
  });
  EXPECT_GE(symmetric, 4U);
}

/// Processes and SMMUs in pairs: each process has one SMMU of its own.
TEST(SymmetryOracle, FindsThatRenamingCommutesInTheExitFamily) {
  const sim::LibraryDirs libraries{"scenarios/lib"};
  const sim::Node scenario = sim::load_scenario_document("scenarios/reboot/exit-family.yaml", libraries);
  const sim::System system = sim::compile(sim::variant_document(scenario, "own2", libraries));
  const SymmetryOracle oracle(system, 20'000);
  ASSERT_TRUE(oracle.complete());
  EXPECT_EQ(oracle.permutations(), 1U);
  expect_commuting(oracle, "exit family");
}

/// References in fields, locals, lists and arrays; who chose whom; a message of an SMMU.
const std::string kReferences = R"(quiesce: 1
name: references
machine:
  cpus: 2
  preemption: full
  soft_lockup_watchdog: false
  hung_task_timeout: 120
  smmus:
    s0: { cmdq_entries: 2, cmdq_window: 2, sync: msi, cr0_ack: immediate }
    s1: { cmdq_entries: 2, cmdq_window: 2, sync: msi, cr0_ack: immediate }
classes: { node: { fields: { next: 'node?', of: smmu, lock: spinlock } } }
objects: { n1: { class: node, of: s0 }, n2: { class: node, of: s1 } }
globals: { used: { type: list of node }, last: 'node?', by: array node of bool }
routines:
  work:
    params: { own: node }
    steps:
      - choose: any in node
      - set: own.next = any
      - load: mine = own.next
      - spin_lock: mine.lock
      - set: last = mine
      - set: by[mine] = true
      - spin_unlock: mine.lock
      - list_add_tail: own to used
      - reserve_and_publish: at = own.of
        with: commands(TLBI_NH_ALL, 0)
        sync: true
      - poll: command_word(own.of, at) == 0
        sleeps: true
        timeout: 20ms
tasks:
  t: { cpu: 0, run: [ call: work(n1) ] }
  u: { cpu: 0, run: [ call: work(n2) ] }
properties:
  in_order:
    never: last == n1 and by[n2] and used.count == 1 or last == n2 and by[n1] and used.count == 1
)";

TEST(SymmetryOracle, FindsThatRenamingCommutesWithReferences) {
  const sim::System system = compiled(kReferences);
  const SymmetryOracle oracle(system, 60'000);
  ASSERT_TRUE(oracle.complete()) << oracle.states();
  EXPECT_EQ(oracle.permutations(), 1U);
  expect_commuting(oracle, "references");
}

/// Ids in arrays of two dimensions, in locals of tasks, and two id types that go together.
const std::string kIds = R"(quiesce: 1
name: ids
types: { pid: id 3, seat: id 3 }
globals:
  met: array pid of array pid of bool
  seat_of: { type: array pid of seat, init: [0, 1, 2] }
  sits: { type: array seat of pid, init: unset }
rules:
  - { name: meet, for: { i: pid, j: pid }, when: 'i != j and not met[i][j]', do: [ 'met[i][j] := true' ] }
  - { name: sit, for: { i: pid }, when: 'sits[seat_of[i]] == unset', do: [ 'sits[seat_of[i]] := i' ] }
  - name: rise
    for: { s: seat }
    when: sits[s] != unset and not met[sits[s]][sits[s]]
    do: [ 'sits[s] := unset' ]
properties:
  alone: { never: 'exists(i in pid) (forall(j in pid) i == j or not met[i][j]) and sits[seat_of[i]] == i' }
)";

TEST(SymmetryOracle, FindsThatRenamingCommutesWithIds) {
  const sim::System system = compiled(kIds);
  const SymmetryOracle oracle(system, 10'000);
  ASSERT_TRUE(oracle.complete()) << oracle.states();
  EXPECT_EQ(oracle.permutations(), 5U);
  expect_commuting(oracle, "ids");
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

TEST(SymmetryOracle, AgreesWithTheFullSearchOnShippedScenarios) { sim::for_each_shipped(expect_agreement); }

}  // namespace
}  // namespace quiesce::checker::symmetry_test
