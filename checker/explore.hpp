// Complete breadth-first search over any TransitionSystem: one loop for every question.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "checker/schedule.hpp"
#include "checker/seen_set.hpp"
#include "checker/transition_system.hpp"

namespace quiesce::checker {

/// So many places of one finding are kept, to choose the run from that reads best.
inline constexpr std::size_t kOccurrencesMax = 1000;

struct ExploreOptions {
  std::uint64_t max_states = std::numeric_limits<std::uint32_t>::max() - 1;
  std::uint64_t max_bytes = std::numeric_limits<std::uint64_t>::max();
  double max_seconds = std::numeric_limits<double>::infinity();
  bool first = false;  ///< stop at the first finding
  const std::atomic<bool>* interrupted = nullptr;
};

struct Progress {
  std::uint64_t states = 0;
  std::uint64_t transitions = 0;
  std::uint64_t frontier = 0;
  std::uint64_t depth = 0;
  std::uint64_t bytes = 0;
  double seconds = 0;
};

/// Where a finding was first seen: in a state, or by a transition out of it.
struct Occurrence {
  StateId state = kNoState;
  std::optional<Transition> transition;
};

/// Every transition between stored states, grouped by source.
struct StateGraph {
  struct Edge {
    StateId target;
    Transition transition;
    Fairness fairness;
  };
  std::vector<std::size_t> first;  ///< first[s]..first[s+1]: edges of s
  std::vector<Edge> edges;
};

struct Exploration {
  explicit Exploration(std::size_t state_bytes) : seen(state_bytes) {}

  SeenSet seen;
  StateGraph graph;
  std::map<Finding, std::vector<Occurrence>> findings;  ///< all occurrences of the layer of the first
  std::vector<StateClass> classes;                      ///< of every expanded state
  std::vector<bool> may_rest;  ///< of every expanded state: nothing has to happen there any more
  std::uint64_t initial_states = 0;
  std::uint64_t transitions = 0;     ///< fired from distinct states, self-loops included
  std::uint64_t depth = 0;           ///< layers below the initial one
  std::vector<StateId> layers;       ///< first state of each layer
  std::optional<std::string> bound;  ///< which bound ended the search before it was complete
  std::uint64_t frontier = 0;        ///< states not expanded when it ended
  double seconds = 0;

  [[nodiscard]] bool complete() const { return !bound; }
  /// Length of the shortest run to the state.
  [[nodiscard]] std::size_t layer_of(StateId state) const {
    return static_cast<std::size_t>(std::upper_bound(layers.begin(), layers.end(), state) - layers.begin()) -
           1;
  }
};

template <TransitionSystem Model>
class Explorer {
 public:
  Explorer(const Model& model, const ExploreOptions& options,
           std::function<void(const Progress&)> on_progress)
      : model_(model),
        options_(options),
        on_progress_(std::move(on_progress)),
        result_(model.state_bytes()),
        scratch_(model.state_bytes()),
        keep_graph_(model.goal_count() > 0 || model.checks_livelock()) {}

  Exploration run() {
    const base::PositionScope position([this] { return encode(schedule_here()); });
    model_.for_each_initial([&](const std::byte* state) {
      if (result_.seen.insert(state, {}).second) ++result_.initial_states;
    });
    std::uint64_t layer_end = result_.seen.size();
    result_.layers.push_back(0);
    StateId next = 0;
    for (; next < result_.seen.size() && !stop(next); ++next) {
      if (next == layer_end) {
        ++result_.depth;
        result_.layers.push_back(next);
        layer_end = result_.seen.size();
      }
      expand(next);
    }
    result_.frontier = result_.seen.size() - next;
    if (keep_graph_) result_.graph.first.push_back(result_.graph.edges.size());
    result_.seconds = elapsed();
    return std::move(result_);
  }

 private:
  /// The run to the transition that is being fired, or to the state that is being looked at.
  [[nodiscard]] Schedule schedule_here() const {
    Schedule schedule;
    schedule.model_hash = model_.model_hash();
    if (result_.seen.size() == 0) return schedule;
    StateId initial = 0;
    schedule.steps = result_.seen.path_to(here_, initial);
    schedule.initial = initial;
    if (firing_) schedule.steps.push_back(*firing_);
    return schedule;
  }

