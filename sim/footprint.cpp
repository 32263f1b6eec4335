#include "sim/footprint.hpp"

#include "sim/legacy_footprint.hpp"
#include "sim/slot_names.hpp"
#include "sim/step_footprint.hpp"
#include "sim/store_footprint.hpp"

namespace quiesce::sim {
namespace {

/// The step at `pc`, and those that run within its transition.
Touched with_folded(const System& system, ContextId context, Pc pc) {
  Touched touched(system.layout.bytes);
  std::set<Pc> seen;
  std::vector<Pc> open{pc};
  while (!open.empty()) {
    const Pc at = open.back();
    open.pop_back();
    if (at == kInactive || !seen.insert(at).second) continue;
    const Step& step = system.program.steps[at];
    add_step(system, context, step, touched);
    if (step.verb == Verb::kExit) continue;
    for (const Pc next : {step.next, step.other}) {
      const Step& follows = system.program.steps[next];
      if (follows.folded || follows.verb == Verb::kExit) open.push_back(next);
    }
  }
  return touched;
}

/// Whether softirqs may start when the step is done.
bool starts_softirqs(const Step& step) {
  return step.verb == Verb::kExit || step.verb == Verb::kLocalBhEnable || step.verb == Verb::kSpinUnlockBh ||
         step.verb == Verb::kRunSoftirqs;
}

Touched legacy_footprint(const System& system, std::size_t smmu, std::uint16_t which) {
  const LegacyLayout& legacy = system.layout.legacy_of(smmu);
  Touched touched(system.layout.bytes);
  const auto kind = hwmodel::v2::decode_transition(which).kind;
  for (const base::Slot slot : hwmodel::v2::footprint(legacy.smmu, legacy.config, kind)) touched.write(slot);
  add_lines(system, touched);
  if (kind == hwmodel::v2::TransitionKind::kLands) add_landing(system, touched);
  return touched;
}

}  // namespace

std::set<Pc> reachable_from(const Program& program, Pc entry) {
  std::set<Pc> seen;
  std::vector<Pc> open{entry};
  while (!open.empty()) {
    const Pc pc = open.back();
    open.pop_back();
    if (pc == kInactive || !seen.insert(pc).second) continue;
    const Step& step = program.steps[pc];
    if (step.verb == Verb::kExit) continue;
    open.push_back(step.next);
    open.push_back(step.other);
  }
  return seen;
}

Touched rule_footprint(const System& system, const Rule& rule) {
  Touched touched(system.layout.bytes);
  add_code(system, kNoContext, rule.when, touched);
  for (const Pc pc : reachable_from(system.program, rule.body))
    add_step(system, kNoContext, system.program.steps[pc], touched);
  return touched;
}

Footprints::Footprints(const System& system)
    : system_(system),
      scheduling_(system.layout.bytes),
      interrupts_(system.layout.bytes),
      clocks_(system.layout.bytes),
      settling_(system.layout.bytes) {
  const Layout& layout = system.layout;
  add_scheduling(system, scheduling_);
  add_clocks(system, clocks_);
  for (const IrqLineLayout& line : layout.irqs) interrupts_.write(line.state);
  for (const KernelTimerLayout& timer : layout.timers) interrupts_.write(timer.pending);
  add_lines(system, interrupts_);
  std::vector<Pc> handlers = system.softirq_entries;
  for (const IrqLineLayout& line : layout.irqs) handlers.push_back(line.entry);
  for (const KernelTimerLayout& timer : layout.timers) handlers.push_back(timer.entry);
  for (ContextId id = 0; id < layout.contexts.size(); ++id) {
    const ContextLayout& context = layout.contexts[id];
    const bool task = context.kind == ContextKind::kTask;
    for (const Pc entry : task ? std::vector<Pc>{context.entry} : handlers) {
      for (const Pc pc : reachable_from(system.program, entry)) {
        const auto at = steps_.try_emplace({id, pc}, with_folded(system, id, pc)).first;
        if (!task && pc == entry) interrupts_.merge(at->second);
      }
    }
  }
  for (const CpuLayout& cpu : layout.cpus) {
    Touched own(layout.bytes);
    for (const NamedSlot& named : control_slots(cpu, 0)) own.write(named.slot);
    for (const ContextId level : {cpu.softirq, cpu.hardirq}) {
      if (level != kNoContext) own.read(layout.contexts[level].pc);
    }
    cpus_.push_back(own);
  }
  for (const Rule& rule : system.rules) rules_.push_back(rule_footprint(system, rule));
  // Watchdogs ask who waits for whom, which is everything that a step may wait for.
  for (const NamedSlot& named : all_slots(system)) settling_.read(named.slot);
  settling_.merge(scheduling_);
  settling_.merge(clocks_);
  for (const ContextLayout& context : layout.contexts) {
    settling_.write(context.relaxed);
    settling_.write(context.phase);
  }
  for (const BoundLayout& bound : layout.bounds) settling_.write(bound.told);
}

const Touched& Footprints::may_footprint(ContextId context, Pc pc) const { return steps_.at({context, pc}); }

void Footprints::add_cpu_of(const std::byte* state, ContextId context, Touched& touched) const {
  const ContextLayout& c = system_.layout.contexts[context];
  const std::int32_t cpu = c.kind == ContextKind::kTask ? base::read_slot(state, c.on_cpu) : c.cpu;
  touched.merge(cpus_[static_cast<std::size_t>(cpu)]);
}

Touched Footprints::of_context(const std::byte* state, Move move) const {
  const ContextLayout& context = system_.layout.contexts[move.actor];
  const auto pc = static_cast<Pc>(base::read_slot(state, context.pc));
  if (move.choice >= choice::kRunOnIdle) {
    Touched touched = scheduling_;
    touched.merge(clocks_);
    // A task that yields at cond_resched goes on with what is folded behind it.
    if (move.choice != choice::kWake) {
      const std::int32_t current = base::read_slot(state, system_.layout.cpus[move.choice % 100].current);
      if (current > 0 && current != kStopper) {
        const auto yielding = static_cast<ContextId>(current - 1);
        const std::int32_t at = base::read_slot(state, system_.layout.contexts[yielding].pc);
        touched.merge(may_footprint(yielding, static_cast<Pc>(at)));
      }
    }
    return touched;
  }
  Touched touched = may_footprint(move.actor, pc);
  add_cpu_of(state, move.actor, touched);
  bool softirqs = context.kind != ContextKind::kTask;
  softirqs = softirqs || starts_softirqs(system_.program.steps[pc]);
  if (softirqs) {
    touched.merge(interrupts_);
    touched.merge(scheduling_);
  }
  return touched;
}

Touched Footprints::footprint(const std::byte* state, Move move) const {
  if (move.actor < system_.cpu_actor(0)) return of_context(state, move);
  if (move.actor >= system_.smmu_actor(0) && move.actor < system_.time_actor()) {
    const std::size_t i = move.actor - static_cast<std::size_t>(system_.smmu_actor(0));
    if (system_.layout.is_legacy(i)) return legacy_footprint(system_, i, move.choice);
    Touched touched(system_.layout.bytes);
    const auto kind = hwmodel::v3::decode_transition(move.choice).kind;
    for (const base::Slot slot :
         hwmodel::v3::footprint(system_.layout.smmus[i], system_.layout.smmu_configs[i], kind))
      touched.write(slot);
    for (const int irq : system_.layout.smmu_irqs[i]) {
      if (irq != kNoIrq) touched.write(system_.layout.irqs[static_cast<std::size_t>(irq)].state);
    }
    if (kind == hwmodel::v3::TransitionKind::kLands) add_landing(system_, touched);
    return touched;
  }
  if (move.actor > system_.time_actor()) return rules_[move.choice];
  if (move.actor < system_.tick_actor(0) && move.choice >= choice::kDrain) {
    return drain_footprint(system_, state, static_cast<std::size_t>(move.actor - system_.cpu_actor(0)),
                           move.choice - choice::kDrain);
  }
  // CPUs, ticks and deadlines: interrupts, switches and watchdogs.
  Touched touched = scheduling_;
  touched.merge(interrupts_);
  touched.merge(clocks_);
  for (const ContextLayout& context : system_.layout.contexts) touched.write(context.phase);
  for (const BoundLayout& bound : system_.layout.bounds) touched.write(bound.told);
  return touched;
}

}  // namespace quiesce::sim
