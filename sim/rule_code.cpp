#include "sim/rule_code.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "sim/code_tree.hpp"
#include "sim/system.hpp"

namespace quiesce::sim {
namespace {

constexpr std::int32_t kValuesMax = 4096;

Operand constant_operand(std::int32_t value) { return {.added = value}; }

Operand register_operand(std::size_t number) {
  return {.base = 1, .word = static_cast<std::uint16_t>(4 * number), .mask = 0xffffffffU};
}

Operand slot_operand(base::Slot slot) {
  Operand operand{.word = static_cast<std::uint16_t>(slot.offset & ~3U), .slot = slot};
  operand.shift = static_cast<std::uint8_t>(8 * (slot.offset & 3U));
  const std::size_t bits = 8 * base::bytes_of(slot.width);
  operand.mask = static_cast<std::uint32_t>((std::uint64_t{1} << bits) - 1);
  const bool is_signed = slot.width == base::Width::kI8 || slot.width == base::Width::kI16;
  operand.sign = is_signed ? 1U << (bits - 1) : 0;
  return operand;
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

class Compiler {
 public:
  explicit Compiler(const Program& program) : program_(program) {}

  /// Code that ends with kYes or kNo.
  std::uint32_t guard(CodeId condition) {
    const std::uint32_t start = here();
    pc_ = kInactive;
    std::vector<std::uint32_t> to_no;
    unless(condition, to_no);
    end_guard(to_no);
    return start;
  }

  /// The conditions whose conjunction it is, each as a guard.
  std::vector<std::uint32_t> conjuncts(const Rule& rule) {
    if (rule.when == kNoCode) return {};
    std::vector<std::uint32_t> guards;
    const std::optional<CodeTree> whole = tree(rule.when);
    if (!whole || rule.may_fault) return {guard(rule.when)};
    for (const CodeTree* part : conjuncts_of(*whole)) {
      guards.push_back(here());
      pc_ = kInactive;
      next_register_ = 0;
      Jumps to_no;
      unless(*part, to_no);
      end_guard(to_no);
    }
    return guards;
  }

  /// Code that ends with kDone. A guard that may fault is met once more, to report it.
  std::uint32_t body(const Rule& rule) {
    const std::uint32_t start = here();
    place_of_.clear();
    pc_ = rule.body;
    if (rule.may_fault) emit({.op = RuleOp::kEvaluate, .extra = rule.when});
    block(rule.body);
    return start;
  }

  std::vector<RuleInstruction> code;

 private:
  using Jumps = std::vector<std::uint32_t>;

  [[nodiscard]] std::uint32_t here() const { return static_cast<std::uint32_t>(code.size()); }
  std::uint32_t emit(RuleInstruction instruction) {
    instruction.pc = pc_;
    code.push_back(instruction);
    return here() - 1;
  }
  void end_guard(const Jumps& to_no) {
    emit({.op = RuleOp::kYes});
    land(to_no);
    emit({.op = RuleOp::kNo});
  }
  void land(const Jumps& jumps) {
    for (const std::uint32_t jump : jumps) code[jump].target = here();
  }

  /// The steps from `pc` to the end; a step that was met before is jumped to.
  void block(Pc pc) {
    std::vector<std::pair<Pc, std::uint32_t>> branches;  // steps that jumps still have to lead to
    for (std::vector<Pc> open{pc}; !open.empty();) {
      const Pc next = open.back();
      open.pop_back();
      straight(next, open, branches);
    }
    for (const auto& [step, jump] : branches) code[jump].target = place_of_.at(step);
  }

  void straight(Pc pc, std::vector<Pc>& open, std::vector<std::pair<Pc, std::uint32_t>>& branches) {
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
      pc = step.next;
    }
    branches.emplace_back(pc, emit({.op = RuleOp::kJump}));
  }

  void store(const Step& step) {
    next_register_ = 0;
    RuleInstruction in{.op = RuleOp::kStore, .lo = step.place.lo, .hi = step.place.hi};
    in.a = value(step.value);
    if (step.place.kind == Place::Kind::kFamily) {
      in.op = RuleOp::kStoreElement;
      in.b = value(step.place.index);
      in.extra = step.place.family;
    } else {
      in.b.slot = step.place.slot;
      in.extra = step.place.family;
    }
    emit(in);
  }

  [[nodiscard]] std::optional<CodeTree> tree(CodeId expression) const {
    std::optional<CodeTree> tree = tree_of(program_, expression);
    // Beside it the other operand of a store may be in use, and the result of a condition.
    if (tree && registers_of(*tree) + 2 > kRuleRegisters) tree.reset();
    return tree;
  }

  Operand value(CodeId expression) {
    if (const auto known = tree(expression)) return value(*known);
    const std::size_t result = next_register_++;
    emit({.op = RuleOp::kEvaluate, .result = static_cast<std::uint8_t>(result), .extra = expression});
    return register_operand(result);
  }

  Operand value(const CodeTree& tree) {
    if (tree.op == Op::kPush) return constant_operand(tree.a);
    if (tree.op == Op::kLoad) return slot_operand(tree.slot);
    if (const auto sum = slot_and_constant(tree)) return *sum;
    const std::size_t result = next_register_++;
    if (tree.op == Op::kJumpIfFalse || is_condition(tree)) {
      choose(tree, result);
    } else if (tree.op == Op::kLoadAt || tree.op == Op::kConstAt) {
      const Operand index = value(tree.kids[0]);
      emit({.op = RuleOp::kElement, .result = number(result), .a = index, .extra = tree.a});
    } else {
      const bool negated = tree.op == Op::kNeg;
      const Operand left = negated ? constant_operand(0) : value(tree.kids[0]);
      const Operand right = value(tree.kids[negated ? 0 : 1]);
      emit({.op = arithmetic(tree.op), .result = number(result), .a = left, .b = right});
    }
    next_register_ = result + 1;
    return register_operand(result);
  }

  /// `x + 1` and `x - 1` need no instruction.
  static std::optional<Operand> slot_and_constant(const CodeTree& tree) {
    if (tree.op != Op::kAdd && tree.op != Op::kSub) return std::nullopt;
    const CodeTree& left = tree.kids[0];
    const CodeTree& right = tree.kids[1];
    if (left.op != Op::kLoad || right.op != Op::kPush || right.a == INT32_MIN) return std::nullopt;
    Operand operand = slot_operand(left.slot);
    operand.added = tree.op == Op::kAdd ? right.a : -right.a;
    return operand;
  }

  static std::uint8_t number(std::size_t result) { return static_cast<std::uint8_t>(result); }

  /// A value by way of branches: of a condition 1 or 0.
  void choose(const CodeTree& tree, std::size_t result) {
    const bool of_condition = tree.op != Op::kJumpIfFalse;
    Jumps to_else;
    unless(of_condition ? tree : tree.kids[0], to_else);
    const Operand if_true = of_condition ? constant_operand(1) : value(tree.kids[1]);
    emit({.op = RuleOp::kCopy, .result = number(result), .a = if_true});
    const std::uint32_t to_end = emit({.op = RuleOp::kJump});
    land(to_else);
    const Operand if_false = of_condition ? constant_operand(0) : value(tree.kids[2]);
    emit({.op = RuleOp::kCopy, .result = number(result), .a = if_false});
    land({to_end});
  }

  void unless(CodeId condition, Jumps& to_else) {
    next_register_ = 0;
    if (const auto known = tree(condition)) {
      unless(*known, to_else);
      return;
    }
    const Operand truth = value(condition);
    to_else.push_back(emit({.op = RuleOp::kUnlessNe, .a = truth, .b = constant_operand(0)}));
  }

  /// Goes on if the condition holds, else takes one of the jumps that are added to `to_else`.
  void unless(const CodeTree& tree, Jumps& to_else) {
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
        to_else.push_back(emit({.op = RuleOp::kUnlessNe, .a = truth, .b = constant_operand(0)}));
      }
    }
  }

