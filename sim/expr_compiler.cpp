#include "sim/expr_compiler.hpp"

#include <algorithm>

namespace quiesce::sim {
namespace {

constexpr std::size_t kNodesMax = 100000;
constexpr int kNestingAfterExpansionMax = 700;

bool comparable(const Type& a, const Type& b) {
  if (a.kind == TypeKind::kInt && b.kind == TypeKind::kInt) return true;
  return a.kind == b.kind && a.name == b.name;
}

/// The nearest field; pages are those of the device's domain.
std::string hint_for_field(const std::string& class_name, const std::string& field,
                           const std::vector<std::string>& names) {
  if (class_name == "device" && field.starts_with("iova"))
    return "pages are the domain's: '.domain." + field + "'";
  if (class_name == "device" && field.starts_with("frame"))
    return "pages are the domain's: '.domain.iova" + field.substr(5) + ".home'";
  return nearest_name_hint(field, names);
}

}  // namespace

const char* in_words(const Type& type) {
  switch (type.kind) {
    case TypeKind::kBool:
      return "a truth value";
    case TypeKind::kInt:
      return "a number";
    case TypeKind::kEnum:
      return "an enumeration";
    case TypeKind::kId:
      return "an id";
    case TypeKind::kRef:
      return "a reference";
    case TypeKind::kCommands:
      return "a command list";
    default:
      return "a lock";
  }
}

void Scope::bind_constant(std::string name, Type type, std::int32_t value) {
  bindings_.push_back({std::move(name), std::move(type), true, value, {}});
}

void Scope::bind_local(std::string name, Type type, base::Slot slot) {
  bindings_.push_back({std::move(name), std::move(type), false, 0, slot});
}

const Bound* Scope::find(std::string_view name) const {
  for (auto it = bindings_.rbegin(); it != bindings_.rend(); ++it) {
    if (it->name == name) return &*it;
  }
  return nullptr;
}

std::vector<std::string> Scope::names() const {
  std::vector<std::string> names;
  for (const Bound& bound : bindings_) names.push_back(bound.name);
  return names;
}

Typed ExprCompiler::fail(const Expr& expr, const std::string& message, const std::string& hint) {
  const auto length = static_cast<unsigned>(std::max<std::size_t>(1, expr.text.size()));
  world_.errors->error(expr.at, message, hint, expr.kind == ExprKind::kName ? length : 1);
  Type any = int_type(0, 0);
  any.name = "error";
  return constant(any, 0);
}

void ExprCompiler::count_nodes(const Expr& expr, std::size_t nodes) {
  nodes_ += nodes;
  if (nodes_ > kNodesMax) {
    world_.errors->fatal(expr.at, "this expression expands to more than 100000 names, numbers and operators",
                         "functions are put in place of their calls, and a quantifier repeats its body for "
                         "each value");
  }
  if (nesting_ > kNestingAfterExpansionMax) {
    world_.errors->fatal(expr.at,
                         "this expression is nested more than 700 deep when its functions are expanded");
  }
}

Typed ExprCompiler::compile(const Expr& expr) {
  if (nesting_ == 0) nodes_ = 0;
  ++nesting_;
  count_nodes(expr, 1);
  Typed typed = compile_node(expr);
  --nesting_;
  return typed;
}

Typed ExprCompiler::compile_node(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kNumber: {
      const auto value = static_cast<std::int32_t>(expr.number);
      return constant(int_type(value, value), value);
    }
    case ExprKind::kName:
      return compile_name(expr);
    case ExprKind::kField:
      return compile_field(expr);
    case ExprKind::kIndex:
      return compile_index(expr);
    case ExprKind::kCall:
      return compile_call(expr);
    case ExprKind::kUnary:
      return compile_unary(expr);
    case ExprKind::kBinary:
      return compile_binary(expr);
    case ExprKind::kForall:
      return compile_quantifier(expr);
    case ExprKind::kIf:
      return compile_if(expr);
  }
  return constant(bool_type(), 0);
}

Typed ExprCompiler::compile_condition(const Expr& expr) {
  Typed typed = compile(expr);
  if (typed.type.name == "error" || typed.type.kind == TypeKind::kBool) return typed;
  if (typed.type.kind == TypeKind::kRef) {  // `when: dev.parent` means "is not NULL"
    return binary(Op::kNe, bool_type(), std::move(typed), constant(int_type(0, 0), 0));
  }
  if (typed.type.kind == TypeKind::kInt) {
    return binary(Op::kNe, bool_type(), std::move(typed), constant(int_type(0, 0), 0));
  }
  return fail(expr, std::string("a condition is needed here, not ") + in_words(typed.type));
}

