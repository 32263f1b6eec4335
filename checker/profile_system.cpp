#include "checker/profile_system.hpp"

#include <algorithm>
#include <chrono>
#include <limits>

#include "checker/context_bound.hpp"
#include "checker/step_counts.hpp"
#include "checker/survey.hpp"
#include "checker/value_counts.hpp"

namespace quiesce::checker {
namespace {

/// What the counts of all workers are about.
struct Subject {
  explicit Subject(const sim::System& counted) : system(counted), names(counted), parts(counted) {
    for (std::uint32_t step = 0; step < names.places().size(); ++step) {
      const auto known = std::find(routines.begin(), routines.end(), names.routine(step));
      routine_of.push_back(static_cast<std::uint32_t>(known - routines.begin()));
      if (known == routines.end()) routines.push_back(names.routine(step));
    }
  }

  const sim::System& system;
  StepNames names;
  StateParts parts;
  std::vector<std::string> routines;
  std::vector<std::uint32_t> routine_of;  ///< by step
};

/// How many states have a thing, each state once however often it has it.
class StatesWith {
 public:
  explicit StatesWith(std::size_t things) : states_(things), last_(things) {}
  void in(std::uint64_t state, std::size_t thing) {
    if (last_[thing] != state) ++states_[thing];
    last_[thing] = state;
  }
  void add(const StatesWith& other) {
    for (std::size_t i = 0; i < states_.size(); ++i) states_[i] += other.states_[i];
  }
  [[nodiscard]] std::uint64_t operator[](std::size_t thing) const { return states_[thing]; }

 private:
  std::vector<std::uint64_t> states_;
  std::vector<std::uint64_t> last_;  ///< the state that was counted last, from 1
};

/// What one worker counts for a profile.
struct Profiled {
  Profiled(const Subject& of, std::uint64_t all_states)
      : subject(of),
        values(of.parts, all_states),
        at_step(of.names.places().size()),
        in_routine(of.routines.size()),
        can_move(of.system.actor_count()),
        moves(of.system.actor_count()) {}

  void state(const std::byte* state, const std::vector<Transition>& enabled) {
    ++states;
    values.count(state);
    for (const sim::ContextLayout& context : subject.system.layout.contexts) {
      const auto pc = static_cast<sim::Pc>(base::read_slot(state, context.pc));
      const std::uint32_t step = subject.names.of(pc);
      if (step == StepNames::kNone) continue;
      at_step.in(states, step);
      in_routine.in(states, subject.routine_of[step]);
    }
    for (const Transition transition : enabled) can_move.in(states, transition.actor);
  }

  void add(const Profiled& other) {
    states += other.states;
    values.add(other.values);
    at_step.add(other.at_step);
    in_routine.add(other.in_routine);
    can_move.add(other.can_move);
    for (std::size_t actor = 0; actor < moves.size(); ++actor) moves[actor] += other.moves[actor];
  }

  const Subject& subject;
  std::uint64_t states = 0;
  ValueCounts values;
  StatesWith at_step;
  StatesWith in_routine;
  StatesWith can_move;
  std::vector<std::uint64_t> moves;
};

/// What one worker counts.
struct Counts {
  Counts(const Subject& subject, bool profiles, std::uint64_t states) : steps(subject.system) {
    if (profiles) profile.emplace(subject, states);
  }

  void state(const std::byte* state, const std::vector<Transition>& enabled, bool running) {
    steps.look(enabled, running);
    if (profile) profile->state(state, enabled);
  }
  void fired(Transition transition) {
    if (profile) ++profile->moves[transition.actor];
  }
  void add(const Counts& other) {
    steps.add(other.steps);
    if (profile) profile->add(*other.profile);
  }

