#include "sim/canonical_states.hpp"

#include <algorithm>
#include <cstring>

namespace quiesce::sim {

CanonicalStates::CanonicalStates(const System& system, base::PlantedDefect defect)
    : naming_(system), roles_(naming_), frames_(system), symmetry_(find_symmetry(naming_, defect)) {
  // What SMMUs copy and what is on its way names devices, tables and pages by number.
  if (system.layout.freed_family >= 0) {
    symmetry_ = {{}, {Permutation::identity(system)}, {}};
    return;
  }
  if (const std::string slot = roles_.unknown_slot(); !slot.empty()) {
    symmetry_ = {{}, {Permutation::identity(system)}, {"symmetry refused: '" + slot + "' is not understood"}};
  }
  if (system.layout.store_buffer != 0 && !symmetry_.notes.empty())
    symmetry_ = {{}, {Permutation::identity(system)}, {"symmetry refused: stores wait in store buffers"}};
  for (std::size_t i = 1; i < symmetry_.group.size(); ++i)
    permutations_.emplace_back(naming_, roles_, frames_, symmetry_.group[i], defect);
  for (const StatePermutation& permutation : permutations_) {
    const std::vector<base::Slot> more = permutation.touched();
    touched_.insert(touched_.end(), more.begin(), more.end());
  }
  const auto before = [](base::Slot a, base::Slot b) { return a.offset < b.offset; };
  std::sort(touched_.begin(), touched_.end(), before);
  touched_.erase(std::unique(touched_.begin(), touched_.end()), touched_.end());
  if (touched_.empty()) return;
  order_ = MemberOrder(naming_, roles_, symmetry_);
  first_ = touched_.front().offset;
  const std::size_t end = touched_.back().offset + base::bytes_of(touched_.back().width);
  last_ = (end + 3) / 4 * 4;  // slots are read and written with the words that they are part of
}

void CanonicalStates::canonicalize(std::byte* state, std::vector<base::Write>& undo) const {
  if (permutations_.empty()) return;
  thread_local std::vector<std::byte> best;
  thread_local std::vector<std::byte> other;
  best.clear();
  order_.for_each_candidate(state, [&](std::size_t g) {
    other.assign(state, state + last_);
    if (g > 0) permutations_[g - 1].apply(state, other.data());
    const bool first = best.empty();
    if (first || std::memcmp(other.data() + first_, best.data() + first_, last_ - first_) < 0)
      best.swap(other);
  });
  for (const base::Slot slot : touched_) {
    const std::int32_t value = base::read_slot(best.data(), slot);
    const std::int32_t old_value = base::read_slot(state, slot);
    if (value == old_value) continue;
    undo.push_back({slot, old_value});
    base::write_slot(state, slot, value);
  }
}

}  // namespace quiesce::sim