Typed ExprCompiler::compile_as(const Expr& expr, const Type& type) {
  if (expr.kind == ExprKind::kName && expr.text == "unset" && type.kind == TypeKind::kId)
    return constant(type, -1);
  if (expr.kind == ExprKind::kName && type.kind == TypeKind::kEnum) {
    const auto found = std::find(type.constants.begin(), type.constants.end(), expr.text);
    if (found != type.constants.end()) {
      return constant(type, static_cast<std::int32_t>(found - type.constants.begin()));
    }
  }
  Typed typed = compile(expr);
  if (typed.type.name == "error") return typed;
  const bool null =
      type.kind == TypeKind::kRef && typed.type.kind == TypeKind::kRef && typed.type.name.empty();
  const bool fits = comparable(type, typed.type) || null ||
                    (type.kind == TypeKind::kBool && typed.type.kind == TypeKind::kInt &&
                     typed.type.lo >= 0 && typed.type.hi <= 1);
  if (!fits) {
    const auto named = [](const Type& of) { return of.name.empty() ? "" : " (" + of.name + ")"; };
    const std::string found =
        in_words(typed.type) + (typed.type.kind == type.kind ? named(typed.type) : std::string());
    return fail(expr, std::string("expected ") + in_words(type) + named(type) + ", not " + found);
  }
  if (typed.is_constant() && type.kind == TypeKind::kInt && (typed.a < type.lo || typed.a > type.hi)) {
    return fail(expr, std::to_string(typed.a) + " is outside " + std::to_string(type.lo) + ".." +
                          std::to_string(type.hi));
  }
  return typed;
}

std::optional<std::string> ExprCompiler::dotted_name(const Expr& expr) const {
  if (expr.kind == ExprKind::kName) return expr.text;
  if (expr.kind != ExprKind::kField) return std::nullopt;
  const std::optional<std::string> head = dotted_name(expr.children[0]);
  if (!head) return std::nullopt;
  return *head + "." + expr.text;
}

Typed ExprCompiler::compile_name(const Expr& expr) {
  if (const Bound* bound = scope_.find(expr.text)) {
    if (bound->is_constant) return constant(bound->type, bound->value);
    Typed typed;
    typed.op = Op::kLoadLocal;
    typed.type = bound->type;
    typed.slot = bound->slot;
    return typed;
  }
  if (expr.text == "NULL") return constant(Type{TypeKind::kRef, 0, 0, "", {}, true}, 0);
  if (expr.text == "unset") return constant(Type{TypeKind::kId, -1, -1, "", {}, false}, -1);
  if (expr.text == "this_cpu" || expr.text == "current" || expr.text == "machine_state") {
    Typed typed;
    typed.op = expr.text == "this_cpu"  ? Op::kThisCpu
               : expr.text == "current" ? Op::kCurrent
                                        : Op::kMachineState;
    if (expr.text == "this_cpu") {
      const auto cpu = world_.types.find("cpu");
      typed.type = cpu != world_.types.end() ? cpu->second : int_type(0, 0);
    } else if (expr.text == "current") {
      typed.type = {TypeKind::kRef, 0, static_cast<std::int32_t>(world_.tasks.size()), "task", {}, true};
    } else {
      typed.type = int_type(0, 3);
    }
    return typed;
  }
  const int family = world_.find_family(expr.text);
  if (family >= 0) return load_family(family, constant(int_type(0, 0), 0));
  if (const auto value = world_.find_constant(expr.text)) return constant(value->second, value->first);
  std::vector<std::string> names = world_.visible_names();
  for (std::string& name : scope_.names()) names.push_back(std::move(name));
  return fail(expr, "unknown name '" + expr.text + "'", nearest_name_hint(expr.text, names));
}

Typed ExprCompiler::load_family(int family_index, Typed index) const {
  const Family& family = world_.families[static_cast<std::size_t>(family_index)];
  if (index.is_constant()) {
    if (family.constant) return constant(family.type, family.init[static_cast<std::size_t>(index.a)]);
    Typed typed;
    typed.op = Op::kLoad;
    typed.type = family.type;
    typed.slot = family.slot(index.a);
    typed.a = family_index;
    return typed;
  }
  Typed typed = unary(family.constant ? Op::kConstAt : Op::kLoadAt, family.type, std::move(index));
  typed.a = family_index;
  return typed;
}

