// Compiles the steps that touch an SMMU: its registers, and the command queue in memory.
#include "sim/routine_compiler.hpp"

namespace quiesce::sim {
namespace {

bool names_smmu(const Typed& value) { return value.type.kind == TypeKind::kRef && value.type.name == "smmu"; }

}  // namespace

void RoutineCompiler::compile_write(const Node& argument) {
  const Assignment assignment = parse_assignment(argument);
  const Typed target = expressions_.compile(assignment.target);
  if (target.type.name == "error") return;
  if (target.op == Op::kLegacyRegister && target.b < 0 && assignment.op == "=")
    return compile_write_legacy(argument, assignment.value, target);
  if (target.op != Op::kRegister || target.b >= 0 || assignment.op != "=") {
    error(argument.at, "'write' is written SMMU.REGISTER = EXPR");
    return;
  }
  if (const auto& reg = hwmodel::v3::register_at(static_cast<std::size_t>(target.a)); !reg.writable) {
    error(argument.at, "register '" + std::string(reg.name) + "' is read-only");
    return;
  }
  const Typed value = expressions_.compile_as(assignment.value, int_type(INT32_MIN, INT32_MAX));
  check_accesses(1 + ExprCompiler::shared_reads(value).count, argument.at);
  Step write;
  write.verb = Verb::kWrite;
  write.argument = target.a;
  write.value = expressions_.emit(value);
  write.value2 = expressions_.emit(target.kids[0]);
  emit(write);
}

void RoutineCompiler::compile_write_legacy(const Node& argument, const Expr& written, const Typed& target) {
  const auto& reg = hwmodel::v2::register_at(static_cast<std::size_t>(target.a));
  if (reg.access == hwmodel::v2::Access::kReadOnly) {
    error(argument.at, "register '" + std::string(reg.name) + "' is read-only");
    return;
  }
  const Typed value = expressions_.compile_as(written, target.type);
  const int reads =
      ExprCompiler::shared_reads(value).count + ExprCompiler::shared_reads(target.kids[1]).count;
  check_accesses(1 + reads, argument.at);
  const bool may_stall = !value.is_constant() || (value.a & hwmodel::v2::sctlr::kCfcfg) != 0;
  if (reg.reg == hwmodel::v2::Reg::kSctlr && may_stall) written_.insert(std::string(World::kStallsLegacy));
  Step write;
  write.verb = Verb::kWriteLegacy;
  write.argument = target.a;
  write.value = expressions_.emit(value);
  write.value2 = expressions_.emit(target.kids[0]);
  write.value3 = expressions_.emit(target.kids[1]);
  emit(write);
}

/// clk_enable, clk_disable, power_on, power_off.
void RoutineCompiler::compile_smmu_switch(const VerbInfo& verb, const Node& argument) {
  const Typed smmu = expressions_.compile(parse_expr(argument));
  if (smmu.type.name == "error") return;
  const bool is_known = smmu.is_constant() && names_smmu(smmu) && smmu.a > 0;
  if (!names_smmu(smmu) || (smmu.is_constant() && smmu.a == 0)) {
    error(argument.at, "'" + std::string(verb.name) + "' needs an SMMU");
  } else if (is_known && !world_.smmus[static_cast<std::size_t>(smmu.a - 1)].is_legacy) {
    error(argument.at, "clocks and power of an SMMUv3 are not modelled: '" +
                           world_.smmus[static_cast<std::size_t>(smmu.a - 1)].name + "' is one");
  } else {
    check_accesses(1 + ExprCompiler::shared_reads(smmu).count, argument.at);
    Step step;
    step.verb = verb.verb;
    step.value = emit_smmu(smmu);
    emit(step);
  }
}

void RoutineCompiler::compile_publish(const Node& step, const Node& argument) {
  const Binding binding = parse_binding(argument);
  const Typed smmu = expressions_.compile(binding.value);
  const Type index = int_type(0, (1 << 20) - 1);
  const base::Slot slot = new_local(index);
  if (step.find("with") == nullptr || !names_smmu(smmu))
    error(argument.at, "'reserve_and_publish' is written NAME = SMMU, with 'with: COMMANDS'");
  const std::optional<Typed> commands = commands_with(step);
  if (!commands || !names_smmu(smmu)) {
    scope_.bind_local(binding.name, index, slot);
    return;
  }
  check_smmuv3(smmu, argument.at);
  Step publish;
  publish.verb = Verb::kReserveAndPublish;
  publish.place = local_place(index, slot);
  submit(step, publish, *commands);
  publish.value = emit_smmu(smmu);
  emit(publish);
  scope_.bind_local(binding.name, index, slot);
}

void RoutineCompiler::compile_put_commands(const Node& step, const Node& argument) {
  const auto sides = split_at(argument.scalar, "at");
  const Typed smmu = sides ? expressions_.compile(parse_expr(with_text(argument, sides->first, 0))) : Typed();
  const bool is_whole = sides && step.find("with") != nullptr && names_smmu(smmu);
  if (!is_whole) error(argument.at, "'put_commands' is written SMMU at INDEX, with 'with: COMMANDS'");
  const std::optional<Typed> commands = commands_with(step);
  if (!is_whole || !commands) return;
  const std::size_t offset = argument.scalar.size() - sides->second.size();
  const Typed index = expressions_.compile_as(parse_expr(with_text(argument, sides->second, offset)),
                                              int_type(0, (1 << 20) - 1));
  check_accesses(1 + ExprCompiler::shared_reads(index).count, argument.at);
  check_smmuv3(smmu, argument.at);
  Step put;
  put.verb = Verb::kPutCommands;
  submit(step, put, *commands);
  put.value = expressions_.emit(index);
  put.value2 = emit_smmu(smmu);
  const std::int32_t entries = put.argument / 256 + put.argument2;
  if (world_.machine.store_buffer != 0 && !in_atomic_ && entries > world_.machine.store_buffer) {
    error(argument.at, "the store buffer has no room for " + std::to_string(entries) + " commands at once",
          "make 'store_buffer' larger");
  }
  emit(put);
}

/// Which commands the step submits: known now, or by their operand when it runs; and whether a CMD_SYNC
/// follows. Without it there is one command at least: arm_smmu_cmdq_issue_sync() submits a CMD_SYNC alone.
void RoutineCompiler::submit(const Node& node, Step& step, const Typed& commands) {
  if (commands.is_constant()) {
    step.argument = commands.a;
  } else {
    step.argument = commands.type.lo;
    step.value3 = expressions_.emit(commands);
  }
  step.argument2 = wants_sync(node) ? 1 : 0;
  if (step.argument / kCommandIds == 0 && step.argument2 == 0)
    error(node.find("with")->at, "no command, and no CMD_SYNC either: this step submits nothing");
}

/// The commands behind `with`; nothing, with a message where they read shared state, or without `with`.
std::optional<Typed> RoutineCompiler::commands_with(const Node& step) {
  const Node* with = step.find("with");
  if (with == nullptr) return std::nullopt;
  const Typed commands =
      expressions_.compile_as(parse_expr(*with), Type{TypeKind::kCommands, 0, 0, "commands", {}, false});
  if (commands.type.name == "error") return std::nullopt;
  if (ExprCompiler::shared_reads(commands).count == 0) return commands;
  error(with->at, "the commands' operand must be a local or a constant here");
  return std::nullopt;
}

bool RoutineCompiler::wants_sync(const Node& step) {
  const Node* flag = step.find("sync");
  if (flag == nullptr) return false;
  const Typed value = expressions_.compile_condition(parse_expr(*flag));
  if (!value.is_constant()) error(flag->at, "'sync' must be known when compiled");
  return value.a != 0;
}

/// The SMMU has a command queue, as far as it is known.
void RoutineCompiler::check_smmuv3(const Typed& smmu, const Location& where) {
  if (!smmu.is_constant() || smmu.a == 0) return;
  const SmmuInfo& info = world_.smmus[static_cast<std::size_t>(smmu.a - 1)];
  if (info.is_legacy) error(where, "'" + info.name + "' is an SMMUv2, which has no command queue");
}

/// The SMMU's number.
CodeId RoutineCompiler::emit_smmu(const Typed& smmu) {
  return expressions_.emit(smmu.is_constant() ? constant(int_type(0, 255), smmu.a - 1)
                                              : unary(Op::kDeref, int_type(0, 255), smmu));
}

}  // namespace quiesce::sim
