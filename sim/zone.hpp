// Time as a zone: for every pending deadline the time that remains, known only up to bounds and
// differences, because between two deadlines code may take any time it likes.
//
// Remaining times v[i] >= 0 with v[i] - v[j] <= D[i][j] and v[0] = 0 form a difference bound matrix
// (D. L. Dill, "Timing assumptions and verification of finite-state concurrent systems", 1989;
// J. Bengtsson and W. Yi, "Timed automata: semantics, algorithms and tools", 2004), kept canonical.
// It makes the order of deadlines exactly as strict as physics does: of two polls of the same length
// the one that began first ends first, and two that began at unknown moments end in either order.
#pragma once

#include <cstdint>
#include <vector>

#include "base/slot.hpp"

namespace quiesce::sim {

/// A deadline of the zone, from 1. Number 0 is the reference "now".
using TimerId = std::uint8_t;

inline constexpr TimerId kNoTimer = 0;
inline constexpr std::size_t kTimersMax = 30;

class Zone {
 public:
  Zone() = default;
  /// Lays out the matrix for `timers` deadlines, all inactive.
  Zone(base::LayoutBuilder& layout, std::size_t timers);

  [[nodiscard]] bool any_active(const std::byte* state) const;
  [[nodiscard]] bool is_active(const std::byte* state, TimerId timer) const;
  /// Whether `timer` is pending, and stands still.
  [[nodiscard]] bool stands_still(const std::byte* state, TimerId timer) const;

  /// Bit i-1: timer i is pending.
  [[nodiscard]] std::uint32_t active_set(const std::byte* state) const;
  /// Bit i-1: it is pending, and stands still.
  [[nodiscard]] std::uint32_t standing_set(const std::byte* state) const;

  /// Starts `timer` with a remaining time somewhere in lo_us..hi_us; restarts it if it is active.
  void arm(base::StateAccess& state, TimerId timer, std::int32_t lo_us, std::int32_t hi_us) const;
  void cancel(base::StateAccess& state, TimerId timer) const;

  /// From here on time passes without `timer`, which must be pending, until it goes on.
  // What is known of two clocks, of which one stands still, is what time leaves of it: the other's end does
  // not move away (a stopwatch; exact ones have no zones: F. Cassez and K. Larsen, "The impressive power of
  // stopwatches", 2000).
  void stand_still(base::StateAccess& state, TimerId timer) const;
  void go_on(base::StateAccess& state, TimerId timer) const;

  /// Whether `timer` may be the next to pass, given that time may have gone by (see let_time_pass).
  [[nodiscard]] bool may_expire(const std::byte* state, TimerId timer) const;
  /// Moves time to the end of `timer` and makes it inactive.
  void expire(base::StateAccess& state, TimerId timer) const;

  /// From here on any amount of time up to the next deadline may have passed.
  void let_time_pass(base::StateAccess& state) const;

  /// The least and the most time that may remain.
  [[nodiscard]] std::int32_t remaining_min_us(const std::byte* state, TimerId timer) const;
  [[nodiscard]] std::int32_t remaining_max_us(const std::byte* state, TimerId timer) const;

  [[nodiscard]] std::size_t timers() const { return timers_; }
  /// Every slot of the zone, for footprints.
  [[nodiscard]] std::vector<base::Slot> slots() const;

 private:
  [[nodiscard]] bool runs(const std::byte* state, std::size_t i) const;
  [[nodiscard]] base::Slot bound(std::size_t i, std::size_t j) const;
  [[nodiscard]] std::int32_t get(const std::byte* state, std::size_t i, std::size_t j) const;

  std::size_t timers_ = 0;
  base::Slot active_;    ///< bit i-1: timer i is pending
  base::Slot standing_;  ///< bit i-1: it is pending, and stands still
  base::Slot first_bound_;
};

}  // namespace quiesce::sim
