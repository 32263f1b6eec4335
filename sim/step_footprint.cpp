#include "sim/step_footprint.hpp"

#include "sim/legacy_footprint.hpp"
#include "sim/slot_names.hpp"

namespace quiesce::sim {
namespace {

void read_family(const System& system, int index, Touched& touched) {
  const Family& family = system.program.families[static_cast<std::size_t>(index)];
  for (std::int32_t i = 0; !family.constant && i < family.count; ++i) touched.read(family.slot(i));
}

/// Which of the objects on the list are freed.
void read_freed(const System& system, int items, Touched& touched) {
  const std::int32_t freed = system.program.families[static_cast<std::size_t>(items)].freed;
  if (freed >= 0) read_family(system, freed, touched);
}

void write_family(const System& system, int index, Touched& touched) {
  const Family& family = system.program.families[static_cast<std::size_t>(index)];
  for (std::int32_t i = 0; !family.constant && i < family.count; ++i) touched.write(family.slot(i));
}

/// A step does not say which SMMU a reference will name, so all of them count.
void read_smmus(const System& system, const Instruction& in, Touched& touched) {
  namespace v3 = hwmodel::v3;
  for (std::size_t i = 0; i < system.layout.smmus.size(); ++i) {
    const v3::Layout& smmu = system.layout.smmus[i];
    const v3::Config& config = system.layout.smmu_configs[i];
    if (in.op == Op::kRegister) {
      const v3::Register& reg = v3::register_at(static_cast<std::size_t>(in.a));
      for (const base::Slot slot : v3::footprint(smmu, config, reg)) touched.read(slot);
    } else if (in.op == Op::kDecision) {
      touched.read(smmu.cr0.in_force);
      touched.read(smmu.gbpa_in_force);
    } else if (in.op == Op::kEventField) {
      for (const base::Slot slot : v3::record_slots(smmu, config)) touched.read(slot);
    } else {
      for (unsigned k = 0; k < config.cmdq_window; ++k)
        touched.read({static_cast<std::uint16_t>(smmu.ring.offset + k), base::Width::kU8});
    }
  }
}

void add_place(const System& system, ContextId context, const Place& place, Touched& touched) {
  if (place.kind == Place::Kind::kSlot) touched.write(place.slot);
  if (place.kind == Place::Kind::kLocal) add_context(system, context, touched);
  if (place.kind != Place::Kind::kFamily) return;
  add_code(system, context, place.index, touched);
  write_family(system, place.family, touched);
}

void add_guards(const System& system, Touched& touched) {
  for (const WriteGuard& guard : system.write_guards) add_code(system, kNoContext, guard.when, touched);
}

void add_smmus(const System& system, const Step& step, Touched& touched) {
  namespace v3 = hwmodel::v3;
  for (std::size_t i = 0; i < system.layout.smmus.size(); ++i) {
    const v3::Layout& smmu = system.layout.smmus[i];
    const v3::Config& config = system.layout.smmu_configs[i];
    const bool publishes = step.verb == Verb::kReserveAndPublish;
    if (publishes || step.verb == Verb::kPutCommands) {
      for (const base::Slot slot : v3::ring_slots(smmu, config)) touched.write(slot);
    }
    if (step.verb == Verb::kPutCommands) {
      for (const base::Slot slot : {smmu.cmdq_prod, smmu.cmdq_cons, smmu.cmdq_halts, smmu.gerror,
                                    smmu.gerrorn, smmu.cr0.written, smmu.cr0.acknowledged}) {
        touched.read(slot);
      }
      continue;
    }
    const v3::Register& reg = publishes ? *v3::find_register("CMDQ_PROD")
                                        : v3::register_at(static_cast<std::size_t>(step.argument));
    for (const base::Slot slot : v3::footprint(smmu, config, reg)) touched.write(slot);
    for (const int irq : system.layout.smmu_irqs[i]) {
      if (irq != kNoIrq) touched.write(system.layout.irqs[static_cast<std::size_t>(irq)].state);
    }
  }
}

void add_all_locks(const System& system, Touched& touched) {
  for (std::size_t i = 0; i < system.program.families.size(); ++i) {
    if (is_lock(system.program.families[i].type.kind)) read_family(system, static_cast<int>(i), touched);
  }
}

/// Sleepers are found by the step in which they sleep, so the places of such steps are read too.
void add_sleepers(const System& system, Touched& touched) {
  add_scheduling(system, touched);
  for (ContextId task = 0; task < system.layout.tasks; ++task) {
    for (const Step& step : system.program.steps) {
      const bool sleeps =
          step.place.kind == Place::Kind::kFamily && info_of(step.verb).context == VerbContext::kSleepable;
      if (sleeps) add_code(system, task, step.place.index, touched);
    }
  }
}

/// Who waits for whom is found by everyone's step and the locks' owners.
void add_circle(const System& system, Touched& touched) {
  add_all_locks(system, touched);
  add_sleepers(system, touched);
  for (ContextId id = 0; id < system.layout.contexts.size(); ++id) {
    for (const NamedSlot& named : control_slots(system.layout, system.layout.contexts[id]))
      touched.read(named.slot);
    for (const Step& step : system.program.steps) {
      if (step.place.kind == Place::Kind::kFamily) add_code(system, id, step.place.index, touched);
    }
  }
  for (const WorkLayout& work : system.layout.works) touched.read(work.flushes);
}

/// An oops ends the task with its CPU and may panic the machine; exiting is the same without a fault.
void add_end_of_context(const System& system, ContextId context, Touched& touched) {
  if (context == kNoContext) return;  // a rule that meets a fault is over, and nothing else
  add_all_locks(system, touched);
  add_sleepers(system, touched);
  add_context(system, context, touched);
  add_clocks(system, touched);
  touched.write(system.layout.machine_state);
}

void add_interrupt_state(const System& system, Touched& touched) {
  for (const IrqLineLayout& line : system.layout.irqs) touched.write(line.state);
  for (const hwmodel::v3::Layout& smmu : system.layout.smmus) {
    for (const hwmodel::v3::Source& source : smmu.streams.sources) touched.write(source.at);
  }
  for (const LegacyLayout& legacy : system.layout.legacy) {
    for (const hwmodel::v2::Source& source : legacy.smmu.traffic.sources) touched.write(source.at);
  }
  add_lines(system, touched);
  for (const KernelTimerLayout& timer : system.layout.timers) touched.write(timer.pending);
}

[[nodiscard]] bool switches_or_wakes(const Step& step) {
  switch (step.verb) {
    case Verb::kMutexUnlock:
    case Verb::kUpRead:
    case Verb::kUpWrite:
    case Verb::kComplete:
    case Verb::kCompleteAll:
    case Verb::kWakeUp:
    case Verb::kSpinUnlockBh:
    case Verb::kLocalBhEnable:
    case Verb::kRcuReadUnlock:
    case Verb::kSrcuReadUnlock:
    case Verb::kRaiseSoftirq:
    case Verb::kRunSoftirqs:
    case Verb::kNextWork:
    case Verb::kWorkDone:
    case Verb::kSmpSendStop:
      return true;
    default:
      return info_of(step.verb).context == VerbContext::kSleepable ||
             (step.verb == Verb::kPoll && step.argument2 != 0);
  }
}

/// Spins, which tells others on the CPU that they are no longer behind.
[[nodiscard]] bool keeps_cpu(const Step& step) {
  return spins_for_lock(step.verb) || step.verb == Verb::kPoll || step.verb == Verb::kDelay ||
         step.verb == Verb::kCpuRelax || step.verb == Verb::kSmpSendStop;
}

/// Waits for somebody in particular, who may wait for others.
[[nodiscard]] bool may_close_circle(const Step& step) {
  return spins_for_lock(step.verb) || step.verb == Verb::kMutexLock || step.verb == Verb::kDownRead ||
         step.verb == Verb::kDownWrite || step.verb == Verb::kFlushWork || step.verb == Verb::kCancelWorkSync;
}

[[nodiscard]] bool uses_clock(const Step& step) {
  switch (step.verb) {
    case Verb::kPoll:
    case Verb::kDelay:
    case Verb::kSmpSendStop:
    case Verb::kModTimer:
    case Verb::kDelTimer:
    case Verb::kDelTimerSync:
      return true;
    default:
      return switches_or_wakes(step);
  }
}

void add_work(const System& system, const Step& step, Touched& touched) {
  const WorkLayout& work = system.layout.works[static_cast<std::size_t>(step.argument)];
  for (const base::Slot slot : {work.pending, work.running, work.flushes}) touched.write(slot);
  add_scheduling(system, touched);
}

void add_verb(const System& system, ContextId context, const Step& step, Touched& touched) {
  switch (step.verb) {
    case Verb::kListAddTail:
    case Verb::kListDel:
    case Verb::kTakeFirst:
    case Verb::kTakeLast:
      write_family(system, step.argument, touched);
      write_family(system, step.argument2, touched);
      read_freed(system, step.argument2, touched);
      add_end_of_context(system, context, touched);
      break;
    case Verb::kSet:
      if (step.argument == kFrees) add_circle(system, touched);
      break;
    case Verb::kWrite:
    case Verb::kReserveAndPublish:
    case Verb::kPutCommands:
      add_smmus(system, step, touched);
      break;
    case Verb::kWriteLegacy:
      write_legacy_register(system, step, touched);
      add_end_of_context(system, context, touched);
      break;
    case Verb::kClkEnable:
    case Verb::kClkDisable:
    case Verb::kPowerOn:
    case Verb::kPowerOff:
      switch_smmu(system, step, touched);
      break;
    case Verb::kRaiseIrq:
    case Verb::kModTimer:
    case Verb::kDelTimer:
    case Verb::kDelTimerSync:
    case Verb::kLocalBhEnable:
    case Verb::kSpinUnlockBh:
    case Verb::kRunSoftirqs:
      add_interrupt_state(system, touched);
      break;
    case Verb::kQueueWork:
    case Verb::kFlushWork:
    case Verb::kCancelWorkSync:
    case Verb::kNextWork:
    case Verb::kWorkDone:
      add_work(system, step, touched);
      break;
    case Verb::kMachineKexec:
      if (system.layout.freed_family >= 0) touched.write(system.layout.next_kernel);
      break;
    case Verb::kMachineReset:
    case Verb::kMachineHalt:
    case Verb::kPanic:
      touched.write(system.layout.machine_state);
      break;
    case Verb::kExit:
      add_end_of_context(system, context, touched);
      add_interrupt_state(system, touched);
      break;
    default:
      break;
  }
}

}  // namespace

void add_code(const System& system, ContextId context, CodeId code, Touched& touched) {
  if (code == kNoCode) return;
  for (auto pc = static_cast<std::size_t>(code); system.program.code[pc].op != Op::kEnd; ++pc) {
    const Instruction& in = system.program.code[pc];
    if (reads_slot(in.op)) touched.read(in.slot);
    switch (in.op) {
      case Op::kLoadLocal: {
        // Circles are found by everyone's steps: one that needs more locals than this context has is not its.
        const ContextLayout& own = system.layout.contexts[context];
        if (in.slot.offset + base::bytes_of(in.slot.width) <= static_cast<std::size_t>(own.frame_bytes))
          touched.read({static_cast<std::uint16_t>(own.frame + in.slot.offset), in.slot.width});
        break;
      }
      case Op::kLoadAt:
        read_family(system, in.a, touched);
        break;
      case Op::kLegacyRegister:
        read_legacy_register(system, in.a, touched);
        break;
      case Op::kRegister:
      case Op::kCommandWord:
      case Op::kEventField:
      case Op::kDecision:
        read_smmus(system, in, touched);
        break;
      case Op::kDecisionOf:
        read_decisions(system, touched);
        break;
      case Op::kInFlight:
        for (const hwmodel::v3::Layout& smmu : system.layout.smmus) {
          for (const hwmodel::v3::Source& source : smmu.streams.sources) touched.read(source.at);
        }
        for (const LegacyLayout& legacy : system.layout.legacy) {
          for (const hwmodel::v2::Source& source : legacy.smmu.traffic.sources) touched.read(source.at);
        }
        break;
      case Op::kTaskExited:
        touched.read(system.layout.contexts[static_cast<std::size_t>(in.a)].task_state);
        break;
      case Op::kMachineState:
        touched.read(system.layout.machine_state);
        break;
      case Op::kCurrent:
        for (const CpuLayout& cpu : system.layout.cpus) touched.read(cpu.current);
        break;
      default:
        break;
    }
  }
}

void add_context(const System& system, ContextId context, Touched& touched) {
  if (context == kNoContext) return;
  const ContextLayout& c = system.layout.contexts[context];
  for (const NamedSlot& named : control_slots(system.layout, c)) touched.write(named.slot);
  for (int i = 0; i < c.frame_bytes; ++i)
    touched.write({static_cast<std::uint16_t>(c.frame + i), base::Width::kU8});
}

void add_scheduling(const System& system, Touched& touched) {
  for (ContextId task = 0; task < system.layout.tasks; ++task) {
    for (const NamedSlot& named : control_slots(system.layout, system.layout.contexts[task]))
      touched.write(named.slot);
  }
  for (std::size_t cpu = 0; cpu < system.layout.cpus.size(); ++cpu) {
    const CpuLayout& c = system.layout.cpus[cpu];
    for (const NamedSlot& named : control_slots(c, cpu)) touched.write(named.slot);
    for (const ContextId level : {c.softirq, c.hardirq}) {
      if (level != kNoContext) touched.read(system.layout.contexts[level].pc);
    }
  }
}

void add_landing(const System& system, Touched& touched) {
  touched.read(system.layout.next_kernel);
  read_family(system, system.layout.freed_family, touched);
  for (const IrqLineLayout& line : system.layout.irqs) touched.write(line.state);
}

void add_clocks(const System& system, Touched& touched) {
  for (const base::Slot slot : system.layout.zone.slots()) touched.write(slot);
}

void add_step(const System& system, ContextId context, const Step& step, Touched& touched) {
  add_context(system, context, touched);
  touched.read(system.layout.machine_state);
  add_code(system, context, step.value, touched);
  add_code(system, context, step.value2, touched);
  add_code(system, context, step.value3, touched);
  add_place(system, context, step.place, touched);
  if (!system.write_guards.empty()) add_guards(system, touched);
  if (switches_or_wakes(step)) add_sleepers(system, touched);
  if (uses_clock(step)) add_clocks(system, touched);
  const bool faults = may_fault(system.program, step.value) || may_fault(system.program, step.value2) ||
                      may_fault(system.program, step.value3) || step.place.kind == Place::Kind::kFamily ||
                      has_faulting_message(step);
  for (const CodeId part : faulting_parts(system.program, step)) add_code(system, context, part, touched);
  if (system.layout.leads && (is_long_busy_wait(step) || keeps_cpu(step))) add_scheduling(system, touched);
  if (may_close_circle(step)) add_circle(system, touched);
  if (faults || switches_or_wakes(step)) add_end_of_context(system, context, touched);
  add_verb(system, context, step, touched);
}

}  // namespace quiesce::sim
