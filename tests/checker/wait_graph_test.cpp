// Who waits for whom, as a graph: one claim each.
#include <gtest/gtest.h>

#include <set>

#include "driven_run.hpp"

namespace quiesce::checker::wait_graph_test {
namespace {

std::set<std::string> edges(const ReportWaitGraph& graph) {
  std::set<std::string> all;
  for (const ReportWaitEdge& edge : graph.edges) all.insert(edge.from + " " + edge.label + " " + edge.to);
  return all;
}

std::string kind_of(const ReportWaitGraph& graph, const std::string& id) {
  for (const ReportWaitNode& node : graph.nodes) {
    if (node.id == id) return node.kind;
  }
  return "none";
}

TEST(WaitGraph, HasTheCircleOfADeadlock) {
  const ReportWaitGraph graph = show_finding("deadlock", R"(
machine: { cpus: 2, preemption: full }
locks: { l: mutex, m: mutex }
tasks:
  a: { cpu: 0, run: [mutex_lock: l, mutex_lock: m, mutex_unlock: m, mutex_unlock: l] }
  b: { cpu: 1, run: [mutex_lock: m, mutex_lock: l, mutex_unlock: l, mutex_unlock: m] }
)")
                                    .finding.wait_graph;
  EXPECT_EQ(graph.circle, (std::vector<std::string>{"a", "m", "b", "l"}));
  EXPECT_EQ(edges(graph),
            (std::set<std::string>{"a waits for m", "m is held by b", "b waits for l", "l is held by a"}));
  EXPECT_EQ(kind_of(graph, "l"), "lock");
  EXPECT_EQ(kind_of(graph, "a"), "task");
}

TEST(WaitGraph, LeadsThroughTheCpuToWhatRunsThere) {
  const ReportWaitGraph graph = show_finding("soft_lockup", R"(
machine: { cpus: 1, preemption: voluntary }
tasks:
  busy: { cpu: 0, run: [delay: 30s] }
  reboot: { cpu: 0, run: [might_sleep] }
)")
                                    .finding.wait_graph;
  EXPECT_TRUE(edges(graph).contains("reboot waits for cpu0"));
  EXPECT_TRUE(edges(graph).contains("cpu0 runs busy"));
  EXPECT_TRUE(edges(graph).contains("busy waits for time"));
  EXPECT_TRUE(graph.circle.empty());
}

TEST(WaitGraph, NamesTheHardwareThatAPollAsks) {
  const ReportWaitGraph graph = show_finding("soft_lockup", R"(
machine: { cpus: 1, smmus: { smmu0: { cmdq_entries: 8, cr0_ack: never } } }
tasks: { t: { cpu: 0, run: [write: smmu0.CR0 = 0, poll: smmu0.CR0ACK == 0] } }
)")
                                    .finding.wait_graph;
  EXPECT_TRUE(edges(graph).contains("t waits for poll smmu0.CR0ACK == 0"));
  EXPECT_EQ(kind_of(graph, "poll smmu0.CR0ACK == 0"), "hardware");
}

TEST(WaitGraph, HasGracePeriodsAndTheirReaders) {
  const ReportWaitGraph graph =
      drive(R"(
machine: { cpus: 2 }
locks: { s: srcu, c: completion }
tasks:
  reader: { cpu: 0, run: [srcu_read_lock: s, wait_for_completion: c, srcu_read_unlock: s] }
  waiter: { cpu: 1, run: [synchronize_srcu: s, complete: c] }
)",
            {"reader: runs", "reader: srcu", "waiter: runs", "reader: wait_for", "waiter: synchronize"})
          .finding.wait_graph;
  EXPECT_EQ(edges(graph), (std::set<std::string>{"reader waits for c", "waiter waits for grace period of s",
                                                 "grace period of s waits for the reader reader"}));
  EXPECT_EQ(kind_of(graph, "c"), "completion");
  EXPECT_EQ(kind_of(graph, "grace period of s"), "grace_period");
}

TEST(WaitGraph, ShowsThatAWorkWaitsForItself) {
  const ReportWaitGraph graph = show_finding("deadlock", R"(
machine: { cpus: 1 }
routines: { x: [flush_work: w] }
works: { w: { run: x() } }
tasks: { t: { cpu: 0, run: [queue_work: w] } }
)")
                                    .finding.wait_graph;
  EXPECT_EQ(graph.circle.size(), 2U);
  EXPECT_EQ(kind_of(graph, "work w"), "other");
}

}  // namespace
}  // namespace quiesce::checker::wait_graph_test
