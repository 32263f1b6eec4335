#include "hwmodel/v3/decision.hpp"

namespace quiesce::hwmodel::v3 {
namespace {

Event event_of(Walk walk) {
  switch (walk) {
    case Walk::kTranslationFault:
      return Event::kFTranslation;
    case Walk::kAddressSizeFault:
      return Event::kFAddrSize;
    case Walk::kAccessFault:
      return Event::kFAccess;
    case Walk::kPermissionFault:
      return Event::kFPermission;
    case Walk::kExternalAbort:
      return Event::kFWalkEabt;
    case Walk::kTranslated:
      break;
  }
  return Event::kNone;
}

/// Spec: 5.5, 3.12. A, R and S count for the four faults of translation alone; a stall is always recorded.
Outcome fault(Walk walk, bool a, bool r, bool s) {
  const Event event = event_of(walk);
  if (walk == Walk::kExternalAbort) return {Answer::kAbort, event, false, FaultClass::kTtd};
  if (s) return {Answer::kStall, event};
  return {a ? Answer::kAbort : Answer::kRazWi, r ? event : Event::kNone};
}

/// Spec: 5.2 (S2R, S2S), 7.3.12 to 7.3.16. Stage 2 aborts what it does not stall.
Outcome fault_of_stage2(Walk walk, const Ste& ste, FaultClass fault_class) {
  Outcome outcome = fault(walk, true, ste.s2r, ste.s2s);
  outcome.s2 = outcome.event != Event::kNone;
  if (outcome.s2) outcome.fault_class = fault_class;
  return outcome;
}

/// Spec: 3.9.1.2, 3.9.1.3, 6.3.9.6. Whatever GBPA says.
Outcome disabled(const Transaction& transaction, const Situation& situation) {
  switch (transaction.access) {
    case Access::kTranslationRequest:
      return {Answer::kUr, Event::kFBadAtsTreq};
    case Access::kTranslated:
      return {Answer::kAbort, Event::kFTranslForbidden};
    case Access::kUntranslated:
      break;
  }
  return {situation.gbpa_abort ? Answer::kAbort : Answer::kBypass, Event::kNone};
}

/// A configuration that is broken. Spec: 3.9.1.2, 7.3: a Translation Request is answered CA, and recorded
/// only if CR2.REC_CFG_ATS says so.
Outcome broken(const Transaction& transaction, const Situation& situation, Event event) {
  if (transaction.access != Access::kTranslationRequest) return {Answer::kAbort, event};
  return {Answer::kCa, situation.rec_cfg_ats ? event : Event::kNone};
}

/// Spec: 3.9.1, 5.2. Address translation services, where the stream table lets them.
Outcome of_ats(const Transaction& transaction, const Situation& situation, const Ste& ste,
               const Support& support) {
  const bool request = transaction.access == Access::kTranslationRequest;
  if (!ste.v) return {request ? Answer::kCa : Answer::kAbort, Event::kNone};
  if (is_illegal(ste, support)) {
    return request ? broken(transaction, situation, Event::kCBadSte) : Outcome{Answer::kAbort, Event::kNone};
  }
  if (ste.aborts()) return {request ? Answer::kUr : Answer::kAbort, Event::kNone};
  const bool split = ste.eats == kEatsSplit && situation.atschk;
  const bool allowed = ste.config != kSteBypass && (ste.eats == kEatsFull || split);
  if (!allowed) {
    return request ? Outcome{Answer::kUr, Event::kFBadAtsTreq}
                   : Outcome{Answer::kAbort, Event::kFTranslForbidden};
  }
  if (request) return {Answer::kGrant, Event::kNone};
  return {split ? Answer::kTranslate : Answer::kBypass, Event::kNone};
}

bool is_decided_early(const Transaction& transaction, const Situation& situation) {
  // Spec: 6.3.9.2, 3.9.1. Unchecked, what was translated before goes through.
  const bool unchecked = transaction.access == Access::kTranslated && !situation.atschk;
  return situation.service_failure_mode || transaction.unsupported || !situation.smmuen || unchecked ||
         !transaction.sid_in_range;
}

Outcome decide_early(const Transaction& transaction, const Situation& situation) {
  // Spec: 12.3.
  if (situation.service_failure_mode) {
    const bool request = transaction.access == Access::kTranslationRequest;
    return {request ? Answer::kCa : Answer::kAbort, Event::kNone};
  }
  // Spec: 7.3.2; may be recorded with SMMUEN == 0 too.
  if (transaction.unsupported) return {Answer::kAbort, Event::kFUut};
  if (!situation.smmuen) return disabled(transaction, situation);
  if (transaction.access == Access::kTranslated && !situation.atschk) return {Answer::kBypass, Event::kNone};
  // Spec: 7.3.3, 6.3.12.
  const bool request = transaction.access == Access::kTranslationRequest;
  const bool records = situation.recinvsid && (!request || situation.rec_cfg_ats);
  return {request ? Answer::kCa : Answer::kAbort, records ? Event::kCBadStreamid : Event::kNone};
}

/// Spec: 7.3.4, 7.3.5, 5.2: what the stream table entry alone decides.
bool ste_decides(const Transaction& transaction, const Found& found, const Support& support) {
  const Ste& ste = found.ste;
  return found.ste_fetch == Fetch::kAborted || transaction.access != Access::kUntranslated || !ste.v ||
         is_illegal(ste, support) || ste.aborts() || !ste.translates_stage1();
}

}  // namespace

Substream substream_of(const Transaction& transaction, const Found& found) {
  const Ste& ste = found.ste;
  Substream substream;
  const auto refuse = [&](Event event) {
    substream.is_refused = true;
    substream.refused = {Answer::kAbort, event};
  };
  if (!transaction.has_ssid) {
    if (ste.s1cdmax == 0 || ste.s1dss == kS1dssSsid0) return substream;
    if (ste.s1dss == kS1dssBypass) {
      substream.skips_stage1 = true;
    } else {
      refuse(Event::kFStreamDisabled);
    }
    return substream;
  }
  substream.ssid = transaction.ssid;
  if (ste.s1cdmax == 0 || transaction.ssid >= (1 << ste.s1cdmax) || !found.l1cd_valid) {
    refuse(Event::kCBadSubstreamid);
  } else if (transaction.ssid == 0 && ste.s1dss == kS1dssSsid0) {
    refuse(Event::kFStreamDisabled);
  }
  return substream;
}

Needs needs_of(const Transaction& transaction, const Situation& situation, const Found& found,
               const Support& support) {
  if (is_decided_early(transaction, situation)) return Needs::kNothing;
  if (ste_decides(transaction, found, support)) {
    const bool walks = found.ste_fetch == Fetch::kDone && transaction.access == Access::kUntranslated &&
                       found.ste.v && !is_illegal(found.ste, support) && found.ste.config == kSteS2;
    return walks ? Needs::kWalk : Needs::kSte;
  }
  const Substream substream = substream_of(transaction, found);
  if (substream.is_refused) return Needs::kSte;
  if (substream.skips_stage1) return found.ste.translates_stage2() ? Needs::kWalk : Needs::kSte;
  if (found.ste.translates_stage2() && found.cd_walk != Walk::kTranslated) return Needs::kCd;
  const bool readable =
      found.cd_fetch == Fetch::kDone && found.cd.v && !is_illegal(found.cd, found.ste, support);
  return readable ? Needs::kWalk : Needs::kCd;
}

Outcome decide(const Transaction& transaction, const Situation& situation, const Found& found,
               const Support& support) {
  if (is_decided_early(transaction, situation)) return decide_early(transaction, situation);
  const Ste& ste = found.ste;
  if (found.ste_fetch == Fetch::kAborted) return broken(transaction, situation, Event::kFSteFetch);
  if (transaction.access != Access::kUntranslated) return of_ats(transaction, situation, ste, support);
  if (!ste.v || is_illegal(ste, support)) return {Answer::kAbort, Event::kCBadSte};
  if (ste.aborts()) return {Answer::kAbort, Event::kNone};
  const bool stage1 = ste.translates_stage1();
  if (!stage1 && transaction.has_ssid) return {Answer::kAbort, Event::kCBadSubstreamid};
  if (ste.config == kSteBypass) return {Answer::kBypass, Event::kNone};
  bool walks_stage1 = stage1;
  if (stage1) {
    const Substream substream = substream_of(transaction, found);
    if (substream.is_refused) return substream.refused;
    walks_stage1 = !substream.skips_stage1;
    if (!walks_stage1 && ste.config == kSteS1) return {Answer::kBypass, Event::kNone};
  }
  if (walks_stage1) {
    if (ste.translates_stage2() && found.cd_walk != Walk::kTranslated)
      return fault_of_stage2(found.cd_walk, ste, FaultClass::kCd);
    if (found.cd_fetch == Fetch::kAborted) return {Answer::kAbort, Event::kFCdFetch};
    if (!found.cd.v || is_illegal(found.cd, ste, support)) return {Answer::kAbort, Event::kCBadCd};
  }
  if (found.walk == Walk::kTranslated) return {Answer::kTranslate, Event::kNone};
  if (!walks_stage1) return fault_of_stage2(found.walk, ste, FaultClass::kIn);
  if (ste.translates_stage2() && found.faults_at_stage2)
    return fault_of_stage2(found.walk, ste, found.stage2_class);
  return fault(found.walk, found.cd.a, found.cd.r, found.cd.s);
}

}  // namespace quiesce::hwmodel::v3
