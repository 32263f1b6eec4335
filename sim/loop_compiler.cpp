// Compiles branches and loops.
#include "sim/routine_compiler.hpp"

namespace quiesce::sim {

void RoutineCompiler::compile_if(const Node& step, const Node& argument) {
  const Typed condition = expressions_.compile_condition(parse_expr(argument));
  const Node* yes = step.find("then");
  const Node* no = step.find("else");
  if (yes == nullptr && no == nullptr) {
    error(argument.at, "'if' needs 'then' or 'else'");
    return;
  }
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
  branch.folded = reads.may_fold();
  const Pc head = emit(branch);
  if (yes != nullptr) compile_block(*yes);
  compile_otherwise(head, no);
}

void RoutineCompiler::compile_otherwise(Pc branch, const Node* block) {
  at(branch).other = here();
  if (block == nullptr) return;
  const Pc skip = emit_jump();
  at(branch).other = here();
  compile_block(*block);
  at(skip).next = here();
}

Pc RoutineCompiler::emit_jump() {
  Step jump;
  jump.verb = Verb::kJump;
  jump.folded = true;
  return emit(jump);
}

RoutineCompiler::Counter RoutineCompiler::new_counter(std::int32_t most) {
  const Type type = int_type(0, most);
  Counter counter{type, local_place(type, new_local(type)), {}};
  counter.value.op = Op::kLoadLocal;
  counter.value.type = type;
  counter.value.slot = counter.place.slot;
  return counter;
}

Pc RoutineCompiler::emit_assignment(const Counter& counter, const Typed& value) {
  Step assignment;
  assignment.verb = Verb::kSet;
  assignment.folded = true;
  assignment.place = counter.place;
  assignment.value = expressions_.emit(value);
  return emit(assignment);
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
  branch.folded = reads.may_fold();
  const Pc head = emit(branch);
  compile_block(*body);
  at(emit_jump()).next = head;
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
  const Counter left = new_counter(count.a);
  emit_assignment(left, constant(left.type, count.a));
  const Pc head = here();
  compile_block(*body);
  emit_assignment(left, binary(Op::kSub, left.type, left.value, constant(left.type, 1)));
  Step again;
  again.verb = Verb::kIf;
  again.folded = true;
  again.value = expressions_.emit(binary(Op::kEq, bool_type(), left.value, constant(left.type, 0)));
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
    count_expansion(argument.at);
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
  const Counter position = new_counter(list.capacity);
  Typed count;
  count.op = Op::kLoad;
  count.type = position.type;
  count.slot = length.first;
  count.a = list.length_family;
  const Pc head = here();
  Step more;
  more.verb = Verb::kIf;
  more.value = expressions_.emit(binary(Op::kLt, bool_type(), position.value, count));
  emit(more);
  const base::Slot slot = new_local(list.element);
  scope_.bind_local(name, list.element, slot);
  Typed item = unary(Op::kLoadAt, list.element, position.value);
  item.a = list.items_family;
  Step load;
  load.verb = Verb::kLoad;
  load.place = local_place(list.element, slot);
  load.value = expressions_.emit(item);
  emit(load);
  open_labels();
  compile_block(body);
  close_labels();
  emit_assignment(position, binary(Op::kAdd, position.type, position.value, constant(position.type, 1)));
  at(emit_jump()).next = head;
  at(head).other = here();
  emit_assignment(position, constant(position.type, 0));
  scope_.release(mark);
}

}  // namespace quiesce::sim
