// One state for all those that are the same up to names: of those whose members are in order, the least, byte
// by byte.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sim/member_order.hpp"
#include "sim/state_permutation.hpp"
#include "sim/symmetry.hpp"

namespace quiesce::sim {

class CanonicalStates {
 public:
  /// Looks for what is interchangeable in `system`, which must outlive this.
  explicit CanonicalStates(const System& system, base::PlantedDefect defect = base::PlantedDefect::kNone);

  /// For people: what is exchanged, and what is not, and why.
  [[nodiscard]] const std::vector<std::string>& notes() const { return symmetry_.notes; }
  [[nodiscard]] const Symmetry& symmetry() const { return symmetry_; }
  /// Every permutation but the identity, which is none of them.
  [[nodiscard]] const std::vector<StatePermutation>& permutations() const { return permutations_; }

  /// Replaces the state by the one that stands for it and all that its permutations make of it. Appends the
  /// writes.
  void canonicalize(std::byte* state, std::vector<base::Write>& undo) const;

 private:
  Naming naming_;
  StateRoles roles_;
  FrameDomains frames_;
  Symmetry symmetry_;
  std::vector<StatePermutation> permutations_;
  MemberOrder order_;
  std::vector<base::Slot> touched_;  ///< by any of them, in the order of offsets
  std::size_t first_ = 0;            ///< byte that may change
  std::size_t last_ = 0;             ///< behind the last one
};

}  // namespace quiesce::sim
