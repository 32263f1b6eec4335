// The run by which the search came to a state. The store keeps each state's parent alone; the transition
// between them is found by firing the parent's again.
#pragma once

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "checker/state_store.hpp"
#include "checker/transition_system.hpp"

namespace quiesce::checker {

/// The first of the transitions of `from`, in their order, that leads to `to`.
template <TransitionSystem Model>
[[nodiscard]] Transition transition_between(const Model& model, const std::vector<std::byte>& from,
                                            const std::vector<std::byte>& to) {
  std::vector<Transition> enabled;
  model.for_each_enabled(from.data(), [&](Transition t) { enabled.push_back(t); });
  std::vector<std::byte> state = from;
  Effects effects;
  for (const Transition transition : enabled) {
    effects.clear();
    model.fire(state.data(), transition, effects);
    const bool leads_there = state == to;
    base::undo_writes(state.data(), effects.undo);
    if (leads_there) return transition;
  }
  QUIESCE_ASSERT(false, "a state is no successor of its parent");
  return {};
}

struct Path {
  std::vector<Transition> steps;
  StateId initial = 0;
};

template <TransitionSystem Model>
[[nodiscard]] Path path_to(const Model& model, const StateStore& store, StateId id) {
  Path path;
  std::vector<std::byte> to(model.state_bytes());
  std::vector<std::byte> from(model.state_bytes());
  store.load(id, to.data());
  for (StateId parent = store.parent(id); parent != kNoState; parent = store.parent(id)) {
    store.load(parent, from.data());
    path.steps.push_back(transition_between(model, from, to));
    std::swap(from, to);
    id = parent;
  }
  path.initial = id;
  std::reverse(path.steps.begin(), path.steps.end());
  return path;
}

}  // namespace quiesce::checker
