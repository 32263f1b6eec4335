// What a renaming has to keep: the same successors, findings and goals under the new names, in every state.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "checker/system_model.hpp"

namespace quiesce::checker {

class SymmetryOracle {
 public:
  using State = std::vector<std::byte>;
  using Apply = std::function<State(std::size_t permutation, const State& state)>;

  /// Explores up to `max_states` states without reductions; `complete()` says whether that was everything.
  SymmetryOracle(const sim::System& system, std::size_t max_states)
      : full_(system), reduced_(system, Reductions{false, true, false}) {
    full_.for_each_initial([&](const std::byte* state) { add({state, state + full_.state_bytes()}); });
    for (std::size_t i = 0; i < order_.size() && order_.size() <= max_states; ++i) expand(i);
  }

  [[nodiscard]] bool complete() const { return expanded_ == order_.size(); }
  [[nodiscard]] std::size_t states() const { return order_.size(); }
  [[nodiscard]] std::size_t permutations() const { return reduced_.symmetry()->permutations().size(); }
  [[nodiscard]] const SystemModel& reduced() const { return reduced_; }

  [[nodiscard]] State permuted(std::size_t permutation, const State& state) const {
    State to = state;
    reduced_.symmetry()->permutations()[permutation].apply(state.data(), to.data());
    return to;
  }

  /// How many states stand for others.
  [[nodiscard]] std::size_t orbits() const {
    std::set<State> canonical;
    for (const State* state : order_) canonical.insert(representative(*state));
    return canonical.size();
  }

  /// The first state where `apply` does not commute with what happens, in words; "" if it always does.
  [[nodiscard]] std::string disagreement(const Apply& apply) const {
    for (const State* state : order_) {
      for (std::size_t g = 0; g < permutations(); ++g) {
        const State other = apply(g, *state);
        const std::string what = difference(g, *state, other, apply);
        if (!what.empty()) return what + " under permutation " + std::to_string(g);
      }
    }
    return "";
  }
  [[nodiscard]] std::string disagreement() const {
    return disagreement([this](std::size_t g, const State& state) { return permuted(g, state); });
  }

 private:
  using Outcomes = std::multiset<std::pair<State, std::string>>;

  void add(State state) {
    const auto [at, is_new] = known_.insert(std::move(state));
    if (is_new) order_.push_back(&*at);
  }

  void expand(std::size_t i) {
    ++expanded_;
    for (const auto& [next, what] : outcomes(*order_[i])) add(next);
  }

  [[nodiscard]] State representative(State state) const {
    std::vector<base::Write> undo;
    reduced_.canonicalize(state.data(), undo);
    return state;
  }

  static std::string properties(const Effects& effects) {
    std::multiset<std::uint16_t> all;
    for (const Finding finding : effects.findings) all.insert(finding.property);
    std::string text;
    for (const std::uint16_t property : all) text += " " + std::to_string(property);
    return text;
  }

  [[nodiscard]] Outcomes outcomes(const State& state) const {
    Outcomes all;
    if (full_.classify(state.data()) != StateClass::kRunning) return all;
    full_.for_each_enabled(state.data(), [&](Transition t) {
      State next = state;
      Effects effects;
      full_.fire(next.data(), t, effects);
      const auto fairness = static_cast<int>(full_.fairness(state.data(), t));
      all.emplace(std::move(next), std::to_string(fairness) + properties(effects));
    });
    return all;
  }

  /// Everything that is said about a state itself.
  [[nodiscard]] std::string judgement(const State& state) const {
    Effects effects;
    full_.check_state(state.data(), effects);
    std::string text = std::to_string(static_cast<int>(full_.classify(state.data()))) + properties(effects);
    text += full_.waits_for_time(state.data()) ? " waits" : "";
    for (std::uint16_t goal = 0; goal < full_.goal_count(); ++goal)
      text += full_.goal_holds(goal, state.data()) ? " goal" : " no goal";
    return text;
  }

  [[nodiscard]] std::string difference(std::size_t g, const State& state, const State& other,
                                       const Apply& apply) const {
    if (!known_.contains(other)) return "a state becomes one that cannot be reached";
    if (judgement(state) != judgement(other)) return "a state is judged otherwise";
    if (representative(state) != representative(other)) return "two states stand for one orbit";
    Outcomes renamed;
    for (const auto& [next, what] : outcomes(state)) renamed.emplace(apply(g, next), what);
    return renamed == outcomes(other) ? "" : "a state has other successors";
  }

  SystemModel full_;
  SystemModel reduced_;
  std::set<State> known_;
  std::vector<const State*> order_;
  std::size_t expanded_ = 0;
};

}  // namespace quiesce::checker
