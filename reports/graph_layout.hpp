// Where nodes and edges of a graph are drawn. Sizes are given, so that no font has a say in it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace quiesce::reports {

/// In pixels.
struct GraphNode {
  double width = 0;
  double height = 0;
};

/// Indices into Graph::nodes.
struct GraphEdge {
  std::size_t from = 0;
  std::size_t to = 0;
};

struct Graph {
  std::vector<GraphNode> nodes;
  std::vector<GraphEdge> edges;
};

/// In pixels, from the left and from the top.
struct GraphPoint {
  double x = 0;
  double y = 0;
};

struct GraphLayout {
  double width = 0;
  double height = 0;
  std::vector<GraphPoint> centres;  ///< of the nodes
  std::vector<std::string> paths;   ///< of the edges, as the `d` of an SVG path
  std::vector<GraphPoint> middles;  ///< of the edges, for labels
};

/// Layers from the top to the bottom, along the edges. One call at a time: others wait, because Graphviz does
/// not allow more. Throws std::runtime_error if Graphviz has no such layout.
[[nodiscard]] GraphLayout lay_out(const Graph& graph);

}  // namespace quiesce::reports
