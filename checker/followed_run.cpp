#include "checker/followed_run.hpp"

#include <algorithm>
#include <set>

#include "sim/describe.hpp"

namespace quiesce::checker {
namespace {

using State = std::vector<std::byte>;

/// States that are looked at to find out what has to be put in before one step, and before all of them.
constexpr std::size_t kLookaheadStates = 2000;
constexpr std::size_t kAllLookaheadStates = 50'000;

/// Whether somebody's program has the step; else hardware, schedulers or clocks make it.
bool is_of_program(const ReportStep& step) { return !step.location.empty() || step.lane == "rules"; }
bool is_of_program(const sim::MoveText& text) { return !text.location.empty() || text.lane == "rules"; }

class Follower {
 public:
  Follower(const std::vector<ReportStep>& run, const StepMap& steps, const SystemModel& other)
      : run_(run), steps_(steps), other_(other) {}

  FollowedRun from(std::uint32_t number, const std::byte* initial) {
    followed_ = {};
    followed_.initial = number;
    state_.assign(initial, initial + other_.state_bytes());
    for (const ReportStep& step : run_) {
      if (!steps_.is_in_b(step.location, step.call_chain)) continue;
      const bool made = make(step) || (is_of_program(step) && make_after_others(step));
      if (!made && is_of_program(step)) break;
    }
    return std::move(followed_);
  }

 private:
  [[nodiscard]] sim::MoveText text_of(const State& state, Transition t) const {
    return sim::describe(other_.system(), state.data(), {t.actor, t.choice});
  }

  [[nodiscard]] std::vector<Transition> enabled(const State& state) const {
    std::vector<Transition> all;
    if (other_.classify(state.data()) == StateClass::kRunning)
      other_.for_each_enabled(state.data(), [&](Transition t) { all.push_back(t); });
    return all;
  }

  [[nodiscard]] bool makes_again(const sim::MoveText& text, const ReportStep& step) const {
    if (text.actor != step.actor || text.text != step.text) return false;
    if (step.location.empty()) return text.location.empty() && text.lane == step.lane;
    return steps_.to_b(step.location) == text.location;
  }

  [[nodiscard]] std::optional<Transition> find(const State& state, const ReportStep& step) const {
    for (const Transition t : enabled(state)) {
      if (makes_again(text_of(state, t), step)) return t;
    }
    return std::nullopt;
  }

  void fire(Transition t, std::size_t makes) {
    Effects effects;
    other_.fire(state_.data(), t, effects);
    followed_.steps.push_back(t);
    followed_.makes.push_back(makes);
  }

  bool make(const ReportStep& step) {
    const auto found = find(state_, step);
    if (found) fire(*found, step.number);
    return found.has_value();
  }

  /// Whether it may be put in: nobody of the program decided it, or only this program has it.
  [[nodiscard]] bool may_be_put_in(const State& state, Transition t) const {
    if (other_.fairness(state.data(), t) == Fairness::kObserver) return false;
    const sim::MoveText text = text_of(state, t);
    return !is_of_program(text) || !steps_.is_in_a(text.location, text.call_chain);
  }

  /// Breadth first, so that as few steps as possible are put in.
  bool make_after_others(const ReportStep& step) {
    struct Node {
      State state;
      std::size_t parent;
      Transition by;
    };
    std::vector<Node> nodes{{state_, 0, {}}};
    std::set<State> known{state_};
    for (std::size_t at = 0; at < nodes.size() && nodes.size() < kLookaheadStates && lookahead_ > 0; ++at) {
      --lookahead_;
      for (const Transition t : enabled(nodes[at].state)) {
        if (!may_be_put_in(nodes[at].state, t)) continue;
        State next = nodes[at].state;
        Effects effects;
        other_.fire(next.data(), t, effects);
        if (!known.insert(next).second) continue;
        nodes.push_back({std::move(next), at, t});
        if (!find(nodes.back().state, step)) continue;
        std::vector<Transition> put_in;
        for (std::size_t i = nodes.size() - 1; i != 0; i = nodes[i].parent) put_in.push_back(nodes[i].by);
        std::reverse(put_in.begin(), put_in.end());
        for (const Transition one : put_in) fire(one, 0);
        return make(step);
      }
    }
    return false;
  }

  const std::vector<ReportStep>& run_;
  const StepMap& steps_;
  const SystemModel& other_;
  State state_;
  FollowedRun followed_;
  std::size_t lookahead_ = kAllLookaheadStates;  ///< left, for all initial states
};

std::size_t made(const FollowedRun& run) {
  return run.makes.size() - static_cast<std::size_t>(std::count(run.makes.begin(), run.makes.end(), 0U));
}

}  // namespace

FollowedRun follow(const std::vector<ReportStep>& run, const StepMap& steps, const SystemModel& other) {
  std::optional<FollowedRun> best;
  std::uint32_t number = 0;
  Follower follower(run, steps, other);
  other.for_each_initial([&](const std::byte* initial) {
    FollowedRun one = follower.from(number++, initial);
    if (!best || made(one) > made(*best)) best = std::move(one);
  });
  return best.value_or(FollowedRun{});
}

}  // namespace quiesce::checker
