#include "sim/routine_compiler.hpp"

#include <algorithm>
#include <limits>

namespace quiesce::sim {
namespace {

constexpr std::size_t kStepsMax = 60000;
constexpr std::size_t kFrameBytesMax = 250;
constexpr std::size_t kCallDepthMax = 40;

Type result_type() { return int_type(INT32_MIN + 1, INT32_MAX); }

bool may_stand_in_atomic(Verb verb) {
  switch (verb) {
    case Verb::kNop:
    case Verb::kIf:
    case Verb::kSet:
    case Verb::kLet:
    case Verb::kLoad:
    case Verb::kCmpxchg:
    case Verb::kListAddTail:
    case Verb::kListDel:
    case Verb::kTakeFirst:
    case Verb::kTakeLast:
    case Verb::kWrite:
    case Verb::kReserveAndPublish:
    case Verb::kFinding:
    case Verb::kLog:
    case Verb::kJump:
    case Verb::kFrameEnd:
      return true;
    default:
      return false;
  }
}

bool is_control(Verb verb) {
  switch (verb) {
    case Verb::kIf:
    case Verb::kWhile:
    case Verb::kRepeat:
    case Verb::kForEach:
    case Verb::kCall:
    case Verb::kInvoke:
    case Verb::kReturn:
    case Verb::kAtomic:
    case Verb::kGoto:
      return true;
    default:
      return false;
  }
}

}  // namespace

RoutineCompiler::RoutineCompiler(const World& world, Program& program, std::set<std::string>& written)
    : world_(world), program_(program), written_(written), expressions_(world, program, scope_) {
  if (program_.steps.empty()) program_.steps.emplace_back();  // the inactive location
  if (program_.infos.empty()) program_.infos.emplace_back();
}

CompiledContext RoutineCompiler::compile_context(const Node& steps, const std::string& name) {
  frame_top_ = frame_max_ = 0;
  has_deadline_ = false;
  frames_.push_back({name, "", 0, {}, {}, {}});
  open_labels();
  const Pc entry = here();
  Node call_step;
  if (steps.is_scalar()) {
    begin_step(steps, find_verb("call"), &steps);
    compile_call(steps);
  } else {
    compile_block(steps);
  }
  for (const Pc from : frames_.back().returns) at(from).next = here();
  Step end;
  end.verb = Verb::kExit;
  begin_step(steps, nullptr, nullptr);
  program_.infos[info_].text = "end of " + name;
  emit(end);
  close_labels();
  frames_.pop_back();
  break_folded_cycles(entry);
  if (frame_max_ > kFrameBytesMax) error(steps.at, "'" + name + "' needs too many locals");
  return {entry, static_cast<std::uint8_t>(std::min(frame_max_, kFrameBytesMax)), has_deadline_};
}

Pc RoutineCompiler::compile_rule_body(const Node& body, const std::string& name, Scope& scope) {
  scope_ = scope;
  frame_top_ = frame_max_ = 0;
  frames_.push_back({name, "", 0, {}, {}, {}});
  open_labels();
  const Pc entry = here();
  in_atomic_ = true;
  compile_block(body);
  in_atomic_ = false;
  for (Pc pc = entry; pc < here(); ++pc) at(pc).folded = true;
  Step end;
  end.verb = Verb::kExit;
  begin_step(body, nullptr, nullptr);
  emit(end);
  close_labels();
  frames_.pop_back();
  if (frame_max_ != 0) error(body.at, "a rule has no locals");
  scope_ = Scope();
  return entry;
}

void RoutineCompiler::compile_block(const Node& steps) {
  if (!steps.is_list()) {
    error(steps.at, "a list of steps is needed here");
    return;
  }
  for (const Node& step : steps.items) compile_step(step);
}

void RoutineCompiler::compile_step(const Node& step) {
  if (program_.steps.size() > kStepsMax) {
    if (program_.steps.size() < kStepsMax + 10) error(step.at, "the scenario expands to too many steps");
    return;
  }
  if (step.is_scalar()) {  // a bare word, or an assignment of a rule: `x := 1`
    const VerbInfo* verb = find_verb(step.scalar);
    if (verb == nullptr && step.scalar.find(":=") != std::string::npos) {
      begin_step(step, find_verb("set"), &step);
      compile_assignment(step);
      return;
    }
    if (verb == nullptr) {
      error(step.at, "unknown verb '" + step.scalar + "'", nearest_name_hint(step.scalar, verb_names()),
            static_cast<unsigned>(step.scalar.size()));
      return;
    }
    static const Node kNothing;
    begin_step(step, verb, nullptr);
    Node nothing = kNothing;
    nothing.at = step.at;
    compile_verb(step, *verb, nothing);
    return;
  }
  if (!step.is_map()) {
    error(step.at, "a step is one verb with its argument");
    return;
  }
  static const std::vector<std::string> kModifiers{"when",       "label",  "timeout", "on_timeout",
                                                   "on_failure", "sleeps", "then",    "else",
                                                   "do",         "with",   "source",  "sync"};
  const Node::Entry* found = nullptr;
  const Node::Entry* label = nullptr;
  for (const Node::Entry& entry : step.entries) {
    if (entry.key == "label") {
      label = &entry;
      continue;
    }
    if (std::find(kModifiers.begin(), kModifiers.end(), entry.key) != kModifiers.end()) continue;
    if (find_verb(entry.key) == nullptr) {
      std::vector<std::string> valid = verb_names();
      valid.insert(valid.end(), kModifiers.begin(), kModifiers.end());
      error(entry.key_at, "unknown verb '" + entry.key + "'", nearest_name_hint(entry.key, valid),
            static_cast<unsigned>(entry.key.size()));
      return;
    }
    if (found != nullptr) {
      error(entry.key_at, "a step has one verb: '" + found->key + "' or '" + entry.key + "'");
      return;
    }
    found = &entry;
  }
  if (label != nullptr) define_label(label->value.scalar, label->value.at);
  const VerbInfo* verb = found != nullptr ? find_verb(found->key) : find_verb("label");
  const Node& argument = found != nullptr ? found->value : label != nullptr ? label->value : step;
  if (found == nullptr && label == nullptr) {
    error(step.at, "this step has no verb");
    return;
  }
  for (const Node::Entry& entry : step.entries) {
    const bool always =
        entry.key == "when" || entry.key == "label" || entry.key == "source" || &entry == found;
    if (!always &&
        (" " + std::string(verb->modifiers) + " ").find(" " + entry.key + " ") == std::string::npos) {
      error(entry.key_at, "'" + entry.key + "' does not go with '" + std::string(verb->name) + "'");
    }
  }
  begin_step(step, verb, &argument);
  const Pc before = here();
  Pc guard = kInactive;
  if (const Node* when = step.find("when")) {
    const Typed condition = expressions_.compile_condition(parse_expr(*when));
    if (condition.is_constant() && condition.a == 0 && condition.type.name != "error") return;
    if (!condition.is_constant()) {
      const SharedReads reads = ExprCompiler::shared_reads(condition);
      check_accesses(reads.count, when->at);
      Step branch;
      branch.verb = Verb::kIf;
      branch.value = expressions_.emit(condition);
      branch.folded = reads.count == 0;
      guard = emit(branch);
    }
  }
  compile_verb(step, *verb, argument);
  if (guard != kInactive) at(guard).other = here();
  if (label != nullptr && before < here() && !in_atomic_) {
    at(before).folded = false;
    program_.infos[at(before).info].label = label->value.scalar;
  }
}

void RoutineCompiler::compile_verb(const Node& step, const VerbInfo& verb, const Node& argument) {
  if (!is_control(verb.verb)) {
    compile_simple(step, verb, argument);
    return;
  }
  switch (verb.verb) {
    case Verb::kIf:
      compile_if(step, argument);
      break;
    case Verb::kWhile:
      compile_while(step, argument);
      break;
    case Verb::kRepeat:
      compile_repeat(step, argument);
      break;
    case Verb::kForEach:
      compile_for_each(step, argument);
      break;
    case Verb::kCall:
      compile_call(argument);
      break;
    case Verb::kInvoke:
      compile_invoke(argument);
      break;
    case Verb::kReturn:
      compile_return(argument);
      break;
    case Verb::kAtomic:
      compile_atomic(argument);
      break;
    default:
      compile_goto(argument);
      break;
  }
}

void RoutineCompiler::compile_if(const Node& step, const Node& argument) {
  const Typed condition = expressions_.compile_condition(parse_expr(argument));
  const Node* yes = step.find("then");
  const Node* no = step.find("else");
  if (condition.is_constant()) {
    const Node* taken = condition.a != 0 ? yes : no;
    if (taken != nullptr) compile_block(*taken);
    return;
  }
  const SharedReads reads = ExprCompiler::shared_reads(condition);
  check_accesses(reads.count, argument.at);
  Step branch;
  branch.verb = Verb::kIf;
  branch.value = expressions_.emit(condition);
  branch.folded = reads.count == 0;
  const Pc head = emit(branch);
  if (yes != nullptr) compile_block(*yes);
  if (no == nullptr) {
    at(head).other = here();
    return;
  }
  Step jump;
  jump.verb = Verb::kJump;
  jump.folded = true;
  const Pc skip = emit(jump);
  at(head).other = here();
  compile_block(*no);
  at(skip).next = here();
}

void RoutineCompiler::compile_while(const Node& step, const Node& argument) {
  const Typed condition = expressions_.compile_condition(parse_expr(argument));
  const Node* body = step.find("do");
  if (body == nullptr) {
    error(argument.at, "'while' needs 'do'");
    return;
  }
  if (condition.is_constant() && condition.a == 0) return;
  const SharedReads reads = ExprCompiler::shared_reads(condition);
  check_accesses(reads.count, argument.at);
  Step branch;
  branch.verb = Verb::kIf;
  branch.value = expressions_.emit(condition);
  branch.folded = reads.count == 0;
  const Pc head = emit(branch);
  compile_block(*body);
  Step jump;
  jump.verb = Verb::kJump;
  jump.folded = true;
  jump.next = head;
  emit(jump);
  at(head).other = here();
}

void RoutineCompiler::compile_repeat(const Node& step, const Node& argument) {
  const Node* body = step.find("do");
  const Typed count = expressions_.compile_as(parse_expr(argument), int_type(0, 1'000'000));
  if (body == nullptr || !count.is_constant()) {
    error(argument.at,
          body == nullptr ? "'repeat' needs 'do'" : "the number of rounds must be known when compiled");
    return;
  }
  if (count.a == 0) return;
  const Type type = int_type(0, count.a);
  const Place counter = local_place(type, new_local(type));
  Typed left;
  left.op = Op::kLoadLocal;
  left.type = type;
  left.slot = counter.slot;
  Step init;
  init.verb = Verb::kSet;
  init.folded = true;
  init.place = counter;
  init.value = expressions_.emit(constant(type, count.a));
  emit(init);
  const Pc head = here();
  compile_block(*body);
  Step down = init;
  down.value = expressions_.emit(binary(Op::kSub, type, left, constant(type, 1)));
  emit(down);
  Step again;
  again.verb = Verb::kIf;
  again.folded = true;
  again.value = expressions_.emit(binary(Op::kEq, bool_type(), left, constant(type, 0)));
  const Pc test = emit(again);
  at(test).other = head;
}

void RoutineCompiler::compile_for_each(const Node& step, const Node& argument) {
  const std::size_t in = argument.scalar.find(" in ");
  const Node* body = step.find("do");
  if (!argument.is_scalar() || in == std::string::npos || body == nullptr) {
    error(argument.at, "'for_each' is written 'NAME in LIST' with 'do'");
    return;
  }
  const std::string name = argument.scalar.substr(0, in);
  const std::string domain = argument.scalar.substr(in + 4);
  if (const ListInfo* list = world_.find_list(domain)) {
    compile_for_each_of_list(step, name, *list);
    return;
  }
  const ClassInfo* cls = world_.find_class(domain);
  const auto type = world_.types.find(domain);
  if (cls == nullptr && type == world_.types.end()) {
    std::vector<std::string> names;
    for (const auto& [list_name, list] : world_.lists) names.push_back(list_name);
    for (const auto& [class_name, info] : world_.classes) names.push_back(class_name);
    error(argument.at, "unknown list, class or type '" + domain + "'", nearest_name_hint(domain, names));
    return;
  }
  const auto objects =
      cls != nullptr ? static_cast<std::int32_t>(cls->objects.size()) : world_.domain_size(type->second);
  const Type element = cls != nullptr ? Type{TypeKind::kRef, 0, objects, domain, {}, false} : type->second;
  for (std::int32_t i = 0; i < objects; ++i) {
    const std::size_t mark = scope_.mark();
    scope_.bind_constant(name, element, cls != nullptr ? i + 1 : i);
    open_labels();
    compile_block(*body);
    close_labels();
    scope_.release(mark);
  }
}

void RoutineCompiler::compile_for_each_of_list(const Node& step, const std::string& name,
                                               const ListInfo& list) {
  const Node& body = *step.find("do");
  const Family& length = world_.families[static_cast<std::size_t>(list.length_family)];
  const Family& items = world_.families[static_cast<std::size_t>(list.items_family)];
  if (length.constant && items.constant) {
    for (std::int32_t i = 0; i < length.init[0]; ++i) {
      const std::size_t mark = scope_.mark();
      scope_.bind_constant(name, list.element, items.init[static_cast<std::size_t>(i)]);
      open_labels();
      compile_block(body);
      close_labels();
      scope_.release(mark);
    }
    return;
  }
  const std::size_t mark = scope_.mark();
  const Type index_type = int_type(0, list.capacity);
  const Place index = local_place(index_type, new_local(index_type));
  Typed position;
  position.op = Op::kLoadLocal;
  position.type = index_type;
  position.slot = index.slot;
  Typed count;
  count.op = Op::kLoad;
  count.type = index_type;
  count.slot = length.first;
  count.a = list.length_family;
  const Pc head = here();
  Step more;
  more.verb = Verb::kIf;
  more.value = expressions_.emit(binary(Op::kLt, bool_type(), position, count));
  emit(more);
  const base::Slot slot = new_local(list.element);
  scope_.bind_local(name, list.element, slot);
  Typed item = unary(Op::kLoadAt, list.element, position);
  item.a = list.items_family;
  Step load;
  load.verb = Verb::kLoad;
  load.place = local_place(list.element, slot);
  load.value = expressions_.emit(item);
  emit(load);
  open_labels();
  compile_block(body);
  close_labels();
  Step next;
  next.verb = Verb::kSet;
  next.folded = true;
  next.place = index;
  next.value = expressions_.emit(binary(Op::kAdd, index_type, position, constant(index_type, 1)));
  emit(next);
  Step jump;
  jump.verb = Verb::kJump;
  jump.folded = true;
  jump.next = head;
  emit(jump);
  at(head).other = here();
  Step reset = next;
  reset.value = expressions_.emit(constant(index_type, 0));
  emit(reset);
  scope_.release(mark);
}

void RoutineCompiler::compile_atomic(const Node& argument) {
  const Pc first = here();
  const bool outer = in_atomic_;
  in_atomic_ = true;
  compile_block(argument);
  in_atomic_ = outer;
  if (outer) return;
  for (Pc pc = first; pc < here(); ++pc) {
    at(pc).folded = pc != first;
    if (!may_stand_in_atomic(at(pc).verb)) {
      error(program_.infos[at(pc).info].at,
            "this verb may wait or switch, so it cannot stand in an 'atomic' block");
    }
  }
}

void RoutineCompiler::compile_goto(const Node& argument) {
  Step jump;
  jump.verb = Verb::kJump;
  jump.folded = true;
  labels_.back().gotos.push_back({argument.scalar, emit(jump), argument.at});
}

void RoutineCompiler::compile_return(const Node& argument) {
  const Place result = frames_.back().result;
  if (!argument.is_null() && result.kind != Place::Kind::kNone) {
    const Typed value = expressions_.compile_as(parse_expr(argument), result_type());
    const SharedReads reads = ExprCompiler::shared_reads(value);
    check_accesses(reads.count, argument.at);
    Step set;
    set.verb = Verb::kSet;
    set.folded = reads.count == 0;
    set.place = result;
    set.value = expressions_.emit(value);
    emit(set);
  }
  Step jump;
  jump.verb = Verb::kJump;
  jump.folded = true;
  frames_.back().returns.push_back(emit(jump));
}

void RoutineCompiler::compile_call(const Node& argument) {
  const std::string& text = argument.scalar;
  const std::size_t equals = text.find('=');
  const std::size_t bracket = text.find('(');
  Place result;
  Expr call;
  if (argument.is_scalar() && equals != std::string::npos &&
      (bracket == std::string::npos || equals < bracket)) {
    const Binding binding = parse_binding(argument);
    call = binding.value;
    if (call.kind == ExprKind::kName) call.kind = ExprKind::kCall;
    const Bound* known = scope_.find(binding.name);
    if (known != nullptr && !known->is_constant) {
      result = local_place(known->type, known->slot);
    } else {
      const base::Slot slot = new_local(result_type());
      result = local_place(result_type(), slot);
      scope_.bind_local(binding.name, result_type(), slot);
    }
  } else {
    call = parse_call(argument);
  }
  if (call.kind != ExprKind::kCall) {
    error(argument.at, "'call' is written ROUTINE(ARGUMENTS) or NAME = ROUTINE(ARGUMENTS)");
    return;
  }
  std::vector<Typed> arguments;
  for (const Expr& child : call.children) arguments.push_back(expressions_.compile(child));
  expand(call.text, call, std::move(arguments), result);
}

void RoutineCompiler::expand(const std::string& name, const Expr& call, std::vector<Typed> arguments,
                             Place result) {
  const RoutineInfo* routine = world_.find_routine(name);
  if (routine == nullptr) {
    std::vector<std::string> names;
    for (const auto& [known, info] : world_.routines) names.push_back(known);
    error(call.at, "unknown routine '" + name + "'", nearest_name_hint(name, names),
          static_cast<unsigned>(name.size()));
    return;
  }
  for (const Frame& frame : frames_) {
    if (frame.routine == name) {
      error(call.at,
            "'" + name + "' calls itself; routines are expanded where they are called, so none may recurse");
      return;
    }
  }
  if (frames_.size() > kCallDepthMax || program_.steps.size() > kStepsMax) {
    error(call.at, "calls are nested too deeply, or expand to too many steps");
    return;
  }
  if (arguments.size() != routine->params.size()) {
    error(call.at, "'" + name + "' takes " + std::to_string(routine->params.size()) + " arguments, not " +
                       std::to_string(arguments.size()));
    return;
  }
  Frame frame{name, routine->source, 0, frames_.back().callers, {}, result};
  const StepInfo& site = program_.infos[info_];
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
  compile_block(*routine->steps);
  close_labels();
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
}

void RoutineCompiler::bind_parameter(const RoutineInfo& routine, std::size_t i, Typed argument,
                                     const Expr& call) {
  const auto& [name, type_text] = routine.params[i];
  if (argument.type.name == "error") return;
  if (!type_text.empty()) {
    const auto declared = const_cast<World&>(world_).parse_type(type_text, routine.at);
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
    if (declared && argument.type.kind != TypeKind::kInt) argument.type = *declared;
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
  set.folded = reads.count == 0;
  set.place = local_place(argument.type, slot);
  set.value = expressions_.emit(argument);
  emit(set);
  scope_.bind_local(name, argument.type, slot);
}

void RoutineCompiler::compile_invoke(const Node& argument) {
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
  for (const Expr& child : call.children) arguments.push_back(expressions_.compile(child));
  if (table_name != "driver") {
    auto owners = table->second.owners;
    // Linux v6.18 drivers/base/syscore.c syscore_shutdown(): newest registration first.
    if (table_name == "syscore_ops") std::reverse(owners.begin(), owners.end());
    for (const auto& [owner, hooks] : owners) {
      if (const auto found = hooks.find(hook); found != hooks.end())
        expand(found->second, call, arguments, {});
    }
    return;
  }
  if (arguments.empty() || arguments[0].type.kind != TypeKind::kRef || arguments[0].type.name != "device") {
    error(argument.at, "the first argument of a driver's hook is its device");
    return;
  }
  const Typed device = arguments[0];
  if (device.is_constant()) {
    expand_for_device(call, hook, device.a, std::move(arguments));
    return;
  }
  for (std::int32_t i = 1; i <= static_cast<std::int32_t>(world_.devices.size()); ++i) {
    Step branch;
    branch.verb = Verb::kIf;
    branch.folded = true;
    branch.value = expressions_.emit(binary(Op::kEq, bool_type(), device, constant(device.type, i)));
    const Pc test = emit(branch);
    expand_for_device(call, hook, i, arguments);
    at(test).other = here();
  }
}

void RoutineCompiler::expand_for_device(const Expr& call, const std::string& hook, std::int32_t device,
                                        std::vector<Typed> arguments) {
  const std::string& driver = world_.devices[static_cast<std::size_t>(device - 1)].driver;
  for (const auto& [owner, hooks] : world_.hooks.at("driver").owners) {
    const auto found = hooks.find(hook);
    if (owner != driver || found == hooks.end()) continue;
    arguments[0] = constant(arguments[0].type, device);
    expand(found->second, call, std::move(arguments), {});
    return;
  }
}

void RoutineCompiler::open_labels() { labels_.emplace_back(); }

void RoutineCompiler::close_labels() {
  LabelScope closing = std::move(labels_.back());
  labels_.pop_back();
  for (Pending& pending : closing.gotos) {
    const auto found = closing.labels.find(pending.label);
    if (found != closing.labels.end()) {
      at(pending.from).next = found->second;
      continue;
    }
    const bool outermost = labels_.empty() || labels_.size() < frames_.size();
    if (!outermost) {
      labels_.back().gotos.push_back(std::move(pending));
      continue;
    }
    std::vector<std::string> names;
    for (const auto& [name, pc] : closing.labels) names.push_back(name);
    error(pending.at, "no label '" + pending.label + "' in '" + frames_.back().routine + "'",
          nearest_name_hint(pending.label, names));
  }
}

void RoutineCompiler::define_label(const std::string& label, Location where) {
  if (!labels_.back().labels.emplace(label, here()).second)
    error(where, "label '" + label + "' is defined twice");
}

void RoutineCompiler::break_folded_cycles(Pc first) {
  // Computation on locals is folded into the step before it. A loop of nothing else would never end
  // within a transition, so the target of its backward jump becomes a location.
  for (Pc pc = first; pc < here(); ++pc) {
    if (!program_.steps[pc].folded) continue;
    for (const Pc target : {program_.steps[pc].next, program_.steps[pc].other}) {
      if (target == kInactive || target > pc || target < first) continue;
      if (reaches_through_folded(target, pc)) program_.steps[target].folded = false;
    }
  }
}

bool RoutineCompiler::reaches_through_folded(Pc from, Pc to) const {
  std::vector<Pc> open{from};
  std::set<Pc> seen{from};
  while (!open.empty()) {
    const Pc pc = open.back();
    open.pop_back();
    if (!program_.steps[pc].folded) continue;
    if (pc == to) return true;
    for (const Pc next : {program_.steps[pc].next, program_.steps[pc].other}) {
      if (next != kInactive && seen.insert(next).second) open.push_back(next);
    }
  }
  return false;
}

}  // namespace quiesce::sim
