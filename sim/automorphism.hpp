// Whether a renaming leaves a compiled scenario as it is: then it maps runs to runs, and every property to
// itself.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "sim/permutation.hpp"

namespace quiesce::sim {

/// Two locations that ought to be the same step under different names.
struct LocationPair {
  Pc from = kInactive;
  Pc to = kInactive;
};

/// Fills the locations of `g` from what its members and families say, context by context. Says what is in
/// the way if the steps differ in more than names.
[[nodiscard]] std::optional<std::string> match_locations(const Naming& naming, Permutation& g);

/// Says what of the scenario `g`, with its locations, does not leave as it is; nothing if it is an
/// automorphism.
[[nodiscard]] std::optional<std::string> what_tells_apart(const Naming& naming, const Permutation& g);

/// Whether the two steps do the same, apart from the names that they use and where they go on.
[[nodiscard]] bool same_kind_of_step(const Step& a, Pc at_a, const Step& b, Pc at_b);

/// Everything that the step evaluates or writes, as terms: place, values, what a message may not find.
[[nodiscard]] std::vector<Term> operands_of(const Naming& naming, const Step& step);

/// Fills the clocks of `g` from its tasks.
void match_timers(const Naming& naming, Permutation& g);

}  // namespace quiesce::sim
