#include "checker/liveness.hpp"

#include <algorithm>
#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/graph/strong_components.hpp>
#include <deque>
#include <map>
#include <set>

namespace quiesce::checker {
namespace {

using Edge = StateGraph::Edge;

template <class Visit>
void for_each_edge(const SubGraph& part, StateId state, Visit visit) {
  const StateGraph& graph = *part.graph;
  if (state + 1U >= graph.first.size()) return;
  for (std::size_t e = graph.first[state]; e < graph.first[state + 1]; ++e) {
    const Edge& edge = graph.edges[e];
    if (part.states[edge.target] && part.follows(edge)) visit(edge);
  }
}

/// Groups of states that reach each other and hold at least one edge, in order of their least state.
std::vector<std::vector<StateId>> components(const SubGraph& part) {
  const std::size_t n = part.states.size();
  std::vector<std::pair<std::size_t, std::size_t>> edges;
  std::vector<bool> self_loop(n, false);
  for (StateId s = 0; s < n; ++s) {
    if (!part.states[s]) continue;
    for_each_edge(part, s, [&](const Edge& edge) {
      if (edge.target == s) self_loop[s] = true;
      edges.emplace_back(s, edge.target);
    });
  }
  using Csr = boost::compressed_sparse_row_graph<boost::directedS>;
  const Csr csr(boost::edges_are_sorted, edges.begin(), edges.end(), n);
  std::vector<std::size_t> number(n);
  const std::size_t count = boost::strong_components(
      csr, boost::make_iterator_property_map(number.begin(), boost::get(boost::vertex_index, csr)));
  std::vector<std::vector<StateId>> groups(count);
  for (StateId s = 0; s < n; ++s) {
    if (part.states[s]) groups[number[s]].push_back(s);
  }
  std::erase_if(groups, [&](const std::vector<StateId>& g) {
    return g.empty() || (g.size() == 1 && !self_loop[g[0]]);
  });
  std::sort(groups.begin(), groups.end());
  return groups;
}

using Process = std::pair<std::uint16_t, Fairness>;

struct ProcessUse {
  std::size_t enabled_in = 0;  ///< states of the component that enable it
  bool moves_inside = false;
  StateId moves_from = kNoState;
  Edge move{};
};

bool demands_fairness(Fairness fairness) {
  return fairness == Fairness::kWeak || fairness == Fairness::kStrong || fairness == Fairness::kTime;
}

/// Which processes are enabled in the component (also by edges that leave it) and which move within it.
/// Kinds of edges that the question does not follow make no demands.
std::map<Process, ProcessUse> uses(const SubGraph& part, const std::vector<StateId>& component) {
  std::map<Process, ProcessUse> all;
  const std::set<StateId> inside(component.begin(), component.end());
  const StateGraph& graph = *part.graph;
  for (const StateId s : component) {
    std::set<Process> enabled;
    for (std::size_t e = graph.first[s]; e < graph.first[s + 1]; ++e) {
      const Edge& edge = graph.edges[e];
      if (!demands_fairness(edge.fairness) || !part.follows(edge)) continue;
      const Process process{edge.transition.actor, edge.fairness};
      enabled.insert(process);
      const bool within = inside.contains(edge.target);
      if (!within || all[process].moves_inside) continue;
      all[process].moves_inside = true;
      all[process].moves_from = s;
      all[process].move = edge;
    }
    for (const Process& process : enabled) ++all[process].enabled_in;
  }
  return all;
}

/// Shortest way within the component, as edges; empty if `from` is `to`.
std::vector<Edge> way(const SubGraph& part, const std::set<StateId>& inside, StateId from, StateId to) {
  std::map<StateId, std::pair<StateId, Edge>> came;
  std::deque<StateId> open{from};
  while (!open.empty() && from != to && !came.contains(to)) {
    const StateId s = open.front();
    open.pop_front();
    for_each_edge(part, s, [&](const Edge& edge) {
      if (!inside.contains(edge.target) || edge.target == from || came.contains(edge.target)) return;
      came[edge.target] = {s, edge};
      open.push_back(edge.target);
    });
  }
  std::vector<Edge> edges;
  for (StateId s = to; s != from; s = came.at(s).first) edges.push_back(came.at(s).second);
  return {edges.rbegin(), edges.rend()};
}

/// A cycle from the component's least state through a move of every process that must move.
BadRun cycle_through(const SubGraph& part, const std::vector<StateId>& component,
                     const std::map<Process, ProcessUse>& all) {
  const std::set<StateId> inside(component.begin(), component.end());
  BadRun run;
  run.state = component.front();
  StateId at = run.state;
  const auto follow = [&](const std::vector<Edge>& edges) {
    for (const Edge& edge : edges) {
      run.cycle.push_back(edge.transition);
      at = edge.target;
    }
  };
  for (const auto& [process, use] : all) {
    if (!use.moves_inside) continue;
    follow(way(part, inside, at, use.moves_from));
    follow({use.move});
  }
  if (run.cycle.empty()) {
    bool taken = false;
    for_each_edge(part, at, [&](const Edge& edge) {
      if (taken || !inside.contains(edge.target)) return;
      run.cycle.push_back(edge.transition);
      at = edge.target;
      taken = true;
    });
  }
  // A process that is enabled only now and then must be seen disabled: visit every state if the
  // component is small; its moves alone do otherwise.
  if (component.size() <= 64) {
    for (const StateId s : component) follow(way(part, inside, at, s));
  }
  follow(way(part, inside, at, run.state));
  return run;
}

std::optional<BadRun> search(const SubGraph& part, int depth) {
  for (const std::vector<StateId>& component : components(part)) {
    const std::map<Process, ProcessUse> all = uses(part, component);
    bool unfair = false;
    std::vector<bool> narrowed;
    for (const auto& [process, use] : all) {
      if (use.moves_inside) continue;
      if (process.second != Fairness::kStrong) {
        unfair = unfair || use.enabled_in == component.size();
        continue;
      }
      if (narrowed.empty()) {
        narrowed.assign(part.states.size(), false);
        for (const StateId s : component) narrowed[s] = true;
      }
      const StateGraph& graph = *part.graph;
      for (const StateId s : component) {
        for (std::size_t e = graph.first[s]; e < graph.first[s + 1]; ++e) {
          const Edge& edge = graph.edges[e];
          if (Process{edge.transition.actor, edge.fairness} == process) narrowed[s] = false;
        }
      }
    }
    if (unfair) continue;
    if (narrowed.empty()) return cycle_through(part, component, all);
    if (depth > 1000) continue;
    if (auto found = search({part.graph, std::move(narrowed), part.follows}, depth + 1)) return found;
  }
  return std::nullopt;
}

}  // namespace

std::optional<BadRun> find_fair_cycle(const SubGraph& part) { return search(part, 0); }

std::optional<StateId> find_trap(const StateGraph& graph, const std::vector<bool>& goal) {
  const std::size_t n = goal.size();
  std::vector<std::vector<StateId>> predecessors(n);
  for (StateId s = 0; s < n; ++s) {
    for (std::size_t e = graph.first[s]; e < graph.first[s + 1]; ++e)
      predecessors[graph.edges[e].target].push_back(s);
  }
  std::vector<bool> reaches = goal;
  std::vector<StateId> open;
  for (StateId s = 0; s < n; ++s) {
    if (goal[s]) open.push_back(s);
  }
  while (!open.empty()) {
    const StateId s = open.back();
    open.pop_back();
    for (const StateId before : predecessors[s]) {
      if (reaches[before]) continue;
      reaches[before] = true;
      open.push_back(before);
    }
  }
  const auto trap = std::find(reaches.begin(), reaches.end(), false);
  if (trap == reaches.end()) return std::nullopt;
  return static_cast<StateId>(trap - reaches.begin());
}

std::optional<BadRun> find_run_without(const StateGraph& graph, std::uint64_t initial_states,
                                       const std::vector<bool>& goal, const std::vector<bool>& ends) {
  const std::size_t n = goal.size();
  std::vector<bool> reached(n, false);
  std::deque<StateId> open;
  for (StateId s = 0; s < initial_states; ++s) {
    if (!goal[s]) {
      reached[s] = true;
      open.push_back(s);
    }
  }
  while (!open.empty()) {
    const StateId s = open.front();
    open.pop_front();
    for (std::size_t e = graph.first[s]; e < graph.first[s + 1]; ++e) {
      const StateId t = graph.edges[e].target;
      if (reached[t] || goal[t]) continue;
      reached[t] = true;
      open.push_back(t);
    }
  }
  for (StateId s = 0; s < n; ++s) {
    if (reached[s] && ends[s]) return BadRun{s, {}};
  }
  return find_fair_cycle({&graph, std::move(reached), [](const StateGraph::Edge&) { return true; }});
}

std::optional<BadRun> find_livelock(const StateGraph& graph) {
  std::vector<bool> all(graph.first.size() - 1, true);
  return find_fair_cycle({&graph, std::move(all), [](const StateGraph::Edge& edge) {
                            return edge.fairness == Fairness::kWeak || edge.fairness == Fairness::kStrong;
                          }});
}

}  // namespace quiesce::checker
