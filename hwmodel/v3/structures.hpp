// What an SMMUv3 finds in memory about a stream: the descriptor that leads to its stream table entry, the
// entry and a context descriptor, decoded. Spec: IHI 0070G.b, 5.1, 5.2, 5.4, 5.5.
#pragma once

#include <cstdint>

namespace quiesce::hwmodel::v3 {

/// STE.Config. Spec: 5.2. 0b0xx is one: abort without an event.
inline constexpr std::int32_t kSteAbort = 0;
inline constexpr std::int32_t kSteBypass = 4;
inline constexpr std::int32_t kSteS1 = 5;
inline constexpr std::int32_t kSteS2 = 6;
inline constexpr std::int32_t kSteNested = 7;

/// STE.S1DSS: what a transaction without a SubstreamID meets where the stream has substreams. Spec: 5.2.
inline constexpr std::int32_t kS1dssTerminate = 0;
inline constexpr std::int32_t kS1dssBypass = 1;
inline constexpr std::int32_t kS1dssSsid0 = 2;

/// STE.EATS. Spec: 5.2.
inline constexpr std::int32_t kEatsNone = 0;
inline constexpr std::int32_t kEatsFull = 1;
inline constexpr std::int32_t kEatsSplit = 2;

/// What IDR0 says of stalls. Spec: 6.3.1 STALL_MODEL.
enum class StallModel : std::uint8_t { kStallAndTerminate = 0, kTerminateOnly = 1, kStallForced = 2 };

/// STRTAB_BASE_CFG.FMT. Spec: 6.3.25.
enum class StreamTableFormat : std::uint8_t { kLinear = 0, kTwoLevel = 1 };

/// Spec: 5.1, 5.1.1. Whether a first-level descriptor with this Span leads to the entry of a StreamID whose
/// low `split` bits are these: 0 and what is reserved or beyond the split lead to none.
[[nodiscard]] constexpr bool reaches(std::int32_t span, unsigned split, std::uint32_t low_bits) {
  constexpr std::int32_t kSpanMax = 11;
  if (span <= 0 || span > kSpanMax || span > static_cast<std::int32_t>(split) + 1) return false;
  return low_bits < (std::uint32_t{1} << (span - 1));
}

struct Ste {
  bool v = false;
  std::int32_t config = kSteAbort;
  std::int32_t s1cdmax = 0;  ///< log2 of the number of context descriptors
  std::int32_t s1dss = kS1dssTerminate;
  std::int32_t eats = kEatsNone;
  std::int32_t s2ttb = 0;  ///< number of the stage 2 translation table; 0: none
  bool s2s = false;        ///< stage 2 faults stall
  bool s2r = false;        ///< stage 2 faults are recorded
  bool s1stalld = false;   ///< a context descriptor that stalls is ILLEGAL

  [[nodiscard]] constexpr bool aborts() const { return config < kSteBypass; }
  [[nodiscard]] constexpr bool translates_stage1() const { return config == kSteS1 || config == kSteNested; }
  [[nodiscard]] constexpr bool translates_stage2() const { return config == kSteS2 || config == kSteNested; }
};

struct Cd {
  bool v = false;
  bool epd0 = false;      ///< no walks through TTB0
  std::int32_t asid = 0;  ///< number of the table whose tag it is; 0: that of none
  std::int32_t ttb0 = 0;  ///< number of the stage 1 translation table; 0: none
  bool a = false;         ///< faults abort, else they read as zero and ignore writes
  bool r = false;         ///< faults are recorded
  bool s = false;         ///< faults stall
};

/// What an implementation supports, as far as it makes a structure ILLEGAL.
struct Support {
  bool stage1 = true;
  bool stage2 = true;
  StallModel stalls = StallModel::kStallAndTerminate;
  bool terminates_by_abort_only = false;  ///< IDR0.TERM_MODEL
};

/// Spec: 5.2.2. A valid entry that the implementation cannot obey.
[[nodiscard]] constexpr bool is_illegal(const Ste& ste, const Support& support) {
  if (ste.aborts() || ste.config == kSteBypass) return false;
  if (ste.translates_stage1() && !support.stage1) return true;
  if (!ste.translates_stage2()) return false;
  const bool never = support.stalls == StallModel::kTerminateOnly && ste.s2s;
  const bool always = support.stalls == StallModel::kStallForced && !ste.s2s;
  return !support.stage2 || never || always;
}

/// Spec: 5.4.2, 5.5, 6.3.1 (STALL_MODEL, TERM_MODEL).
[[nodiscard]] constexpr bool is_illegal(const Cd& cd, const Ste& ste, const Support& support) {
  if (cd.s && (support.stalls == StallModel::kTerminateOnly || ste.s1stalld)) return true;
  if (!cd.s && support.stalls == StallModel::kStallForced) return true;
  return !cd.a && support.terminates_by_abort_only;
}

}  // namespace quiesce::hwmodel::v3
