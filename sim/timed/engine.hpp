// A System in virtual time: what is enabled waits for its moment, and the earliest is fired.
//
// Each transition that becomes enabled draws how long it takes, and loses that when it is no longer enabled;
// an interrupt that is on its way keeps it, whatever the CPU does about it meanwhile, and a device draws when
// it begins its next access, of whatever kind that is then.
// A CPU does one thing at a time: of the steps and switches that are enabled there one is chosen, and a step
// that an interrupt or another task comes before goes on afterwards with what was left of it. Deadlines have
// their moments from the clocks; one that the state does not let pass yet, because something urgent is still
// going on, is put off.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/random_numbers.hpp"
#include "base/slot.hpp"
#include "sim/kernel/rate_limits.hpp"
#include "sim/machine.hpp"
#include "sim/system.hpp"
#include "sim/timed/clocks.hpp"
#include "sim/timed/durations.hpp"

namespace quiesce::sim::timed {

class Engine final : private MachineObserver {
 public:
  /// Both must outlive the engine.
  Engine(const System& system, const Durations& durations);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Run `number` of a seed, at time 0.
  void begin(std::uint64_t seed, std::uint64_t number);
  /// The same, from this initial state.
  void begin(std::uint64_t seed, std::uint64_t number, std::uint32_t initial);

  /// Fires what comes next; false if nothing does until `until_ns`, or ever.
  [[nodiscard]] bool fire_next(std::int64_t until_ns);

  /// Fires this one, which was drawn or may come instead: what should have come before comes later. False if
  /// it is not enabled.
  [[nodiscard]] bool fire_instead(Move move);

  /// Which initial state the run began in.
  [[nodiscard]] std::uint32_t initial() const { return initial_; }
  [[nodiscard]] const std::byte* state() const { return state_.data(); }
  /// Since the run began, and by the kernel's clock.
  [[nodiscard]] std::int64_t now_ns() const { return now_ns_; }
  [[nodiscard]] std::int64_t clock_ns() const { return clocks_.uptime_ns() + now_ns_; }
  /// What was fired last, and what it raised.
  [[nodiscard]] Move fired() const { return fired_; }
  [[nodiscard]] const std::vector<RaisedFinding>& raised() const { return raised_; }
  /// Whether a deadline will still pass by itself.
  [[nodiscard]] bool deadline_runs() const { return clocks_.any_runs(); }
  /// Waits for which a duration was drawn that their step excludes, so that the nearest one was taken.
  [[nodiscard]] std::uint64_t cut_waits() const { return cut_waits_; }
  /// What waits of busy loops and polls took that a deadline ended.
  [[nodiscard]] std::int64_t lost_ns() const { return lost_ns_; }
  /// Deadlines that were later than the model lets them be, and by how much at most.
  [[nodiscard]] std::uint64_t late_deadlines() const { return clocks_.late(); }
  [[nodiscard]] std::int64_t latest_ns() const { return clocks_.latest_ns(); }

 private:
  static constexpr int kNowhere = -1;

  struct Pending {
    Move key{};  ///< the same while the event is
    Move move{};
    Pc pc = kInactive;  ///< of a step: where its context is
    int cpu = kNowhere;
    std::int64_t at_ns = kNever_ns;
    std::uint64_t order = 0;
    bool is_enabled = false;
  };
  /// What is left of a step that was begun.
  struct Rest {
    Pc pc = kInactive;
    std::int64_t left_ns = 0;
  };

  void on_log(const std::string& line) override;
  void on_ratelimited_log(const StepInfo& site, const std::string& line) override;
  void on_arm(TimerId timer, std::int32_t lo_us, std::int32_t hi_us) override;
  void on_expire(TimerId timer) override;

  void look_around();
  void look_at(Move move);
  [[nodiscard]] Move key_of(Move move) const;
  [[nodiscard]] std::int64_t first_moment(Move move);
  [[nodiscard]] IrqState irq_state(Move key) const;
  [[nodiscard]] bool is_traffic(Move move) const;
  [[nodiscard]] Move one_of(const Pending& event);
  [[nodiscard]] std::int64_t console_ns();
  [[nodiscard]] int executes_on(Move move) const;
  [[nodiscard]] int interrupts(Move move) const;
  void decide(std::size_t cpu);
  [[nodiscard]] Move choose(std::size_t cpu);
  [[nodiscard]] std::int64_t seen_after_ns(Move move, Pc pc) const;
  [[nodiscard]] std::int64_t takes_ns(std::size_t cpu, Move move, Pc pc);
  [[nodiscard]] Pc pc_of(Move move) const;
  [[nodiscard]] bool is_step(Move move) const {
    return move.actor < system_.cpu_actor(0) && move.choice < choice::kRunOnIdle;
  }
  [[nodiscard]] std::int64_t moment_of(const Pending& event) const;
  void fire(Move move, std::int64_t at_ns);
  void put_aside(const Pending& doing, std::size_t cpu);
  void start(std::uint32_t initial);
  void note_idle();

  const System& system_;
  const Durations& durations_;
  std::vector<std::vector<std::byte>> initial_states_;
  std::vector<std::byte> state_;
  std::vector<base::Write> undo_;
  base::StateAccess access_;
  std::vector<RaisedFinding> raised_;
  Machine machine_;
  Clocks clocks_;
  base::RandomNumbers random_{0, 0};
  std::uint32_t initial_ = 0;
  std::int64_t now_ns_ = 0;
  std::uint64_t order_ = 0;
  Move fired_{};
  std::vector<Move> moves_;
  std::vector<std::vector<Move>> candidates_;  ///< of each CPU: what it may do next
  std::vector<Pending> executions_;            ///< of each CPU: what it does; nothing if it is never to come
  std::vector<Pending> pending_;               ///< everything else but deadlines
  std::vector<Move> same_key_;                 ///< of those that are enabled
  std::vector<TimerId> may_pass_;
  std::vector<Rest> rests_;                  ///< of each context
  std::vector<std::int64_t> busy_until_ns_;  ///< of each CPU: it prints, with interrupts off
  std::size_t printed_ = 0;                  ///< characters
  RateLimits rate_limits_;
  Pc fired_pc_ = kInactive;  ///< of the step that is being fired
  std::uint64_t cut_waits_ = 0;
  std::vector<std::int64_t> armed_ns_;  ///< of each deadline: when it was last armed
  std::int64_t lost_ns_ = 0;
};

}  // namespace quiesce::sim::timed
