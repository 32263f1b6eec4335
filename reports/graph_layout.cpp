#include "reports/graph_layout.hpp"

#include <fmt/format.h>
#include <graphviz/gvc.h>

#include <algorithm>
#include <cstdio>
#include <mutex>
#include <sstream>
#include <stdexcept>

#ifdef QUIESCE_ADDRESS_SANITIZER
/// Graphviz 2.42 loses some of what it allocates for its configuration and for edges that go back.
extern "C" const char* __lsan_default_suppressions() { return "leak:libgvc.so\n"; }
#endif

namespace quiesce::reports {
namespace {

constexpr double kPixelsPerInch = 72;  ///< of Graphviz: what it calls points

/// Made once: each costs time, and Graphviz 2.42 never frees all of it.
GVC_t* the_context() {
  static GVC_t* const context = gvContext();
  return context;
}

/// A graph of Graphviz, whose functions want texts that they could change.
class DotGraph {
 public:
  DotGraph() : graph_(agopen(text("report"), Agdirected, nullptr)) {
    if (graph_ == nullptr) throw std::runtime_error("Graphviz makes no graph");
  }
  ~DotGraph() { agclose(graph_); }
  DotGraph(const DotGraph&) = delete;
  DotGraph& operator=(const DotGraph&) = delete;

  [[nodiscard]] Agraph_t* get() const { return graph_; }

  void set_default(int kind, const char* name, const char* value) {
    agattr(graph_, kind, text(name), text(value));
  }
  Agnode_t* add_node(std::size_t number) { return agnode(graph_, text(std::to_string(number)), 1); }
  Agedge_t* add_edge(Agnode_t* from, Agnode_t* to, std::size_t number) {
    return agedge(graph_, from, to, text(std::to_string(number)), 1);
  }
  void set(void* object, const char* name, const std::string& value) {
    std::string key = name;
    agset(object, key.data(), text(value));
  }
  [[nodiscard]] std::string get_text(void* object, const char* name) {
    const char* value = agget(object, text(name));
    return value == nullptr ? "" : value;
  }

 private:
  char* text(const std::string& value) {
    buffer_ = value;
    return buffer_.data();
  }
  /// The attribute's name and value are needed at once.
  char* text(const char* value) {
    std::string& next = names_[next_name_++ % 2];
    next = value;
    return next.data();
  }

  std::string buffer_;
  std::string names_[2];
  std::size_t next_name_ = 0;
  Agraph_t* graph_;
};

void set_defaults(DotGraph& dot) {
  dot.set_default(AGRAPH, "nodesep", "0.25");
  dot.set_default(AGRAPH, "ranksep", "0.6");
  dot.set_default(AGNODE, "shape", "box");
  dot.set_default(AGNODE, "fixedsize", "true");
  dot.set_default(AGNODE, "label", "");
  dot.set_default(AGNODE, "width", "1");
  dot.set_default(AGNODE, "height", "1");
  dot.set_default(AGNODE, "pos", "");
  dot.set_default(AGEDGE, "pos", "");
}

/// The numbers in a text such as "e,12.5,7 1,2 3,4".
std::vector<double> numbers_in(std::string text) {
  std::replace(text.begin(), text.end(), ',', ' ');
  if (text.starts_with("e")) text.front() = ' ';
  std::istringstream in(text);
  in.imbue(std::locale::classic());
  std::vector<double> all;
  for (double number = 0; in >> number;) all.push_back(number);
  return all;
}

/// Graphviz counts from the bottom.
class Flipped {
 public:
  explicit Flipped(double height) : height_(height) {}

  [[nodiscard]] GraphPoint point(const std::vector<double>& numbers, std::size_t at) const {
    return {numbers[2 * at], height_ - numbers[2 * at + 1]};
  }

 private:
  double height_;
};

std::string shown(const GraphPoint& point) { return fmt::format("{:.1f} {:.1f}", point.x, point.y); }

/// The point of a Bézier curve half way along it.
GraphPoint half_way(const GraphPoint& a, const GraphPoint& b, const GraphPoint& c, const GraphPoint& d) {
  return {(a.x + 3 * b.x + 3 * c.x + d.x) / 8, (a.y + 3 * b.y + 3 * c.y + d.y) / 8};
}

/// An edge's position is the point of its arrow, if it starts with "e", and then a spline.
void place_edge(const std::string& position, const Flipped& flipped, GraphLayout& layout) {
  const std::vector<double> numbers = numbers_in(position);
  const std::size_t begin = position.starts_with("e") ? 1 : 0;
  const std::size_t points = numbers.size() / 2;
  if (points < begin + 4) throw std::runtime_error("Graphviz gives an edge no place");
  std::string path = "M" + shown(flipped.point(numbers, begin));
  for (std::size_t i = begin + 1; i + 2 < points; i += 3) {
    path += "C" + shown(flipped.point(numbers, i)) + " " + shown(flipped.point(numbers, i + 1)) + " " +
            shown(flipped.point(numbers, i + 2));
  }
  if (begin == 1) path += "L" + shown(flipped.point(numbers, 0));
  const std::size_t curves = (points - begin - 1) / 3;
  const std::size_t at = begin + curves / 2 * 3 - (curves % 2 == 0 ? 3 : 0);
  layout.paths.push_back(std::move(path));
  layout.middles.push_back(half_way(flipped.point(numbers, at), flipped.point(numbers, at + 1),
                                    flipped.point(numbers, at + 2), flipped.point(numbers, at + 3)));
}

}  // namespace

GraphLayout lay_out(const Graph& graph) {
  static std::mutex one_at_a_time;
  const std::lock_guard lock(one_at_a_time);
  GVC_t* const context = the_context();
  DotGraph dot;
  set_defaults(dot);
  std::vector<Agnode_t*> nodes;
  for (const GraphNode& node : graph.nodes) {
    nodes.push_back(dot.add_node(nodes.size()));
    dot.set(nodes.back(), "width", fmt::format("{:.4f}", node.width / kPixelsPerInch));
    dot.set(nodes.back(), "height", fmt::format("{:.4f}", node.height / kPixelsPerInch));
  }
  std::vector<Agedge_t*> edges;
  for (const GraphEdge& edge : graph.edges)
    edges.push_back(dot.add_edge(nodes.at(edge.from), nodes.at(edge.to), edges.size()));
  if (gvLayout(context, dot.get(), "dot") != 0) throw std::runtime_error("Graphviz has no layout 'dot'");
  // Without a file, this writes the places into attributes.
  gvRender(context, dot.get(), "dot", nullptr);
  const std::vector<double> box = numbers_in(dot.get_text(dot.get(), "bb"));
  if (box.size() != 4) throw std::runtime_error("Graphviz gives a graph no size");
  GraphLayout layout;
  layout.width = box[2];
  layout.height = box[3];
  const Flipped flipped(layout.height);
  for (Agnode_t* node : nodes) {
    const std::vector<double> numbers = numbers_in(dot.get_text(node, "pos"));
    if (numbers.size() != 2) throw std::runtime_error("Graphviz gives a node no place");
    layout.centres.push_back(flipped.point(numbers, 0));
  }
  for (Agedge_t* edge : edges) place_edge(dot.get_text(edge, "pos"), flipped, layout);
  gvFreeLayout(context, dot.get());
  return layout;
}

}  // namespace quiesce::reports
