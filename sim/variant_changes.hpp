// What a variant's overlay says against its scenario, for people.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/node.hpp"

namespace quiesce::sim {

/// One short line each: "patches: linux/patches/x", "machine.preemption: full", "tasks.worker: added",
/// "edits: in hicam_release after unmapped insert cond_resched". What is only expected is no change.
/// `scenario` is the document with its libraries.
[[nodiscard]] std::vector<std::string> variant_changes(const Node& scenario, std::string_view variant);

/// The variant's `reason`, or "".
[[nodiscard]] std::string variant_reason(const Node& scenario, std::string_view variant);

}  // namespace quiesce::sim
