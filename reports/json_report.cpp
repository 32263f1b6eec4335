#include "reports/json_report.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "reports/machine_json.hpp"
#include "reports/verdict_words.hpp"

namespace quiesce::reports {
namespace {

using namespace checker;
using Json = nlohmann::ordered_json;

/// Whether findings are shown with their runs, and variants with their machine and routines.
enum class Detail { kAll, kSummary };

Json to_json(const ReportStep& step) {
  Json changes = Json::array();
  for (const auto& [slot, change] : step.changes) changes.push_back({{"slot", slot}, {"change", change}});
  Json json{{"number", step.number},
            {"lane", step.lane},
            {"unit", step.unit},
            {"actor", step.actor},
            {"context", step.context ? Json(*step.context) : Json()},
            {"location", step.location},
            {"source", step.source},
            {"source_at", step.source_at},
            {"text", step.text},
            {"call_chain", step.call_chain},
            {"changes", changes},
            {"cells", cells_to_json(step.cells)},
            {"time_us", step.time_us}};
  if (step.enabled_by)
    json["enabled_by"] = {{"step", step.enabled_by->step}, {"kind", step.enabled_by->kind}};
  return json;
}

const char* word(ReportExplanation::Lost lost) {
  using LostKind = ReportExplanation::Lost;
  switch (lost) {
    case LostKind::kUnknown:
      return "unknown";
    case LostKind::kAtStep:
      return "step";
    case LostKind::kFromStart:
      return "from_start";
    case LostKind::kNever:
      return "never";
  }
  return "";
}

const char* word(ReportExplanation::Orderings orderings) {
  using OrderingsKind = ReportExplanation::Orderings;
  switch (orderings) {
    case OrderingsKind::kNotSought:
      return "not_sought";
    case OrderingsKind::kUnknown:
      return "unknown";
    case OrderingsKind::kNone:
      return "none";
    case OrderingsKind::kSmallest:
      return "smallest";
    case OrderingsKind::kMinimal:
      return "minimal";
    case OrderingsKind::kNotMinimal:
      return "not_minimal";
  }
  return "";
}

Json to_json(const ReportExplanation& why) {
  Json point{{"kind", word(why.lost)}};
  if (why.lost == ReportExplanation::Lost::kAtStep) point["step"] = why.lost_at;
  if (why.lost == ReportExplanation::Lost::kUnknown && why.lost_from != 0)
    point["not_before"] = why.lost_from;
  if (why.lost == ReportExplanation::Lost::kUnknown && why.lost_at != 0) point["not_after"] = why.lost_at;
  Json orderings = Json::array();
  for (const ReportOrdering& one : why.orderings) {
    orderings.push_back({{"earlier", one.earlier},
                         {"earlier_occurrence", one.earlier_occurrence},
                         {"later", one.later},
                         {"later_occurrence", one.later_occurrence}});
  }
  return {{"point_of_no_return", point},
          {"fails_whenever",
           {{"kind", word(why.forced_by)}, {"same_start", why.same_start}, {"orderings", orderings}}}};
}

Json steps_of(const ReportFinding& finding) {
  Json json = Json::array();
  for (const ReportStep& step : finding.steps) json.push_back(to_json(step));
  return json;
}

Json log_of(const ReportFinding& finding) {
  Json json = Json::array();
  for (const LogLine& line : finding.log)
    json.push_back({{"time_us", line.time_us}, {"step", line.step}, {"text", line.text}});
  return json;
}

Json to_json(const ReportFinding& finding, Detail detail) {
  Json json{{"id", finding.id},
            {"kind", finding.kind},
            {"summary", finding.summary},
            {"schedule", finding.schedule}};
  if (finding.cycle_start) json["cycle_start"] = *finding.cycle_start;
  if (finding.switches) json["switches"] = *finding.switches;
  if (finding.walk) json["walk"] = *finding.walk;
  if (finding.baseline != BaselineState::kNotCompared)
    json["baseline"] = finding.baseline == BaselineState::kNew ? "new" : "unchanged";
  if (detail == Detail::kSummary) return json;
  json["initial"] = finding.initial;
  json["steps"] = steps_of(finding);
  json["log"] = log_of(finding);
  json["waits"] = finding.waits;
  json["wait_graph"] = wait_graph_to_json(finding.wait_graph);
  json["assumptions"] = finding.assumptions;
  if (finding.explanation) json["explanation"] = to_json(*finding.explanation);
  return json;
}

Json to_json(const std::vector<ReportPlace>& places) {
  Json json = Json::array();
  for (const ReportPlace& place : places) json.push_back({{"where", place.where}, {"text", place.text}});
  return json;
}

Json to_json(const ReportSearch& search) {
  Json json{{"mode", search.mode}, {"without", search.without}};
  if (search.mode == "contexts") {
    json["complete_switches"] = search.switches ? Json(*search.switches) : Json();
    return json;
  }
  json.update(Json{{"seed", search.seed},
                   {"walks", search.walks},
                   {"max_steps", search.max_steps},
                   {"cut", search.cut},
                   {"longest", search.longest}});
  if (search.mode == "pct") {
    json.update(Json{{"depth", search.depth},
                     {"actors", search.actors},
                     {"steps", search.steps},
                     {"guarantee", search.guarantee}});
  }
  return json;
}

Json to_json(const ReportCoverage& coverage) {
  return {{"states", coverage.looked_at},
          {"partial", coverage.partial},
          {"steps", coverage.steps},
          {"conditions", coverage.conditions},
          {"conditions_tried", coverage.conditions_tried},
          {"never_taken", to_json(coverage.never_taken)},
          {"never_true", to_json(coverage.never_true)},
          {"never_false", to_json(coverage.never_false)}};
}

Json to_json(const std::vector<ProfileRow>& rows) {
  Json json = Json::array();
  for (const ProfileRow& row : rows) {
    json.push_back({{"where", row.place.where},
                    {"text", row.place.text},
                    {"states", row.states},
                    {"transitions", row.transitions}});
  }
  return json;
}

Json to_json(const std::vector<ProfileValue>& values) {
  Json json = Json::array();
  for (const ProfileValue& value : values)
    json.push_back({{"name", value.name}, {"values", value.values}, {"factor", value.factor}});
  return json;
}

Json to_json(const ReportProfile& profile) {
  return {{"states", profile.states},
          {"partial", profile.partial},
          {"estimated", profile.estimated},
          {"routines", to_json(profile.routines)},
          {"steps", to_json(profile.steps)},
          {"actors", to_json(profile.actors)},
          {"never_taken", to_json(profile.never_taken)},
          {"components", to_json(profile.components)},
          {"slots", to_json(profile.slots)}};
}

Json to_json(const std::vector<ReportGone>& gone) {
  Json json = Json::array();
  for (const ReportGone& one : gone) {
    json.push_back({{"property", one.property},
                    {"kind", one.kind},
                    {"id", one.id},
                    {"summary", one.summary},
                    {"certain", one.certain}});
  }
  return json;
}

Json to_json(const ReportProperty& property, Detail detail) {
  Json json{{"name", property.name}, {"kind", property.kind}, {"status", status_word(property.status)}};
  json["expected"] = property.expected ? Json(status_word(*property.expected)) : Json();
  json["as_expected"] = property.as_expected;
  if (property.regressed) json["regressed"] = *property.regressed;
  json["findings"] = Json::array();
  for (const ReportFinding& finding : property.findings) json["findings"].push_back(to_json(finding, detail));
  return json;
}

Json to_json(const ReportVariant& variant, unsigned threads, Detail detail) {
  Json json{{"name", variant.name},
            {"verdict", status_word(variant.verdict)},
            {"as_expected", variant.as_expected},
            {"reason", variant.reason},
            {"changes", variant.changes},
            {"holds_under", variant.holds_under},
            {"assumptions", variant.assumptions},
            {"reductions", variant.reductions},
            {"properties", Json::array()}};
  for (const ReportProperty& property : variant.properties)
    json["properties"].push_back(to_json(property, detail));
  if (variant.machine && detail == Detail::kAll) {
    json["machine"] = machine_to_json(*variant.machine);
    json["routines"] = routines_to_json(variant.routines);
  }
  json["states"] = variant.states;
  json["transitions"] = variant.transitions;
  json["depth"] = variant.depth;
  if (!variant.gone.empty()) json["gone"] = to_json(variant.gone);
  if (variant.bound) json["bound"] = {{"which", variant.bound->which}, {"detail", variant.bound->detail}};
  if (variant.search.mode != "breadth-first") json["search"] = to_json(variant.search);
  if (variant.coverage) json["coverage"] = to_json(*variant.coverage);
  if (variant.profile) json["profile"] = to_json(*variant.profile);
  json["measured"] = {
      {"seconds", variant.seconds}, {"store_bytes", variant.store_bytes}, {"threads", threads}};
  return json;
}

Json to_json(const ReportScenario& scenario, unsigned threads, Detail detail) {
  Json json{{"file", scenario.file},
            {"scenario", scenario.name},
            {"title", scenario.title},
            {"sources", scenario.sources}};
  json["variants"] = Json::array();
  for (const ReportVariant& variant : scenario.variants)
    json["variants"].push_back(to_json(variant, threads, detail));
  return json;
}

/// A large result is many scenarios, of which one at a time is kept as JSON beside the text.
class Writer {
 public:
  Writer(const RunReport& report, Detail detail, int indent)
      : report_(report), detail_(detail), indent_(indent) {}

