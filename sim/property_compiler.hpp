// Compiles `properties`, `goals` and `end` into the table of properties.
#pragma once

#include "sim/system.hpp"
#include "sim/world.hpp"

namespace quiesce::sim {

/// Fills System::properties (finding kinds first), ::end and the bounds of the layout.
void compile_properties(const World& world, const Node& document, System& system);

}  // namespace quiesce::sim
