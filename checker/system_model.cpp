#include "checker/system_model.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace quiesce::checker {

SystemModel::SystemModel(const sim::System& system, const Reductions& reductions)
    : system_(system),
      reductions_(reductions),
      only_rules_(system.only_rules()),
      fires_rules_alone_(only_rules_ && system.write_guards.empty()) {
  if (reductions.symmetry)
    symmetry_ = std::make_shared<const sim::CanonicalStates>(system, reductions.defect);
  for (std::size_t i = 0; i < system_.properties.size(); ++i) {
    const sim::PropertyKind kind = system_.properties[i].what;
    const auto property = static_cast<std::uint16_t>(i);
    if (kind == sim::PropertyKind::kEventually || kind == sim::PropertyKind::kAlwaysPossible)
      goals_.push_back(property);
    if (kind == sim::PropertyKind::kAtEnd && i >= system_.finding_kinds.size()) at_ends_.push_back(property);
  }
  // Abstraction: runs as wholes are looked at without stubborn sets, which keep their ends alone.
  if (reductions.stubborn_sets && goals_.empty() && !checks_livelock()) {
    stubborn_sets_.emplace(system, reductions.defect);
    if (!stubborn_sets_->usable()) stubborn_sets_.reset();
  }
  if (system.layout.freed_family >= 0) traffic_ahead_ = std::make_shared<TrafficAhead>();
  if (!system.layout.legacy.empty()) assumptions_ = std::make_shared<UsedAssumptions>(system);
  if (reductions_.dead_variables) dead_slots_.emplace(system_, reductions.defect);
}

std::vector<std::string> SystemModel::reduction_notes() const {
  std::vector<std::string> notes;
  if (dead_slots_ && !dead_slots_->note().empty()) notes.push_back(dead_slots_->note());
  if (symmetry_ != nullptr) notes.insert(notes.end(), symmetry_->notes().begin(), symmetry_->notes().end());
  if (reductions_.stubborn_sets && only_rules_ && !stubborn_sets_)
    notes.emplace_back("stubborn sets not used: they do not preserve goals");
  if (stubborn_sets_) notes.emplace_back("stubborn sets of rules");
  return notes;
}

namespace {

/// What arrays by the same kind of id hold for one id: the variables of a process.
std::vector<Component> by_id(const sim::Program& program) {
  std::map<std::string, std::vector<Component>> kinds;
  for (const sim::Family& family : program.families) {
    if (family.constant || family.dims.empty() || family.dims.front().kind != sim::TypeKind::kId) continue;
    const auto ids = static_cast<std::size_t>(family.dims.front().hi) + 1;
    const std::size_t bytes =
        static_cast<std::size_t>(family.count) / ids * base::bytes_of(family.first.width);
    std::vector<Component>& components = kinds[family.dims.front().name];
    components.resize(ids);
    for (std::size_t id = 0; id < ids; ++id)
      components[id].ranges.push_back({family.first.offset + id * bytes, bytes});
  }
  std::vector<Component> all;
  for (const auto& [kind, components] : kinds) all.insert(all.end(), components.begin(), components.end());
  return all;
}

}  // namespace

StateShape SystemModel::state_shape() const {
  const sim::Layout& layout = system_.layout;
  StateShape shape{by_id(system_.program), {}};
  std::vector<std::size_t>& cuts = shape.cuts;
  for (const sim::Family& family : system_.program.families) {
    if (!family.constant) cuts.push_back(family.first.offset);
  }
  for (const hwmodel::v3::Layout& smmu : layout.smmus) {
    cuts.push_back(smmu.cr0.written.offset);
    cuts.push_back(smmu.ring.offset);
    if (!smmu.programmed.empty()) cuts.push_back(smmu.programmed.front().slot.offset);
  }
  for (const sim::LegacyLayout& legacy : layout.legacy) cuts.push_back(legacy.smmu.cr0.offset);
  for (const sim::CpuLayout& cpu : layout.cpus) cuts.push_back(cpu.current.offset);
  for (const sim::ContextLayout& context : layout.contexts) cuts.push_back(context.pc.offset);
  const std::vector<base::Slot> clocks = layout.zone.slots();
  if (!clocks.empty()) cuts.push_back(clocks.front().offset);
  return shape;
}

void SystemModel::enabled(const std::byte* state, std::vector<sim::Move>& moves) const {
  std::vector<base::Write> undo;
  base::StateAccess access(const_cast<std::byte*>(state), undo);
  sim::Machine(system_, access).enabled(moves);
}

namespace {

/// Notes only that something is to be reported.
struct RuleTrouble {
  static constexpr bool kSeesSteps = false;
  bool met = false;

  void on_fault(const sim::EvalFault& /*fault*/, sim::Pc /*pc*/) { met = true; }
  void on_range_error(sim::Pc /*pc*/) { met = true; }
  void on_freed(std::int32_t /*accessed*/, sim::Pc /*pc*/) { met = true; }
  void before_store(std::int32_t /*family*/, base::Slot /*slot*/) {}
};

/// And that something was stored.
struct RuleStores : RuleTrouble {
  bool stored = false;

