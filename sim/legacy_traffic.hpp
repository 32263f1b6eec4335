// Devices that access memory by themselves, behind legacy SMMUs.
#pragma once

#include "base/slot.hpp"
#include "sim/layout.hpp"
#include "sim/world.hpp"

namespace quiesce::sim {

/// Adds the device's accesses, and the messages that are its interrupts, to its SMMU.
void add_legacy_sources(const World& world, std::size_t device, std::size_t smmu, Layout& layout);
/// Gives their slots to all of it, once every device was added.
void lay_out_legacy_traffic(const World& world, base::LayoutBuilder& builder, Layout& layout);

}  // namespace quiesce::sim