Typed ExprCompiler::element(const Expr& expr, int& family_index) {
  std::vector<const Expr*> indices;
  const Expr* base = &expr;
  while (base->kind == ExprKind::kIndex) {
    indices.insert(indices.begin(), &base->children[1]);
    base = &base->children[0];
  }
  family_index = base->kind == ExprKind::kName ? world_.find_family(base->text) : -1;
  if (family_index < 0) return fail(*base, "only a global array can be indexed");
  const Family& family = world_.families[static_cast<std::size_t>(family_index)];
  if (family.dims.size() != indices.size()) {
    return fail(*base, "'" + family.name + "' takes " + std::to_string(family.dims.size()) +
                           " indices, not " + std::to_string(indices.size()));
  }
  Typed flat = constant(int_type(0, 0), 0);
  for (std::size_t i = 0; i < indices.size(); ++i) {
    Typed index = compile_as(*indices[i], family.dims[i]);
    if (i > 0) index = within(std::move(index), family, i);
    const std::int32_t size = world_.domain_size(family.dims[i]);
    if (family.dims[i].kind == TypeKind::kRef) {
      index = binary(Op::kSub, int_type(0, size - 1), std::move(index), constant(int_type(1, 1), 1));
    }
    if (index.is_constant() && (index.a < 0 || index.a >= size)) {
      return fail(*indices[i], "index outside '" + family.name + "'");
    }
    index.type = int_type(0, size - 1);
    flat = i == 0 ? std::move(index)
                  : binary(Op::kAdd, int_type(0, family.count - 1),
                           binary(Op::kMul, int_type(0, family.count - 1), std::move(flat),
                                  constant(int_type(size, size), size)),
                           std::move(index));
  }
  return flat;
}

/// An inner index that is too large must not name an element of the next row.
Typed ExprCompiler::within(Typed index, const Family& family, std::size_t place) const {
  const Type& dim = family.dims[place];
  const bool named = dim.kind == TypeKind::kId || dim.kind == TypeKind::kRef;
  const bool fits = !named && index.type.lo >= 0 && index.type.hi < world_.domain_size(dim);
  if (fits || index.is_constant() || index.type.name == "error") return index;
  if (dim.kind == TypeKind::kRef) {
    const Type any = int_type(-1, world_.domain_size(dim) - 1);
    index = binary(Op::kSub, any, std::move(index), constant(int_type(1, 1), 1));
  }
  return load_family(world_.find_family(World::name_of_index(family.name, place)), std::move(index));
}

Typed ExprCompiler::compile_index(const Expr& expr) {
  if (auto reg = compile_legacy(expr)) return std::move(*reg);
  int family = -1;
  Typed index = element(expr, family);
  if (family < 0 || index.type.name == "error") return index;
  return load_family(family, std::move(index));
}

