// The steps that a document's routines have, whether or not anything calls them.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "sim/node.hpp"

namespace quiesce::sim {

/// Keys of a step under which it may have a list of further steps.
inline constexpr std::array<std::string_view, 6> kStepBlocks{"then",       "else",       "do",
                                                             "on_timeout", "on_failure", "atomic"};

struct RoutineStep {
  std::string routine;
  Location at;
  std::string text;  ///< "mutex_lock: bond.group"
};

/// Of every form of every routine, in the order of the document: the steps that do something. Branches, loops
/// and jumps do nothing but lead to such steps.
[[nodiscard]] std::vector<RoutineStep> routine_steps(const Node& document);

}  // namespace quiesce::sim
