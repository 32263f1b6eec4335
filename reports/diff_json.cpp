#include "reports/diff_json.hpp"

#include <nlohmann/json.hpp>

#include "reports/diff_words.hpp"
#include "reports/verdict_words.hpp"

namespace quiesce::reports {
namespace {

using namespace checker;
using Json = nlohmann::ordered_json;

Json status_to_json(const std::optional<Status>& status) {
  return status ? Json(status_word(*status)) : Json();
}

Json side_to_json(const DiffSide& side) {
  Json json{{"variant", side.variant},
            {"reason", side.reason},
            {"changes", side.changes},
            {"verdict", status_word(side.verdict)},
            {"states", side.states}};
  if (!side.incomplete.empty()) json["incomplete"] = side.incomplete;
  return json;
}

Json steps_to_json(const std::vector<ReportStep>& steps) {
  Json all = Json::array();
  for (const ReportStep& step : steps) {
    all.push_back({{"number", step.number},
                   {"lane", step.lane},
                   {"actor", step.actor},
                   {"location", step.location},
                   {"source_at", step.source_at},
                   {"text", step.text},
                   {"time_us", step.time_us}});
  }
  return all;
}

std::string kind_word(NearestPassing::Kind kind) {
  return kind == NearestPassing::Kind::kFound  ? "found"
         : kind == NearestPassing::Kind::kNone ? "none"
                                               : "unknown";
}

Json nearest_to_json(const NearestPassing& nearest) {
  Json json{{"kind", kind_word(nearest.kind)}};
  if (nearest.kind != NearestPassing::Kind::kFound) return json;
  json.update(Json{{"farthest", nearest.farthest},
                   {"violates", nearest.violates},
                   {"followed", nearest.followed},
                   {"parts", nearest.parts},
                   {"schedule", nearest.schedule}});
  Json rows = Json::array();
  const auto number = [](std::size_t step) { return step == 0 ? Json() : Json(step); };
  for (const DiffTraceRow& row : nearest.rows)
    rows.push_back(Json::array({number(row.failing), number(row.passing)}));
  json["rows"] = std::move(rows);
  json["steps"] = steps_to_json(nearest.steps);
  return json;
}

Json finding_to_json(const DiffFinding& one) {
  Json json{{"state", state_word(one.state)},  {"certain", one.certain},
            {"property", one.property},        {"id", one.finding.id},
            {"kind", one.finding.kind},        {"summary", one.finding.summary},
            {"schedule", one.finding.schedule}};
  if (!one.nearest) return json;
  json["steps"] = steps_to_json(one.finding.steps);
  if (one.finding.cycle_start) json["cycle_start"] = *one.finding.cycle_start;
  json["nearest"] = nearest_to_json(*one.nearest);
  return json;
}

Json line_to_json(const std::optional<ReportRoutineStep>& step) {
  if (!step) return {};
  return {{"offset", step->offsets.empty() ? Json() : Json(step->offsets.front())},
          {"depth", step->depth},
          {"line", step->line},
          {"label", step->label},
          {"text", step->text}};
}

Json routine_to_json(const DiffRoutine& routine) {
  Json lines = Json::array();
  for (const DiffLine& line : routine.lines) {
    lines.push_back({{"in", mark_word(line.mark)}, {"a", line_to_json(line.a)}, {"b", line_to_json(line.b)}});
  }
  return {{"name", routine.name},
          {"file_a", routine.in_a ? Json(routine.file_a) : Json()},
          {"file_b", routine.in_b ? Json(routine.file_b) : Json()},
          {"lines", lines}};
}

Json pair_to_json(const DiffPair& pair) {
  Json json{{"scenario", pair.scenario},
            {"title", pair.title},
            {"file", pair.file},
            {"likeness", likeness_word(pair.likeness())},
            {"a", side_to_json(pair.a)},
            {"b", side_to_json(pair.b)},
            {"verdicts", Json::array()},
            {"findings", Json::array()},
            {"routines_compared", pair.routines_compared},
            {"routines", Json::array()}};
  for (const DiffVerdict& one : pair.verdicts) {
    json["verdicts"].push_back({{"property", one.name},
                                {"kind", one.kind},
                                {"a", status_to_json(one.a)},
                                {"b", status_to_json(one.b)}});
  }
  for (const DiffFinding& one : pair.findings) json["findings"].push_back(finding_to_json(one));
  for (const DiffRoutine& one : pair.routines) json["routines"].push_back(routine_to_json(one));
  return json;
}

Json unpaired_to_json(const std::vector<DiffUnpaired>& all) {
  Json json = Json::array();
  for (const DiffUnpaired& one : all) {
    json.push_back(
        {{"scenario", one.scenario}, {"variant", one.variant.empty() ? Json() : Json(one.variant)}});
  }
  return json;
}

}  // namespace

std::string render_diff_json(const DiffReport& report, int indent) {
  Json json{{"schema", "quiesce.diff/1"},
            {"of", report.of_results ? "results" : "variants"},
            {"a", report.a},
            {"b", report.b},
            {"likeness", likeness_word(report.likeness())},
            {"pairs", Json::array()}};
  for (const DiffPair& pair : report.pairs) json["pairs"].push_back(pair_to_json(pair));
  json["only_a"] = unpaired_to_json(report.only_a);
  json["only_b"] = unpaired_to_json(report.only_b);
  json["measured"] = {{"version", report.version}};
  return json.dump(indent, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace quiesce::reports