  std::string written() {
    text_ = "{";
    member("schema", "quiesce.result/1");
    if (report_.of_one_run) member("of_one_run", true);
    if (report_.scenarios.size() == 1) {
      const Json only = to_json(report_.scenarios.front(), report_.threads, detail_);
      for (const auto& [key, value] : only.items()) member(key, value);
    } else {
      results();
    }
    if (report_.baseline)
      member("baseline", {{"file", report_.baseline->file}, {"not_run", report_.baseline->not_run}});
    member("measured", {{"version", report_.version}});
    line(0);
    return std::move(text_) + "}\n";
  }

 private:
  void member(const std::string& key, const Json& value) {
    name(key);
    put(value, 1);
  }

  void name(const std::string& key) {
    if (text_.size() > 1) text_ += ",";
    line(1);
    text_ += Json(key).dump() + (indent_ < 0 ? ":" : ": ");
  }

  void results() {
    if (report_.scenarios.empty()) return member("results", Json::array());
    name("results");
    text_ += "[";
    const char* separator = "";
    for (const ReportScenario& scenario : report_.scenarios) {
      text_ += std::exchange(separator, ",");
      line(2);
      put(to_json(scenario, report_.threads, detail_), 2);
    }
    line(1);
    text_ += "]";
  }

  /// The strings of JSON have no line breaks of their own.
  void put(const Json& value, int depth) {
    for (const char c : value.dump(indent_, ' ', false, Json::error_handler_t::replace)) {
      if (c == '\n') {
        line(depth);
      } else {
        text_ += c;
      }
    }
  }

  void line(int depth) {
    if (indent_ < 0) return;
    text_ += '\n';
    text_.append(static_cast<std::size_t>(indent_) * static_cast<std::size_t>(depth), ' ');
  }

  const RunReport& report_;
  Detail detail_;
  int indent_;
  std::string text_;
};

}  // namespace

std::string render_json(const RunReport& report, int indent) {
  return Writer(report, Detail::kAll, indent).written();
}

std::string render_summary(const RunReport& report) {
  constexpr int kIndent = 2;
  return Writer(report, Detail::kSummary, kIndent).written();
}

}  // namespace quiesce::reports
