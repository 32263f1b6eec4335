#include "sim/describe.hpp"

#include <cstdio>

#include "hwmodel/v2/smmu.hpp"
#include "hwmodel/v3/smmu.hpp"
#include "sim/lock_view.hpp"
#include "sim/slot_names.hpp"

namespace quiesce::sim {
std::string cpu_name(std::size_t cpu) { return "cpu" + std::to_string(cpu); }

std::string where(const StepInfo& info) {
  return info.routine.empty() ? "" : info.routine + "+" + std::to_string(info.number);
}

namespace {

void describe_step(const System& system, const Machine& machine, const std::byte* state, Move move,
                   MoveText& text) {
  const StepInfo& info = step_info(system, state, move.actor);
  text.location = where(info);
  text.source = info.source;
  text.at = info.at;
  text.text = info.text;
  text.call_chain = info.callers;
  const std::int32_t phase = base::read_slot(state, system.layout.contexts[move.actor].phase);
  if (phase == phase_of::kTimedOut) text.text += " (deadline passed)";
  const int cpu = machine.running_on(move.actor);
  if (cpu >= 0) text.lane = cpu_name(static_cast<std::size_t>(cpu));
}

void describe_context(const System& system, const Machine& machine, const std::byte* state, Move move,
                      MoveText& text) {
  text.actor = system.layout.contexts[move.actor].name;
  if (move.choice < choice::kRunOnIdle) {
    describe_step(system, machine, state, move, text);
    return;
  }
  if (move.choice == choice::kWake) {
    text.lane =
        cpu_name(static_cast<std::size_t>(base::read_slot(state, system.layout.contexts[move.actor].on_cpu)));
    text.text = "wakes up " + text.actor;
    return;
  }
  const auto cpu = static_cast<std::size_t>(move.choice % 100);
  text.lane = cpu_name(cpu);
  const std::int32_t current = base::read_slot(state, system.layout.cpus[cpu].current);
  const std::string before = current > 0 && current != kStopper
                                 ? system.layout.contexts[static_cast<std::size_t>(current - 1)].name
                                 : "";
  if (move.choice >= choice::kYieldTo) {
    text.text = before + " yields to " + text.actor;
  } else if (move.choice >= choice::kPull) {
    text.text = "idle, pulls " + text.actor;
  } else if (move.choice >= choice::kPreempt) {
    text.text = text.actor + " preempts " + before;
  } else {
    text.text = "runs " + text.actor;
  }
}

std::string name_of_register(const System& system, const BufferedStore& store) {
  const auto number = static_cast<std::size_t>(store.reg());
  if (!system.layout.is_legacy(store.smmu())) return std::string(hwmodel::v3::register_at(number).name);
  const hwmodel::v2::Register& reg = hwmodel::v2::register_at(number);
  if (reg.per == hwmodel::v2::Per::kSmmu) return std::string(reg.name);
  return std::string(reg.name) + "[" + std::to_string(store.index) + "]";
}

std::string hardware_event(const System& system, std::size_t smmu, std::uint16_t which) {
  if (system.layout.is_legacy(smmu))
    return hwmodel::v2::describe(system.layout.legacy_of(smmu).smmu, hwmodel::v2::decode_transition(which));
  return hwmodel::v3::describe(system.layout.smmus[smmu], hwmodel::v3::decode_transition(which));
}

/// What becomes of an entry of the store buffer, and which step made it.
std::string drained(const System& system, const std::byte* state, std::size_t cpu, int entry) {
  const base::StateAccess access(const_cast<std::byte*>(state));
  const BufferedStore store = StoreBuffer(system.layout.cpus[cpu].stores, access).at(entry);
  const std::string by = " (" + system.program.infos[system.program.steps[store.pc].info].text + ")";
  if (store.is_register()) {
    return "write of " + system.smmus[store.smmu()].name + "." + name_of_register(system, store) +
           " arrives" + by;
  }
  for (const NamedSlot& named : all_slots(system)) {
    if (named.slot == store.slot()) return "store to " + named.name + " becomes visible" + by;
  }
  return "a store becomes visible" + by;
}

std::string cpu_event(const System& system, const std::byte* state, std::size_t cpu, std::uint16_t which) {
  switch (which) {
    case choice::kStopperMoves: {
      const std::int32_t task = base::read_slot(state, system.layout.cpus[cpu].moving);
      return "migration/" + std::to_string(cpu) + " moves " +
             system.layout.contexts[static_cast<std::size_t>(task - 1)].name;
    }
    case choice::kTakeResched:
      return "takes the reschedule interrupt";
    case choice::kLatchResched:
      return "reschedule interrupt arrives, masked";
    case choice::kTakeTick:
      return "takes the tick that was due";
    case choice::kTakeStop:
      return "takes IPI_CPU_STOP: parked";
    case choice::kLatchStop:
      return "IPI_CPU_STOP arrives, masked";
    case choice::kReportLockup:
      return "watchdog timer: soft lockup";
    case choice::kNextSoftirqRound:
      return "goes on with softirqs";
    case choice::kWakeKsoftirqd:
      return "leaves softirqs to ksoftirqd";
    default:
      break;
  }
  if (which >= choice::kDrain) return drained(system, state, cpu, which - choice::kDrain);
  if (which >= choice::kTakeTimer)
    return "interrupt of timer " + system.timer_names[which - choice::kTakeTimer];
  if (which >= choice::kLatchIrq)
    return "interrupt " + system.irq_names[which - choice::kLatchIrq] + " arrives, masked";
  return "takes interrupt " + system.irq_names[which - choice::kTakeIrq];
}

std::string timer_event(const System& system, TimerId timer) {
  const Layout& layout = system.layout;
  for (const ContextLayout& context : layout.contexts) {
    if (context.deadline == timer) return "deadline of " + context.name + " passes";
    if (context.hung_task == timer) return "khungtaskd finds " + context.name;
    if (context.rcu_stall == timer) return "RCU stall: " + context.name + " waits for too long";
  }
  for (std::size_t cpu = 0; cpu < layout.cpus.size(); ++cpu) {
    if (layout.cpus[cpu].lockup == timer)
      return "watchdog of " + cpu_name(cpu) + ": no heartbeat for too long";
  }
  for (std::size_t i = 0; i < layout.timers.size(); ++i) {
    if (layout.timers[i].timer == timer) return "timer " + system.timer_names[i] + " expires";
  }
  for (const BoundLayout& bound : layout.bounds) {
    if (bound.timer == timer)
      return "the bound of " + system.properties[bound.property].name + " is exceeded";
  }
  return "time passes";
}

std::string task_of(const System& system, std::int32_t owner) {
  return system.layout.contexts[static_cast<std::size_t>(owner - 1)].name;
}

}  // namespace

std::string show_value(const System& system, const Type& type, std::int32_t value) {
  const auto index = static_cast<std::size_t>(value);
  switch (type.kind) {
    case TypeKind::kBool:
      return value != 0 ? "true" : "false";
    case TypeKind::kEnum:
      if (value >= 0 && index < type.constants.size()) return type.constants[index];
      break;
    case TypeKind::kId:
      if (value < 0) return "unset";
      break;
    case TypeKind::kRef: {
      if (value == 0) return "NULL";
      const auto objects = system.objects.find(type.name);
      if (objects != system.objects.end() && index <= objects->second.size())
        return objects->second[index - 1];
      break;
    }
    case TypeKind::kMutex:
    case TypeKind::kSpinlock:
      return value == 0 ? "free" : "held by " + task_of(system, value);
    case TypeKind::kRwlock:
    case TypeKind::kRwsem:
      return value == 0 ? "free" : value < 0 ? "written by " + task_of(system, -value) : readers(value);
    default:
      break;
  }
  return std::to_string(value);
}

std::string hexadecimal(std::int32_t value) {
  char text[16];
  std::snprintf(text, sizeof text, "0x%x", static_cast<unsigned>(value));
  return text;
}

MoveText describe(const System& system, const std::byte* state, Move move) {
  std::vector<base::Write> undo;
  base::StateAccess access(const_cast<std::byte*>(state), undo);
  const Machine machine(system, access);
  MoveText text;
  if (move.actor < system.cpu_actor(0)) {
    describe_context(system, machine, state, move, text);
  } else if (move.actor < system.tick_actor(0)) {
    const auto cpu = static_cast<std::size_t>(move.actor - system.cpu_actor(0));
    text.lane = text.actor = cpu_name(cpu);
    text.text = cpu_event(system, state, cpu, move.choice);
  } else if (move.actor < system.smmu_actor(0)) {
    text.lane = text.actor = cpu_name(static_cast<std::size_t>(move.actor - system.tick_actor(0)));
    text.text = "tick";
  } else if (move.actor < system.time_actor()) {
    text.lane = text.actor = system.smmus[static_cast<std::size_t>(move.actor - system.smmu_actor(0))].name;
    text.text =
        hardware_event(system, static_cast<std::size_t>(move.actor - system.smmu_actor(0)), move.choice);
  } else if (move.actor == system.time_actor()) {
    text.lane = text.actor = "time";
    text.text = timer_event(system, static_cast<TimerId>(move.choice));
  } else {
    text.lane = text.actor = "rules";
    text.text = system.rules[move.choice].name;
  }
  return text;
}

std::vector<std::pair<std::string, std::string>> changes(const System& system, const std::byte* before,
                                                         const std::byte* after) {
  std::vector<std::pair<std::string, std::string>> all;
  const auto compare = [&](base::Slot slot, const auto& name, const auto& show) {
    const std::int32_t old_value = base::read_slot(before, slot);
    const std::int32_t new_value = base::read_slot(after, slot);
    if (old_value != new_value) all.emplace_back(name(), show(old_value) + " -> " + show(new_value));
  };
  for (const Family& family : system.program.families) {
    if (family.constant) continue;
    for (std::int32_t i = 0; i < family.count; ++i) {
      compare(
          family.slot(i), [&] { return name_of(system, family, i); },
          [&](std::int32_t value) { return show_value(system, family.type, value); });
    }
  }
  const auto compare_parts = [&](const std::string& smmu, const auto& parts) {
    for (const auto& [part, slot] : parts) {
      if (!part.starts_with('.')) continue;
      const auto name = [&, &part = part] { return smmu + part; };
      compare(slot, name, hexadecimal);
    }
  };
  for (std::size_t i = 0; i < system.layout.smmus.size(); ++i) {
    compare_parts(system.smmus[i].name,
                  hwmodel::v3::named_parts(system.layout.smmus[i], system.layout.smmu_configs[i]));
  }
  for (std::size_t i = system.layout.smmus.size(); i < system.layout.smmu_count(); ++i) {
    const LegacyLayout& legacy = system.layout.legacy_of(i);
    compare_parts(system.smmus[i].name, hwmodel::v2::named_parts(legacy.smmu, legacy.config));
  }
  return all;
}

std::string location_of(const System& system, const std::byte* state, ContextId context) {
  return where(step_info(system, state, context));
}

const StepInfo& step_info(const System& system, const std::byte* state, ContextId context) {
  const auto pc = static_cast<std::size_t>(base::read_slot(state, system.layout.contexts[context].pc));
  return system.program.infos[system.program.steps[pc].info];
}

TopOfCpu top_of_cpu(const System& system, const std::byte* state, std::size_t cpu) {
  std::vector<base::Write> undo;
  base::StateAccess access(const_cast<std::byte*>(state), undo);
  TopOfCpu top;
  top.context = Machine(system, access).top_of(cpu);
  const std::int32_t current = base::read_slot(state, system.layout.cpus[cpu].current);
  if (current != kNoTask && current != kStopper) top.task = static_cast<ContextId>(current - 1);
  if (top.context == kNoContext) return top;
  const StepInfo& info = step_info(system, state, top.context);
  top.location = where(info);
  top.callers = info.callers;
  return top;
}

}  // namespace quiesce::sim
