// A search that is as plain as it can be: a map of states, copies instead of undo, components by two
// depth-first passes. What it says is what the real search must say.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "checker/run_report.hpp"
#include "checker/system_model.hpp"

namespace quiesce::checker {

class ReferenceExplorer {
 public:
  /// Explores up to `max_states`; `complete()` says whether that was everything.
  ReferenceExplorer(const sim::System& system, std::size_t max_states) : system_(system), model_(system) {
    status_.assign(system.properties.size(), Status::kHolds);
    model_.for_each_initial([&](const std::byte* state) { number(state); });
    const std::size_t initial = states_.size();
    for (std::size_t s = 0; s < states_.size() && states_.size() <= max_states; ++s) expand(s);
    if (complete()) answer_goals(initial);
  }

  [[nodiscard]] bool complete() const { return edges_.size() == states_.size(); }
  [[nodiscard]] std::size_t states() const { return states_.size(); }
  [[nodiscard]] std::size_t transitions() const { return transitions_; }
  [[nodiscard]] const std::vector<Status>& status() const { return status_; }

  /// Whether a complete fair run from the state never raises the finding, if due alarms are raised.
  [[nodiscard]] bool can_avoid(const std::vector<std::byte>& from, Finding finding) {
    avoided_ = finding;
    alarms_are_due_ = true;
    fast_only_ = false;
    States avoiding;
    std::vector<std::size_t> open{number(from.data())};
    while (!open.empty()) {
      const std::size_t s = open.back();
      open.pop_back();
      if (raised_[s].contains(finding) || !avoiding.insert(s).second) continue;
      const bool alarm = std::any_of(edges_[s].begin(), edges_[s].end(), [](const Edge& edge) {
        return edge.process.second == Fairness::kObserver;
      });
      if (ends_.contains(s) && !alarm) return true;
      for (const Edge& edge : edges_[s]) {
        if (!edge.raised.contains(finding)) open.push_back(edge.target);
      }
    }
    return has_fair_cycle(avoiding);
  }

  /// Whether some run from the state meets the goal.
  [[nodiscard]] bool can_reach(const std::vector<std::byte>& from, std::uint16_t goal) {
    States seen;
    std::vector<std::size_t> open{number(from.data())};
    while (!open.empty()) {
      const std::size_t s = open.back();
      open.pop_back();
      if (!seen.insert(s).second) continue;
      if (model_.goal_holds(goal, copy(s).data())) return true;
      for (const Edge& edge : edges_[s]) open.push_back(edge.target);
    }
    return false;
  }

 private:
  struct Edge {
    std::size_t target;
    Process process;
    std::set<Finding> raised;
  };
  using States = std::set<std::size_t>;

  std::size_t number(const std::byte* state) {
    std::string key(reinterpret_cast<const char*>(state), model_.state_bytes());
    const auto [at, is_new] = numbers_.emplace(std::move(key), states_.size());
    if (is_new) states_.push_back(&at->first);
    return at->second;
  }

  [[nodiscard]] std::vector<std::byte> copy(std::size_t s) const {
    const auto* bytes = reinterpret_cast<const std::byte*>(states_[s]->data());
    return {bytes, bytes + model_.state_bytes()};
  }

  void note(const Effects& effects) {
    for (const Finding finding : effects.findings) status_[finding.property] = Status::kViolated;
  }

  static std::set<Finding> set_of(const Effects& effects) {
    return {effects.findings.begin(), effects.findings.end()};
  }

  void expand(std::size_t s) {
    edges_.emplace_back();
    const std::vector<std::byte> state = copy(s);
    Effects effects;
    model_.check_state(state.data(), effects);
    note(effects);
    raised_.push_back(set_of(effects));
    const bool running = model_.classify(state.data()) == StateClass::kRunning;
    bool way_on = false;
    bool must_go_on = false;
    if (running) {
      model_.for_each_enabled(state.data(), [&](Transition t) {
        std::vector<std::byte> next = state;
        effects.clear();
        model_.fire(next.data(), t, effects);
        note(effects);
        ++transitions_;
        const Fairness fairness = model_.fairness(state.data(), t);
        way_on = way_on || is_way_on(fairness);
        must_go_on = must_go_on || is_obliged(fairness);
        edges_[s].push_back({number(next.data()), process_of(t, fairness), set_of(effects)});
      });
    }
    const bool stuck = running && !way_on && !model_.waits_for_time(state.data());
    effects.clear();
    if (stuck) model_.report_stuck(state.data(), effects);
    raised_[s].merge(set_of(effects));
    const bool rests = !must_go_on && !model_.waits_for_time(state.data());
    if (rests || !running) ends_.insert(s);
    note(effects);
  }

  void answer_goals(std::size_t initial) {
    for (std::uint16_t goal = 0; goal < model_.goal_count(); ++goal) {
      States reached;
      for (std::size_t s = 0; s < states_.size(); ++s) {
        if (model_.goal_holds(goal, copy(s).data())) reached.insert(s);
      }
      const bool always = model_.goal_kind(goal) == GoalKind::kAlwaysPossible;
      if (always ? some_state_is_trapped(reached) : some_run_avoids(reached, initial))
        status_[model_.property_of_goal(goal)] = Status::kViolated;
    }
    if (!model_.checks_livelock()) return;
    States all;
    for (std::size_t s = 0; s < states_.size(); ++s) all.insert(all.end(), s);
    fast_only_ = true;
    if (has_fair_cycle(all)) status_[sim::finding_kind(system_, "livelock")] = Status::kViolated;
  }

