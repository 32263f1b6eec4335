// The smallest set of conditions that forces an outcome, found by asking about few sets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "checker/run_search.hpp"

namespace quiesce::checker {

/// What is known about a set of conditions.
struct ForcingAnswer {
  Answer forces = Answer::kUnknown;
  /// If it does not force the outcome: the conditions that a run with another outcome misses.
  std::vector<std::size_t> missed;
};

/// Asked about a set of conditions, by number and in order.
using AskForcing = std::function<ForcingAnswer(const std::vector<std::size_t>&)>;

struct ForcingSet {
  enum class Kind : std::uint8_t {
    kUnknown,     ///< not decided within the budget
    kNone,        ///< not even all conditions together force it
    kSmallest,    ///< no set with fewer conditions does
    kMinimal,     ///< none of its conditions can be left out
    kNotMinimal,  ///< it forces the outcome, perhaps with more conditions than needed
  };
  Kind kind = Kind::kUnknown;
  std::vector<std::size_t> members;  ///< in order
};

/// Of the conditions 0..`count`-1 those come first that are preferred among sets of one size. `known` holds
/// what runs with another outcome missed, as ForcingAnswer::missed.
//
// Every set that forces the outcome has a condition that such a run missed, so the smallest sets with this
// property are asked about first, as in R. Reiter, "A theory of diagnosis from first principles", 1987. If
// too many of them remain undecided, conditions are taken away from the set of all, as in A. Zeller and R.
// Hildebrandt, "Simplifying and isolating failure-inducing input", 2002.
[[nodiscard]] ForcingSet find_forcing_set(std::size_t count, std::vector<std::vector<std::size_t>> known,
                                          const AskForcing& ask);

}  // namespace quiesce::checker
