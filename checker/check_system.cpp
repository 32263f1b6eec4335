#include "checker/check_system.hpp"

#include "checker/applicable_reductions.hpp"
#include "checker/calmest_run.hpp"
#include "checker/explore.hpp"
#include "checker/liveness.hpp"
#include "checker/minimise.hpp"
#include "checker/profile_system.hpp"
#include "checker/renamed_runs.hpp"
#include "checker/some_runs.hpp"
#include "checker/system_model.hpp"
#include "checker/taken_steps.hpp"

namespace quiesce::checker {
namespace {

class Checker {
 public:
  Checker(const sim::System& system, const SystemModel& model, const ExploreOptions& options,
          const std::function<void(const Progress&)>& on_progress, LayersByLength layers = {})
      : system_(system),
        options_(options),
        model_(model),
        exploration_(explore(model_, options, on_progress, layers)) {}

  [[nodiscard]] const Exploration& exploration() const { return exploration_; }

  Outcome run() {
    outcome_.properties.resize(system_.properties.size());
    CalmestRuns<SystemModel> runs(model_, exploration_);
    runs_ = &runs;
    for (const auto& [finding, seen] : exploration_.findings) {
      if (model_.reductions().symmetry) {
        violate_under_all_names(finding, seen);
      } else {
        violate(finding, runs.to(seen));
      }
    }
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
    if (options_.taken) outcome_.taken = steps_to_an_end(model_, exploration_);
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

  void violate(Finding finding, const BadRun& bad, const CycleRule& rule) {
    const Run stem = runs_->to({{bad.state, std::nullopt}});
    if (bad.cycle.empty()) {
      violate(finding, stem);
    } else {
      violate(finding, stem, Minimiser<SystemModel>(model_).cycle(stem, bad.cycle, rule));
    }
  }

  [[nodiscard]] FoundRun* found(Finding finding) {
    std::vector<FoundRun>& runs = outcome_.properties[finding.property].runs;
    const auto at =
        std::find_if(runs.begin(), runs.end(), [&](const FoundRun& run) { return run.finding == finding; });
    return at == runs.end() ? nullptr : &*at;
  }

  /// The search met the finding under one of several names; the shortest run to each name counts.
  void violate_under_all_names(Finding met, const std::vector<Occurrence>& seen) {
    constexpr std::size_t kRenamingsMax = 20000;
    const RenamedRuns renamed(model_);
    const auto add = [&](const std::vector<Occurrence>& occurrences) {
      const bool in_state = !occurrences.front().transition;
      for (const auto& [finding, run] : renamed.of(runs_->to(occurrences), met.property, in_state)) {
        FoundRun* known = found(finding);
        if (known == nullptr) {
          violate(finding, run);
        } else if (run.steps.size() < known->schedule.steps.size()) {
          known->schedule.steps = run.steps;
          known->schedule.initial = run.initial;
        }
      }
    };
    add(seen);
    StateReader states(*exploration_.store, model_.state_bytes());
    std::size_t renamings = 0;
    for (const Occurrence& occurrence : seen) {
      renamings += model_.symmetry()->permutations().size();
      if (found(met) != nullptr && renamings > kRenamingsMax) return;
      const std::vector<Finding> more =
          renamed.of(states.at(occurrence.state), occurrence.transition, met.property);
      if (!std::all_of(more.begin(), more.end(), [&](Finding finding) { return found(finding) != nullptr; }))
        add({occurrence});
    }
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
      if (const auto trap = find_trap(exploration_.graph, reached)) violate(finding, {*trap, {}}, {});
      return;
    }
    const auto bad = find_run_without(exploration_.graph, exploration_.initial_states, reached, ends);
    const CycleRule rule{[&](const std::byte* state) { return !model_.goal_holds(goal, state); }, false};
    if (bad) violate(finding, *bad, rule);
  }

  void answer_livelock() {
    const auto bad = find_livelock(exploration_.graph);
    if (!bad) return;
    StateReader states(*exploration_.store, model_.state_bytes());
    const Finding finding = model_.livelock_cause(states.at(bad->state));
    violate(finding, *bad, {{}, true});
  }

