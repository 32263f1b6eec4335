#include "hwmodel/v3/gerror.hpp"

#include "hwmodel/v3/control.hpp"
#include "hwmodel/v3/guarded.hpp"

namespace quiesce::hwmodel::v3 {
namespace {

/// Which field of IRQ_CTRL enables each line; 0: none does.
constexpr std::int32_t kEnables[] = {kGerrorIrqen, kPriqIrqen, kEventqIrqen, 0};
/// Where each line's message goes.
constexpr Reg kAddresses[] = {Reg::kGerrorIrqCfg0, Reg::kPriqIrqCfg0, Reg::kEventqIrqCfg0};

}  // namespace

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

/// Spec: 3.18, 6.3.16: edges, remembered nowhere in the SMMU but while their message is on its way. A
/// CMD_SYNC's message is in the command.
void pulse(Change& smmu, Line line) {
  const std::int32_t enable = kEnables[static_cast<std::size_t>(line)];
  if (enable != 0 && !in_force(smmu.view(), smmu.layout.irq_ctrl, enable)) return;
  if (smmu.config.interrupt_messages && line != Line::kCmdSync) {
    // Spec: 6.3.21. No address, no message.
    if (programmed(smmu.view(), kAddresses[static_cast<std::size_t>(line)]) == 0) return;
    smmu.set(smmu.layout.messages, smmu.get(smmu.layout.messages) | bit_of(line));
  } else {
    smmu.events.pulses |= bit_of(line);
  }
}

bool enabled_message_lands(const View& smmu, Line line) {
  return (smmu.get(smmu.layout.messages) & bit_of(line)) != 0;
}

void fire_message_lands(Change& smmu, Line line) {
  smmu.set(smmu.layout.messages, smmu.get(smmu.layout.messages) & ~bit_of(line));
  smmu.events.pulses |= bit_of(line);
}

bool enabled_message_aborts(const View& smmu, Line line) {
  return smmu.config.messages_abort && enabled_message_lands(smmu, line);
}

/// Spec: 3.18.1, 6.3.19.
void fire_message_aborts(Change& smmu, Line line) {
  static constexpr std::int32_t kErrors[] = {kMsiGerrorAbtErr, kMsiPriqAbtErr, kMsiEventqAbtErr,
                                             kMsiCmdqAbtErr};
  smmu.set(smmu.layout.messages, smmu.get(smmu.layout.messages) & ~bit_of(line));
  raise_error(smmu, kErrors[static_cast<std::size_t>(line)]);
}

bool messages_pend(const View& smmu, std::int32_t irq_ctrl_field) {
  for (std::size_t line = 0; line < kLines; ++line) {
    const bool enabled_by = kEnables[line] == irq_ctrl_field;
    if (enabled_by && (smmu.get(smmu.layout.messages) & bit_of(static_cast<Line>(line))) != 0) return true;
  }
  return false;
}

bool has_failed(const View& smmu) { return smmu.get(smmu.layout.failed) != 0; }
bool enabled_fails(const View& smmu) { return smmu.config.service_failure_mode && !has_failed(smmu); }
void fire_fails(Change& smmu) {
  smmu.set(smmu.layout.failed, 1);
  raise_error(smmu, kSfmErr);
}

}  // namespace quiesce::hwmodel::v3
