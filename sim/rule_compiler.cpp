#include "sim/rule_compiler.hpp"

#include <algorithm>

#include "sim/system.hpp"

namespace quiesce::sim {
namespace {

Operand constant_operand(std::int32_t value) { return {.added = value}; }

Operand register_operand(std::size_t result_byte) {
  return {.base = Operand::kRegisters,
          .offset = static_cast<std::uint16_t>(4 * result_byte),
          .mask = 0xffffffffU};
}

bool is_condition(const CodeTree& tree) {
  switch (tree.op) {
    case Op::kEq:
    case Op::kNe:
    case Op::kLt:
    case Op::kLe:
    case Op::kNot:
    case Op::kJumpIfFalseKeep:
    case Op::kJumpIfTrueKeep:
      return true;
    default:
      return false;
  }
}

RuleOp arithmetic(Op op) {
  switch (op) {
    case Op::kAdd:
      return RuleOp::kAdd;
    case Op::kSub:
    case Op::kNeg:
      return RuleOp::kSub;
    case Op::kMul:
      return RuleOp::kMul;
    case Op::kDiv:
      return RuleOp::kDiv;
    default:
      return RuleOp::kMod;
  }
}

/// How many registers are in use at most while the tree is computed.
std::size_t registers_of(const CodeTree& tree) {
  if (tree.op == Op::kPush || tree.op == Op::kLoad) return 0;
  const bool is_junction = tree.op == Op::kJumpIfFalseKeep || tree.op == Op::kJumpIfTrueKeep;
  std::size_t most = 0;
  for (std::size_t i = 0; i < tree.kids.size(); ++i)
    most = std::max(most, registers_of(tree.kids[i]) + (is_junction ? 0 : i));
  return most + (is_junction ? 0 : 1);
}

/// `x + 1` and `x - 1` need no instruction.
std::optional<Operand> slot_and_constant(const CodeTree& tree) {
  if (tree.op != Op::kAdd && tree.op != Op::kSub) return std::nullopt;
  const CodeTree& left = tree.kids[0];
  const CodeTree& right = tree.kids[1];
  if (left.op != Op::kLoad || right.op != Op::kPush || right.a == INT32_MIN) return std::nullopt;
  Operand operand = slot_operand(left.slot);
  operand.added = tree.op == Op::kAdd ? right.a : -right.a;
  return operand;
}

std::uint8_t result_byte(std::size_t result) { return static_cast<std::uint8_t>(result); }

/// The bits under the operand's mask where the slot holds the value; nothing if it cannot.
std::optional<std::uint32_t> bits_of(const Operand& slot, std::int32_t value) {
  const std::uint32_t bits = static_cast<std::uint32_t>(value) & slot.mask;
  const auto read_back = static_cast<std::int32_t>((bits ^ slot.sign) - slot.sign);
  return read_back == value ? std::optional(bits) : std::nullopt;
}

}  // namespace

std::optional<BitsTest> bits_test(const CodeTree& tree) {
  if (tree.op == Op::kNot) {
    auto test = bits_test(tree.kids[0]);
    if (test) test->negated = !test->negated;
    return test;
  }
  const bool is_truth = tree.op == Op::kLoad;
  const bool compares = tree.op == Op::kEq || tree.op == Op::kNe;
  if (!is_truth && !(compares && tree.kids[0].op == Op::kLoad && tree.kids[1].op == Op::kPush))
    return std::nullopt;
  const base::Slot slot = is_truth ? tree.slot : tree.kids[0].slot;
  const Operand operand = slot_operand(slot);
  const auto bits = bits_of(operand, is_truth ? 0 : tree.kids[1].a);
  if (!bits) return std::nullopt;
  return BitsTest{operand.mask << operand.shift, *bits << operand.shift,
                  static_cast<std::uint16_t>(operand.word()), slot, tree.op != Op::kEq};
}

std::uint32_t RuleCompiler::guard(CodeId condition) {
  const std::uint32_t start = here();
  pc_ = kInactive;
  Jumps to_no;
  unless(condition, to_no);
  end_guard(to_no);
  return start;
}

std::uint32_t RuleCompiler::guard(std::span<const CodeTree* const> conjuncts) {
  const std::uint32_t start = here();
  pc_ = kInactive;
  Jumps to_no;
  for (const CodeTree* part : conjuncts) {
    next_register_ = 0;
    unless(*part, to_no);
  }
  end_guard(to_no);
  return start;
}

std::vector<std::uint32_t> RuleCompiler::conjuncts(const Rule& rule) {
  if (rule.when == kNoCode) return {};
  const std::optional<CodeTree> whole = tree(rule.when);
  if (!whole || rule.may_fault) return {guard(rule.when)};
  std::vector<std::uint32_t> guards;
  for (const CodeTree* part : conjuncts_of(*whole)) guards.push_back(guard({&part, 1}));
  return guards;
}

std::uint32_t RuleCompiler::body(const Rule& rule) {
  const std::uint32_t start = here();
  place_of_.clear();
  pc_ = rule.body;
  if (rule.may_fault) emit({.op = RuleOp::kEvaluate, .extra = rule.when});
  block(rule.body);
  return start;
}

std::optional<CodeTree> RuleCompiler::tree(CodeId expression) const {
  std::optional<CodeTree> tree = tree_of(program_, expression);
  // Beside it the other operand of a store may be in use, and the result of a condition.
  if (tree && registers_of(*tree) + 2 > kRuleRegisters) tree.reset();
  return tree;
}

std::uint32_t RuleCompiler::emit(RuleInstruction instruction) {
  instruction.pc = pc_;
  code_.push_back(instruction);
  return here() - 1;
}

void RuleCompiler::end_guard(const Jumps& to_no) {
  emit({.op = RuleOp::kYes});
  land(to_no);
  emit({.op = RuleOp::kNo});
}

void RuleCompiler::land(const Jumps& jumps) {
  for (const std::uint32_t jump : jumps) code_[jump].target = here();
}

/// The steps from `pc` to the end; a step that was met before is jumped to.
void RuleCompiler::block(Pc pc) {
  Branches branches;  // steps that jumps still have to lead to
  for (std::vector<Pc> open{pc}; !open.empty();) {
    const Pc next = open.back();
    open.pop_back();
    straight(next, open, branches);
  }
  for (const auto& [step, jump] : branches) code_[jump].target = place_of_.at(step);
}

void RuleCompiler::straight(Pc pc, std::vector<Pc>& open, Branches& branches) {
  while (!place_of_.contains(pc)) {
    place_of_[pc] = here();
    pc_ = pc;
    const Step& step = program_.steps[pc];
    if (step.verb == Verb::kExit) {
      emit({.op = RuleOp::kDone});
      return;
    }
    if (step.verb == Verb::kSet) store(step);
    if (step.verb == Verb::kIf) {
      Jumps to_else;
      unless(step.value, to_else);
      for (const std::uint32_t jump : to_else) branches.emplace_back(step.other, jump);
      open.push_back(step.other);
    }
    QUIESCE_ASSERT(may_stand_in_rule(step.verb), "a rule has a step that no code is made of");
    pc = step.next;
  }
  branches.emplace_back(pc, emit({.op = RuleOp::kJump}));
}

void RuleCompiler::store(const Step& step) {
  next_register_ = 0;
  RuleInstruction in{.op = RuleOp::kStore, .lo = step.place.lo, .hi = step.place.hi};
  in.a = value(step.value);
  if (step.place.kind == Place::Kind::kFamily) {
    in.op = RuleOp::kStoreElement;
    in.b = value(step.place.index);
    in.extra = step.place.family;
  } else {
    in.slot = step.place.slot;
    in.b = slot_operand(in.slot);
    in.extra = step.place.family;
    if (in.a.is_constant() && in.a.added >= in.lo && in.a.added <= in.hi) in.op = RuleOp::kStoreConstant;
  }
  emit(in);
}

Operand RuleCompiler::value(CodeId expression) {
  if (const auto known = tree(expression)) return value(*known);
  const std::size_t result = next_register_++;
  emit({.op = RuleOp::kEvaluate, .result = result_byte(result), .extra = expression});
  return register_operand(result);
}

Operand RuleCompiler::value(const CodeTree& tree) {
  if (tree.op == Op::kPush) return constant_operand(tree.a);
  if (tree.op == Op::kLoad) return slot_operand(tree.slot);
  if (const auto sum = slot_and_constant(tree)) return *sum;
  const std::size_t result = next_register_++;
  if (tree.op == Op::kJumpIfFalse || is_condition(tree)) {
    choose(tree, result);
  } else if (tree.op == Op::kLoadAt || tree.op == Op::kConstAt) {
    const Operand index = value(tree.kids[0]);
    emit({.op = RuleOp::kElement, .result = result_byte(result), .a = index, .extra = tree.a});
  } else {
    const bool negated = tree.op == Op::kNeg;
    const Operand left = negated ? constant_operand(0) : value(tree.kids[0]);
    const Operand right = value(tree.kids[negated ? 0 : 1]);
    emit({.op = arithmetic(tree.op), .result = result_byte(result), .a = left, .b = right});
  }
  next_register_ = result + 1;
  return register_operand(result);
}

/// A value by way of branches: of a condition 1 or 0.
void RuleCompiler::choose(const CodeTree& tree, std::size_t result) {
  const bool of_condition = tree.op != Op::kJumpIfFalse;
  Jumps to_else;
  unless(of_condition ? tree : tree.kids[0], to_else);
  const Operand if_true = of_condition ? constant_operand(1) : value(tree.kids[1]);
  emit({.op = RuleOp::kCopy, .result = result_byte(result), .a = if_true});
  const std::uint32_t to_end = emit({.op = RuleOp::kJump});
  land(to_else);
  const Operand if_false = of_condition ? constant_operand(0) : value(tree.kids[2]);
  emit({.op = RuleOp::kCopy, .result = result_byte(result), .a = if_false});
  land({to_end});
}

void RuleCompiler::unless(CodeId condition, Jumps& to_else) {
  next_register_ = 0;
  if (const auto known = tree(condition)) {
    unless(*known, to_else);
    return;
  }
  compare(RuleOp::kUnlessNe, value(condition), constant_operand(0), to_else);
}

/// Goes on if the condition holds, else takes one of the jumps that are added to `to_else`.
void RuleCompiler::unless(const CodeTree& tree, Jumps& to_else) {
  switch (tree.op) {
    case Op::kJumpIfFalseKeep:
      unless(tree.kids[0], to_else);
      unless(tree.kids[1], to_else);
      return;
    case Op::kJumpIfTrueKeep: {
      Jumps to_right;
      unless(tree.kids[0], to_right);
      const std::uint32_t holds = emit({.op = RuleOp::kJump});
      land(to_right);
      unless(tree.kids[1], to_else);
      land({holds});
      return;
    }
    case Op::kNot: {
      Jumps holds;
      unless(tree.kids[0], holds);
      to_else.push_back(emit({.op = RuleOp::kJump}));
      land(holds);
      return;
    }
    case Op::kEq:
      return compare(RuleOp::kUnlessEq, tree, to_else);
    case Op::kNe:
      return compare(RuleOp::kUnlessNe, tree, to_else);
    case Op::kLt:
      return compare(RuleOp::kUnlessLt, tree, to_else);
    case Op::kLe:
      return compare(RuleOp::kUnlessLe, tree, to_else);
    default: {
      const std::size_t before = next_register_;
      const Operand truth = value(tree);
      next_register_ = before;
      compare(RuleOp::kUnlessNe, truth, constant_operand(0), to_else);
    }
  }
}

void RuleCompiler::compare(RuleOp op, const CodeTree& tree, Jumps& to_else) {
  const std::size_t before = next_register_;
  const Operand left = value(tree.kids[0]);
  const Operand right = value(tree.kids[1]);
  next_register_ = before;
  compare(op, left, right, to_else);
}

/// Whether a slot is a constant that it can hold is seen from its bits.
void RuleCompiler::compare(RuleOp op, const Operand& left, const Operand& right, Jumps& to_else) {
  RuleInstruction in{.op = op, .a = left, .b = right};
  const bool is_equality = op == RuleOp::kUnlessEq || op == RuleOp::kUnlessNe;
  if (is_equality && left.reads_state() && left.added == 0 && right.is_constant()) {
    if (const auto bits = bits_of(left, right.added)) {
      in.op = op == RuleOp::kUnlessEq ? RuleOp::kUnlessBits : RuleOp::kUnlessOtherBits;
      in.bits = *bits;
    }
  }
  to_else.push_back(emit(in));
}

}  // namespace quiesce::sim
