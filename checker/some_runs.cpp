#include "checker/some_runs.hpp"

#include <cmath>

#include "checker/context_bound.hpp"
#include "checker/explore.hpp"
#include "checker/minimise.hpp"
#include "checker/step_counts.hpp"
#include "checker/system_model.hpp"
#include "checker/walks.hpp"

namespace quiesce::checker {
namespace {

Schedule schedule_of(const SystemModel& model, const Run& run) {
  return {model.model_hash(), run.initial, run.steps, std::nullopt};
}

void violate(Outcome& outcome, FoundRun run) {
  PropertyOutcome& property = outcome.properties[run.finding.property];
  property.status = Status::kViolated;
  property.runs.push_back(std::move(run));
}

/// Symmetry would rename the lanes between two steps, and stubborn sets leave out the runs with the fewest
/// switches: neither goes with counting them.
Reductions without_lane_changes(const Reductions& reductions) {
  Reductions kept;
  kept.dead_variables = reductions.dead_variables;
  return kept;
}

std::vector<std::string> left_out(const Reductions& wanted, const Reductions& kept) {
  std::vector<std::string> names;
  if (wanted.dead_variables && !kept.dead_variables) names.emplace_back("dead-variables");
  if (wanted.symmetry && !kept.symmetry) names.emplace_back("symmetry");
  if (wanted.stubborn_sets && !kept.stubborn_sets) names.emplace_back("stubborn-sets");
  return names;
}

/// What it leaves open after a complete search: whatever needs the graph of all transitions.
bool leave_runs_open(const SystemModel& model, Outcome& outcome) {
  std::vector<std::uint16_t> open;
  for (std::size_t goal = 0; goal < model.goal_count(); ++goal) open.push_back(model.property_of_goal(goal));
  if (model.checks_livelock()) open.push_back(sim::finding_kind(model.system(), "livelock"));
  bool any = false;
  for (const std::uint16_t property : open) {
    Status& status = outcome.properties[property].status;
    if (status != Status::kHolds) continue;
    status = Status::kInconclusive;
    any = true;
  }
  return any;
}

/// Counts the steps of one worker's walks.
struct Looked {
  StepCounts counts;

  void operator()(std::span<const Transition> enabled, bool running) { counts.look(enabled, running); }
};

/// Models and what they tell, for each worker.
struct Workers {
  Workers(const SystemModel& model, unsigned threads)
      : looks(std::max(1U, threads), Looked{StepCounts(model.system())}) {
    for (Looked& look : looks) models.push_back(model.observed_by(look.counts));
  }
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  [[nodiscard]] ReportCoverage coverage() {
    for (std::size_t i = 1; i < looks.size(); ++i) looks.front().counts.add(looks[i].counts);
    return looks.front().counts.coverage();
  }

