#include "reports/report_graphs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

#include "reports/graph_layout.hpp"
#include "reports/layout.hpp"

namespace quiesce::reports {
namespace {

using namespace checker;
using Json = nlohmann::ordered_json;

// As the style sheet draws them, in pixels.
constexpr double kCharacter = 6.8;
constexpr double kLine = 15;
constexpr double kMargin = 14;
constexpr double kWidest = 280;
constexpr double kNarrowest = 70;

/// Tenths are finer than what can be seen, and short.
double tenths(double pixels) { return std::round(pixels * 10) / 10; }

GraphNode size_of(std::size_t characters, std::size_t lines) {
  const double width = static_cast<double>(characters) * kCharacter + kMargin;
  return {std::clamp(width, kNarrowest, kWidest), static_cast<double>(lines) * kLine + kMargin / 2};
}

/// References of all objects: of more, a graph shows only those that lead from one object to another.
constexpr std::size_t kReferencesShown = 64;

/// A pointer of an object, and everything that it is in a run.
struct Reference {
  std::size_t object = 0;
  const ReportObjectField* field = nullptr;
  std::set<std::string> values;
};

std::map<CellNumber, Reference> references_of(const ReportMachine& machine, const ReportFinding& finding) {
  std::map<CellNumber, Reference> all;
  for (std::size_t i = 0; i < machine.objects.size(); ++i) {
    for (const ReportObjectField& field : machine.objects[i].fields) {
      if (!field.ref.empty() && field.cell < finding.initial.size())
        all[field.cell] = {i, &field, {finding.initial[field.cell]}};
    }
  }
  for (const ReportStep& step : finding.steps) {
    for (const ReportCellChange& change : step.cells) {
      const auto found = all.find(change.cell);
      if (found != all.end()) found->second.values.insert(change.text);
    }
  }
  return all;
}

}  // namespace

std::optional<std::size_t> ReportGraphs::add_objects(const ReportMachine& machine,
                                                     const ReportFinding& finding) {
  std::map<std::string, std::size_t> by_name;
  for (std::size_t i = 0; i < machine.objects.size(); ++i) by_name.emplace(machine.objects[i].name, i);
  const std::map<CellNumber, Reference> references = references_of(machine, finding);
  std::vector<std::tuple<std::size_t, std::size_t, std::string>> found;
  std::set<std::size_t> shown;
  for (const auto& [cell, reference] : references) {
    for (const std::string& value : reference.values) {
      // What is NULL all along may be what the failure comes from.
      if (value == "NULL" && references.size() <= kReferencesShown) shown.insert(reference.object);
      const auto to = by_name.find(value);
      if (to == by_name.end()) continue;
      found.emplace_back(reference.object, to->second, reference.field->name);
      shown.insert({reference.object, to->second});
    }
  }
  if (shown.empty()) return std::nullopt;
  std::vector<Node> nodes;
  std::map<std::size_t, std::size_t> node_of;
  for (const std::size_t object : shown) {
    const ReportObject& one = machine.objects[object];
    node_of[object] = nodes.size();
    nodes.push_back({one.name, width_of(one.name + " : " + one.class_name), 1});
  }
  for (const auto& [cell, reference] : references) {
    const auto node = node_of.find(reference.object);
    if (node == node_of.end()) continue;
    ++nodes[node->second].lines;
    for (const std::string& value : reference.values) {
      std::size_t& characters = nodes[node->second].characters;
      characters = std::max(characters, width_of(reference.field->name + " = " + value));
    }
  }
  std::vector<Edge> edges;
  for (const auto& [from, to, label] : found) edges.push_back({node_of.at(from), node_of.at(to), label});
  return add(nodes, edges);
}

std::optional<std::size_t> ReportGraphs::add_waits(const ReportWaitGraph& waits) {
  if (waits.nodes.empty()) return std::nullopt;
  std::map<std::string, std::size_t> by_id;
  std::vector<Node> nodes;
  for (const ReportWaitNode& node : waits.nodes) {
    by_id[node.id] = nodes.size();
    const std::size_t title = width_of(fmt::format("{} ({})", node.id, node.kind));
    nodes.push_back({node.id, std::max(title, width_of(node.where)), node.where.empty() ? 1U : 2U});
  }
  std::vector<Edge> edges;
  for (const ReportWaitEdge& edge : waits.edges)
    edges.push_back({by_id.at(edge.from), by_id.at(edge.to), edge.label});
  return add(nodes, edges);
}

std::size_t ReportGraphs::add(const std::vector<Node>& nodes, const std::vector<Edge>& edges) {
  std::string key;
  Graph graph;
  for (const Node& node : nodes) {
    graph.nodes.push_back(size_of(node.characters, node.lines));
    key += fmt::format("{} {} {}\n", node.id, node.characters, node.lines);
  }
  for (const Edge& edge : edges) {
    graph.edges.push_back({edge.from, edge.to});
    key += fmt::format("{}-{} {}\n", edge.from, edge.to, edge.label);
  }
  const auto [known, fresh] = known_.emplace(std::move(key), graphs_.size());
  if (!fresh) return known->second;
  const GraphLayout layout = lay_out(graph);
  Json json{{"width", tenths(layout.width)}, {"height", tenths(layout.height)}};
  json["nodes"] = Json::array();
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    json["nodes"].push_back({{"id", nodes[i].id},
                             {"x", tenths(layout.centres[i].x)},
                             {"y", tenths(layout.centres[i].y)},
                             {"width", tenths(graph.nodes[i].width)},
                             {"height", tenths(graph.nodes[i].height)}});
  }
  json["edges"] = Json::array();
  for (std::size_t i = 0; i < edges.size(); ++i) {
    json["edges"].push_back({{"from", nodes[edges[i].from].id},
                             {"to", nodes[edges[i].to].id},
                             {"label", edges[i].label},
                             {"path", layout.paths[i]},
                             {"labelX", tenths(layout.middles[i].x)},
                             {"labelY", tenths(layout.middles[i].y)}});
  }
  graphs_.push_back(std::move(json));
  return known->second;
}

}  // namespace quiesce::reports
