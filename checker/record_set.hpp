// An exact set of records of one size, numbered in the order of their arrival, shared by all workers
// without locks; who comes to a slot while its record is being written waits for that. Records lie one after
// the other and never move; an open table of 32-bit slots finds them.
//
// A slot holds a record's number and, in the bits that numbers do not need, a tag from its hash: most slots
// that lie in the way of a probe are passed without looking at their record. The table does not grow while
// workers insert; one that finds it full says so and tries again when it has grown.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/assert.hpp"
#include "base/zeroed_memory.hpp"

namespace quiesce::checker {

/// Whether so many bytes are the same at both places. Records are short: a call would cost more.
[[nodiscard]] inline bool equal_bytes(const std::byte* a, const std::byte* b, std::size_t bytes) {
  constexpr std::size_t kWord = sizeof(std::uint64_t);
  if (bytes < kWord) return std::memcmp(a, b, bytes) == 0;
  const auto word = [](const std::byte* at) {
    std::uint64_t value = 0;
    std::memcpy(&value, at, kWord);
    return value;
  };
  std::size_t at = 0;
  for (; at + kWord <= bytes; at += kWord) {
    if (word(a + at) != word(b + at)) return false;
  }
  return word(a + bytes - kWord) == word(b + bytes - kWord);
}

/// Copies short records; a call would cost more.
inline void copy_bytes(std::byte* to, const std::byte* from, std::size_t bytes) {
  for (; bytes >= 8; bytes -= 8, to += 8, from += 8) std::memcpy(to, from, 8);
  if (bytes >= 4) {
    std::memcpy(to, from, 4);
    bytes -= 4, to += 4, from += 4;
  }
  for (; bytes > 0; --bytes) *to++ = *from++;
}

/// The same in whole blocks, at least one, where the end of the last one belongs to nobody else: `padded`
/// bytes at both.
inline constexpr std::size_t kCopiedBlock = 16;
[[nodiscard]] constexpr std::size_t padded(std::size_t bytes) {
  return (bytes + kCopiedBlock - 1) / kCopiedBlock * kCopiedBlock;
}
inline void copy_blocks(std::byte* to, const std::byte* from, std::size_t bytes) {
  std::memcpy(to, from, kCopiedBlock);
  if (bytes <= kCopiedBlock) return;
  std::memcpy(to + kCopiedBlock, from + kCopiedBlock, kCopiedBlock);
  for (std::size_t at = 2 * kCopiedBlock; at < bytes; at += kCopiedBlock)
    std::memcpy(to + at, from + at, kCopiedBlock);
}

/// Of 8 to 64 bytes, in few instructions and without a call: products of 64-bit words, folded.
//
// Wang Yi, wyhash, 2019: the mixing step and its constants.
[[nodiscard]] inline std::uint64_t short_hash(const std::byte* record, std::size_t bytes) {
  static constexpr std::uint64_t kSecrets[] = {0xa0761d6478bd642fU, 0xe7037ed1a0b428dbU, 0x8ebc6af09c88c6e3U};
  const auto word = [record](std::size_t at) {
    std::uint64_t value = 0;
    std::memcpy(&value, record + at, sizeof value);
    return value;
  };
  const auto fold = [](std::uint64_t a, std::uint64_t b) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
  };
  std::uint64_t hash = bytes ^ kSecrets[2];
  for (std::size_t at = 0; at + 16 < bytes; at += 16)
    hash = fold(word(at) ^ kSecrets[0], word(at + 8) ^ hash);
  const std::size_t rest = bytes < 16 ? 0 : bytes - 16;
  hash = fold(word(rest) ^ kSecrets[1], word(bytes - 8) ^ hash);
  return fold(hash ^ kSecrets[0], kSecrets[1]);
}

class RecordSet {
 public:
  using Id = std::uint32_t;
  static constexpr Id kFull = std::numeric_limits<Id>::max();

  /// Whether each record is kept with a number of its user's, which does not count in comparisons.
  enum class Links : bool { kNo, kYes };

  RecordSet(std::size_t record_bytes, Links links, base::Pages pages);
  RecordSet(const RecordSet&) = delete;
  RecordSet& operator=(const RecordSet&) = delete;
  ~RecordSet();

  /// How many may insert at a time; before anybody does. One worker alone needs none of the instructions that
  /// others wait for.
  void set_workers(unsigned workers);

  [[nodiscard]] std::size_t record_bytes() const { return record_bytes_; }
  [[nodiscard]] std::size_t size() const {
    return std::min(size_.load(std::memory_order_relaxed), lost_.load(std::memory_order_relaxed));
  }
  [[nodiscard]] std::size_t bytes_used() const;
  /// Whether there are numbers for the records of a larger table.
  [[nodiscard]] bool can_grow() const { return next_bits() < kIdBits; }
  /// How much more that will be after it has grown.
  [[nodiscard]] std::size_t bytes_to_grow() const;

  [[nodiscard]] std::uint64_t hash(const std::byte* record) const {
    return has_short_hash_ ? short_hash(record, record_bytes_) : XXH3_64bits(record, record_bytes_);
  }
  /// Brings the slot's cache line near, some time before `insert`.
  void prefetch(std::uint64_t hash) const { __builtin_prefetch(slots_ + (hash & mask_), 1); }
  /// The same for the record that `insert` will most likely compare, with its end, which may lie in another
  /// line.
  void prefetch_record(std::uint64_t hash) const {
    constexpr std::size_t kLooks = 4;
    const std::uint32_t tag = tag_of(hash);
    for (std::size_t look = 0; look < kLooks; ++look) {
      const std::uint32_t slot = slots_[(hash + look) & mask_].load(std::memory_order_relaxed);
      if (!is_record(slot)) return;
      if (((slot ^ tag) & tag_mask_) != 0) continue;
      const std::byte* at = record(id_in(slot));
      __builtin_prefetch(at);
      __builtin_prefetch(at + record_bytes_ - 1);
      return;
    }
  }
  /// Brings the record near.
  void prefetch_record_of(Id id) const { __builtin_prefetch(record(id)); }

