// One state of a System, to be asked what can happen and to be changed by it: the kernel machine.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/slot.hpp"
#include "sim/phase.hpp"
#include "sim/system.hpp"

namespace quiesce::sim {

/// One enabled instance: see checker::Transition, which this layer does not know.
struct Move {
  std::uint16_t actor = 0;
  std::uint16_t choice = 0;
};

struct RaisedFinding {
  std::uint16_t property = 0;
  std::uint32_t cause = 0;
};

/// Told about what the state does not keep; used for explanations and counts, never by the search.
class MachineObserver {
 public:
  virtual ~MachineObserver() = default;
  /// The step at `pc` is tried, by a context or in a rule, on its own or folded into another.
  virtual void on_step(Pc) {}
  /// What the step at `pc` waits for or branches on has this value.
  virtual void on_condition(Pc, bool) {}
  virtual void on_log(const std::string& line) = 0;
  /// The log step at `site` prints no more than its rate allows.
  virtual void on_ratelimited_log(const StepInfo& /*site*/, const std::string& line) { on_log(line); }
  virtual void on_arm(TimerId timer, std::int32_t lo_us, std::int32_t hi_us) = 0;
  virtual void on_expire(TimerId timer) = 0;
};

/// A set of contexts: one bit each.
using ContextSet = std::uint64_t;

[[nodiscard]] constexpr ContextSet one(ContextId context) { return ContextSet{1} << context; }
[[nodiscard]] constexpr bool contains(ContextSet set, ContextId context) { return (set & one(context)) != 0; }
/// Removes the least member and returns it. The set must not be empty.
constexpr ContextId take_least(ContextSet& set) {
  const auto least = static_cast<ContextId>(std::countr_zero(set));
  set &= set - 1;
  return least;
}
/// The n-th member, counted from 0. There must be one.
[[nodiscard]] constexpr ContextId member(ContextSet set, int n) {
  for (; n > 0; --n) set &= set - 1;
  return static_cast<ContextId>(std::countr_zero(set));
}

class Machine {
 public:
  /// Works on the state behind `access`. `findings` and `observer` may be null.
  Machine(const System& system, base::StateAccess& access, std::vector<RaisedFinding>* findings = nullptr,
          MachineObserver* observer = nullptr)
      : system_(system), layout_(system.layout), access_(access), findings_(findings), observer_(observer) {}

  /// From here on `fire` adds to these words, one for each of Layout::legacy, a bit for each assumption
  /// (hwmodel/v2/assumptions.hpp) that what it did rests on, and what waits in the state that it leads to.
  void tell_assumptions(std::vector<std::uint32_t>& words) { assumptions_ = &words; }

  // What can happen (enabled.cpp)
  void enabled(std::vector<Move>& moves) const;
  [[nodiscard]] bool terminal() const;
  [[nodiscard]] MachineState machine_state() const {
    return static_cast<MachineState>(get(layout_.machine_state));
  }

  // Making it happen (fire.cpp)
  void fire(Move move);
  /// The two halves of `fire`: what the transition itself does, and what follows from any transition.
  /// `first_write` is the length of the undo log before the first half.
  void fire_alone(Move move);
  void follow_up(Move move, std::size_t first_write);
  /// Runs what is folded into the state before the first step, starts clocks.
  void start();

  // Time and waiting (time.cpp, waiting.cpp)
  [[nodiscard]] bool urgent(Move move) const;
  [[nodiscard]] static bool pulls(Move move);
  /// Whether the context cannot go on for a reason that only time, hardware or others can end.
  [[nodiscard]] bool held_up(ContextId context) const;
  /// What a circle of contexts that wait for each other's locks is named after, if there is one.
  [[nodiscard]] std::optional<std::uint32_t> cause_of_circle() const;
  /// Whether a context goes round a retry loop that nothing will end.
  [[nodiscard]] bool stuck_in_retry_loop() const;
  /// Whether a handler, or the loop between softirqs, is on some CPU that is not stopped.
  [[nodiscard]] bool interrupt_goes_on() const;
  /// A kworker without work, or ksoftirqd without softirqs: nobody waits for it to end.
  [[nodiscard]] bool is_idle_daemon(ContextId task) const;

