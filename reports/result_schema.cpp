// Follows the JSON reports key by key: whoever adds a key there adds it here.
#include "reports/result_schema.hpp"

#include "reports/machine_schema.hpp"
#include "reports/schema_parts.hpp"

namespace quiesce::reports {
namespace {

using namespace schema;

Json step() {
  return record({{"number", count()},
                 {"lane", text()},
                 {"unit", text()},
                 {"actor", text()},
                 {"context", count_or_null()},
                 {"location", text()},
                 {"source", text()},
                 {"source_at", text()},
                 {"text", text()},
                 {"call_chain", list_of(text())},
                 {"changes", list_of(record({{"slot", text()}, {"change", text()}}))},
                 {"cells", cell_changes()},
                 {"time_us", count()},
                 {"enabled_by", enabling()}},
                {"enabled_by"});
}

Json explanation() {
  const Json lost{{"enum", {"unknown", "step", "from_start", "never"}}};
  const Json found{{"enum", {"not_sought", "unknown", "none", "smallest", "minimal", "not_minimal"}}};
  const Json ordering = record({{"earlier", count()},
                                {"earlier_occurrence", count()},
                                {"later", count()},
                                {"later_occurrence", count()}});
  const Json point =
      record({{"kind", lost}, {"step", count()}, {"not_before", count()}, {"not_after", count()}},
             {"step", "not_before", "not_after"});
  return record({{"point_of_no_return", point},
                 {"fails_whenever",
                  record({{"kind", found}, {"same_start", flag()}, {"orderings", list_of(ordering)}})}});
}

Json finding() {
  return record({{"id", text()},
                 {"kind", text()},
                 {"summary", text()},
                 {"schedule", text()},
                 {"cycle_start", count()},
                 {"switches", count()},
                 {"walk", count()},
                 {"baseline", {{"enum", {"new", "unchanged"}}}},
                 {"initial", list_of(text())},
                 {"steps", list_of(ref("step"))},
                 {"log", list_of(record({{"time_us", count()}, {"step", count()}, {"text", text()}}))},
                 {"waits", list_of(text())},
                 {"wait_graph", wait_graph()},
                 {"assumptions", list_of(text())},
                 {"explanation", ref("explanation")}},
                {"cycle_start", "explanation", "switches", "walk", "baseline", "initial", "steps", "log",
                 "waits", "wait_graph", "assumptions"});
}

Json property() {
  const Json expected{{"anyOf", Json::array({ref("status"), {{"type", "null"}}})}};
  return record({{"name", text()},
                 {"kind", text()},
                 {"status", ref("status")},
                 {"expected", expected},
                 {"as_expected", flag()},
                 {"regressed", flag()},
                 {"findings", list_of(ref("finding"))}},
                {"regressed"});
}

Json search() {
  return record({{"mode", {{"enum", {"contexts", "random", "pct"}}}},
                 {"without", list_of(text())},
                 {"complete_switches", count_or_null()},
                 {"seed", count()},
                 {"walks", count()},
                 {"max_steps", count()},
                 {"cut", count()},
                 {"longest", count()},
                 {"depth", count()},
                 {"actors", count()},
                 {"steps", count()},
                 {"guarantee", number()}},
                {"complete_switches", "seed", "walks", "max_steps", "cut", "longest", "depth", "actors",
                 "steps", "guarantee"});
}

Json coverage() {
  return record({{"states", count()},
                 {"partial", flag()},
                 {"steps", count()},
                 {"conditions", count()},
                 {"conditions_tried", count()},
                 {"never_taken", list_of(ref("place"))},
                 {"never_true", list_of(ref("place"))},
                 {"never_false", list_of(ref("place"))}});
}

Json profile() {
  const Json row =
      record({{"where", text()}, {"text", text()}, {"states", count()}, {"transitions", count()}});
  const Json value = record({{"name", text()}, {"values", count()}, {"factor", number()}});
  return record({{"states", count()},
                 {"partial", flag()},
                 {"estimated", flag()},
                 {"routines", list_of(row)},
                 {"steps", list_of(row)},
                 {"actors", list_of(row)},
                 {"never_taken", list_of(ref("place"))},
                 {"components", list_of(value)},
                 {"slots", list_of(value)}});
}

Json variant() {
  const Json gone = record(
      {{"property", text()}, {"kind", text()}, {"id", text()}, {"summary", text()}, {"certain", flag()}});
  const Json measured = record({{"seconds", number()}, {"store_bytes", count()}, {"threads", count()}});
  return record({{"name", text()},
                 {"verdict", ref("status")},
                 {"as_expected", flag()},
                 {"reason", text()},
                 {"changes", list_of(text())},
                 {"holds_under", list_of(text())},
                 {"assumptions", list_of(text())},
                 {"reductions", list_of(text())},
                 {"properties", list_of(ref("property"))},
                 {"machine", machine()},
                 {"routines", list_of(routine())},
                 {"states", count()},
                 {"transitions", count()},
                 {"depth", count()},
                 {"gone", list_of(gone)},
                 {"bound", record({{"which", text()}, {"detail", text()}})},
                 {"search", search()},
                 {"coverage", coverage()},
                 {"profile", profile()},
                 {"measured", measured}},
                {"gone", "bound", "search", "coverage", "profile", "machine", "routines"});
}

Json scenario_keys() {
  return {{"file", text()},
          {"scenario", text()},
          {"title", text()},
          {"sources", list_of(text())},
          {"variants", list_of(ref("variant"))}};
}

/// One scenario stands at the top; several stand in a list.
Json whole(const Json& keys) {
  Json all{{"schema", {{"const", "quiesce.result/1"}}}};
  all.update(keys);
  all["of_one_run"] = flag();
  all["baseline"] = record({{"file", text()}, {"not_run", count()}});
  all["measured"] = record({{"version", text()}});
  return record(all, {"of_one_run", "baseline"});
}

}  // namespace

std::string result_schema() {
  const Json definitions{{"status", {{"enum", {"holds", "violated", "inconclusive"}}}},
                         {"place", record({{"where", text()}, {"text", text()}})},
                         {"cell", count()},
                         {"step", step()},
                         {"explanation", explanation()},
                         {"finding", finding()},
                         {"property", property()},
                         {"variant", variant()},
                         {"result", record(scenario_keys())},
                         {"one", whole(scenario_keys())},
                         {"several", whole({{"results", list_of(ref("result"))}})}};
  const Json root{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                  {"title", "quiesce.result/1: what 'quiesce check --format json' prints"},
                  {"type", "object"},
                  {"if", {{"required", {"results"}}}},
                  {"then", ref("several")},
                  {"else", ref("one")},
                  {"$defs", definitions}};
  return root.dump(2) + "\n";
}

std::string coverage_schema() {
  const Json untaken = record(
      {{"file", text()}, {"line", count()}, {"routine", text()}, {"text", text()}, {"compiled", flag()}});
  const Json kind = record({{"name", text()}, {"file", text()}, {"variant", text()}}, {"file", "variant"});
  Json root{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
            {"title", "quiesce.coverage/1: what 'quiesce coverage --format json' prints"}};
  root.update(record({{"schema", {{"const", "quiesce.coverage/1"}}},
                      {"scenarios", count()},
                      {"routines", count()},
                      {"steps", count()},
                      {"untaken", list_of(untaken)},
                      {"kinds", list_of(kind)},
                      {"unused_libraries", list_of(text())},
                      {"incomplete", list_of(text())},
                      {"measured", record({{"version", text()}})}}));
  return root.dump(2) + "\n";
}

}  // namespace quiesce::reports
