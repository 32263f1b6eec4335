// What becomes of a transaction that arrives at an SMMUv3: the decision table, as a function of registers,
// structures and the outcome of the walk.
// Spec: IHI 0070G.b, 3.9.1, 3.11, 3.12, 5.2, 5.4, 5.5, 6.3.9.6, 7.3, 12.3.
#pragma once

#include <cstdint>

#include "hwmodel/v3/structures.hpp"

namespace quiesce::hwmodel::v3 {

/// Numbers of event records. Spec: 7.3.
enum class Event : std::uint8_t {
  kNone = 0x00,
  kFUut = 0x01,
  kCBadStreamid = 0x02,
  kFSteFetch = 0x03,
  kCBadSte = 0x04,
  kFBadAtsTreq = 0x05,
  kFStreamDisabled = 0x06,
  kFTranslForbidden = 0x07,
  kCBadSubstreamid = 0x08,
  kFCdFetch = 0x09,
  kCBadCd = 0x0a,
  kFWalkEabt = 0x0b,
  kFTranslation = 0x10,
  kFAddrSize = 0x11,
  kFAccess = 0x12,
  kFPermission = 0x13,
};

/// CLASS of a fault's record: what the address that faulted was for. Spec: 7.3.12.
enum class FaultClass : std::uint8_t { kCd = 0, kTtd = 1, kIn = 2 };

/// What the client is answered.
enum class Answer : std::uint8_t {
  kBypass,     ///< goes through as it is, with the address as the physical one
  kTranslate,  ///< goes to the address that the walk gave
  kAbort,
  kRazWi,  ///< succeeds: reads zero, ignores the write
  kStall,  ///< waits for software
  kUr,     ///< of a Translation Request: Unsupported Request
  kCa,     ///< of a Translation Request: Completer Abort
  kGrant,  ///< of a Translation Request: Success, with what the walk allows
};

struct Outcome {
  Answer answer = Answer::kAbort;
  Event event = Event::kNone;
  bool s2 = false;  ///< of a fault: stage 2's
  FaultClass fault_class = FaultClass::kIn;

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

enum class Access : std::uint8_t { kUntranslated, kTranslated, kTranslationRequest };

struct Transaction {
  Access access = Access::kUntranslated;
  bool has_ssid = false;     ///< comes with a SubstreamID
  std::int32_t ssid = 0;     ///< counts if it does
  bool sid_in_range = true;  ///< below STRTAB_BASE_CFG.LOG2SIZE, and within its first-level descriptor
  bool unsupported = false;  ///< of a type that the implementation does not support
};

/// What registers say of every transaction.
struct Situation {
  bool service_failure_mode = false;
  bool smmuen = true;
  bool gbpa_abort = false;
  bool atschk = false;
  bool recinvsid = false;
  bool rec_cfg_ats = false;  ///< CR2.REC_CFG_ATS
};

/// How an access to memory by the SMMU ended.
enum class Fetch : std::uint8_t { kDone, kAborted };

/// What TLB or walk say of the address.
enum class Walk : std::uint8_t {
  kTranslated,
  kTranslationFault,
  kAddressSizeFault,
  kAccessFault,
  kPermissionFault,
  kExternalAbort,
};

/// What the SMMU looks at, each part only if the ones before it do not decide.
struct Found {
  Fetch ste_fetch = Fetch::kDone;
  Ste ste;
  bool l1cd_valid = true;
  Walk cd_walk = Walk::kTranslated;  ///< stage 2's of the descriptor's address, of nested streams
  Fetch cd_fetch = Fetch::kDone;
  Cd cd;
  Walk walk = Walk::kTranslated;
  bool faults_at_stage2 = false;              ///< of nested streams: stage 1 had translated,
  FaultClass stage2_class = FaultClass::kIn;  ///< or its tables were not to be read
};

/// Which parts the decision needs.
enum class Needs : std::uint8_t { kNothing, kSte, kCd, kWalk };

/// Whether stage 1 translates a transaction through a context descriptor, and through which.
/// Spec: 3.9, 5.2 (S1CDMax, S1DSS).
struct Substream {
  bool skips_stage1 = false;
  std::int32_t ssid = 0;
  Outcome refused;  ///< counts if `is_refused`
  bool is_refused = false;
};
[[nodiscard]] Substream substream_of(const Transaction& transaction, const Found& found);

/// How far the SMMU has to look to decide.
[[nodiscard]] Needs needs_of(const Transaction& transaction, const Situation& situation, const Found& found,
                             const Support& support);
[[nodiscard]] Outcome decide(const Transaction& transaction, const Situation& situation, const Found& found,
                             const Support& support);

}  // namespace quiesce::hwmodel::v3
