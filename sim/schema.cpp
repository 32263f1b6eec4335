// Follows the loader and the declarations key by key. Every section has two shapes: complete, and as a
// part of an overlay, where anything may be left out and null deletes.
#include "sim/schema.hpp"

#include "sim/schema_parts.hpp"

namespace quiesce::sim {
namespace {

using namespace schema;

/// The sections of one kind of file.
class Sections {
 public:
  explicit Sections(Flavour flavour) : overlay_(flavour == Flavour::kOverlay), flavour_(flavour) {}

  /// What libraries declare, and scenarios too.
  [[nodiscard]] Json shared() const {
    const Json types = names_of(ref("name"));
    return {
        {"types", types},
        {"classes", names_of(record({{"fields", optional_names_of(ref("name"))}, {"freeable", flag()}}))},
        {"objects", names_of(object())},
        {"globals", names_of(global())},
        {"locks",
         names_of(one_word_of({"mutex", "spinlock", "rwlock", "rwsem", "srcu", "completion", "wait_queue"}))},
        {"functions",
         names_of(record({{"params", list_of(ref("name"))}, {"is", ref("expression")}}, {"is"}))},
        {"findings", section(list_of(ref("name")))},
        {"routines", names_of(routine())},
        {"drivers", hooks()},
        {"syscore_ops", hooks()},
        {"notifiers", hooks()},
        {"interrupts",
         names_of(record({{"handler", handler()}, {"cpu", number(0, 7)}, {"from", one_or_more(ref("name"))}},
                         {"handler"}))},
        {"softirqs", names_of(record({{"handler", handler()}}, {"handler"}))},
        {"timers", names_of(timer())},
        {"works", names_of(record({{"run", ref("name")}, {"cpu", ref("cpu")}}, {"run"}))},
        {"properties", names_of(property())},
        {"goals", names_of(property())}};
  }

  /// What only scenarios and their variants have.
  [[nodiscard]] Json of_scenario() const {
    return {{"machine", section(machine(flavour_))},
            {"tasks", names_of(task())},
            {"rules", section(list_of(rule()))},
            {"durations", section(durations(flavour_))},
            {"end", section(ref("expression"))},
            {"patches", section(list_of(ref("library_name")))},
            {"edits", section(list_of(ref("edit")))},
            {"expect", section(map_of(one_word_of({"holds", "violated", "inconclusive"})))},
            {"counts", names_of(number(0, INT32_MAX), {"states", "transitions"})},
            {"sources", ref("texts")},
            {"assumptions", ref("texts")},
            {"reason", deletable(ref("text"))},
            {"title", deletable(ref("text"))}};
  }

 private:
  /// A section without content is as good as none.
  [[nodiscard]] static Json section(Json schema) { return or_null(std::move(schema)); }
  [[nodiscard]] Json deletable(Json schema) const { return overlay_ ? or_null(std::move(schema)) : schema; }

  [[nodiscard]] Json names_of(Json value) const { return section(map_of(deletable(std::move(value)))); }
  [[nodiscard]] Json names_of(const Json& value, std::initializer_list<const char*> names) const {
    Json keys;
    for (const char* name : names) keys[name] = deletable(value);
    return section(map_with(keys));
  }
  [[nodiscard]] Json optional_names_of(Json value) const { return map_of(deletable(std::move(value))); }

  /// A map with these keys alone. What is `needed` may come from below an overlay.
  [[nodiscard]] Json record(Json keys, const std::vector<std::string>& needed = {}) const {
    if (overlay_) {
      for (auto& [key, schema] : keys.items()) schema = or_null(schema);
    }
    Json map = map_with(std::move(keys));
    if (!overlay_ && !needed.empty()) map["required"] = needed;
    return map;
  }

  [[nodiscard]] Json hooks() const { return section(map_of(or_null(map_of(or_null(ref("name")))))); }
  [[nodiscard]] static Json handler() { return {{"anyOf", Json::array({ref("name"), ref("steps")})}}; }

  [[nodiscard]] Json object() const {
    Json map{
        {"type", "object"}, {"properties", {{"class", ref("name")}}}, {"additionalProperties", ref("value")}};
    if (!overlay_) map["required"] = {"class"};
    return map;
  }

  [[nodiscard]] Json global() const {
    const Json init{{"anyOf", Json::array({ref("value"), list_of(ref("value"))})}};
    return {{"anyOf", Json::array({ref("name"), record({{"type", ref("name")}, {"init", init}}, {"type"})})}};
  }

  [[nodiscard]] Json routine() const {
    Json map = record({{"params", optional_names_of(or_null(ref("name")))},
                       {"source", ref("text")},
                       {"title", ref("text")},
                       {"drops", ref("text")},
                       {"steps", ref("steps")},
                       {"forms", optional_names_of(ref("steps"))}});
    if (!overlay_) map["anyOf"] = any_key_of({"steps", "forms"});
    return {{"if", {{"type", "array"}}}, {"then", ref("steps")}, {"else", map}};
  }

