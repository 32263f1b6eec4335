// The register code of rules against the stack code and the steps that it was made from.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "checker/system_model.hpp"
#include "random_rules.hpp"
#include "sim/compile.hpp"
#include "sim/eval.hpp"

namespace quiesce::checker::rule_code_test {
namespace {

using State = std::vector<std::byte>;

/// Runs steps one by one as they were compiled; ends where something is out of bounds.
class StepByStep {
 public:
  StepByStep(const sim::System& system, State& state) : system_(system), access_(state.data(), undo_) {}

  /// A guard that runs into something counts as holding.
  bool holds(sim::CodeId guard) {
    const bool value = guard == sim::kNoCode || evaluate(guard) != 0;
    return value || fault_.kind != sim::EvalFault::Kind::kNone;
  }

  void fire(const sim::Rule& rule) {
    if (rule.when != sim::kNoCode) static_cast<void>(evaluate(rule.when));
    for (sim::Pc pc = rule.body; fault_.kind == sim::EvalFault::Kind::kNone;) {
      const sim::Step& step = system_.program.steps[pc];
      if (step.verb == sim::Verb::kExit) return;
      const std::int32_t value = step.value == sim::kNoCode ? 0 : evaluate(step.value);
      if (fault_.kind != sim::EvalFault::Kind::kNone) return;
      if (step.verb == sim::Verb::kSet) store(step.place, value);
      pc = step.verb == sim::Verb::kIf && value == 0 ? step.other : step.next;
    }
  }

 private:
  std::int32_t evaluate(sim::CodeId code) {
    const sim::Position nowhere{&system_.program, &system_.layout, sim::kNoContext, -1};
    return sim::evaluate(code, access_, nowhere, fault_);
  }

  void store(const sim::Place& place, std::int32_t value) {
    base::Slot slot = place.slot;
    if (place.kind == sim::Place::Kind::kFamily) {
      const sim::Family& family = system_.program.families[static_cast<std::size_t>(place.family)];
      const std::int32_t index = evaluate(place.index);
      if (index < 0 || index >= family.count) fault_.kind = sim::EvalFault::Kind::kIndex;
      if (fault_.kind != sim::EvalFault::Kind::kNone) return;
      slot = family.slot(index);
    }
    if (value >= place.lo && value <= place.hi) access_.set(slot, value);
  }

  const sim::System& system_;
  std::vector<base::Write> undo_;
  base::StateAccess access_;
  sim::EvalFault fault_;
};

/// Explores with one and asks the other, state by state.
void expect_agreement(const sim::System& system, std::size_t states_max) {
  const SystemModel model(system);
  std::set<State> seen;
  std::vector<State> open;
  const auto meet = [&](const State& state) {
    if (seen.insert(state).second) open.push_back(state);
  };
  model.for_each_initial([&](const std::byte* state) { meet({state, state + model.state_bytes()}); });
  while (!open.empty() && seen.size() < states_max) {
    State state = open.back();
    open.pop_back();
    std::set<std::uint16_t> enabled;
    model.for_each_enabled(state.data(), [&](Transition t) { enabled.insert(t.choice); });
    for (std::uint16_t rule = 0; rule < system.rules.size(); ++rule) {
      EXPECT_EQ(StepByStep(system, state).holds(system.rules[rule].when), enabled.contains(rule));
      if (!enabled.contains(rule)) continue;
      State expected = state;
      StepByStep(system, expected).fire(system.rules[rule]);
      State next = state;
      Effects effects;
      model.fire(next.data(), {system.rules_actor(), rule}, effects);
      EXPECT_EQ(next, expected) << system.rules[rule].name;
      meet(next);
    }
  }
}

TEST(RuleCode, DoesWhatTheStepsSay) {
  for (std::uint32_t seed = 0; seed < 1000; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    expect_agreement(sim::compile(sim::parse_document(sim::random_rules(seed), "random.yaml")), 500);
    if (::testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace quiesce::checker::rule_code_test
