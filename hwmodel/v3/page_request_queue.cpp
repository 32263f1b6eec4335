#include "hwmodel/v3/page_request_queue.hpp"

#include "hwmodel/v3/control.hpp"
#include "hwmodel/v3/event_queue.hpp"
#include "hwmodel/v3/gerror.hpp"
#include "hwmodel/v3/guarded.hpp"

namespace quiesce::hwmodel::v3 {
namespace {

std::uint32_t priq_prod(const View& smmu) { return index_bits(smmu.get(smmu.layout.priq_prod)); }
std::uint32_t priq_cons(const View& smmu) { return index_bits(smmu.get(smmu.layout.priq_cons)); }

bool overflow_pends(const View& smmu) {
  return ((smmu.get(smmu.layout.priq_prod) ^ smmu.get(smmu.layout.priq_cons)) & kOverflow) != 0;
}

}  // namespace

bool effectively_enabled(const View& smmu) {
  return in_force(smmu, smmu.layout.cr0, kPriqen) && in_force(smmu, smmu.layout.cr0, kSmmuen);
}

/// Spec: 8.1, 8.2. An overflow that software has not acknowledged keeps the queue closed; what is the last of
/// its group is answered Success then, so that the endpoint asks again.
PageRequest request_page(Change& smmu, bool last, bool stop_marker) {
  const View view = smmu.view();
  if (!effectively_enabled(view) || is_active(view, kPriqAbtErr) || is_active(view, kSfmErr))
    return stop_marker ? PageRequest::kDropped : PageRequest::kFailure;
  // Spec: 6.3.36. With LO the interrupt says that a group is complete, also if its last request was lost.
  const bool tells_of_last = (programmed(view, Reg::kPriqIrqCfg2) & kPriqLast) != 0;
  if (tells_of_last && last) pulse(smmu, Line::kPriq);
  const unsigned log2size = smmu.config.priq_log2size;
  if (overflow_pends(view) || full(priq_prod(view), priq_cons(view), log2size)) {
    if (!overflow_pends(view)) smmu.set(smmu.layout.priq_prod, smmu.get(smmu.layout.priq_prod) ^ kOverflow);
    return last && !stop_marker ? PageRequest::kSuccess : PageRequest::kDropped;
  }
  const bool was_empty = empty(priq_prod(view), priq_cons(view), log2size);
  const std::int32_t flag = smmu.get(smmu.layout.priq_prod) & kOverflow;
  smmu.set(smmu.layout.priq_prod, static_cast<std::int32_t>(next(priq_prod(view), log2size)) | flag);
  // Without it, that the queue is no longer empty.
  if (was_empty && !tells_of_last) pulse(smmu, Line::kPriq);
  return PageRequest::kQueued;
}

/// Spec: 6.3.97, 6.3.9.5. Guarded by PRIQEN as it was written, whatever SMMUEN is.
WriteOutcome write_priq_prod(Change& smmu, std::int32_t value) {
  if (set_or_in_transition(smmu.view(), smmu.layout.cr0, kPriqen)) return out_of_order(smmu.config);
  smmu.set(smmu.layout.priq_prod, index_and_flag(value, smmu.config.priq_log2size));
  return WriteOutcome::kDone;
}

/// Spec: 6.3.98. At any time, but not past PROD.
WriteOutcome write_priq_cons(Change& smmu, std::int32_t value) {
  smmu.set(smmu.layout.priq_cons, index_and_flag(value, smmu.config.priq_log2size));
  const bool past = illegal(priq_prod(smmu.view()), priq_cons(smmu.view()), smmu.config.priq_log2size);
  return past && set_or_in_transition(smmu.view(), smmu.layout.cr0, kPriqen) ? WriteOutcome::kUnpredictable
                                                                             : WriteOutcome::kDone;
}

}  // namespace quiesce::hwmodel::v3