  [[nodiscard]] std::int32_t get(base::Slot slot) const { return access_.get(slot); }
  [[nodiscard]] const Step& step_of(ContextId context) const {
    return system_.program.steps[static_cast<std::size_t>(get(layout_.contexts[context].pc))];
  }
  /// The CPU on which the context runs now, or -1.
  [[nodiscard]] int running_on(ContextId context) const;
  /// The innermost context of a CPU: hardirq, softirq or task; kNoContext if idle.
  [[nodiscard]] ContextId top_of(std::size_t cpu) const;
  [[nodiscard]] bool evaluate_condition(CodeId code, ContextId context) const;
  /// An interrupt of the CPU is asserted again and again: its handlers may leave time for nothing else there.
  [[nodiscard]] bool is_stormed(std::size_t cpu) const;

 private:
  // enabled.cpp
  void enabled_on_cpu(std::size_t cpu, std::vector<Move>& moves) const;
  bool enabled_interrupts(std::size_t cpu, std::vector<Move>& moves) const;
  void enabled_picks(std::size_t cpu, std::vector<Move>& moves) const;
  bool enabled_switches(std::size_t cpu, ContextId task, std::vector<Move>& moves) const;
  void enabled_steps(ContextId context, std::vector<Move>& moves) const;
  void enabled_wakes(std::vector<Move>& moves) const;
  void enabled_hardware(std::vector<Move>& moves) const;
  void enabled_time(std::vector<Move>& moves) const;
  [[nodiscard]] bool tick_matters(std::size_t cpu) const;
  void enabled_rules(std::vector<Move>& moves) const;
  [[nodiscard]] int alternatives(ContextId context) const;
  [[nodiscard]] bool others_are_stopped(ContextId context) const;
  [[nodiscard]] bool writer_spins_on(base::Slot lock) const;
  [[nodiscard]] bool lock_available(ContextId context, const Step& step) const;
  [[nodiscard]] ContextSet waiting_on_cpu(std::size_t cpu) const;
  [[nodiscard]] bool masked(std::size_t cpu) const;
  [[nodiscard]] bool in_hardirq(std::size_t cpu) const;
  [[nodiscard]] TimerPhase phase_of_timer(const KernelTimerLayout& timer) const {
    return static_cast<TimerPhase>(get(timer.pending));
  }
  [[nodiscard]] bool may_yield_here(std::size_t cpu, ContextId task) const;
  [[nodiscard]] bool passes_yield_point(ContextId context) const;
  [[nodiscard]] bool preemptible(std::size_t cpu, ContextId task) const;
  [[nodiscard]] ContextSet heirs_of(base::Slot mutex) const;
  [[nodiscard]] ContextSet sleepers_on(base::Slot lock, Verb waits) const;
  [[nodiscard]] int wakeups(Verb verb, base::Slot lock) const;
  [[nodiscard]] int rwsem_wakeups(base::Slot lock) const;
  [[nodiscard]] bool condition_came_true(ContextId task) const;
  [[nodiscard]] std::optional<base::Slot> lock_slot(const Step& step, ContextId context) const;
  [[nodiscard]] std::int32_t lock_value(const Step& step, ContextId context) const;

  // fire.cpp
  struct RuleEvents;
  void fire_context(ContextId context, std::uint16_t choice);
  void fire_cpu(std::size_t cpu, std::uint16_t choice);
  void fire_smmu(std::size_t smmu, std::uint16_t choice);
  void fire_time(TimerId timer);
  void fire_rule(std::size_t rule);
  void settle();

  // steps.cpp: one step of a context
  void execute(ContextId context, std::uint16_t choice);
  void execute_folded_from(ContextId context);
  [[nodiscard]] bool interrupt_comes_first(ContextId context) const;
  void go_to(ContextId context, Pc pc);
  void advance(ContextId context) { go_to(context, step_of(context).next); }
  bool execute_data(ContextId context, const Step& step, std::uint16_t choice);
  void execute_set(ContextId context, const Step& step);
  void execute_cmpxchg(ContextId context, const Step& step);
  void execute_list(ContextId context, const Step& step);
  void execute_write(ContextId context, const Step& step);
  void write_register(const Step& step, std::size_t smmu, std::int32_t reg, std::int32_t value);
  void write_ring(const Step& step, std::size_t smmu, std::uint32_t at, std::uint8_t id);
  [[nodiscard]] bool has_wrong_model(ContextId context, std::size_t smmu);
  void execute_publish(ContextId context, const Step& step);
  void execute_put_commands(ContextId context, const Step& step);
  void spin(ContextId context, std::int32_t spinning = phase_of::kSpinning);
  [[nodiscard]] bool spins(ContextId context) const;
  [[nodiscard]] bool reads_unclocked(CodeId condition, ContextId context) const;
  [[nodiscard]] bool keep_last_read(ContextId context, const Step& step);
  void execute_poll(ContextId context, const Step& step);
  void execute_frame_end(ContextId context, const Step& step);
  void execute_log(ContextId context, const Step& step);
  [[nodiscard]] bool message_is_readable(ContextId context, const Step& step);
  [[nodiscard]] bool may_be_listed(ContextId context, const Family& items, std::int32_t item);
  void touch_neighbours(ContextId context, const Step& step, std::int32_t position);
  void deeper(base::Slot depth, ContextId context);
  bool execute_masking(ContextId context, const Step& step);
  bool execute_machine(ContextId context, const Step& step);
  [[nodiscard]] bool looks_at_queue(std::int32_t phase, bool condition) const;
  void execute_wait_event(ContextId context, const Step& step);
  bool execute_waiting(ContextId context, const Step& step, std::uint16_t choice);

