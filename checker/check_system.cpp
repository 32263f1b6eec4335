#include "checker/check_system.hpp"

#include "checker/calmest_run.hpp"
#include "checker/explore.hpp"
#include "checker/liveness.hpp"
#include "checker/profile_system.hpp"
#include "checker/some_runs.hpp"
#include "checker/system_model.hpp"

namespace quiesce::checker {
namespace {

class Checker {
 public:
  Checker(const sim::System& system, const ExploreOptions& options,
          const std::function<void(const Progress&)>& on_progress)
      : system_(system),
        options_(options),
        model_(system, options.reductions),
        exploration_(explore(model_, options, on_progress)) {}

  Outcome run() {
    outcome_.properties.resize(system_.properties.size());
    CalmestRuns<SystemModel> runs(model_, exploration_);
    for (const auto& [finding, seen] : exploration_.findings) {
      violate(finding, runs.to(seen));
    }
    runs_ = &runs;
    if (exploration_.complete()) {
      for (std::size_t goal = 0; goal < model_.goal_count(); ++goal)
        answer_goal(static_cast<std::uint16_t>(goal));
      if (model_.checks_livelock()) answer_livelock();
    } else {
      leave_open(outcome_);
    }
    count_states(outcome_, exploration_);
    if (!exploration_.complete() || options_.profile)
      keep_seen(outcome_, [&] { return look_again(model_, exploration_, options_); });
    return std::move(outcome_);
  }

 private:
  void violate(Finding finding, const Run& shown, const std::vector<Transition>& cycle = {}) {
    FoundRun run;
    run.finding = finding;
    run.schedule.model_hash = system_.hash;
    run.schedule.initial = shown.initial;
    run.schedule.steps = shown.steps;
    if (!cycle.empty()) run.schedule.cycle_start = shown.steps.size();
    run.schedule.steps.insert(run.schedule.steps.end(), cycle.begin(), cycle.end());
    outcome_.properties[finding.property].status = Status::kViolated;
    outcome_.properties[finding.property].runs.push_back(std::move(run));
  }

  void violate(Finding finding, StateId state, const std::vector<Transition>& cycle = {}) {
    violate(finding, runs_->to({{state, std::nullopt}}), cycle);
  }

  void answer_goal(std::uint16_t goal) {
    const std::uint16_t property = model_.property_of_goal(goal);
    const std::size_t n = exploration_.states();
    StateReader states(*exploration_.store, model_.state_bytes());
    std::vector<bool> reached(n);
    std::vector<bool> ends(n);
    for (StateId s = 0; s < n; ++s) {
      reached[s] = model_.goal_holds(goal, states.at(s));
      ends[s] = exploration_.may_rest[s] != 0 || exploration_.classes[s] != StateClass::kRunning;
    }
    const Finding finding{property, 0};
    if (model_.goal_kind(goal) == GoalKind::kAlwaysPossible) {
      if (const auto trap = find_trap(exploration_.graph, reached)) violate(finding, *trap);
      return;
    }
    const auto bad = find_run_without(exploration_.graph, exploration_.initial_states, reached, ends);
    if (bad) violate(finding, bad->state, bad->cycle);
  }

  void answer_livelock() {
    const auto bad = find_livelock(exploration_.graph);
    if (!bad) return;
    StateReader states(*exploration_.store, model_.state_bytes());
    const Finding finding = model_.livelock_cause(states.at(bad->state));
    violate(finding, bad->state, bad->cycle);
  }

  const sim::System& system_;
  const ExploreOptions& options_;
  SystemModel model_;
  Exploration exploration_;
  CalmestRuns<SystemModel>* runs_ = nullptr;
  Outcome outcome_;
};

std::vector<std::byte> initial_state(const sim::System& system, std::uint32_t wanted) {
  std::vector<std::byte> found;
  std::uint32_t number = 0;
  sim::for_each_initial(system, [&](const std::byte* state) {
    if (number++ == wanted) found.assign(state, state + system.layout.bytes);
  });
  return found;
}

bool is_enabled(const SystemModel& model, const std::byte* state, Transition wanted) {
  bool found = false;
  model.for_each_enabled(state, [&](Transition t) { found = found || t == wanted; });
  return found;
}

}  // namespace

Outcome check(const sim::System& system, const ExploreOptions& options,
              const std::function<void(const Progress&)>& on_progress) {
  switch (options.mode) {
    case SearchMode::kBreadthFirst:
      break;
    case SearchMode::kContexts:
      return check_by_contexts(system, options, on_progress);
    case SearchMode::kRandom:
    case SearchMode::kPriorities:
      return check_by_walks(system, options, on_progress);
  }
  return Checker(system, options, on_progress).run();
}

bool replays(const sim::System& system, const Schedule& schedule, std::string& error) {
  if (schedule.model_hash != system.hash) {
    error = "this schedule belongs to another version of the variant: check it again to get a new one";
    return false;
  }
  const SystemModel model(system);
  std::vector<std::byte> state = initial_state(system, schedule.initial);
  if (state.empty()) {
    error = "the schedule names an initial state that does not exist";
    return false;
  }
  Effects effects;
  for (std::size_t i = 0; i < schedule.steps.size(); ++i) {
    if (!is_enabled(model, state.data(), schedule.steps[i])) {
      error = "step " + std::to_string(i + 1) + " of the schedule is not possible there";
      return false;
    }
    effects.clear();
    model.fire(state.data(), schedule.steps[i], effects);
  }
  return true;
}

}  // namespace quiesce::checker
