// Compiles the steps that are no control flow: one function per shape of argument.
#include <algorithm>

#include "sim/routine_compiler.hpp"

namespace quiesce::sim {

std::optional<std::pair<std::string, std::string>> split_at(const std::string& text, std::string_view word) {
  const std::string middle = " " + std::string(word) + " ";
  const std::size_t found = text.find(middle);
  if (found == std::string::npos) return std::nullopt;
  return std::pair{text.substr(0, found), text.substr(found + middle.size())};
}

namespace {

TypeKind lock_kind_of(Verb verb) {
  switch (verb) {
    case Verb::kMutexLock:
    case Verb::kMutexUnlock:
      return TypeKind::kMutex;
    case Verb::kReadLock:
    case Verb::kReadUnlock:
    case Verb::kWriteLock:
    case Verb::kWriteUnlock:
      return TypeKind::kRwlock;
    case Verb::kWaitForCompletion:
    case Verb::kComplete:
    case Verb::kCompleteAll:
    case Verb::kReinitCompletion:
      return TypeKind::kCompletion;
    case Verb::kWakeUp:
      return TypeKind::kWaitQueue;
    case Verb::kDownRead:
    case Verb::kUpRead:
    case Verb::kDownWrite:
    case Verb::kUpWrite:
      return TypeKind::kRwsem;
    case Verb::kSrcuReadLock:
    case Verb::kSrcuReadUnlock:
    case Verb::kSynchronizeSrcu:
      return TypeKind::kSrcu;
    default:
      return TypeKind::kSpinlock;
  }
}

}  // namespace

Node with_text(const Node& original, std::string text, std::size_t skipped) {
  Node node = original;
  node.scalar = std::move(text);
  node.at.column += static_cast<std::uint32_t>(skipped);
  return node;
}

void RoutineCompiler::error(Location where, const std::string& message, const std::string& hint,
                            unsigned length) {
  world_.errors->error(std::move(where), message, hint, length);
}

Pc RoutineCompiler::emit(Step step) {
  if (program_.steps.size() > kStepsMax) too_many_steps(program_.infos[info_].at);
  const Pc pc = here();
  step.info = info_;
  if (in_atomic_) step.access = Access::kInBlock;
  if (step.next == kInactive) step.next = static_cast<Pc>(pc + 1);
  program_.steps.push_back(step);
  return pc;
}

base::Slot RoutineCompiler::new_local(const Type& type) {
  const base::Width width = base::width_for(type.lo, type.hi);
  const std::size_t size = base::bytes_of(width);
  frame_top_ = (frame_top_ + size - 1) / size * size;
  const base::Slot slot{static_cast<std::uint16_t>(frame_top_), width};
  frame_top_ += size;
  frame_max_ = std::max(frame_max_, frame_top_);
  return slot;
}

Place RoutineCompiler::local_place(const Type& type, base::Slot slot) const {
  return {Place::Kind::kLocal, slot, -1, kNoCode, type.lo, type.hi, world_.domain_of(type)};
}

void RoutineCompiler::mark_written(const Place& place) {
  if (place.family >= 0) written_.insert(world_.families[static_cast<std::size_t>(place.family)].name);
}

void RoutineCompiler::check_accesses(int count, Location where) {
  if (count > 1 && !in_atomic_ && !world_.constants_unknown()) {
    error(std::move(where), "this step reads shared state more than once",
          "read it into locals with 'load', one step each, or use an 'atomic' block");
  }
}

void RoutineCompiler::compile_simple(const Node& step, const VerbInfo& verb, const Node& argument) {
  switch (verb.verb) {
    case Verb::kSet:
      return compile_assignment(argument);
    case Verb::kLet:
    case Verb::kLoad:
      return compile_binding(verb, argument);
    case Verb::kCmpxchg:
      return compile_cmpxchg(step, argument);
    case Verb::kChoose:
      return compile_choose(argument);
    case Verb::kListAddTail:
    case Verb::kListDel:
    case Verb::kTakeFirst:
    case Verb::kTakeLast:
      return compile_list_verb(step, verb, argument);
    case Verb::kKfree:
      return compile_kfree(argument);
    case Verb::kWrite:
      return compile_write(argument);
    case Verb::kClkEnable:
    case Verb::kClkDisable:
    case Verb::kPowerOn:
    case Verb::kPowerOff:
      return compile_smmu_switch(verb, argument);
    case Verb::kPoll:
      return compile_poll(step, argument);
    case Verb::kReserveAndPublish:
      return compile_publish(step, argument);
    case Verb::kPutCommands:
      return compile_put_commands(step, argument);
    case Verb::kDmaWmb:
    case Verb::kSmpWmb:
    case Verb::kSmpMb:
      return compile_barrier(verb, argument);
    case Verb::kWaitEvent:
    case Verb::kWaitUntil:
      return compile_wait(step, verb, argument);
    case Verb::kLog:
      return compile_log(step, argument);
    case Verb::kSmpSendStop:
      return compile_smp_send_stop(step);
    case Verb::kFinding:
    case Verb::kPanic:
    case Verb::kSleep:
    case Verb::kDelay:
    case Verb::kRaiseIrq:
    case Verb::kRaiseSoftirq:
    case Verb::kModTimer:
    case Verb::kDelTimer:
    case Verb::kDelTimerSync:
    case Verb::kQueueWork:
    case Verb::kFlushWork:
    case Verb::kCancelWorkSync:
    case Verb::kSetCpusAllowed:
      return compile_named(verb, step, argument);
    default:
      return compile_lock_verb(verb, argument);
  }
}

void RoutineCompiler::compile_assignment(const Node& argument) {
  const Assignment assignment = parse_assignment(argument);
  Type type;
  Step set;
  set.verb = Verb::kSet;
  set.place = expressions_.compile_place(assignment.target, type);
  if (set.place.kind == Place::Kind::kNone) return;
  mark_written(set.place);
  if (is_lock(type.kind)) error(argument.at, "a lock cannot be set");
  Typed value = expressions_.compile_as(assignment.value,
                                        type.kind == TypeKind::kInt ? int_type(INT32_MIN, INT32_MAX) : type);
  const SharedReads reads = ExprCompiler::shared_reads(value);
  const bool local = set.place.kind == Place::Kind::kLocal;
  if (assignment.op != "=") {
    Typed old = expressions_.compile(assignment.target);
    value = binary(assignment.op == "+=" ? Op::kAdd : Op::kSub, type, std::move(old), std::move(value));
  }
  check_accesses(reads.count + (local ? 0 : 1), argument.at);
  set.value = expressions_.emit(value);
  set.folded = local && reads.may_fold();
  emit(set);
}

/// Behind a look for NULL; that the object was freed before is found as with any access to it.
// Linux v6.18 mm/slub.c kfree().
// Abstraction: behind all older stores of its CPU, which whoever gets the memory next must not meet.
void RoutineCompiler::compile_kfree(const Node& argument) {
  const Expr operand = parse_expr(argument);
  const Typed object = expressions_.compile(operand);
  if (object.type.name == "error" || (object.is_constant() && object.a == 0)) return;
  Step set;
  set.verb = Verb::kSet;
  set.place = expressions_.compile_freed(operand, object);
  if (set.place.kind == Place::Kind::kNone) return;
  mark_written(set.place);
  Pc guard = kInactive;
  if (!object.is_constant()) {
    Step branch;
    branch.verb = Verb::kIf;
    branch.value = expressions_.emit(expressions_.compile_condition(operand));
    branch.folded = true;
    guard = emit(branch);
  }
  set.value = expressions_.emit(constant(bool_type(), 1));
  set.access = Access::kFullRmw;
  set.argument = kFrees;
  emit(set);
  if (guard != kInactive) at(guard).other = here();
}

void RoutineCompiler::compile_binding(const VerbInfo& verb, const Node& argument) {
  const Binding binding = parse_binding(argument);
  std::optional<Type> type;
  if (!binding.type.empty()) type = const_cast<World&>(world_).parse_type(binding.type, binding.at);
  Typed value = type ? expressions_.compile_as(binding.value, *type) : expressions_.compile(binding.value);
  if (value.type.name == "error") return;
  if (!type) type = value.type;
  const Bound* known = scope_.find(binding.name);
  const SharedReads reads = ExprCompiler::shared_reads(value);
  check_accesses(reads.count, argument.at);
  if (verb.verb == Verb::kLet && reads.count > 0 && !world_.constants_unknown()) {
    error(argument.at, "'let' reads nothing shared", "use 'load'");
  }
  if (value.is_constant() && type->kind == TypeKind::kInt && binding.type.empty())
    *type = int_type(std::min(0, value.a), std::max(value.a, INT32_MAX));
  const bool again = known != nullptr && !known->is_constant && known->type.kind == type->kind;
  const base::Slot slot = again ? known->slot : new_local(*type);
  Step set;
  set.verb = verb.verb;
  set.folded = reads.may_fold();
  set.place = local_place(again ? known->type : *type, slot);
  set.value = expressions_.emit(value);
  emit(set);
  if (!again) scope_.bind_local(binding.name, *type, slot);
}

void RoutineCompiler::compile_cmpxchg(const Node& step, const Node& argument) {
  const Node* with = step.find("with");
  if (with == nullptr || !with->is_list() || with->items.size() != 2) {
    error(argument.at, "'cmpxchg' needs 'with: [EXPECTED, NEW]'");
    return;
  }
  Type type;
  Step exchange;
  exchange.verb = Verb::kCmpxchg;
  exchange.place = expressions_.compile_place(parse_expr(argument), type);
  mark_written(exchange.place);
  const Typed expected = expressions_.compile_as(parse_expr(with->items[0]), type);
  const Typed desired = expressions_.compile_as(parse_expr(with->items[1]), type);
  check_accesses(1 + ExprCompiler::shared_reads(expected).count + ExprCompiler::shared_reads(desired).count,
                 argument.at);
  exchange.value = expressions_.emit(expected);
  exchange.value2 = expressions_.emit(desired);
  compile_otherwise(emit(exchange), step.find("on_failure"));
}

void RoutineCompiler::compile_choose(const Node& argument) {
  const auto sides = split_at(argument.scalar, "in");
  if (!argument.is_scalar() || !sides) {
    error(argument.at, "'choose' is written NAME in LO..HI or NAME in TYPE");
    return;
  }
  const bool range = sides->second.find("..") != std::string::npos;
  const auto type =
      const_cast<World&>(world_).parse_type(range ? "int " + sides->second : sides->second, argument.at);
  if (!type) return;
  const std::int32_t lo =
      type->kind == TypeKind::kRef ? 1 : std::max(type->lo, type->kind == TypeKind::kId ? 0 : type->lo);
  if (std::int64_t{type->hi} - lo >= 1000) {
    error(argument.at, "a choice has at most 1000 alternatives");
    return;
  }
  const Bound* known = scope_.find(sides->first);
  const base::Slot slot = known != nullptr && !known->is_constant ? known->slot : new_local(*type);
  Step choose;
  choose.verb = Verb::kChoose;
  choose.place = local_place(*type, slot);
  choose.argument = lo;
  choose.argument2 = type->hi;
  emit(choose);
  if (known == nullptr || known->is_constant) scope_.bind_local(sides->first, *type, slot);
}

void RoutineCompiler::compile_list_verb(const Node& node, const VerbInfo& verb, const Node& argument) {
  const auto sides = split_at(argument.scalar, verb.verb == Verb::kListAddTail ? "to" : "from");
  const ListInfo* list = sides ? world_.find_list(sides->second) : nullptr;
  if (list == nullptr) {
    std::vector<std::string> names;
    for (const auto& [name, info] : world_.lists) names.push_back(name);
    error(argument.at, "'" + std::string(verb.name) + "' is written " + std::string(verb.argument),
          sides ? nearest_name_hint(sides->second, names) : "");
    return;
  }
  Step step;
  step.verb = verb.verb;
  step.argument = list->length_family;
  step.argument2 = list->items_family;
  written_.insert(list->name + ".count");
  written_.insert(list->name + ".items");
  if (verb.verb == Verb::kTakeFirst || verb.verb == Verb::kTakeLast) {
    const Bound* known = scope_.find(sides->first);
    const base::Slot slot = known != nullptr && !known->is_constant ? known->slot : new_local(list->element);
    step.place = local_place(list->element, slot);
    emit(step);
    if (known == nullptr || known->is_constant) scope_.bind_local(sides->first, list->element, slot);
    return;
  }
  const Typed item = expressions_.compile_as(parse_expr(with_text(argument, sides->first, 0)), list->element);
  check_accesses(1 + ExprCompiler::shared_reads(item).count, argument.at);
  step.value = expressions_.emit(item);
  const Node* if_listed = node.find("if_listed");
  if (if_listed != nullptr && if_listed->scalar == "true")
    step.value2 = expressions_.emit(constant(bool_type(), 1));
  emit(step);
}

void RoutineCompiler::compile_lock_verb(const VerbInfo& verb, const Node& argument) {
  // Read sides are kept by task; the rest of the verbs of tasks is a finding where a handler meets them.
  const bool needs_task = verb.verb == Verb::kSrcuReadLock || verb.verb == Verb::kSrcuReadUnlock ||
                          verb.verb == Verb::kMachineHalt;
  if (in_handler_ && needs_task) {
    error(program_.infos[info_].at, "'" + std::string(verb.name) + "' needs a task, and stands in a handler");
    return;
  }
  Step step;
  step.verb = verb.verb;
  if (verb.argument == "-") {
    if (!argument.is_null()) error(argument.at, "'" + std::string(verb.name) + "' takes no argument");
    if (verb.verb == Verb::kExit) step.argument = kIsStep;
    emit(step);
    return;
  }
  if (verb.verb == Verb::kLabel) {
    step.verb = Verb::kNop;
    emit(step);
    return;
  }
  if (!argument.is_scalar()) {
    error(argument.at, "'" + std::string(verb.name) + "' needs " + std::string(verb.argument));
    return;
  }
  Type type;
  const Expr expr = parse_expr(argument);
  step.place = expressions_.compile_place(expr, type);
  if (step.place.kind == Place::Kind::kNone) return;
  if (type.kind != lock_kind_of(verb.verb)) {
    error(argument.at, "'" + std::string(verb.name) + "' needs a " + std::string(verb.argument));
    return;
  }
  emit(step);
}

}  // namespace quiesce::sim
