#include "checker/nearest_passing.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "checker/check_system.hpp"
#include "checker/followed_run.hpp"
#include "checker/point_of_no_return.hpp"
#include "checker/replay.hpp"

namespace quiesce::checker {
namespace {

using Monitored = MonitoredModel<SystemModel>;
using State = std::vector<std::byte>;

/// What the search brings: a beginning of the followed run, and how it goes on.
struct Passing {
  NearestPassing::Kind kind = NearestPassing::Kind::kUnknown;
  std::size_t beginning = 0;  ///< steps of the followed run
  bool farthest = false;
  std::vector<Transition> rest;
};

class PassingSearch {
 public:
  /// `counts` says of each property whether it must not be violated.
  PassingSearch(const SystemModel& model, const FollowedRun& followed, std::vector<bool> counts,
                const NearestOptions& options)
      : model_(model), followed_(followed), sight_(sight_of(std::move(counts))), options_(options) {
    states_ = states_of(sight_);
  }

  Passing run() {
    SearchBudget budget = new_budget();
    const auto ask = [&](std::size_t position, bool completely) {
      const Monitored monitored(model_, sight_, {states_[position]}, {}, {});
      SearchBudget some = budget;
      if (!completely) some.states_at_once = 0;
      RunSearch<SystemModel> search(monitored, some);
      const Answer answer = search.run_to_good_end().answer;
      budget.states = some.states;
      return answer;
    };
    const std::size_t last = states_.size() - 1;
    const Answer at_end = ask(last, true);
    if (at_end == Answer::kYes) return continued(last, true);
    const PointOfNoReturn point = find_point_of_no_return(last, true, ask);
    if (point.kind == PointOfNoReturn::Kind::kFromStart) {
      const bool open = at_end == Answer::kUnknown && last == 0;
      return {open ? NearestPassing::Kind::kUnknown : NearestPassing::Kind::kNone, 0, false, {}};
    }
    if (point.kind == PointOfNoReturn::Kind::kAtStep)
      return continued(point.step - 1, at_end == Answer::kNo || point.step < last);
    return point.first == 0 ? Passing{} : continued(point.first - 1, false);
  }

 private:
  [[nodiscard]] Sight sight_of(std::vector<bool> counts) const {
    Sight sight;
    for (std::size_t goal = 0; goal < model_.goal_count(); ++goal) {
      if (counts[model_.property_of_goal(goal)]) sight.goals.push_back(static_cast<std::uint16_t>(goal));
    }
    sight.raised = [counts](Finding finding) { return counts[finding.property]; };
    sight.in_state = [this, counts = std::move(counts)](const std::byte* state) {
      Effects effects;
      check_alone(model_, state, effects);
      return std::any_of(effects.findings.begin(), effects.findings.end(),
                         [&](Finding finding) { return counts[finding.property]; });
    };
    sight.finds_good_ends = true;
    return sight;
  }

  [[nodiscard]] SearchBudget new_budget() const {
    constexpr std::size_t kWalks = 20;
    SearchBudget budget;
    budget.states = options_.max_states;
    budget.states_at_once = options_.max_states / 4;
    budget.walks = kWalks;
    budget.walk_steps = 4 * followed_.steps.size() + 400;
    budget.interrupted = options_.interrupted;
    return budget;
  }

  /// The states of the followed run up to where something is seen, with what is known of their past.
  [[nodiscard]] std::vector<State> states_of(const Sight& sight) const {
    std::vector<State> starts;
    model_.for_each_initial([&](const std::byte* state) {
      if (starts.size() <= followed_.initial) starts.emplace_back(state, state + model_.state_bytes());
    });
    const Monitored monitored(model_, sight, {starts.at(followed_.initial)}, {}, {});
    State state = monitored.starts().front();
    std::vector<State> states{state};
    Effects effects;
    for (const Transition t : followed_.steps) {
      if (sight.in_state(state.data())) break;
      effects.clear();
      monitored.fire(state.data(), t, effects);
      if (monitored.has_seen(state.data())) break;
      states.push_back(state);
    }
    return states;
  }

  /// There is a way on from there; a short one is looked for, and first one on which nothing goes wrong at
  /// all.
  Passing continued(std::size_t beginning, bool farthest) {
    const Sight clean = sight_of(std::vector<bool>(model_.system().properties.size(), true));
    const std::vector<State> clean_states = states_of(clean);
    if (beginning < clean_states.size()) {
      const FoundRunOf found = short_run(clean, clean_states[beginning]);
      if (found.answer == Answer::kYes)
        return {NearestPassing::Kind::kFound, beginning, farthest, found.run.steps};
    }
    const FoundRunOf found = short_run(sight_, states_[beginning]);
    if (found.answer != Answer::kYes) return {};
    return {NearestPassing::Kind::kFound, beginning, farthest, found.run.steps};
  }