  // locks.cpp
  bool execute_lock(ContextId context, const Step& step, std::uint16_t choice);
  void execute_spin_lock(ContextId context, const Step& step);
  void execute_spin_unlock(ContextId context, const Step& step);
  void execute_mutex_lock(ContextId context, const Step& step);
  void execute_mutex_unlock(ContextId context, const Step& step, std::uint16_t choice);
  void execute_rwlock(ContextId context, const Step& step);
  void execute_rwsem(ContextId context, const Step& step, std::uint16_t choice);
  void add_reader(base::Slot lock, const Step& step, ContextId context);
  void execute_down(ContextId context, const Step& step, base::Slot lock);
  void wake_rwsem(base::Slot lock, std::uint16_t choice, int waker_cpu);
  void execute_completion(ContextId context, const Step& step, std::uint16_t choice);
  void check_read_sides_at_exit(ContextId task);
  void check_locks_at_exit(ContextId task);
  void check_locks_at_free(ContextId context, const Step& step);
  [[nodiscard]] bool is_waited_for(base::Slot lock) const;
  void check_locks_at_return(ContextId context);

  // rcu.cpp
  bool execute_rcu(ContextId context, const Step& step);
  void execute_rcu_read(ContextId context, bool begins);
  void execute_srcu_read(ContextId context, const Step& step);
  void begin_grace_period(ContextId context, const Step& step);
  void reader_left(ContextId reader, Verb waits, base::Slot domain);
  void switched_away(std::size_t cpu, ContextId task);
  void quiescent(std::size_t cpu);
  void tick_of_rcu(std::size_t cpu);
  [[nodiscard]] bool awaits(std::size_t cpu) const;
  [[nodiscard]] bool tick_is_quiescent(std::size_t cpu) const;
  [[nodiscard]] bool reads_under_rcu(ContextId task) const;
  [[nodiscard]] bool grace_period_over(ContextId waiter) const;
  [[nodiscard]] bool grace_period_held_up(ContextId waiter, std::uint64_t visited) const;
  [[nodiscard]] ContextId stalls_grace_period(ContextId waiter) const;

  // store_buffers.cpp: with `memory: buffered`
  void bar_unordered(std::vector<Move>& moves) const;
  [[nodiscard]] bool stores_allow(Move move) const;
  [[nodiscard]] bool stores_allow_step(ContextId context, const Step& step) const;
  [[nodiscard]] bool stores_allow_by_verb(ContextId context, const Step& step) const;
  [[nodiscard]] bool stores_allow_block(const StoreBuffer& stores, const Step& first) const;
  [[nodiscard]] bool reads_buffered(const StoreBuffer& stores, CodeId code) const;
  [[nodiscard]] bool has_buffered_stores(ContextId context) const;
  void enabled_drains(std::vector<Move>& moves) const;
  void drain(std::size_t cpu, int entry);
  void check_freed_under(const Step& step, base::Slot stored);
  void buffer(ContextId context, BufferedStore store);
  [[nodiscard]] bool buffer_set(ContextId context, const Step& step, std::int32_t value);
  void execute_barrier(ContextId context, const Step& step);
  [[nodiscard]] bool buffers(ContextId context, const Step& step) const {
    return layout_.store_buffer != 0 && context != kNoContext && step.access != Access::kInBlock &&
           step.access != Access::kFullBlock;
  }
  [[nodiscard]] StoreBuffer stores_of(std::size_t cpu) const { return {layout_.cpus[cpu].stores, access_}; }

