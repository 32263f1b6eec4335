// Compiles calls: routines and hooks are expanded where they are called.
#include <algorithm>

#include "sim/routine_compiler.hpp"

namespace quiesce::sim {
namespace {

constexpr std::size_t kCallDepthMax = 40;

Type any_number() { return int_type(INT32_MIN, INT32_MAX); }

}  // namespace

void RoutineCompiler::compile_return(const Node& argument) {
  const Result result = frames_.back().result;
  if (!argument.is_null() && result.place.kind != Place::Kind::kNone) {
    const Typed value = expressions_.compile_as(parse_expr(argument), result.type);
    const SharedReads reads = ExprCompiler::shared_reads(value);
    check_accesses(reads.count, argument.at);
    Step set;
    set.verb = Verb::kSet;
    set.folded = reads.may_fold();
    set.place = result.place;
    set.value = expressions_.emit(value);
    emit(set);
  }
  frames_.back().returns.push_back(emit_jump());
}

void RoutineCompiler::compile_call(const Node& argument) {
  const std::string& text = argument.scalar;
  const std::size_t equals = text.find('=');
  const std::size_t bracket = text.find('(');
  Result result{{}, any_number()};
  Expr call;
  if (argument.is_scalar() && equals != std::string::npos &&
      (bracket == std::string::npos || equals < bracket)) {
    const Binding binding = parse_binding(argument);
    call = binding.value;
    if (call.kind == ExprKind::kName) call.kind = ExprKind::kCall;
    const Bound* known = scope_.find(binding.name);
    if (known != nullptr && !known->is_constant) {
      // A local of a class takes references to its objects; what does not fit a narrow number is a
      // range_error.
      if (known->type.kind == TypeKind::kRef) result.type = known->type;
      result.place = local_place(known->type, known->slot);
    } else {
      const base::Slot slot = new_local(result.type);
      result.place = local_place(result.type, slot);
      scope_.bind_local(binding.name, result.type, slot);
    }
  } else {
    call = parse_call(argument);
  }
  if (call.kind != ExprKind::kCall) {
    error(argument.at, "'call' is written ROUTINE(ARGUMENTS) or NAME = ROUTINE(ARGUMENTS)");
    return;
  }
  std::vector<Typed> arguments;
  const std::size_t before = world_.errors->met();
  for (const Expr& child : call.children) arguments.push_back(expressions_.compile(child));
  if (world_.errors->met() == before) expand(call.text, call, std::move(arguments), std::move(result));
}

void RoutineCompiler::expand(const std::string& name, const Expr& call, std::vector<Typed> arguments,
                             Result result, const HookInfo* hook) {
  const RoutineInfo* routine = world_.find_routine(name);
  if (routine == nullptr) {
    std::vector<std::string> names;
    for (const auto& [known, info] : world_.routines) names.push_back(known);
    error(call.at, "unknown routine '" + name + "'", nearest_name_hint(name, names),
          static_cast<unsigned>(name.size()));
    return;
  }
  // A task may have the name of a routine.
  for (const Frame& frame : frames_) {
    if (frame.called_by >= 0 && frame.routine == name) {
      error(call.at,
            "'" + name + "' calls itself; routines are expanded where they are called, so none may recurse");
      return;
    }
  }
  count_expansion(call.at);
  if (frames_.size() > kCallDepthMax) world_.errors->fatal(call.at, "calls are nested more than 40 deep");
  if (arguments.size() != routine->params.size()) {
    error(call.at,
          "'" + name + "' takes " + std::to_string(routine->params.size()) + " arguments, not " +
              std::to_string(arguments.size()),
          hook != nullptr ? "it is the hook at " + place_text(hook->at)
                          : "it is declared at " + place_text(routine->at));
    return;
  }
  Frame frame{name, routine->source, 0, frames_.back().callers, {}, std::move(result), world_.errors->met()};
  const std::uint32_t callers_info = info_;
  frame.called_by = static_cast<std::int32_t>(callers_info);
  const StepInfo& site = program_.infos[callers_info];
  frame.callers.insert(frame.callers.begin(), site.routine + "+" + std::to_string(site.number));
  // The routine sees its parameters and globals, and nothing of its caller.
  const Scope callers_scope = scope_;
  const std::size_t frame_start = frame_top_;
  Scope own;
  std::swap(scope_, own);
  for (std::size_t i = 0; i < arguments.size(); ++i)
    bind_parameter(*routine, i, std::move(arguments[i]), call);
  const bool callers_atomic = in_atomic_;
  frames_.push_back(std::move(frame));
  open_labels();
  {
    const Diagnostics::CallScope called(*world_.errors, call.at);
    compile_block(*routine->steps);
    close_labels();
  }
  for (const Pc from : frames_.back().returns) at(from).next = here();
  if (frame_top_ > frame_start) {
    Step end;
    end.verb = Verb::kFrameEnd;
    end.folded = true;
    end.argument = static_cast<std::int32_t>(frame_start);
    end.argument2 = static_cast<std::int32_t>(frame_top_);
    emit(end);
  }
  frames_.pop_back();
  in_atomic_ = callers_atomic;
  scope_ = callers_scope;
  frame_top_ = frame_start;
  info_ = callers_info;  // what else the step does is the caller's, such as hooks of other devices
}

void RoutineCompiler::bind_parameter(const RoutineInfo& routine, std::size_t i, Typed argument,
                                     const Expr& call) {
  const auto& [name, type_text] = routine.params[i];
  if (argument.type.name == "error") return;
  if (!type_text.empty()) {
    const auto declared = const_cast<World&>(world_).parse_type(type_text, routine.types_at[i]);
    if (declared && declared->kind != argument.type.kind) {
      error(call.at, "'" + routine.name + "' needs " + type_text + " for '" + name + "'");
      return;
    }
    if (declared && declared->kind == TypeKind::kRef && !argument.type.name.empty() &&
        declared->name != argument.type.name) {
      error(call.at,
            "'" + routine.name + "' needs " + type_text + " for '" + name + "', not " + argument.type.name);
      return;
    }
    const bool keeps_type = argument.type.kind == TypeKind::kInt || argument.type.kind == TypeKind::kCommands;
    if (declared && !keeps_type) argument.type = *declared;
  }
  if (argument.is_constant()) {
    scope_.bind_constant(name, argument.type, argument.a);
    return;
  }
  const SharedReads reads = ExprCompiler::shared_reads(argument);
  check_accesses(reads.count, call.at);
  const base::Slot slot = new_local(argument.type);
  Step set;
  set.verb = Verb::kSet;
  set.folded = reads.may_fold();
  set.place = local_place(argument.type, slot);
  set.value = expressions_.emit(argument);
  emit(set);
  scope_.bind_local(name, argument.type, slot);
}

void RoutineCompiler::compile_invoke(const Node& step, const Node& argument) {
  const Expr call = parse_call(argument);
  const std::size_t dot = call.text.find('.');
  const std::string table_name = call.text.substr(0, dot);
  const auto table = world_.hooks.find(table_name);
  if (call.kind != ExprKind::kCall || dot == std::string::npos || table == world_.hooks.end()) {
    error(argument.at, "'invoke' is written driver.HOOK(DEVICE), syscore_ops.HOOK() or notifiers.CHAIN()");
    return;
  }
  const std::string hook = call.text.substr(dot + 1);
  std::vector<Typed> arguments;
  const std::size_t before = world_.errors->met();
  for (const Expr& child : call.children) arguments.push_back(expressions_.compile(child));
  if (world_.errors->met() != before) return;
  if (table_name != "driver") {
    auto owners = table->second.owners;
    // Linux v6.18 drivers/base/syscore.c syscore_shutdown(): newest registration first.
    if (table_name == "syscore_ops") std::reverse(owners.begin(), owners.end());
    for (const auto& [owner, hooks] : owners) {
      if (const auto found = hooks.find(hook); found != hooks.end())
        expand(found->second.routine, call, arguments, {}, &found->second);
    }
    return;
  }
  if (arguments.empty() || arguments[0].type.kind != TypeKind::kRef || arguments[0].type.name != "device") {
    error(argument.at, "the first argument of a driver's hook is its device");
    return;
  }
  const Typed device = arguments[0];
  if (!look_at_driver(call, device)) return;
  const Needed needed = needed_by(step);
  if (device.is_constant()) {
    expand_for_device(call, hook, device.a, std::move(arguments), needed);
    return;
  }
  for (std::int32_t i = 1; i <= static_cast<std::int32_t>(world_.devices.size()); ++i) {
    Step branch;
    branch.verb = Verb::kIf;
    branch.folded = true;
    branch.value = expressions_.emit(binary(Op::kEq, bool_type(), device, constant(device.type, i)));
    const Pc test = emit(branch);
    expand_for_device(call, hook, i, arguments, needed);
    at(test).other = here();
  }
}

/// A step that reads which driver the device has, where there may be no device any more. False if there
/// never is one.
// Linux v6.18 drivers/base/core.c device_shutdown(): dev->driver is read whether it has the hook or not.
bool RoutineCompiler::look_at_driver(const Expr& call, const Typed& device) {
  if (device.is_constant() && device.a == 0) {
    error(call.at, "'invoke' of a device that is always NULL");
    return false;
  }
  const std::optional<Typed> driver = expressions_.looked_at(device);
  if (!driver) return true;
  Step look;
  look.verb = Verb::kIf;
  look.folded = ExprCompiler::shared_reads(*driver).may_fold() && driver->op != Op::kLive;
  look.value = expressions_.emit(binary(Op::kLe, bool_type(), constant(int_type(0, 0), 0), *driver));
  const Pc looked = emit(look);
  at(looked).other = here();
  return true;
}

void RoutineCompiler::expand_for_device(const Expr& call, const std::string& hook, std::int32_t device,
                                        std::vector<Typed> arguments, Needed needed) {
  const std::string& driver = world_.devices[static_cast<std::size_t>(device - 1)].driver;
  for (const auto& [owner, hooks] : world_.hooks.at("driver").owners) {
    const auto found = hooks.find(hook);
    if (owner != driver || found == hooks.end()) continue;
    arguments[0] = constant(arguments[0].type, device);
    expand(found->second.routine, call, std::move(arguments), {}, &found->second);
    return;
  }
  if (needed == Needed::kHook || (needed == Needed::kDriver && driver.empty())) call_null();
}

/// What the C takes for granted of a hook that it calls: nothing, or that the device has a driver, in whose
/// table it looks, or the hook itself.
RoutineCompiler::Needed RoutineCompiler::needed_by(const Node& step) {
  const Node* required = step.find("required");
  if (required == nullptr || required->scalar == "false") return Needed::kNothing;
  if (required->scalar == "driver") return Needed::kDriver;
  if (required->scalar != "true") error(required->at, "'required' is 'true', 'false' or 'driver'");
  return Needed::kHook;
}

/// A function pointer that the C calls without a look, and that is NULL, or whose table is: an oops.
void RoutineCompiler::call_null() {
  Typed null = unary(Op::kDeref, int_type(0, 0), constant(int_type(0, 0), 0));
  null.a = -1;
  Step calls;
  calls.verb = Verb::kIf;
  calls.value = expressions_.emit(null);
  const Pc called = emit(calls);
  at(called).other = here();
}

}  // namespace quiesce::sim
