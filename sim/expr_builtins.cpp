// Functions of the language itself, and places that can be written.
#include <algorithm>

#include "sim/expr_compiler.hpp"

namespace quiesce::sim {
namespace {

std::int32_t intern_command(Program& program, const std::string& opcode) {
  const auto found = std::find(program.commands.begin(), program.commands.end(), opcode);
  if (found != program.commands.end()) return static_cast<std::int32_t>(found - program.commands.begin()) + 1;
  program.commands.push_back(opcode);
  return static_cast<std::int32_t>(program.commands.size());
}

}  // namespace

Typed ExprCompiler::smmu_index(const Expr& expr) {
  Typed smmu = compile(expr);
  if (smmu.type.name == "error") return smmu;
  if (smmu.type.kind != TypeKind::kRef || smmu.type.name != "smmu")
    return fail(expr, "an SMMU is needed here");
  if (smmu.is_constant()) {
    if (smmu.a == 0) return fail(expr, "this SMMU is always NULL", world_.hint_for_null(smmu.type));
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
  for (const Builtin& builtin : kQueueFunctions) {
    if (expr.text != builtin.name) continue;
    if (expr.children.size() != builtin.arguments) {
      return fail(expr, "'" + expr.text + "' takes " + std::to_string(builtin.arguments) + " arguments");
    }
    Typed typed = unary(builtin.op, builtin.type, smmu_index(expr.children[0]));
    for (std::size_t i = 1; i < expr.children.size(); ++i) {
      typed.kids.push_back(compile_as(expr.children[i], int_type(INT32_MIN + 1, INT32_MAX)));
    }
    return typed;
  }
  if (expr.text == "commands") {
    // commands(OPCODE) or commands(OPCODE, COUNT)
    if (expr.children.empty() || expr.children.size() > 2 || expr.children[0].kind != ExprKind::kName) {
      return fail(expr, "a command list is written commands(OPCODE) or commands(OPCODE, COUNT)");
    }
    const std::string& opcode = expr.children[0].text;
    if (!hwmodel::v3::find_opcode(opcode)) {
      return fail(expr.children[0], "unknown command '" + opcode + "'",
                  nearest_name_hint(opcode, hwmodel::v3::opcode_names()));
    }
    std::int32_t count = 1;
    if (expr.children.size() == 2) {
      const Typed number = compile_as(expr.children[1], int_type(0, kCommandsMax));
      if (!number.is_constant())
        return fail(expr.children[1], "the number of commands must be known when compiled");
      count = number.a;
    }
    return constant(Type{TypeKind::kCommands, 0, 0, "commands", {}, false},
                    count * kCommandIds + intern_command(program_, opcode));
  }
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

}  // namespace quiesce::sim
