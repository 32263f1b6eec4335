#include "checker/liveness.hpp"

#include <algorithm>
#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/graph/strong_components.hpp>
#include <deque>
#include <map>
#include <numeric>
#include <set>

namespace quiesce::checker {
namespace {

using Edge = StateGraph::Edge;

struct ProcessUse {
  std::size_t enabled_in = 0;  ///< states of the component that enable it
  bool moves_inside = false;
  StateId moves_from = kNoState;
  Edge move{};
};

bool demands_fairness(Fairness fairness) {
  return is_fast(fairness) || fairness == Fairness::kTick || fairness == Fairness::kTime;
}

/// Searches groups of states for a fair cycle. All work is local to a group, so that cutting a large
/// graph into many small ones stays cheap.
class FairCycleSearch {
 public:
  explicit FairCycleSearch(const SubGraph& part)
      : graph_(*part.graph),
        follows_(part.follows),
        group_(part.states.size(), 0),
        local_(part.states.size(), 0) {}

  /// Whether any cycle exists, fair or not.
  bool any_cycle(const std::vector<StateId>& members) { return !components(members).empty(); }

  std::optional<BadRun> run(const std::vector<StateId>& members) {
    std::vector<std::vector<StateId>> open = components(members);
    std::reverse(open.begin(), open.end());
    while (!open.empty()) {
      const std::vector<StateId> component = std::move(open.back());
      open.pop_back();
      enter(component);
      const std::map<Process, ProcessUse> all = uses(component);
      bool unfair = false;
      std::set<Process> starved;
      for (const auto& [process, use] : all) {
        if (use.moves_inside) continue;
        if (is_strong(process.second)) {
          starved.insert(process);
        } else {
          unfair = unfair || use.enabled_in == component.size();
        }
      }
      if (unfair) continue;
      if (starved.empty()) return cycle_through(component, all);
      std::vector<std::vector<StateId>> smaller = components(without(component, starved));
      open.insert(open.end(), smaller.rbegin(), smaller.rend());
    }
    return std::nullopt;
  }

 private:
  void enter(const std::vector<StateId>& members) {
    ++current_;
    for (std::size_t i = 0; i < members.size(); ++i) {
      group_[members[i]] = current_;
      local_[members[i]] = static_cast<std::uint32_t>(i);
    }
  }

  [[nodiscard]] bool inside(StateId state) const { return group_[state] == current_; }

  template <class Visit>
  void for_each_edge(StateId state, Visit visit) const {
    for (std::size_t e = graph_.first[state]; e < graph_.first[state + 1]; ++e) {
      const Edge& edge = graph_.edges[e];
      if (inside(edge.target) && follows_(edge)) visit(edge);
    }
  }

  using Csr = boost::compressed_sparse_row_graph<boost::directedS, boost::no_property, boost::no_property,
                                                 boost::no_property, std::uint32_t, std::size_t>;

  /// Groups of members that reach each other and hold at least one edge, in order of their least state.
  std::vector<std::vector<StateId>> components(const std::vector<StateId>& members) {
    enter(members);
    std::vector<bool> self_loops(members.size(), false);
    const std::vector<std::uint32_t> number = component_numbers(members, self_loops);
    std::vector<std::uint32_t> sizes;
    for (const std::uint32_t component : number) {
      if (component >= sizes.size()) sizes.resize(component + 1, 0);
      ++sizes[component];
    }
    // Nearly all states are alone: only the others get a group.
    constexpr std::uint32_t kNoGroup = 0xffffffff;
    std::vector<std::uint32_t> group_of(sizes.size(), kNoGroup);
    std::vector<std::vector<StateId>> groups;
    for (std::size_t i = 0; i < members.size(); ++i) {
      const std::uint32_t component = number[i];
      if (sizes[component] == 1 && !self_loops[i]) continue;
      if (group_of[component] == kNoGroup) {
        group_of[component] = static_cast<std::uint32_t>(groups.size());
        groups.emplace_back().reserve(sizes[component]);
      }
      groups[group_of[component]].push_back(members[i]);
    }
    return groups;
  }

