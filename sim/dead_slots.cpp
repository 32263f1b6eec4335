#include "sim/dead_slots.hpp"

#include <bit>

namespace quiesce::sim {

DeadSlots::List DeadSlots::list_of(const Table& table, const std::byte* state) const {
  const auto value = static_cast<std::uint32_t>(base::read_slot(state, table.control) - table.first);
  return value < table.values ? lists_[table.lists + value] : List{};
}

void DeadSlots::reset(Reset wanted, std::byte* state, std::vector<base::Write>& undo) const {
  const std::int32_t old_value = base::read_slot(state, wanted.slot);
  if (old_value == wanted.value) return;
  undo.push_back({wanted.slot, old_value});
  base::write_slot(state, wanted.slot, wanted.value);
}

void DeadSlots::reset_all(std::byte* state, std::vector<base::Write>& undo) const {
  for (const Reset& wanted : unread_) reset(wanted, state, undo);
  for (const Table& table : tables_) {
    const List list = list_of(table, state);
    for (std::uint32_t i = list.begin; i < list.end; ++i) reset(resets_[i], state, undo);
  }
}

void DeadSlots::touch(std::uint16_t offset, Touched& touched) const {
  for (std::uint32_t i = triggers_begin_[offset]; i < triggers_begin_[offset + 1U]; ++i)
    touched[triggers_[i] / 64U] |= std::uint64_t{1} << (triggers_[i] % 64U);
}

void DeadSlots::reset_changed(std::byte* state, std::vector<base::Write>& undo) const {
  Touched touched;
  for (std::size_t word = 0; word < touched_words_; ++word) touched[word] = 0;
  const std::size_t written = undo.size();
  for (std::size_t i = 0; i < written; ++i) {
    const std::uint16_t offset = undo[i].slot.offset;
    if (unread_at_[offset] != 0) reset(unread_[unread_at_[offset] - 1U], state, undo);
    touch(offset, touched);
  }
  // A reset may write the control of a later table.
  for (std::size_t word = 0; word < touched_words_; ++word) {
    while (touched[word] != 0) {
      const auto bit = static_cast<std::size_t>(std::countr_zero(touched[word]));
      touched[word] &= touched[word] - 1;
      const List list = list_of(tables_[word * 64 + bit], state);
      for (std::uint32_t i = list.begin; i < list.end; ++i) {
        const std::size_t before = undo.size();
        reset(resets_[i], state, undo);
        const std::uint16_t offset = resets_[i].slot.offset;
        if (undo.size() != before && is_control_[offset]) touch(offset, touched);
      }
    }
  }
}

std::vector<DeadSlots::Reset> DeadSlots::dead_in(const std::byte* state) const {
  std::vector<Reset> dead = unread_;
  for (const Table& table : tables_) {
    const List list = list_of(table, state);
    dead.insert(dead.end(), resets_.begin() + list.begin, resets_.begin() + list.end);
  }
  return dead;
}

}  // namespace quiesce::sim
