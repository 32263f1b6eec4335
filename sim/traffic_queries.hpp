// What expressions can ask of a device's accesses, behind an SMMU of either model.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/slot.hpp"
#include "sim/layout.hpp"

namespace quiesce::sim {

/// An access of the device itself, or its interrupt message, is on the way.
[[nodiscard]] bool is_in_flight(const Layout& layout, const base::StateAccess& state, std::size_t device);

/// What an access of the device meets that arrives now, as far as no walk decides: 0 translation, 1 bypass,
/// 2 abort or fault, 3 nothing: it waits, or there is none.
[[nodiscard]] std::int32_t decision_of(const Layout& layout, const base::StateAccess& state,
                                       std::size_t device);

}  // namespace quiesce::sim
