#include "reports/simulation_json.hpp"

#include <nlohmann/json.hpp>

#include "reports/html_assets.hpp"
#include "reports/html_page.hpp"
#include "reports/layout.hpp"
#include "reports/schema_parts.hpp"
#include "reports/simulation_text.hpp"
#include "reports/verdict_words.hpp"

namespace quiesce::reports {
namespace {

using namespace checker;
using Json = nlohmann::ordered_json;

Json times_to_json(const SimulatedTimes& times) {
  if (times.runs == 0) return {};
  return {{"runs", times.runs},           {"least_us", times.least_us}, {"low_us", times.low_us},
          {"median_us", times.median_us}, {"high_us", times.high_us},   {"most_us", times.most_us}};
}

Json property_to_json(const SimulatedProperty& property) {
  Json causes = Json::array();
  for (const SimulatedCause& cause : property.causes) {
    causes.push_back({{"id", cause.id},
                      {"summary", cause.summary},
                      {"runs", cause.runs},
                      {"first_run", cause.first_run},
                      {"first_at_us", cause.first_at_us}});
  }
  return {{"name", property.name},
          {"runs", property.runs},
          {"probability", property.probability ? Json(*property.probability) : Json()},
          {"interval", {property.lo, property.hi}},
          {"expected", property.expected ? Json(status_word(*property.expected)) : Json()},
          {"excluded", property.excluded},
          {"causes", std::move(causes)}};
}

Json point_to_json(const SimulatedPoint& point) {
  Json ends = Json::object();
  for (const auto& [end, runs] : point.ends) ends[end] = runs;
  Json json{{"values", point.values},
            {"runs", point.runs},
            {"events", point.events},
            {"ends", std::move(ends)},
            {"properties", Json::array()},
            {"reboot", times_to_json(point.reboot)},
            {"lost", times_to_json(point.lost)},
            {"late_runs", point.late_runs},
            {"latest_us", point.latest_us},
            {"cut_runs", point.cut_runs},
            {"bound", point.bound ? Json(*point.bound) : Json()}};
  for (const SimulatedProperty& one : point.properties) json["properties"].push_back(property_to_json(one));
  json["measured"] = {{"seconds", point.seconds}};
  return json;
}

std::string dumped(const SimulationReport& report, int indent) {
  Json json{{"schema", "quiesce.simulation/1"},
            {"file", report.file},
            {"scenario", report.scenario},
            {"title", report.title},
            {"seed", report.seed},
            {"parameters", report.parameters},
            {"variants", Json::array()}};
  for (const SimulatedVariant& variant : report.variants) {
    Json points = Json::array();
    for (const SimulatedPoint& point : variant.points) points.push_back(point_to_json(point));
    json["variants"].push_back({{"name", variant.name}, {"points", std::move(points)}});
  }
  json["measured"] = {{"version", report.version}, {"threads", report.threads}};
  return json.dump(indent, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string render_simulation_json(const SimulationReport& report) { return dumped(report, 2); }

std::string render_simulation_html(const SimulationReport& report, const std::string& command) {
  Json page{{"command", command}, {"remarks", Json::array()}};
  for (const SimulatedVariant& variant : report.variants) {
    Json remarks = Json::array();
    for (const SimulatedPoint& point : variant.points)
      remarks.push_back({{"ends", ends_in_words(point)}, {"doubts", doubts_in_words(point)}});
    page["remarks"].push_back(std::move(remarks));
  }
  PageParts parts;
  parts.title = escaped(clean("quiesce simulate: " + report.scenario));
  parts.text = escaped(render_simulation_text(report));
  parts.data = inert(dumped(report, -1));
  parts.page = inert(page.dump(-1, ' ', false, Json::error_handler_t::replace));
  return filled_page(kSimulationTemplate, parts);
}

std::string simulation_schema() {
  using namespace schema;
  const Json share{{"type", "number"}, {"minimum", 0}, {"maximum", 1}};
  const Json text_or_null{{"type", {"string", "null"}}};
  const Json times = record({{"runs", count()},
                             {"least_us", count()},
                             {"low_us", count()},
                             {"median_us", count()},
                             {"high_us", count()},
                             {"most_us", count()}});
  const Json times_or_null{{"anyOf", Json::array({times, {{"type", "null"}}})}};
  const Json cause = record({{"id", text()},
                             {"summary", text()},
                             {"runs", count()},
                             {"first_run", count()},
                             {"first_at_us", count()}});
  const Json property =
      record({{"name", text()},
              {"runs", count()},
              {"probability", {{"anyOf", Json::array({share, {{"type", "null"}}})}}},
              {"interval", {{"type", "array"}, {"items", share}, {"minItems", 2}, {"maxItems", 2}}},
              {"expected", {{"enum", {"holds", "violated", "inconclusive", nullptr}}}},
              {"excluded", flag()},
              {"causes", list_of(cause)}});
  const Json ends{{"type", "object"},
                  {"propertyNames",
                   one_of({"reset", "halted", "panicked", "over", "stuck", "time_is_up", "too_many_events"})},
                  {"additionalProperties", count()}};
  const Json point = record({{"values", list_of(text())},
                             {"runs", count()},
                             {"events", count()},
                             {"ends", ends},
                             {"properties", list_of(property)},
                             {"reboot", times_or_null},
                             {"lost", times_or_null},
                             {"late_runs", count()},
                             {"latest_us", count()},
                             {"cut_runs", count()},
                             {"bound", text_or_null},
                             {"measured", record({{"seconds", number()}})}});
  Json root{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
            {"title", "quiesce.simulation/1: what 'quiesce simulate --runs N --format json' prints"}};
  root.update(record({{"schema", {{"const", "quiesce.simulation/1"}}},
                      {"file", text()},
                      {"scenario", text()},
                      {"title", text()},
                      {"seed", count()},
                      {"parameters", list_of(text())},
                      {"variants", list_of(record({{"name", text()}, {"points", list_of(point)}}))},
                      {"measured", record({{"version", text()}, {"threads", count()}})}}));
  return root.dump(2) + "\n";
}

}  // namespace quiesce::reports
