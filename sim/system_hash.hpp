// The name of a compiled variant: schedules carry it, so that a stale one is refused.
#pragma once

#include <cstdint>

#include "sim/system.hpp"

namespace quiesce::sim {

/// A hash of everything that decides behaviour, equal on every machine.
[[nodiscard]] std::uint64_t hash_of(const System& system);

}  // namespace quiesce::sim