  [[nodiscard]] bool any() const { return stored; }
  void before_store(std::int32_t /*family*/, base::Slot /*slot*/) { stored = true; }
};

/// And where.
struct RuleStoresAt : RuleTrouble {
  explicit RuleStoresAt(StoredSlots& slots) : stored_at(&slots) {}
  StoredSlots* stored_at;

  [[nodiscard]] bool any() const { return !stored_at->empty(); }
  void before_store(std::int32_t /*family*/, base::Slot slot) { stored_at->add(slot); }
};

}  // namespace

std::vector<bool> SystemModel::bytes_that_change() const {
  std::vector<bool> changing(system_.layout.bytes);
  for (const sim::Rule& rule : system_.rules) {
    const sim::Touched touched = sim::rule_footprint(system_, rule);
    for (std::size_t byte = 0; byte < changing.size(); ++byte)
      changing[byte] = changing[byte] || touched.may_write(byte);
  }
  return changing;
}

void SystemModel::fire(std::byte* state, Transition transition, Effects& effects) const {
  if (fires_rules_alone_) {
    const std::size_t before = effects.undo.size();
    base::StateAccess access(state, effects.undo);
    RuleTrouble trouble;
    sim::RuleMachine(system_, access).fire(transition.choice, trouble);
    if (!trouble.met) return;
    base::undo_writes(state, effects.undo, before);
  }
  base::StateAccess access(state, effects.undo);
  std::vector<sim::RaisedFinding> raised;
  sim::Machine machine(system_, access, &raised, observer_);
  thread_local std::vector<std::uint32_t> assumed;
  assumed.assign(system_.layout.legacy.size(), 0);
  if (assumptions_) machine.tell_assumptions(assumed);
  machine.fire({transition.actor, transition.choice});
  if (assumptions_) assumptions_->add(assumed);
  for (const sim::RaisedFinding& finding : raised)
    effects.findings.push_back({finding.property, finding.cause});
}

namespace {

template <class Stores>
OnCopy fire_rule_on_copy(const sim::System& system, std::byte* state, std::uint16_t rule, Stores stores) {
  base::StateAccess access(state);
  sim::RuleMachine(system, access).fire_unlogged(rule, stores);
  if (stores.met) return OnCopy::kRefused;
  return stores.any() ? OnCopy::kSuccessor : OnCopy::kNoWrite;
}

}  // namespace

OnCopy SystemModel::fire_on_copy(std::byte* state, Transition transition) const {
  return fire_rule_on_copy(system_, state, transition.choice, RuleStores());
}

OnCopy SystemModel::fire_on_copy(std::byte* state, Transition transition, StoredSlots& stored) const {
  return fire_rule_on_copy(system_, state, transition.choice, RuleStoresAt(stored));
}

void SystemModel::reduce(std::byte* state, std::vector<base::Write>& undo) const {
  const bool whole = undo.empty();
  if (dead_slots_) whole ? dead_slots_->reset_all(state, undo) : dead_slots_->reset_changed(state, undo);
  if (symmetry_ != nullptr) symmetry_->canonicalize(state, undo);
}

bool SystemModel::holds(std::uint32_t condition, const std::byte* state) const {
  base::StateAccess access(const_cast<std::byte*>(state));
  return sim::RuleMachine(system_, access).condition_holds(condition);
}

bool SystemModel::property_holds(std::size_t property, const std::byte* state) const {
  return holds(system_.rule_code.conditions[property], state);
}

void SystemModel::check_state(const std::byte* state, Effects& effects) const {
  base::StateAccess access(const_cast<std::byte*>(state));
  const std::size_t before = effects.findings.size();
  sim::RuleMachine(system_, access).for_each_never([&](std::uint16_t property) {
    effects.findings.push_back({property, 0});
  });
  const auto first = effects.findings.begin() + static_cast<std::ptrdiff_t>(before);
  if (effects.findings.end() - first > 1) {
    std::sort(first, effects.findings.end());
    effects.findings.erase(std::unique(first, effects.findings.end()), effects.findings.end());
  }
  if (!at_ends_.empty() && classify(state) != StateClass::kRunning) check_end(state, effects);
}

void SystemModel::check_end(const std::byte* state, Effects& effects) const {
  for (const std::uint16_t property : at_ends_) {
    if (!property_holds(property, state)) effects.findings.push_back({property, 0});
  }
}

StateClass SystemModel::classify(const std::byte* state) const {
  if (system_.rule_code.end != sim::kNoGuard && holds(system_.rule_code.end, state)) return StateClass::kEnd;
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
  if (only_rules_) return false;
  const sim::Zone& zone = system_.layout.zone;
  if (!zone.any_active(state)) return false;
  for (std::size_t timer = 1; timer <= zone.timers(); ++timer) {
    const auto choice = static_cast<std::uint16_t>(timer);
    if (!zone.is_active(state, static_cast<sim::TimerId>(timer))) continue;
    if (fairness(state, {system_.time_actor(), choice}) == Fairness::kTime) return true;
  }
  return false;
}

