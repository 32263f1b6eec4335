// How copies of structures, TLB entries and accesses lie in their slots.
#pragma once

#include <cstdint>

#include "hwmodel/v3/layout.hpp"

namespace quiesce::hwmodel::v3 {

/// Of a unit's copy: its words follow these bits.
inline constexpr std::int32_t kPresent = 1;
inline constexpr std::int32_t kDoomed = 2;
inline constexpr unsigned kCopyShift = 2;

/// A TLB entry: 0 in its slot if there is none.
struct TlbEntry {
  std::int32_t frame = 0;
  std::int32_t vmid = 0;  ///< number of the stage 2 table whose VMID it carries; 0: stage 1 alone
  bool doomed = false;
};
inline constexpr unsigned kVmidBits = 6;

[[nodiscard]] constexpr std::int32_t pack_entry(const TlbEntry& entry) {
  return entry.frame << (kVmidBits + 1) | entry.vmid << 1 | (entry.doomed ? 1 : 0);
}
[[nodiscard]] constexpr TlbEntry unpack_entry(std::int32_t packed) {
  return {packed >> (kVmidBits + 1), (packed >> 1) & ((1 << kVmidBits) - 1), (packed & 1) != 0};
}
[[nodiscard]] inline TlbEntry entry_of(const View& smmu, const Page& page) {
  return unpack_entry(smmu.get(page.entry));
}

[[nodiscard]] inline Flight flight_of(const View& smmu, std::size_t source) {
  return unpack_flight(smmu.get(smmu.layout.streams.sources[source].at));
}

inline void set_flight(Change& smmu, std::size_t source, const Flight& flight) {
  smmu.set(smmu.layout.streams.sources[source].at, pack(flight));
}

}  // namespace quiesce::hwmodel::v3
