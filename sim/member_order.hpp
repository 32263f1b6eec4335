// A quick choice among permutations: interchangeable members are put in order by what the state says of each
// of them alone, so that only those with equal keys have to be tried in all orders.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/state_permutation.hpp"
#include "sim/symmetry.hpp"

namespace quiesce::sim {

class MemberOrder {
 public:
  MemberOrder() = default;
  /// Orders the largest of the symmetry's sets.
  MemberOrder(const Naming& naming, const StateRoles& roles, const Symmetry& symmetry);

  /// Calls back with the number of each permutation in the group that puts the state's members in order.
  /// States that are the same up to names get permutations to the same states.
  template <class Visit>
  void for_each_candidate(const std::byte* state, Visit visit) const {
    Ranking ranking = rank(state);
    if (ranking.size == 0) {
      for (std::size_t g = 0; g < group_size_; ++g) visit(g);
      return;
    }
    do {
      for (const std::uint16_t g : by_arrangement_[number_of(ranking)]) visit(g);
    } while (next_among_equals(ranking));
  }

 private:
  static constexpr std::size_t kMembersMax = 8;  ///< more have too many permutations

  /// Members in the order of their keys.
  struct Ranking {
    std::size_t size = 0;
    std::uint64_t keys[kMembersMax] = {};
    std::uint8_t members[kMembersMax] = {};
  };
  /// A slot that is one member's own, and what its values mean under a name that all members share.
  struct OwnSlot {
    base::Slot slot;
    std::vector<std::int32_t> meaning;  ///< by value; values outside mean themselves
  };

  void find_own_slots(const Naming& naming, const StateRoles& roles, const Symmetry& symmetry,
                      const Interchangeable& set);
  void arrange(const Symmetry& symmetry, const Interchangeable& set);
  [[nodiscard]] Ranking rank(const std::byte* state) const;
  [[nodiscard]] static std::size_t number_of(const Ranking& ranking);
  [[nodiscard]] static bool next_among_equals(Ranking& ranking);

  std::size_t group_size_ = 1;
  std::vector<std::vector<OwnSlot>> own_;  ///< by member, all equally long
  std::vector<std::vector<std::uint16_t>> by_arrangement_;
};

}  // namespace quiesce::sim
