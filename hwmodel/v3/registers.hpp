// The SMMUv3 register map as tables that are checked when compiled: the fields of every register tile
// it, reserved bits included.
// Spec: IHI 0070G.b, 6.1 to 6.3 (section numbers at each register).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "hwmodel/register_fields.hpp"

namespace quiesce::hwmodel::v3 {

using hwmodel::extract;
using hwmodel::Field;
using hwmodel::field_names;
using hwmodel::find_field;
using hwmodel::is_modelled;
using hwmodel::Modelled;

/// The registers, in the order of their offsets.
enum class Reg : std::uint8_t {
  kIdr0,
  kIdr1,
  kIdr3,
  kIdr5,
  kIidr,
  kAidr,
  kCr0,
  kCr0Ack,
  kCr1,
  kCr2,
  kStatusr,
  kGbpa,
  kIrqCtrl,
  kIrqCtrlAck,
  kGerror,
  kGerrorN,
  kGerrorIrqCfg0,
  kGerrorIrqCfg1,
  kGerrorIrqCfg2,
  kStrtabBase,
  kStrtabBaseCfg,
  kCmdqBase,
  kCmdqProd,
  kCmdqCons,
  kEventqBase,
  kEventqIrqCfg0,
  kEventqIrqCfg1,
  kEventqIrqCfg2,
  kPriqBase,
  kPriqIrqCfg0,
  kPriqIrqCfg1,
  kPriqIrqCfg2,
  kEventqProd,
  kEventqCons,
  kPriqProd,
  kPriqCons,
};

struct Register {
  Reg reg;
  std::string_view name;
  std::uint32_t offset = 0;
  std::uint8_t bits = 32;
  bool writable = true;
  Modelled modelled = Modelled::kNo;
  std::span<const Field> fields;
};

namespace tables {

inline constexpr std::array kCr0{
    Field{"", 31, 11},     Field{"DPT_WALK_EN", 10, 10}, Field{"", 9, 9},       Field{"VMW", 8, 6},
    Field{"", 5, 5},       Field{"ATSCHK", 4, 4},        Field{"CMDQEN", 3, 3}, Field{"EVENTQEN", 2, 2},
    Field{"PRIQEN", 1, 1}, Field{"SMMUEN", 0, 0}};
inline constexpr std::array kCr1{Field{"", 31, 12},       Field{"TABLE_SH", 11, 10}, Field{"TABLE_OC", 9, 8},
                                 Field{"TABLE_IC", 7, 6}, Field{"QUEUE_SH", 5, 4},   Field{"QUEUE_OC", 3, 2},
                                 Field{"QUEUE_IC", 1, 0}};
inline constexpr std::array kCr2{Field{"", 31, 4}, Field{"REC_CFG_ATS", 3, 3}, Field{"PTM", 2, 2},
                                 Field{"RECINVSID", 1, 1}, Field{"E2H", 0, 0}};
inline constexpr std::array kGbpa{Field{"UPDATE", 31, 31},  Field{"", 30, 21},        Field{"ABORT", 20, 20},
                                  Field{"INSTCFG", 19, 18}, Field{"PRIVCFG", 17, 16}, Field{"", 15, 14},
                                  Field{"SHCFG", 13, 12},   Field{"ALLOCCFG", 11, 8}, Field{"", 7, 5},
                                  Field{"MTCFG", 4, 4},     Field{"MEMATTR", 3, 0}};
inline constexpr std::array kIrqCtrl{Field{"", 31, 3}, Field{"EVENTQ_IRQEN", 2, 2}, Field{"PRIQ_IRQEN", 1, 1},
                                     Field{"GERROR_IRQEN", 0, 0}};
inline constexpr std::array kGerror{Field{"", 31, 11},
                                    Field{"DPT_ERR", 10, 10},
                                    Field{"CMDQP_ERR", 9, 9},
                                    Field{"SFM_ERR", 8, 8},
                                    Field{"MSI_GERROR_ABT_ERR", 7, 7},
                                    Field{"MSI_PRIQ_ABT_ERR", 6, 6},
                                    Field{"MSI_EVENTQ_ABT_ERR", 5, 5},
                                    Field{"MSI_CMDQ_ABT_ERR", 4, 4},
                                    Field{"PRIQ_ABT_ERR", 3, 3},
                                    Field{"EVENTQ_ABT_ERR", 2, 2},
                                    Field{"", 1, 1},
                                    Field{"CMDQ_ERR", 0, 0}};
inline constexpr std::array kProd{Field{"", 31, 20}, Field{"WR", 19, 0}};
inline constexpr std::array kCons{Field{"", 31, 31}, Field{"ERR", 30, 24}, Field{"", 23, 20},
                                  Field{"RD", 19, 0}};
inline constexpr std::array kEventProd{Field{"OVFLG", 31, 31}, Field{"", 30, 20}, Field{"WR", 19, 0}};
inline constexpr std::array kEventCons{Field{"OVACKFLG", 31, 31}, Field{"", 30, 20}, Field{"RD", 19, 0}};
inline constexpr std::array kQueueBase{Field{"", 63, 63}, Field{"WA", 62, 62}, Field{"", 61, 52},
                                       Field{"ADDR", 51, 5}, Field{"LOG2SIZE", 4, 0}};
inline constexpr std::array kStrtabBase{Field{"", 63, 63}, Field{"RA", 62, 62}, Field{"", 61, 52},
                                        Field{"ADDR", 51, 6}, Field{"", 5, 0}};
inline constexpr std::array kStrtabBaseCfg{Field{"", 31, 18}, Field{"FMT", 17, 16}, Field{"", 15, 11},
                                           Field{"SPLIT", 10, 6}, Field{"LOG2SIZE", 5, 0}};

inline constexpr std::array kIdr0{Field{"", 31, 29},           Field{"ST_LEVEL", 28, 27},
                                  Field{"TERM_MODEL", 26, 26}, Field{"STALL_MODEL", 25, 24},
                                  Field{"ATSRECERR", 23, 23},  Field{"TTENDIAN", 22, 21},
                                  Field{"VATOS", 20, 20},      Field{"CD2L", 19, 19},
                                  Field{"VMID16", 18, 18},     Field{"VMW", 17, 17},
                                  Field{"PRI", 16, 16},        Field{"ATOS", 15, 15},
                                  Field{"SEV", 14, 14},        Field{"MSI", 13, 13},
                                  Field{"ASID16", 12, 12},     Field{"NS1ATS", 11, 11},
                                  Field{"ATS", 10, 10},        Field{"HYP", 9, 9},
                                  Field{"DORMHINT", 8, 8},     Field{"HTTU", 7, 6},
                                  Field{"BTM", 5, 5},          Field{"COHACC", 4, 4},
                                  Field{"TTF", 3, 2},          Field{"S1P", 1, 1},
                                  Field{"S2P", 0, 0}};
inline constexpr std::array kIdr1{
    Field{"ECMDQ", 31, 31},   Field{"TABLES_PRESET", 30, 30},  Field{"QUEUES_PRESET", 29, 29},
    Field{"REL", 28, 28},     Field{"ATTR_TYPES_OVR", 27, 27}, Field{"ATTR_PERMS_OVR", 26, 26},
    Field{"CMDQS", 25, 21},   Field{"EVENTQS", 20, 16},        Field{"PRIQS", 15, 11},
    Field{"SSIDSIZE", 10, 6}, Field{"SIDSIZE", 5, 0}};
inline constexpr std::array kIdr3{Field{"", 31, 13},  Field{"BBML", 12, 11}, Field{"RIL", 10, 10},
                                  Field{"", 9, 9},    Field{"FWB", 8, 8},    Field{"", 7, 6},
                                  Field{"PPS", 5, 5}, Field{"", 4, 0}};
inline constexpr std::array kIdr5{
    Field{"STALL_MAX", 31, 16}, Field{"", 15, 12},      Field{"VAX", 11, 10},  Field{"", 9, 7},
    Field{"GRAN64K", 6, 6},     Field{"GRAN16K", 5, 5}, Field{"GRAN4K", 4, 4}, Field{"", 3, 3},
    Field{"OAS", 2, 0}};
inline constexpr std::array kIidr{Field{"PRODUCTID", 31, 20}, Field{"VARIANT", 19, 16},
                                  Field{"REVISION", 15, 12}, Field{"IMPLEMENTER", 11, 0}};
inline constexpr std::array kAidr{Field{"", 31, 8}, Field{"MAJOR", 7, 4}, Field{"MINOR", 3, 0}};
inline constexpr std::array kStatusr{Field{"", 31, 1}, Field{"DORMANT", 0, 0}};
inline constexpr std::array kMsiAddress{Field{"", 63, 52}, Field{"ADDR", 51, 2}, Field{"", 1, 0}};
inline constexpr std::array kMsiData{Field{"DATA", 31, 0}};
inline constexpr std::array kMsiAttributes{Field{"", 31, 6}, Field{"SH", 5, 4}, Field{"MEMATTR", 3, 0}};
inline constexpr std::array kPriqMsiAttributes{Field{"LO", 31, 31}, Field{"", 30, 6}, Field{"SH", 5, 4},
                                               Field{"MEMATTR", 3, 0}};

/// Spec sections 6.3.1, .2, .4, .6, .7, .8, .9 to .12, .13, .14, .16, .18 to .23, .24 to .36, .95 to .98.
inline constexpr std::array kRegisters{
    Register{Reg::kIdr0, "IDR0", 0x0, 32, false, Modelled::kNo, kIdr0},
    Register{Reg::kIdr1, "IDR1", 0x4, 32, false, Modelled::kNo, kIdr1},
    Register{Reg::kIdr3, "IDR3", 0xc, 32, false, Modelled::kNo, kIdr3},
    Register{Reg::kIdr5, "IDR5", 0x14, 32, false, Modelled::kNo, kIdr5},
    Register{Reg::kIidr, "IIDR", 0x18, 32, false, Modelled::kNo, kIidr},
    Register{Reg::kAidr, "AIDR", 0x1c, 32, false, Modelled::kNo, kAidr},
    Register{Reg::kCr0, "CR0", 0x20, 32, true, Modelled::kYes, kCr0},
    Register{Reg::kCr0Ack, "CR0ACK", 0x24, 32, false, Modelled::kYes, kCr0},
    Register{Reg::kCr1, "CR1", 0x28, 32, true, Modelled::kYes, kCr1},
    Register{Reg::kCr2, "CR2", 0x2c, 32, true, Modelled::kYes, kCr2},
    Register{Reg::kStatusr, "STATUSR", 0x40, 32, false, Modelled::kNo, kStatusr},
    Register{Reg::kGbpa, "GBPA", 0x44, 32, true, Modelled::kYes, kGbpa},
    Register{Reg::kIrqCtrl, "IRQ_CTRL", 0x50, 32, true, Modelled::kYes, kIrqCtrl},
    Register{Reg::kIrqCtrlAck, "IRQ_CTRLACK", 0x54, 32, false, Modelled::kYes, kIrqCtrl},
    Register{Reg::kGerror, "GERROR", 0x60, 32, false, Modelled::kYes, kGerror},
    Register{Reg::kGerrorN, "GERRORN", 0x64, 32, true, Modelled::kYes, kGerror},
    Register{Reg::kGerrorIrqCfg0, "GERROR_IRQ_CFG0", 0x68, 64, true, Modelled::kYes, kMsiAddress},
    Register{Reg::kGerrorIrqCfg1, "GERROR_IRQ_CFG1", 0x70, 32, true, Modelled::kYes, kMsiData},
    Register{Reg::kGerrorIrqCfg2, "GERROR_IRQ_CFG2", 0x74, 32, true, Modelled::kYes, kMsiAttributes},
    Register{Reg::kStrtabBase, "STRTAB_BASE", 0x80, 64, true, Modelled::kYes, kStrtabBase},
    Register{Reg::kStrtabBaseCfg, "STRTAB_BASE_CFG", 0x88, 32, true, Modelled::kYes, kStrtabBaseCfg},
    Register{Reg::kCmdqBase, "CMDQ_BASE", 0x90, 64, true, Modelled::kYes, kQueueBase},
    Register{Reg::kCmdqProd, "CMDQ_PROD", 0x98, 32, true, Modelled::kYes, kProd},
    Register{Reg::kCmdqCons, "CMDQ_CONS", 0x9c, 32, true, Modelled::kYes, kCons},
    Register{Reg::kEventqBase, "EVENTQ_BASE", 0xa0, 64, true, Modelled::kYes, kQueueBase},
    Register{Reg::kEventqIrqCfg0, "EVENTQ_IRQ_CFG0", 0xb0, 64, true, Modelled::kYes, kMsiAddress},
    Register{Reg::kEventqIrqCfg1, "EVENTQ_IRQ_CFG1", 0xb8, 32, true, Modelled::kYes, kMsiData},
    Register{Reg::kEventqIrqCfg2, "EVENTQ_IRQ_CFG2", 0xbc, 32, true, Modelled::kYes, kMsiAttributes},
    Register{Reg::kPriqBase, "PRIQ_BASE", 0xc0, 64, true, Modelled::kYes, kQueueBase},
    Register{Reg::kPriqIrqCfg0, "PRIQ_IRQ_CFG0", 0xd0, 64, true, Modelled::kYes, kMsiAddress},
    Register{Reg::kPriqIrqCfg1, "PRIQ_IRQ_CFG1", 0xd8, 32, true, Modelled::kYes, kMsiData},
    Register{Reg::kPriqIrqCfg2, "PRIQ_IRQ_CFG2", 0xdc, 32, true, Modelled::kYes, kPriqMsiAttributes},
    Register{Reg::kEventqProd, "EVENTQ_PROD", 0x100a8, 32, true, Modelled::kYes, kEventProd},
    Register{Reg::kEventqCons, "EVENTQ_CONS", 0x100ac, 32, true, Modelled::kYes, kEventCons},
    Register{Reg::kPriqProd, "PRIQ_PROD", 0x100c8, 32, true, Modelled::kYes, kEventProd},
    Register{Reg::kPriqCons, "PRIQ_CONS", 0x100cc, 32, true, Modelled::kYes, kEventCons},
};

consteval bool all_well_formed() {
  for (std::size_t i = 0; i < kRegisters.size(); ++i) {
    if (!tiles(kRegisters[i]) || kRegisters[i].reg != static_cast<Reg>(i)) return false;
    for (std::size_t j = i + 1; j < kRegisters.size(); ++j) {
      if (kRegisters[i].offset == kRegisters[j].offset || kRegisters[i].name == kRegisters[j].name)
        return false;
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

}  // namespace quiesce::hwmodel::v3
