#include "hwmodel/v3/event_queue.hpp"

#include "hwmodel/v3/control.hpp"
#include "hwmodel/v3/gerror.hpp"

namespace quiesce::hwmodel::v3 {
namespace {

std::uint32_t eventq_prod(const View& smmu) { return index_bits(smmu.get(smmu.layout.eventq_prod)); }
std::uint32_t eventq_cons(const View& smmu) { return index_bits(smmu.get(smmu.layout.eventq_cons)); }

bool is_full(const View& smmu) {
  return full(eventq_prod(smmu), eventq_cons(smmu), smmu.config.evtq_log2size);
}
bool is_empty(const View& smmu) {
  return empty(eventq_prod(smmu), eventq_cons(smmu), smmu.config.evtq_log2size);
}

/// Spec: 7.4. Told once, until software has copied OVFLG to OVACKFLG.
void overflow(Change& smmu) {
  const std::int32_t prod = smmu.get(smmu.layout.eventq_prod);
  const bool told = ((prod ^ smmu.get(smmu.layout.eventq_cons)) & kOverflow) != 0;
  if (!told) smmu.set(smmu.layout.eventq_prod, prod ^ kOverflow);
}

/// Where each part of a record lies in its slot.
struct Part {
  unsigned shift;
  unsigned bits;

  [[nodiscard]] constexpr std::int32_t put(std::int32_t value) const { return value << shift; }
  [[nodiscard]] constexpr std::int32_t get(std::int32_t packed) const {
    return (packed >> shift) & ((1 << bits) - 1);
  }
};
constexpr Part kId{0, 8};
constexpr Part kStream{8, 6};
constexpr Part kSsid{14, 3};
constexpr Part kPage{17, 4};
constexpr Part kStall{21, 1};
constexpr Part kS2{22, 1};
constexpr Part kClass{23, 2};
constexpr Part kSource{25, 5};

/// Spec: 7.2.2. Whether EVENTQ_PROD counts a record whose write aborts depends on how it aborts.
bool loses_record(Change& smmu) {
  if (smmu.config.eventq_aborts == EventqAborts::kNever || smmu.get(smmu.layout.eventq_fails) == 0)
    return false;
  smmu.set(smmu.layout.eventq_fails, 0);
  raise_error(smmu, kEventqAbtErr);
  return smmu.config.eventq_aborts == EventqAborts::kSync;
}

}  // namespace

std::int32_t pack(const Record& record) {
  return kId.put(static_cast<std::int32_t>(record.event)) | kStream.put(record.stream) |
         kSsid.put(record.ssid + 1) | kPage.put(record.page) | kStall.put(record.stall ? 1 : 0) |
         kS2.put(record.s2 ? 1 : 0) | kClass.put(static_cast<std::int32_t>(record.fault_class)) |
         kSource.put(record.source);
}

Record unpack_record(std::int32_t packed) {
  Record record;
  record.event = static_cast<Event>(kId.get(packed));
  record.stream = kStream.get(packed);
  record.ssid = kSsid.get(packed) - 1;
  record.page = kPage.get(packed);
  record.stall = kStall.get(packed) != 0;
  record.s2 = kS2.get(packed) != 0;
  record.fault_class = static_cast<FaultClass>(kClass.get(packed));
  record.source = kSource.get(packed);
  return record;
}

bool enabled_eventq_fails(const View& smmu) {
  return smmu.config.eventq_aborts != EventqAborts::kNever && smmu.get(smmu.layout.eventq_fails) == 0;
}
void fire_eventq_fails(Change& smmu) { smmu.set(smmu.layout.eventq_fails, 1); }

// QEMU 7.2 hw/arm/smmuv3.c smmuv3_write_eventq() goes on writing while EVENTQ_ABT_ERR is active.
bool eventq_writable(const View& smmu) {
  const bool aborted = is_active(smmu, kEventqAbtErr) && smmu.config.deviations != Deviations::kQemu72;
  return in_force(smmu, smmu.layout.cr0, kEventqen) && !is_full(smmu) && !aborted && !has_failed(smmu);
}

// QEMU 7.2 hw/arm/smmuv3.c smmuv3_record_event(): a full queue is an aborted write and no overflow, and each
// record gives a pulse and drops the flag.
void record_event(Change& smmu, const Record& record) {
  if (!smmu.config.keeps_events) return;
  const bool qemu = smmu.config.deviations == Deviations::kQemu72;
  if (!in_force(smmu.view(), smmu.layout.cr0, kEventqen) || has_failed(smmu.view())) return;
  if (is_full(smmu.view())) return qemu ? raise_error(smmu, kEventqAbtErr) : overflow(smmu);
  if (!eventq_writable(smmu.view()) || loses_record(smmu)) return;
  const bool was_empty = is_empty(smmu.view());
  if (smmu.config.event_records)
    smmu.set(smmu.layout.record(eventq_prod(smmu.view()), smmu.config), pack(record));
  const std::int32_t flag = qemu ? 0 : smmu.get(smmu.layout.eventq_prod) & kOverflow;
  const std::uint32_t prod = next(eventq_prod(smmu.view()), smmu.config.evtq_log2size);
  smmu.set(smmu.layout.eventq_prod, static_cast<std::int32_t>(prod) | flag);
  if (was_empty || qemu) pulse(smmu, Line::kEventq);
}

/// Spec: 6.3.95. Guarded by EVENTQEN.
WriteOutcome write_eventq_prod(Change& smmu, std::int32_t value) {
  if (set_or_in_transition(smmu.view(), smmu.layout.cr0, kEventqen) &&
      smmu.config.deviations != Deviations::kQemu72) {
    return out_of_order(smmu.config);
  }
  smmu.set(smmu.layout.eventq_prod, index_and_flag(value, smmu.config.evtq_log2size));
  return WriteOutcome::kDone;
}

/// Spec: 6.3.96, 3.21.2. At any time, but not past PROD.
// Abstraction: what was consumed reads as 0 afterwards; in memory the record is still there.
WriteOutcome write_eventq_cons(Change& smmu, std::int32_t value) {
  const unsigned log2size = smmu.config.evtq_log2size;
  const std::uint32_t before = eventq_cons(smmu.view());
  const std::uint32_t consumed =
      used(index_bits(index_and_flag(value, smmu.config.evtq_log2size)), before, log2size);
  for (std::uint32_t i = 0; smmu.config.event_records && i < consumed && i < 1U << log2size; ++i)
    smmu.set(smmu.layout.record(before + i, smmu.config), 0);
  smmu.set(smmu.layout.eventq_cons, index_and_flag(value, smmu.config.evtq_log2size));
  const bool past = illegal(eventq_prod(smmu.view()), eventq_cons(smmu.view()), smmu.config.evtq_log2size);
  const bool enabled = set_or_in_transition(smmu.view(), smmu.layout.cr0, kEventqen);
  return enabled && past ? WriteOutcome::kUnpredictable : WriteOutcome::kDone;
}

}  // namespace quiesce::hwmodel::v3