  // scheduler.cpp
  void run_on(ContextId task, std::size_t cpu);
  void put_to_sleep(ContextId task, std::int32_t phase);
  void wake(ContextId task, int waker_cpu);
  void leave_cpu(std::size_t cpu);
  void exit_task(ContextId task, TaskState state);
  void execute_set_cpus_allowed(ContextId context, const Step& step);
  void stopper_moves(std::size_t cpu);
  void ask_to_resched(std::size_t cpu);
  void take_resched(std::size_t cpu);
  void take_tick(std::size_t cpu);
  void check_may_sleep(ContextId context);

  // circles.cpp
  [[nodiscard]] ContextId waits_for(ContextId context) const;
  [[nodiscard]] ContextId owner_of_lock(ContextId context) const;
  [[nodiscard]] ContextId first_of_circle(ContextId context) const;
  [[nodiscard]] bool is_in_circle(ContextId context) const;
  void check_circle(ContextId context);

  // works.cpp
  bool execute_work(ContextId context, const Step& step);
  void forget_masking(ContextId worker);
  void execute_flush(ContextId context, const Step& step, const WorkLayout& work);
  void instance_is_over(const WorkLayout& work, std::int32_t least);
  [[nodiscard]] bool is_being_cancelled(const Step& queue) const;
  [[nodiscard]] bool flush_is_over(ContextId task) const;

  // fair_share.cpp
  void begin_lead(ContextId task);
  void abandon_lead(ContextId task);
  void spent_time(ContextId context);
  void take_lead(ContextId task);
  void use_cpu(ContextId context);
  void catch_up(ContextId task);
  void forget_leads(ContextId task);
  [[nodiscard]] bool counts_leads(ContextId context) const;
  [[nodiscard]] ContextSet eligible_on(std::size_t cpu) const;

  // legacy_steps.cpp
  struct LegacyWrite {
    std::size_t smmu;
    std::int32_t reg;
    std::size_t index;
    std::int32_t value;
  };
  void execute_write_legacy(ContextId context, const Step& step);
  void execute_smmu_switch(ContextId context, const Step& step);
  [[nodiscard]] bool write_legacy(const Step& step, const LegacyWrite& write);
  [[nodiscard]] bool survives_unclocked(std::size_t smmu, ContextId context, bool writes = false);
  void lose_write(const Step& step, std::size_t smmu, std::size_t cpu);
  void serror(const Step& step, int cpu);
  void hang(ContextId context);
  [[nodiscard]] bool hangs(std::size_t cpu) const;
  void take_events(std::size_t smmu, const hwmodel::v2::HwEvents& events);
  [[nodiscard]] bool is_asserted(std::size_t irq) const;
  void send_asserted(std::size_t cpu);
  void assume(std::size_t smmu, std::uint32_t assumptions);
  void assume_what_waits();

  // interrupts.cpp
  void enter_hardirq(std::size_t cpu, Pc entry);
  void leave_interrupt(ContextId context);
  void raise_irq(std::size_t irq);
  void take_pulses(std::size_t smmu, const hwmodel::v3::HwEvents& events);
  void take_events(std::size_t smmu, const hwmodel::v3::HwEvents& events);
  /// An access of this source got to memory: to this physical page, or 0: where its address says.
  struct Landing {
    std::size_t smmu;
    std::size_t source;
    std::int32_t frame;
    std::int32_t page;
    std::string_view bypassed_by;  ///< what let it through as it is, if that is known
  };
  void take_landing(const Landing& landing);
  void raise_traffic(std::string_view kind, std::size_t device, std::string_view bypassed_by = {});
  [[nodiscard]] std::optional<std::int32_t> commands_of(ContextId context, const Step& step);
  void deliver_irq(std::size_t irq);
  void run_softirqs(std::size_t cpu);
  void end_of_softirq(std::size_t cpu);
  void next_softirq(std::size_t cpu);
  void wake_ksoftirqd(std::size_t cpu);
  void run_ksoftirqd(ContextId thread, std::size_t cpu);
  void forget_expiry(const KernelTimerLayout& timer);
  void take_timer(std::size_t timer);
  [[nodiscard]] Pc take_due_softirq(std::size_t cpu);
  [[nodiscard]] bool may_run_softirqs(std::size_t cpu) const;
  [[nodiscard]] bool softirqs_pending(std::size_t cpu) const;
  void raise_softirq(std::size_t cpu, std::size_t softirq);
  bool execute_interrupts(ContextId context, const Step& step);
  void stop_cpu(std::size_t cpu);