  StepCounts steps;
  std::optional<Profiled> profile;
};

std::string name_of_actor(const sim::System& system, std::size_t actor) {
  if (actor < system.cpu_actor(0)) return system.layout.contexts[actor].name;
  if (actor < system.tick_actor(0)) return "cpu" + std::to_string(actor - system.cpu_actor(0));
  if (actor < system.smmu_actor(0)) return "tick of cpu" + std::to_string(actor - system.tick_actor(0));
  if (actor < system.time_actor()) return system.smmus[actor - system.smmu_actor(0)].name;
  return actor == system.time_actor() ? "time" : "rules";
}

/// The most states first; what neither stands nor moves anywhere is left out.
std::vector<ProfileRow> sorted(std::vector<ProfileRow> rows) {
  std::erase_if(rows, [](const ProfileRow& row) { return row.states == 0 && row.transitions == 0; });
  std::stable_sort(rows.begin(), rows.end(), [](const ProfileRow& a, const ProfileRow& b) {
    return std::pair(a.states, a.transitions) > std::pair(b.states, b.transitions);
  });
  return rows;
}

ReportProfile profile_of(const Subject& subject, const Counts& counts) {
  const Profiled& profiled = *counts.profile;
  ReportProfile report;
  report.states = profiled.states;
  report.estimated = profiled.values.estimates();
  for (std::size_t routine = 0; routine < subject.routines.size(); ++routine)
    report.routines.push_back({{subject.routines[routine], ""}, profiled.in_routine[routine], 0});
  for (std::size_t step = 0; step < subject.names.places().size(); ++step)
    report.steps.push_back({subject.names.places()[step], profiled.at_step[step], 0});
  for (std::size_t pc = 0; pc < subject.system.program.steps.size(); ++pc) {
    const std::uint32_t step = subject.names.of(static_cast<sim::Pc>(pc));
    if (step == StepNames::kNone) continue;
    const std::uint64_t tried = counts.steps.tried(static_cast<sim::Pc>(pc));
    report.steps[step].transitions += tried;
    report.routines[subject.routine_of[step]].transitions += tried;
  }
  for (std::size_t actor = 0; actor < profiled.moves.size(); ++actor) {
    report.actors.push_back(
        {{name_of_actor(subject.system, actor), ""}, profiled.can_move[actor], profiled.moves[actor]});
  }
  report.routines = sorted(std::move(report.routines));
  report.steps = sorted(std::move(report.steps));
  report.actors = sorted(std::move(report.actors));
  report.never_taken = counts.steps.coverage().never_taken;
  report.components = profiled.values.components();
  report.slots = profiled.values.slots();
  return report;
}

/// When a second look has taken long enough.
class Patience {
 public:
  Patience(const ExploreOptions& options, double search_s)
      : options_(options),
        most_s_(options.profile ? std::numeric_limits<double>::infinity() : std::max(5.0, search_s / 4)) {}

  [[nodiscard]] bool over() const {
    constexpr double kInterrupted_s = 2;
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - started_;
    const bool interrupted = options_.interrupted != nullptr && options_.interrupted->load();
    return taken.count() > (interrupted ? kInterrupted_s : most_s_);
  }

 private:
  const ExploreOptions& options_;
  double most_s_;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

template <class Model, class Observed>
Seen look(const SystemModel& model, const Exploration& exploration, const ExploreOptions& options,
          Observed observed) {
  const Subject subject(model.system());
  const unsigned threads = std::max(1U, options.threads);
  std::vector<Counts> counts(threads, Counts(subject, options.profile, exploration.states()));
  std::vector<Model> models;
  for (Counts& own : counts) models.push_back(observed(model.observed_by(own.steps)));
  const Patience patience(options, exploration.seconds);
  const bool all = Survey(exploration, models, counts).run([&] { return patience.over(); });
  for (unsigned worker = 1; worker < threads; ++worker) counts.front().add(counts[worker]);
  Seen seen{counts.front().steps.coverage(), std::nullopt};
  seen.coverage.partial = !all;
  if (!options.profile) return seen;
  seen.profile = profile_of(subject, counts.front());
  seen.profile->partial = !all;
  return seen;
}

}  // namespace

Seen look_again(const SystemModel& model, const Exploration& exploration, const ExploreOptions& options) {
  return look<SystemModel>(model, exploration, options, [](SystemModel observed) { return observed; });
}

Seen look_again_by_contexts(const SystemModel& model, const Exploration& exploration,
                            const ExploreOptions& options) {
  return look<ContextBounded<SystemModel>>(model, exploration, options, [](SystemModel observed) {
    return ContextBounded<SystemModel>(std::move(observed));
  });
}

}  // namespace quiesce::checker
