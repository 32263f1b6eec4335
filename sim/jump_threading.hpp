// Leads jumps of rule code past questions that have been answered on the way.
#pragma once

#include <vector>

#include "sim/rule_code.hpp"

namespace quiesce::sim {

/// `exists` and `forall` become long chains of comparisons that ask the same again and again: whether P[0] is
/// L4 and P[1] is, whether P[0] is L4 and P[2] is. Behind each answer the chain goes on where something else
/// is asked.
void thread_jumps(std::vector<RuleInstruction>& code);

}  // namespace quiesce::sim
