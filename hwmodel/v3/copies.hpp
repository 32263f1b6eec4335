// How copies of structures, TLB entries and accesses lie in their slots.
#pragma once

#include <cstdint>

#include "hwmodel/v3/layout.hpp"

namespace quiesce::hwmodel::v3 {

/// Of a unit's copy: its words follow these bits.
inline constexpr std::int32_t kPresent = 1;
inline constexpr std::int32_t kDoomed = 2;
inline constexpr unsigned kCopyShift = 2;
/// Of a TLB entry: the frame follows this bit.
inline constexpr std::int32_t kDoomedEntry = 1;
inline constexpr unsigned kEntryShift = 1;

[[nodiscard]] inline Flight flight_of(const View& smmu, std::size_t source) {
  return unpack_flight(smmu.get(smmu.layout.streams.sources[source].at));
}

inline void set_flight(Change& smmu, std::size_t source, const Flight& flight) {
  smmu.set(smmu.layout.streams.sources[source].at, pack(flight));
}

}  // namespace quiesce::hwmodel::v3