  const sim::System& system_;
  const ExploreOptions& options_;
  const SystemModel& model_;
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

ExploreOptions options_for(const sim::Node& document, const ExploreOptions& options) {
  ExploreOptions some = options;
  const sim::Node* counts = document.find("counts");
  if (counts != nullptr && !counts->is_null()) some.reductions = {};
  return some;
}

namespace {

/// The longest of the runs that show a finding; 0 without findings.
std::uint64_t longest_run(const Outcome& outcome) {
  std::uint64_t longest = 0;
  for (const PropertyOutcome& property : outcome.properties) {
    for (const FoundRun& run : property.runs)
      longest = std::max<std::uint64_t>(longest, run.schedule.steps.size());
  }
  return longest;
}

void take_shorter_runs(const Outcome& from, Outcome& outcome) {
  for (std::size_t i = 0; i < outcome.properties.size(); ++i) {
    for (FoundRun& run : outcome.properties[i].runs) {
      for (const FoundRun& other : from.properties[i].runs) {
        if (other.finding == run.finding && other.schedule.steps.size() < run.schedule.steps.size())
          run.schedule = other.schedule;
      }
    }
  }
}

/// Stubborn sets may lead to a finding by a longer way than need be. What is nearer is searched without them,
/// up to some states more than they needed.
void look_for_shorter_runs(const sim::System& system, const ExploreOptions& options, Reductions reductions,
                           Outcome& outcome, std::vector<std::string>& notes) {
  constexpr std::uint64_t kFewStates = 100'000;
  const std::uint64_t longest = longest_run(outcome);
  if (longest == 0) return;
  reductions.stubborn_sets = false;
  const SystemModel whole(system, reductions);
  ExploreOptions bounded = options;
  bounded.max_states = std::min(options.max_states, std::max(4 * outcome.states, kFewStates));
  bounded.max_seconds = options.max_seconds - outcome.seconds;
  bounded.profile = bounded.taken = false;
  Checker checker(system, whole, bounded, {}, LayersByLength(longest));
  const auto& bound = checker.exploration().bound;
  const bool complete = !bound || *bound == LayersByLength::kBound;
  outcome.seconds += checker.exploration().seconds;
  take_shorter_runs(checker.run(), outcome);
  notes.emplace_back(complete ? "runs to findings searched without stubborn sets: they are the shortest"
                              : "runs to findings may be longer than need be: too many states are nearer");
}

/// Searches again without a reduction that turned out not to preserve what is asked.
Outcome check_all(const sim::System& system, const ExploreOptions& options,
                  const std::function<void(const Progress&)>& on_progress) {
  std::vector<std::string> notes;
  auto model = std::make_unique<SystemModel>(system, options.reductions);
  Reductions reductions = applicable(*model, options.reductions, notes);
  if (options.taken) reductions.stubborn_sets = false;
  double seconds_before = 0;
  while (true) {
    if (reductions != model->reductions()) model = std::make_unique<SystemModel>(system, reductions);
    Checker checker(system, *model, options, on_progress);
    if (reductions.symmetry && checker.exploration().complete() &&
        depends_on_fairness(*model, checker.exploration())) {
      reductions.symmetry = false;
      notes.emplace_back(
          "symmetry given up: runs can go in circles, and which of them are fair depends on names");
      seconds_before += checker.exploration().seconds;
      continue;
    }
    Outcome outcome = checker.run();
    outcome.assumptions = model->assumptions();
    if (model->has_stubborn_sets()) look_for_shorter_runs(system, options, reductions, outcome, notes);
    outcome.seconds += seconds_before;
    outcome.reductions = std::move(notes);
    return outcome;
  }
}

}  // namespace

Outcome check(const sim::System& system, const ExploreOptions& options,
              const std::function<void(const Progress&)>& on_progress) {
  switch (options.mode) {
    case SearchMode::kBreadthFirst:
      return check_all(system, options, on_progress);
    case SearchMode::kContexts:
      return check_by_contexts(system, options, on_progress);
    default:
      return check_by_walks(system, options, on_progress);
  }
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
