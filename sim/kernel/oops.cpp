// Findings, oopses and panics.
#include <algorithm>

#include "sim/causes.hpp"
#include "sim/console.hpp"
#include "sim/machine.hpp"

namespace quiesce::sim {

std::uint16_t finding_kind(const System& system, std::string_view name) {
  const auto found = std::find(system.finding_kinds.begin(), system.finding_kinds.end(), name);
  QUIESCE_ASSERT(found != system.finding_kinds.end(), "unknown finding kind");
  return static_cast<std::uint16_t>(found - system.finding_kinds.begin());
}

void Machine::raise_property(std::uint16_t property, std::uint32_t cause) {
  if (findings_ != nullptr) findings_->push_back({property, cause});
}

void Machine::raise(std::string_view kind, ContextId context, std::string_view detail) {
  raise_in(kind, step_of(context), detail);
}

void Machine::raise_in(std::string_view kind, const Step& step, std::string_view detail) {
  const std::uint32_t cause = system_.causes.with_detail(system_.cause_of_info[step.info], detail);
  raise_property(finding_kind(system_, kind), cause);
}

/// A bad access. In task context the task dies with all that it holds; in interrupt context or with
/// bottom halves disabled the machine panics.
// Linux v6.18 arch/arm64/kernel/traps.c die(), arch/arm64/mm/fault.c do_sea(), kernel/exit.c
// make_task_dead().
void Machine::oops(ContextId context, std::string_view kind, std::string_view detail) {
  raise(kind, context, detail);
  log_oops(context, kind);
  const bool fatal =
      in_interrupt(context) || system_.machine.panic_on_oops || layout_.contexts[context].task_kind == "init";
  if (fatal) {
    panic(context, died_of(kind));
    return;
  }
  exit_task(context, TaskState::kDead);
}

void Machine::log_oops(ContextId context, std::string_view kind) const {
  if (observer_ == nullptr) return;
  const auto dead = [&](const ContextLayout& c) {
    return c.kind == ContextKind::kTask && get(c.task_state) == static_cast<std::int32_t>(TaskState::kDead);
  };
  const auto before = std::count_if(layout_.contexts.begin(), layout_.contexts.end(), dead);
  const StepInfo& info = system_.program.infos[step_of(context).info];
  for (const std::string& line : oops_report(system_, context, info, kind, static_cast<int>(before)))
    observer_->on_log(line);
}

/// An access to an object that was freed.
// Abstraction: the memory is not given to anyone else, so the access finds what was there; the run goes on.
void Machine::raise_freed(ContextId context, std::int32_t accessed) {
  raise("use_after_free", context, system_.program.families[static_cast<std::size_t>(accessed)].name);
}

/// Whether the object of that number is, according to the family of its class's field `freed`.
bool Machine::is_freed(std::int32_t freed, std::int32_t index) const {
  const Family& flags = system_.program.families[static_cast<std::size_t>(freed)];
  return (flags.constant ? flags.init[static_cast<std::size_t>(index)] : get(flags.slot(index))) != 0;
}

// Linux v6.18 arch/arm64/kernel/traps.c die(), kernel/exit.c do_exit()
std::string Machine::panic_reason(ContextId context, std::string_view died_of) const {
  const Step& step = step_of(context);
  if (step.verb == Verb::kPanic) return message_text(system_, access_, position_of(context), step.argument);
  if (step.verb == Verb::kExit) return "Aiee, killing interrupt handler!";
  if (!is_task(context) && info_of(step.verb).context == VerbContext::kSleepable)
    return "scheduling while atomic";
  const std::string died(died_of);
  if (in_interrupt(context)) return died + ": Fatal exception in interrupt";
  if (system_.machine.panic_on_oops) return died + ": Fatal exception";
  return "Attempted to kill init! exitcode=0x0000000b";
}

void Machine::panic(ContextId context, std::string_view died_of) {
  raise("panic", context);
  if (observer_ != nullptr) observer_->on_log(panic_line(panic_reason(context, died_of)));
  set(layout_.machine_state, static_cast<std::int32_t>(MachineState::kPanicked));
}

/// A value that does not fit the variable of that family; of a local, -1.
void Machine::report_range(ContextId context, std::int32_t family) {
  const std::string_view name = detail_of(system_.program, family);
  if (context == kNoContext) {
    raise_property(finding_kind(system_, "range_error"), system_.causes.with_detail(0, name));
  } else {
    raise("range_error", context, name);
  }
}

bool Machine::guard_forbids(const WriteGuard& guard) const {
  if (guard.when == kNoCode) return true;
  EvalFault fault;
  const Position nowhere{&system_.program, &layout_, kNoContext, -1};
  return evaluate(guard.when, access_, nowhere, fault) != 0 && fault.kind == EvalFault::Kind::kNone;
}

void Machine::check_register_write(const Step& step, std::int32_t smmu, std::int32_t reg,
                                   std::int32_t index) {
  for (const WriteGuard& guard : system_.write_guards) {
    const bool meant = guard.smmu == smmu && guard.reg == reg && (guard.index < 0 || guard.index == index);
    if (meant && guard_forbids(guard)) raise_property(guard.property, system_.cause_of_info[step.info]);
  }
}

void Machine::check_state_write(ContextId context, std::int32_t family, base::Slot slot) {
  check_state_write(context == kNoContext ? 0 : system_.cause_of_info[step_of(context).info], family, slot);
}

void Machine::check_state_write(std::uint32_t cause, std::int32_t family, base::Slot slot) {
  for (const WriteGuard& guard : system_.write_guards) {
    if (guard.family < 0 || guard.family != family || (guard.slot && !(*guard.slot == slot))) continue;
    if (guard_forbids(guard)) raise_property(guard.property, cause);
  }
}

/// An edit of a list writes its length and its items.
void Machine::check_list_write(ContextId context, const Step& step) {
  for (const std::int32_t family : {step.argument, step.argument2}) {
    const base::Slot first = system_.program.families[static_cast<std::size_t>(family)].first;
    check_state_write(context, family, first);
  }
}

bool Machine::execute_machine(ContextId context, const Step& step) {
  const auto reached = [&](MachineState state) {
    set(layout_.machine_state, static_cast<std::int32_t>(state));
  };
  switch (step.verb) {
    case Verb::kMachineReset:
      reached(MachineState::kReset);
      return true;
    case Verb::kMachineKexec:
      if (layout_.freed_family >= 0) set(layout_.next_kernel, 1);
      advance(context);
      return true;
    case Verb::kMachineHalt:
      reached(MachineState::kHalted);
      return true;
    case Verb::kPanic:
      if (!has_faulting_message(step) || message_is_readable(context, step)) panic(context);
      return true;
    case Verb::kSmpSendStop: {
      const ContextLayout& c = layout_.contexts[context];
      const std::int32_t at = phase(context);
      if (at == phase_of::kSpinning) {
        if (step.argument > 0) cancel(c.deadline);
        advance(context);
      } else if (at == phase_of::kTimedOut) {
        // Linux v6.18 arch/arm64/kernel/smp.c smp_send_stop() counts the CPUs once more after its wait.
        go_to(context, others_are_stopped(context) ? step.next : step.other);
      } else {
        const int here = running_on(context);
        for (std::size_t cpu = 0; cpu < layout_.cpus.size(); ++cpu) {
          const CpuLayout& other = layout_.cpus[cpu];
          if (static_cast<int>(cpu) != here && get(other.online) != 0)
            set(other.stop_irq, static_cast<std::int32_t>(IrqState::kSent));
        }
        if (step.argument > 0) arm(c.deadline, step.argument, step.argument);
        spin(context);
      }
      return true;
    }
    default:
      return false;
  }
}

}  // namespace quiesce::sim
