#include "checker/explanation.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "checker/forcing_set.hpp"
#include "checker/point_of_no_return.hpp"
#include "checker/racing_steps.hpp"

namespace quiesce::checker {
namespace {

using Monitored = MonitoredModel<SystemModel>;
using State = std::vector<std::byte>;
using Orderings = ReportExplanation::Orderings;

/// What it means that a run fails, and so what it means to avoid that.
enum class FailureKind : std::uint8_t {
  kRaised,           ///< a finding is raised: avoided by a complete run on which it is not
  kNeverReached,     ///< `eventually`: avoided by a run that reaches the goal
  kCannotBeReached,  ///< `always_possible`: avoided as long as the goal can be reached
  kGoesRound,        ///< a cycle of fast steps: avoided as long as it can be left, or time can pass
};

FailureKind kind_of(const sim::System& system, const FoundRun& run) {
  switch (system.properties[run.finding.property].what) {
    case sim::PropertyKind::kEventually:
      return FailureKind::kNeverReached;
    case sim::PropertyKind::kAlwaysPossible:
      return FailureKind::kCannotBeReached;
    default:
      return run.schedule.cycle_start ? FailureKind::kGoesRound : FailureKind::kRaised;
  }
}

/// Something else than a fast step can happen, or the run may end.
bool can_leave_fast_steps(const SystemModel& model, const std::byte* state) {
  if (model.classify(state) != StateClass::kRunning) return true;
  bool can = false;
  model.for_each_enabled(state, [&](Transition t) {
    const Fairness fairness = model.fairness(state, t);
    can = can || fairness == Fairness::kTick || fairness == Fairness::kTime ||
          fairness == Fairness::kEnvironment || is_traffic(fairness);
  });
  return can;
}

/// Where each event of a run happens first; a cycle is gone round as often as matters.
std::map<Event, std::size_t> events_of(const SystemModel& model, const std::vector<State>& starts,
                                       const FoundRunOf& run) {
  std::vector<Transition> steps = run.run.steps;
  for (std::uint32_t round = 0; !run.cycle.empty() && round <= Monitored::kOccurrencesMax; ++round)
    steps.insert(steps.end(), run.cycle.begin(), run.cycle.end());
  std::map<Event, std::size_t> events;
  std::map<std::uint64_t, std::uint32_t> made;
  State state = starts[run.run.initial];
  Effects effects;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i] == Monitored::kSees) continue;
    const std::uint64_t step = step_name(model.system(), state.data(), steps[i]);
    events.emplace(Event{step, ++made[step]}, i);
    effects.clear();
    model.fire(state.data(), steps[i], effects);
  }
  return events;
}

class FailureExplainer {
 public:
  FailureExplainer(const sim::System& system, const FoundRun& found, const ExplainOptions& options)
      : model_(system), found_(found), kind_(kind_of(system, found)), options_(options) {
    run_ = steps_of(model_, found.schedule);
    for (std::size_t goal = 0; goal < model_.goal_count(); ++goal) {
      if (model_.property_of_goal(goal) == found.finding.property) goal_ = static_cast<std::uint16_t>(goal);
    }
    if (kind_ == FailureKind::kRaised) forget_what_comes_after();
  }

  ReportExplanation run() {
    ReportExplanation report;
    budget_ = new_budget();
    find_point_of_no_return(report);
    if (options_.detail != ExplanationDetail::kFull || kind_ == FailureKind::kGoesRound) return report;
    budget_ = new_budget();
    find_orderings(report);
    return report;
  }

 private:
  static constexpr std::size_t kWalksBeforeSearch = 20;
  static constexpr std::size_t kSampledRuns = 40;
  static constexpr std::size_t kRacesMax = 400;

