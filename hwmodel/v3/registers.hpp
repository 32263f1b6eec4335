// The SMMUv3 register map as tables that are checked when compiled: the fields of every register tile
// it, reserved bits included.
// Spec: IHI 0070G.b, 6.1 to 6.3 (section numbers at each register).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quiesce::hwmodel::v3 {

struct Field {
  std::string_view name;  ///< "" for reserved bits
  std::uint8_t hi = 0;
  std::uint8_t lo = 0;
};

/// How far the register's behaviour is modelled.
enum class Modelled : std::uint8_t { kYes, kNo };

struct Register {
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

/// Spec sections 6.3.9, .10, .11, .12, .14, .16, .18, .19, .20, .24, .25, .26, .27, .28, .29, .95, .96, .33,
/// .97, .98.
inline constexpr std::array kRegisters{
    Register{"CR0", 0x20, 32, true, Modelled::kYes, kCr0},
    Register{"CR0ACK", 0x24, 32, false, Modelled::kYes, kCr0},
    Register{"CR1", 0x28, 32, true, Modelled::kNo, kCr1},
    Register{"CR2", 0x2c, 32, true, Modelled::kNo, kCr2},
    Register{"GBPA", 0x44, 32, true, Modelled::kYes, kGbpa},
    Register{"IRQ_CTRL", 0x50, 32, true, Modelled::kNo, kIrqCtrl},
    Register{"IRQ_CTRLACK", 0x54, 32, false, Modelled::kNo, kIrqCtrl},
    Register{"GERROR", 0x60, 32, false, Modelled::kNo, kGerror},
    Register{"GERRORN", 0x64, 32, true, Modelled::kNo, kGerror},
    Register{"STRTAB_BASE", 0x80, 64, true, Modelled::kNo, kStrtabBase},
    Register{"STRTAB_BASE_CFG", 0x88, 32, true, Modelled::kNo, kStrtabBaseCfg},
    Register{"CMDQ_BASE", 0x90, 64, true, Modelled::kNo, kQueueBase},
    Register{"CMDQ_PROD", 0x98, 32, true, Modelled::kYes, kProd},
    Register{"CMDQ_CONS", 0x9c, 32, true, Modelled::kYes, kCons},
    Register{"EVENTQ_BASE", 0xa0, 64, true, Modelled::kNo, kQueueBase},
    Register{"PRIQ_BASE", 0xc0, 64, true, Modelled::kNo, kQueueBase},
    Register{"EVENTQ_PROD", 0x100a8, 32, true, Modelled::kNo, kEventProd},
    Register{"EVENTQ_CONS", 0x100ac, 32, true, Modelled::kNo, kEventCons},
    Register{"PRIQ_PROD", 0x100c8, 32, true, Modelled::kNo, kEventProd},
    Register{"PRIQ_CONS", 0x100cc, 32, true, Modelled::kNo, kEventCons},
};

/// The fields of a register stand from the top bit down without a gap or an overlap.
consteval bool tiles(const Register& reg) {
  int expected = reg.bits - 1;
  for (const Field& field : reg.fields) {
    if (field.hi != expected || field.lo > field.hi) return false;
    expected = field.lo - 1;
  }
  return expected == -1;
}

consteval bool all_well_formed() {
  for (std::size_t i = 0; i < kRegisters.size(); ++i) {
    if (!tiles(kRegisters[i])) return false;
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
[[nodiscard]] constexpr bool is_modelled(const Register& reg) { return reg.modelled == Modelled::kYes; }

/// Index of a field within its register, or -1.
[[nodiscard]] constexpr int find_field(const Register& reg, std::string_view name) {
  for (std::size_t i = 0; i < reg.fields.size(); ++i) {
    if (!name.empty() && reg.fields[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

[[nodiscard]] inline std::vector<std::string> field_names(const Register& reg) {
  std::vector<std::string> names;
  for (const Field& field : reg.fields) {
    if (!field.name.empty()) names.emplace_back(field.name);
  }
  return names;
}

/// The value of a field within a 32-bit register value.
[[nodiscard]] constexpr std::int32_t extract(const Register& reg, int field, std::int32_t value) {
  const Field& f = reg.fields[static_cast<std::size_t>(field)];
  const std::uint64_t mask = (std::uint64_t{1} << (f.hi - f.lo + 1)) - 1;
  return static_cast<std::int32_t>((static_cast<std::uint32_t>(value) >> f.lo) & mask);
}

}  // namespace quiesce::hwmodel::v3
