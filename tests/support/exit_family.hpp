// The family of scenarios by which reductions are measured: n processes exit, each of them unmaps through an
// SMMU of its own, while a reboot disables all SMMUs in any order.
#pragma once

#include <string>

namespace quiesce::sim {

/// The text of the scenario with `n` exiting tasks and SMMUs; n is at least 1.
[[nodiscard]] std::string exit_family(int n);

}  // namespace quiesce::sim
