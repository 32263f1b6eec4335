// The register map of the legacy SMMU as tables that are checked when compiled: the fields of every register
// tile it, reserved bits included. // Spec: IHI 0062D.c, chapters 9, 10, 16, 17; offsets and fields as in
// Linux v6.18 arm-smmu.h, and of MMU-500 in HPS SMMU_SCR0, SMMU_NSGFSR, SMMU_NSGFSRRESTORE, SMMU_SGFSYNR0,
// SMMU_SGFSYNR1, SMMU_CBn_SCTLR, SMMU_CBn_FSR. With ID0.EXIDS = 0, so that sCR0.EXIDENABLE and
// S2CR.EXIDVALID are reserved (Linux v6.18 arm-smmu.c ARM_SMMU_FEAT_EXIDS).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "hwmodel/register_fields.hpp"

namespace quiesce::hwmodel::v2 {

using hwmodel::extract;
using hwmodel::Field;
using hwmodel::field_names;
using hwmodel::find_field;
using hwmodel::is_modelled;
using hwmodel::Modelled;

/// What a register exists for: once, or once for each group or bank, by whose number it is then addressed.
enum class Per : std::uint8_t { kSmmu, kMappingGroup, kContextBank };

/// Where its offset counts from. Linux v6.18 arm-smmu.h ARM_SMMU_GR0, ARM_SMMU_GR1, ARM_SMMU_CB().
enum class Page : std::uint8_t { kGr0, kGr1, kCb };

enum class Access : std::uint8_t { kReadWrite, kReadOnly, kWriteOnly };

/// The registers, page by page in the order of their offsets.
enum class Reg : std::uint8_t {
  kCr0,
  kAcr,
  kId0,
  kId1,
  kId2,
  kId7,
  kGfsr,
  kGfsrRestore,
  kGfsynr0,
  kGfsynr1,
  kGfsynr2,
  kTlbivmid,
  kTlbiallnsnh,
  kTlbiallh,
  kTlbgsync,
  kTlbgstatus,
  kSmr,
  kS2cr,
  kCbar,
  kCbfrsynra,
  kCba2r,
  kSctlr,
  kActlr,
  kResume,
  kTcr2,
  kTtbr0,
  kTtbr1,
  kTcr,
  kFsr,
  kFar,
  kFsynr0,
  kTlbiva,
  kTlbiasid,
  kTlbival,
  kTlbiipas2,
  kTlbiipas2l,
  kTlbsync,
  kTlbstatus,
};

struct Register {
  Reg reg;
  std::string_view name;
  Page page;
  std::uint32_t offset = 0;  ///< of the first one
  Per per = Per::kSmmu;
  Access access = Access::kReadWrite;
  Modelled modelled = Modelled::kNo;
  std::span<const Field> fields;
  std::uint8_t bits = 32;
};

namespace tables {

inline constexpr std::array kCr0{
    Field{"VMID16EN", 31, 31},   Field{"", 30, 30},       Field{"NSCFG", 29, 28},   Field{"WACFG", 27, 26},
    Field{"RACFG", 25, 24},      Field{"SHCFG", 23, 22},  Field{"SMCFCFG", 21, 21}, Field{"MTCFG", 20, 20},
    Field{"MEMATTR", 19, 16},    Field{"BSU", 15, 14},    Field{"FB", 13, 13},      Field{"PTM", 12, 12},
    Field{"VMIDPNE", 11, 11},    Field{"USFCFG", 10, 10}, Field{"GSE", 9, 9},       Field{"STALLD", 8, 8},
    Field{"TRANSIENTCFG", 7, 6}, Field{"GCFGFIE", 5, 5},  Field{"GCFGFRE", 4, 4},   Field{"", 3, 3},
    Field{"GFIE", 2, 2},         Field{"GFRE", 1, 1},     Field{"CLIENTPD", 0, 0}};
inline constexpr std::array kGfsr{Field{"MULTI", 31, 31}, Field{"", 30, 9},    Field{"UUT", 8, 8},
                                  Field{"PF", 7, 7},      Field{"EF", 6, 6},   Field{"CAF", 5, 5},
                                  Field{"UCIF", 4, 4},    Field{"UCBF", 3, 3}, Field{"SMCF", 2, 2},
                                  Field{"USF", 1, 1},     Field{"ICF", 0, 0}};
inline constexpr std::array kGfsynr0{Field{"", 31, 7},       Field{"ATS", 6, 6},   Field{"NSATTR", 5, 5},
                                     Field{"NSSTATE", 4, 4}, Field{"IND", 3, 3},   Field{"PNU", 2, 2},
                                     Field{"WNR", 1, 1},     Field{"NESTED", 0, 0}};
inline constexpr std::array kGfsynr1{Field{"", 31, 31}, Field{"SSD_INDEX", 30, 16}, Field{"STREAMID", 15, 0}};
inline constexpr std::array kTlbivmid{Field{"", 31, 16}, Field{"VMID", 15, 0}};
inline constexpr std::array kAnyValue{Field{"", 31, 0}};
inline constexpr std::array kTlbgstatus{Field{"", 31, 1}, Field{"GSACTIVE", 0, 0}};
inline constexpr std::array kTlbstatus{Field{"", 31, 1}, Field{"SACTIVE", 0, 0}};
inline constexpr std::array kSmr{Field{"VALID", 31, 31}, Field{"MASK", 30, 16}, Field{"", 15, 15},
                                 Field{"ID", 14, 0}};
inline constexpr std::array kS2cr{Field{"", 31, 26},     Field{"PRIVCFG", 25, 24}, Field{"", 23, 18},
                                  Field{"TYPE", 17, 16}, Field{"", 15, 8},         Field{"CBNDX", 7, 0}};
inline constexpr std::array kCbar{Field{"IRPTNDX", 31, 24}, Field{"", 23, 18}, Field{"TYPE", 17, 16},
                                  Field{"MEMATTR", 15, 12}, Field{"", 11, 10}, Field{"BPSHCFG", 9, 8},
                                  Field{"VMID", 7, 0}};
inline constexpr std::array kCba2r{Field{"VMID16", 31, 16}, Field{"", 15, 2}, Field{"MONC", 1, 1},
                                   Field{"VA64", 0, 0}};
inline constexpr std::array kSctlr{
    Field{"", 31, 30},      Field{"NSCFG", 29, 28},   Field{"WACFG", 27, 26},
    Field{"RACFG", 25, 24}, Field{"SHCFG", 23, 22},   Field{"FB", 21, 21},
    Field{"MTCFG", 20, 20}, Field{"MEMATTR", 19, 16}, Field{"TRANSIENTCFG", 15, 14},
    Field{"PTW", 13, 13},   Field{"ASIDPNE", 12, 12}, Field{"", 11, 11},
    Field{"UWXN", 10, 10},  Field{"WXN", 9, 9},       Field{"HUPCF", 8, 8},
    Field{"CFCFG", 7, 7},   Field{"CFIE", 6, 6},      Field{"CFRE", 5, 5},
    Field{"E", 4, 4},       Field{"AFFD", 3, 3},      Field{"AFE", 2, 2},
    Field{"TRE", 1, 1},     Field{"M", 0, 0}};
inline constexpr std::array kResume{Field{"", 31, 1}, Field{"TNR", 0, 0}};
inline constexpr std::array kTtbr{Field{"ASID", 63, 48}, Field{"ADDRESS", 47, 0}};
inline constexpr std::array kTcr{Field{"EAE", 31, 31}, Field{"", 30, 24},      Field{"EPD1", 23, 23},
                                 Field{"A1", 22, 22},  Field{"", 21, 16},      Field{"TG0", 15, 14},
                                 Field{"SH0", 13, 12}, Field{"ORGN0", 11, 10}, Field{"IRGN0", 9, 8},
                                 Field{"EPD0", 7, 7},  Field{"", 6, 6},        Field{"T0SZ", 5, 0}};
inline constexpr std::array kFsr{Field{"MULTI", 31, 31}, Field{"SS", 30, 30},   Field{"", 29, 11},
                                 Field{"FORMAT", 10, 9}, Field{"UUT", 8, 8},    Field{"ASF", 7, 7},
                                 Field{"TLBLKF", 6, 6},  Field{"TLBMCF", 5, 5}, Field{"EF", 4, 4},
                                 Field{"PF", 3, 3},      Field{"AFF", 2, 2},    Field{"TF", 1, 1},
                                 Field{"", 0, 0}};
inline constexpr std::array kFar{Field{"FADDR", 63, 0}};
inline constexpr std::array kFsynr0{Field{"", 31, 24},     Field{"S1CBNDX", 23, 16}, Field{"", 15, 12},
                                    Field{"AFR", 11, 11},  Field{"PTWF", 10, 10},    Field{"", 9, 9},
                                    Field{"NSATTR", 8, 8}, Field{"", 7, 7},          Field{"IND", 6, 6},
                                    Field{"PNU", 5, 5},    Field{"WNR", 4, 4},       Field{"", 3, 2},
                                    Field{"PLVL", 1, 0}};
inline constexpr std::array kTlbiva{Field{"ASID", 63, 48}, Field{"", 47, 44}, Field{"ADDRESS", 43, 0}};
inline constexpr std::array kTlbiipas2{Field{"", 63, 36}, Field{"ADDRESS", 35, 0}};
inline constexpr std::array kTlbiasid{Field{"", 31, 16}, Field{"ASID", 15, 0}};

inline constexpr std::array kRegisters{
    Register{Reg::kCr0, "sCR0", Page::kGr0, 0x0, Per::kSmmu, Access::kReadWrite, Modelled::kYes, kCr0},
    Register{Reg::kAcr, "sACR", Page::kGr0, 0x10, Per::kSmmu, Access::kReadWrite, Modelled::kNo, kAnyValue},
    Register{Reg::kId0, "ID0", Page::kGr0, 0x20, Per::kSmmu, Access::kReadOnly, Modelled::kNo, kAnyValue},
    Register{Reg::kId1, "ID1", Page::kGr0, 0x24, Per::kSmmu, Access::kReadOnly, Modelled::kNo, kAnyValue},
    Register{Reg::kId2, "ID2", Page::kGr0, 0x28, Per::kSmmu, Access::kReadOnly, Modelled::kNo, kAnyValue},
    Register{Reg::kId7, "ID7", Page::kGr0, 0x3c, Per::kSmmu, Access::kReadOnly, Modelled::kNo, kAnyValue},
    Register{Reg::kGfsr, "sGFSR", Page::kGr0, 0x48, Per::kSmmu, Access::kReadWrite, Modelled::kYes, kGfsr},
    Register{Reg::kGfsrRestore, "sGFSRRESTORE", Page::kGr0, 0x4c, Per::kSmmu, Access::kWriteOnly,
             Modelled::kYes, kGfsr},
    Register{Reg::kGfsynr0, "sGFSYNR0", Page::kGr0, 0x50, Per::kSmmu, Access::kReadWrite, Modelled::kYes,
             kGfsynr0},
    Register{Reg::kGfsynr1, "sGFSYNR1", Page::kGr0, 0x54, Per::kSmmu, Access::kReadWrite, Modelled::kYes,
             kGfsynr1},
    Register{Reg::kGfsynr2, "sGFSYNR2", Page::kGr0, 0x58, Per::kSmmu, Access::kReadWrite, Modelled::kNo,
             kAnyValue},
    Register{Reg::kTlbivmid, "TLBIVMID", Page::kGr0, 0x64, Per::kSmmu, Access::kWriteOnly, Modelled::kYes,
             kTlbivmid},
    Register{Reg::kTlbiallnsnh, "TLBIALLNSNH", Page::kGr0, 0x68, Per::kSmmu, Access::kWriteOnly,
             Modelled::kYes, kAnyValue},
    Register{Reg::kTlbiallh, "TLBIALLH", Page::kGr0, 0x6c, Per::kSmmu, Access::kWriteOnly, Modelled::kYes,
             kAnyValue},
    Register{Reg::kTlbgsync, "sTLBGSYNC", Page::kGr0, 0x70, Per::kSmmu, Access::kWriteOnly, Modelled::kYes,
             kAnyValue},
    Register{Reg::kTlbgstatus, "sTLBGSTATUS", Page::kGr0, 0x74, Per::kSmmu, Access::kReadOnly, Modelled::kYes,
             kTlbgstatus},
    Register{Reg::kSmr, "SMR", Page::kGr0, 0x800, Per::kMappingGroup, Access::kReadWrite, Modelled::kYes,
             kSmr},
    Register{Reg::kS2cr, "S2CR", Page::kGr0, 0xc00, Per::kMappingGroup, Access::kReadWrite, Modelled::kYes,
             kS2cr},
    Register{Reg::kCbar, "CBAR", Page::kGr1, 0x0, Per::kContextBank, Access::kReadWrite, Modelled::kYes,
             kCbar},
    Register{Reg::kCbfrsynra, "CBFRSYNRA", Page::kGr1, 0x400, Per::kContextBank, Access::kReadWrite,
             Modelled::kYes, kGfsynr1},
    Register{Reg::kCba2r, "CBA2R", Page::kGr1, 0x800, Per::kContextBank, Access::kReadWrite, Modelled::kNo,
             kCba2r},
    Register{Reg::kSctlr, "SCTLR", Page::kCb, 0x0, Per::kContextBank, Access::kReadWrite, Modelled::kYes,
             kSctlr},
    Register{Reg::kActlr, "ACTLR", Page::kCb, 0x4, Per::kContextBank, Access::kReadWrite, Modelled::kNo,
             kAnyValue},
    Register{Reg::kResume, "RESUME", Page::kCb, 0x8, Per::kContextBank, Access::kWriteOnly, Modelled::kYes,
             kResume},
    Register{Reg::kTcr2, "TCR2", Page::kCb, 0x10, Per::kContextBank, Access::kReadWrite, Modelled::kNo,
             kAnyValue},
    Register{Reg::kTtbr0, "TTBR0", Page::kCb, 0x20, Per::kContextBank, Access::kReadWrite, Modelled::kYes,
             kTtbr, 64},
    Register{Reg::kTtbr1, "TTBR1", Page::kCb, 0x28, Per::kContextBank, Access::kReadWrite, Modelled::kNo,
             kTtbr, 64},
    Register{Reg::kTcr, "TCR", Page::kCb, 0x30, Per::kContextBank, Access::kReadWrite, Modelled::kYes, kTcr},
    Register{Reg::kFsr, "FSR", Page::kCb, 0x58, Per::kContextBank, Access::kReadWrite, Modelled::kYes, kFsr},
    Register{Reg::kFar, "FAR", Page::kCb, 0x60, Per::kContextBank, Access::kReadWrite, Modelled::kYes, kFar,
             64},
    Register{Reg::kFsynr0, "FSYNR0", Page::kCb, 0x68, Per::kContextBank, Access::kReadWrite, Modelled::kYes,
             kFsynr0},
    Register{Reg::kTlbiva, "TLBIVA", Page::kCb, 0x600, Per::kContextBank, Access::kWriteOnly, Modelled::kYes,
             kTlbiva, 64},
    Register{Reg::kTlbiasid, "TLBIASID", Page::kCb, 0x610, Per::kContextBank, Access::kWriteOnly,
             Modelled::kYes, kTlbiasid},
    Register{Reg::kTlbival, "TLBIVAL", Page::kCb, 0x620, Per::kContextBank, Access::kWriteOnly,
             Modelled::kYes, kTlbiva, 64},
    Register{Reg::kTlbiipas2, "TLBIIPAS2", Page::kCb, 0x630, Per::kContextBank, Access::kWriteOnly,
             Modelled::kYes, kTlbiipas2, 64},
    Register{Reg::kTlbiipas2l, "TLBIIPAS2L", Page::kCb, 0x638, Per::kContextBank, Access::kWriteOnly,
             Modelled::kYes, kTlbiipas2, 64},
    Register{Reg::kTlbsync, "TLBSYNC", Page::kCb, 0x7f0, Per::kContextBank, Access::kWriteOnly,
             Modelled::kYes, kAnyValue},
    Register{Reg::kTlbstatus, "TLBSTATUS", Page::kCb, 0x7f4, Per::kContextBank, Access::kReadOnly,
             Modelled::kYes, kTlbstatus},
};

consteval bool all_well_formed() {
  for (std::size_t i = 0; i < kRegisters.size(); ++i) {
    if (!tiles(kRegisters[i]) || kRegisters[i].reg != static_cast<Reg>(i)) return false;
    for (std::size_t j = i + 1; j < kRegisters.size(); ++j) {
      const bool same_place =
          kRegisters[i].page == kRegisters[j].page && kRegisters[i].offset == kRegisters[j].offset;
      if (same_place || kRegisters[i].name == kRegisters[j].name) return false;
    }
  }
  return true;
}
static_assert(all_well_formed(), "a register's fields overlap or leave a gap, or a register stands twice");

}  // namespace tables

[[nodiscard]] constexpr const Register* find_register(std::string_view name) {
  for (const Register& reg : tables::kRegisters) {
    if (reg.name == name) return &reg;
  }
  return nullptr;
}

[[nodiscard]] constexpr std::size_t register_index(const Register& reg) {
  return static_cast<std::size_t>(&reg - tables::kRegisters.data());
}
[[nodiscard]] constexpr const Register& register_at(std::size_t index) { return tables::kRegisters[index]; }
[[nodiscard]] constexpr const Register& register_of(Reg reg) {
  return tables::kRegisters[static_cast<std::size_t>(reg)];
}

}  // namespace quiesce::hwmodel::v2
