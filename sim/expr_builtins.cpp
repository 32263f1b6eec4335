// Functions of the language itself, and places that can be written.
#include <algorithm>
#include <array>
#include <utility>

#include "sim/expr_compiler.hpp"

namespace quiesce::sim {
namespace {

/// The command's id; new ones get the next.
std::int32_t intern_command(Program& program, const NamedCommand& command) {
  const auto found = std::find(program.commands.begin(), program.commands.end(), command);
  if (found != program.commands.end()) return static_cast<std::int32_t>(found - program.commands.begin()) + 1;
  program.commands.push_back(command);
  return static_cast<std::int32_t>(program.commands.size());
}

/// The classes of what a command can name. Spec: IHI 0070G.b, 4.2 to 4.7.
std::vector<std::string> operands_of(const std::string& opcode) {
  if (opcode == "CFGI_CD") return {"cd", "device"};
  if (opcode == "TLBI_NH_ASID" || opcode == "TLBI_S12_VMALL") return {"domain"};
  if (opcode == "TLBI_NH_VA" || opcode == "TLBI_NH_VAA" || opcode == "TLBI_S2_IPA") return {"iova", "domain"};
  if (opcode.starts_with("RESUME")) return {"device", "cd"};
  for (const char* name : {"CFGI_STE", "CFGI_STE_NONLEAF", "CFGI_CD_ALL", "STALL_TERM"}) {
    if (opcode == name) return {"device"};
  }
  return {};
}

std::string with_article(const std::string& class_name) {
  return (class_name == "iova" ? "an " : "a ") + class_name;
}

Type commands_type(std::int32_t count) {
  return {
      TypeKind::kCommands, count * kCommandIds, count * kCommandIds + kCommandIds - 1, "commands", {}, false};
}

}  // namespace

Typed ExprCompiler::smmu_index(const Expr& expr) {
  Typed smmu = compile(expr);
  if (smmu.type.name == "error") return smmu;
  if (smmu.type.kind != TypeKind::kRef || smmu.type.name != "smmu")
    return fail(expr, "an SMMU is needed here");
  if (smmu.is_constant()) {
    if (smmu.a == 0) return fail(expr, "this SMMU is always NULL", world_.hint_for_null(smmu.type));
    const SmmuInfo& info = world_.smmus[static_cast<std::size_t>(smmu.a - 1)];
    if (info.is_legacy) return fail(expr, "'" + info.name + "' is an SMMUv2, and this asks an SMMUv3");
    return constant(int_type(0, 255), smmu.a - 1);
  }
  return object_index(std::move(smmu));
}

std::optional<Typed> ExprCompiler::compile_builtin(const Expr& expr) {
  struct Builtin {
    const char* name;
    Op op;
    std::size_t arguments;
    Type type;
  };
  static const std::vector<Builtin> kQueueFunctions{
      {"command_word", Op::kCommandWord, 2, int_type(0, 1)},
      {"consumed", Op::kConsumed, 3, bool_type()},
      {"used", Op::kUsed, 3, int_type(0, 1 << 19)},
      {"advance", Op::kAdvance, 3, int_type(0, (1 << 20) - 1)},
      {"decision", Op::kDecision, 1, int_type(0, 2)},
  };
  if (expr.text == "decision" && expr.children.size() == 1) {
    const Typed asked = compile(expr.children[0]);
    if (asked.type.name == "error") return asked;
    if (asked.type.kind == TypeKind::kRef && asked.type.name == "device")
      return compile_traffic_query(expr, Op::kDecisionOf, int_type(0, 3));
  }
  for (const Builtin& builtin : kQueueFunctions) {
    if (expr.text != builtin.name) continue;
    if (expr.children.size() != builtin.arguments) {
      return fail(expr, "'" + expr.text + "' takes " + std::to_string(builtin.arguments) + " arguments");
    }
    Typed typed = unary(builtin.op, builtin.type, smmu_index(expr.children[0]));
    for (std::size_t i = 1; i < expr.children.size(); ++i) {
      typed.kids.push_back(compile_as(expr.children[i], int_type(INT32_MIN, INT32_MAX)));
    }
    return typed;
  }
  if (expr.text.starts_with("event_")) return compile_event(expr);
  if (expr.text == "in_flight") {
    if (expr.children.size() != 1) return fail(expr, "'in_flight' takes a device");
    return compile_traffic_query(expr, Op::kInFlight, bool_type());
  }
  if (expr.text == "commands") return compile_commands(expr);
  if (expr.text == "exited" || expr.text == "all_exited") {
    const bool all = expr.text == "all_exited";
    Typed result = constant(bool_type(), 1);
    const auto tasks = static_cast<std::int32_t>(world_.tasks.size());
    const Type task_type{TypeKind::kRef, 0, tasks, "task", {}, false};
    for (std::int32_t i = 0; i < tasks; ++i) {
      bool wanted = all && !world_.tasks[static_cast<std::size_t>(i)].daemon;
      for (const Expr& child : expr.children) {
        const Typed named = all ? constant(task_type, 0) : compile_as(child, task_type);
        wanted = wanted || (named.is_constant() && named.a == i + 1);
      }
      if (!wanted) continue;
      Typed one;
      one.op = Op::kTaskExited;
      one.type = bool_type();
      one.a = i;
      result = logical_and(std::move(result), std::move(one));
    }
    return result;
  }
  return std::nullopt;
}

/// Something about the accesses of a device.
Typed ExprCompiler::compile_traffic_query(const Expr& expr, Op op, const Type& type) {
  Typed device = compile_as(expr.children[0], Type{TypeKind::kRef, 0, 0, "device", {}, false});
  if (device.type.name == "error") return device;
  if (device.is_constant() && device.a == 0) return fail(expr.children[0], "this is always NULL");
  const bool sends =
      !device.is_constant() || world_.devices[static_cast<std::size_t>(device.a - 1)].dma.has_value();
  if (!world_.has_traffic() || !sends)
    return fail(expr.children[0], "nothing is ever on the way of a device without 'dma'");
  return unary(
      op, type,
      device.is_constant() ? constant(int_type(0, 255), device.a - 1) : object_index(std::move(device)));
}

/// event_FIELD(SMMU, INDEX). Spec: IHI 0070G.b, 7.3.
std::optional<Typed> ExprCompiler::compile_event(const Expr& expr) {
  const auto devices = static_cast<std::int32_t>(world_.devices.size());
  const std::array<std::pair<const char*, Type>, 7> fields{
      {{"event_id", int_type(0, 0xff)},
       {"event_device", Type{TypeKind::kRef, 0, devices, "device", {}, true}},
       {"event_ssid", int_type(-1, 3)},
       {"event_page", int_type(0, 15)},
       {"event_stall", bool_type()},
       {"event_s2", bool_type()},
       {"event_class", int_type(0, 3)}}};
  for (std::size_t field = 0; field < fields.size(); ++field) {
    if (expr.text != fields[field].first) continue;
    if (expr.children.size() != 2) return fail(expr, "'" + expr.text + "' takes an SMMU and an index");
    if (!world_.has_traffic()) return fail(expr, "events say who faulted only where devices have 'dma'");
    for (const SmmuInfo& smmu : world_.smmus) {
      if (!smmu.is_legacy && !smmu.config.event_records)
        return fail(expr, "'" + expr.text + "' needs 'event_records: true' of '" + smmu.name + "'");
    }
    Typed typed = unary(Op::kEventField, fields[field].second, smmu_index(expr.children[0]));
    typed.kids.push_back(compile_as(expr.children[1], int_type(INT32_MIN + 1, INT32_MAX)));
    typed.a = static_cast<std::int32_t>(field);
    return typed;
  }
  return std::nullopt;
}

/// commands(OPCODE), commands(OPCODE, COUNT) or commands(OPCODE, COUNT, OPERAND)
Typed ExprCompiler::compile_commands(const Expr& expr) {
  if (expr.children.empty() || expr.children.size() > 3 || expr.children[0].kind != ExprKind::kName) {
    return fail(expr,
                "a command list is written commands(OPCODE), commands(OPCODE, COUNT) or "
                "commands(OPCODE, COUNT, OPERAND)");
  }
  const std::string& opcode = expr.children[0].text;
  if (!hwmodel::v3::find_opcode(opcode) && opcode != "RESUME_TERMINATE" && opcode != "CFGI_STE_NONLEAF") {
    std::vector<std::string> names = hwmodel::v3::opcode_names();
    names.insert(names.end(), {"RESUME_TERMINATE", "CFGI_STE_NONLEAF"});
    return fail(expr.children[0], "unknown command '" + opcode + "'", nearest_name_hint(opcode, names));
  }
  std::int32_t count = 1;
  if (expr.children.size() > 1) {
    const Typed number = compile_as(expr.children[1], int_type(0, kCommandsMax));
    if (!number.is_constant())
      return fail(expr.children[1], "the number of commands must be known when compiled");
    count = number.a;
  }
  if (expr.children.size() == 3) return compile_operand(expr, opcode, count);
  const std::vector<std::string> operands = operands_of(opcode);
  if (world_.has_traffic() && !operands.empty()) {
    return fail(expr, "'" + opcode + "' needs an operand where devices access memory: commands(" + opcode +
                          ", COUNT, " + operands.front() + ")");
  }
  return constant(commands_type(count), count * kCommandIds + intern_command(program_, {opcode, "", 0}));
}

/// One command for each object that the operand may be, with adjacent ids, and the operand's number on top.
Typed ExprCompiler::compile_operand(const Expr& expr, const std::string& opcode, std::int32_t count) {
  Typed operand = compile(expr.children[2]);
  if (operand.type.name == "error") return operand;
  const std::vector<std::string> valid = operands_of(opcode);
  const bool fits = operand.type.kind == TypeKind::kRef &&
                    std::find(valid.begin(), valid.end(), operand.type.name) != valid.end();
  if (!fits) {
    return fail(expr.children[2], valid.empty()
                                      ? "'" + opcode + "' has no operand"
                                      : "'" + opcode + "' names " + with_article(valid.front()) + " here");
  }
  if (!world_.has_traffic())
    return constant(commands_type(count), count * kCommandIds + intern_command(program_, {opcode, "", 0}));
  if (operand.is_constant() && operand.a == 0) return fail(expr.children[2], "this is always NULL");
  const std::string& class_name = operand.type.name;
  const auto objects = static_cast<std::int32_t>(world_.find_class(class_name)->objects.size());
  std::int32_t first = 0;
  for (std::int32_t object = 1; object <= objects; ++object) {
    const std::int32_t id = intern_command(program_, {opcode, class_name, object});
    if (object == 1) first = id;
  }
  if (program_.commands.size() > kNamedCommandsMax) {
    return fail(expr, "more than " + std::to_string(kNamedCommandsMax) + " different commands: '" + opcode +
                          "' has one for each " + class_name);
  }
  Typed number = operand.is_constant() ? constant(int_type(0, objects), operand.a - 1)
                                       : object_index(std::move(operand));
  const Type type = commands_type(count);
  return binary(Op::kAdd, type, constant(type, count * kCommandIds + first), std::move(number));
}

Place ExprCompiler::compile_place(const Expr& expr, Type& type) {
  Place place;
  if (expr.kind == ExprKind::kName) {
    if (const Bound* bound = scope_.find(expr.text)) {
      if (bound->is_constant) {
        static_cast<void>(fail(expr, "'" + expr.text + "' is fixed here and cannot be set"));
        return place;
      }
      type = bound->type;
      place = {Place::Kind::kLocal, bound->slot, -1, kNoCode, type.lo, type.hi, world_.domain_of(type)};
      return place;
    }
  }
  Typed typed = compile(expr);
  type = typed.type;
  if (typed.type.name == "error") return place;
  const bool written_constant = typed.is_constant() || typed.op == Op::kConstAt;
  if (written_constant) {
    static_cast<void>(fail(expr, "this cannot be set"));
    return place;
  }
  if (typed.op == Op::kLoad) {
    return {Place::Kind::kSlot, typed.slot, typed.a, kNoCode, type.lo, type.hi};
  }
  if (typed.op == Op::kLoadAt) {
    return {Place::Kind::kFamily, {}, typed.a, emit(typed.kids[0]), type.lo, type.hi};
  }
  static_cast<void>(fail(expr, "this cannot be set"));
  return place;
}

std::optional<Typed> ExprCompiler::looked_at(const Typed& object) const {
  const ClassInfo* cls = world_.find_class(object.type.name);
  const bool freeable = cls != nullptr && cls->freed_family >= 0;
  if (!freeable && (object.is_constant() || !object.type.nullable)) return std::nullopt;
  Typed index = object.is_constant() ? constant(int_type(0, 0), object.a - 1) : object_index(object);
  if (!index.is_constant()) index.a = freeable ? cls->freed_family : cls->fields.begin()->second;
  if (!freeable) return index;
  index = live(*cls, std::move(index), cls->freed_family);
  return index.is_constant() ? std::nullopt : std::optional(std::move(index));
}

Place ExprCompiler::compile_freed(const Expr& expr, const Typed& object) {
  const ClassInfo* cls = object.type.kind == TypeKind::kRef ? world_.find_class(object.type.name) : nullptr;
  if (cls == nullptr || cls->freed_family < 0) {
    static_cast<void>(fail(expr, "'kfree' takes an object of a class that is 'freeable'"));
    return {};
  }
  if (shared_reads(object).count > 0) {
    static_cast<void>(fail(expr, "'kfree' takes an object or a local", "'load' it first"));
    return {};
  }
  Typed index = object.is_constant() ? constant(int_type(0, 0), object.a - 1) : object_index(object);
  if (!index.is_constant()) index.a = cls->freed_family;
  index = live(*cls, std::move(index), cls->freed_family);
  return {Place::Kind::kFamily, {}, cls->freed_family, emit(index), 0, 1};
}

}  // namespace quiesce::sim
