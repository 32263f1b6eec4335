// Among the shortest runs to a finding, one with the fewest switches from one lane to another: a person
// follows a run more easily where each CPU does several steps in a row.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <vector>

#include "checker/exploration.hpp"
#include "checker/paths.hpp"

namespace quiesce::checker {

/// Answers for one explored graph; keeps, from the first question on, the edges that lead one layer deeper.
template <TransitionSystem Model>
class CalmestRuns {
 public:
  CalmestRuns(const Model& model, const Exploration& exploration)
      : model_(model), exploration_(exploration), states_(*exploration.store, model.state_bytes()) {}

  /// A run to one of the occurrences, which all lie in the same layer, and with its transition if it has one.
  [[nodiscard]] Run to(const std::vector<Occurrence>& occurrences) {
    if (exploration_.graph.first.empty()) return first_found(occurrences.front());
    if (first_.empty()) index_deeper_edges();
    best_.clear();
    const Occurrence* chosen = nullptr;
    Best chosen_best;
    for (const Occurrence& occurrence : occurrences) {
      Best best = calmest(occurrence);
      if (chosen != nullptr && best.switches >= chosen_best.switches) continue;
      chosen = &occurrence;
      chosen_best = best;
    }
    return walk_back(*chosen, chosen_best.lane);
  }

 private:
  using Lane = std::uint16_t;
  struct Step {
    StateId source;
    Transition transition;
  };
  /// The calmest way to a state whose last step is on some lane.
  struct Best {
    std::uint32_t switches = std::numeric_limits<std::uint32_t>::max();
    Lane lane = 0;         ///< of the step before
    std::size_t step = 0;  ///< index into steps_
  };
  using ByLane = std::map<Lane, Best>;

  /// Groups the edges that lead one layer deeper by their targets.
  void index_deeper_edges() {
    first_.assign(exploration_.states() + 1, 0);
    for_each_deeper_edge([&](StateId, const StateGraph::Edge& edge) { ++first_[edge.target + 1]; });
    std::partial_sum(first_.begin(), first_.end(), first_.begin());
    steps_.resize(first_.back());
    std::vector<std::size_t> next(first_.begin(), first_.end() - 1);
    for_each_deeper_edge([&](StateId source, const StateGraph::Edge& edge) {
      steps_[next[edge.target]++] = {source, edge.transition};
    });
  }

  template <class Visit>
  void for_each_deeper_edge(Visit visit) const {
    const StateGraph& graph = exploration_.graph;
    const std::vector<StateId>& layers = exploration_.layers;
    const auto first_of = [&](std::size_t layer) {
      return layer < layers.size() ? layers[layer] : static_cast<StateId>(exploration_.states());
    };
    std::size_t layer = 0;
    for (StateId s = 0; s + 1 < graph.first.size(); ++s) {
      while (s >= first_of(layer + 1)) ++layer;
      for (std::size_t e = graph.first[s]; e < graph.first[s + 1]; ++e) {
        const StateId target = graph.edges[e].target;
        if (target >= first_of(layer + 1) && target < first_of(layer + 2)) visit(s, graph.edges[e]);
      }
    }
  }

  /// Without a graph there is one known run to each state.
  [[nodiscard]] Run first_found(const Occurrence& occurrence) const {
    const StateStore& store = *exploration_.store;
    return run_through(model_, store, ancestors_of(store, occurrence.state), occurrence.transition);
  }

  /// Fills best_ for the state and everything before it, nearest to the beginning first.
  void prepare(StateId state) {
    std::vector<StateId> needed{state};
    std::vector<StateId> open{state};
    while (!open.empty()) {
      const StateId s = open.back();
      open.pop_back();
      if (!best_.try_emplace(s).second) continue;
      needed.push_back(s);
      for (std::size_t i = first_[s]; i < first_[s + 1]; ++i) open.push_back(steps_[i].source);
    }
    // Ids grow with the layer.
    std::sort(needed.begin(), needed.end());
    for (const StateId s : needed) {
      ByLane& lanes = best_[s];
      if (!lanes.empty()) continue;
      for (std::size_t i = first_[s]; i < first_[s + 1]; ++i) relax(i, lanes);
    }
  }

  void relax(std::size_t step, ByLane& lanes) {
    const auto& [source, transition] = steps_[step];
    const Lane lane = model_.lane(states_.at(source), transition);
    const Best best = before(source, lane, step);
    Best& known = lanes[lane];
    if (best.switches < known.switches) known = best;
  }

  /// The calmest way to `source`, to go on there with a step on `lane`.
  [[nodiscard]] Best before(StateId source, Lane lane, std::size_t step) const {
    Best best;
    best.step = step;
    const ByLane& lanes = best_.at(source);
    if (lanes.empty()) best.switches = 0;
    for (const auto& [last, way] : lanes) {
      const std::uint32_t switches = way.switches + (last == lane ? 0 : 1);
      if (switches >= best.switches) continue;
      best.switches = switches;
      best.lane = last;
    }
    return best;
  }

  [[nodiscard]] Best calmest(const Occurrence& occurrence) {
    prepare(occurrence.state);
    if (occurrence.transition) {
      const Lane lane = model_.lane(states_.at(occurrence.state), *occurrence.transition);
      return before(occurrence.state, lane, 0);
    }
    Best best;
    const ByLane& lanes = best_.at(occurrence.state);
    if (lanes.empty()) best.switches = 0;
    for (const auto& [last, way] : lanes) {
      if (way.switches >= best.switches) continue;
      best.switches = way.switches;
      best.lane = last;
    }
    return best;
  }

  [[nodiscard]] Run walk_back(const Occurrence& occurrence, Lane lane) const {
    std::vector<StateId> through{occurrence.state};
    while (!best_.at(through.back()).empty()) {
      const Best& best = best_.at(through.back()).at(lane);
      through.push_back(steps_[best.step].source);
      lane = best.lane;
    }
    std::reverse(through.begin(), through.end());
    return run_through(model_, *exploration_.store, through, occurrence.transition);
  }

  const Model& model_;
  const Exploration& exploration_;
  StateReader states_;
  std::vector<std::size_t> first_;
  std::vector<Step> steps_;
  std::map<StateId, ByLane> best_;
};

}  // namespace quiesce::checker
