// From which state of a run on its failure could not be avoided any more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "checker/run_search.hpp"

namespace quiesce::checker {

struct PointOfNoReturn {
  enum class Kind : std::uint8_t {
    kUnknown,    ///< not decided within the budget
    kAtStep,     ///< `step` made it unavoidable
    kFromStart,  ///< it was unavoidable before the first step
    kNever       ///< it could be avoided even where the run ends
  };
  Kind kind = Kind::kUnknown;
  std::size_t step = 0;   ///< from 1; if unknown, it was unavoidable after this step, or 0
  std::size_t first = 0;  ///< if unknown: no step before this one made it so
};

/// Whether it can be avoided from the state after so many steps; a quick look never says no.
using IsAvoidable = std::function<Answer(std::size_t position, bool completely)>;

/// Asks about the states after 0..`steps` steps, few of them: once it is unavoidable it stays so. Those near
/// the end, of which little can follow, are asked first; before one that remains undecided there are only
/// quick looks. `fails_at_end` says that the last one is known.
[[nodiscard]] PointOfNoReturn find_point_of_no_return(std::size_t steps, bool fails_at_end,
                                                      const IsAvoidable& is_avoidable);

}  // namespace quiesce::checker
