#include "reports/sarif_flow.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "reports/layout.hpp"

namespace quiesce::reports {
namespace {

using namespace checker;
using Json = nlohmann::ordered_json;

bool is_unreserved(char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return letter || std::string_view("-._~/").find(c) != std::string_view::npos;
}

std::string percent_encoded(std::string_view path) {
  std::string out;
  for (const char c : path) out += is_unreserved(c) ? std::string(1, c) : fmt::format("%{:02X}", c & 0xff);
  return out;
}

/// Where a file is, as a URI relative to the root of the sources if its path is relative.
Json artifact(const std::string& path) {
  if (path.starts_with("/")) return {{"uri", "file://" + percent_encoded(path)}};
  std::string_view relative = path;
  while (relative.starts_with("./")) relative.remove_prefix(2);
  return {{"uri", percent_encoded(relative)}, {"uriBaseId", "%SRCROOT%"}};
}

/// "file.yaml:120" in two; line 0 if there is none.
std::pair<std::string, std::uint64_t> file_and_line(const std::string& source_at) {
  const std::size_t colon = source_at.rfind(':');
  if (colon == std::string::npos || colon + 1 == source_at.size()) return {source_at, 0};
  std::uint64_t line = 0;
  for (std::size_t i = colon + 1; i < source_at.size(); ++i) {
    const char c = source_at[i];
    if (c < '0' || c > '9' || line > 1'000'000'000) return {source_at, 0};
    line = line * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return {source_at.substr(0, colon), line};
}

/// A place without a line is shown nowhere, so there is always one.
Json place_in(const std::string& file, std::uint64_t line) {
  return {{"artifactLocation", artifact(file)},
          {"region", {{"startLine", std::max<std::uint64_t>(line, 1)}}}};
}

/// Hardware has no line in any file: it stands for the scenario as a whole.
Json physical(const ReportScenario& scenario, const std::string& source_at) {
  if (source_at.empty()) return place_in(scenario.file, 1);
  const std::pair<std::string, std::uint64_t> place = file_and_line(source_at);
  return place_in(place.first, place.second);
}

/// A library of an installation is no file of the sources that the reader has before him.
bool is_of_sources(const ReportScenario& scenario, const std::string& source_at) {
  if (source_at.empty()) return false;
  if (file_and_line(source_at).first == scenario.file) return true;
  return source_at.front() != '/' && source_at.find("../") != 0;
}

Json logical(const std::string& routine) {
  return Json::array({{{"fullyQualifiedName", clean(routine)}, {"kind", "function"}}});
}

/// Without these steps the finding is not to be understood.
std::set<std::size_t> essential_steps(const ReportFinding& finding) {
  std::set<std::size_t> numbers{finding.steps.back().number};
  if (!finding.explanation) return numbers;
  if (finding.explanation->lost == ReportExplanation::Lost::kAtStep)
    numbers.insert(finding.explanation->lost_at);
  for (const ReportOrdering& ordering : finding.explanation->orderings)
    numbers.insert({ordering.earlier, ordering.later});
  return numbers;
}

/// A step that changed nothing of the state, nor who runs, is not needed to follow the run.
const char* importance(const ReportStep& step, const std::set<std::size_t>& essential) {
  if (essential.contains(step.number)) return "essential";
  return step.changes.empty() && !step.context_switch ? "unimportant" : "important";
}

Json flow_location(const ReportScenario& scenario, const ReportStep& step,
                   const std::set<std::size_t>& essential) {
  const std::string words =
      fmt::format("{}: {}{}{}", step.lane, step.location, step.location.empty() ? "" : ": ", step.text);
  Json location{{"physicalLocation", physical(scenario, step.source_at)}};
  if (!step.location.empty()) location["logicalLocations"] = logical(routine_of(step.location));
  location["message"] = sarif_message(words);
  Json json{{"location", location}};
  if (!step.source.empty()) json["module"] = clean(step.source);
  if (!step.changes.empty()) {
    Json state = Json::object();
    for (const auto& [slot, change] : step.changes) state[clean(slot)] = sarif_message(change);
    json["state"] = state;
  }
  json["nestingLevel"] = step.call_chain.size();
  json["executionOrder"] = step.number;
  json["importance"] = importance(step, essential);
  json["properties"] = {{"lane", clean(step.lane)}, {"timeUs", step.time_us}};
  if (step.enabled_by) {
    json["properties"]["enabledBy"] = {{"step", step.enabled_by->step},
                                       {"kind", clean(step.enabled_by->kind)}};
  }
  return json;
}

}  // namespace

Json sarif_message(const std::string& text) {
  std::string out;
  for (const char c : clean(text)) {
    if (c == '{' || c == '}') out += c;
    if (c == '(' && out.ends_with(']')) out += ' ';
    out += c;
  }
  return {{"text", out}};
}

Json sarif_location(const ReportScenario& scenario) { return {{"physicalLocation", physical(scenario, "")}}; }

Json sarif_location(const ReportScenario& scenario, const ReportFinding& finding) {
  const auto last = std::find_if(finding.steps.rbegin(), finding.steps.rend(), [&](const ReportStep& step) {
    return is_of_sources(scenario, step.source_at);
  });
  if (last == finding.steps.rend()) return sarif_location(scenario);
  Json location{{"physicalLocation", physical(scenario, last->source_at)}};
  if (!last->location.empty()) location["logicalLocations"] = logical(routine_of(last->location));
  return location;
}

Json sarif_code_flows(const ReportScenario& scenario, const ReportFinding& finding) {
  if (finding.steps.empty()) return {};
  const std::set<std::size_t> essential = essential_steps(finding);
  Json flows = Json::array();
  std::map<std::string, std::size_t> number_of;
  for (const ReportStep& step : finding.steps) {
    const auto [entry, first] = number_of.emplace(step.actor, flows.size());
    if (first) flows.push_back({{"id", clean(step.actor)}, {"locations", Json::array()}});
    flows[entry->second]["locations"].push_back(flow_location(scenario, step, essential));
  }
  return Json::array({{{"threadFlows", flows}}});
}

Json sarif_wait_graph(const ReportFinding& finding) {
  const ReportWaitGraph& graph = finding.wait_graph;
  if (graph.nodes.empty()) return {};
  Json nodes = Json::array();
  for (const ReportWaitNode& node : graph.nodes) {
    nodes.push_back({{"id", clean(node.id)},
                     {"label", sarif_message(node.where.empty() ? node.id : node.id + " in " + node.where)},
                     {"properties", {{"kind", clean(node.kind)}}}});
  }
  Json edges = Json::array();
  for (const ReportWaitEdge& edge : graph.edges) {
    edges.push_back({{"id", fmt::format("e{}", edges.size())},
                     {"label", sarif_message(edge.label)},
                     {"sourceNodeId", clean(edge.from)},
                     {"targetNodeId", clean(edge.to)}});
  }
  const Json description = sarif_message("Who waits for whom where the run ends");
  return Json::array({{{"description", description}, {"nodes", nodes}, {"edges", edges}}});
}

}  // namespace quiesce::reports
