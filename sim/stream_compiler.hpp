// What the SMMUs know of devices that access memory by themselves, and of commands that name them.
#pragma once

#include "sim/system.hpp"
#include "sim/world.hpp"

namespace quiesce::sim {

/// Fills in each SMMU's streams, tables and sources and gives them slots. Families must have theirs.
void lay_out_traffic(const World& world, base::LayoutBuilder& builder, Layout& layout);

/// Tells the interrupt which source sends it, if one does.
void name_source(Layout& layout, std::size_t irq);

/// Gives every command that a routine names its number: at most kNamedCommandsMax.
void intern_commands(const World& world, System& system);

/// Gives slots to registers that hold what was programmed, those that the scenario names.
void lay_out_programmed(base::LayoutBuilder& builder, System& system);

/// An event queue whose registers nobody reads, and whose interrupt goes nowhere, counts nothing.
void keep_events_that_matter(System& system);

}  // namespace quiesce::sim
