// CPUs, tasks and interrupt levels, and locks.
#include <string_view>

#include "checker/machine_cells.hpp"
#include "sim/describe.hpp"
#include "sim/lock_view.hpp"

namespace quiesce::checker {
namespace {

using sim::ContextId;
using sim::System;

/// What a state says about CPUs and contexts.
class Look {
 public:
  Look(const System& system, const std::byte* state)
      : system_(system), state_(state), access_(const_cast<std::byte*>(state)), machine_(system, access_) {}

  [[nodiscard]] std::string current(std::size_t cpu) const {
    const sim::CpuLayout& c = layout().cpus[cpu];
    if (get(c.online) == 0) return "parked";
    const std::int32_t task = get(c.current);
    if (task == sim::kStopper) return "migration/" + std::to_string(cpu);
    return task == sim::kNoTask ? "idle" : name(static_cast<ContextId>(task - 1));
  }

  [[nodiscard]] std::string masked(std::size_t cpu) const {
    const sim::CpuLayout& c = layout().cpus[cpu];
    std::string text;
    const auto add = [&](const char* what, std::int32_t depth) {
      if (depth == 0) return;
      text += (text.empty() ? "" : ", ") + std::string(what);
      if (depth > 1) text += " (depth " + std::to_string(depth) + ")";
    };
    const bool in_hardirq = is_active(c.hardirq);
    add("interrupts off", get(c.irq_depth));
    if (in_hardirq) add("interrupts off in the hardirq", 1);
    const std::int32_t task = get(c.current);
    if (task == sim::kNoTask || task == sim::kStopper) return text;
    const sim::ContextLayout& t = layout().contexts[static_cast<std::size_t>(task - 1)];
    add("preemption off", get(t.preempt_count));
    add("bottom halves off", get(t.bh_count));
    return text;
  }

  [[nodiscard]] std::string pending(std::size_t cpu) const {
    const sim::CpuLayout& c = layout().cpus[cpu];
    std::string lines;
    const auto add = [&](const std::string& line) { lines += (lines.empty() ? "" : "\n") + line; };
    const auto add_irq = [&](const std::string& what, std::int32_t irq) {
      const auto at = static_cast<sim::IrqState>(irq);
      if (at == sim::IrqState::kIdle) return;
      add(what + (at == sim::IrqState::kLatched ? ": latched" : ": on its way"));
    };
    add_irq("reschedule interrupt", get(c.resched_irq));
    add_irq("tick", get(c.tick_irq));
    add_irq("IPI_CPU_STOP", get(c.stop_irq));
    for (std::size_t i = 0; i < layout().irqs.size(); ++i) {
      if (layout().irqs[i].cpu == static_cast<int>(cpu))
        add_irq("interrupt " + system_.irq_names[i], get(layout().irqs[i].state));
    }
    add_timers(cpu, add);
    for (std::size_t i = 0; i < system_.softirq_names.size(); ++i) {
      const std::int32_t due = get(c.softirq_pending) | get(c.softirq_round);
      if (((due >> i) & 1) != 0) add("softirq " + system_.softirq_names[i]);
    }
    if (get(c.lockup_state) == 1) add("watchdog timer: soft lockup");
    if (const std::string need = need_resched(get(c.need_resched)); !need.empty()) add(need);
    return lines;
  }

  [[nodiscard]] std::string queue(std::size_t cpu) const {
    std::string lines;
    for (ContextId task = 0; task < layout().tasks; ++task) {
      const sim::ContextLayout& t = layout().contexts[task];
      const bool queued = task_state(task) == sim::TaskState::kRunnable &&
                          get(t.on_cpu) == static_cast<std::int32_t>(cpu) && machine_.running_on(task) < 0;
      if (queued) lines += (lines.empty() ? "" : "\n") + t.name;
    }
    return lines;
  }

  [[nodiscard]] std::string state(ContextId task) const {
    switch (task_state(task)) {
      case sim::TaskState::kSleeping:
        return "sleeping";
      case sim::TaskState::kExited:
        return "exited";
      case sim::TaskState::kDead:
        return "dead";
      case sim::TaskState::kRunnable:
        break;
    }
    const bool running = machine_.running_on(task) >= 0;
    const std::string cpu = "cpu" + std::to_string(get(layout().contexts[task].on_cpu));
    return (running ? "running on " : "runnable on ") + cpu;
  }

  /// Where it will go on, unless it is over.
  [[nodiscard]] const sim::StepInfo* step(ContextId context) const {
    const bool is_task = context < layout().tasks;
    const bool over = is_task ? task_state(context) == sim::TaskState::kExited : !is_active(context);
    return over ? nullptr : &sim::step_info(system_, state_, context);
  }

  [[nodiscard]] std::string holds(ContextId context, const std::vector<sim::NamedLock>& locks) const {
    const sim::LockView view(system_, state_);
    std::string lines;
    const auto add = [&](const std::string& line) { lines += (lines.empty() ? "" : "\n") + line; };
    for (const sim::NamedLock& lock : locks) {
      for (const ContextId holder : view.holders(lock)) {
        if (holder == context) add((lock.kind == sim::TypeKind::kSrcu ? "read side of " : "") + lock.name);
      }
    }
    if (!layout().rcu || context >= layout().tasks) return lines;
    const std::int32_t depth = get(layout().contexts[context].rcu_depth);
    if (depth > 0) add(depth > 1 ? "RCU read side (depth " + std::to_string(depth) + ")" : "RCU read side");
    return lines;
  }

