// Makes register code of rules and conditions.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "sim/code_tree.hpp"
#include "sim/rule_code.hpp"

namespace quiesce::sim {

/// Steps of a rule: those that RuleCompiler makes code of, and those that do nothing there.
[[nodiscard]] constexpr bool may_stand_in_rule(Verb verb) {
  return verb == Verb::kNop || verb == Verb::kSet || verb == Verb::kIf || verb == Verb::kJump ||
         verb == Verb::kFrameEnd;
}

struct Rule;

class RuleCompiler {
 public:
  explicit RuleCompiler(const Program& program) : program_(program) {}

  /// Code that ends with kYes or kNo.
  std::uint32_t guard(CodeId condition);
  /// The same for the conjunction of conditions that do not meet NULL before those to their right are asked.
  std::uint32_t guard(std::span<const CodeTree* const> conjuncts);
  /// The conditions whose conjunction it is, each as a guard.
  std::vector<std::uint32_t> conjuncts(const Rule& rule);
  /// Code that ends with kDone. A guard that may fault is met once more, to report it.
  std::uint32_t body(const Rule& rule);
  /// The expression, if register code can compute it.
  [[nodiscard]] std::optional<CodeTree> tree(CodeId expression) const;

  [[nodiscard]] std::vector<RuleInstruction> take_code() { return std::move(code_); }

 private:
  using Jumps = std::vector<std::uint32_t>;
  using Branches = std::vector<std::pair<Pc, std::uint32_t>>;

  [[nodiscard]] std::uint32_t here() const { return static_cast<std::uint32_t>(code_.size()); }
  std::uint32_t emit(RuleInstruction instruction);
  void end_guard(const Jumps& to_no);
  void land(const Jumps& jumps);

  void block(Pc pc);
  void straight(Pc pc, std::vector<Pc>& open, Branches& branches);
  void store(const Step& step);

  Operand value(CodeId expression);
  Operand value(const CodeTree& tree);
  void choose(const CodeTree& tree, std::size_t result);
  void unless(CodeId condition, Jumps& to_else);
  void unless(const CodeTree& tree, Jumps& to_else);
  void compare(RuleOp op, const CodeTree& tree, Jumps& to_else);
  void compare(RuleOp op, const Operand& left, const Operand& right, Jumps& to_else);

  const Program& program_;
  std::vector<RuleInstruction> code_;
  Pc pc_ = kInactive;
  std::size_t next_register_ = 0;
  std::map<Pc, std::uint32_t> place_of_;
};

/// Of a condition that asks whether a slot holds one value that it can hold, or another.
[[nodiscard]] std::optional<BitsTest> bits_test(const CodeTree& tree);

}  // namespace quiesce::sim
