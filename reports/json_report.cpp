#include "reports/json_report.hpp"

#include <nlohmann/json.hpp>

namespace quiesce::reports {
namespace {

using namespace checker;
using Json = nlohmann::ordered_json;

const char* word(Status status) {
  switch (status) {
    case Status::kHolds:
      return "holds";
    case Status::kViolated:
      return "violated";
    case Status::kInconclusive:
      return "inconclusive";
  }
  return "";
}

Json to_json(const ReportStep& step) {
  Json changes = Json::array();
  for (const auto& [slot, change] : step.changes) changes.push_back({{"slot", slot}, {"change", change}});
  return {{"number", step.number},         {"lane", step.lane},     {"actor", step.actor},
          {"location", step.location},     {"source", step.source}, {"text", step.text},
          {"call_chain", step.call_chain}, {"changes", changes},    {"time_us", step.time_us}};
}

Json to_json(const ReportFinding& finding) {
  Json json{{"id", finding.id},
            {"kind", finding.kind},
            {"summary", finding.summary},
            {"schedule", finding.schedule}};
  if (finding.cycle_start) json["cycle_start"] = *finding.cycle_start;
  json["steps"] = Json::array();
  for (const ReportStep& step : finding.steps) json["steps"].push_back(to_json(step));
  json["log"] = Json::array();
  for (const LogLine& line : finding.log)
    json["log"].push_back({{"time_us", line.time_us}, {"text", line.text}});
  json["waits"] = finding.waits;
  return json;
}

Json to_json(const ReportVariant& variant, unsigned threads) {
  Json json{{"name", variant.name},
            {"verdict", word(variant.verdict)},
            {"as_expected", variant.as_expected},
            {"holds_under", variant.holds_under},
            {"assumptions", variant.assumptions},
            {"reductions", variant.reductions},
            {"properties", Json::array()}};
  for (const ReportProperty& property : variant.properties) {
    Json p{{"name", property.name}, {"kind", property.kind}, {"status", word(property.status)}};
    p["expected"] = property.expected ? Json(word(*property.expected)) : Json();
    p["as_expected"] = property.as_expected;
    p["findings"] = Json::array();
    for (const ReportFinding& finding : property.findings) p["findings"].push_back(to_json(finding));
    json["properties"].push_back(p);
  }
  json["states"] = variant.states;
  json["transitions"] = variant.transitions;
  json["depth"] = variant.depth;
  if (variant.bound) json["bound"] = {{"which", variant.bound->which}, {"detail", variant.bound->detail}};
  json["measured"] = {
      {"seconds", variant.seconds}, {"store_bytes", variant.store_bytes}, {"threads", threads}};
  return json;
}

Json to_json(const ReportScenario& scenario, unsigned threads) {
  Json json{{"file", scenario.file},
            {"scenario", scenario.name},
            {"title", scenario.title},
            {"sources", scenario.sources}};
  json["variants"] = Json::array();
  for (const ReportVariant& variant : scenario.variants)
    json["variants"].push_back(to_json(variant, threads));
  return json;
}

}  // namespace

std::string render_json(const RunReport& report) {
  Json json{{"schema", "quiesce.result/1"}};
  if (report.scenarios.size() == 1) {
    json.update(to_json(report.scenarios.front(), report.threads));
  } else {
    json["results"] = Json::array();
    for (const ReportScenario& scenario : report.scenarios)
      json["results"].push_back(to_json(scenario, report.threads));
  }
  json["measured"] = {{"version", report.version}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace quiesce::reports
