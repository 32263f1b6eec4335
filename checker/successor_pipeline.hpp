// Successors on their way into the store. Memory is slow to answer, so they travel in batches: while one is
// being filled, the slots of the one before are fetched, and the records that those slots name for the one
// before that.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "checker/record_set.hpp"

namespace quiesce::checker {

class SuccessorPipeline {
 public:
  static constexpr std::size_t kNoEdge = std::numeric_limits<std::size_t>::max();

  struct Successor {
    RecordSet::Id parent;
    std::size_t edge;  ///< whose target it is; kNoEdge if nobody asks
  };

  SuccessorPipeline() = default;
  SuccessorPipeline(const SuccessorPipeline&) = delete;
  SuccessorPipeline& operator=(const SuccessorPipeline&) = delete;

  /// Only while nothing is on its way.
  void set_record_bytes(std::size_t bytes) {
    stride_ = padded(bytes);
    for (Batch& batch : batches_) batch.records.resize(kBatch * stride_);
    next_record_ = filled_->records.data();
  }

  [[nodiscard]] bool empty() const {
    return std::all_of(batches_.begin(), batches_.end(), [](const Batch& b) { return b.count == 0; });
  }

  /// Makes room for one more: `on_inserted(Successor, RecordSet::Id)` is told of those that arrive, in the
  /// order in which they set out. False if the table has to grow first.
  template <class OnInserted>
  [[nodiscard]] bool make_room(RecordSet& set, OnInserted on_inserted) {
    return filled_->count < kBatch || move_on(set, on_inserted);
  }

  /// Where the next one's record is to be written: `padded` bytes.
  [[nodiscard]] std::byte* next_record() { return next_record_; }
  /// The record is written.
  void push(Successor successor) {
    filled_->successors[filled_->count++] = successor;
    next_record_ += stride_;
  }

  /// Inserts all of them; false if the table has to grow before that.
  template <class OnInserted>
  [[nodiscard]] bool flush(RecordSet& set, OnInserted on_inserted) {
    hash(*filled_, set);
    for (std::size_t age = kBatches; age > 0; --age) prefetch_records(batch_of_age(age - 1), set);
    for (std::size_t age = kBatches; age > 0; --age) {
      if (!insert(batch_of_age(age - 1), set, on_inserted)) return false;
    }
    next_record_ = filled_->records.data();
    return true;
  }

  /// The first state with successors on their way, or `next`.
  [[nodiscard]] RecordSet::Id first_parent(RecordSet::Id next) const {
    for (const Batch& batch : batches_) {
      for (std::size_t i = batch.inserted; i < batch.count; ++i)
        next = std::min(next, batch.successors[i].parent);
    }
    return next;
  }

  /// Edges from this one on are gone.
  void forget_edges(std::size_t first) {
    for (Batch& batch : batches_) {
      for (std::size_t i = 0; i < batch.count; ++i) {
        if (batch.successors[i].edge >= first) batch.successors[i].edge = kNoEdge;
      }
    }
  }

 private:
  static constexpr std::size_t kBatch = 32;
  static constexpr std::size_t kBatches = 3;

  struct Batch {
    std::size_t count = 0;
    std::size_t inserted = 0;  ///< of them, where the table got full in between
    std::array<Successor, kBatch> successors;
    std::array<std::uint64_t, kBatch> hashes;
    std::vector<std::byte> records;  ///< one after the other
  };

  /// The one that is being filled is of age 0.
  [[nodiscard]] Batch& batch_of_age(std::size_t age) {
    const auto filled = static_cast<std::size_t>(filled_ - batches_.data());
    return batches_[(filled + kBatches - age) % kBatches];
  }

  template <class OnInserted>
  [[gnu::noinline]] bool move_on(RecordSet& set, OnInserted& on_inserted) {
    Batch& oldest = batch_of_age(kBatches - 1);
    if (!insert(oldest, set, on_inserted)) return false;
    prefetch_records(batch_of_age(1), set);
    hash(*filled_, set);
    filled_ = &oldest;
    next_record_ = filled_->records.data();
    return true;
  }

  void hash(Batch& batch, const RecordSet& set) const {
    for (std::size_t i = 0; i < batch.count; ++i) {
      batch.hashes[i] = set.hash(batch.records.data() + i * stride_);
      set.prefetch(batch.hashes[i]);
    }
  }

  static void prefetch_records(const Batch& batch, const RecordSet& set) {
    for (std::size_t i = 0; i < batch.count; ++i) set.prefetch_record(batch.hashes[i]);
  }

  template <class OnInserted>
  bool insert(Batch& batch, RecordSet& set, OnInserted& on_inserted) const {
    for (std::size_t& i = batch.inserted; i < batch.count; ++i) {
      const Successor successor = batch.successors[i];
      const RecordSet::Inserted inserted =
          set.insert(batch.records.data() + i * stride_, batch.hashes[i], successor.parent);
      if (inserted.id == RecordSet::kFull) return false;
      on_inserted(successor, inserted.id);
    }
    batch.count = 0;
    batch.inserted = 0;
    return true;
  }

  std::array<Batch, kBatches> batches_;
  Batch* filled_ = batches_.data();  ///< the one that is being filled
  std::size_t stride_ = 0;
  std::byte* next_record_ = nullptr;  ///< in that batch
};

}  // namespace quiesce::checker