  /// A schedule that somebody wrote may go on where the finding was raised.
  void forget_what_comes_after() {
    std::size_t end = 0;
    while (end < run_.steps.size() && !fails_in(model_, run_.states[end].data(), found_.finding)) {
      const std::vector<Finding>& raised = run_.steps[end++].raised;
      if (std::find(raised.begin(), raised.end(), found_.finding) != raised.end()) break;
    }
    run_.steps.resize(end);
    run_.states.resize(end + 1);
  }

  [[nodiscard]] SearchBudget new_budget() const {
    SearchBudget budget;
    budget.states = options_.max_states / 2;
    budget.states_at_once = options_.max_states / 4;
    budget.walks = kWalksBeforeSearch;
    budget.walk_steps = 4 * run_.steps.size() + 200;
    budget.interrupted = options_.interrupted;
    return budget;
  }

  [[nodiscard]] Sight sight(bool of_whole_run) const {
    Sight sight;
    switch (kind_) {
      case FailureKind::kRaised:
        sight.raised = [this](Finding raised) { return raised == found_.finding; };
        sight.in_state = [this](const std::byte* state) { return fails_in(model_, state, found_.finding); };
        return sight;
      case FailureKind::kGoesRound:
        sight.in_state = [this](const std::byte* state) { return can_leave_fast_steps(model_, state); };
        return sight;
      case FailureKind::kNeverReached:
      case FailureKind::kCannotBeReached:
        sight.in_state = [this](const std::byte* state) { return model_.goal_holds(goal_, state); };
        sight.ends_run = !of_whole_run;
        sight.after_orderings = kind_ == FailureKind::kCannotBeReached;
        return sight;
    }
    return sight;
  }

  [[nodiscard]] Monitored monitored(std::vector<State> starts, const std::vector<Ordering>& orderings,
                                    bool of_whole_run) const {
    const auto step_of = [this](const std::byte* state, Transition t) {
      return step_name(model_.system(), state, t);
    };
    return Monitored(model_, sight(of_whole_run), std::move(starts), orderings, step_of);
  }

  /// A run that satisfies the orderings and does not fail.
  [[nodiscard]] FoundRunOf good_run(const Monitored& model) {
    RunSearch<SystemModel> search(model, budget_);
    return kind_ == FailureKind::kRaised ? search.run_without() : search.run_with();
  }

  /// Looks at what chance finds alone.
  [[nodiscard]] Answer chance_run(const Monitored& model) {
    SearchBudget budget = budget_;
    budget.states_at_once = 0;
    RunSearch<SystemModel> search(model, budget);
    const FoundRunOf run = kind_ == FailureKind::kRaised ? search.run_without() : search.run_with();
    return run.answer;
  }

  void find_point_of_no_return(ReportExplanation& report) {
    const PointOfNoReturn point = checker::find_point_of_no_return(
        run_.steps.size(), kind_ == FailureKind::kRaised || kind_ == FailureKind::kCannotBeReached,
        [&](std::size_t position, bool completely) {
          const Monitored model = monitored({run_.states[position]}, {}, false);
          return completely ? good_run(model).answer : chance_run(model);
        });
    report.lost = static_cast<ReportExplanation::Lost>(point.kind);
    report.lost_at = point.step;
    report.lost_from = point.first;
  }

  void find_orderings(ReportExplanation& report) {
    std::vector<State> starts;
    model_.for_each_initial(
        [&](const std::byte* state) { starts.emplace_back(state, state + model_.state_bytes()); });
    force_from(starts, report);
    if (report.forced_by != Orderings::kNone || starts.size() == 1) return;
    force_from({starts[found_.schedule.initial]}, report);
    report.same_start = report.forced_by >= Orderings::kSmallest;
  }

