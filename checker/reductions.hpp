// What the search may leave out because it does not matter for any verdict. Each has its own switch.
#pragma once

#include "base/planted_defect.hpp"

namespace quiesce::checker {

struct Reductions {
  /// Values that nobody will read are replaced by 0.
  bool dead_variables = false;
  /// Of states that differ only in which of several interchangeable actors is which, one is kept. Off by
  /// itself where a scenario has no such actors or its answers depend on their names.
  bool symmetry = false;
  /// Of independent transitions, one order is searched.
  bool stubborn_sets = false;
  base::PlantedDefect defect = base::PlantedDefect::kNone;

  friend bool operator==(const Reductions&, const Reductions&) = default;
};

}  // namespace quiesce::checker