  void compare(RuleOp op, const CodeTree& tree, Jumps& to_else) {
    const std::size_t before = next_register_;
    const Operand left = value(tree.kids[0]);
    const Operand right = value(tree.kids[1]);
    next_register_ = before;
    to_else.push_back(emit({.op = op, .a = left, .b = right}));
  }

  const Program& program_;
  Pc pc_ = kInactive;
  std::size_t next_register_ = 0;
  std::map<Pc, std::uint32_t> place_of_;
};

/// A guard's first conjunct, if that is `slot == value`, and the rest of it.
struct Beginning {
  base::Slot slot;
  std::int32_t value = 0;
  CodeId rest = kNoCode;
};

std::optional<Beginning> beginning_of(const Program& program, CodeId when) {
  if (when == kNoCode) return std::nullopt;
  const Instruction& first = program.code[static_cast<std::size_t>(when)];
  const auto ends_at = [&](std::int32_t at) {
    return program.code[static_cast<std::size_t>(at)].op == Op::kEnd;
  };
  std::optional<Beginning> found;
  if (first.op == Op::kUnlessSlotEq && ends_at(first.a)) found = {first.slot, first.b, when + 1};
  if (first.op == Op::kSlotEq && ends_at(when + 1)) found = {first.slot, first.a, kNoCode};
  if (found && (found->value < -kValuesMax || found->value > kValuesMax)) found.reset();
  return found;
}

