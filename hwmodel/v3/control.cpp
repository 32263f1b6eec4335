#include "hwmodel/v3/control.hpp"

#include "hwmodel/v3/command_queue.hpp"
#include "hwmodel/v3/gerror.hpp"

namespace quiesce::hwmodel::v3 {
namespace {

constexpr std::uint8_t kCmdqenBit = 3;

bool bit(std::int32_t value, std::uint8_t index) { return ((value >> index) & 1) != 0; }

/// An interrupt's disabling is acknowledged when its messages were sent (Spec: 6.3.16), CMDQEN's 1 to 0
/// when commands in progress were consumed whole and CMDQ_CONS shows it (Spec: 6.3.9.3), SMMUEN when every
/// stream meets the new value (Spec: 6.3.9.6).
bool must_wait(const View& smmu, const UpdatedRegister& reg, std::uint8_t field) {
  if (reg.written == smmu.layout.irq_ctrl.written) return messages_pend(smmu, 1 << field);
  if ((1 << field) == kSmmuen) return smmu.layout.streams.any() && !all_streams_follow(smmu);
  return (1 << field) == kCmdqen && (smmu.get(smmu.layout.fetched) != 0 || enabled_publishes_cons(smmu));
}

}  // namespace

bool set_or_in_transition(const View& smmu, const UpdatedRegister& reg, std::int32_t field) {
  return ((smmu.get(reg.written) | smmu.get(reg.acknowledged)) & field) != 0;
}

bool in_force(const View& smmu, const UpdatedRegister& reg, std::int32_t field) {
  return (smmu.get(reg.in_force) & field) != 0;
}

/// Spec: 6.3.9. Changing a field again before its Update completed is CONSTRAINED UNPREDICTABLE.
// Abstraction: then the newest value counts; an ignored or an intermediate one is left out.
WriteOutcome write_updated(Change& smmu, const UpdatedRegister& reg, std::int32_t value) {
  const std::int32_t in_transit = smmu.get(reg.written) ^ smmu.get(reg.acknowledged);
  const std::int32_t changed = smmu.get(reg.written) ^ value;
  smmu.set(reg.written, value);
  return (in_transit & changed) != 0 ? WriteOutcome::kUnpredictable : WriteOutcome::kDone;
}

bool enabled_takes_effect(const View& smmu, const UpdatedRegister& reg, std::uint8_t field) {
  if (smmu.config.cr0_ack == Cr0Ack::kNever) return false;
  return bit(smmu.get(reg.written) ^ smmu.get(reg.in_force), field);
}

void fire_takes_effect(Change& smmu, const UpdatedRegister& reg, std::uint8_t field) {
  smmu.set(reg.in_force, smmu.get(reg.in_force) ^ (1 << field));
}

bool enabled_acknowledges(const View& smmu, const UpdatedRegister& reg, std::uint8_t field) {
  if (smmu.config.cr0_ack == Cr0Ack::kNever) return false;
  const std::int32_t in_force = smmu.get(reg.in_force);
  if (bit(smmu.get(reg.written) ^ in_force, field)) return false;
  return bit(in_force ^ smmu.get(reg.acknowledged), field) && !must_wait(smmu, reg, field);
}

void fire_acknowledges(Change& smmu, const UpdatedRegister& reg, std::uint8_t field) {
  smmu.set(reg.acknowledged, smmu.get(reg.acknowledged) ^ (1 << field));
}

void settle(Change& smmu, const UpdatedRegister& reg) {
  const bool waits = must_wait(smmu.view(), reg, kCmdqenBit);
  const std::int32_t kept = waits ? smmu.get(reg.acknowledged) & kCmdqen : 0;
  smmu.set(reg.in_force, smmu.get(reg.written));
  smmu.set(reg.acknowledged, smmu.get(reg.written) | kept);
  for (std::size_t stream = 0; stream < smmu.layout.streams.streams.size(); ++stream) {
    if (enabled_stream_follows(smmu.view(), stream)) fire_stream_follows(smmu, stream);
  }
}

/// Spec: 6.3.14, 6.3.14.1.
// Abstraction: up to v3.1 a write without Update, or during one, may also take effect later.
WriteOutcome write_gbpa(Change& smmu, std::int32_t value) {
  const Layout& layout = smmu.layout;
  // QEMU 7.2 hw/arm/smmuv3.c smmu_writel() does not have the register: the write is lost.
  if (smmu.config.deviations == Deviations::kQemu72) return WriteOutcome::kIgnored;
  if (smmu.get(layout.gbpa_update) != 0 || (value & kGbpaUpdate) == 0) return out_of_order(smmu.config);
  smmu.set(layout.gbpa_abort, (value & kGbpaAbort) != 0 ? 1 : 0);
  smmu.set(layout.gbpa_update, 1);
  if (smmu.config.cr0_ack == Cr0Ack::kImmediate) fire_gbpa_updates(smmu);
  return WriteOutcome::kDone;
}

std::int32_t read_gbpa(const View& smmu) {
  return (smmu.get(smmu.layout.gbpa_update) != 0 ? kGbpaUpdate : 0) |
         (smmu.get(smmu.layout.gbpa_abort) != 0 ? kGbpaAbort : 0);
}

void fire_gbpa_updates(Change& smmu) {
  smmu.set(smmu.layout.gbpa_in_force, smmu.get(smmu.layout.gbpa_abort));
  smmu.set(smmu.layout.gbpa_update, 0);
}

}  // namespace quiesce::hwmodel::v3
