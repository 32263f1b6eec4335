#include "sim/code_tree.hpp"

#include <utility>

namespace quiesce::sim {
namespace {

CodeTree leaf(Op op, base::Slot slot, std::int32_t a) { return {op, slot, a, {}}; }

CodeTree compared(Op op, base::Slot slot, std::int32_t constant) {
  return {op, {}, 0, {leaf(Op::kLoad, slot, 0), leaf(Op::kPush, {}, constant)}};
}

/// Reads instructions in their order and puts together what they leave on the stack.
class Reader {
 public:
  explicit Reader(const Program& program) : program_(program) {}

  /// The expression of the instructions from `pc` up to `end`, or up to the end of the code.
  std::optional<CodeTree> read(std::size_t pc, std::size_t end) {
    std::vector<CodeTree> stack;
    while (pc != end && program_.code[pc].op != Op::kEnd) {
      if (!read_one(stack, pc)) return std::nullopt;
    }
    if (stack.size() != 1) return std::nullopt;
    return std::move(stack.back());
  }

 private:
  bool read_one(std::vector<CodeTree>& stack, std::size_t& pc) {
    const Instruction& in = program_.code[pc];
    switch (in.op) {
      case Op::kPush:
      case Op::kLoad:
        stack.push_back(leaf(in.op, in.slot, in.a));
        ++pc;
        return true;
      case Op::kSlotEq:
      case Op::kSlotNe:
        stack.push_back(compared(in.op == Op::kSlotEq ? Op::kEq : Op::kNe, in.slot, in.a));
        ++pc;
        return true;
      case Op::kUnlessSlotEq:
        stack.push_back(compared(Op::kEq, in.slot, in.b));
        return read_right_side(stack, pc, Op::kJumpIfFalseKeep);
      case Op::kJumpIfFalseKeep:
      case Op::kJumpIfTrueKeep:
        return read_right_side(stack, pc, in.op);
      case Op::kJumpIfFalse:
        return read_choice(stack, pc);
      case Op::kLoadAt:
      case Op::kConstAt:
      case Op::kNeg:
      case Op::kNot:
        return combine(stack, pc, 1);
      case Op::kAdd:
      case Op::kSub:
      case Op::kMul:
      case Op::kDiv:
      case Op::kMod:
      case Op::kEq:
      case Op::kNe:
      case Op::kLt:
      case Op::kLe:
        return combine(stack, pc, 2);
      default:
        return false;
    }
  }

  bool combine(std::vector<CodeTree>& stack, std::size_t& pc, std::size_t operands) {
    if (stack.size() < operands) return false;
    const Instruction& in = program_.code[pc++];
    CodeTree tree{in.op, {}, in.a, {}};
    const auto first = stack.end() - static_cast<std::ptrdiff_t>(operands);
    tree.kids.assign(std::make_move_iterator(first), std::make_move_iterator(stack.end()));
    stack.erase(first, stack.end());
    stack.push_back(std::move(tree));
    return true;
  }

  /// `and` and `or`: the left side is on the stack, the right side goes up to where the jump leads.
  bool read_right_side(std::vector<CodeTree>& stack, std::size_t& pc, Op op) {
    const auto end = static_cast<std::size_t>(program_.code[pc].a);
    std::optional<CodeTree> right = read(pc + 1, end);
    if (!right || stack.empty()) return false;
    CodeTree left = std::move(stack.back());
    stack.back() = {op, {}, 0, {}};
    stack.back().kids.push_back(std::move(left));
    stack.back().kids.push_back(std::move(*right));
    pc = end;
    return true;
  }

  bool read_choice(std::vector<CodeTree>& stack, std::size_t& pc) {
    const auto otherwise = static_cast<std::size_t>(program_.code[pc].a);
    const auto end = static_cast<std::size_t>(program_.code[otherwise - 1].a);
    std::optional<CodeTree> if_true = read(pc + 1, otherwise - 1);
    std::optional<CodeTree> if_false = read(otherwise, end);
    if (!if_true || !if_false || stack.empty()) return false;
    CodeTree condition = std::move(stack.back());
    stack.back() = {Op::kJumpIfFalse, {}, 0, {}};
    stack.back().kids.push_back(std::move(condition));
    stack.back().kids.push_back(std::move(*if_true));
    stack.back().kids.push_back(std::move(*if_false));
    pc = end;
    return true;
  }

  const Program& program_;
};

/// The operands of a chain of the same operation.
std::vector<const CodeTree*> parts_of(const CodeTree& tree, Op chain) {
  if (tree.op != chain) return {&tree};
  std::vector<const CodeTree*> all = parts_of(tree.kids[0], chain);
  const std::vector<const CodeTree*> right = parts_of(tree.kids[1], chain);
  all.insert(all.end(), right.begin(), right.end());
  return all;
}

}  // namespace

std::vector<const CodeTree*> conjuncts_of(const CodeTree& tree) {
  return parts_of(tree, Op::kJumpIfFalseKeep);
}

std::vector<const CodeTree*> disjuncts_of(const CodeTree& tree) {
  return parts_of(tree, Op::kJumpIfTrueKeep);
}

std::optional<CodeTree> tree_of(const Program& program, CodeId code) {
  constexpr auto kNoEnd = static_cast<std::size_t>(-1);
  return Reader(program).read(static_cast<std::size_t>(code), kNoEnd);
}

}  // namespace quiesce::sim
