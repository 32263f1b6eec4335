// Slots whose value nobody will read before it is written again, by where control stands; and what puts them
// to one value, so that states which differ in nothing else become one.
//
// Two states that differ in dead slots alone can do the same, and what they do leads to two such states
// again: a bisimulation, so every verdict is kept, those about fair runs too.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/planted_defect.hpp"
#include "base/slot.hpp"
#include "sim/system.hpp"

namespace quiesce::sim {

class DeadSlots {
 public:
  /// A dead slot and the value that stands for all that it may have.
  struct Reset {
    base::Slot slot;
    std::int32_t value = 0;
  };

  /// Analyses the compiled scenario.
  explicit DeadSlots(const System& system, base::PlantedDefect defect = base::PlantedDefect::kNone);

  /// Resets what is dead in the state; appends the writes.
  void reset_all(std::byte* state, std::vector<base::Write>& undo) const;
  /// The same, where `undo` holds every write since a state in which nothing was left to reset.
  void reset_changed(std::byte* state, std::vector<base::Write>& undo) const;
  /// What is dead in the state. For tests.
  [[nodiscard]] std::vector<Reset> dead_in(const std::byte* state) const;
  /// What is reset and where, for people; empty if nothing ever is.
  [[nodiscard]] const std::string& note() const { return note_; }
  [[nodiscard]] bool empty() const { return lists_.empty() && unread_.empty(); }

 private:
  static constexpr std::size_t kControlsMax = 512;
  using Touched = std::array<std::uint64_t, kControlsMax / 64>;

  /// A slot whose value says which others are dead: a program counter, or what takes its place in `rules:`.
  /// None of its own lists holds it, nor any later one's: the lists depend on values that stay.
  struct Table {
    base::Slot control;
    std::int32_t first = 0;
    std::uint32_t lists = 0;   ///< index into lists_ of the list for `first`
    std::uint32_t values = 0;  ///< as many lists
  };
  /// Part of resets_.
  struct List {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
  };
  class Builder;

  [[nodiscard]] List list_of(const Table& table, const std::byte* state) const;
  void touch(std::uint16_t offset, Touched& touched) const;
  void reset(Reset wanted, std::byte* state, std::vector<base::Write>& undo) const;

  std::vector<Table> tables_;
  std::vector<List> lists_;
  std::vector<Reset> resets_;
  std::vector<Reset> unread_;                  ///< written only
  std::vector<std::uint16_t> unread_at_;       ///< by offset: index into unread_ + 1
  std::vector<std::uint32_t> triggers_begin_;  ///< by offset
  std::vector<std::uint16_t> triggers_;        ///< tables to look at after a write there
  std::vector<bool> is_control_;               ///< by offset
  std::size_t touched_words_ = 0;
  std::string note_;
};

}  // namespace quiesce::sim