  /// Adds a record that is known to be new, without putting it into the table: `make_table` does so for all.
  /// Not for several workers.
  void append_alone(const std::byte* record, std::uint32_t link) { static_cast<void>(append(record, link)); }
  void make_table();

  struct Inserted {
    Id id = kFull;  ///< kFull: nothing was inserted, the table has to grow
    bool is_new = false;
  };
  /// Throws std::bad_alloc if there is no memory for the record; then the set may only be read any more.
  [[gnu::always_inline]] Inserted insert(const std::byte* record, std::uint64_t hash,
                                         std::uint32_t link = 0) {
    // What does not change meanwhile is read once: behind an atomic it would be read again each time.
    Slot* const slots = slots_;
    const std::size_t mask = mask_;
    const std::uint32_t tag_mask = tag_mask_;
    const std::uint32_t tag = static_cast<std::uint32_t>(hash >> 32U) & tag_mask;
    for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
      std::uint32_t slot = slots[at].load(std::memory_order_acquire);
      if (slot == kEmpty) {
        if (size_.load(std::memory_order_relaxed) > full_at_) return {};
        if (claim(slots[at], slot)) return {fill(slots[at], tag, record, link), true};
      }
      while (slot == kClaimed) slot = slots[at].load(std::memory_order_acquire);
      if (slot == kEmpty) [[unlikely]]
        return {};  // whoever claimed it found no memory for the record
      if ((slot & tag_mask) != tag) continue;
      const Id id = (slot & ~tag_mask) - 1;
      if (equal_bytes(this->record(id), record, record_bytes_)) return {id, false};
    }
  }

  [[nodiscard]] const std::byte* record(Id id) const {
    return chunks()[id >> chunk_bits_].load(std::memory_order_relaxed) + (id & chunk_mask_) * stride_;
  }
  [[nodiscard]] std::uint32_t link(Id id) const {
    std::uint32_t link = 0;
    std::memcpy(&link, record(id) + stride_ - sizeof link, sizeof link);
    return link;
  }

  /// Probes are getting long: grow at the next opportunity.
  [[nodiscard]] bool wants_to_grow() const { return size() > capacity() / 5 * 3; }
  /// No worker may be inserting. The records then have to be put into the larger table with `put_back`, by
  /// any number of workers, each number once.
  void begin_growth();
  void put_back(Id first, Id last);
  void grow() {
    begin_growth();
    put_back(0, static_cast<Id>(size()));
  }

 private:
  using Slot = std::atomic<std::uint32_t>;
  using Chunk = std::atomic<std::byte*>;  ///< nullptr before it is mapped

  static constexpr std::size_t kCacheLine = 64;
  static constexpr unsigned kIdBits = 32;
  static constexpr unsigned kWorkersAtFirst = 16;  ///< as long as nobody says how many
  static constexpr std::uint32_t kEmpty = 0;
  /// Somebody is writing the record. No record's slot looks so: its number would be beyond a full table.
  static constexpr std::uint32_t kClaimed = 0xffffffffU;

  [[nodiscard]] std::size_t capacity() const { return mask_ + 1; }
  [[nodiscard]] Chunk* chunks() const { return reinterpret_cast<Chunk*>(directory_.data()); }
  [[nodiscard]] static bool is_record(std::uint32_t slot) { return slot != kEmpty && slot != kClaimed; }
  [[nodiscard]] std::uint32_t tag_of(std::uint64_t hash) const {
    return static_cast<std::uint32_t>(hash >> 32U) & tag_mask_;
  }
  [[nodiscard]] Id id_in(std::uint32_t slot) const { return (slot & ~tag_mask_) - 1; }
  /// Makes an empty slot one's own; false if somebody else did, and then it is read again.
  [[nodiscard]] bool claim(Slot& slot, std::uint32_t& seen) const {
    return alone_ || slot.compare_exchange_strong(seen, kClaimed, std::memory_order_acq_rel);
  }
  void allocate_slots(unsigned bits);
  [[nodiscard]] unsigned next_bits() const;
  void provide_chunk(std::size_t chunk);
  void put_back(Id id, std::uint64_t hash);
  Id fill(Slot& slot, std::uint32_t tag, const std::byte* record, std::uint32_t link);
  Id append(const std::byte* record, std::uint32_t link);
  Id next_id();

  std::size_t record_bytes_;
  bool has_links_;
  bool has_short_hash_;
  unsigned workers_ = kWorkersAtFirst;
  bool alone_ = false;
  std::size_t stride_;
  unsigned chunk_bits_;
  std::size_t chunk_mask_;
  base::Pages pages_;
  base::ZeroedMemory table_;
  Slot* slots_ = nullptr;
  std::size_t mask_ = 0;
  std::uint32_t tag_mask_ = 0;
  Id full_at_ = 0;                ///< with more records, probes would get too long
  base::ZeroedMemory directory_;  ///< of chunks
  std::atomic<Id> lost_{kFull};   ///< the first number for whose record there was no memory
  // The one thing that all workers write has a cache line of its own, apart from what they read all the time.
  alignas(kCacheLine) std::atomic<Id> size_{0};
};

}  // namespace quiesce::checker
