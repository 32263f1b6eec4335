// Turns a schedule into what a person reads: steps, console log with virtual time, who waits for whom.
#include <algorithm>
#include <cstdint>
#include <optional>

#include "checker/check_system.hpp"
#include "checker/replay.hpp"
#include "checker/system_model.hpp"
#include "checker/used_assumptions.hpp"
#include "sim/describe.hpp"
#include "sim/wait_graph.hpp"

namespace quiesce::checker {
namespace {

std::string short_id(const std::string& kind, const sim::Cause& cause) {
  std::uint32_t h = 2166136261U;
  for (const char c : kind + "|" + cause.key + "|" + cause.detail)
    h = (h ^ static_cast<unsigned char>(c)) * 16777619U;
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = kind + "-";
  for (int i = 5; i >= 0; --i) text += kDigits[(h >> (4 * i)) & 0xfU];
  return text;
}

std::vector<std::string> cpu_lanes_of_cause(const std::vector<ReportStep>& steps) {
  std::vector<std::string> lanes;
  for (auto it = steps.rbegin(); it != steps.rend() && lanes.size() < 2; ++it) {
    if (it->lane.starts_with("cpu") && std::find(lanes.begin(), lanes.end(), it->lane) == lanes.end())
      lanes.push_back(it->lane);
  }
  std::sort(lanes.begin(), lanes.end());
  return lanes;
}

/// Where the step was that made the circle complete.
std::string last_location(const std::vector<ReportStep>& steps) {
  for (auto it = steps.rbegin(); it != steps.rend(); ++it) {
    if (!it->location.empty()) return it->location;
  }
  return "";
}

ReportWaitGraph report_of_waits(const sim::System& system, const std::byte* state) {
  sim::WaitGraph graph = sim::wait_graph(system, state);
  ReportWaitGraph report;
  for (sim::WaitGraph::Node& node : graph.nodes)
    report.nodes.push_back({std::move(node.id), std::string(node.kind), std::move(node.where)});
  for (sim::WaitGraph::Edge& edge : graph.edges)
    report.edges.push_back({std::move(edge.from), std::move(edge.to), std::move(edge.label)});
  report.circle = std::move(graph.circle);
  return report;
}

}  // namespace

ReportFinding explain(const sim::System& system, const FoundRun& run, const MachineCells* view) {
  const sim::Property& property = system.properties[run.finding.property];
  const sim::Cause& cause = system.causes[run.finding.cause];
  Replay replay(system, run.schedule, view, run.times_us);
  ReportFinding report;
  report.kind = property.kind;
  report.id = short_id(property.name, cause);
  report.schedule = encode(run.schedule);
  report.cycle_start = run.schedule.cycle_start;
  report.summary = property.name;
  const bool lockup = property.name == "soft_lockup" && !replay.lockup_at().empty();
  std::string where = lockup ? replay.lockup_at() : cause.where;
  const bool stuck = property.name == "deadlock" || property.name == "livelock";
  if (where.empty() && stuck) where = last_location(replay.steps);
  if (!where.empty()) report.summary += " in " + where;
  if (!cause.detail.empty()) report.summary += ": " + cause.detail;
  report.waits = sim::waits(system, replay.state());
  report.wait_graph = report_of_waits(system, replay.state());
  report.initial = std::move(replay.initial);
  report.steps = std::move(replay.steps);
  report.log = std::move(replay.log);
  const bool about_forever = property.name == "livelock" || property.what == sim::PropertyKind::kEventually;
  if (about_forever && !report.cycle_start && stays_at_its_end(system, run.schedule))
    report.cycle_start = report.steps.size();
  report.lanes_of_cause = cpu_lanes_of_cause(report.steps);
  report.assumptions = assumption_names(system, replay.assumed);
  return report;
}

}  // namespace quiesce::checker
