#include "checker/simulated_run.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "checker/failing.hpp"

namespace quiesce::checker {
namespace {

/// Traffic may go on where nobody waits for anything: whether it does is asked once in so many events, and of
/// so many in a row, since it shows only between two accesses.
constexpr std::uint64_t kEventsBetweenLooks = 4096;
constexpr std::uint64_t kLooksInARow = 16;

RunEnd end_of(const sim::System& system, const std::byte* state) {
  switch (static_cast<sim::MachineState>(base::read_slot(state, system.layout.machine_state))) {
    case sim::MachineState::kHalted:
      return RunEnd::kHalted;
    case sim::MachineState::kPanicked:
      return RunEnd::kPanicked;
    default:
      return RunEnd::kReset;
  }
}

}  // namespace

Simulator::Simulator(const SystemModel& model, const sim::timed::Durations& durations)
    : model_(model), engine_(model.system(), durations), goals_(model) {}

SimulatedRun Simulator::run(std::uint64_t seed, std::uint64_t number, const SimulationLimits& limits) {
  return make(seed, number, limits, false);
}

SimulatedRun Simulator::record(std::uint64_t seed, std::uint64_t number, const SimulationLimits& limits) {
  return make(seed, number, limits, true);
}

SimulatedRun Simulator::make(std::uint64_t seed, std::uint64_t number, const SimulationLimits& limits,
                             bool records) {
  SimulatedRun run;
  engine_.begin(seed, number);
  run.schedule.model_hash = model_.model_hash();
  run.schedule.initial = engine_.initial();
  if (records) run.times_us = {now_us()};
  goals_.begin();
  look_around(run);
  bool goes_on = model_.classify(engine_.state()) == StateClass::kRunning;
  while (goes_on && run.events < limits.events) {
    if (!engine_.fire_next(limits.until_ns)) break;
    note_step(run, records);
    goes_on = model_.classify(engine_.state()) == StateClass::kRunning;
    const bool now_and_then = run.events % kEventsBetweenLooks < kLooksInARow;
    if (now_and_then && limits.stop && limits.stop()) {
      run.end = RunEnd::kBrokenOff;
      break;
    }
    if (goes_on && (now_and_then || may_be_over(engine_.fired())) && is_over(run)) {
      run.end = end_of_all();
      break;
    }
  }
  if (!goes_on) {
    run.end = end_of(model_.system(), engine_.state());
    note_missed_goals(run);
  } else if (run.events >= limits.events) {
    run.end = RunEnd::kTooManyEvents;
  } else if (run.end == RunEnd::kTimeIsUp && engine_.now_ns() < limits.until_ns) {
    static_cast<void>(is_over(run));
    run.end = end_of_all();
  }
  note_totals(run);
  return run;
}

SimulatedRun Simulator::follow(const Schedule& guide, std::uint64_t seed, std::uint64_t number) {
  SimulatedRun run;
  engine_.begin(seed, number, guide.initial);
  run.schedule.model_hash = model_.model_hash();
  run.schedule.initial = guide.initial;
  run.times_us = {now_us()};
  goals_.begin();
  look_around(run);
  for (const Transition step : guide.steps) {
    const bool fired = engine_.fire_instead({step.actor, step.choice});
    QUIESCE_ASSERT(fired, "a schedule that replays is not followed");
    note_step(run, true);
  }
  if (model_.classify(engine_.state()) != StateClass::kRunning) {
    run.end = end_of(model_.system(), engine_.state());
  } else {
    run.end = is_over(run) ? end_of_all() : RunEnd::kBrokenOff;
  }
  if (may_end(model_, engine_.state())) note_missed_goals(run);
  note_totals(run);
  return run;
}

/// Of the step that was fired last: what it raised, and what is found where it leads.
void Simulator::note_step(SimulatedRun& run, bool records) {
  ++run.events;
  const sim::Move move = engine_.fired();
  if (records) {
    run.schedule.steps.push_back({move.actor, move.choice});
    run.times_us.push_back(now_us());
  }
  for (const sim::RaisedFinding& raised : engine_.raised()) note(run, {raised.property, raised.cause});
  look_around(run);
}

void Simulator::note_totals(SimulatedRun& run) const {
  run.end_ns = engine_.now_ns();
  run.late_deadlines = engine_.late_deadlines();
  run.latest_ns = engine_.latest_ns();
  run.cut_waits = engine_.cut_waits();
  run.lost_ns = engine_.lost_ns();
}

/// Whether nothing that counts can happen any more, as the search finds it; what it finds then is noted.
/// Watchdogs that run have their say before.
bool Simulator::is_over(SimulatedRun& run) {
  if (!goes_nowhere()) return false;
  effects_.clear();
  const bool is_stuck = model_.report_stuck(engine_.state(), effects_);
  for (const Finding finding : effects_.findings) note(run, finding);
  const bool is_end = is_stuck && (!engine_.deadline_runs() || model_.all_tasks_gone(engine_.state()));
  if (is_end) note_missed_goals(run);
  return is_end;
}

RunEnd Simulator::end_of_all() const {
  return model_.all_tasks_gone(engine_.state()) ? RunEnd::kOver : RunEnd::kStuck;
}

/// Of a run that ends here.
void Simulator::note_missed_goals(SimulatedRun& run) {
  effects_.clear();
  goals_.missed(engine_.state(), effects_.findings);
  for (const Finding finding : effects_.findings) note(run, finding);
}

void Simulator::look_around(SimulatedRun& run) {
  goals_.see(engine_.state());
  effects_.clear();
  model_.check_state(engine_.state(), effects_);
  for (const Finding finding : effects_.findings) note(run, finding);
}

void Simulator::note(SimulatedRun& run, Finding finding) const {
  const bool known = std::any_of(run.findings.begin(), run.findings.end(),
                                 [&](const SimulatedFinding& one) { return one.finding == finding; });
  if (!known) run.findings.push_back({finding, engine_.clock_ns(), run.events});
}

std::uint64_t Simulator::now_us() const {
  return static_cast<std::uint64_t>(engine_.clock_ns() / sim::timed::kMicrosecond_ns);
}

/// Whether the last task may just have exited.
bool Simulator::may_be_over(sim::Move move) const {
  const sim::Layout& layout = model_.system().layout;
  if (move.actor >= layout.tasks) return false;
  const std::int32_t state = base::read_slot(engine_.state(), layout.contexts[move.actor].task_state);
  return state >= static_cast<std::int32_t>(sim::TaskState::kExited);
}

/// As the search finds it: no way on, and nobody waits for time.
bool Simulator::goes_nowhere() const {
  bool way_on = false;
  model_.for_each_enabled(engine_.state(), [&](Transition transition) {
    way_on = way_on || is_way_on(model_.fairness(engine_.state(), transition));
  });
  return !way_on && !model_.waits_for_time(engine_.state());
}

}  // namespace quiesce::checker
