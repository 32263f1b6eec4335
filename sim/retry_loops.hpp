// What the retry loops of routines read, so that a context in one wakes when it was written.
#pragma once

#include "sim/system.hpp"

namespace quiesce::sim {

/// Argument of a `cpu_relax` in a loop that counts its rounds: it will end by itself, so nothing blocks
/// there.
inline constexpr std::int32_t kCountsRounds = 1;

/// Fills System::watched: the slots that the steps of any loop around a cpu_relax read.
void watch_retry_loops(System& system);

}  // namespace quiesce::sim
