// What a buffered store touches when it becomes visible.
#pragma once

#include "sim/footprint.hpp"

namespace quiesce::sim {

[[nodiscard]] Touched drain_footprint(const System& system, const std::byte* state, std::size_t cpu,
                                      int entry);

}  // namespace quiesce::sim
