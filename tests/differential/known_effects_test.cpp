// Effects that are recalled against effects of firing: the same states, transitions and findings.
#include "checker/known_effects.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <set>

#include "checker/explore.hpp"
#include "checker/system_model.hpp"
#include "random_rules.hpp"
#include "sim/compile.hpp"

namespace quiesce::checker::known_effects_test {
namespace {

constexpr std::uint64_t kStatesMax = 5'000;

/// Counts what is fired, and may keep to itself what is only read.
class CountingModel : public SystemModel {
 public:
  explicit CountingModel(const sim::System& system, bool forgets_reads = false)
      : SystemModel(system), forgets_reads_(forgets_reads) {}

  OnCopy fire_on_copy(std::byte* state, Transition transition) const {
    return SystemModel::fire_on_copy(state, transition);
  }
  OnCopy fire_on_copy(std::byte* state, Transition transition, StoredSlots& stored) const {
    ++fired;
    return SystemModel::fire_on_copy(state, transition, stored);
  }
  template <class Visit>
  void for_each_touched(Visit visit) const {
    SystemModel::for_each_touched([&](std::uint16_t rule, std::size_t byte) {
      const bool is_read_only = !sim::rule_footprint(system(), system().rules[rule]).may_write(byte);
      if (!forgets_reads_ || !is_read_only) visit(rule, byte);
    });
  }

  mutable std::atomic<std::uint64_t> fired{0};

 private:
  bool forgets_reads_;
};

/// As many components as that, whatever they are; there are groups if there are many.
std::unique_ptr<CompressedStore> store_in_pieces(std::size_t state_bytes, std::size_t most) {
  const std::size_t bytes =
      std::max<std::size_t>(1, std::min((state_bytes + most - 1) / most, state_bytes / 2));
  std::vector<Component> pieces;
  for (std::size_t at = 0; at < state_bytes; at += bytes)
    pieces.push_back({{{at, std::min(bytes, state_bytes - at)}}});
  return std::make_unique<CompressedStore>(state_bytes, pieces);
}

Exploration explore_in_pieces(const CountingModel& model, std::size_t most, unsigned threads = 1) {
  ExploreOptions options;
  options.threads = threads;
  return Explorer(model, store_in_pieces(model.state_bytes(), most), options, {}, LayersByLength()).run();
}

/// Everything that must not depend on what was recalled.
std::string essence(const Exploration& exploration) {
  std::string text = std::to_string(exploration.states()) + " states, " +
                     std::to_string(exploration.transitions) + " transitions, depth " +
                     std::to_string(exploration.depth);
  for (const auto& [finding, seen] : exploration.findings) {
    text += ", " + std::to_string(finding.property) + ":" + std::to_string(finding.cause) + " from " +
            std::to_string(seen.size());
  }
  for (const StateGraph::Edge& edge : exploration.graph.edges) text += " " + std::to_string(edge.target);
  return text;
}

sim::System random_system(std::uint32_t seed) {
  const std::string goal = seed % 2 == 0 ? "goals: { can: { always_possible: f } }\n" : "";
  return sim::compile(sim::parse_document(sim::random_rules(seed) + goal, "random.yaml"));
}

/// What differs from a search that recalls nothing; empty if nothing does.
std::string difference(std::uint32_t seed, std::size_t pieces, bool forgets_reads, std::uint64_t& recalled) {
  const sim::System system = random_system(seed);
  ExploreOptions options;
  options.max_states = kStatesMax;
  options.store = StoreKind::kPlain;
  const Exploration plain = explore(SystemModel(system), options);
  if (plain.bound) return "";
  const CountingModel model(system, forgets_reads);
  const Exploration recalling = explore_in_pieces(model, pieces);
  recalled += recalling.transitions - std::min(recalling.transitions, model.fired.load());
  if (essence(recalling) == essence(plain)) return "";
  return essence(recalling) + "\nnot " + essence(plain);
}

TEST(KnownEffects, AreThoseOfFiring) {
  for (const std::size_t pieces : {3U, 8U, 32U}) {
    std::uint64_t recalled = 0;
    for (std::uint32_t seed = 0; seed < 400; ++seed) {
      ASSERT_EQ(difference(seed, pieces, false, recalled), "")
          << "seed " << seed << ", " << pieces << " pieces";
    }
    EXPECT_GT(recalled, 10'000U) << pieces << " pieces";
  }
}

TEST(KnownEffects, DifferWhereWhatIsReadIsForgotten) {
  std::uint64_t recalled = 0;
  std::uint32_t seed = 0;
  while (seed < 100 && difference(seed, 8, true, recalled).empty()) ++seed;
  EXPECT_LT(seed, 100U);
}

/// So many values of a component that its numbers outgrow the first records, and workers at the same time.
TEST(KnownEffects, OutliveNewRecordsAndBelongToOneWorker) {
  const sim::System system = sim::compile(
      sim::parse_document("quiesce: 1\nname: counters\n"
                          "types: { who: id 3 }\n"
                          "globals: { n: array who of int 0..39, marks: array int 0..8 of bool }\n"
                          "rules:\n"
                          "  - { for: { i: who }, when: 'n[i] < 39', do: ['n[i] := n[i] + 1', { if: 'n[i] == "
                          "20', then: ['marks[0] := true'] }] }\n"
                          "  - { when: 'marks[0] and not marks[1]', do: ['marks[1] := true'] }\n"
                          "  - { do: ['marks[8] := marks[0]'] }\n",
                          "counters.yaml"));
  ExploreOptions options;
  options.store = StoreKind::kPlain;
  const Exploration plain = explore(SystemModel(system), options);
  for (const unsigned threads : {1U, 3U}) {
    const CountingModel model(system);
    const Exploration recalling = explore_in_pieces(model, 12, threads);
    EXPECT_EQ(recalling.states(), plain.states());
    EXPECT_EQ(recalling.transitions, plain.transitions);
    EXPECT_EQ(recalling.depth, plain.depth);
    EXPECT_LT(model.fired, recalling.transitions / 10);
  }
}

}  // namespace
}  // namespace quiesce::checker::known_effects_test
