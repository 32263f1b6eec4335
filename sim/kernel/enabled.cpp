// What can happen in a state, in an order that depends on the state alone.
#include <algorithm>

#include "hwmodel/v2/smmu.hpp"
#include "hwmodel/v3/smmu.hpp"
#include "sim/machine.hpp"
#include "sim/rule_machine.hpp"

namespace quiesce::sim {
namespace {

bool is_waiting_in_poll(std::int32_t phase) {
  return phase == phase_of::kSpinning || phase == phase_of::kUnclocked;
}

}  // namespace

bool Machine::terminal() const { return machine_state() != MachineState::kRunning; }

void Machine::enabled(std::vector<Move>& moves) const {
  moves.clear();
  if (terminal()) return;
  for (std::size_t cpu = 0; cpu < layout_.cpus.size(); ++cpu) enabled_on_cpu(cpu, moves);
  if (layout_.store_buffer != 0) [[unlikely]]
    bar_unordered(moves);
  enabled_wakes(moves);
  enabled_hardware(moves);
  const bool held = std::any_of(moves.begin(), moves.end(), [&](Move move) { return urgent(move); });
  if (!held) enabled_time(moves);
  enabled_rules(moves);
}

bool Machine::masked(std::size_t cpu) const {
  return get(layout_.cpus[cpu].irq_depth) > 0 || in_hardirq(cpu);
}

bool Machine::in_hardirq(std::size_t cpu) const {
  const ContextId level = layout_.cpus[cpu].hardirq;
  return level != kNoContext && get(layout_.contexts[level].pc) != kInactive;
}

ContextId Machine::top_of(std::size_t cpu) const {
  const CpuLayout& c = layout_.cpus[cpu];
  for (const ContextId level : {c.hardirq, c.softirq}) {
    if (level != kNoContext && get(layout_.contexts[level].pc) != kInactive) return level;
  }
  const std::int32_t current = get(c.current);
  if (current == kNoTask || current == kStopper) return kNoContext;
  return static_cast<ContextId>(current - 1);
}

/// A task runs on the CPU whose queue it is on, or nowhere.
int Machine::running_on(ContextId context) const {
  if (!is_task(context)) return layout_.contexts[context].cpu;
  const std::int32_t cpu = get(layout_.contexts[context].on_cpu);
  return get(layout_.cpus[static_cast<std::size_t>(cpu)].current) == context + 1 ? cpu : -1;
}

void Machine::enabled_on_cpu(std::size_t cpu, std::vector<Move>& moves) const {
  const CpuLayout& c = layout_.cpus[cpu];
  if (get(c.online) == 0 || hangs(cpu)) return;
  if (enabled_interrupts(cpu, moves)) return;
  if (get(c.softirq_between) != 0 && !in_hardirq(cpu)) {
    moves.push_back({system_.cpu_actor(cpu), choice::kNextSoftirqRound});
    moves.push_back({system_.cpu_actor(cpu), choice::kWakeKsoftirqd});
    return;
  }
  if (get(c.current) == kStopper) {
    moves.push_back({system_.cpu_actor(cpu), choice::kStopperMoves});
    return;
  }
  const ContextId top = top_of(cpu);
  if (top == kNoContext) {
    enabled_picks(cpu, moves);
    return;
  }
  if (is_task(top) && enabled_switches(cpu, top, moves)) return;
  enabled_steps(top, moves);
}

/// Interrupts on their way. One that was latched while the CPU had them masked is taken before the
/// next instruction after they are unmasked; then nothing else can happen on this CPU.
// Linux: facts of GICv3 delivery are abstracted to sent -> latched -> taken.
// Abstraction: the order among latched interrupts is open, as it is for equal priorities.
bool Machine::enabled_interrupts(std::size_t cpu, std::vector<Move>& moves) const {
  const CpuLayout& c = layout_.cpus[cpu];
  const bool off = masked(cpu);
  const std::uint16_t actor = system_.cpu_actor(cpu);
  const std::size_t first = moves.size();
  bool forced = false;
  const auto consider = [&](IrqState state, std::uint16_t take, std::uint16_t latch) {
    if (state == IrqState::kIdle) return;
    if (state == IrqState::kLatched && off) return;
    if (state == IrqState::kLatched && !forced) {
      forced = true;
      moves.resize(first);
    }
    if (forced && state != IrqState::kLatched) return;
    moves.push_back({actor, off ? latch : take});
  };
  consider(static_cast<IrqState>(get(c.resched_irq)), choice::kTakeResched, choice::kLatchResched);
  consider(static_cast<IrqState>(get(c.tick_irq)), choice::kTakeTick, choice::kTakeTick);
  consider(static_cast<IrqState>(get(c.stop_irq)), choice::kTakeStop, choice::kLatchStop);
  if (c.lockup != kNoTimer && get(c.lockup_state) == 1) {
    consider(IrqState::kLatched, choice::kReportLockup, choice::kReportLockup);
  }
  for (std::size_t line = 0; line < layout_.irqs.size(); ++line) {
    if (layout_.irqs[line].cpu != static_cast<int>(cpu)) continue;
    const auto n = static_cast<std::uint16_t>(line);
    consider(static_cast<IrqState>(get(layout_.irqs[line].state)),
             static_cast<std::uint16_t>(choice::kTakeIrq + n),
             static_cast<std::uint16_t>(choice::kLatchIrq + n));
  }
  for (std::size_t timer = 0; timer < layout_.timers.size(); ++timer) {
    const KernelTimerLayout& t = layout_.timers[timer];
    if (t.cpu != static_cast<int>(cpu) || phase_of_timer(t) != TimerPhase::kExpired) continue;
    const auto take = static_cast<std::uint16_t>(choice::kTakeTimer + timer);
    consider(IrqState::kLatched, take, take);
  }
  return forced;
}

/// Runnable tasks of the CPU's queue that do not run.
ContextSet Machine::waiting_on_cpu(std::size_t cpu) const {
  const std::int32_t current = get(layout_.cpus[cpu].current);
  ContextSet waiting = 0;
  for (ContextId task = 0; task < layout_.tasks; ++task) {
    const ContextLayout& t = layout_.contexts[task];
    const bool queued = get(t.task_state) == static_cast<std::int32_t>(TaskState::kRunnable) &&
                        get(t.on_cpu) == static_cast<std::int32_t>(cpu);
    if (queued && current != task + 1) waiting |= one(task);
  }
  return waiting;
}

void Machine::enabled_picks(std::size_t cpu, std::vector<Move>& moves) const {
  ContextSet waiting = eligible_on(cpu);
  const bool any = waiting != 0;
  while (waiting != 0)
    moves.push_back({take_least(waiting), static_cast<std::uint16_t>(choice::kRunOnIdle + cpu)});
  if (any) return;
  // Linux v6.18 kernel/sched/fair.c sched_balance_newidle(): an idle CPU pulls what waits elsewhere.
  // Abstraction: waiting tasks move to idle CPUs only; balancing between busy CPUs is left out.
  for (ContextId task = 0; task < layout_.tasks; ++task) {
    const ContextLayout& t = layout_.contexts[task];
    if (get(t.task_state) != static_cast<std::int32_t>(TaskState::kRunnable) || running_on(task) >= 0)
      continue;
    const auto home = static_cast<std::size_t>(get(t.on_cpu));
    const std::int32_t pinned = get(t.pinned_to);
    const bool allowed =
        pinned != 0 ? pinned == static_cast<std::int32_t>(cpu) + 1 : ((t.cpus_allowed >> cpu) & 1U) != 0;
    if (home == cpu || !allowed || get(layout_.cpus[home].current) == kNoTask) continue;
    moves.push_back({task, static_cast<std::uint16_t>(choice::kPull + cpu)});
  }
}

bool Machine::preemptible(std::size_t cpu, ContextId task) const {
  const bool kernel_preempts =
      system_.machine.preemption == Preemption::kFull || system_.machine.preemption == Preemption::kLazy;
  return kernel_preempts && is_task(task) && get(layout_.contexts[task].preempt_count) == 0 && !masked(cpu);
}

bool Machine::may_yield_here(std::size_t cpu, ContextId task) const {
  const ContextLayout& t = layout_.contexts[task];
  if (phase(task) != phase_of::kStart || get(t.preempt_count) != 0 || masked(cpu)) return false;
  const Step& step = step_of(task);
  const Preemption model = system_.machine.preemption;
  // Linux v6.18 kernel/workqueue.c process_one_work() calls cond_resched() after the work.
  if (step.verb == Verb::kCondResched || step.verb == Verb::kRunSoftirqs || step.verb == Verb::kWorkDone)
    return model == Preemption::kNone || model == Preemption::kVoluntary;
  if (model != Preemption::kVoluntary) return false;
  return step.verb == Verb::kPoll ? step.argument2 != 0 : info_of(step.verb).yields;
}

/// A yield point lets the CPU's stopper run, also where no other task waits.
bool Machine::passes_yield_point(ContextId context) const {
  const int cpu = running_on(context);
  return is_task(context) && cpu >= 0 && may_yield_here(static_cast<std::size_t>(cpu), context);
}

/// Switches away from the running task. True if nothing else can happen on this CPU.
bool Machine::enabled_switches(std::size_t cpu, ContextId task, std::vector<Move>& moves) const {
  const auto need = static_cast<NeedResched>(get(layout_.cpus[cpu].need_resched));
  if (need == NeedResched::kNo) return false;
  const bool asked = need == NeedResched::kAsked || need == NeedResched::kYes;
  const bool preempts = asked && preemptible(cpu, task);
  if (!preempts && !may_yield_here(cpu, task)) return false;
  const std::uint16_t kind = preempts ? choice::kPreempt : choice::kYieldTo;
  ContextSet waiting = eligible_on(cpu);
  const bool any = waiting != 0;
  while (waiting != 0) moves.push_back({take_least(waiting), static_cast<std::uint16_t>(kind + cpu)});
  return any && need == NeedResched::kYes && system_.machine.sched == Sched::kFair;
}

void Machine::enabled_steps(ContextId context, std::vector<Move>& moves) const {
  const int count = alternatives(context);
  for (int i = 0; i < count; ++i) moves.push_back({context, static_cast<std::uint16_t>(i)});
}

/// How many ways the context's step has to go on; 0 if it waits.
int Machine::alternatives(ContextId context) const {
  const Step& step = step_of(context);
  const std::int32_t at = phase(context);
  switch (step.verb) {
    case Verb::kPoll:
      return !is_waiting_in_poll(at) || evaluate_condition(step.value, context) ? 1 : 0;
    case Verb::kCpuRelax:
    case Verb::kDelay:
      return at == phase_of::kSpinning ? 0 : 1;
    case Verb::kSpinLock:
    case Verb::kSpinLockIrq:
    case Verb::kSpinLockIrqsave:
    case Verb::kSpinLockBh:
    case Verb::kReadLock:
    case Verb::kWriteLock:
      return !spins(context) || lock_available(context, step) ? 1 : 0;
    case Verb::kSmpSendStop:
      return at != phase_of::kSpinning || others_are_stopped(context) ? 1 : 0;
    case Verb::kDelTimerSync: {
      const TimerPhase phase = phase_of_timer(layout_.timers[static_cast<std::size_t>(step.argument)]);
      return phase == TimerPhase::kRuns || phase == TimerPhase::kRunsExpired ? 0 : 1;
    }
    case Verb::kMutexUnlock:
    case Verb::kComplete:
    case Verb::kUpRead:
    case Verb::kUpWrite: {
      const auto lock = lock_slot(step, context);
      return lock ? std::max(1, wakeups(step.verb, *lock)) : 1;
    }
    case Verb::kChoose:
      return step.argument2 - step.argument + 1;
    default:
      return 1;
  }
}

/// How many choices the verb has whom to wake.
int Machine::wakeups(Verb verb, base::Slot lock) const {
  if (verb == Verb::kMutexUnlock) return std::popcount(heirs_of(lock));
  if (verb == Verb::kComplete) return std::popcount(sleepers_on(lock, Verb::kWaitForCompletion));
  return rwsem_wakeups(lock);
}

bool Machine::lock_available(ContextId context, const Step& step) const {
  const auto lock = lock_slot(step, context);
  if (!lock) return true;
  const std::int32_t value = get(*lock);
  if (step.verb != Verb::kReadLock) return value == 0;
  // One that queues already, behind no writer, may have come before this one.
  const bool passes = phase(context) == phase_of::kSpinning || in_interrupt(context);
  return value >= 0 && (passes || !writer_spins_on(*lock));
}

bool Machine::others_are_stopped(ContextId context) const {
  const int self = running_on(context);
  for (std::size_t cpu = 0; cpu < layout_.cpus.size(); ++cpu) {
    if (static_cast<int>(cpu) != self && get(layout_.cpus[cpu].online) != 0) return false;
  }
  return true;
}

bool Machine::writer_spins_on(base::Slot lock) const {
  for (ContextId id = 0; id < layout_.contexts.size(); ++id) {
    const Step& step = step_of(id);
    const bool spins = step.verb == Verb::kWriteLock && phase(id) == phase_of::kSpinning;
    if (spins && lock_slot(step, id) == lock) return true;
  }
  return false;
}

/// Sleepers whose condition has come true without an explicit wake-up by a step.
void Machine::enabled_wakes(std::vector<Move>& moves) const {
  for (ContextId task = 0; task < layout_.tasks; ++task) {
    if (get(layout_.contexts[task].task_state) != static_cast<std::int32_t>(TaskState::kSleeping)) continue;
    if (condition_came_true(task)) moves.push_back({task, choice::kWake});
  }
}

bool Machine::condition_came_true(ContextId task) const {
  const Step& step = step_of(task);
  switch (step.verb) {
    case Verb::kWaitUntil:
    case Verb::kPoll:
      return evaluate_condition(step.value, task);
    case Verb::kFlushWork:
    case Verb::kCancelWorkSync:
      return flush_is_over(task);
    case Verb::kNextWork:
      return get(layout_.works[static_cast<std::size_t>(step.argument)].pending) != 0;
    case Verb::kSynchronizeRcu:
    case Verb::kSynchronizeSrcu:
      return grace_period_over(task);
    default:
      return false;
  }
}

void Machine::enabled_hardware(std::vector<Move>& moves) const {
  for (std::size_t i = 0; i < layout_.smmus.size(); ++i) {
    hwmodel::v3::for_each_enabled(access_.state(), layout_.smmus[i], layout_.smmu_configs[i],
                                  system_.commands, [&](hwmodel::v3::HwTransition transition) {
                                    moves.push_back({system_.smmu_actor(i), hwmodel::v3::encode(transition)});
                                  });
  }
  for (std::size_t i = 0; i < layout_.legacy.size(); ++i) {
    const LegacyLayout& legacy = layout_.legacy[i];
    const std::uint16_t actor = system_.smmu_actor(layout_.smmus.size() + i);
    hwmodel::v2::for_each_enabled(access_.state(), legacy.smmu, legacy.config,
                                  [&](hwmodel::v2::HwTransition transition) {
                                    moves.push_back({actor, hwmodel::v2::encode(transition)});
                                  });
  }
  if (layout_.store_buffer != 0) [[unlikely]]
    enabled_drains(moves);
}

/// The tick of a CPU on which somebody waits, and deadlines: both need time to pass.
void Machine::enabled_time(std::vector<Move>& moves) const {
  for (std::size_t cpu = 0; cpu < layout_.cpus.size(); ++cpu) {
    if (tick_matters(cpu)) moves.push_back({system_.tick_actor(cpu), choice::kTick});
  }
  if (!layout_.zone.any_active(access_.state())) return;
  for (std::size_t timer = 1; timer <= layout_.zone.timers(); ++timer) {
    if (layout_.zone.may_expire(access_.state(), static_cast<TimerId>(timer))) {
      moves.push_back({system_.time_actor(), static_cast<std::uint16_t>(timer)});
    }
  }
}

bool Machine::tick_matters(std::size_t cpu) const {
  const CpuLayout& c = layout_.cpus[cpu];
  const std::int32_t current = get(c.current);
  if (get(c.online) == 0 || current == kNoTask || current == kStopper || hangs(cpu)) return false;
  if (get(c.tick_irq) != static_cast<std::int32_t>(IrqState::kIdle)) return false;
  if (layout_.rcu && awaits(cpu) && (masked(cpu) || tick_is_quiescent(cpu))) return true;
  if (softirqs_pending(cpu) && (masked(cpu) || may_run_softirqs(cpu))) return true;
  return get(c.need_resched) != static_cast<std::int32_t>(NeedResched::kYes) && eligible_on(cpu) != 0;
}

void Machine::enabled_rules(std::vector<Move>& moves) const {
  RuleMachine(system_, access_).for_each_enabled([&](std::uint16_t rule) {
    moves.push_back({system_.rules_actor(), rule});
  });
}

/// Whether a wait for the condition goes on: also if looking is an access without clock or power, which is
/// told once.
bool Machine::evaluate_condition(CodeId code, ContextId context) const {
  EvalFault fault;
  const bool holds = evaluate(code, access_, position_of(context), fault) != 0;
  return holds || (fault.unclocked >= 0 && phase(context) != phase_of::kUnclocked);
}

bool Machine::is_stormed(std::size_t cpu) const {
  return std::any_of(layout_.irqs.begin(), layout_.irqs.end(), [&](const IrqLineLayout& line) {
    return line.cpu == static_cast<int>(cpu) &&
           get(line.state) == static_cast<std::int32_t>(IrqState::kAgain);
  });
}

Position Machine::position_of(ContextId context) const {
  return {&system_.program, &layout_, context, running_on(context)};
}

}  // namespace quiesce::sim
