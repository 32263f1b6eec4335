// The exact set of states that the search has met: full vectors in an arena, found through an open
// hash table. Ids count from 0 in the order of discovery, which for a breadth-first search is its order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/assert.hpp"
#include "checker/transition_system.hpp"

namespace quiesce::checker {

using StateId = std::uint32_t;
inline constexpr StateId kNoState = 0xffffffffU;

/// How a state was first reached.
struct ParentLink {
  StateId parent = kNoState;
  Transition transition;
};

class SeenSet {
 public:
  explicit SeenSet(std::size_t state_bytes) : state_bytes_(state_bytes), slots_(kFirstSlots) {}

  /// The state's id, and whether it is new.
  std::pair<StateId, bool> insert(const std::byte* state, ParentLink link) {
    if (size() + 1 > slots_.size() / 2) grow();
    const std::uint32_t hashed = hash(state);
    std::size_t at = hashed & (slots_.size() - 1);
    while (slots_[at].id != kNoState) {
      const bool same =
          slots_[at].hashed == hashed && std::memcmp(this->state(slots_[at].id), state, state_bytes_) == 0;
      if (same) return {slots_[at].id, false};
      at = (at + 1) & (slots_.size() - 1);
    }
    const StateId id = static_cast<StateId>(size());
    slots_[at] = {id, hashed};
    append(state);
    links_.push_back(link);
    return {id, true};
  }

  [[nodiscard]] const std::byte* state(StateId id) const {
    return chunks_[id / kChunkStates].get() + (id % kChunkStates) * state_bytes_;
  }
  [[nodiscard]] const ParentLink& link(StateId id) const { return links_[id]; }
  [[nodiscard]] std::size_t size() const { return links_.size(); }
  [[nodiscard]] std::size_t bytes_used() const {
    return slots_.capacity() * sizeof(Entry) + links_.capacity() * sizeof(ParentLink) +
           chunks_.size() * kChunkStates * state_bytes_;
  }

  /// The transitions from the initial state to `id`, and that initial state.
  [[nodiscard]] std::vector<Transition> path_to(StateId id, StateId& initial) const {
    std::vector<Transition> path;
    while (links_[id].parent != kNoState) {
      path.push_back(links_[id].transition);
      id = links_[id].parent;
    }
    initial = id;
    return {path.rbegin(), path.rend()};
  }

 private:
  static constexpr std::size_t kFirstSlots = 1U << 12U;
  static constexpr std::size_t kChunkStates = 1U << 12U;

  /// A place in the table; the hash saves looking at most of the states that lie in the way.
  struct Entry {
    StateId id = kNoState;
    std::uint32_t hashed = 0;
  };

  [[nodiscard]] std::uint32_t hash(const std::byte* state) const {
    return static_cast<std::uint32_t>(XXH3_64bits(state, state_bytes_));
  }

  void append(const std::byte* state) {
    const std::size_t position = links_.size() % kChunkStates;
    if (position == 0) chunks_.push_back(std::make_unique<std::byte[]>(kChunkStates * state_bytes_));
    std::memcpy(chunks_.back().get() + position * state_bytes_, state, state_bytes_);
  }

  void grow() {
    std::vector<Entry> larger(slots_.size() * 2);
    for (const Entry& entry : slots_) {
      if (entry.id == kNoState) continue;
      std::size_t at = entry.hashed & (larger.size() - 1);
      while (larger[at].id != kNoState) at = (at + 1) & (larger.size() - 1);
      larger[at] = entry;
    }
    slots_ = std::move(larger);
  }

  std::size_t state_bytes_;
  std::vector<Entry> slots_;
  std::vector<std::unique_ptr<std::byte[]>> chunks_;
  std::vector<ParentLink> links_;
};

}  // namespace quiesce::checker