  /// Of each member, the number of the strongly connected component that it lies in; marks self-loops.
  std::vector<std::uint32_t> component_numbers(const std::vector<StateId>& members,
                                               std::vector<bool>& self_loops) {
    std::size_t inside_edges = 0;
    for (const StateId member : members) for_each_edge(member, [&](const Edge&) { ++inside_edges; });
    std::vector<std::pair<std::uint32_t, std::uint32_t>> edges;
    edges.reserve(inside_edges);
    for (std::uint32_t i = 0; i < members.size(); ++i) {
      for_each_edge(members[i], [&](const Edge& edge) {
        if (edge.target == members[i]) self_loops[i] = true;
        edges.emplace_back(i, local_[edge.target]);
      });
    }
    const Csr csr(boost::edges_are_sorted, edges.begin(), edges.end(),
                  static_cast<std::uint32_t>(members.size()));
    edges = {};
    std::vector<std::uint32_t> number(members.size());
    boost::strong_components(
        csr, boost::make_iterator_property_map(number.begin(), boost::get(boost::vertex_index, csr)));
    return number;
  }

  /// Which processes the component enables (also by edges that leave it) and which move within it.
  /// Kinds of edges that the question does not follow make no demands, but for ticks: they come.
  std::map<Process, ProcessUse> uses(const std::vector<StateId>& component) const {
    std::map<Process, ProcessUse> all;
    std::set<Process> enabled;
    for (const StateId s : component) {
      enabled.clear();
      for (std::size_t e = graph_.first[s]; e < graph_.first[s + 1]; ++e) {
        const Edge& edge = graph_.edges[e];
        const bool follows = follows_(edge);
        if (!demands_fairness(edge.fairness) || (!follows && edge.fairness != Fairness::kTick)) continue;
        const Process process = process_of(edge.transition, edge.fairness);
        enabled.insert(process);
        ProcessUse& use = all[process];
        if (!follows || !inside(edge.target) || use.moves_inside) continue;
        use.moves_inside = true;
        use.moves_from = s;
        use.move = edge;
      }
      for (const Process& process : enabled) ++all[process].enabled_in;
    }
    return all;
  }

  /// The component without the states that enable one of the starved processes.
  std::vector<StateId> without(const std::vector<StateId>& component,
                               const std::set<Process>& starved) const {
    std::vector<StateId> rest;
    for (const StateId s : component) {
      bool enables = false;
      for (std::size_t e = graph_.first[s]; e < graph_.first[s + 1]; ++e) {
        const Edge& edge = graph_.edges[e];
        enables = enables || (follows_(edge) && starved.contains(process_of(edge.transition, edge.fairness)));
      }
      if (!enables) rest.push_back(s);
    }
    return rest;
  }

  /// Shortest way within the component, as edges; empty if `from` is `to`.
  std::vector<Edge> way(StateId from, StateId to) const {
    std::map<StateId, std::pair<StateId, Edge>> came;
    std::deque<StateId> open{from};
    while (!open.empty() && from != to && !came.contains(to)) {
      const StateId s = open.front();
      open.pop_front();
      for_each_edge(s, [&](const Edge& edge) {
        if (edge.target == from || came.contains(edge.target)) return;
        came[edge.target] = {s, edge};
        open.push_back(edge.target);
      });
    }
    std::vector<Edge> edges;
    for (StateId s = to; s != from; s = came.at(s).first) edges.push_back(came.at(s).second);
    return {edges.rbegin(), edges.rend()};
  }

  /// A cycle from the component's least state that shows it fair: every process that moves within the
  /// component moves, and every other weakly fair one is met where it is not enabled.
  BadRun cycle_through(const std::vector<StateId>& component,
                       const std::map<Process, ProcessUse>& all) const {
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
      if (use.moves_inside) {
        follow(way(at, use.moves_from));
        follow({use.move});
      } else {
        follow(way(at, disabled_state(component, process)));
      }
    }
    if (run.cycle.empty()) {
      bool taken = false;
      for_each_edge(at, [&](const Edge& edge) {
        if (taken) return;
        taken = true;
        run.cycle.push_back(edge.transition);
        at = edge.target;
      });
    }
    follow(way(at, run.state));
    return run;
  }

  [[nodiscard]] StateId disabled_state(const std::vector<StateId>& component, const Process& process) const {
    for (const StateId s : component) {
      bool enabled = false;
      for (std::size_t e = graph_.first[s]; e < graph_.first[s + 1]; ++e) {
        const Edge& edge = graph_.edges[e];
        enabled = enabled || (follows_(edge) && process_of(edge.transition, edge.fairness) == process);
      }
      if (!enabled) return s;
    }
    QUIESCE_ASSERT(false, "a component was called fair although a weakly fair process starves in it");
    return kNoState;
  }

