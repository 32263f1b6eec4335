// Registers of legacy SMMUs in expressions: SMMU.REGISTER, SMMU.REGISTER[INDEX], and fields of both.
#include <algorithm>

#include "sim/expr_compiler.hpp"

namespace quiesce::sim {
namespace {

namespace v2 = hwmodel::v2;

consteval bool names_are_apart() {
  return std::none_of(
      v2::tables::kRegisters.begin(), v2::tables::kRegisters.end(),
      [](const v2::Register& reg) { return hwmodel::v3::find_register(reg.name) != nullptr; });
}
static_assert(names_are_apart(), "the name of a register does not say which SMMU has it");

/// The name of a register of legacy SMMUs, with what names the SMMU.
bool is_register(const Expr& expr) {
  return expr.kind == ExprKind::kField && v2::find_register(expr.text) != nullptr;
}

}  // namespace

/// Takes apart what is written like a register of a legacy SMMU; `reg` is null if it is not.
ExprCompiler::LegacyRegister ExprCompiler::legacy_register(const Expr& expr) {
  LegacyRegister parts;
  const Expr* at = &expr;
  const auto indexed = [](const Expr& of) {
    return of.kind == ExprKind::kIndex && is_register(of.children[0]);
  };
  if (!is_register(*at) && !indexed(*at) && at->kind == ExprKind::kField) {
    parts.field = at;
    at = &at->children[0];
  }
  if (indexed(*at)) {
    parts.index = &at->children[1];
    at = &at->children[0];
  }
  if (!is_register(*at)) return {};
  parts.reg = v2::find_register(at->text);
  parts.at = at;
  return parts;
}

std::optional<Typed> ExprCompiler::compile_legacy(const Expr& expr) {
  const LegacyRegister parts = legacy_register(expr);
  if (parts.reg == nullptr) return std::nullopt;
  Typed smmu = compile(parts.at->children[0]);
  if (smmu.type.name == "error") return smmu;
  if (smmu.type.kind != TypeKind::kRef || smmu.type.name != "smmu") return std::nullopt;
  const Typed number = legacy_smmu(*parts.at, std::move(smmu));
  if (number.type.name == "error") return number;
  if (!v2::is_modelled(*parts.reg))
    return fail(*parts.at, "register '" + parts.at->text + "' is not modelled");
  Typed typed = unary(Op::kLegacyRegister, int_type(INT32_MIN, INT32_MAX), number);
  typed.kids.push_back(legacy_index(parts, number));
  if (typed.kids.back().type.name == "error") return typed.kids.back();
  typed.a = static_cast<std::int32_t>(v2::register_index(*parts.reg));
  typed.b = -1;
  if (parts.reg->reg == v2::Reg::kTtbr0) {
    const ClassInfo* domains = world_.find_class("domain");
    typed.type = {TypeKind::kRef, 0, static_cast<std::int32_t>(domains->objects.size()), "domain", {}, true};
  }
  return parts.field == nullptr ? typed : legacy_field(parts, std::move(typed));
}

/// The SMMU's number, if it may be a legacy one.
Typed ExprCompiler::legacy_smmu(const Expr& expr, Typed smmu) {
  if (!smmu.is_constant()) return object_index(std::move(smmu));
  if (smmu.a == 0)
    return fail(expr, "register of a reference that is always NULL", world_.hint_for_null(smmu.type));
  const SmmuInfo& info = world_.smmus[static_cast<std::size_t>(smmu.a - 1)];
  if (!info.is_legacy)
    return fail(expr, "'" + info.name + "' is an SMMUv3, which has no register '" + expr.text + "'");
  return constant(int_type(0, 255), smmu.a - 1);
}

/// Which one of the registers of this kind.
Typed ExprCompiler::legacy_index(const LegacyRegister& parts, const Typed& smmu) {
  const std::string& name = parts.at->text;
  if (parts.reg->per == v2::Per::kSmmu) {
    if (parts.index != nullptr) return fail(*parts.index, "there is one register '" + name + "' alone");
    return constant(int_type(0, 0), 0);
  }
  const bool of_group = parts.reg->per == v2::Per::kMappingGroup;
  if (parts.index == nullptr) {
    return fail(*parts.at, "there is a register '" + name + "' for each " +
                               (of_group ? "stream mapping group" : "context bank") + ": '" + name +
                               "[NUMBER]'");
  }
  Typed index = compile_as(*parts.index, int_type(INT32_MIN, INT32_MAX));
  if (index.type.name == "error" || !index.is_constant()) return index;
  std::size_t most = 0;
  for (std::size_t i = 0; i < world_.smmus.size(); ++i) {
    const bool meant = !smmu.is_constant() || static_cast<std::size_t>(smmu.a) == i;
    if (world_.smmus[i].is_legacy && meant)
      most = std::max(most, v2::count_of(*parts.reg, world_.smmus[i].legacy_config));
  }
  if (index.a < 0 || static_cast<std::size_t>(index.a) >= most) {
    return fail(
        *parts.index, "there is no '" + name + "[" + std::to_string(index.a) + "]'",
        std::string(of_group ? "'mapping_groups'" : "'context_banks'") + " is " + std::to_string(most));
  }
  return index;
}

Typed ExprCompiler::legacy_field(const LegacyRegister& parts, Typed reg) {
  const std::string& name = parts.field->text;
  const int number = v2::find_field(*parts.reg, name);
  if (number < 0) {
    return fail(*parts.field, "register '" + parts.at->text + "' has no field '" + name + "'",
                nearest_name_hint(name, v2::field_names(*parts.reg)));
  }
  if (parts.reg->bits > 32) {
    return fail(*parts.field, "of register '" + parts.at->text + "' no fields are modelled",
                "it holds a number: docs/language.md says which");
  }
  const hwmodel::Field& part = parts.reg->fields[static_cast<std::size_t>(number)];
  const int bits = part.hi - part.lo + 1;
  if (bits < 32) reg.type = int_type(0, static_cast<std::int32_t>((std::uint32_t{1} << bits) - 1));
  reg.b = number;
  return reg;
}

}  // namespace quiesce::sim
