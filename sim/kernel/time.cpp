// Watchdogs, bounds and charged time: they count only time that passed while the actor in question
// could not have gone on.
#include <algorithm>

#include "hwmodel/v2/smmu.hpp"
#include "hwmodel/v3/smmu.hpp"
#include "sim/kernel/lockup_detector.hpp"
#include "sim/machine.hpp"

namespace quiesce::sim {
namespace {

constexpr std::int32_t kSecond_us = 1'000'000;
constexpr std::int32_t kTickLongest_us = 10'000;  ///< CONFIG_HZ=100, the slowest tick

}  // namespace

/// Whether time may pass in this state, found when somebody asks first.
class Machine::Passing {
 public:
  explicit Passing(const Machine& machine) : machine_(machine) {}
  [[nodiscard]] bool may() {
    if (!may_) may_ = machine_.nothing_is_urgent();
    return *may_;
  }

 private:
  const Machine& machine_;
  std::optional<bool> may_;
};

/// Whom a watchdog watches, and for how long it counts before it passes: while that context is held up.
struct Machine::Charged {
  ContextId context;
  std::int32_t lo_us;
  std::int32_t hi_us;
};

/// What follows from any transition at once: watchdogs start, stop and stand still, and if nothing
/// urgent is left to do, time may pass.
void Machine::settle() {
  if (layout_.zone.timers() == 0) return;
  if (terminal()) {
    for (std::size_t timer = 1; timer <= layout_.zone.timers(); ++timer) cancel(static_cast<TimerId>(timer));
    return;
  }
  Passing passing(*this);
  update_watchdogs(passing);
  if (layout_.zone.any_active(access_.state()) && passing.may()) layout_.zone.let_time_pass(access_);
}

bool Machine::nothing_is_urgent() const {
  thread_local std::vector<Move> moves;
  const auto any_urgent = [&] {
    const bool any = std::any_of(moves.begin(), moves.end(), [&](Move move) { return urgent(move); });
    moves.clear();
    return any;
  };
  moves.clear();
  // Nearly always a CPU has something to do: the others and the hardware are looked at if it has not.
  for (std::size_t cpu = 0; cpu < layout_.cpus.size(); ++cpu) {
    enabled_on_cpu(cpu, moves);
    if (any_urgent()) return false;
  }
  enabled_wakes(moves);
  if (any_urgent()) return false;
  enabled_hardware(moves);
  return !any_urgent();
}

void Machine::arm(TimerId timer, std::int32_t lo_us, std::int32_t hi_us) {
  layout_.zone.arm(access_, timer, lo_us, hi_us);
  if (observer_ != nullptr) observer_->on_arm(timer, lo_us, hi_us);
}

void Machine::cancel(TimerId timer) {
  if (timer != kNoTimer) layout_.zone.cancel(access_, timer);
}

/// Whether so much time passed with this deadline that every CPU had a tick. Of kernel timers the
/// length is not kept: the tick may come by itself then.
bool Machine::longer_than_a_tick(TimerId timer) const {
  for (ContextId id = 0; id < layout_.contexts.size(); ++id) {
    if (layout_.contexts[id].deadline == timer) return step_of(id).argument >= kTickLongest_us;
  }
  for (const KernelTimerLayout& kernel_timer : layout_.timers) {
    if (kernel_timer.timer == timer) return false;
  }
  return true;
}

/// A deadline has passed: where a task waits for a CPU, the tick is due too.
void Machine::ticks_are_due() {
  for (std::size_t cpu = 0; cpu < layout_.cpus.size(); ++cpu) {
    const CpuLayout& c = layout_.cpus[cpu];
    const std::int32_t current = get(c.current);
    if (get(c.online) == 0 || current == kNoTask || current == kStopper) continue;
    const bool for_switch =
        get(c.need_resched) != static_cast<std::int32_t>(NeedResched::kYes) && eligible_on(cpu) != 0;
    if (for_switch || softirqs_pending(cpu) || (layout_.rcu && awaits(cpu)))
      set(c.tick_irq, static_cast<std::int32_t>(IrqState::kLatched));
  }
}

/// Of the time for which a stopped device's last access is on its way nobody knows more than that it ends.
// Abstraction: no watchdog counts it, which leaves out those that it sets off; a CMD_SYNC and in_flight()
// prove that it has ended, and a deadline of the kernel's does not.
bool Machine::traffic_is_owed() const {
  return std::any_of(layout_.smmus.begin(), layout_.smmus.end(),
                     [&](const hwmodel::v3::Layout& smmu) {
                       return hwmodel::v3::owes_traffic(access_.state(), smmu);
                     }) ||
         std::any_of(layout_.legacy.begin(), layout_.legacy.end(), [&](const LegacyLayout& legacy) {
           return hwmodel::v2::owes_traffic(access_.state(), legacy.smmu, legacy.config);
         });
}

/// Where no time may pass, whether the watchdog counts makes no difference, and it stays as it is.
void Machine::update_watchdog(Passing& passing, TimerId timer, Charged charged) {
  if (!passing.may()) return;
  const bool counts = held_up(charged.context) && !traffic_is_owed();
  const bool pending = layout_.zone.is_active(access_.state(), timer);
  const bool runs = pending && !layout_.zone.stands_still(access_.state(), timer);
  if (counts == runs || (!counts && !pending)) return;
  if (!counts) {
    layout_.zone.stand_still(access_, timer);
  } else if (pending) {
    layout_.zone.go_on(access_, timer);
  } else {
    arm(timer, charged.lo_us, charged.hi_us);
  }
}

void Machine::forget_watchdog(TimerId timer, base::Slot told) {
  if (timer == kNoTimer) return;
  cancel(timer);
  set(told, 0);
}

/// The stopper could run here: the soft lockup detector starts anew.
void Machine::heartbeat(std::size_t cpu) {
  const CpuLayout& c = layout_.cpus[cpu];
  if (c.lockup == kNoTimer) return;
  forget_watchdog(c.lockup, c.lockup_state);
}

bool Machine::stopper_may_run(std::size_t cpu) const {
  const ContextId top = top_of(cpu);
  return top == kNoContext || preemptible(cpu, top);
}

// Linux v6.18 kernel/watchdog.c watchdog_timer_fn(), is_softlockup(): a sample every 2*thresh/5 at an
// unknown phase; it reports when more than 2*thresh whole units lie between the report stamp and now. The
// stamp is the last heartbeat (one sample before the first one that finds the CPU stuck) or, after tick-less
// idle, that first sample itself. Where in its unit it falls is unknown, too.
void Machine::update_watchdogs(Passing& passing) {
  for (std::size_t cpu = 0; cpu < layout_.cpus.size(); ++cpu) {
    if (get(layout_.cpus[cpu].online) != 0 && stopper_may_run(cpu)) heartbeat(cpu);
  }
  const LockupDetector detector{system_.machine.watchdog_thresh_s};
  const auto period_us = static_cast<std::int32_t>(detector.period_ns() / 1000);
  for (std::size_t cpu = 0; cpu < layout_.cpus.size(); ++cpu) {
    const CpuLayout& c = layout_.cpus[cpu];
    const bool watched = c.lockup != kNoTimer && get(c.online) != 0 && get(c.lockup_state) == 0;
    if (!watched || stopper_may_run(cpu)) continue;
    const std::int32_t lo = (detector.samples_min() - 1) * period_us;
    const std::int32_t hi = (detector.samples_max() + (system_.machine.idle_before ? 1 : 0)) * period_us;
    update_watchdog(passing, c.lockup, {top_of(cpu), lo, hi});
  }
  for (ContextId task = 0; task < layout_.tasks; ++task) update_task_watchdogs(passing, task);
  for (const BoundLayout& bound : layout_.bounds) {
    const bool alive =
        get(layout_.contexts[bound.context].task_state) < static_cast<std::int32_t>(TaskState::kExited);
    if (!alive) cancel(bound.timer);
    if (!alive || get(bound.told) != 0) continue;
    update_watchdog(passing, bound.timer, {bound.context, bound.limit_us + 1, bound.limit_us + 1});
  }
}

void Machine::update_task_watchdogs(Passing& passing, ContextId task) {
  const ContextLayout& t = layout_.contexts[task];
  if (t.hung_task == kNoTimer && t.rcu_stall == kNoTimer) return;
  // Linux v6.18 kernel/hung_task.c: a kworker that has nothing to do sleeps interruptibly.
  const bool sleeping =
      get(t.task_state) == static_cast<std::int32_t>(TaskState::kSleeping) && !is_idle_daemon(task);
  if (t.hung_task != kNoTimer && sleeping) {
    // Linux v6.18 kernel/hung_task.c: khungtaskd looks every timeout, so twice that at most.
    const std::int32_t limit = system_.machine.hung_task_timeout_s * kSecond_us;
    if (get(t.hung_told) == 0) update_watchdog(passing, t.hung_task, {task, limit, 2 * limit});
  } else {
    forget_watchdog(t.hung_task, t.hung_told);
  }
  if (t.rcu_stall != kNoTimer && sleeping && step_of(task).verb == Verb::kSynchronizeRcu) {
    // Linux v6.18 kernel/rcu/tree_stall.h check_cpu_stall(): a tick of any CPU sees it.
    const std::int32_t limit = system_.machine.rcu_stall_timeout_s * kSecond_us;
    if (get(t.stall_told) == 0) update_watchdog(passing, t.rcu_stall, {task, limit, limit + kTickLongest_us});
  } else {
    forget_watchdog(t.rcu_stall, t.stall_told);
  }
}

bool Machine::held_up(ContextId context) const {
  std::uint64_t visited = 0;
  return held_up_by(context, visited);
}

/// Follows who waits for whom; a circle counts as held up.
bool Machine::held_up_by(ContextId context, std::uint64_t& visited) const {
  if (((visited >> context) & 1U) != 0) return true;
  visited |= std::uint64_t{1} << context;
  const ContextLayout& c = layout_.contexts[context];
  if (is_task(context)) {
    const auto state = static_cast<TaskState>(get(c.task_state));
    if (state == TaskState::kExited || state == TaskState::kDead) return true;
    if (state == TaskState::kSleeping) return sleeper_held_up(context, visited);
  } else if (get(c.pc) == kInactive) {
    return false;
  }
  const int running = running_on(context);
  const auto cpu = static_cast<std::size_t>(running >= 0 ? running : get(c.on_cpu));
  if (get(layout_.cpus[cpu].online) == 0) return true;
  const ContextId top = top_of(cpu);
  if (top == kNoContext) return false;
  if (top != context) return held_up_by(top, visited);
  thread_local std::vector<Move> moves;  // read before anything recurses
  moves.clear();
  enabled_on_cpu(cpu, moves);
  for (const Move move : moves) {
    if (move.actor < system_.tick_actor(0)) return false;
  }
  return spinner_held_up(context, visited);
}

bool Machine::spinner_held_up(ContextId context, std::uint64_t& visited) const {
  const Step& step = step_of(context);
  if (const ContextId owner = owner_of_lock(context); owner != kNoContext) return held_up_by(owner, visited);
  switch (step.verb) {
    case Verb::kReadLock:
    case Verb::kWriteLock:
      return nobody_else_goes_on(context, visited);
    case Verb::kCpuRelax: {
      // A tick would let it go round once more.
      const auto cpu = static_cast<std::size_t>(running_on(context));
      return masked(cpu) || !tick_matters(cpu);
    }
    case Verb::kDelTimerSync: {
      const KernelTimerLayout& timer = layout_.timers[static_cast<std::size_t>(step.argument)];
      const ContextId handler = handler_of(timer);
      return handler == kNoContext || held_up_by(handler, visited);
    }
    default:
      return true;
  }
}

/// The interrupt level of the timer's CPU on which its handler runs.
ContextId Machine::handler_of(const KernelTimerLayout& timer) const {
  const CpuLayout& cpu = layout_.cpus[static_cast<std::size_t>(timer.cpu)];
  return timer.hard ? cpu.hardirq : cpu.softirq;
}

bool Machine::sleeper_held_up(ContextId context, std::uint64_t& visited) const {
  const Step& step = step_of(context);
  switch (step.verb) {
    case Verb::kSleep:
      return true;
    case Verb::kSetCpusAllowed:
      return false;
    case Verb::kPoll:
      return !evaluate_condition(step.value, context);
    case Verb::kMutexLock: {
      const std::int32_t owner = lock_value(step, context);
      return owner != 0 && held_up_by(static_cast<ContextId>(owner - 1), visited);
    }
    case Verb::kDownRead:
    case Verb::kDownWrite: {
      const std::int32_t value = lock_value(step, context);
      if (value < 0) return held_up_by(static_cast<ContextId>(-value - 1), visited);
      return value > 0 && nobody_else_goes_on(context, visited);
    }
    case Verb::kSynchronizeRcu:
    case Verb::kSynchronizeSrcu:
      return grace_period_held_up(context, visited);
    case Verb::kRunSoftirqs:
    case Verb::kNextWork:
      return true;
    case Verb::kFlushWork:
    case Verb::kCancelWorkSync:
      return !flush_is_over(context) && held_up_by(owner_of_lock(context), visited);
    case Verb::kWaitUntil:
      if (evaluate_condition(step.value, context)) return false;
      return nobody_else_goes_on(context, visited);
    default:
      return nobody_else_goes_on(context, visited);
  }
}

/// For a wait that anybody may end: it is charged only while nobody could.
bool Machine::nobody_else_goes_on(ContextId context, std::uint64_t& visited) const {
  for (ContextId other = 0; other < layout_.contexts.size(); ++other) {
    if (other == context) continue;
    const bool idle = !is_task(other) && get(layout_.contexts[other].pc) == kInactive;
    if (!idle && !held_up_by(other, visited)) return false;
  }
  return true;
}

}  // namespace quiesce::sim