  void expand(StateId id) {
    here_ = id;
    if (keep_graph_) result_.graph.first.push_back(result_.graph.edges.size());
    std::memcpy(scratch_.data(), result_.seen.state(id), scratch_.size());
    const StateClass state_class = model_.classify(scratch_.data());
    result_.classes.push_back(state_class);
    result_.may_rest.push_back(false);
    effects_.clear();
    model_.check_state(scratch_.data(), effects_);
    note(id, std::nullopt);
    if (state_class != StateClass::kRunning) return;
    enabled_.clear();
    model_.for_each_enabled(scratch_.data(), [&](Transition t) { enabled_.push_back(t); });
    bool way_on = false;
    bool obliged = false;
    for (const Transition transition : enabled_) {
      const Fairness fairness = model_.fairness(scratch_.data(), transition);
      way_on = way_on || fairness != Fairness::kObserver;
      obliged = obliged || (fairness != Fairness::kObserver && fairness != Fairness::kEnvironment);
      fire(id, transition, fairness);
    }
    if (obliged || model_.waits_for_time(scratch_.data())) return;
    result_.may_rest.back() = true;
    if (way_on) return;
    effects_.clear();
    model_.report_stuck(result_.seen.state(id), effects_);
    note(id, std::nullopt);
  }

  void fire(StateId id, Transition transition, Fairness fairness) {
    effects_.clear();
    firing_ = transition;
    model_.fire(scratch_.data(), transition, effects_);
    firing_.reset();
    ++result_.transitions;
    const StateId target = result_.seen.insert(scratch_.data(), {id, transition}).first;
    if (keep_graph_) result_.graph.edges.push_back({target, transition, fairness});
    note(id, transition);
    base::undo_writes(scratch_.data(), effects_.undo);
  }

  void note(StateId id, std::optional<Transition> transition) {
    for (const Finding finding : effects_.findings) {
      std::vector<Occurrence>& known = result_.findings[finding];
      const bool as_early = known.empty() || (known.front().state >= result_.layers.back() &&
                                              known.front().transition.has_value() == transition.has_value());
      if (as_early && known.size() < kOccurrencesMax) known.push_back({id, transition});
    }
  }

  [[nodiscard]] double elapsed() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  }

  bool stop(StateId next) {
    if (options_.first && !result_.findings.empty()) return ended("first");
    if (result_.seen.size() >= options_.max_states) return ended("max_states");
    if (next % 1024 != 0) return false;
    const double seconds = elapsed();
    const std::uint64_t bytes =
        result_.seen.bytes_used() + result_.graph.edges.capacity() * sizeof(StateGraph::Edge);
    if (bytes > options_.max_bytes) return ended("max_memory");
    if (seconds > options_.max_seconds) return ended("max_seconds");
    if (options_.interrupted != nullptr && options_.interrupted->load(std::memory_order_relaxed))
      return ended("interrupted");
    if (on_progress_ && next % 8192 == 0) {
      on_progress_({result_.seen.size(), result_.transitions, result_.seen.size() - next, result_.depth,
                    bytes, seconds});
    }
    return false;
  }

  bool ended(const char* why) {
    result_.bound = why;
    return true;
  }

  const Model& model_;
  const ExploreOptions& options_;
  std::function<void(const Progress&)> on_progress_;
  Exploration result_;
  std::vector<std::byte> scratch_;
  std::vector<Transition> enabled_;
  Effects effects_;
  bool keep_graph_;
  StateId here_ = 0;
  std::optional<Transition> firing_;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

/// Explores everything that is reachable, or up to the options' bounds. `on_progress` may be empty.
template <TransitionSystem Model>
[[nodiscard]] Exploration explore(const Model& model, const ExploreOptions& options,
                                  std::function<void(const Progress&)> on_progress = {}) {
  return Explorer<Model>(model, options, std::move(on_progress)).run();
}

}  // namespace quiesce::checker
