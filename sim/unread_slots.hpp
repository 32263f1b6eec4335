// What of the globals is ever read: the rest is written only, and its value is nobody's business.
#pragma once

#include <vector>

#include "sim/dependence.hpp"

namespace quiesce::sim {

/// Whether elements of the family are read and written by expressions and assignments alone, so that their
/// readers can be found. Locks, lists and works are used by the kernel machine; what a retry loop reads wakes
/// it when it changes, which is more than being read.
[[nodiscard]] std::vector<bool> plain_families(const System& system);

/// Where a step writes beside locals: nothing if it does not, a whole family if its index is not known.
[[nodiscard]] ByteSet shared_target(const System& system, const Place& place);

/// Whether the assignment surely takes place, so that nothing but its target depends on it.
[[nodiscard]] bool surely_writes(const Step& step, const Dependence& value, const Dependence& index,
                                 const System& system);

/// Every expression that is evaluated in states rather than by a step: properties, goals, `end`, guards of
/// writes.
[[nodiscard]] std::vector<CodeId> observers(const System& system);

/// What a step of no particular context reads of what is shared.
struct SharedReadsOfStep {
  ByteSet always;
  ByteSet for_target;  ///< read only to be written to `target`
  ByteSet target;
};

[[nodiscard]] SharedReadsOfStep shared_reads_of(const System& system, const SlotRanges& ranges,
                                                const Step& step);

/// The bytes on which some verdict may depend. An assignment to what does not matter reads nothing.
[[nodiscard]] ByteSet bytes_that_matter(const System& system, const SlotRanges& ranges);

}  // namespace quiesce::sim