bool SystemModel::report_stuck(const std::byte* state, Effects& effects) const {
  if (traffic_ahead_ != nullptr && traffic_ahead_->leads_on(*this, state)) return false;
  std::vector<base::Write> undo;
  base::StateAccess access(const_cast<std::byte*>(state), undo);
  const sim::Machine machine(system_, access);
  if (all_tasks_gone(state) && !machine.interrupt_goes_on()) {
    check_end(state, effects);
    return true;
  }
  if (const auto circle = machine.cause_of_circle()) {
    effects.findings.push_back({sim::finding_kind(system_, "deadlock"), *circle});
  } else if (machine.stuck_in_retry_loop()) {
    effects.findings.push_back(livelock_cause(state));
  } else {
    effects.findings.push_back({sim::finding_kind(system_, "deadlock"), 0});
  }
  return true;
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

bool SystemModel::is_in_storm(const std::byte* state, Transition t) const {
  if (system_.layout.legacy.empty()) return false;
  std::vector<base::Write> undo;
  base::StateAccess access(const_cast<std::byte*>(state), undo);
  const sim::ContextLayout& context = system_.layout.contexts[t.actor];
  const bool handles = context.kind == sim::ContextKind::kHardirq;
  return !handles && sim::Machine(system_, access).is_stormed(lane(state, t));
}

/// Accesses and TLB syncs end, each by itself, whatever traffic comes meanwhile.
Fairness SystemModel::fairness_of_legacy(std::size_t smmu, std::uint16_t which) const {
  const auto [kind, field] = hwmodel::v2::decode_transition(which);
  const bool issues =
      kind == hwmodel::v2::TransitionKind::kIssuesRead || kind == hwmodel::v2::TransitionKind::kIssuesWrite;
  if (issues) {
    const bool interrupts = system_.layout.traffic[smmu][field >> hwmodel::v2::kPageBits].irq != sim::kNoIrq;
    return interrupts ? Fairness::kFinite : Fairness::kTraffic;
  }
  return hwmodel::v2::is_environment(kind) ? Fairness::kTraffic : Fairness::kAlone;
}

/// A running task's step is strongly fair: between two switches the CPU has time for it. A poll that
/// spins may keep missing a condition that comes and goes, so that one is only weakly fair.
Fairness SystemModel::fairness_of_move(const std::byte* state, Transition t) const {
  // What a CPU does beside handlers that are due again and again need never be done.
  if (t.actor < system_.cpu_actor(0) && t.choice != sim::choice::kWake && is_in_storm(state, t))
    return Fairness::kEnvironment;
  if (t.actor < system_.cpu_actor(0)) {
    if (t.choice == sim::choice::kWake) return Fairness::kWeak;
    if (t.choice >= sim::choice::kRunOnIdle) return Fairness::kScheduled;
    const sim::ContextLayout& context = system_.layout.contexts[t.actor];
    const auto pc = static_cast<std::size_t>(base::read_slot(state, context.pc));
    const std::int32_t phase = base::read_slot(state, context.phase);
    const bool spins = phase == sim::phase_of::kSpinning || phase == sim::phase_of::kUnclocked;
    return spins && system_.program.steps[pc].verb == sim::Verb::kPoll ? Fairness::kWeak : Fairness::kStrong;
  }
  // Rounds of softirqs that go on for ever are handed to ksoftirqd in the end.
  const bool of_cpu = t.actor < system_.tick_actor(0);
  if (of_cpu && t.choice == sim::choice::kWakeKsoftirqd) return Fairness::kScheduled;
  // A tick takes time, so a cycle with one is none of fast steps.
  if (t.actor >= system_.tick_actor(0) && t.actor < system_.smmu_actor(0)) return Fairness::kTick;
  if (t.actor < system_.time_actor()) {
    const auto number = static_cast<std::size_t>(t.actor - system_.smmu_actor(0));
    if (system_.layout.is_legacy(number)) return fairness_of_legacy(number, t.choice);
    const auto [kind, field] = hwmodel::v3::decode_transition(t.choice);
    if (kind == hwmodel::v3::TransitionKind::kIssues) {
      const auto smmu = static_cast<std::size_t>(t.actor - system_.smmu_actor(0));
      const bool interrupts =
          system_.layout.traffic[smmu][field >> hwmodel::v3::kPageBits].irq != sim::kNoIrq;
      return interrupts ? Fairness::kFinite : Fairness::kTraffic;
    }
    if (hwmodel::v3::is_environment(kind)) return Fairness::kTraffic;
    // Spec: IHI 0070G.b, 6.3.28, 4.7.3. CMD_SYNCs are consumed in the end, whatever traffic comes meanwhile.
    if (kind == hwmodel::v3::TransitionKind::kCmdqExecute) return Fairness::kStrong;
    return hwmodel::v3::is_of_streams(kind) ? Fairness::kAlone : Fairness::kWeak;
  }
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
  return property_holds(goals_[goal], state);
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
