// Typed expressions: folding of constants, and their translation to stack code.
#include <algorithm>

#include "sim/expr_compiler.hpp"

namespace quiesce::sim {
namespace {

std::int32_t clamp_to_int32(std::int64_t value) {
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(value, INT32_MIN, INT32_MAX));
}

std::int32_t fold(Op op, std::int64_t l, std::int64_t r) {
  switch (op) {
    case Op::kAdd:
      return clamp_to_int32(l + r);
    case Op::kSub:
      return clamp_to_int32(l - r);
    case Op::kMul:
      return clamp_to_int32(l * r);
    case Op::kDiv:
      return r == 0 ? 0 : clamp_to_int32(l / r);
    case Op::kMod:
      return r == 0 ? 0 : clamp_to_int32(l % r);
    case Op::kEq:
      return l == r ? 1 : 0;
    case Op::kNe:
      return l != r ? 1 : 0;
    case Op::kLt:
      return l < r ? 1 : 0;
    case Op::kLe:
      return l <= r ? 1 : 0;
    default:
      QUIESCE_ASSERT(false, "not a binary operation");
  }
  return 0;
}

void collect(const Typed& typed, SharedReads& reads) {
  // Whether an object is freed is nothing that code reads. Its memory is, even where the field never changes.
  if (typed.op == Op::kLive) return collect(typed.kids.front(), reads);
  if (typed.op == Op::kConstAt && typed.kids.front().op == Op::kLive) ++reads.count;
  switch (typed.op) {
    case Op::kLoad:
      ++reads.count;
      reads.slots.push_back(typed.slot);
      break;
    case Op::kLoadAt:
      ++reads.count;
      reads.families.push_back(typed.a);
      break;
    case Op::kRegister:
    case Op::kLegacyRegister:
    case Op::kCommandWord:
    case Op::kEventField:
    case Op::kDecision: {
      ++reads.count;
      const Typed& smmu = typed.kids.front();
      reads.smmus.push_back(smmu.is_constant() ? smmu.a : -1);
      break;
    }
    case Op::kThisCpu:
      reads.here = true;
      break;
    case Op::kDecisionOf:
    case Op::kInFlight:
    case Op::kTaskExited:
    case Op::kMachineState:
      ++reads.count;
      break;
    default:
      break;
  }
  for (const Typed& kid : typed.kids) collect(kid, reads);
}

}  // namespace

Typed constant(const Type& type, std::int32_t value) {
  Typed typed;
  typed.type = type;
  typed.a = value;
  return typed;
}

Typed object_index(Typed reference) {
  const std::int32_t objects = reference.type.hi;
  return unary(Op::kDeref, int_type(0, std::max(objects - 1, 0)), std::move(reference));
}

Typed unary(Op op, Type type, Typed operand) {
  Typed typed;
  typed.op = op;
  typed.type = std::move(type);
  typed.kids.push_back(std::move(operand));
  return typed;
}

Typed binary(Op op, Type type, Typed left, Typed right) {
  if (left.is_constant() && right.is_constant() && left.type.kind != TypeKind::kString) {
    return constant(type, fold(op, left.a, right.a));
  }
  Typed typed = unary(op, std::move(type), std::move(left));
  typed.kids.push_back(std::move(right));
  return typed;
}

Typed negate(Typed operand) {
  if (operand.is_constant()) return constant(bool_type(), operand.a == 0 ? 1 : 0);
  return unary(Op::kNot, bool_type(), std::move(operand));
}

Typed logical_and(Typed left, Typed right) {
  if (left.is_constant()) return left.a == 0 ? left : right;
  if (right.is_constant() && right.a != 0) return left;
  Typed typed = unary(Op::kJumpIfFalseKeep, bool_type(), std::move(left));
  typed.kids.push_back(std::move(right));
  return typed;
}

Typed logical_or(Typed left, Typed right) {
  if (left.is_constant()) return left.a != 0 ? left : right;
  if (right.is_constant() && right.a == 0) return left;
  Typed typed = unary(Op::kJumpIfTrueKeep, bool_type(), std::move(left));
  typed.kids.push_back(std::move(right));
  return typed;
}

SharedReads ExprCompiler::shared_reads(const Typed& typed) {
  SharedReads reads;
  collect(typed, reads);
  return reads;
}

CodeId ExprCompiler::emit(const Typed& typed) {
  const auto start = static_cast<CodeId>(program_.code.size());
  emit_into(typed);
  program_.code.push_back({Op::kEnd, {}, 0, 0});
  return start;
}

namespace {

/// A slot compared with a constant is one instruction.
bool is_slot_and_constant(const Typed& typed) {
  return (typed.op == Op::kEq || typed.op == Op::kNe) && typed.kids[0].op == Op::kLoad &&
         typed.kids[1].is_constant();
}

}  // namespace

void ExprCompiler::emit_into(const Typed& typed) {
  std::vector<Instruction>& code = program_.code;
  const auto here = [&] { return static_cast<std::int32_t>(code.size()); };
  if (is_slot_and_constant(typed)) {
    code.push_back({typed.op == Op::kEq ? Op::kSlotEq : Op::kSlotNe, typed.kids[0].slot, typed.kids[1].a, 0});
    return;
  }
  switch (typed.op) {
    case Op::kJumpIfFalseKeep:
    case Op::kJumpIfTrueKeep: {
      const Typed& left = typed.kids[0];
      if (typed.op == Op::kJumpIfFalseKeep && left.op == Op::kEq && is_slot_and_constant(left)) {
        const auto unless = code.size();
        code.push_back({Op::kUnlessSlotEq, left.kids[0].slot, 0, left.kids[1].a});
        emit_into(typed.kids[1]);
        code[unless].a = here();
        return;
      }
      emit_into(typed.kids[0]);
      const auto jump = code.size();
      code.push_back({typed.op, {}, 0, 0});
      emit_into(typed.kids[1]);
      code[jump].a = here();
      return;
    }
    case Op::kJumpIfFalse: {  // kids: condition, value if true, value if false
      emit_into(typed.kids[0]);
      const auto to_else = code.size();
      code.push_back({Op::kJumpIfFalse, {}, 0, 0});
      emit_into(typed.kids[1]);
      const auto to_end = code.size();
      code.push_back({Op::kJump, {}, 0, 0});
      code[to_else].a = here();
      emit_into(typed.kids[2]);
      code[to_end].a = here();
      return;
    }
    case Op::kPush:
      code.push_back({typed.op, typed.slot, typed.a, world_.domain_of(typed.type)});
      return;
    case Op::kLoadLocal:
      code.push_back({typed.op, typed.slot, world_.domain_of(typed.type), typed.b});
      return;
    default:
      for (const Typed& kid : typed.kids) emit_into(kid);
      code.push_back({typed.op, typed.slot, typed.a, typed.b});
  }
}

}  // namespace quiesce::sim
