// The moments of a run at which its deadlines pass, its ticks come and its watchdogs look.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "base/random_numbers.hpp"
#include "sim/kernel/lockup_detector.hpp"
#include "sim/system.hpp"
#include "sim/timed/durations.hpp"

namespace quiesce::sim::timed {

inline constexpr std::int64_t kNever_ns = std::numeric_limits<std::int64_t>::max();

class Clocks {
 public:
  Clocks(const System& system, const Durations& durations);

  /// Time 0 of a run that begins in this state: the phases of what is periodic are drawn.
  void begin(const std::byte* state, base::RandomNumbers& random);

  /// `timer` was armed at `now_ns` to pass between lo_us and hi_us later; how much later is drawn from `own`
  /// if that is given. False if what was drawn is outside of the two, and the nearest was taken.
  bool arm(TimerId timer, std::int64_t lo_us, std::int64_t hi_us, std::int64_t now_ns,
           base::RandomNumbers& random, const Distribution* own = nullptr);
  /// Deadlines stand still, go on and are cancelled as those of the state.
  void follow(const std::byte* state, std::int64_t now_ns);

  /// Deadlines that passed, or were cancelled or stood still, later than the longest that they may take.
  [[nodiscard]] std::uint64_t late() const { return late_; }
  [[nodiscard]] std::int64_t latest_ns() const { return latest_ns_; }
  /// What the kernel's clock says when the run begins.
  [[nodiscard]] std::int64_t uptime_ns() const { return uptime_ns_; }
  /// Whether one will pass by itself.
  [[nodiscard]] bool any_runs() const { return (active_ & ~standing_) != 0; }
  /// When the deadline passes; kNever_ns for one that is not pending or stands still.
  [[nodiscard]] std::int64_t due_ns(TimerId timer) const { return deadlines_[timer].due_ns; }
  /// The CPU's first tick after `now_ns`.
  [[nodiscard]] std::int64_t next_tick_ns(std::size_t cpu, std::int64_t now_ns) const {
    return next_on_grid(tick_phases_[cpu], tick_ns_, now_ns);
  }
  /// The CPU has been idle until now.
  void was_idle(std::size_t cpu, std::int64_t now_ns) { idle_until_ns_[cpu] = now_ns; }

 private:
  enum class Kind : std::uint8_t { kDeadline, kLockup, kHungTask, kRcuStall };
  struct Deadline {
    Kind kind = Kind::kDeadline;
    std::size_t cpu = 0;  ///< of kLockup
    std::int64_t due_ns = kNever_ns;
    std::int64_t last_ns = kNever_ns;  ///< the latest moment at which it may be due
    std::int64_t left_ns = 0;          ///< until it is due, while it stands still
    std::int64_t most_left_ns = 0;     ///< until the latest moment
  };

  [[nodiscard]] static std::int64_t next_on_grid(std::int64_t phase_ns, std::int64_t period_ns,
                                                 std::int64_t after_ns);
  [[nodiscard]] std::int64_t lockup_due_ns(std::size_t cpu, std::int64_t now_ns) const;
  /// It is over, or stands still.
  void stop(Deadline& deadline, std::int64_t now_ns);

  const System& system_;
  const Durations& durations_;
  std::vector<Deadline> deadlines_;  ///< by number, from 1
  std::uint32_t active_ = 0;
  std::uint32_t standing_ = 0;
  std::int64_t tick_ns_;
  LockupDetector detector_;
  std::int64_t uptime_ns_ = 0;  ///< what the kernel's clock says at time 0
  std::int64_t khungtaskd_ns_;  ///< between two looks of khungtaskd
  std::vector<std::int64_t> tick_phases_;
  std::vector<std::int64_t> sample_phases_;
  std::int64_t khungtaskd_phase_ = 0;
  std::vector<std::int64_t> idle_until_ns_;
  std::uint64_t late_ = 0;
  std::int64_t latest_ns_ = 0;
};

}  // namespace quiesce::sim::timed