  /// Sweeps over all edges until nothing changes.
  [[nodiscard]] bool some_state_is_trapped(const States& goal) const {
    std::vector<bool> reaches(states_.size(), false);
    for (const std::size_t s : goal) reaches[s] = true;
    for (bool changed = true; changed;) {
      changed = false;
      for (std::size_t s = states_.size(); s-- > 0;) {
        for (const Edge& edge : edges_[s]) {
          if (reaches[s] || !reaches[edge.target]) continue;
          reaches[s] = changed = true;
        }
      }
    }
    return std::find(reaches.begin(), reaches.end(), false) != reaches.end();
  }

  bool some_run_avoids(const States& goal, std::size_t initial) {
    States avoiding;
    std::vector<std::size_t> open;
    for (std::size_t s = 0; s < initial; ++s) open.push_back(s);
    while (!open.empty()) {
      const std::size_t s = open.back();
      open.pop_back();
      if (goal.contains(s) || !avoiding.insert(s).second) continue;
      if (ends_.contains(s)) return true;
      for (const Edge& edge : edges_[s]) open.push_back(edge.target);
    }
    fast_only_ = false;
    // What comes finitely often in a run is part of no cycle.
    of_finite_ends_ = true;
    const bool avoids = has_fair_cycle(avoiding);
    of_finite_ends_ = false;
    return avoids;
  }

  [[nodiscard]] bool counts(const Edge& edge) const {
    const Fairness f = edge.process.second;
    if (of_finite_ends_ && f == Fairness::kFinite) return false;
    return !fast_only_ || is_fast(f);
  }

  [[nodiscard]] bool stays(const Edge& edge, const States& within) const {
    return within.contains(edge.target) && !(avoided_ && edge.raised.contains(*avoided_));
  }

  /// Whether a fair run can stay within these states for ever.
  bool has_fair_cycle(const States& within) {
    for (const States& component : components(within)) {
      std::set<Process> everywhere;
      std::set<Process> somewhere;
      std::set<Process> moves;
      bool first = true;
      bool cyclic = false;
      for (const std::size_t s : component) {
        std::set<Process> here;
        for (const Edge& edge : edges_[s]) {
          // A tick ends every fast cycle that it can interrupt, and belongs to none.
          if (counts(edge) || edge.process.second == Fairness::kTick) here.insert(edge.process);
          if (!counts(edge) || !stays(edge, component)) continue;
          cyclic = true;
          moves.insert(edge.process);
        }
        somewhere.insert(here.begin(), here.end());
        if (first) everywhere = here;
        std::erase_if(everywhere, [&](const auto& process) { return !here.contains(process); });
        first = false;
      }
      if (!cyclic) continue;
      const auto starves = [&](const auto& process) { return !moves.contains(process); };
      const auto is_weak = [&](Fairness f) {
        return f == Fairness::kWeak || f == Fairness::kTick || f == Fairness::kTime ||
               (alarms_are_due_ && f == Fairness::kObserver);
      };
      if (std::any_of(everywhere.begin(), everywhere.end(),
                      [&](const auto& process) { return is_weak(process.second) && starves(process); }))
        continue;
      std::erase_if(somewhere, [&](const auto& p) { return !is_strong(p.second) || !starves(p); });
      if (somewhere.empty()) return true;
      States rest = component;
      std::erase_if(rest, [&](std::size_t s) {
        return std::any_of(edges_[s].begin(), edges_[s].end(), [&](const Edge& edge) {
          return counts(edge) && somewhere.contains(edge.process);
        });
      });
      if (has_fair_cycle(rest)) return true;
    }
    return false;
  }

  /// Kosaraju: finishing order forwards, then trees backwards.
  [[nodiscard]] std::vector<States> components(const States& within) const {
    std::map<std::size_t, std::vector<std::size_t>> forwards;
    std::map<std::size_t, std::vector<std::size_t>> backwards;
    for (const std::size_t s : within) {
      for (const Edge& edge : edges_[s]) {
        if (!stays(edge, within) || !counts(edge)) continue;
        forwards[s].push_back(edge.target);
        backwards[edge.target].push_back(s);
      }
    }
    std::vector<std::size_t> order;
    States seen;
    for (const std::size_t s : within) visit(s, forwards, seen, &order);
    std::vector<States> all;
    seen.clear();
    for (auto it = order.rbegin(); it != order.rend(); ++it) {
      if (seen.contains(*it)) continue;
      std::vector<std::size_t> members;
      visit(*it, backwards, seen, &members);
      all.emplace_back(members.begin(), members.end());
    }
    return all;
  }

  static void visit(std::size_t root, std::map<std::size_t, std::vector<std::size_t>>& next, States& seen,
                    std::vector<std::size_t>* finished) {
    if (!seen.insert(root).second) return;
    std::vector<std::pair<std::size_t, std::size_t>> stack{{root, 0}};
    while (!stack.empty()) {
      auto& [s, i] = stack.back();
      if (i < next[s].size()) {
        const std::size_t target = next[s][i++];
        if (seen.insert(target).second) stack.emplace_back(target, 0);
      } else {
        finished->push_back(s);
        stack.pop_back();
      }
    }
  }

  const sim::System& system_;
  SystemModel model_;
  std::map<std::string, std::size_t> numbers_;
  std::vector<const std::string*> states_;
  std::vector<std::vector<Edge>> edges_;
  States ends_;
  std::size_t transitions_ = 0;
  std::vector<Status> status_;
  std::vector<std::set<Finding>> raised_;  ///< in each state
  std::optional<Finding> avoided_;
  bool alarms_are_due_ = false;
  bool fast_only_ = false;
  bool of_finite_ends_ = false;
};

}  // namespace quiesce::checker
