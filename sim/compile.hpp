// From a variant's document to the System that is explored.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sim/node.hpp"
#include "sim/system.hpp"

namespace quiesce::sim {

/// Compiles one variant's document. Throws ScenarioError with all that is wrong.
[[nodiscard]] System compile(const Node& document);

/// Calls back with every initial state: where tasks may start on any CPU, one for each placement.
void for_each_initial(const System& system, const std::function<void(const std::byte*)>& visit);

}  // namespace quiesce::sim
