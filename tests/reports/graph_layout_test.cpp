// Graphs are laid out by Graphviz, to the given sizes and without fonts.
#include "reports/graph_layout.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <thread>

namespace quiesce::reports::graph_layout_test {
namespace {

Graph chain() { return {{{100, 30}, {60, 20}, {80, 40}}, {{0, 1}, {1, 2}}}; }

bool overlap(const GraphPoint& a, const GraphNode& one, const GraphPoint& b, const GraphNode& other) {
  return std::abs(a.x - b.x) < (one.width + other.width) / 2 &&
         std::abs(a.y - b.y) < (one.height + other.height) / 2;
}

TEST(GraphLayout, EdgesLeadDownwards) {
  const GraphLayout layout = lay_out(chain());
  ASSERT_EQ(layout.centres.size(), 3U);
  EXPECT_LT(layout.centres[0].y, layout.centres[1].y);
  EXPECT_LT(layout.centres[1].y, layout.centres[2].y);
}

TEST(GraphLayout, NodesStayInThePictureAndApart) {
  Graph graph;
  for (std::size_t i = 0; i < 12; ++i) graph.nodes.push_back({80, 30});
  for (std::size_t i = 0; i < 12; ++i) graph.edges.push_back({i, (i * 5 + 1) % 12});
  const GraphLayout layout = lay_out(graph);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    EXPECT_GE(layout.centres[i].x - 40, -0.5);
    EXPECT_LE(layout.centres[i].x + 40, layout.width + 0.5);
    EXPECT_GE(layout.centres[i].y - 15, -0.5);
    EXPECT_LE(layout.centres[i].y + 15, layout.height + 0.5);
    for (std::size_t j = 0; j < i; ++j)
      EXPECT_FALSE(overlap(layout.centres[i], graph.nodes[i], layout.centres[j], graph.nodes[j]));
  }
}

TEST(GraphLayout, EachEdgeHasItsOwnPathAlsoToItselfAndBesideAnother) {
  const GraphLayout layout = lay_out({{{80, 30}, {80, 30}}, {{0, 1}, {0, 1}, {1, 0}, {1, 1}}});
  ASSERT_EQ(layout.paths.size(), 4U);
  ASSERT_EQ(layout.middles.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_TRUE(layout.paths[i].starts_with("M")) << layout.paths[i];
    for (std::size_t j = 0; j < i; ++j) EXPECT_NE(layout.paths[i], layout.paths[j]);
  }
}

TEST(GraphLayout, AnEdgeEndsAtItsNode) {
  const GraphLayout layout = lay_out(chain());
  const std::string& path = layout.paths[0];
  const std::string end = path.substr(path.rfind('L') + 1);
  EXPECT_NEAR(std::stod(end.substr(end.find(' '))), layout.centres[1].y - 10, 2);
}

TEST(GraphLayout, TheSameGraphHasTheSameLayoutFromEveryThread) {
  const GraphLayout first = lay_out(chain());
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([&] { EXPECT_EQ(lay_out(chain()).paths, first.paths); });
  for (std::thread& thread : threads) thread.join();
}

TEST(GraphLayout, AGraphWithoutEdgesAndOneWithoutNodesHaveLayouts) {
  EXPECT_EQ(lay_out({{{50, 20}}, {}}).centres.size(), 1U);
  EXPECT_TRUE(lay_out({}).centres.empty());
}

}  // namespace
}  // namespace quiesce::reports::graph_layout_test