Typed ExprCompiler::compile_field(const Expr& expr) {
  if (auto reg = compile_legacy(expr)) return std::move(*reg);
  if (const auto dotted = dotted_name(expr);
      dotted && scope_.find(dotted->substr(0, dotted->find('.'))) == nullptr) {
    if (const auto value = world_.find_constant(*dotted)) return constant(value->second, value->first);
  }
  const Expr& head = expr.children[0];
  if (head.kind == ExprKind::kName && scope_.find(head.text) == nullptr) {
    if (const ListInfo* list = world_.find_list(head.text)) {
      Typed count = load_family(list->length_family, constant(int_type(0, 0), 0));
      if (expr.text == "count") return count;
      if (expr.text == "not_empty")
        return binary(Op::kNe, bool_type(), std::move(count), constant(int_type(0, 0), 0));
      if (expr.text == "empty")
        return binary(Op::kEq, bool_type(), std::move(count), constant(int_type(0, 0), 0));
      return fail(expr, "a list has count, empty and not_empty");
    }
  }
  if (head.kind == ExprKind::kField) {  // smmu.REGISTER.FIELD
    const hwmodel::v3::Register* reg = hwmodel::v3::find_register(head.text);
    if (reg != nullptr) {
      Typed owner = compile(head.children[0]);
      if (owner.type.kind == TypeKind::kRef && owner.type.name == "smmu") {
        return compile_register(expr, std::move(owner), head.text, expr.text);
      }
    }
  }
  Typed owner = compile(head);
  if (owner.type.name == "error") return owner;
  if (owner.type.kind == TypeKind::kCommands && expr.text == "count") {
    return constant(int_type(0, kCommandsMax), owner.type.lo / kCommandIds);
  }
  if (owner.type.kind != TypeKind::kRef) {
    return fail(expr, std::string("'.") + expr.text + "' needs an object, not " + in_words(owner.type));
  }
  if (owner.type.name == "smmu" && hwmodel::v3::find_register(expr.text) != nullptr) {
    return compile_register(expr, std::move(owner), expr.text, "");
  }
  const ClassInfo* cls = world_.find_class(owner.type.name);
  const auto field = cls != nullptr ? cls->fields.find(expr.text) : decltype(cls->fields.find(expr.text)){};
  if (cls == nullptr || field == cls->fields.end()) {
    std::vector<std::string> names;
    if (cls != nullptr) {
      for (const auto& [name, family] : cls->fields) names.push_back(name);
    }
    return fail(expr, "class '" + owner.type.name + "' has no field '" + expr.text + "'",
                hint_for_field(owner.type.name, expr.text, names));
  }
  if (owner.is_constant() && owner.a == 0) {
    return fail(expr, "'." + expr.text + "' of a reference that is always NULL",
                world_.hint_for_null(owner.type));
  }
  Typed index = owner.is_constant() ? constant(int_type(0, 0), owner.a - 1) : object_index(std::move(owner));
  if (!index.is_constant()) index.a = static_cast<std::int32_t>(field->second);
  if (cls->freed_family >= 0 && cls->freed_family != field->second)
    index = live(*cls, std::move(index), field->second);
  return load_family(field->second, std::move(index));
}

/// The index, looked at for an object that is freed; `accessed` is the family that it will index.
Typed ExprCompiler::live(const ClassInfo& cls, Typed index, int accessed) const {
  Typed freed = load_family(cls.freed_family, index);
  if (freed.is_constant() && freed.a == 0) return index;
  const Type type = index.type;
  Typed looked_at = unary(Op::kLive, type, std::move(index));
  looked_at.kids.push_back(std::move(freed));
  looked_at.a = accessed;
  return looked_at;
}

Typed ExprCompiler::compile_register(const Expr& expr, Typed smmu, const std::string& reg,
                                     const std::string& field) {
  const hwmodel::v3::Register* found = hwmodel::v3::find_register(reg);
  if (!hwmodel::v3::is_modelled(*found)) return fail(expr, "register '" + reg + "' is not modelled");
  int field_index = -1;
  if (!field.empty()) {
    field_index = hwmodel::v3::find_field(*found, field);
    if (field_index < 0) {
      return fail(expr, "register '" + reg + "' has no field '" + field + "'",
                  nearest_name_hint(field, hwmodel::v3::field_names(*found)));
    }
  }
  const Type owner = smmu.type;
  if (smmu.is_constant() && smmu.a > 0 && world_.smmus[static_cast<std::size_t>(smmu.a - 1)].is_legacy) {
    return fail(expr, "'" + world_.smmus[static_cast<std::size_t>(smmu.a - 1)].name +
                          "' is an SMMUv2, which has no register '" + reg + "'");
  }
  Typed index = smmu.is_constant() ? constant(int_type(0, 255), smmu.a - 1) : object_index(std::move(smmu));
  if (index.is_constant() && index.a < 0) {
    return fail(expr, "register of a reference that is always NULL", world_.hint_for_null(owner));
  }
  Typed typed = unary(Op::kRegister, int_type(INT32_MIN, INT32_MAX), std::move(index));
  if (field_index >= 0) {
    const hwmodel::v3::Field& part = found->fields[static_cast<std::size_t>(field_index)];
    if (part.lo >= 32) return fail(expr, "of register '" + reg + "' the low half alone is modelled");
    const int bits = part.hi - part.lo + 1;
    if (bits < 32) typed.type = int_type(0, static_cast<std::int32_t>((std::uint32_t{1} << bits) - 1));
  }
  typed.a = static_cast<std::int32_t>(hwmodel::v3::register_index(*found));
  typed.b = field_index;
  return typed;
}

}  // namespace quiesce::sim
