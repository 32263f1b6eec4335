// Which members of a scenario's domains can change their names without a change of behaviour: ids, objects,
// and tasks together with the objects and locks that are their own.
//
// C. N. Ip and D. L. Dill, "Better verification through symmetry", Formal Methods in System Design 9, 1996:
// ids that are only compared and used as indices are interchangeable. Here every exchange of two members is
// tried, together with what it forces to be exchanged as well, and taken only if the compiled scenario under
// the new names is the old one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/planted_defect.hpp"
#include "sim/permutation.hpp"

namespace quiesce::sim {

/// So many permutations at most are tried on each state.
inline constexpr std::size_t kPermutationsMax = 5040;

/// Members any two of which can be exchanged.
struct Interchangeable {
  DomainId domain = kNoDomain;
  std::vector<std::int32_t> members;
};

struct Symmetry {
  std::vector<Interchangeable> sets;
  std::vector<Permutation> group;  ///< the identity first; nothing else without symmetry
  /// For people: what is exchanged, and what is not although it looks alike, and why.
  std::vector<std::string> notes;
};

[[nodiscard]] Symmetry find_symmetry(const Naming& naming,
                                     base::PlantedDefect defect = base::PlantedDefect::kNone);

/// The exchange of two members with all that it forces, if it is an automorphism. Else nothing, and in
/// `problem` what is in the way, or "" if the two have little in common.
[[nodiscard]] std::optional<Permutation> exchange(const Naming& naming, DomainId domain, std::int32_t a,
                                                  std::int32_t b, std::string& problem,
                                                  base::PlantedDefect defect = base::PlantedDefect::kNone);

}  // namespace quiesce::sim
