// Follows render_diff_json() key by key: whoever adds a key there adds it here.
#include "reports/diff_json.hpp"
#include "reports/schema_parts.hpp"

namespace quiesce::reports {
namespace {

using namespace schema;

Json text_or_null() { return {{"type", {"string", "null"}}}; }

Json status_or_null() { return {{"anyOf", Json::array({ref("status"), {{"type", "null"}}})}}; }

Json diff_side() {
  return record({{"variant", text()},
                 {"reason", text()},
                 {"changes", list_of(text())},
                 {"verdict", ref("status")},
                 {"states", count()},
                 {"incomplete", text()}},
                {"incomplete"});
}

Json diff_step() {
  return record({{"number", count()},
                 {"lane", text()},
                 {"actor", text()},
                 {"location", text()},
                 {"source_at", text()},
                 {"text", text()},
                 {"time_us", count()}});
}

Json diff_nearest() {
  const Json row{{"type", "array"}, {"items", count_or_null()}, {"minItems", 2}, {"maxItems", 2}};
  return record({{"kind", one_of({"found", "none", "unknown"})},
                 {"farthest", flag()},
                 {"violates", list_of(text())},
                 {"followed", count()},
                 {"parts", count()},
                 {"schedule", text()},
                 {"rows", list_of(row)},
                 {"steps", list_of(ref("step"))}},
                {"farthest", "violates", "followed", "parts", "schedule", "rows", "steps"});
}

Json diff_finding() {
  return record({{"state", one_of({"gone", "new", "unchanged"})},
                 {"certain", flag()},
                 {"property", text()},
                 {"id", text()},
                 {"kind", text()},
                 {"summary", text()},
                 {"schedule", text()},
                 {"steps", list_of(ref("step"))},
                 {"cycle_start", count()},
                 {"nearest", diff_nearest()}},
                {"steps", "cycle_start", "nearest"});
}

Json diff_routine() {
  const Json line = record({{"offset", count_or_null()},
                            {"depth", count()},
                            {"line", count()},
                            {"label", text()},
                            {"text", text()}});
  const Json line_or_null{{"anyOf", Json::array({line, {{"type", "null"}}})}};
  const Json row =
      record({{"in", one_of({"same", "changed", "a", "b"})}, {"a", line_or_null}, {"b", line_or_null}});
  return record(
      {{"name", text()}, {"file_a", text_or_null()}, {"file_b", text_or_null()}, {"lines", list_of(row)}});
}

Json diff_pair() {
  const Json verdict =
      record({{"property", text()}, {"kind", text()}, {"a", status_or_null()}, {"b", status_or_null()}});
  return record({{"scenario", text()},
                 {"title", text()},
                 {"file", text()},
                 {"likeness", ref("likeness")},
                 {"a", ref("side")},
                 {"b", ref("side")},
                 {"verdicts", list_of(verdict)},
                 {"findings", list_of(ref("finding"))},
                 {"routines_compared", count()},
                 {"routines", list_of(ref("routine"))}});
}

}  // namespace

std::string diff_schema() {
  const Json unpaired = record({{"scenario", text()}, {"variant", text_or_null()}});
  Json root{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
            {"title", "quiesce.diff/1: what 'quiesce diff --format json' prints"}};
  root.update(record({{"schema", {{"const", "quiesce.diff/1"}}},
                      {"of", one_of({"variants", "results"})},
                      {"a", text()},
                      {"b", text()},
                      {"likeness", ref("likeness")},
                      {"pairs", list_of(ref("pair"))},
                      {"only_a", list_of(unpaired)},
                      {"only_b", list_of(unpaired)},
                      {"measured", record({{"version", text()}})}}));
  root["$defs"] = {{"status", one_of({"holds", "violated", "inconclusive"})},
                   {"likeness", one_of({"same", "different", "unknown"})},
                   {"side", diff_side()},
                   {"step", diff_step()},
                   {"finding", diff_finding()},
                   {"routine", diff_routine()},
                   {"pair", diff_pair()}};
  return root.dump(2) + "\n";
}

}  // namespace quiesce::reports