  // oops.cpp
  void raise(std::string_view kind, ContextId context, std::string_view detail = {});
  void raise_in(std::string_view kind, const Step& step, std::string_view detail = {});
  void raise_property(std::uint16_t property, std::uint32_t cause);
  void oops(ContextId context, std::string_view kind, std::string_view detail);
  void raise_freed(ContextId context, std::int32_t accessed);
  [[nodiscard]] bool is_freed(std::int32_t freed, std::int32_t index) const;
  void panic(ContextId context, std::string_view died_of = "Oops");
  void log_oops(ContextId context, std::string_view kind) const;
  [[nodiscard]] std::string panic_reason(ContextId context, std::string_view died_of) const;
  [[nodiscard]] std::optional<std::int32_t> evaluate_or_oops(CodeId code, ContextId context);
  void report_range(ContextId context, std::int32_t family);

  // time.cpp
  void arm(TimerId timer, std::int32_t lo_us, std::int32_t hi_us);
  void cancel(TimerId timer);
  [[nodiscard]] bool traffic_is_owed() const;
  class Passing;
  struct Charged;
  [[nodiscard]] bool nothing_is_urgent() const;
  [[nodiscard]] bool stopper_may_run(std::size_t cpu) const;
  void update_watchdogs(Passing& passing);
  void update_task_watchdogs(Passing& passing, ContextId task);
  void update_watchdog(Passing& passing, TimerId timer, Charged charged);
  void forget_watchdog(TimerId timer, base::Slot told);
  void heartbeat(std::size_t cpu);
  [[nodiscard]] bool held_up_by(ContextId context, std::uint64_t& visited) const;
  [[nodiscard]] bool spinner_held_up(ContextId context, std::uint64_t& visited) const;
  [[nodiscard]] ContextId handler_of(const KernelTimerLayout& timer) const;
  [[nodiscard]] bool sleeper_held_up(ContextId context, std::uint64_t& visited) const;
  [[nodiscard]] bool nobody_else_goes_on(ContextId context, std::uint64_t& visited) const;
  void ticks_are_due();
  [[nodiscard]] bool longer_than_a_tick(TimerId timer) const;
  void wake_retry_loops(bool time_moved, std::size_t first_write);

  void set(base::Slot slot, std::int32_t value) { access_.set(slot, value); }
  void observe_step(Pc pc) const {
    if (observer_ != nullptr) [[unlikely]]
      observer_->on_step(pc);
  }
  void observe_condition(ContextId context, bool value) const {
    if (observer_ != nullptr) [[unlikely]]
      observer_->on_condition(static_cast<Pc>(get(layout_.contexts[context].pc)), value);
  }
  [[nodiscard]] std::int32_t phase(ContextId context) const { return get(layout_.contexts[context].phase); }
  void set_phase(ContextId context, std::int32_t value) { set(layout_.contexts[context].phase, value); }
  [[nodiscard]] bool is_task(ContextId context) const { return context < layout_.tasks; }
  [[nodiscard]] const CpuLayout& cpu_of(ContextId context) const;
  void check_register_write(const Step& step, std::int32_t smmu, std::int32_t reg, std::int32_t index = 0);
  void check_list_write(ContextId context, const Step& step);
  void check_state_write(ContextId context, std::int32_t family, base::Slot slot);
  void check_state_write(std::uint32_t cause, std::int32_t family, base::Slot slot);
  [[nodiscard]] bool guard_forbids(const WriteGuard& guard) const;
  [[nodiscard]] bool write_place(ContextId context, const Place& place, std::int32_t value);
  [[nodiscard]] base::Slot place_slot(ContextId context, const Place& place, bool& ok);
  [[nodiscard]] Position position_of(ContextId context) const;
  [[nodiscard]] bool in_interrupt(ContextId context) const;
  [[nodiscard]] bool in_atomic(ContextId context) const;

  const System& system_;
  const Layout& layout_;
  base::StateAccess& access_;
  std::vector<RaisedFinding>* findings_;
  MachineObserver* observer_;
  std::vector<std::uint32_t>* assumptions_ = nullptr;
};

}  // namespace quiesce::sim