  [[nodiscard]] Json timer() const {
    return record(
        {{"handler", handler()}, {"cpu", number(0, 7)}, {"context", one_word_of({"softirq", "hardirq"})}},
        {"handler"});
  }

  [[nodiscard]] Json task() const {
    Json run = ref("steps");
    run["minItems"] = 1;
    return record({{"cpu", ref("cpu")},
                   {"kind", one_word_of({"user", "kthread", "kworker", "init"})},
                   {"may_stall", flag()},
                   {"run", run},
                   {"title", ref("text")}});
  }

  /// Lists are replaced as a whole, so a rule is complete in an overlay too.
  [[nodiscard]] static Json rule() {
    Json map = map_with({{"name", ref("text")},
                         {"source", ref("text")},
                         {"for", map_of(ref("name"))},
                         {"when", ref("expression")},
                         {"do", ref("steps")}});
    map["required"] = {"do"};
    return map;
  }

  [[nodiscard]] Json property() const {
    Json guard = record({{"write", ref("name")}, {"set", ref("name")}, {"when", ref("expression")}});
    if (!overlay_) guard["oneOf"] = any_key_of({"write", "set"});
    Json map = record({{"never", ref("expression")},
                       {"never_on", guard},
                       {"at_end", ref("expression")},
                       {"eventually", ref("expression")},
                       {"always_possible", ref("expression")},
                       {"reboot_within", ref("duration")},
                       {"within", ref("duration")},
                       {"task", ref("name")},
                       {"title", ref("text")},
                       {"reason", ref("text")}});
    if (!overlay_) {
      map["oneOf"] = any_key_of(
          {"never", "never_on", "at_end", "eventually", "always_possible", "reboot_within", "within"});
      map["dependentSchemas"]["task"]["anyOf"] = any_key_of({"reboot_within", "within"});
    }
    return {{"anyOf", Json::array({one_word_of({"reboot_completes", "no_trap"}), map})}};
  }

  bool overlay_;
  Flavour flavour_;
};

Json merged(Json left, const Json& right) {
  left.update(right);
  return left;
}

Json only(const Json& all, std::initializer_list<const char*> keys) {
  Json some;
  for (const char* key : keys) some[key] = all.at(key);
  return some;
}

Json variant() {
  const Sections sections(Flavour::kOverlay);
  return or_null(map_with(merged(sections.of_scenario(), sections.shared())));
}

Json scenario() {
  const Sections sections(Flavour::kComplete);
  Json keys{
      {"quiesce", {{"const", 1}}}, {"name", ref("text")}, {"use", or_null(list_of(ref("library_name")))}};
  keys.update(sections.of_scenario());
  keys.update(sections.shared());
  keys["variants"] = or_null(map_of(ref("variant")));
  Json map = map_with(keys);
  map["required"] = {"quiesce", "name"};
  return map;
}

Json library() {
  const Sections sections(Flavour::kComplete);
  Json keys{{"library", ref("library_name")}, {"use", or_null(list_of(ref("library_name")))}};
  keys.update(only(sections.of_scenario(), {"title", "sources", "assumptions"}));
  keys.update(sections.shared());
  return map_with(keys);
}

Json patch() {
  const Sections sections(Flavour::kOverlay);
  Json keys{{"patch", ref("library_name")}};
  keys.update(only(sections.of_scenario(), {"title", "sources", "reason", "machine", "edits"}));
  keys.update(sections.shared());
  return map_with(keys);
}

Json definitions() {
  const Json scalar{{"type", {"string", "number", "boolean"}}};
  return {
      {"text", scalar},
      {"texts", or_null(list_of(ref("text")))},
      {"name", {{"type", "string"}, {"minLength", 1}}},
      {"library_name", {{"type", "string"}, {"pattern", "^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$"}}},
      {"value", {{"type", {"string", "integer", "boolean", "null"}}}},
      {"expression", {{"type", {"string", "integer", "boolean"}}}},
      {"duration", {{"type", "string"}, {"pattern", "^[0-9]+(us|ms|s|min)$"}}},
      {"durations", {{"type", "string"}, {"pattern", "^[0-9]+(us|ms|s|min)([.][.][0-9]+(us|ms|s|min))?$"}}},
      {"quantity", quantity()},
      {"distribution", distribution()},
      {"distribution_overlay", distribution_overlay()},
      {"cpu", {{"anyOf", Json::array({number(0, 7), one_word_of({"any"})})}}},
      {"step", step()},
      {"steps", list_of(ref("step"))},
      {"edit", edit()},
      {"variant", variant()},
      {"scenario", scenario()},
      {"library", library()},
      {"patch", patch()}};
}

}  // namespace

std::string scenario_schema() {
  const auto has = [](const char* key) { return Json{{"required", {key}}}; };
  const Json root{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                  {"title", "quiesce scenario, library or patch"},
                  {"type", "object"},
                  {"if", has("library")},
                  {"then", ref("library")},
                  {"else", {{"if", has("patch")}, {"then", ref("patch")}, {"else", ref("scenario")}}},
                  {"$defs", definitions()}};
  return root.dump(2) + "\n";
}

}  // namespace quiesce::sim
