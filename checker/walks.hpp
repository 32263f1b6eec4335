// Random runs: what they meet is there, what they do not meet may be there too. Each run has its own random
// numbers, from the seed and the run's number, and of what they find the shortest run is kept: the result
// does not depend on which worker made which run.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "checker/exploration.hpp"
#include "checker/paths.hpp"
#include "checker/step_choice.hpp"
#include "checker/worker_crew.hpp"

namespace quiesce::checker {

/// A run that a walk went, up to what it met.
struct WalkedRun {
  Run run;
  std::uint64_t walk = 0;  ///< its number, from 0

  [[nodiscard]] bool is_better_than(const WalkedRun& other) const {
    return std::pair(run.steps.size(), walk) < std::pair(other.run.steps.size(), other.walk);
  }
};

struct Walks {
  std::map<Finding, WalkedRun> findings;
  std::uint64_t walks = 0;
  std::uint64_t steps = 0;   ///< of all walks
  std::uint64_t states = 0;  ///< looked at, each as often as a walk came by
  std::uint64_t longest = 0;
  std::uint64_t cut = 0;             ///< ended by the limit of steps
  std::vector<bool> has_moved;       ///< actors of which some transition was enabled
  std::optional<std::string> bound;  ///< what ended the search before all walks were made
  double seconds = 0;

  /// Puts in what another worker did.
  void add(Walks other) {
    walks += other.walks;
    steps += other.steps;
    states += other.states;
    longest = std::max(longest, other.longest);
    cut += other.cut;
    for (std::size_t i = 0; i < has_moved.size(); ++i) has_moved[i] = has_moved[i] || other.has_moved[i];
    for (auto& [finding, run] : other.findings) {
      const auto [known, is_new] = findings.try_emplace(finding, run);
      if (!is_new && run.is_better_than(known->second)) known->second = std::move(run);
    }
  }
};

/// One worker: makes walks, one after the other.
template <TransitionSystem Model, class Choice, class Look>
class Walker {
 public:
  Walker(const Model& model, Choice choice, const WalkOptions& options, Look& look)
      : model_(model), choice_(std::move(choice)), options_(options), look_(look) {
    result.has_moved.resize(model.actor_count());
    model_.for_each_initial([&](const std::byte* state) {
      initial_.insert(initial_.end(), state, state + model_.state_bytes());
    });
  }

  /// A walk that `stop` ends is not counted, but what it met is kept.
  template <class Stop>
  void walk(std::uint64_t number, Stop stop) {
    base::RandomNumbers random(options_.seed, number);
    begin(number, random);
    while (look_around() && walked_.run.steps.size() < options_.max_steps) {
      if (stop()) return;
      fire(choice_.choose(enabled_, random));
    }
    ++result.walks;
    if (goes_on_) ++result.cut;
    result.longest = std::max<std::uint64_t>(result.longest, walked_.run.steps.size());
  }

  Walks result;

 private:
  void begin(std::uint64_t number, base::RandomNumbers& random) {
    const std::size_t bytes = model_.state_bytes();
    walked_.walk = number;
    walked_.run.steps.clear();
    walked_.run.initial = static_cast<std::uint32_t>(random.below(initial_.size() / bytes));
    const auto from = initial_.begin() + static_cast<std::ptrdiff_t>(walked_.run.initial * bytes);
    state_.assign(from, from + static_cast<std::ptrdiff_t>(bytes));
    choice_.begin(random);
  }

  /// Whether the run can go on.
  bool look_around() {
    goes_on_ = false;
    ++result.states;
    effects_.clear();
    model_.check_state(state_.data(), effects_);
    note();
    enabled_.clear();
    const bool running = model_.classify(state_.data()) == StateClass::kRunning;
    if (running) model_.for_each_enabled(state_.data(), [&](Transition t) { enabled_.push_back(t); });
    look_(enabled_, running);
    if (!running) return false;
    bool way_on = false;
    bool observers = false;
    for (const Transition transition : enabled_) {
      result.has_moved[transition.actor] = true;
      const Fairness fairness = model_.fairness(state_.data(), transition);
      way_on = way_on || is_way_on(fairness);
      observers = observers || fairness == Fairness::kObserver;
    }
    bool over = enabled_.empty();
    if (!way_on && !model_.waits_for_time(state_.data())) {
      effects_.clear();
      const bool only_traffic = model_.report_stuck(state_.data(), effects_);
      over = over || (only_traffic && !observers);
      note();
    }
    goes_on_ = !over;
    return goes_on_;
  }

  void fire(Transition transition) {
    effects_.clear();
    model_.fire(state_.data(), transition, effects_);
    walked_.run.steps.push_back(transition);
    ++result.steps;
    note();
  }

  void note() {
    for (const Finding finding : effects_.findings) {
      const auto [known, is_new] = result.findings.try_emplace(finding, walked_);
      if (!is_new && walked_.is_better_than(known->second)) known->second = walked_;
    }
  }

  const Model& model_;
  Choice choice_;
  const WalkOptions& options_;
  Look& look_;
  std::vector<std::byte> initial_;  ///< the initial states, one after the other
  std::vector<std::byte> state_;
  std::vector<Transition> enabled_;
  Effects effects_;
  WalkedRun walked_;
  bool goes_on_ = false;
};

/// Makes `options.walks.walks` walks on `looks.size()` threads. `models` and `looks` have one entry for each
/// thread; a look is called in each state with what is enabled there, and whether the run
/// goes on there. `on_progress` may be empty.
//
// Walks come in rounds of a fixed size, so that a search that stops at its first finding stops after the same
// walks with any number of threads.
template <TransitionSystem Model, class Choice, class Look>
[[nodiscard]] Walks walk(std::vector<Model>& models, const Choice& choice, std::vector<Look>& looks,
                         const ExploreOptions& options,
                         const std::function<void(const Progress&)>& on_progress) {
  constexpr std::uint64_t kRound = 64;
  const auto started = std::chrono::steady_clock::now();
  const auto seconds = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  };
  std::atomic<const char*> bound{nullptr};
  const auto stop = [&] {
    if (options.interrupted != nullptr && options.interrupted->load(std::memory_order_relaxed))
      bound = "interrupted";
    if (seconds() > options.max_seconds) bound = "max_seconds";
    return bound.load(std::memory_order_relaxed) != nullptr;
  };
  Walks all;
  all.has_moved.resize(models.front().actor_count());
  WorkerCrew crew(static_cast<unsigned>(models.size()));
  for (std::uint64_t first = 0; first < options.walks.walks && !stop(); first += kRound) {
    const std::uint64_t end = std::min(first + kRound, options.walks.walks);
    std::atomic<std::uint64_t> next{first};
    std::mutex adding;
    crew.run([&](unsigned worker) {
      Walker<Model, Choice, Look> walker(models[worker], choice, options.walks, looks[worker]);
      for (std::uint64_t i = next++; i < end && !stop(); i = next++) walker.walk(i, stop);
      const std::lock_guard lock(adding);
      all.add(std::move(walker.result));
    });
    if (on_progress) on_progress({all.states, all.steps, 0, all.longest, 0, seconds()});
    if (options.first && !all.findings.empty() && end < options.walks.walks) bound = "first";
  }
  if (const char* which = bound.load()) all.bound = which;
  all.seconds = seconds();
  return all;
}

}  // namespace quiesce::checker
