// What the search may leave out because it does not matter for any verdict. Each has its own switch.
#pragma once

#include <cstdint>

namespace quiesce::checker {

/// Something done wrong on purpose, by the tests which show that it would be found.
enum class PlantedDefect : std::uint8_t {
  kNone,
  kConflictsForgotten,  ///< stubborn sets: what a rule's writes do to the reads of others
  kMakersForgotten,     ///< what makes a failing condition true
  kVisibilityForgotten,
  kNothingOwed,  ///< the rules that were left out are never fired
};

struct Reductions {
  /// Values that nobody will read are replaced by 0.
  bool dead_variables = false;
  /// Of states that differ only in which of several interchangeable actors is which, one is kept. Off by
  /// itself where a scenario has no such actors or its answers depend on their names.
  bool symmetry = false;
  /// Of independent transitions, one order is searched.
  bool stubborn_sets = false;
  PlantedDefect defect = PlantedDefect::kNone;

  friend bool operator==(const Reductions&, const Reductions&) = default;
};

}  // namespace quiesce::checker
