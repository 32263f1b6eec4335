// Clocks and power of a legacy SMMU: without either, no register access is answered as it should be.
// Linux v6.18 arm-smmu.c arm_smmu_runtime_resume(), arm_smmu_runtime_suspend(), arm_smmu_device_shutdown().
#pragma once

#include "hwmodel/v2/layout.hpp"

namespace quiesce::hwmodel::v2 {

[[nodiscard]] bool is_powered(const View& smmu);
/// It has power and clocks: registers can be accessed, and it works.
[[nodiscard]] bool is_running(const View& smmu);

/// The reset values of registers; neither clocks nor power change.
void reset_registers(base::StateAccess& state, const Layout& layout, const Config& config);

void fire_power_off(Change& smmu);
void fire_power_on(Change& smmu);

}  // namespace quiesce::hwmodel::v2
