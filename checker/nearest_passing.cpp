#include "checker/nearest_passing.hpp"

#include <algorithm>

#include "checker/check_system.hpp"
#include "checker/followed_run.hpp"
#include "checker/point_of_no_return.hpp"
#include "checker/replay.hpp"

namespace quiesce::checker {
namespace {

using Monitored = MonitoredModel<SystemModel>;
using State = std::vector<std::byte>;
using Kind = NearestPassing::Kind;

/// What the search brings: a beginning of the followed run, and how it goes on.
struct Passing {
  Kind kind = Kind::kUnknown;
  std::size_t beginning = 0;  ///< steps of the followed run
  bool farthest = false;
  std::vector<Transition> rest;
};

class PassingSearch {
 public:
  /// Without a property none may be violated.
  PassingSearch(const SystemModel& model, const FollowedRun& followed, std::optional<std::size_t> property,
                const NearestOptions& options)
      : model_(model), property_(property), options_(options) {
    for (std::size_t goal = 0; goal < model.goal_count(); ++goal) {
      if (counts(model.property_of_goal(goal))) sight_.goals.push_back(static_cast<std::uint16_t>(goal));
    }
    sight_.raised = [this](Finding finding) { return counts(finding.property); };
    sight_.in_state = [this](const std::byte* state) { return is_wrong(state); };
    sight_.finds_good_ends = true;
    walk_steps_ = 4 * followed.steps.size() + 400;
    note_states(followed);
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
    if (point.kind == PointOfNoReturn::Kind::kFromStart)
      return {at_end == Answer::kUnknown && last == 0 ? Kind::kUnknown : Kind::kNone, 0, false, {}};
    if (point.kind == PointOfNoReturn::Kind::kAtStep)
      return continued(point.step - 1, at_end == Answer::kNo || point.step < last);
    return point.first == 0 ? Passing{} : continued(point.first - 1, false);
  }

 private:
  [[nodiscard]] bool counts(std::size_t property) const { return !property_ || *property_ == property; }

  [[nodiscard]] bool is_wrong(const std::byte* state) const {
    Effects effects;
    check_alone(model_, state, effects);
    return std::any_of(effects.findings.begin(), effects.findings.end(),
                       [this](Finding finding) { return counts(finding.property); });
  }

  [[nodiscard]] SearchBudget new_budget() const {
    constexpr std::size_t kWalks = 20;
    SearchBudget budget;
    budget.states = options_.max_states;
    budget.states_at_once = options_.max_states / 4;
    budget.walks = kWalks;
    budget.walk_steps = walk_steps_;
    budget.interrupted = options_.interrupted;
    return budget;
  }

  /// The states of the followed run up to where something is violated, with what is known of its past.
  void note_states(const FollowedRun& followed) {
    std::vector<State> starts;
    model_.for_each_initial([&](const std::byte* state) {
      if (starts.size() <= followed.initial) starts.emplace_back(state, state + model_.state_bytes());
    });
    const Monitored monitored(model_, sight_, {starts.at(followed.initial)}, {}, {});
    State state = monitored.starts().front();
    states_.push_back(state);
    Effects effects;
    for (const Transition t : followed.steps) {
      if (is_wrong(state.data())) return;
      effects.clear();
      monitored.fire(state.data(), t, effects);
      if (monitored.has_seen(state.data())) return;
      states_.push_back(state);
    }
  }

  /// There is a way on from there; a short one is looked for.
  Passing continued(std::size_t beginning, bool farthest) {
    const Monitored monitored(model_, sight_, {states_[beginning]}, {}, {});
    SearchBudget budget = new_budget();
    const FoundRunOf found = RunSearch<SystemModel>(monitored, budget).short_run_to_good_end();
    if (found.answer != Answer::kYes) return {};
    return {Kind::kFound, beginning, farthest, found.run.steps};
  }

  const SystemModel& model_;
  std::optional<std::size_t> property_;
  NearestOptions options_;
  Sight sight_;
  std::size_t walk_steps_ = 0;
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

}  // namespace

NearestPassing find_nearest_passing(const ReportFinding& failing, const std::string& property,
                                    const StepMap& steps, const sim::System& passing,
                                    const NearestOptions& options) {
  const SystemModel model(passing);
  const FollowedRun followed = follow(failing.steps, steps, model);
  NearestPassing nearest;
  Passing found = PassingSearch(model, followed, std::nullopt, options).run();
  const auto own = find_property(passing, property);
  if (found.kind != Kind::kFound && own) {
    found = PassingSearch(model, followed, own, options).run();
    nearest.whole_variant = false;
  }
  nearest.kind = found.kind;
  if (found.kind != Kind::kFound) return nearest;
  nearest.farthest = found.farthest;
  Schedule schedule;
  schedule.model_hash = passing.hash;
  schedule.initial = followed.initial;
  schedule.steps.assign(followed.steps.begin(),
                        followed.steps.begin() + static_cast<std::ptrdiff_t>(found.beginning));
  schedule.steps.insert(schedule.steps.end(), found.rest.begin(), found.rest.end());
  nearest.schedule = encode(schedule);
  nearest.steps = Replay(passing, schedule, nullptr).steps;
  put_beside(followed, found.beginning, failing.steps.size(), nearest);
  return nearest;
}

}  // namespace quiesce::checker