  std::vector<Looked> looks;
  std::vector<SystemModel> models;
};

/// How many actors there are and how many steps a run has, from a few runs: without falls, and with any
/// choice.
Walks measure(const SystemModel& model, const ExploreOptions& options) {
  constexpr std::uint64_t kRuns = 32;
  constexpr std::uint64_t kOtherSeed = 0x6d65617375726521ULL;
  ExploreOptions few = options;
  few.first = false;
  few.walks.walks = kRuns;
  few.walks.seed = options.walks.seed ^ kOtherSeed;
  Workers workers(model, options.threads);
  Walks all = walk(workers.models, PriorityChoice(model.actor_count(), 1, 1), workers.looks, few, {});
  all.add(walk(workers.models, EvenChoice(), workers.looks, few, {}));
  return all;
}

void describe(ReportSearch& search, const Walks& walks, const ExploreOptions& options) {
  search.mode = name_of(options.mode);
  search.without = left_out(options.reductions, {});
  search.seed = options.walks.seed;
  search.walks = walks.walks;
  search.max_steps = options.walks.max_steps;
  search.cut = walks.cut;
  search.longest = walks.longest;
}

/// The theorem of the paper: what one walk finds, at least.
void describe_guarantee(ReportSearch& search, const Walks& measured, const Walks& walks,
                        const ExploreOptions& options) {
  for (std::size_t actor = 0; actor < walks.has_moved.size(); ++actor)
    search.actors += measured.has_moved[actor] || walks.has_moved[actor] ? 1 : 0;
  search.actors = std::max<std::uint64_t>(search.actors, 1);
  search.depth = options.walks.depth;
  search.steps = std::max<std::uint64_t>(measured.longest, 1);
  search.guarantee =
      1 / (static_cast<double>(search.actors) *
           std::pow(static_cast<double>(search.steps), static_cast<double>(options.walks.depth - 1)));
}

}  // namespace

void leave_open(Outcome& outcome) {
  for (PropertyOutcome& property : outcome.properties) {
    if (property.status == Status::kHolds) property.status = Status::kInconclusive;
  }
}

void count_states(Outcome& outcome, const Exploration& exploration) {
  outcome.states = exploration.states();
  outcome.transitions = exploration.transitions;
  outcome.depth = exploration.depth;
  outcome.frontier = exploration.frontier;
  outcome.bound = exploration.bound;
  outcome.seconds = exploration.seconds;
  outcome.store_bytes = exploration.store->bytes_used();
}

Outcome check_by_contexts(const sim::System& system, const ExploreOptions& options,
                          const std::function<void(const Progress&)>& on_progress) {
  const SystemModel model(system, without_lane_changes(options.reductions));
  const ContextBounded<SystemModel> counting(model);
  const Exploration exploration =
      explore(counting, options, on_progress, LayersBySwitches(options.max_switches));
  Outcome outcome;
  outcome.properties.resize(system.properties.size());
  for (const auto& [finding, seen] : exploration.findings) {
    const Occurrence& first = seen.front();
    const Run run = run_through(counting, *exploration.store, ancestors_of(*exploration.store, first.state),
                                first.transition);
    FoundRun found{finding, schedule_of(model, run), {}, {}};
    found.switches = switches_of(model, found.schedule);
    violate(outcome, std::move(found));
  }
  count_states(outcome, exploration);
  outcome.search.mode = name_of(options.mode);
  outcome.search.without = left_out(options.reductions, without_lane_changes(options.reductions));
  const bool last_is_done = exploration.complete() || exploration.bound == "max_switches";
  if (last_is_done) outcome.search.switches = exploration.depth;
  if (!last_is_done && exploration.depth > 0) outcome.search.switches = exploration.depth - 1;
  if (!exploration.complete()) leave_open(outcome);
  if (leave_runs_open(model, outcome)) outcome.bound = "contexts";
  if (outcome.bound || options.profile)
    keep_seen(outcome, [&] { return look_again_by_contexts(model, exploration, options); });
  outcome.assumptions = model.assumptions();
  return outcome;
}

Outcome check_by_walks(const sim::System& system, const ExploreOptions& options,
                       const std::function<void(const Progress&)>& on_progress) {
  const SystemModel model(system);
  Workers workers(model, options.threads);
  Outcome outcome;
  outcome.properties.resize(system.properties.size());
  Walks walks;
  if (options.mode == SearchMode::kRandom) {
    walks = walk(workers.models, EvenChoice(), workers.looks, options, on_progress);
  } else {
    const Walks measured = measure(model, options);
    const PriorityChoice choice(model.actor_count(), options.walks.depth,
                                std::max<std::uint64_t>(measured.longest, 1));
    walks = walk(workers.models, choice, workers.looks, options, on_progress);
    describe_guarantee(outcome.search, measured, walks, options);
  }
  describe(outcome.search, walks, options);
  for (const auto& [finding, met] : walks.findings)
    violate(outcome, {finding, minimise(model, schedule_of(model, met.run), finding), {}, met.walk});
  leave_open(outcome);
  outcome.states = walks.states;
  outcome.transitions = walks.steps;
  outcome.depth = walks.longest;
  outcome.bound = walks.bound.value_or(outcome.search.mode);
  outcome.seconds = walks.seconds;
  outcome.coverage = workers.coverage();
  outcome.assumptions = model.assumptions();
  return outcome;
}

}  // namespace quiesce::checker