bool is_on_states(const Property& property) {
  switch (property.what) {
    case PropertyKind::kNever:
    case PropertyKind::kAtEnd:
    case PropertyKind::kEventually:
    case PropertyKind::kAlwaysPossible:
      return property.code != kNoCode;
    default:
      return false;
  }
}

using EntriesByValue = std::map<std::int32_t, std::vector<RuleEntry>>;

RuleGroup grouped(base::Slot slot, const EntriesByValue& entries, RuleCode& code) {
  RuleGroup group{slot, entries.begin()->first, {}};
  for (std::int32_t value = group.first_value; value <= entries.rbegin()->first; ++value) {
    group.begin.push_back(static_cast<std::uint32_t>(code.entries.size()));
    const auto found = entries.find(value);
    if (found == entries.end()) continue;
    code.entries.insert(code.entries.end(), found->second.begin(), found->second.end());
  }
  group.begin.push_back(static_cast<std::uint32_t>(code.entries.size()));
  return group;
}

}  // namespace

RuleCode compile_rule_code(const System& system) {
  const std::vector<Rule>& rules = system.rules;
  const Program& program = system.program;
  RuleCode result;
  Compiler compiler(program);
  for (const Property& property : system.properties)
    result.conditions.push_back(is_on_states(property) ? compiler.guard(property.code) : kNoGuard);
  if (system.end != kNoCode) result.end = compiler.guard(system.end);
  std::vector<std::pair<base::Slot, EntriesByValue>> groups;
  std::vector<RuleEntry> others;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const auto first = beginning_of(program, rules[i].when);
    const CodeId rest = first ? first->rest : rules[i].when;
    RuleEntry entry{static_cast<std::uint16_t>(i), kNoGuard};
    if (rest != kNoCode) entry.guard = compiler.guard(rest);
    result.bodies.push_back(compiler.body(rules[i]));
    result.conjuncts.push_back(compiler.conjuncts(rules[i]));
    if (!first) {
      others.push_back(entry);
      continue;
    }
    auto group = std::find_if(groups.begin(), groups.end(),
                              [&](const auto& candidate) { return candidate.first == first->slot; });
    if (group == groups.end()) group = groups.insert(groups.end(), {first->slot, {}});
    group->second[first->value].push_back(entry);
  }
  for (const auto& [slot, entries] : groups) result.groups.push_back(grouped(slot, entries, result));
  result.others = static_cast<std::uint32_t>(result.entries.size());
  result.entries.insert(result.entries.end(), others.begin(), others.end());
  result.code = std::move(compiler.code);
  return result;
}

}  // namespace quiesce::sim
