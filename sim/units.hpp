// Which part of an SMMU a transition belongs to.
#pragma once

#include <cstdint>
#include <string>

#include "sim/enabling.hpp"

namespace quiesce::sim {

enum class SmmuPart : std::uint8_t {
  kRegisters,     ///< what was written takes effect
  kAcknowledges,  ///< and is said to
  kCmdq,
  kEventq,
  kPriq,
  kCaches,  ///< copies of structures, and the TLB
  kAccess,  ///< of a device
};

/// `move` must be an SMMU's.
[[nodiscard]] SmmuPart part_of_smmu(const System& system, Move move);
/// The step is an SMMU's, and decided that an access faults, which its registers or its event queue tell.
[[nodiscard]] bool records_fault(const System& system, const Firing& step);

}  // namespace quiesce::sim
