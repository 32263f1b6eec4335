// Objects, globals, lists, timers, interrupts and works.
#include <algorithm>
#include <set>

#include "checker/machine_cells.hpp"
#include "sim/describe.hpp"
#include "sim/slot_names.hpp"
#include "sim/world.hpp"

namespace quiesce::checker {
namespace {

using sim::Family;
using sim::System;

CellNumber add_element(const System& system, const Family& family, std::int32_t index, CellList& cells) {
  if (family.constant) {
    return cells.add_constant(
        sim::show_value(system, family.type, family.init[static_cast<std::size_t>(index)]));
  }
  const sim::Type type = family.type;
  return cells.add(family.slot(index),
                   [&system, type](std::int32_t value) { return sim::show_value(system, type, value); });
}

/// "device" of "device.domain", if that is a class.
std::string class_of(const System& system, const Family& family) {
  const std::string name = family.name.substr(0, family.name.find('.'));
  const bool is_field = name.size() < family.name.size() && system.objects.contains(name);
  return is_field ? name : "";
}

/// Families that are shown in another place than among the globals, or stand for nothing of the kernel's.
std::set<std::string> shown_elsewhere(const System& system) {
  std::set<std::string> names;
  for (const sim::ListInfo& list : system.lists) {
    for (const int family : {list.length_family, list.items_family})
      names.insert(system.program.families[static_cast<std::size_t>(family)].name);
  }
  for (const std::string& work : system.work_names) {
    for (const char* part : {"__pending", "__running", "__flushes"}) names.insert(work + part);
  }
  for (const Family& family : system.program.families) {
    for (std::size_t place = 1; place < family.dims.size(); ++place)
      names.insert(sim::World::name_of_index(family.name, place));
  }
  return names;
}

std::string list_text(const System& system, const Family& items, const Family& length,
                      const std::byte* state) {
  const auto value = [&](const Family& family, std::int32_t i) {
    return family.constant ? family.init[static_cast<std::size_t>(i)]
                           : base::read_slot(state, family.slot(i));
  };
  const std::int32_t count = std::min(value(length, 0), items.count);
  std::string text;
  for (std::int32_t i = 0; i < count; ++i)
    text += (i == 0 ? "" : ", ") + sim::show_value(system, items.type, value(items, i));
  return count == 0 ? "empty" : text;
}

void add_lists(const System& system, MachineCells& view) {
  for (const sim::ListInfo& list : system.lists) {
    const Family& items = system.program.families[static_cast<std::size_t>(list.items_family)];
    const Family& length = system.program.families[static_cast<std::size_t>(list.length_family)];
    std::vector<base::Slot> slots;
    for (const Family* family : {&items, &length}) {
      for (std::int32_t i = 0; !family->constant && i < family->count; ++i) slots.push_back(family->slot(i));
    }
    view.machine.lists.push_back({list.name, view.cells.add(std::move(slots), [&](const std::byte* state) {
                                    return list_text(system, items, length, state);
                                  })});
  }
}

std::string stored(const System& system, std::size_t cpu, const std::byte* state) {
  const base::StateAccess access(const_cast<std::byte*>(state));
  const sim::StoreBuffer stores(system.layout.cpus[cpu].stores, access);
  std::string lines;
  for (int i = 0; i < stores.size(); ++i) {
    const sim::StepInfo& info = system.program.infos[system.program.steps[stores.at(i).pc].info];
    lines += (lines.empty() ? "" : "\n") + info.text;
  }
  return lines;
}

std::string duration(std::int64_t us) {
  const auto decimal = [](std::int64_t value, std::int64_t unit) {
    std::string text = std::to_string(value / unit);
    std::string rest = std::to_string(unit + value % unit).substr(1);
    rest.erase(rest.find_last_not_of('0') + 1);
    return rest.empty() ? text : text + "." + rest;
  };
  if (us >= 1'000'000) return decimal(us, 1'000'000) + " s";
  return us >= 1000 ? decimal(us, 1000) + " ms" : std::to_string(us) + " us";
}

/// What is left of a deadline; "" if it is not armed.
std::string remaining(const sim::Zone& zone, sim::TimerId timer, const std::byte* state) {
  if (!zone.is_active(state, timer)) return "";
  const std::int32_t least = zone.remaining_min_us(state, timer);
  const std::int32_t most = zone.remaining_max_us(state, timer);
  return least == most ? duration(most) + " left" : "at most " + duration(most) + " left";
}

std::string timer_text(const System& system, const sim::KernelTimerLayout& timer, const std::byte* state) {
  const std::string left = remaining(system.layout.zone, timer.timer, state);
  const std::string again = left.empty() ? "" : ", armed again: " + left;
  switch (static_cast<sim::TimerPhase>(base::read_slot(state, timer.pending))) {
    case sim::TimerPhase::kQuiet:
      break;
    case sim::TimerPhase::kExpired:
      return "expired, and its interrupt is due" + again;
    case sim::TimerPhase::kRuns:
      return "its handler runs" + again;
    case sim::TimerPhase::kDue:
      return "expired, and the TIMER softirq is due" + again;
    case sim::TimerPhase::kRunsExpired:
      return "its handler runs, and it expired again" + again;
  }
  return left.empty() ? "not armed" : "armed: " + left;
}

void add_deadline(const System& system, const std::string& name, sim::TimerId timer, MachineCells& view) {
  if (timer == sim::kNoTimer) return;
  view.machine.timers.push_back({name, view.cells.add([&system, timer](const std::byte* state) {
                                   const std::string left = remaining(system.layout.zone, timer, state);
                                   return left.empty() ? "not armed" : "armed: " + left;
                                 })});
}

/// One that counts charged time only; `told` says that it has passed.
void add_watchdog(const System& system, const std::string& name, sim::TimerId timer, base::Slot told,
                  MachineCells& view) {
  if (timer == sim::kNoTimer) return;
  view.machine.timers.push_back(
      {name, view.cells.add([&system, timer, told](const std::byte* state) -> std::string {
         const std::string left = remaining(system.layout.zone, timer, state);
         if (system.layout.zone.stands_still(state, timer)) return "stands still: " + left;
         if (!left.empty()) return "counts: " + left;
         return base::read_slot(state, told) != 0 ? "has passed" : "has nothing to count";
       })});
}

std::string irq_text(std::int32_t state, int cpu) {
  const std::string where = "cpu" + std::to_string(cpu);
  switch (static_cast<sim::IrqState>(state)) {
    case sim::IrqState::kIdle:
      return "idle";
    case sim::IrqState::kSent:
      return "on its way to " + where;
    case sim::IrqState::kLatched:
      return "latched at " + where;
    case sim::IrqState::kAgain:
      return "still asserted, on its way to " + where + " again";
  }
  return "";
}

std::string work_text(const System& system, const sim::WorkLayout& work, const std::byte* state) {
  const bool pending = base::read_slot(state, work.pending) != 0;
  const bool running = base::read_slot(state, work.running) != 0;
  std::string text =
      running ? (pending ? "running, and pending again" : "running") : (pending ? "pending" : "idle");
  std::string waiting;
  const std::int32_t flushes = base::read_slot(state, work.flushes);
  for (std::size_t task = 0; task < system.layout.tasks && task < sim::kFlushesMax; ++task) {
    if (((flushes >> (2 * task)) & 3) != 0)
      waiting += (waiting.empty() ? "" : ", ") + system.layout.contexts[task].name;
  }
  return waiting.empty() ? text : text + "; waited for by " + waiting;
}

}  // namespace

void add_objects(const System& system, MachineCells& view) {
  for (const auto& [class_name, objects] : system.objects) {
    for (std::size_t i = 0; i < objects.size(); ++i) {
      ReportObject shown{objects[i], class_name, {}};
      for (const Family& family : system.program.families) {
        if (sim::is_lock(family.type.kind) || class_of(system, family) != class_name) continue;
        const bool is_pointer = family.type.kind == sim::TypeKind::kRef;
        shown.fields.push_back({family.name.substr(class_name.size() + 1),
                                is_pointer ? family.type.name : std::string(),
                                add_element(system, family, static_cast<std::int32_t>(i), view.cells)});
      }
      if (!shown.fields.empty()) view.machine.objects.push_back(std::move(shown));
    }
  }
}

void add_globals(const System& system, MachineCells& view) {
  if (!system.only_rules()) {
    static constexpr const char* kStates[] = {"running", "reset", "halted", "panicked"};
    view.machine.globals.push_back(
        {"machine state", view.cells.add(system.layout.machine_state, [](std::int32_t value) {
           return std::string(kStates[static_cast<std::size_t>(value)]);
         })});
  }
  if (system.layout.freed_family >= 0) {
    view.machine.globals.push_back(
        {"kernel", view.cells.add(system.layout.next_kernel, [](std::int32_t next) {
           return std::string(next != 0 ? "the next one" : "this one");
         })});
  }
  const std::set<std::string> elsewhere = shown_elsewhere(system);
  for (const Family& family : system.program.families) {
    if (sim::is_lock(family.type.kind) || elsewhere.contains(family.name) ||
        !class_of(system, family).empty())
      continue;
    for (std::int32_t i = 0; i < family.count; ++i) {
      view.machine.globals.push_back(
          {sim::name_of(system, family, i), add_element(system, family, i, view.cells)});
    }
  }
  add_lists(system, view);
  for (std::size_t cpu = 0; system.layout.store_buffer != 0 && cpu < system.layout.cpus.size(); ++cpu) {
    view.machine.globals.push_back(
        {"store buffer of cpu" + std::to_string(cpu),
         view.cells.add([&system, cpu](const std::byte* state) { return stored(system, cpu, state); })});
  }
}

void add_timers(const System& system, MachineCells& view) {
  const sim::Layout& layout = system.layout;
  for (std::size_t i = 0; i < layout.timers.size(); ++i) {
    const sim::KernelTimerLayout& timer = layout.timers[i];
    view.machine.timers.push_back(
        {system.timer_names[i], view.cells.add([&system, &timer](const std::byte* state) {
           return timer_text(system, timer, state);
         })});
  }
  for (const sim::ContextLayout& context : layout.contexts) {
    add_deadline(system, "deadline of " + context.name, context.deadline, view);
    add_watchdog(system, "hung task watchdog of " + context.name, context.hung_task, context.hung_told, view);
    add_watchdog(system, "RCU stall watchdog of " + context.name, context.rcu_stall, context.stall_told,
                 view);
  }
  for (std::size_t cpu = 0; cpu < layout.cpus.size(); ++cpu) {
    add_watchdog(system, "soft lockup watchdog of cpu" + std::to_string(cpu), layout.cpus[cpu].lockup,
                 layout.cpus[cpu].lockup_state, view);
  }
  for (const sim::BoundLayout& bound : layout.bounds)
    add_watchdog(system, "bound of " + system.properties[bound.property].name, bound.timer, bound.told, view);
}

void add_interrupts_and_works(const System& system, MachineCells& view) {
  for (std::size_t i = 0; i < system.layout.irqs.size(); ++i) {
    const int cpu = system.layout.irqs[i].cpu;
    view.machine.interrupts.push_back(
        {system.irq_names[i], view.cells.add(system.layout.irqs[i].state,
                                             [cpu](std::int32_t state) { return irq_text(state, cpu); })});
  }
  for (std::size_t i = 0; i < system.layout.works.size(); ++i) {
    const sim::WorkLayout& work = system.layout.works[i];
    view.machine.works.push_back(
        {system.work_names[i],
         view.cells.add({work.pending, work.running, work.flushes}, [&system, &work](const std::byte* state) {
           return work_text(system, work, state);
         })});
  }
}

}  // namespace quiesce::checker
