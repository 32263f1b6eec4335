// Bits of the legacy SMMU's registers that decide anything. Spec: registers.hpp, where they tile their
// registers.
#pragma once

#include <cstddef>
#include <cstdint>

namespace quiesce::hwmodel::v2 {

namespace cr0 {
inline constexpr std::int32_t kClientpd = 1 << 0;
inline constexpr std::int32_t kGfre = 1 << 1;
inline constexpr std::int32_t kGfie = 1 << 2;
inline constexpr std::int32_t kGcfgfre = 1 << 4;
inline constexpr std::int32_t kGcfgfie = 1 << 5;
inline constexpr std::int32_t kStalld = 1 << 8;
inline constexpr std::int32_t kGse = 1 << 9;
inline constexpr std::int32_t kUsfcfg = 1 << 10;
inline constexpr std::int32_t kVmidpne = 1 << 11;
inline constexpr std::int32_t kPtm = 1 << 12;
inline constexpr std::int32_t kFb = 1 << 13;
inline constexpr std::int32_t kBsu = 3 << 14;
inline constexpr std::int32_t kSmcfcfg = 1 << 21;
/// EXIDENABLE, which is RES0 with ID0.EXIDS = 0.
inline constexpr std::int32_t kReserved = 1 << 3;
/// Spec: HPS SMMU_SCR0 (683567): what is read-only in MMU-500.
inline constexpr std::int32_t kFixedInMmu500 = kGcfgfre | kGcfgfie | kStalld | kGse | kSmcfcfg;
/// Spec: HPS SMMU_SCR0, SMMU_NSCR0 (683222): SMCFCFG and CLIENTPD.
inline constexpr std::int32_t kReset = kSmcfcfg | kClientpd;
}  // namespace cr0

inline constexpr std::int32_t kMulti = INT32_MIN;  ///< of sGFSR and FSR

namespace gfsr {
inline constexpr std::int32_t kIcf = 1 << 0;
inline constexpr std::int32_t kUsf = 1 << 1;
inline constexpr std::int32_t kSmcf = 1 << 2;
inline constexpr std::int32_t kUcbf = 1 << 3;
inline constexpr std::int32_t kUcif = 1 << 4;
inline constexpr std::int32_t kCaf = 1 << 5;
inline constexpr std::int32_t kMask = kMulti | 0x1ff;
inline constexpr std::int32_t kWnr = 1 << 1;  ///< of sGFSYNR0
}  // namespace gfsr

namespace fsr {
inline constexpr std::int32_t kTf = 1 << 1;
inline constexpr std::int32_t kPf = 1 << 3;
inline constexpr std::int32_t kUut = 1 << 8;
inline constexpr std::int32_t kSs = 1 << 30;
/// All but SS and FORMAT: what writing 1 clears. Spec: 3.6.3.
inline constexpr std::int32_t kFaults = kMulti | 0x1fe;
inline constexpr std::int32_t kWnr = 1 << 4;  ///< of FSYNR0
}  // namespace fsr

namespace sctlr {
inline constexpr std::int32_t kM = 1 << 0;
inline constexpr std::int32_t kCfre = 1 << 5;
inline constexpr std::int32_t kCfie = 1 << 6;
inline constexpr std::int32_t kCfcfg = 1 << 7;
inline constexpr std::int32_t kHupcf = 1 << 8;
/// Spec: UG1087 SMMU_CBn_SCTLR: reset value.
inline constexpr std::int32_t kReset = kHupcf;
}  // namespace sctlr

inline constexpr std::int32_t kEpd0 = 1 << 7;  ///< of TCR
inline constexpr std::int32_t kTerminate = 1;  ///< of RESUME
inline constexpr std::int32_t kActive = 1;     ///< of sTLBGSTATUS and TLBSTATUS

namespace smr {
inline constexpr std::int32_t kValid = INT32_MIN;
}  // namespace smr

/// S2CR.TYPE. Spec: Linux v6.18 arm-smmu.h enum arm_smmu_s2cr_type.
namespace s2cr {
inline constexpr std::int32_t kTranslate = 0;
inline constexpr std::int32_t kBypass = 1;
inline constexpr std::int32_t kFault = 2;
/// Spec: UG1087 SMMU_S2CRn: reset value.
inline constexpr std::int32_t kReset = kFault << 16;
[[nodiscard]] constexpr std::int32_t type_of(std::int32_t value) { return (value >> 16) & 3; }
[[nodiscard]] constexpr std::size_t bank_of(std::int32_t value) {
  return static_cast<std::size_t>(value & 0xff);
}
[[nodiscard]] constexpr std::int32_t translate_to(std::size_t bank) {
  return static_cast<std::int32_t>(bank);
}
}  // namespace s2cr

/// CBAR.TYPE. Spec: Linux v6.18 arm-smmu.h enum arm_smmu_cbar_type.
namespace cbar {
inline constexpr std::int32_t kStage2 = 0;
inline constexpr std::int32_t kStage1 = 1;
inline constexpr std::int32_t kStage2Fault = 2;
inline constexpr std::int32_t kNested = 3;
[[nodiscard]] constexpr std::int32_t type_of(std::int32_t value) { return (value >> 16) & 3; }
}  // namespace cbar

/// ASID and VMID of a context bank. Linux v6.18 arm-smmu.c arm_smmu_init_domain_context().
// Abstraction: every bank has these, whatever TTBR0 and CBAR say; drops banks that share a tag (Spec: 2.5).
[[nodiscard]] constexpr std::int32_t asid_of(std::size_t bank) { return static_cast<std::int32_t>(bank); }
[[nodiscard]] constexpr std::int32_t vmid_of(std::size_t bank) { return static_cast<std::int32_t>(bank) + 1; }

/// What is written to TLBIVA and TLBIVAL: addresses are numbers of pages, and the ASID stands above them.
/// Linux v6.18 arm-smmu.c arm_smmu_tlb_inv_range_s1().
[[nodiscard]] constexpr std::int32_t tlbi_va(std::int32_t page, std::int32_t asid) {
  return asid << 16 | page;
}

}  // namespace quiesce::hwmodel::v2
