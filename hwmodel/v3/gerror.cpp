#include "hwmodel/v3/gerror.hpp"

#include "hwmodel/v3/control.hpp"

namespace quiesce::hwmodel::v3 {

/// Spec: 6.3.19.
bool is_active(const View& smmu, std::int32_t error) {
  return ((smmu.get(smmu.layout.gerror) ^ smmu.get(smmu.layout.gerrorn)) & error) != 0;
}

/// Spec: 6.3.19, 7.5. GERROR shows the error before its interrupt comes (3.18).
void raise_error(Change& smmu, std::int32_t error) {
  if (is_active(smmu.view(), error)) return;
  smmu.set(smmu.layout.gerror, smmu.get(smmu.layout.gerror) ^ error);
  // Spec: 7.5.1. That its own message was lost is not told by another one.
  if (error != kMsiGerrorAbtErr) pulse(smmu, Line::kGerror);
}

/// Spec: 6.3.20. Acknowledging what is not active is CONSTRAINED UNPREDICTABLE.
// Abstraction: then the value is stored, which makes the error look active.
WriteOutcome write_gerrorn(Change& smmu, std::int32_t value) {
  const std::int32_t active = smmu.get(smmu.layout.gerror) ^ smmu.get(smmu.layout.gerrorn);
  const std::int32_t toggled = smmu.get(smmu.layout.gerrorn) ^ (value & kGerrorMask);
  smmu.set(smmu.layout.gerrorn, value & kGerrorMask);
  return (toggled & ~active) != 0 ? WriteOutcome::kUnpredictable : WriteOutcome::kDone;
}

/// Spec: 3.18, 6.3.16: edges, remembered nowhere in the SMMU.
void pulse(Change& smmu, Line line) {
  static constexpr std::int32_t kEnables[] = {kGerrorIrqen, kPriqIrqen, kEventqIrqen, 0};
  const std::int32_t enable = kEnables[static_cast<std::size_t>(line)];
  if (enable == 0 || in_force(smmu.view(), smmu.layout.irq_ctrl, enable)) smmu.events.pulses |= bit_of(line);
}

}  // namespace quiesce::hwmodel::v3
