#include "hwmodel/v3/event_queue.hpp"

#include "hwmodel/v3/control.hpp"
#include "hwmodel/v3/gerror.hpp"

namespace quiesce::hwmodel::v3 {
namespace {

std::uint32_t index_bits(std::int32_t reg) { return static_cast<std::uint32_t>(reg & ~kOverflow); }
std::uint32_t prod_of(const View& smmu) { return index_bits(smmu.get(smmu.layout.eventq_prod)); }
std::uint32_t cons_of(const View& smmu) { return index_bits(smmu.get(smmu.layout.eventq_cons)); }

bool is_full(const View& smmu) { return full(prod_of(smmu), cons_of(smmu), smmu.config.evtq_log2size); }
bool is_empty(const View& smmu) { return empty(prod_of(smmu), cons_of(smmu), smmu.config.evtq_log2size); }

/// Spec: 7.4. Told once, until software has copied OVFLG to OVACKFLG.
void overflow(Change& smmu) {
  const std::int32_t prod = smmu.get(smmu.layout.eventq_prod);
  const bool told = ((prod ^ smmu.get(smmu.layout.eventq_cons)) & kOverflow) != 0;
  if (!told) smmu.set(smmu.layout.eventq_prod, prod ^ kOverflow);
}

std::int32_t stored(const Change& smmu, std::int32_t value) {
  const auto reg = static_cast<std::uint32_t>(value);
  return static_cast<std::int32_t>(position_of(reg, smmu.config.evtq_log2size)) | (value & kOverflow);
}

}  // namespace

// QEMU 7.2 hw/arm/smmuv3.c smmuv3_write_eventq() goes on writing while EVENTQ_ABT_ERR is active.
bool eventq_writable(const View& smmu) {
  const bool aborted = is_active(smmu, kEventqAbtErr) && smmu.config.deviations != Deviations::kQemu72;
  return in_force(smmu, smmu.layout.cr0, kEventqen) && !is_full(smmu) && !aborted;
}

// QEMU 7.2 hw/arm/smmuv3.c smmuv3_record_event(): a full queue is an aborted write and no overflow, and each
// record gives a pulse and drops the flag.
void record_event(Change& smmu) {
  if (!smmu.config.keeps_events) return;
  const bool qemu = smmu.config.deviations == Deviations::kQemu72;
  if (!in_force(smmu.view(), smmu.layout.cr0, kEventqen)) return;
  if (is_full(smmu.view())) return qemu ? raise_error(smmu, kEventqAbtErr) : overflow(smmu);
  if (!eventq_writable(smmu.view())) return;
  const bool was_empty = is_empty(smmu.view());
  const std::int32_t flag = qemu ? 0 : smmu.get(smmu.layout.eventq_prod) & kOverflow;
  const std::uint32_t prod = next(prod_of(smmu.view()), smmu.config.evtq_log2size);
  smmu.set(smmu.layout.eventq_prod, static_cast<std::int32_t>(prod) | flag);
  if (was_empty || qemu) pulse(smmu, Line::kEventq);
}

/// Spec: 6.3.95. Guarded by EVENTQEN.
WriteOutcome write_eventq_prod(Change& smmu, std::int32_t value) {
  if (set_or_in_transition(smmu.view(), smmu.layout.cr0, kEventqen) &&
      smmu.config.deviations != Deviations::kQemu72) {
    return out_of_order(smmu.config);
  }
  smmu.set(smmu.layout.eventq_prod, stored(smmu, value));
  return WriteOutcome::kDone;
}

/// Spec: 6.3.96, 3.21.2. At any time, but not past PROD.
WriteOutcome write_eventq_cons(Change& smmu, std::int32_t value) {
  smmu.set(smmu.layout.eventq_cons, stored(smmu, value));
  const bool past = illegal(prod_of(smmu.view()), cons_of(smmu.view()), smmu.config.evtq_log2size);
  const bool enabled = set_or_in_transition(smmu.view(), smmu.layout.cr0, kEventqen);
  return enabled && past ? WriteOutcome::kUnpredictable : WriteOutcome::kDone;
}

}  // namespace quiesce::hwmodel::v3
