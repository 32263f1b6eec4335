// Stack code as the tree that it was made from.
#pragma once

#include <optional>
#include <vector>

#include "sim/code.hpp"

namespace quiesce::sim {

/// `op` is that of the instruction; a comparison of a slot with a constant has been taken apart.
struct CodeTree {
  Op op = Op::kPush;
  base::Slot slot{};
  std::int32_t a = 0;
  std::vector<CodeTree> kids;  ///< operands; of a kJumpIfFalse: condition, value if true, value if false
};

/// The expression at `code`; nothing if it needs more than slots, constants, elements and arithmetic.
[[nodiscard]] std::optional<CodeTree> tree_of(const Program& program, CodeId code);

/// The conditions whose conjunction the tree is: itself, if it is none.
[[nodiscard]] std::vector<const CodeTree*> conjuncts_of(const CodeTree& tree);
/// The same for a disjunction.
[[nodiscard]] std::vector<const CodeTree*> disjuncts_of(const CodeTree& tree);

}  // namespace quiesce::sim
