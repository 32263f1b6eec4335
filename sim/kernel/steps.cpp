// One step of a context, and the local computation that is folded into it.
#include <algorithm>

#include "sim/causes.hpp"
#include "sim/console.hpp"
#include "sim/machine.hpp"

namespace quiesce::sim {

void Machine::execute(ContextId context, std::uint16_t which) {
  QUIESCE_ASSERT(running_on(context) >= 0, "a context that does not run made a step");
  const Step& step = step_of(context);
  observe_step(static_cast<Pc>(get(layout_.contexts[context].pc)));
  if (info_of(step.verb).context == VerbContext::kSleepable && phase(context) <= phase_of::kYielded) {
    check_may_sleep(context);
    if (terminal()) return;
  }
  if (passes_yield_point(context)) {
    const auto cpu = static_cast<std::size_t>(running_on(context));
    heartbeat(cpu);
    // Linux v6.18 kernel/sched/core.c __cond_resched() calls rcu_all_qs(), but not with CONFIG_PREEMPT_RCU.
    if (!system_.machine.rcu_preempt) quiescent(cpu);
  }
  if (execute_data(context, step, which)) return;
  if (execute_masking(context, step)) return;
  if (execute_lock(context, step, which)) return;
  if (layout_.rcu && execute_rcu(context, step)) return;
  if (execute_waiting(context, step, which)) return;
  if (execute_work(context, step)) return;
  if (execute_interrupts(context, step)) return;
  if (execute_machine(context, step)) return;
  if (step.verb == Verb::kExit) {
    execute_folded_from(context);
    return;
  }
  if (step.verb == Verb::kJump && step.next <= get(layout_.contexts[context].pc)) catch_up(context);
  advance(context);
}

/// A task that has turned interrupts on meets what was latched before it does anything else.
bool Machine::interrupt_comes_first(ContextId context) const {
  if (!is_task(context) || running_on(context) < 0) return false;
  thread_local std::vector<Move> latched;
  latched.clear();
  return enabled_interrupts(static_cast<std::size_t>(running_on(context)), latched);
}

void Machine::go_to(ContextId context, Pc pc) {
  set(layout_.contexts[context].pc, pc);
  set_phase(context, phase_of::kStart);
  execute_folded_from(context);
}

void Machine::execute_folded_from(ContextId context) {
  while (true) {
    const ContextLayout& c = layout_.contexts[context];
    const auto pc = static_cast<Pc>(get(c.pc));
    const Step& step = system_.program.steps[pc];
    if (pc == kInactive || terminal()) return;
    if (step.verb == Verb::kExit) {
      if (interrupt_comes_first(context) || has_buffered_stores(context)) return;
      observe_step(pc);
      if (is_task(context)) {
        exit_task(context, TaskState::kExited);
      } else if (step.argument == kIsStep) {
        panic(context);
      } else {
        leave_interrupt(context);
      }
      return;
    }
    if (!step.folded) return;
    observe_step(pc);
    if (step.verb == Verb::kJump || step.verb == Verb::kNop) {
      if (step.next < pc) catch_up(context);
      set(c.pc, step.next);
    } else if (step.verb == Verb::kFrameEnd) {
      execute_frame_end(context, step);
      set(c.pc, step.next);
    } else {
      // The step goes on by itself (and folds what follows), or an oops ends the context or the machine.
      const bool done = execute_data(context, step, 0);
      QUIESCE_ASSERT(done, "a step that waits or switches is folded into another");
      QUIESCE_ASSERT(static_cast<Pc>(get(c.pc)) != pc || is_task(context) || terminal() ||
                         phase(context) == phase_of::kBusHang,
                     "a folded step did not move on");
      return;
    }
  }
}

void Machine::execute_frame_end(ContextId context, const Step& step) {
  const ContextLayout& c = layout_.contexts[context];
  for (std::int32_t i = step.argument; i < step.argument2; ++i) {
    set({static_cast<std::uint16_t>(c.frame + i), base::Width::kU8}, 0);
  }
}

std::optional<std::int32_t> Machine::evaluate_or_oops(CodeId code, ContextId context) {
  if (code == kNoCode) return 0;
  EvalFault fault;
  const Position position =
      context == kNoContext ? Position{&system_.program, &layout_, kNoContext, -1} : position_of(context);
  const std::int32_t value = evaluate(code, access_, position, fault);
  if (fault.freed >= 0 && context != kNoContext) raise_freed(context, fault.freed);
  if (fault.wrong_model && context != kNoContext) raise("unpredictable_register", context);
  if (fault.unclocked >= 0 && !survives_unclocked(static_cast<std::size_t>(fault.unclocked), context))
    return std::nullopt;
  if (fault.kind == EvalFault::Kind::kNone) return value;
  if (context == kNoContext) return std::nullopt;
  oops(context, fault.kind == EvalFault::Kind::kNull ? "null_dereference" : "range_error",
       detail_of(system_.program, fault.family));
  return std::nullopt;
}

base::Slot Machine::place_slot(ContextId context, const Place& place, bool& ok) {
  ok = true;
  if (place.kind == Place::Kind::kSlot) return place.slot;
  if (place.kind == Place::Kind::kLocal) {
    return {static_cast<std::uint16_t>(layout_.contexts[context].frame + place.slot.offset),
            place.slot.width};
  }
  const auto index = evaluate_or_oops(place.index, context);
  const Family& family = system_.program.families[static_cast<std::size_t>(place.family)];
  ok = index.has_value() && *index >= 0 && *index < family.count;
  if (index && !ok && context != kNoContext) oops(context, "range_error", family.name);
  return ok ? family.slot(*index) : family.first;
}

/// False if the place does not exist, which was an oops.
bool Machine::write_place(ContextId context, const Place& place, std::int32_t value) {
  bool ok = false;
  const base::Slot slot = place_slot(context, place, ok);
  if (!ok) return false;
  if (value < place.lo || value > place.hi) {
    report_range(context, place.family);
    return true;
  }
  if (!system_.write_guards.empty()) check_state_write(context, place.family, slot);
  set(slot, value);
  return true;
}

bool Machine::execute_data(ContextId context, const Step& step, std::uint16_t which) {
  switch (step.verb) {
    case Verb::kIf: {
      const auto value = evaluate_or_oops(step.value, context);
      if (!value) return true;
      observe_condition(context, *value != 0);
      go_to(context, *value != 0 ? step.next : step.other);
      return true;
    }
    case Verb::kSet:
    case Verb::kLet:
    case Verb::kLoad:
      execute_set(context, step);
      return true;
    case Verb::kCmpxchg:
      execute_cmpxchg(context, step);
      return true;
    case Verb::kChoose:
      static_cast<void>(write_place(context, step.place, step.argument + which));
      advance(context);
      return true;
    case Verb::kListAddTail:
    case Verb::kListDel:
    case Verb::kTakeFirst:
    case Verb::kTakeLast:
      execute_list(context, step);
      return true;
    case Verb::kWrite:
      execute_write(context, step);
      return true;
    case Verb::kWriteLegacy:
      execute_write_legacy(context, step);
      return true;
    case Verb::kClkEnable:
    case Verb::kClkDisable:
    case Verb::kPowerOn:
    case Verb::kPowerOff:
      execute_smmu_switch(context, step);
      return true;
    case Verb::kReserveAndPublish:
      execute_publish(context, step);
      return true;
    case Verb::kPutCommands:
      execute_put_commands(context, step);
      return true;
    case Verb::kDmaWmb:
    case Verb::kSmpWmb:
    case Verb::kSmpMb:
      execute_barrier(context, step);
      return true;
    case Verb::kFinding:
      raise_property(static_cast<std::uint16_t>(step.argument), system_.cause_of_info[step.info]);
      advance(context);
      return true;
    case Verb::kLog:
      execute_log(context, step);
      return true;
    default:
      return false;
  }
}

void Machine::execute_set(ContextId context, const Step& step) {
  const auto value = evaluate_or_oops(step.value, context);
  if (!value) return;
  if (step.argument == kFrees && step.verb == Verb::kSet) check_locks_at_free(context, step);
  const bool waits =
      buffers(context, step) && (step.access == Access::kStore || step.access == Access::kReleaseStore);
  if (!(waits ? buffer_set(context, step, *value) : write_place(context, step.place, *value))) return;
  if (context != kNoContext) advance(context);
}

void Machine::execute_cmpxchg(ContextId context, const Step& step) {
  const auto expected = evaluate_or_oops(step.value, context);
  const auto desired = expected ? evaluate_or_oops(step.value2, context) : std::nullopt;
  bool ok = false;
  if (!desired) return;
  const base::Slot slot = place_slot(context, step.place, ok);
  if (!ok) return;
  if (get(slot) == *expected) {
    if (write_place(context, step.place, *desired)) advance(context);
  } else {
    go_to(context, step.other);
  }
}

void Machine::execute_list(ContextId context, const Step& step) {
  const Family& length = system_.program.families[static_cast<std::size_t>(step.argument)];
  const Family& items = system_.program.families[static_cast<std::size_t>(step.argument2)];
  const std::int32_t n = get(length.first);
  check_list_write(context, step);
  const auto remove = [&](std::int32_t position) {
    for (std::int32_t i = position; i + 1 < n; ++i) set(items.slot(i), get(items.slot(i + 1)));
    set(items.slot(n - 1), 0);
    set(length.first, n - 1);
  };
  if (step.verb == Verb::kTakeFirst || step.verb == Verb::kTakeLast) {
    if (n == 0) {
      oops(context, "null_dereference", length.name);
      return;
    }
    const std::int32_t position = step.verb == Verb::kTakeFirst ? 0 : n - 1;
    touch_neighbours(context, step, position);
    static_cast<void>(write_place(context, step.place, get(items.slot(position))));
    remove(position);
    advance(context);
    return;
  }
  const auto item = evaluate_or_oops(step.value, context);
  if (!item || !may_be_listed(context, items, *item)) return;
  std::int32_t at = 0;
  while (at < n && get(items.slot(at)) != *item) ++at;
  if (step.verb == Verb::kListDel) {
    if (at < n) {
      touch_neighbours(context, step, at);
      remove(at);
    } else if (step.value2 == kNoCode) {  // without `if_listed`
      raise("range_error", context, misuse::kNotOnList);
    }
  } else if (at < n && items.type.kind == TypeKind::kRef) {
    raise("range_error", context, misuse::kOnListAlready);
  } else if (n == items.count) {
    report_range(context, step.argument2);
  } else {
    touch_neighbours(context, step, n);
    set(items.slot(n), *item);
    set(length.first, n + 1);
  }
  advance(context);
}

/// The links of a list lie in its objects. False if there is no object, which was an oops.
// Linux v6.18 include/linux/list.h.
bool Machine::may_be_listed(ContextId context, const Family& items, std::int32_t item) {
  if (items.type.kind != TypeKind::kRef) return true;
  if (item <= 0) {
    oops(context, "null_dereference", items.name);
    return false;
  }
  if (items.freed >= 0 && is_freed(items.freed, item - 1)) raise("use_after_free", context, items.name);
  return true;
}

/// What comes or goes at this position is linked to those before and behind it.
void Machine::touch_neighbours(ContextId context, const Step& step, std::int32_t position) {
  const std::int32_t n = get(system_.program.families[static_cast<std::size_t>(step.argument)].first);
  const Family& items = system_.program.families[static_cast<std::size_t>(step.argument2)];
  if (items.freed < 0) return;
  bool freed = false;
  for (std::int32_t i = std::max(position - 1, 0); i < n && i <= position + 1; ++i) {
    const std::int32_t item = get(items.slot(i));
    freed = freed || (item > 0 && is_freed(items.freed, item - 1));
  }
  if (freed) raise("use_after_free", context, items.name);
}

/// Looks at what a message prints. False if that was an oops.
bool Machine::message_is_readable(ContextId context, const Step& step) {
  for (const CodeId part : faulting_parts(system_.program, step)) {
    if (!evaluate_or_oops(part, context)) return false;
  }
  return true;
}

void Machine::execute_log(ContextId context, const Step& step) {
  if (!message_is_readable(context, step)) return;
  if (observer_ != nullptr) {
    const StepInfo& site = system_.program.infos[step.info];
    const std::string line = message_text(system_, access_, position_of(context), step.argument);
    if (site.ratelimited.empty()) {
      observer_->on_log(line);
    } else {
      observer_->on_ratelimited_log(site, line);
    }
  }
  advance(context);
}

}  // namespace quiesce::sim
