// Questions about runs, answered on the completely explored graph: what is always possible, what
// eventually happens on every fair run, and whether fast steps can go round forever.
//
// Fairness is per process: an actor together with the kind of fairness that its transition asks for.
// The refinement for strong fairness follows E. A. Emerson and C.-L. Lei, "Modalities for model
// checking", 1987: where a strongly fair process is enabled in a component but never moves within it,
// the states that enable it are cut away and the rest is searched again.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "checker/exploration.hpp"

namespace quiesce::checker {

/// A run that goes wrong: the state where it does, and, if it goes on forever, the cycle there.
struct BadRun {
  StateId state = kNoState;
  std::vector<Transition> cycle;  ///< empty: the run ends in `state`
};

/// Which part of the graph a question is about.
struct SubGraph {
  const StateGraph* graph = nullptr;
  std::vector<bool> states;                              ///< those that count
  std::function<bool(const StateGraph::Edge&)> follows;  ///< those edges that count
};

/// A cycle within `part` that a fair run can follow forever; the earliest found component wins.
[[nodiscard]] std::optional<BadRun> find_fair_cycle(const SubGraph& part);

/// The states from which some run meets a state of `goal`, those of `goal` included.
[[nodiscard]] std::vector<bool> states_that_reach(const StateGraph& graph, const std::vector<bool>& goal);

/// The first state, in order of discovery, from which no state of `goal` can be reached.
[[nodiscard]] std::optional<StateId> find_trap(const StateGraph& graph, const std::vector<bool>& goal);

/// A fair run on which no state of `goal` is ever met. `ends` marks states where a run may end.
[[nodiscard]] std::optional<BadRun> find_run_without(const StateGraph& graph, std::uint64_t initial_states,
                                                     const std::vector<bool>& goal,
                                                     const std::vector<bool>& ends);

/// Whether there is a cycle at all, fair or not, on which no state of `goal` is ever met.
[[nodiscard]] bool cycle_exists_without(const StateGraph& graph, std::uint64_t initial_states,
                                        const std::vector<bool>& goal);

/// Whether there is a cycle of fast steps at all, fair or not.
[[nodiscard]] bool fast_cycle_exists(const StateGraph& graph);

/// A fair cycle of fast steps alone: no environment, no passing of time.
[[nodiscard]] std::optional<BadRun> find_livelock(const StateGraph& graph);

}  // namespace quiesce::checker
