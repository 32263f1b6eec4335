// The fields of a register, whichever SMMU it belongs to. A Register has a `name`, `bits` and `fields`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quiesce::hwmodel {

struct Field {
  std::string_view name;  ///< "" for reserved bits
  std::uint8_t hi = 0;
  std::uint8_t lo = 0;
};

/// How far a register's behaviour is modelled.
enum class Modelled : std::uint8_t { kYes, kNo };

/// The fields of a register stand from the top bit down without a gap or an overlap.
template <class Register>
consteval bool tiles(const Register& reg) {
  int expected = reg.bits - 1;
  for (const Field& field : reg.fields) {
    if (field.hi != expected || field.lo > field.hi) return false;
    expected = field.lo - 1;
  }
  return expected == -1;
}

template <class Register>
[[nodiscard]] constexpr bool is_modelled(const Register& reg) {
  return reg.modelled == Modelled::kYes;
}

/// Index of a field within its register, or -1.
template <class Register>
[[nodiscard]] constexpr int find_field(const Register& reg, std::string_view name) {
  for (std::size_t i = 0; i < reg.fields.size(); ++i) {
    if (!name.empty() && reg.fields[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

template <class Register>
[[nodiscard]] std::vector<std::string> field_names(const Register& reg) {
  std::vector<std::string> names;
  for (const Field& field : reg.fields) {
    if (!field.name.empty()) names.emplace_back(field.name);
  }
  return names;
}

/// The value of a field within a 32-bit register value.
template <class Register>
[[nodiscard]] constexpr std::int32_t extract(const Register& reg, int field, std::int32_t value) {
  const Field& f = reg.fields[static_cast<std::size_t>(field)];
  const std::uint64_t mask = (std::uint64_t{1} << (f.hi - f.lo + 1)) - 1;
  return static_cast<std::int32_t>((static_cast<std::uint32_t>(value) >> f.lo) & mask);
}

}  // namespace quiesce::hwmodel
