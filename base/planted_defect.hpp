// Things done wrong on purpose, by the tests which show that they would be found.
#pragma once

#include <cstdint>

namespace quiesce::base {

enum class PlantedDefect : std::uint8_t {
  kNone,
  kConflictsForgotten,   ///< stubborn sets: what a rule's writes do to the reads of others
  kMakersForgotten,      ///< stubborn sets: what makes a failing condition true
  kVisibilityForgotten,  ///< stubborn sets: which rules a property sees
  kNothingOwed,          ///< stubborn sets: the rules that were left out are never fired
  kObserversForgotten,   ///< dead variables: what properties and `end:` read
  kDeadTooEarly,         ///< dead variables: a local dies before the step that reads it last
  kControlMistaken,      ///< dead variables: what is dead under one value of a control is taken for the next
  kSlotLeftBehind,       ///< symmetry: a slot keeps its value when its owner changes places
  kNamesLeftBehind,      ///< symmetry: values that name members keep naming the old ones
  kAllAlike,             ///< symmetry: members are exchanged without a look at what tells them apart
};

}  // namespace quiesce::base
