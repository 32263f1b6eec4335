// What becomes of a transaction that arrives at a legacy SMMU: the decision table, as a function of registers
// and of the outcome of the walk. Spec: IHI 0062D.c, 2.1.1, 2.4, 3.7.3, 3.8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "hwmodel/v2/assumptions.hpp"
#include "hwmodel/v2/config.hpp"
#include "hwmodel/v2/fields.hpp"

namespace quiesce::hwmodel::v2 {

/// What the client is answered.
enum class Answer : std::uint8_t {
  kBypass,     ///< goes through as it is, with the address as the physical one
  kTranslate,  ///< goes to the address that TLB or walk gave
  kAbort,
  kRazWi,  ///< succeeds: reads zero, ignores the write
  kStall,  ///< waits for RESUME
  kWait,   ///< is not decided yet
};

/// Why an access goes through as it is.
enum class Bypass : std::uint8_t {
  kNone,
  kClientpd,   ///< sCR0.CLIENTPD
  kUnmatched,  ///< no stream mapping group, sCR0.USFCFG = 0
  kConflict,   ///< several, sCR0.SMCFCFG = 0
  kS2cr,       ///< S2CR.TYPE
  kBankOff,    ///< SCTLR.M = 0
};
inline constexpr std::size_t kBypasses = 6;
/// "sCR0.CLIENTPD": what lets it; nothing for kNone.
[[nodiscard]] std::string_view reason_of(Bypass by);

struct Outcome {
  Answer answer = Answer::kAbort;
  Bypass by = Bypass::kNone;
  std::int32_t global_fault = 0;   ///< bit of sGFSR
  std::int32_t context_fault = 0;  ///< bit of FSR
  std::uint32_t assumptions = 0;   ///< a bit for each that it rests on

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

/// Which stream mapping groups match a StreamID.
enum class Matches : std::uint8_t { kNone, kOne, kSeveral };

/// What TLB or walk say of the address.
// Abstraction: every entry can be read and written and has its access flag set, and memory answers walks, so
// that a walk fails for want of an entry alone. Linux v6.18 io-pgtable-arm.c arm_lpae_prot_to_pte() sets the
// flag; drops mappings that are only read or only written.
enum class Walk : std::uint8_t { kTranslated, kTranslationFault };

/// What registers say of every transaction.
struct Situation {
  std::int32_t cr0 = 0;
  bool off = false;     ///< no clock, or no power
  bool stalls = false;  ///< a bank has a stalled transaction
};

/// What the SMMU looks at, each part only if the ones before it do not decide.
struct Found {
  Matches matches = Matches::kOne;
  std::int32_t s2cr = 0;    ///< of the group that matches
  bool bank_exists = true;  ///< S2CR.CBNDX is within the context banks
  std::int32_t cbar = cbar::kStage1 << 16;
  std::int32_t sctlr = 0;
  std::int32_t fsr = 0;
  Walk walk = Walk::kTranslated;
};

/// Whether a stream mapping group matches. Spec: 2.3.2, 9.6 SMMU_SMRn.
// Abstraction: StreamIDs have 15 bits (ID0.EXIDS = 0), so that the group is valid by SMR.VALID; drops
// extended StreamIDs, with which S2CR.EXIDVALID says so (Linux v6.18 arm-smmu.c ARM_SMMU_FEAT_EXIDS).
[[nodiscard]] bool group_matches(std::int32_t smr, std::uint16_t sid);

/// Decides as far as no walk is needed; Walk only if `walks`.
struct Route {
  bool walks = false;
  Outcome outcome;
};
[[nodiscard]] Route route_of(const Situation& situation, const Found& found, const Config& config);
[[nodiscard]] Outcome decide(const Situation& situation, const Found& found, const Config& config);

/// sCR0 enables the interrupt of what sGFSR says.
[[nodiscard]] bool interrupts(std::int32_t cr0, std::int32_t gfsr);

}  // namespace quiesce::hwmodel::v2
