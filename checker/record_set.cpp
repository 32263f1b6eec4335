#include "checker/record_set.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <new>

namespace quiesce::checker {
namespace {

/// Of a table at first: sets of few records shall not take up the fastest memory, and many workers need room.
unsigned first_bits(base::Pages pages, unsigned workers) {
  constexpr unsigned kSlotsOfWorker = 8;
  const unsigned bits = pages == base::Pages::kHuge ? 12 : 8;
  return std::max(bits, static_cast<unsigned>(std::bit_width(kSlotsOfWorker * workers)));
}
constexpr std::size_t kSmallChunkBytes = std::size_t{1} << 20U;

/// How many records of the size lie in a chunk, as a power of two: so many that huge pages hold them without
/// a rest, or what small pages hold of few.
unsigned bits_of_chunk(std::size_t stride, base::Pages pages) {
  const std::size_t records = pages == base::Pages::kHuge
                                  ? base::ZeroedMemory::kHugePage >> std::countr_zero(stride)
                                  : std::max<std::size_t>(kSmallChunkBytes / stride, 1);
  return static_cast<unsigned>(std::bit_width(records) - 1);
}

}  // namespace

RecordSet::RecordSet(std::size_t record_bytes, Links links, base::Pages pages)
    : record_bytes_(record_bytes),
      has_links_(links == Links::kYes),
      has_short_hash_(record_bytes >= 8 && record_bytes <= 64),
      stride_((record_bytes + 3) / 4 * 4 + (has_links_ ? sizeof(std::uint32_t) : 0)),
      chunk_bits_(bits_of_chunk(stride_, pages)),
      chunk_mask_((std::size_t{1} << chunk_bits_) - 1),
      pages_(pages),
      directory_((std::size_t{1} << (kIdBits - chunk_bits_)) * sizeof(Chunk), base::Pages::kSmall) {
  allocate_slots(first_bits(pages, workers_));
}

void RecordSet::set_workers(unsigned workers) {
  QUIESCE_ASSERT(size() == 0, "workers come to a set that has records");
  workers_ = workers;
  alone_ = workers == 1;
  allocate_slots(first_bits(pages_, workers_));
}

RecordSet::~RecordSet() {
  for (std::size_t chunk = 0; chunk << chunk_bits_ < size_; ++chunk) {
    std::byte* const mapped = chunks()[chunk].load();
    if (mapped != nullptr) munmap(mapped, (chunk_mask_ + 1) * stride_);
  }
}

void RecordSet::allocate_slots(unsigned bits) {
  QUIESCE_ASSERT(bits < kIdBits, "more records than 32-bit numbers");
  table_ = base::ZeroedMemory();
  table_ = base::ZeroedMemory((std::size_t{1} << bits) * sizeof(Slot), pages_);
  slots_ = reinterpret_cast<Slot*>(table_.data());
  mask_ = (std::size_t{1} << bits) - 1;
  tag_mask_ = ~static_cast<std::uint32_t>(mask_);
  // Each worker may find the same last place free.
  full_at_ = static_cast<Id>(capacity() - std::max<std::size_t>(capacity() / 10, workers_ + 2));
}

std::size_t RecordSet::bytes_used() const {
  const std::size_t records = size() * stride_;
  const std::size_t page = pages_ == base::Pages::kHuge ? base::ZeroedMemory::kHugePage : 1;
  return table_.bytes() + (records + page - 1) / page * page;
}

/// The slot is claimed. Without memory for the record it is given back.
RecordSet::Id RecordSet::fill(Slot& slot, std::uint32_t tag, const std::byte* record, std::uint32_t link) {
  try {
    const Id id = append(record, link);
    slot.store(tag | (id + 1), std::memory_order_release);
    return id;
  } catch (const std::bad_alloc&) {
    slot.store(kEmpty, std::memory_order_release);
    throw;
  }
}

RecordSet::Id RecordSet::next_id() {
  if (!alone_) return size_.fetch_add(1, std::memory_order_relaxed);
  const Id id = size_.load(std::memory_order_relaxed);
  size_.store(id + 1, std::memory_order_relaxed);
  return id;
}

RecordSet::Id RecordSet::append(const std::byte* record, std::uint32_t link) {
  const Id id = next_id();
  try {
    if (chunks()[id >> chunk_bits_].load(std::memory_order_acquire) == nullptr)
      provide_chunk(id >> chunk_bits_);
  } catch (const std::bad_alloc&) {
    for (Id lost = lost_.load(); id < lost && !lost_.compare_exchange_weak(lost, id);) {
    }
    throw;
  }
  std::byte* to = chunks()[id >> chunk_bits_].load(std::memory_order_relaxed) + (id & chunk_mask_) * stride_;
  copy_bytes(to, record, record_bytes_);
  if (has_links_) std::memcpy(to + stride_ - sizeof link, &link, sizeof link);
  return id;
}

/// Whoever comes first to a chunk maps it; one that comes second gives its own back.
void RecordSet::provide_chunk(std::size_t chunk) {
  Chunk& entry = chunks()[chunk];
  base::ZeroedMemory fresh((chunk_mask_ + 1) * stride_, pages_);
  std::byte* expected = nullptr;
  if (entry.compare_exchange_strong(expected, fresh.data(), std::memory_order_acq_rel)) fresh.release();
}

void RecordSet::make_table() {
  unsigned bits = first_bits(pages_, workers_);
  while (size() > (std::size_t{1} << bits) / 2) ++bits;
  allocate_slots(bits);
  put_back(0, static_cast<Id>(size()));
}

void RecordSet::begin_growth() { allocate_slots(next_bits()); }

std::size_t RecordSet::bytes_to_grow() const {
  return (std::size_t{1} << next_bits()) * sizeof(Slot) - table_.bytes();
}

/// A small table grows fourfold, which moves fewer records; a large one twofold, which leaves less empty.
unsigned RecordSet::next_bits() const {
  constexpr unsigned kSmallBits = 22;
  const auto bits = static_cast<unsigned>(std::bit_width(mask_));
  return bits < kSmallBits ? std::min(bits + 2, kSmallBits) : bits + 1;
}

/// Slots are fetched a block ahead of the records that go into them.
void RecordSet::put_back(Id first, Id last) {
  constexpr Id kBlock = 32;
  std::array<std::array<std::uint64_t, kBlock>, 2> hashes;
  Id fetched = first;
  const auto fetch = [&](std::array<std::uint64_t, kBlock>& block) {
    const Id end = fetched + std::min(kBlock, last - fetched);
    for (std::size_t i = 0; fetched < end; ++i, ++fetched) {
      block[i] = hash(record(fetched));
      prefetch(block[i]);
    }
  };
  fetch(hashes[0]);
  std::size_t turn = 0;
  for (Id id = first; id < last;) {
    const Id end = fetched;
    fetch(hashes[1 - turn]);
    for (std::size_t i = 0; id < end; ++i, ++id) put_back(id, hashes[turn][i]);
    turn = 1 - turn;
  }
}

/// All records differ, so the first empty slot is the one.
void RecordSet::put_back(Id id, std::uint64_t hash) {
  for (std::size_t at = hash & mask_;; at = (at + 1) & mask_) {
    std::uint32_t slot = slots_[at].load(std::memory_order_relaxed);
    if (slot != kEmpty || !claim(slots_[at], slot)) continue;
    slots_[at].store(tag_of(hash) | (id + 1), std::memory_order_relaxed);
    return;
  }
}

}  // namespace quiesce::checker
