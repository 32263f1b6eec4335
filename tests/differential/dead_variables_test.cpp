// Dead variables: states that differ in nothing else can do the same, and the search without them says the
// same.
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>

#include "checker/check_system.hpp"
#include "checker/explore.hpp"
#include "checker/system_model.hpp"
#include "random_locals.hpp"
#include "random_scenario.hpp"
#include "shipped.hpp"
#include "sim/compile.hpp"
#include "sim/dead_slots.hpp"
#include "sim/document_loader.hpp"

namespace quiesce::checker::dead_variables_test {
namespace {

constexpr std::uint64_t kStatesMax = 20'000;
constexpr Reductions kDead{true, false, false};

using State = std::vector<std::byte>;

template <class Use>
void for_each_random(std::uint32_t seeds, Use use) {
  for (std::uint32_t seed = 0; seed < seeds; ++seed) {
    use(sim::compile(sim::parse_document(sim::random_scenario(seed, 3), "random.yaml")),
        "seed " + std::to_string(seed));
  }
}

template <class Use>
void for_each_random_locals(std::uint32_t seeds, Use use) {
  for (std::uint32_t seed = 0; seed < seeds; ++seed) {
    use(sim::compile(sim::parse_document(sim::random_locals(seed), "rules.yaml")),
        "rules seed " + std::to_string(seed));
  }
}

/// Verdicts, and of each finding its cause and the length of the shortest run to it. Runs that go wrong as a
/// whole may be told by another of several.
std::string essence(const sim::System& system, const Outcome& outcome) {
  std::string text;
  for (std::size_t i = 0; i < outcome.properties.size(); ++i) {
    text += " " + system.properties[i].name + "=" +
            std::to_string(static_cast<int>(outcome.properties[i].status));
    const sim::PropertyKind what = system.properties[i].what;
    const bool of_runs = what == sim::PropertyKind::kEventually || system.properties[i].name == "livelock" ||
                         what == sim::PropertyKind::kAlwaysPossible;
    std::set<std::string> runs;
    for (const FoundRun& run : outcome.properties[i].runs) {
      if (of_runs) continue;
      runs.insert(":" + std::to_string(run.finding.cause) + "/" + std::to_string(run.schedule.steps.size()));
    }
    for (const std::string& run : runs) text += run;
  }
  return text;
}

std::set<State> stored_states(const SystemModel& model, const Exploration& exploration) {
  std::set<State> all;
  StateReader reader(*exploration.store, model.state_bytes());
  for (StateId id = 0; id < exploration.states(); ++id) {
    const std::byte* state = reader.at(id);
    all.emplace(state, state + model.state_bytes());
  }
  return all;
}

State canonical(const SystemModel& model, State state) {
  std::vector<base::Write> undo;
  model.canonicalize(state.data(), undo);
  return state;
}

void expect_quotient(const sim::System& system, const std::string& what) {
  ExploreOptions options;
  options.max_states = kStatesMax;
  const SystemModel full(system);
  const Exploration all = explore(full, options);
  if (!all.complete()) return;
  const SystemModel reduced(system, kDead);
  std::set<State> wanted;
  for (const State& state : stored_states(full, all)) wanted.insert(canonical(reduced, state));
  EXPECT_TRUE(stored_states(reduced, explore(reduced, options)) == wanted) << what;
  const std::string verdicts = essence(system, check(system, options));
  options.reductions = kDead;
  EXPECT_EQ(essence(system, check(system, options)), verdicts) << what;
  options.threads = 2;
  EXPECT_EQ(essence(system, check(system, options)), verdicts) << what;
}

TEST(DeadVariables, LeaveVerdictsOfShippedScenarios) { sim::for_each_shipped(expect_quotient); }

TEST(DeadVariables, LeaveVerdictsOfRandomScenarios) { for_each_random(100, expect_quotient); }

TEST(DeadVariables, LeaveVerdictsOfRandomRules) { for_each_random_locals(200, expect_quotient); }

/// Gives dead slots other values, and sees whether anything notices.
class Perturbation {
 public:
  Perturbation(const sim::System& system, std::string what)
      : system_(system), what_(std::move(what)), model_(system, kDead), dead_(system) {}

  void run() {
    ExploreOptions options;
    options.max_states = 3000;
    const SystemModel full(system_);
    const std::set<State> states = stored_states(full, explore(full, options));
    states_.assign(states.begin(), states.end());
    for (std::size_t n = 0; n < states_.size() && !testing::Test::HasFailure(); n += 1 + states_.size() / 150)
      look_at(canonical(model_, states_[n]));
  }