  [[nodiscard]] FoundRunOf short_run(const Sight& sight, const State& from) const {
    const Monitored monitored(model_, sight, {from}, {}, {});
    SearchBudget budget = new_budget();
    return RunSearch<SystemModel>(monitored, budget).short_run_to_good_end();
  }

  const SystemModel& model_;
  const FollowedRun& followed_;
  Sight sight_;
  NearestOptions options_;
  std::vector<State> states_;
};

/// Both runs beside each other: what was followed pair by pair, and behind it the rest of both.
void put_beside(const FollowedRun& followed, std::size_t beginning, std::size_t failing_steps,
                NearestPassing& nearest) {
  std::size_t failing = 0;
  for (std::size_t i = 0; i < beginning; ++i) {
    const std::size_t makes = followed.makes[i];
    if (makes != 0) {
      while (failing + 1 < makes) nearest.rows.push_back({++failing, 0});
      failing = makes;
      ++nearest.followed;
    }
    nearest.rows.push_back({makes, i + 1});
  }
  nearest.parts = nearest.rows.size();
  std::size_t passing = beginning;
  while (failing < failing_steps || passing < nearest.steps.size()) {
    nearest.rows.push_back(
        {failing < failing_steps ? ++failing : 0, passing < nearest.steps.size() ? ++passing : 0});
  }
}

/// What a run violates up to its end.
std::vector<std::string> violated_by(const SystemModel& model, const Schedule& schedule) {
  const sim::System& system = model.system();
  std::set<std::string> names;
  std::uint32_t number = 0;
  State state;
  model.for_each_initial([&](const std::byte* start) {
    if (number++ == schedule.initial) state.assign(start, start + model.state_bytes());
  });
  std::set<std::uint16_t> reached;
  const auto look = [&](Effects& effects) {
    check_alone(model, state.data(), effects);
    for (const Finding finding : effects.findings) names.insert(system.properties[finding.property].name);
    for (std::uint16_t goal = 0; goal < model.goal_count(); ++goal) {
      if (model.goal_holds(goal, state.data())) reached.insert(goal);
    }
  };
  Effects effects;
  look(effects);
  for (const Transition t : schedule.steps) {
    effects.clear();
    model.fire(state.data(), t, effects);
    look(effects);
  }
  for (std::uint16_t goal = 0; goal < model.goal_count(); ++goal) {
    const bool eventually = model.goal_kind(goal) == GoalKind::kEventually;
    if (eventually ? !reached.contains(goal) : !model.goal_holds(goal, state.data()))
      names.insert(system.properties[model.property_of_goal(goal)].name);
  }
  return {names.begin(), names.end()};
}

/// Of each property whether it must not be violated: not where both variants do, but for the finding's own.
std::vector<bool> which_count(const sim::System& system, const std::string& property,
                              const std::set<std::string>& common) {
  std::vector<bool> counts;
  for (const sim::Property& one : system.properties)
    counts.push_back(one.name == property || !common.contains(one.name));
  return counts;
}

}  // namespace

NearestPassing find_nearest_passing(const ReportFinding& failing, const std::string& property,
                                    const StepMap& steps, const sim::System& passing,
                                    const NearestOptions& options) {
  const SystemModel model(passing);
  const FollowedRun followed = follow(failing.steps, steps, model);
  NearestPassing nearest;
  Passing found =
      PassingSearch(model, followed, which_count(passing, property, options.common), options).run();
  if (found.kind != NearestPassing::Kind::kFound) {
    std::vector<bool> own(passing.properties.size());
    if (const auto index = find_property(passing, property)) own[*index] = true;
    found = PassingSearch(model, followed, own, options).run();
  }
  nearest.kind = found.kind;
  if (found.kind != NearestPassing::Kind::kFound) return nearest;
  nearest.farthest = found.farthest;
  Schedule schedule;
  schedule.model_hash = passing.hash;
  schedule.initial = followed.initial;
  schedule.steps.assign(followed.steps.begin(),
                        followed.steps.begin() + static_cast<std::ptrdiff_t>(found.beginning));
  schedule.steps.insert(schedule.steps.end(), found.rest.begin(), found.rest.end());
  nearest.schedule = encode(schedule);
  nearest.violates = violated_by(model, schedule);
  nearest.steps = Replay(passing, schedule, nullptr).steps;
  put_beside(followed, found.beginning, failing.steps.size(), nearest);
  return nearest;
}

}  // namespace quiesce::checker
