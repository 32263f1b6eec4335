// Where legacy SMMUs lie in the state vector, and what attaching devices has written to them.
#pragma once

#include "base/slot.hpp"
#include "sim/layout.hpp"
#include "sim/world.hpp"

namespace quiesce::sim {

/// Fills in Layout::legacy.
void lay_out_legacy(const World& world, base::LayoutBuilder& builder, Layout& layout);

/// The interrupt that the line of an SMMU of either model raises.
[[nodiscard]] int& irq_of(Layout& layout, const SmmuLine& line);

}  // namespace quiesce::sim
