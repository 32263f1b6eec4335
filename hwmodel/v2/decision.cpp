#include "hwmodel/v2/decision.hpp"

namespace quiesce::hwmodel::v2 {
namespace {

Outcome bypassed(Bypass by) { return {Answer::kBypass, by}; }

/// Spec: 3.8.2, 3.8.3. Behaves as RAZ/WI, and is reported to the client if GFRE says so.
Outcome global_fault(std::int32_t fault, const Situation& situation) {
  Outcome outcome{(situation.cr0 & cr0::kGfre) != 0 ? Answer::kAbort : Answer::kRazWi};
  outcome.global_fault = fault;
  return outcome;
}

/// Spec: 3.7.3, ClientAbort(): RAZ/WI, and is reported to the client if CFRE says so.
Outcome terminated(const Found& found) {
  return {(found.sctlr & sctlr::kCfre) != 0 ? Answer::kAbort : Answer::kRazWi};
}

bool fault_set_in(const Found& found) { return (found.fsr & (fsr::kFaults | fsr::kSs)) != 0; }

/// Spec: 3.7.3, InTerminateMode().
bool in_terminate_mode(const Situation& situation, const Found& found) {
  return (found.sctlr & sctlr::kCfcfg) == 0 || (situation.cr0 & cr0::kStalld) != 0;
}

/// Spec: 3.7.3, RequestBufferStateMachine() after DoTranslation() has failed.
// Abstraction: nothing comes between the check of FSR and the walk, so that with HUPCF = 0 no fault is
// recorded.
Outcome context_fault(const Situation& situation, const Found& found) {
  if ((found.fsr & fsr::kSs) != 0) return {Answer::kWait};
  const bool stalls = !fault_set_in(found) && !in_terminate_mode(situation, found);
  Outcome outcome = stalls ? Outcome{Answer::kStall} : terminated(found);
  outcome.context_fault = fsr::kTf;
  return outcome;
}

/// Spec: HPS TRM 683567, 5.4.6; 2.1.1: with CLIENTPD the transaction bypasses translation and protection
/// checks.
// Assumption: kTrafficWhileOff.
bool client_port_decides(const Situation& situation, const Config& config, Outcome& outcome) {
  const bool disabled = (situation.cr0 & cr0::kClientpd) != 0;
  if (disabled) outcome = bypassed(Bypass::kClientpd);
  if (!situation.off) return disabled;
  if (!disabled || config.off_traffic == OffTraffic::kWaits) outcome = {Answer::kWait};
  outcome.assumptions = bit_of(Assumption::kTrafficWhileOff);
  return true;
}

/// Spec: 2.1.1, 2.4 data_attribute_transformations().
bool matching_decides(const Situation& situation, const Found& found, Outcome& outcome) {
  const auto fault_or_bypass = [&](std::int32_t enable, std::int32_t fault, Bypass by) {
    outcome = (situation.cr0 & enable) != 0 ? global_fault(fault, situation) : bypassed(by);
    return true;
  };
  switch (found.matches) {
    case Matches::kNone:
      return fault_or_bypass(cr0::kUsfcfg, gfsr::kUsf, Bypass::kUnmatched);
    case Matches::kSeveral:
      return fault_or_bypass(cr0::kSmcfcfg, gfsr::kSmcf, Bypass::kConflict);
    case Matches::kOne:
      break;
  }
  return false;
}

/// Spec: 2.4 (S2CR.TYPE), 3.8.4 CheckBankValidityAndRecordFaults().
// Abstraction: of SMMUv1, where S2CR.TYPE 3 is UNPREDICTABLE, the fault alone; of a nested bank stage 2 is
// left out.
bool mapping_decides(const Situation& situation, const Found& found, Outcome& outcome) {
  const std::int32_t type = s2cr::type_of(found.s2cr);
  if (type == s2cr::kBypass) {
    outcome = bypassed(Bypass::kS2cr);
  } else if (type != s2cr::kTranslate) {
    outcome = global_fault(gfsr::kIcf, situation);
  } else if (!found.bank_exists) {
    outcome = global_fault(gfsr::kUcbf, situation);
  } else if (cbar::type_of(found.cbar) == cbar::kStage2Fault) {
    outcome = global_fault(gfsr::kIcf, situation);
  } else {
    return false;
  }
  return true;
}

/// Spec: 3.7.5 (GSE); 3.7.3 CheckForFaultsInBank(); 2.1.1 (SCTLR.M).
bool bank_decides(const Situation& situation, const Found& found, Outcome& outcome) {
  const bool global_stall = (situation.cr0 & cr0::kGse) != 0 && (situation.cr0 & cr0::kStalld) == 0;
  const bool under_fault = fault_set_in(found) && (found.sctlr & sctlr::kHupcf) == 0;
  if ((global_stall && situation.stalls) || (under_fault && (found.fsr & fsr::kSs) != 0)) {
    outcome = {Answer::kWait};
  } else if (under_fault) {
    outcome = terminated(found);
  } else if ((found.sctlr & sctlr::kM) == 0) {
    outcome = bypassed(Bypass::kBankOff);
  } else {
    return false;
  }
  return true;
}

}  // namespace

std::string_view reason_of(Bypass by) {
  switch (by) {
    case Bypass::kNone:
      return "";
    case Bypass::kClientpd:
      return "sCR0.CLIENTPD";
    case Bypass::kUnmatched:
      return "sCR0.USFCFG, no stream mapping group matches";
    case Bypass::kConflict:
      return "sCR0.SMCFCFG, several stream mapping groups match";
    case Bypass::kS2cr:
      return "S2CR.TYPE";
    case Bypass::kBankOff:
      return "SCTLR.M";
  }
  return "";
}

/// Spec: 3.6.3. GCFGFIE is about configuration access faults alone.
bool interrupts(std::int32_t cr0, std::int32_t gfsr) {
  return ((cr0 & cr0::kGcfgfie) != 0 && (gfsr & gfsr::kCaf) != 0) ||
         ((cr0 & cr0::kGfie) != 0 && (gfsr & ~gfsr::kCaf) != 0);
}

bool group_matches(std::int32_t smr, std::uint16_t sid) {
  constexpr std::uint32_t kWidth = 0x7fff;
  const auto bits = static_cast<std::uint32_t>(smr);
  const std::uint32_t mask = bits >> 16;
  return (smr & smr::kValid) != 0 && (((bits ^ sid) & ~mask) & kWidth) == 0;
}

Route route_of(const Situation& situation, const Found& found, const Config& config) {
  Route route;
  route.walks = !client_port_decides(situation, config, route.outcome) &&
                !matching_decides(situation, found, route.outcome) &&
                !mapping_decides(situation, found, route.outcome) &&
                !bank_decides(situation, found, route.outcome);
  return route;
}

Outcome decide(const Situation& situation, const Found& found, const Config& config) {
  const Route route = route_of(situation, found, config);
  if (!route.walks) return route.outcome;
  return found.walk == Walk::kTranslated ? Outcome{Answer::kTranslate} : context_fault(situation, found);
}

}  // namespace quiesce::hwmodel::v2