  const StateGraph& graph_;
  const std::function<bool(const Edge&)>& follows_;
  std::vector<std::uint32_t> group_;
  std::vector<std::uint32_t> local_;
  std::uint32_t current_ = 0;
};

std::vector<StateId> members_of(const SubGraph& part) {
  std::vector<StateId> members;
  for (StateId s = 0; s < part.states.size(); ++s) {
    if (part.states[s]) members.push_back(s);
  }
  return members;
}

bool any_cycle(const SubGraph& part) { return FairCycleSearch(part).any_cycle(members_of(part)); }

bool goes_fast(const Edge& edge) { return is_fast(edge.fairness); }

/// The states of runs that have not met `goal`.
std::vector<bool> reached_without(const StateGraph& graph, std::uint64_t initial_states,
                                  const std::vector<bool>& goal) {
  std::vector<bool> reached(goal.size(), false);
  std::deque<StateId> open;
  const auto reach = [&](StateId s) {
    if (reached[s] || goal[s]) return;
    reached[s] = true;
    open.push_back(s);
  };
  for (StateId s = 0; s < initial_states; ++s) reach(s);
  while (!open.empty()) {
    const StateId s = open.front();
    open.pop_front();
    for (std::size_t e = graph.first[s]; e < graph.first[s + 1]; ++e) reach(graph.edges[e].target);
  }
  return reached;
}

}  // namespace

std::optional<BadRun> find_fair_cycle(const SubGraph& part) {
  return FairCycleSearch(part).run(members_of(part));
}

std::vector<bool> states_that_reach(const StateGraph& graph, const std::vector<bool>& goal) {
  const std::size_t n = goal.size();
  std::vector<std::size_t> first(n + 1, 0);
  for (const Edge& edge : graph.edges) ++first[edge.target + 1];
  std::partial_sum(first.begin(), first.end(), first.begin());
  std::vector<StateId> predecessors(graph.edges.size());
  std::vector<std::size_t> next(first.begin(), first.end() - 1);
  for (StateId s = 0; s + 1 < graph.first.size(); ++s) {
    for (std::size_t e = graph.first[s]; e < graph.first[s + 1]; ++e)
      predecessors[next[graph.edges[e].target]++] = s;
  }
  std::vector<bool> reaches = goal;
  std::vector<StateId> open;
  for (StateId s = 0; s < n; ++s) {
    if (goal[s]) open.push_back(s);
  }
  while (!open.empty()) {
    const StateId s = open.back();
    open.pop_back();
    for (std::size_t i = first[s]; i < first[s + 1]; ++i) {
      const StateId before = predecessors[i];
      if (reaches[before]) continue;
      reaches[before] = true;
      open.push_back(before);
    }
  }
  return reaches;
}

std::optional<StateId> find_trap(const StateGraph& graph, const std::vector<bool>& goal) {
  const std::vector<bool> reaches = states_that_reach(graph, goal);
  const auto trap = std::find(reaches.begin(), reaches.end(), false);
  if (trap == reaches.end()) return std::nullopt;
  return static_cast<StateId>(trap - reaches.begin());
}

std::optional<BadRun> find_run_without(const StateGraph& graph, std::uint64_t initial_states,
                                       const std::vector<bool>& goal, const std::vector<bool>& ends) {
  std::vector<bool> reached = reached_without(graph, initial_states, goal);
  for (StateId s = 0; s < reached.size(); ++s) {
    if (reached[s] && ends[s]) return BadRun{s, {}};
  }
  const auto may_recur = [](const Edge& edge) { return edge.fairness != Fairness::kFinite; };
  return find_fair_cycle({&graph, std::move(reached), may_recur});
}

bool cycle_exists_without(const StateGraph& graph, std::uint64_t initial_states,
                          const std::vector<bool>& goal) {
  return any_cycle({&graph, reached_without(graph, initial_states, goal), [](const Edge&) { return true; }});
}

bool fast_cycle_exists(const StateGraph& graph) {
  return any_cycle({&graph, std::vector<bool>(graph.first.size() - 1, true), goes_fast});
}

std::optional<BadRun> find_livelock(const StateGraph& graph) {
  return find_fair_cycle({&graph, std::vector<bool>(graph.first.size() - 1, true), goes_fast});
}

}  // namespace quiesce::checker
