// What transitions can touch, derived from the program: the ground on which transitions are independent.
//
// A transition's footprint covers what it does itself. What follows from every transition alike (watchdogs
// start and stop, time may pass, retry loops look again) is the footprint of settling.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "sim/machine.hpp"
#include "sim/system.hpp"

namespace quiesce::sim {

/// Bytes of the state vector that may be read or written. What may be written may be read too.
class Touched {
 public:
  explicit Touched(std::size_t bytes) : marks_(bytes, 0) {}

  void read(base::Slot slot) { mark(slot, kRead); }
  void write(base::Slot slot) { mark(slot, kRead | kWritten); }
  void forget(base::Slot slot) {
    for (std::size_t i = 0; i < base::bytes_of(slot.width); ++i) marks_[slot.offset + i] = 0;
  }
  void merge(const Touched& other) {
    for (std::size_t i = 0; i < marks_.size(); ++i) marks_[i] |= other.marks_[i];
  }
  [[nodiscard]] bool may_read(base::Slot slot) const { return all(slot, kRead); }
  [[nodiscard]] bool may_write(base::Slot slot) const { return all(slot, kWritten); }
  /// Whether this may write what `other` may read or write.
  [[nodiscard]] bool may_write_some_of(const Touched& other) const {
    for (std::size_t i = 0; i < marks_.size(); ++i) {
      if ((marks_[i] & kWritten) != 0 && other.marks_[i] != 0) return true;
    }
    return false;
  }
  [[nodiscard]] bool may_write(std::size_t byte) const { return (marks_[byte] & kWritten) != 0; }
  [[nodiscard]] bool untouched(std::size_t byte) const { return marks_[byte] == 0; }
  [[nodiscard]] std::size_t bytes_read() const { return count(kRead); }
  [[nodiscard]] std::size_t bytes_written() const { return count(kWritten); }
  void clear() { std::fill(marks_.begin(), marks_.end(), std::uint8_t{0}); }

  /// Flips `bits` in every byte of the state that is untouched.
  void flip_untouched(std::byte* state, std::uint8_t bits) const {
    std::size_t i = 0;
    for (; i + sizeof(std::uint64_t) <= marks_.size(); i += sizeof(std::uint64_t)) {
      // Marks are less than 128: of each byte the highest bit becomes whether there is one.
      const std::uint64_t marked = (word(marks_.data() + i) + kEach * 0x7f) & kEach * 0x80;
      const std::uint64_t flipped = word(state + i) ^ ((~marked & kEach * 0x80) >> 7U) * bits;
      std::memcpy(state + i, &flipped, sizeof flipped);
    }
    for (; i < marks_.size(); ++i) {
      if (untouched(i)) state[i] ^= std::byte{bits};
    }
  }

 private:
  static constexpr std::uint8_t kRead = 1;
  static constexpr std::uint8_t kWritten = 2;
  static constexpr std::uint64_t kEach = 0x0101010101010101U;  ///< times a byte: eight of them

  void mark(base::Slot slot, std::uint8_t bits) {
    for (std::size_t i = 0; i < base::bytes_of(slot.width); ++i) marks_[slot.offset + i] |= bits;
  }
  [[nodiscard]] bool all(base::Slot slot, std::uint8_t bit) const {
    for (std::size_t i = 0; i < base::bytes_of(slot.width); ++i) {
      if ((marks_[slot.offset + i] & bit) == 0) return false;
    }
    return true;
  }
  [[nodiscard]] std::size_t count(std::uint8_t bit) const {
    std::size_t n = 0;
    std::size_t i = 0;
    for (; i + sizeof(std::uint64_t) <= marks_.size(); i += sizeof(std::uint64_t))
      n += static_cast<std::size_t>(std::popcount(word(marks_.data() + i) & kEach * bit));
    for (; i < marks_.size(); ++i) n += (marks_[i] & bit) != 0 ? 1 : 0;
    return n;
  }
  [[nodiscard]] static std::uint64_t word(const void* bytes) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof word);
    return word;
  }

  std::vector<std::uint8_t> marks_;
};

/// What evaluating the rule's guard and firing it can touch.
[[nodiscard]] Touched rule_footprint(const System& system, const Rule& rule);

/// Every location from which control can come when it begins at `entry`.
[[nodiscard]] std::set<Pc> reachable_from(const Program& program, Pc entry);

class Footprints {
 public:
  explicit Footprints(const System& system);

  /// What the step at `pc` and the computation folded into it can ever touch when `context` runs it,
  /// apart from the control slots of the CPU that it runs on.
  [[nodiscard]] const Touched& may_footprint(ContextId context, Pc pc) const;
  /// What the move touches in this state.
  [[nodiscard]] Touched footprint(const std::byte* state, Move move) const;
  [[nodiscard]] const Touched& settling() const { return settling_; }

 private:
  [[nodiscard]] Touched of_context(const std::byte* state, Move move) const;
  void add_cpu_of(const std::byte* state, ContextId context, Touched& touched) const;

  const System& system_;
  std::map<std::pair<ContextId, Pc>, Touched> steps_;
  std::vector<Touched> cpus_;  ///< control of each CPU, and of what runs on it
  std::vector<Touched> rules_;
  Touched scheduling_;  ///< everything that decides who runs where
  Touched interrupts_;  ///< starting and ending handlers on any CPU
  Touched clocks_;
  Touched settling_;
};

}  // namespace quiesce::sim
