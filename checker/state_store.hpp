// Where the search keeps the states that it has met, each exactly once: numbered in the order of their
// arrival, which for a breadth-first search is its order.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "base/slot.hpp"
#include "checker/record_set.hpp"

namespace quiesce::checker {

using StateId = RecordSet::Id;
inline constexpr StateId kNoState = std::numeric_limits<StateId>::max();

enum class StoreKind : std::uint8_t {
  kAuto,        ///< whichever takes less memory for states of this size
  kPlain,       ///< whole states
  kCompressed,  ///< components of states, each kept once, and pairs of their numbers
};

/// What the search does with a store outside its inner loop.
class StateStore {
 public:
  virtual ~StateStore() = default;
  [[nodiscard]] virtual std::size_t size() const = 0;
  [[nodiscard]] virtual std::size_t bytes_used() const = 0;
  /// The state from which this one was first reached; kNoState for an initial one.
  [[nodiscard]] virtual StateId parent(StateId id) const = 0;
  /// Writes the state's bytes to `state`.
  virtual void load(StateId id, std::byte* state) const = 0;
  /// Some table should grow before much more is inserted; nobody may be inserting meanwhile.
  [[nodiscard]] virtual bool wants_to_grow() const = 0;
  /// The tables that should.
  [[nodiscard]] virtual std::vector<RecordSet*> crowded() = 0;
};

/// Keeps whole states.
class PlainStore final : public StateStore {
 public:
  explicit PlainStore(std::size_t state_bytes)
      : states_(state_bytes, RecordSet::Links::kYes, base::Pages::kHuge) {}

  [[nodiscard]] std::size_t size() const override { return states_.size(); }
  [[nodiscard]] std::size_t bytes_used() const override { return states_.bytes_used(); }
  [[nodiscard]] StateId parent(StateId id) const override { return states_.link(id); }
  void load(StateId id, std::byte* state) const override {
    std::memcpy(state, states_.record(id), states_.record_bytes());
  }
  [[nodiscard]] bool wants_to_grow() const override { return states_.wants_to_grow(); }
  [[nodiscard]] std::vector<RecordSet*> crowded() override {
    return wants_to_grow() ? std::vector{&states_} : std::vector<RecordSet*>{};
  }

  [[nodiscard]] RecordSet& roots() { return states_; }

  /// Turns the successors of one state at a time into records. One for each worker.
  class Encoder {
   public:
    explicit Encoder(PlainStore& store) : store_(store) {}
    void load(StateId id, std::byte* state) { store_.load(id, state); }
    /// The record of the state; nullptr if a table has to grow first.
    [[nodiscard]] const std::byte* encode(const std::byte* state, std::span<const base::Write>) const {
      return state;
    }
    [[nodiscard]] const std::byte* encode(const std::byte* state) const { return state; }

   private:
    PlainStore& store_;
  };

 private:
  RecordSet states_;
};

/// A piece of the state vector that is kept as a whole.
struct Component {
  std::size_t offset = 0;
  std::size_t bytes = 0;
};

/// Cuts a state of so many bytes at some of `cuts` (offsets where something new begins), so that there are
/// at most 32 components, small ones together. Empty if it cannot be cut in two.
[[nodiscard]] std::vector<Component> cut(std::size_t state_bytes, std::vector<std::size_t> cuts);

/// Keeps each component's values once, and a state as a binary tree over their numbers, whose inner nodes
/// are kept once too. A transition changes few components, so few numbers have to be looked up again.
//
// A. Laarman, J. van de Pol, M. Weber, "Parallel recursive state compression for free", SPIN 2011; the
// leaves are whole components as in G. J. Holzmann, "State compression in SPIN", 1997.
class CompressedStore final : public StateStore {
 public:
  static constexpr std::size_t kComponentsMax = 32;

  /// The components lie one after the other and cover the state; there are 2 to 32 of them.
  explicit CompressedStore(std::vector<Component> components);

  [[nodiscard]] std::size_t size() const override { return roots_.size(); }
  [[nodiscard]] std::size_t bytes_used() const override;
  [[nodiscard]] StateId parent(StateId id) const override { return roots_.link(id); }
  void load(StateId id, std::byte* state) const override;
  [[nodiscard]] bool wants_to_grow() const override;
  [[nodiscard]] std::vector<RecordSet*> crowded() override;

  [[nodiscard]] RecordSet& roots() { return roots_; }

  /// Numbers of the nodes of one state's tree, as in a heap: node n has the children 2n and 2n+1, the leaves
  /// are the last half.
  using Nodes = std::array<std::uint32_t, 2 * kComponentsMax>;

  class Encoder {
   public:
    explicit Encoder(CompressedStore& store) : store_(store) {}
    void load(StateId id, std::byte* state);
    /// The record of a state that differs from the loaded one in these slots.
    [[nodiscard]] const std::byte* encode(const std::byte* state, std::span<const base::Write> writes);
    /// The record of any state.
    [[nodiscard]] const std::byte* encode(const std::byte* state);

   private:
    [[nodiscard]] const std::byte* encode_nodes(const std::byte* state, std::uint64_t dirty);

    CompressedStore& store_;
    Nodes loaded_{};  ///< of the state that was loaded
    Nodes nodes_{};   ///< the same but while a successor is encoded
  };

 private:
  void load_nodes(StateId id, Nodes& nodes) const;
  void load_leaves(const Nodes& nodes, std::byte* state) const;

  std::vector<Component> components_;
  std::vector<std::uint8_t> component_of_;  ///< of each byte of the state
  std::vector<std::unique_ptr<RecordSet>> leaves_;
  RecordSet pairs_;
  RecordSet roots_;
};

}  // namespace quiesce::checker
