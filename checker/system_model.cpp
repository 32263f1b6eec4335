#include "checker/system_model.hpp"

namespace quiesce::checker {

SystemModel::SystemModel(const sim::System& system, const Reductions& reductions)
    : system_(system), reductions_(reductions) {
  for (std::size_t i = 0; i < system_.properties.size(); ++i) {
    const sim::PropertyKind kind = system_.properties[i].what;
    if (kind == sim::PropertyKind::kEventually || kind == sim::PropertyKind::kAlwaysPossible) {
      goals_.push_back(static_cast<std::uint16_t>(i));
    }
  }
}

std::vector<std::size_t> SystemModel::component_cuts() const {
  const sim::Layout& layout = system_.layout;
  std::vector<std::size_t> cuts;
  for (const sim::Family& family : system_.program.families) {
    if (!family.constant) cuts.push_back(family.first.offset);
  }
  for (const hwmodel::v3::Layout& smmu : layout.smmus) {
    cuts.push_back(smmu.cr0.offset);
    cuts.push_back(smmu.ring.offset);
  }
  for (const sim::CpuLayout& cpu : layout.cpus) cuts.push_back(cpu.current.offset);
  for (const sim::ContextLayout& context : layout.contexts) cuts.push_back(context.pc.offset);
  const std::vector<base::Slot> clocks = layout.zone.slots();
  if (!clocks.empty()) cuts.push_back(clocks.front().offset);
  return cuts;
}

void SystemModel::enabled(const std::byte* state, std::vector<sim::Move>& moves) const {
  std::vector<base::Write> undo;
  base::StateAccess access(const_cast<std::byte*>(state), undo);
  sim::Machine(system_, access).enabled(moves);
}

void SystemModel::fire(std::byte* state, Transition transition, Effects& effects) const {
  base::StateAccess access(state, effects.undo);
  std::vector<sim::RaisedFinding> raised;
  sim::Machine(system_, access, &raised, observer_).fire({transition.actor, transition.choice});
  for (const sim::RaisedFinding& finding : raised)
    effects.findings.push_back({finding.property, finding.cause});
}

void SystemModel::canonicalize(std::byte* state, std::vector<base::Write>& undo) const {
  static_cast<void>(state);
  static_cast<void>(undo);
}

bool SystemModel::holds(sim::CodeId code, const std::byte* state) const {
  std::vector<base::Write> undo;
  base::StateAccess access(const_cast<std::byte*>(state), undo);
  sim::EvalFault fault;
  const sim::Position nowhere{&system_.program, &system_.layout, sim::kNoContext, -1};
  return sim::evaluate(code, access, nowhere, fault) != 0 && fault.kind == sim::EvalFault::Kind::kNone;
}

void SystemModel::check_state(const std::byte* state, Effects& effects) const {
  for (std::size_t i = system_.finding_kinds.size(); i < system_.properties.size(); ++i) {
    const sim::Property& property = system_.properties[i];
    const auto index = static_cast<std::uint16_t>(i);
    if (property.what == sim::PropertyKind::kNever && holds(property.code, state))
      effects.findings.push_back({index, 0});
    if (property.what == sim::PropertyKind::kAtEnd && classify(state) != StateClass::kRunning &&
        !holds(property.code, state)) {
      effects.findings.push_back({index, 0});
    }
  }
}

StateClass SystemModel::classify(const std::byte* state) const {
  if (system_.end != sim::kNoCode && holds(system_.end, state)) return StateClass::kEnd;
  switch (static_cast<sim::MachineState>(base::read_slot(state, system_.layout.machine_state))) {
    case sim::MachineState::kRunning:
      return StateClass::kRunning;
    case sim::MachineState::kPanicked:
      return StateClass::kStopped;
    default:
      return StateClass::kEnd;
  }
}

bool SystemModel::all_tasks_gone(const std::byte* state) const {
  std::vector<base::Write> undo;
  base::StateAccess access(const_cast<std::byte*>(state), undo);
  const sim::Machine machine(system_, access);
  for (sim::ContextId i = 0; i < system_.layout.tasks; ++i) {
    const sim::ContextLayout& task = system_.layout.contexts[i];
    const bool over =
        base::read_slot(state, task.task_state) >= static_cast<std::int32_t>(sim::TaskState::kExited);
    if (!over && !machine.is_idle_daemon(i)) return false;
  }
  return system_.layout.tasks > 0;
}

bool SystemModel::waits_for_time(const std::byte* state) const {
  const sim::Zone& zone = system_.layout.zone;
  if (!zone.any_active(state)) return false;
  for (std::size_t timer = 1; timer <= zone.timers(); ++timer) {
    const auto choice = static_cast<std::uint16_t>(timer);
    if (!zone.is_active(state, static_cast<sim::TimerId>(timer))) continue;
    if (fairness(state, {system_.time_actor(), choice}) == Fairness::kTime) return true;
  }
  return false;
}

void SystemModel::report_stuck(const std::byte* state, Effects& effects) const {
  if (all_tasks_gone(state)) {
    for (std::size_t i = system_.finding_kinds.size(); i < system_.properties.size(); ++i) {
      const sim::Property& property = system_.properties[i];
      if (property.what == sim::PropertyKind::kAtEnd && !holds(property.code, state)) {
        effects.findings.push_back({static_cast<std::uint16_t>(i), 0});
      }
    }
    return;
  }
  std::vector<base::Write> undo;
  base::StateAccess access(const_cast<std::byte*>(state), undo);
  const sim::Machine machine(system_, access);
  if (const auto circle = machine.cause_of_circle()) {
    effects.findings.push_back({sim::finding_kind(system_, "deadlock"), *circle});
  } else if (machine.stuck_in_retry_loop()) {
    effects.findings.push_back(livelock_cause(state));
  } else {
    effects.findings.push_back({sim::finding_kind(system_, "deadlock"), 0});
  }
}

/// The CPU for everything that happens on one, then one lane for each other actor.
std::uint16_t SystemModel::lane(const std::byte* state, Transition t) const {
  const std::uint16_t first_cpu = system_.cpu_actor(0);
  if (t.actor >= system_.smmu_actor(0)) return t.actor;
  if (t.actor >= system_.tick_actor(0)) return static_cast<std::uint16_t>(t.actor - system_.tick_actor(0));
  if (t.actor >= first_cpu) return static_cast<std::uint16_t>(t.actor - first_cpu);
  const sim::ContextLayout& context = system_.layout.contexts[t.actor];
  if (context.kind != sim::ContextKind::kTask) return static_cast<std::uint16_t>(context.cpu);
  const bool switches = t.choice >= sim::choice::kRunOnIdle && t.choice != sim::choice::kWake;
  if (switches) return static_cast<std::uint16_t>(t.choice % 100);
  return static_cast<std::uint16_t>(base::read_slot(state, context.on_cpu));
}

/// A running task's step is strongly fair: between two switches the CPU has time for it. A poll that
/// spins may keep missing a condition that comes and goes, so that one is only weakly fair.
Fairness SystemModel::fairness(const std::byte* state, Transition t) const {
  if (t.actor < system_.cpu_actor(0)) {
    if (t.choice == sim::choice::kWake) return Fairness::kWeak;
    if (t.choice >= sim::choice::kRunOnIdle) return Fairness::kScheduled;
    const sim::ContextLayout& context = system_.layout.contexts[t.actor];
    const auto pc = static_cast<std::size_t>(base::read_slot(state, context.pc));
    const bool spins = base::read_slot(state, context.phase) == sim::phase_of::kSpinning;
    return spins && system_.program.steps[pc].verb == sim::Verb::kPoll ? Fairness::kWeak : Fairness::kStrong;
  }
  // Rounds of softirqs that go on for ever are handed to ksoftirqd in the end.
  const bool of_cpu = t.actor < system_.tick_actor(0);
  if (of_cpu && t.choice == sim::choice::kWakeKsoftirqd) return Fairness::kScheduled;
  // A tick takes time, so a cycle with one is none of fast steps.
  if (t.actor >= system_.tick_actor(0) && t.actor < system_.smmu_actor(0)) return Fairness::kTick;
  if (t.actor < system_.time_actor()) return Fairness::kWeak;
  if (t.actor > system_.time_actor()) return Fairness::kEnvironment;
  for (const sim::ContextLayout& context : system_.layout.contexts) {
    if (context.deadline == t.choice) return Fairness::kTime;
  }
  for (const sim::KernelTimerLayout& timer : system_.layout.timers) {
    if (timer.timer == t.choice) return Fairness::kTime;
  }
  return Fairness::kObserver;
}

GoalKind SystemModel::goal_kind(std::uint16_t goal) const {
  return system_.properties[goals_[goal]].what == sim::PropertyKind::kEventually ? GoalKind::kEventually
                                                                                 : GoalKind::kAlwaysPossible;
}

bool SystemModel::goal_holds(std::uint16_t goal, const std::byte* state) const {
  return holds(system_.properties[goals_[goal]].code, state);
}

Finding SystemModel::livelock_cause(const std::byte* state) const {
  std::vector<base::Write> undo;
  base::StateAccess access(const_cast<std::byte*>(state), undo);
  const sim::Machine machine(system_, access);
  const std::uint16_t livelock = sim::finding_kind(system_, "livelock");
  for (sim::ContextId id = 0; id < system_.layout.contexts.size(); ++id) {
    if (machine.running_on(id) < 0) continue;
    if (machine.step_of(id).verb == sim::Verb::kCpuRelax)
      return {livelock, system_.cause_of_info[machine.step_of(id).info]};
  }
  return {livelock, 0};
}

}  // namespace quiesce::checker
