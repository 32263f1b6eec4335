// The state vector: a fixed number of bytes that holds bounded integers ("slots") at fixed offsets.
// All reads and writes of a transition go through a StateAccess, which keeps the undo log and, when
// asked, the footprint.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "base/assert.hpp"

namespace quiesce::base {

enum class Width : std::uint8_t { kU8, kI8, kU16, kI16, kI32 };

[[nodiscard]] constexpr std::size_t bytes_of(Width width) {
  switch (width) {
    case Width::kU8:
    case Width::kI8:
      return 1;
    case Width::kU16:
    case Width::kI16:
      return 2;
    case Width::kI32:
      return 4;
  }
  return 4;
}

/// The narrowest width that holds every value of lo..hi.
[[nodiscard]] constexpr Width width_for(std::int64_t lo, std::int64_t hi) {
  if (lo >= 0 && hi <= 0xff) return Width::kU8;
  if (lo >= -0x80 && hi <= 0x7f) return Width::kI8;
  if (lo >= 0 && hi <= 0xffff) return Width::kU16;
  if (lo >= -0x8000 && hi <= 0x7fff) return Width::kI16;
  return Width::kI32;
}

/// Where a bounded integer lives in the state vector.
struct Slot {
  std::uint16_t offset = 0;
  Width width = Width::kU8;

  friend constexpr bool operator==(Slot, Slot) = default;
};

/// The bits of a slot within the aligned 32-bit word that holds them: the same instructions read and write
/// slots of every width, so that no branch depends on it. The word is inside the state, whose size is a
/// multiple of 4.
struct WordBits {
  std::size_t word;  ///< offset of the word in bytes
  unsigned shift;
  std::uint32_t mask;  ///< after the shift
  std::uint32_t sign;  ///< the sign bit, after the shift; 0 if there is none
};

[[nodiscard]] inline WordBits word_bits(Slot slot) {
  static constexpr std::uint32_t kMasks[] = {0xff, 0xff, 0xffff, 0xffff, 0xffffffff};
  static constexpr std::uint32_t kSigns[] = {0, 0x80, 0, 0x8000, 0};
  const auto width = static_cast<std::size_t>(slot.width);
  return {slot.offset & ~std::size_t{3}, 8 * (slot.offset & 3U), kMasks[width], kSigns[width]};
}

[[nodiscard]] inline std::uint32_t read_word(const std::byte* at) {
  std::uint32_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

[[nodiscard]] inline std::int32_t read_slot(const std::byte* state, Slot slot) {
  const WordBits at = word_bits(slot);
  const std::uint32_t bits = (read_word(state + at.word) >> at.shift) & at.mask;
  return static_cast<std::int32_t>((bits ^ at.sign) - at.sign);
}

inline void write_slot(std::byte* state, Slot slot, std::int32_t value) {
  const WordBits at = word_bits(slot);
  const std::uint32_t mask = at.mask << at.shift;
  const std::uint32_t bits = (static_cast<std::uint32_t>(value) << at.shift) & mask;
  const std::uint32_t word = (read_word(state + at.word) & ~mask) | bits;
  std::memcpy(state + at.word, &word, sizeof word);
}

/// One write of a transition, with the value that it replaced.
struct Write {
  Slot slot;
  std::int32_t old_value;
};

/// The slots that a transition read and wrote; kept only in footprint checking mode and for
/// explanations.
struct Footprint {
  std::vector<Slot> reads;
  std::vector<Write> writes;

  void clear() {
    reads.clear();
    writes.clear();
  }
};

/// The one way in which a transition touches the state. Writing the value that is already there is
/// not a write: it neither enters the undo log nor wakes a spinning context.
class StateAccess {
 public:
  StateAccess(std::byte* state, std::vector<Write>& undo, Footprint* recorder = nullptr)
      : state_(state), undo_(&undo), recorder_(recorder) {}
  /// For reading, and for writes past this class: there is no log.
  explicit StateAccess(std::byte* state) : state_(state), undo_(nullptr), recorder_(nullptr) {}

  [[nodiscard]] std::int32_t get(Slot slot) const {
    if (recorder_ != nullptr) [[unlikely]]
      record_read(slot);
    return read_slot(state_, slot);
  }

  void set(Slot slot, std::int32_t value) {
    set_fitting(slot, value);
    QUIESCE_ASSERT(read_slot(state_, slot) == value, "a value does not fit its slot");
  }

  /// For a value that is known to lie within the slot's bounds.
  void set_fitting(Slot slot, std::int32_t value) {
    const std::int32_t old_value = read_slot(state_, slot);
    if (recorder_ != nullptr) [[unlikely]]
      recorder_->writes.push_back({slot, old_value});
    if (old_value == value) return;
    undo_->push_back({slot, old_value});
    write_slot(state_, slot, value);
  }

  void add(Slot slot, std::int32_t delta) { set(slot, get(slot) + delta); }

  [[nodiscard]] const std::byte* state() const { return state_; }
  [[nodiscard]] std::byte* raw() { return state_; }
  [[nodiscard]] std::vector<Write>& undo_log() { return *undo_; }
  [[nodiscard]] Footprint* recorder() const { return recorder_; }

 private:
  // Kept out of line: `get` is the most frequent call of all.
  [[gnu::noinline]] void record_read(Slot slot) const { recorder_->reads.push_back(slot); }

  std::byte* state_;
  std::vector<Write>* undo_;
  Footprint* recorder_;
};

/// Takes the writes back, newest first, until so many are left in the log.
inline void undo_writes(std::byte* state, std::vector<Write>& undo, std::size_t left = 0) {
  for (; undo.size() > left; undo.pop_back()) write_slot(state, undo.back().slot, undo.back().old_value);
}

/// Hands out offsets of the state vector, each aligned to its width.
class LayoutBuilder {
 public:
  [[nodiscard]] Slot add(Width width) {
    const std::size_t size = bytes_of(width);
    next_ = (next_ + size - 1) / size * size;
    QUIESCE_ASSERT(next_ + size <= std::numeric_limits<std::uint16_t>::max(), "state vector over 64 KiB");
    const Slot slot{static_cast<std::uint16_t>(next_), width};
    next_ += size;
    return slot;
  }
  [[nodiscard]] Slot add_range(std::int64_t lo, std::int64_t hi) { return add(width_for(lo, hi)); }

  /// Bytes used so far, rounded up to a multiple of 4.
  [[nodiscard]] std::size_t size() const { return (next_ + 3) / 4 * 4; }

 private:
  std::size_t next_ = 0;
};

}  // namespace quiesce::base