 private:
  struct Way {
    std::pair<std::uint16_t, std::uint16_t> transition;
    Fairness fairness;
    std::vector<Finding> findings;
    State next;

    friend bool operator==(const Way&, const Way&) = default;
  };
  struct Future {
    StateClass state_class;
    std::vector<Finding> findings;
    bool waits_for_time = false;
    std::vector<bool> goals;
    std::vector<Way> ways;

    friend bool operator==(const Future&, const Future&) = default;
  };

  Future future(const State& state) {
    Future future;
    Effects effects;
    model_.check_state(state.data(), effects);
    future.findings = effects.findings;
    future.state_class = model_.classify(state.data());
    future.waits_for_time = model_.waits_for_time(state.data());
    for (std::uint16_t goal = 0; goal < model_.goal_count(); ++goal)
      future.goals.push_back(model_.goal_holds(goal, state.data()));
    if (future.state_class != StateClass::kRunning) return future;
    model_.for_each_enabled(state.data(), [&](Transition t) {
      State next = state;
      effects.clear();
      const Fairness fairness = model_.fairness(state.data(), t);
      model_.fire(next.data(), t, effects);
      future.ways.push_back({{t.actor, t.choice}, fairness, effects.findings, canonical(model_, next)});
    });
    return future;
  }

  /// A legal value of the slot, at random: of its type, or one that a local has in some state.
  std::int32_t any_value(base::Slot slot) {
    for (const sim::Family& family : system_.program.families) {
      for (std::int32_t i = 0; !family.constant && i < family.count; ++i) {
        if (!(family.slot(i) == slot)) continue;
        const std::int64_t values = std::int64_t{family.type.hi} - family.type.lo + 1;
        const auto drawn = static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(values));
        return static_cast<std::int32_t>(family.type.lo + drawn);
      }
    }
    return base::read_slot(states_[random_() % states_.size()].data(), slot);
  }

  void look_at(const State& state) {
    const std::vector<sim::DeadSlots::Reset> dead = dead_.dead_in(state.data());
    if (dead.empty()) return;
    const Future expected = future(state);
    State all = state;
    for (const sim::DeadSlots::Reset& reset : dead) {
      State one = state;
      base::write_slot(one.data(), reset.slot, any_value(reset.slot));
      base::write_slot(all.data(), reset.slot, any_value(reset.slot));
      EXPECT_TRUE(future(one) == expected) << what_ << ": offset " << reset.slot.offset;
      ++perturbed;
    }
    EXPECT_TRUE(future(all) == expected) << what_ << ": all at once";
    expect_same_in_steps(state);
  }

  /// What is reset after a step, given its writes, is all there is to reset.
  void expect_same_in_steps(const State& state) {
    if (model_.classify(state.data()) != StateClass::kRunning) return;
    model_.for_each_enabled(state.data(), [&](Transition t) {
      State next = state;
      Effects effects;
      model_.fire(next.data(), t, effects);
      if (effects.undo.empty()) return;
      const State whole = canonical(model_, next);
      model_.canonicalize(next.data(), effects.undo);
      EXPECT_TRUE(next == whole) << what_ << ": not everything was reset";
      base::undo_writes(next.data(), effects.undo);
      EXPECT_TRUE(next == state) << what_ << ": resets were not undone";
    });
  }

  const sim::System& system_;
  std::string what_;
  SystemModel model_;
  sim::DeadSlots dead_;
  std::mt19937 random_{1};
  std::vector<State> states_;

 public:
  std::size_t perturbed = 0;
};

std::size_t perturbations = 0;

void expect_unnoticed(const sim::System& system, const std::string& what) {
  Perturbation perturbation(system, what);
  perturbation.run();
  perturbations += perturbation.perturbed;
}

TEST(DeadVariables, AreUnnoticedInShippedScenarios) {
  perturbations = 0;
  sim::for_each_shipped(expect_unnoticed);
  EXPECT_GT(perturbations, 10'000U);
}

TEST(DeadVariables, AreUnnoticedInRandomScenarios) {
  perturbations = 0;
  for_each_random(100, expect_unnoticed);
  EXPECT_GT(perturbations, 1'000U);
}

TEST(DeadVariables, AreUnnoticedInRandomRules) {
  perturbations = 0;
  for_each_random_locals(200, expect_unnoticed);
  EXPECT_GT(perturbations, 10'000U);
}

}  // namespace
}  // namespace quiesce::checker::dead_variables_test
