// What an expression can come to, and which parts of the state decide it: abstract interpretation of its
// code over intervals, without a state.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/slot.hpp"
#include "sim/system.hpp"

namespace quiesce::sim {

/// The values from `lo` to `hi`.
struct Interval {
  std::int64_t lo = INT32_MIN;
  std::int64_t hi = INT32_MAX;

  [[nodiscard]] bool is_one() const { return lo == hi; }
  [[nodiscard]] bool contains(std::int64_t value) const { return lo <= value && value <= hi; }
  [[nodiscard]] bool within(std::int64_t least, std::int64_t most) const { return least <= lo && hi <= most; }
  void widen(Interval other) {
    if (other.lo < lo) lo = other.lo;
    if (other.hi > hi) hi = other.hi;
  }
};

/// Bytes of the state vector, by their offsets.
class ByteSet {
 public:
  ByteSet() = default;
  explicit ByteSet(std::size_t bytes) : words_((bytes + 63) / 64) {}

  void add(base::Slot slot) {
    for (std::size_t i = 0; i < base::bytes_of(slot.width); ++i) add(slot.offset + i);
  }
  void add(std::size_t byte) {
    if (byte / 64 >= words_.size()) words_.resize(byte / 64 + 1);
    words_[byte / 64] |= std::uint64_t{1} << (byte % 64);
  }
  void remove(base::Slot slot) {
    for (std::size_t i = 0; i < base::bytes_of(slot.width); ++i) remove(slot.offset + i);
  }
  void remove(std::size_t byte) {
    if (byte / 64 < words_.size()) words_[byte / 64] &= ~(std::uint64_t{1} << (byte % 64));
  }
  /// Whether anything is new.
  bool add(const ByteSet& other) {
    if (other.words_.size() > words_.size()) words_.resize(other.words_.size());
    std::uint64_t added = 0;
    for (std::size_t i = 0; i < other.words_.size(); ++i) {
      added |= other.words_[i] & ~words_[i];
      words_[i] |= other.words_[i];
    }
    return added != 0;
  }
  [[nodiscard]] bool contains(std::size_t byte) const {
    return byte / 64 < words_.size() && ((words_[byte / 64] >> (byte % 64)) & 1U) != 0;
  }
  [[nodiscard]] bool contains_any(base::Slot slot) const {
    for (std::size_t i = 0; i < base::bytes_of(slot.width); ++i) {
      if (contains(slot.offset + i)) return true;
    }
    return false;
  }
  void subtract(const ByteSet& other) {
    const std::size_t words = std::min(words_.size(), other.words_.size());
    for (std::size_t i = 0; i < words; ++i) words_[i] &= ~other.words_[i];
  }
  [[nodiscard]] bool intersects(const ByteSet& other) const {
    const std::size_t words = std::min(words_.size(), other.words_.size());
    for (std::size_t i = 0; i < words; ++i) {
      if ((words_[i] & other.words_[i]) != 0) return true;
    }
    return false;
  }
  [[nodiscard]] bool empty() const {
    return std::all_of(words_.begin(), words_.end(), [](std::uint64_t word) { return word == 0; });
  }
  void clear() { words_.clear(); }

 private:
  std::vector<std::uint64_t> words_;
};

/// The values that the slots of a System can have, whatever runs.
class SlotRanges {
 public:
  explicit SlotRanges(const System& system);

  [[nodiscard]] Interval of(base::Slot slot) const;
  /// Every element of the family.
  [[nodiscard]] Interval of_family(std::int32_t family) const {
    return families_[static_cast<std::size_t>(family)];
  }
  void set(base::Slot slot, Interval range) { by_offset_[slot.offset] = range; }

 private:
  std::vector<Interval> families_;
  std::vector<Interval> by_offset_;  ///< empty intervals where only the width is known
};

/// What an expression's value can be, and what it depends on.
struct Dependence {
  Interval range{0, 0};
  ByteSet value;   ///< decides the value; nothing if there is only one
  ByteSet faults;  ///< decides whether evaluation runs into a fault
  bool may_fault = false;
};

/// Where the expression stands, and what is known there.
struct Known {
  ContextId context = kNoContext;  ///< whose locals it reads; without one, they do not count
  base::Slot slot{};
  Interval range;  ///< of `slot`, if has_slot
  bool has_slot = false;
};

/// kNoCode is the constant 0.
[[nodiscard]] Dependence dependence_of(const System& system, const SlotRanges& ranges, CodeId code,
                                       const Known& known);

}  // namespace quiesce::sim
