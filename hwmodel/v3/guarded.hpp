// Registers that hold what a driver programmed, and that it may write only while what uses them is off: each
// is guarded by fields of CR0 or IRQ_CTRL. Spec: IHI 0070G.b, 6.2, 6.3.11, 6.3.12, 6.3.21 to 6.3.26, 6.3.29
// to 6.3.36.
#pragma once

#include <cstdint>

#include "hwmodel/v3/layout.hpp"

namespace quiesce::hwmodel::v3 {

inline constexpr std::int32_t kRecinvsid = 1 << 1;    ///< of CR2
inline constexpr std::int32_t kRecCfgAts = 1 << 3;    ///< of CR2
inline constexpr std::int32_t kPriqLast = INT32_MIN;  ///< PRIQ_IRQ_CFG2.LO

[[nodiscard]] bool is_programmed(Reg reg);
/// What the register holds; where nobody names it, what a driver's reset sequence leaves there.
// Abstraction: of 64-bit registers the low half alone. Queues and tables keep the address and the size of the
// machine's description whatever their BASE says; of STRTAB_BASE_CFG LOG2SIZE counts.
[[nodiscard]] std::int32_t programmed(const View& smmu, Reg reg);
[[nodiscard]] WriteOutcome write_programmed(Change& smmu, Reg reg, std::int32_t value);
/// After a driver's successful reset sequence.
// Linux v6.18 drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c arm_smmu_device_reset(), arm_smmu_setup_msis().
[[nodiscard]] std::int32_t after_reset_sequence(Reg reg, const Config& config);

}  // namespace quiesce::hwmodel::v3
