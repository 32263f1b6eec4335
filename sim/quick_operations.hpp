// Puts quicker operations in the place of those on any slots and numbers: most variables of textbook models
// are bytes or words, which one instruction of a processor reads, and most divisors are powers of two.
#pragma once

#include <vector>

#include "sim/rule_code.hpp"

namespace quiesce::sim {

/// The last thing that is done to code before it runs.
void use_quick_operations(std::vector<RuleInstruction>& code, const Program& program);

}  // namespace quiesce::sim
