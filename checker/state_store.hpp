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
#include "checker/known_effects.hpp"
#include "checker/packed_ids.hpp"
#include "checker/record_set.hpp"
#include "checker/state_shape.hpp"
#include "checker/transition_system.hpp"

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
  /// Records have become too small for what they have to hold; nobody may have one of them any more.
  [[nodiscard]] virtual bool wants_new_records() const { return false; }
  virtual void make_new_records() {}
};

/// Keeps whole states.
class PlainStore final : public StateStore {
 public:
  /// How many states before a state is loaded it should be prefetched.
  static constexpr StateId kAhead = 4;

  explicit PlainStore(std::size_t state_bytes)
      : states_(state_bytes, RecordSet::Links::kYes, base::Pages::kHuge) {}

  [[nodiscard]] std::size_t size() const override { return states_.size(); }
  [[nodiscard]] std::size_t bytes_used() const override { return states_.bytes_used(); }
  [[nodiscard]] StateId parent(StateId id) const override { return states_.link(id); }
  void load(StateId id, std::byte* state) const override {
    copy_bytes(state, states_.record(id), states_.record_bytes());
  }
  [[nodiscard]] bool wants_to_grow() const override { return states_.wants_to_grow(); }
  [[nodiscard]] std::vector<RecordSet*> crowded() override {
    return wants_to_grow() ? std::vector{&states_} : std::vector<RecordSet*>{};
  }

  [[nodiscard]] RecordSet& roots() { return states_; }
  /// How many may insert at a time; before anybody does.
  void set_workers(unsigned workers) { states_.set_workers(workers); }

  /// Turns the successors of one state at a time into records. One for each worker.
  class Encoder {
   public:
    explicit Encoder(PlainStore& store) : store_(store) {}
    void load(StateId id, std::byte* state) { store_.load(id, state); }
    void prefetch(StateId id) const { store_.states_.prefetch_record_of(id); }
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

/// Takes a state apart into 2 to 32 components, small ones put together; empty if it is too small for that.
[[nodiscard]] std::vector<Component> components_of(std::size_t state_bytes, const StateShape& shape);

/// Keeps each component's values once, and of a state their numbers, packed into few words. Where there are
/// many components, groups of four are kept once too. A transition changes few components, so few numbers
/// have to be looked up again.
//
// G. J. Holzmann, "State compression in SPIN", SPIN 1997; groups as in A. Laarman, J. van de Pol, M. Weber,
// "Parallel recursive state compression for free", SPIN 2011, with one level in the place of many: each is a
// look-up that has to wait for the one below.
class CompressedStore final : public StateStore {
 public:
  static constexpr std::size_t kComponentsMax = 32;
  /// How many states before a state is loaded it should be prefetched.
  static constexpr StateId kAhead = 1;

  /// The components cover each byte of the state once, and none cuts through a slot.
  CompressedStore(std::size_t state_bytes, std::vector<Component> components);

  [[nodiscard]] std::size_t size() const override { return roots_->size(); }
  [[nodiscard]] std::size_t bytes_used() const override;
  [[nodiscard]] StateId parent(StateId id) const override { return roots_->link(id); }
  void load(StateId id, std::byte* state) const override;
  [[nodiscard]] bool wants_to_grow() const override;
  [[nodiscard]] std::vector<RecordSet*> crowded() override;
  [[nodiscard]] bool wants_new_records() const override;
  void make_new_records() override;

  [[nodiscard]] RecordSet& roots() { return *roots_; }
  /// How many may insert at a time; before anybody does.
  void set_workers(unsigned workers);
  /// Firing the choice depends on this byte of the state or changes it. Of choices that may be recalled, all
  /// such bytes have to be named before an encoder takes its first records.
  void touches(std::uint16_t choice, std::size_t byte);

  /// Numbers of the nodes of one state: leaves, filled up with zeros to what the groups' records hold, then
  /// groups.
  using Nodes = std::array<std::uint32_t, 2 * kComponentsMax>;

  class Encoder {
   public:
    explicit Encoder(CompressedStore& store) : store_(store), gathered_(store.state_bytes_) {}
    /// Whoever loads to the same place again has put back what it changed there.
    void load(StateId id, std::byte* state);
    /// Brings near what `load` will need.
    void prefetch(StateId id) const { store_.prefetch(id); }
    /// The record of a state that differs from the loaded one in these slots; nullptr if a table has to grow
    /// first, or records have to.
    [[nodiscard]] const std::byte* encode(const std::byte* state, std::span<const base::Write> writes);
    [[nodiscard]] const std::byte* encode(const std::byte* state, const StoredSlots& stored);
    /// The record of any state.
    [[nodiscard]] const std::byte* encode(const std::byte* state);

    /// The store's records have another form now, or their first one.
    void take_new_records();
    /// Whether it is worth asking what firing does.
    [[nodiscard]] bool recalls() const { return effects_.useful(); }
    /// Looks up what firing the choice did where all that it touches was as in the loaded state, and writes
    /// the successor's record. kRefused if that is not known.
    [[nodiscard]] OnCopy recall(std::uint16_t choice, std::byte* record);
    /// Firing the choice in the loaded state led to the record that was encoded last; if `done` is kNoWrite,
    /// to the loaded state itself.
    void remember(std::uint16_t choice, OnCopy done);

   private:
    [[nodiscard]] const std::byte* encode_components(const std::byte* state, std::uint64_t dirty);
    [[nodiscard]] const std::byte* gather(const std::byte* state, const Component& component);
    [[nodiscard]] static RecordSet::Id number(RecordSet& set, const std::byte* record);
    [[nodiscard]] bool put(std::size_t field, RecordSet::Id id);

    CompressedStore& store_;
    std::vector<std::byte> gathered_;
    const std::byte* loaded_at_ = nullptr;  ///< where the state that was loaded lies, as it was
    Nodes loaded_{};                        ///< of that state
    Nodes nodes_{};                         ///< of the groups of a successor that differ
    PackedIds::Words loaded_root_{};
    PackedIds::Words root_words_{};
    KnownEffects effects_;
  };

 private:
  /// Nodes of one height, each with a table of its own.
  struct Level {
    std::size_t first = 0;  ///< into Nodes
    std::size_t count = 0;
    std::vector<std::unique_ptr<RecordSet>> sets;
  };

  void add_groups();
  /// The level whose numbers make up the root.
  [[nodiscard]] const Level& top() const { return groups_.count == 0 ? leaves_ : groups_; }
  [[nodiscard]] std::vector<RecordSet*> sets() const;
  void load_nodes(const PackedIds::Words& root, Nodes& nodes) const;
  void load_leaf(std::size_t component, std::uint32_t number, std::byte* state) const;
  void prefetch(StateId id) const;

  std::size_t state_bytes_;
  std::vector<Component> components_;
  std::vector<std::uint8_t> component_of_;  ///< of each byte of the state
  Level leaves_;
  Level groups_;
  std::size_t arity_ = 0;               ///< leaves of a group
  unsigned workers_ = 0;                ///< 0 as long as nobody says how many
  std::vector<std::uint64_t> touched_;  ///< components, by choice
  PackedIds root_;
  std::unique_ptr<RecordSet> roots_;
};

}  // namespace quiesce::checker