  void force_from(const std::vector<State>& starts, ReportExplanation& report) {
    std::vector<std::map<Event, std::size_t>> good;
    const Monitored free = monitored(starts, {}, true);
    for (const FoundRunOf& run :
         RunSearch<SystemModel>(free, budget_).some_runs(kSampledRuns, kind_ != FailureKind::kRaised))
      good.push_back(events_of(model_, starts, run));
    if (good.empty()) {
      const FoundRunOf rare = good_run(free);
      if (rare.answer == Answer::kYes) good.push_back(events_of(model_, starts, rare));
    }
    // What only happens where things go wrong says nothing about how it comes to that.
    std::vector<RacingSteps> races = racing_steps(run_);
    std::erase_if(races, [&](const RacingSteps& race) {
      return !happens(race.earlier, good) || !happens(race.later, good);
    });
    report.forced_by = Orderings::kUnknown;
    if (races.size() > kRacesMax) return;
    force_with(races, starts, good, report);
  }

  [[nodiscard]] bool happens(std::size_t step, const std::vector<std::map<Event, std::size_t>>& runs) const {
    return std::any_of(runs.begin(), runs.end(),
                       [&](const auto& events) { return events.contains(run_.steps[step].event); });
  }

  [[nodiscard]] std::vector<std::size_t> missed_by(const std::map<Event, std::size_t>& events,
                                                   const std::vector<RacingSteps>& races) const {
    std::vector<std::size_t> missed;
    for (std::size_t i = 0; i < races.size(); ++i) {
      const auto earlier = events.find(run_.steps[races[i].earlier].event);
      const auto later = events.find(run_.steps[races[i].later].event);
      const bool satisfied =
          earlier != events.end() && later != events.end() && earlier->second < later->second;
      if (!satisfied) missed.push_back(i);
    }
    return missed;
  }

  void force_with(const std::vector<RacingSteps>& races, const std::vector<State>& starts,
                  const std::vector<std::map<Event, std::size_t>>& good, ReportExplanation& report) {
    std::vector<std::vector<std::size_t>> known;
    for (const auto& events : good) known.push_back(missed_by(events, races));
    const auto ask = [&](const std::vector<std::size_t>& chosen) {
      std::vector<Ordering> orderings;
      for (const std::size_t i : chosen)
        orderings.push_back({run_.steps[races[i].earlier].event, run_.steps[races[i].later].event});
      // Small sets leave the most to search, and are few.
      budget_.states_at_once = budget_.states / (chosen.size() <= 4 ? 3 : 8);
      const FoundRunOf run = good_run(monitored(starts, orderings, true));
      ForcingAnswer answer;
      if (run.answer == Answer::kNo) answer.forces = Answer::kYes;
      if (run.answer != Answer::kYes) return answer;
      answer.forces = Answer::kNo;
      answer.missed = missed_by(events_of(model_, starts, run), races);
      return answer;
    };
    const ForcingSet set = find_forcing_set(races.size(), std::move(known), ask);
    constexpr auto kFirst = static_cast<int>(Orderings::kUnknown);
    report.forced_by = static_cast<Orderings>(kFirst + static_cast<int>(set.kind));
    for (const std::size_t i : set.members) report.orderings.push_back(reported(races[i]));
  }

  [[nodiscard]] ReportOrdering reported(const RacingSteps& race) const {
    return {race.earlier + 1, race.later + 1, run_.steps[race.earlier].event.occurrence,
            run_.steps[race.later].event.occurrence};
  }

  SystemModel model_;
  const FoundRun& found_;
  FailureKind kind_;
  ExplainOptions options_;
  std::uint16_t goal_ = 0;
  StepsOfRun run_;
  SearchBudget budget_;
};

}  // namespace

std::uint64_t default_explanation_states(std::uint64_t states, std::size_t runs) {
  constexpr std::uint64_t kLeast = 50'000;
  constexpr std::uint64_t kMost = 400'000;
  return std::clamp(states / 3 / std::max<std::size_t>(1, runs), kLeast, kMost);
}

ReportExplanation explain_failure(const sim::System& system, const FoundRun& run,
                                  const ExplainOptions& options) {
  QUIESCE_ASSERT(options.detail != ExplanationDetail::kNone, "nothing is to be explained");
  return FailureExplainer(system, run, options).run();
}

}  // namespace quiesce::checker
