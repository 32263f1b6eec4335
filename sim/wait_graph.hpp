// Who waits for whom in a state, as a graph: contexts, CPUs, locks, grace periods, hardware.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/system.hpp"

namespace quiesce::sim {

struct WaitGraph {
  struct Node {
    std::string id;         ///< a name, or the condition that is waited for
    std::string_view kind;  ///< "task", "cpu", "lock", "completion", "grace_period", "hardware", "other"
    std::string where;      ///< "arm_smmu_device_disable+1" of a context, or ""
  };
  struct Edge {
    std::string from;
    std::string to;
    std::string label;  ///< "waits for", "is held by", "runs", ...
  };

  std::vector<Node> nodes;
  std::vector<Edge> edges;
  std::vector<std::string> circle;  ///< ids along the edges; the last one's edge leads to the first
};

/// Tasks that have exited, and kworkers without work, stand in it only if somebody waits for them.
[[nodiscard]] WaitGraph wait_graph(const System& system, const std::byte* state);

}  // namespace quiesce::sim