 private:
  [[nodiscard]] const sim::Layout& layout() const { return system_.layout; }
  [[nodiscard]] std::int32_t get(base::Slot slot) const { return access_.get(slot); }
  [[nodiscard]] const std::string& name(ContextId context) const { return layout().contexts[context].name; }
  [[nodiscard]] sim::TaskState task_state(ContextId task) const {
    return static_cast<sim::TaskState>(get(layout().contexts[task].task_state));
  }
  [[nodiscard]] bool is_active(ContextId level) const {
    return level != sim::kNoContext && get(layout().contexts[level].pc) != sim::kInactive;
  }

  template <class Add>
  void add_timers(std::size_t cpu, Add add) const {
    for (std::size_t i = 0; i < layout().timers.size(); ++i) {
      const sim::KernelTimerLayout& timer = layout().timers[i];
      if (timer.cpu != static_cast<int>(cpu)) continue;
      const auto phase = static_cast<sim::TimerPhase>(get(timer.pending));
      if (phase == sim::TimerPhase::kExpired) add("interrupt of timer " + system_.timer_names[i]);
      if (phase == sim::TimerPhase::kDue) add("softirq TIMER, for " + system_.timer_names[i]);
    }
  }

  [[nodiscard]] static std::string need_resched(std::int32_t need) {
    switch (static_cast<sim::NeedResched>(need)) {
      case sim::NeedResched::kNo:
        return "";
      case sim::NeedResched::kLazy:
        return "need_resched (lazy)";
      case sim::NeedResched::kAsked:
        return "need_resched";
      case sim::NeedResched::kYes:
        return "need_resched (since a tick)";
    }
    return "";
  }

  const System& system_;
  const std::byte* state_;
  base::StateAccess access_;
  sim::Machine machine_;
};

const char* kind_of(sim::ContextKind kind) {
  switch (kind) {
    case sim::ContextKind::kTask:
      return "task";
    case sim::ContextKind::kSoftirq:
      return "softirq";
    case sim::ContextKind::kHardirq:
      return "hardirq";
  }
  return "";
}

std::string location(const sim::StepInfo* info) {
  if (info == nullptr || info->routine.empty()) return "";
  return info->routine + "+" + std::to_string(info->number);
}

std::string callers(const sim::StepInfo* info) {
  std::string lines;
  if (info == nullptr) return lines;
  for (const std::string& caller : info->callers) lines += (lines.empty() ? "" : "\n") + caller;
  return lines;
}

std::string names(const System& system, const std::vector<ContextId>& contexts) {
  std::string lines;
  for (const ContextId id : contexts) lines += (lines.empty() ? "" : "\n") + system.layout.contexts[id].name;
  return lines;
}

}  // namespace

void add_cpus(const System& system, MachineCells& view) {
  const auto level = [](ContextId id) {
    return id == sim::kNoContext ? std::nullopt : std::optional<std::size_t>(id);
  };
  for (std::size_t cpu = 0; cpu < system.layout.cpus.size(); ++cpu) {
    const auto cell = [&](std::string (Look::*show)(std::size_t) const) {
      return view.cells.add(
          [&system, cpu, show](const std::byte* state) { return (Look(system, state).*show)(cpu); });
    };
    ReportCpu shown;
    shown.name = "cpu" + std::to_string(cpu);
    shown.current = cell(&Look::current);
    shown.masked = cell(&Look::masked);
    shown.pending = cell(&Look::pending);
    shown.queue = cell(&Look::queue);
    shown.softirq = level(system.layout.cpus[cpu].softirq);
    shown.hardirq = level(system.layout.cpus[cpu].hardirq);
    view.machine.cpus.push_back(std::move(shown));
  }
}

void add_contexts(const System& system, MachineCells& view) {
  const std::vector<sim::NamedLock> locks = sim::named_locks(system);
  for (ContextId id = 0; id < system.layout.contexts.size(); ++id) {
    const sim::ContextLayout& context = system.layout.contexts[id];
    ReportContext shown;
    shown.name = context.name;
    shown.kind = kind_of(context.kind);
    if (context.cpu >= 0) shown.cpu = static_cast<std::size_t>(context.cpu);
    shown.where = view.cells.add(
        [&system, id](const std::byte* state) { return location(Look(system, state).step(id)); });
    shown.callers = view.cells.add(
        [&system, id](const std::byte* state) { return callers(Look(system, state).step(id)); });
    shown.holds = view.cells.add(
        [&system, id, locks](const std::byte* state) { return Look(system, state).holds(id, locks); });
    if (context.kind == sim::ContextKind::kTask) {
      shown.state =
          view.cells.add([&system, id](const std::byte* state) { return Look(system, state).state(id); });
      shown.waits =
          view.cells.add([&system, id](const std::byte* state) { return sim::waits_of(system, state, id); });
    }
    view.machine.contexts.push_back(std::move(shown));
  }
}

void add_locks(const System& system, MachineCells& view) {
  for (const sim::NamedLock& lock : sim::named_locks(system)) {
    ReportLock shown;
    shown.name = lock.name;
    shown.kind = sim::name_of_lock_kind(lock.kind);
    shown.state = view.cells.add({lock.slot}, [&system, lock](const std::byte* state) {
      return sim::LockView(system, state).state_of(lock);
    });
    shown.waiters = view.cells.add([&system, lock](const std::byte* state) {
      return names(system, sim::LockView(system, state).waiters(lock));
    });
    view.machine.locks.push_back(std::move(shown));
  }
}

}  // namespace quiesce::checker
