// Steps and edits in the schema. Verbs and their modifiers come from the table of verbs.
#include <map>

#include "sim/schema_parts.hpp"
#include "sim/verbs.hpp"

namespace quiesce::sim::schema {
namespace {

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t blank = text.find(' ');
    if (blank != 0) words.emplace_back(text.substr(0, blank));
    text.remove_prefix(blank == std::string_view::npos ? text.size() : blank + 1);
  }
  return words;
}

/// `-`, or something in brackets as a whole: such a verb may stand as a bare word.
bool takes_nothing(const VerbInfo& verb) {
  const std::string_view argument = verb.argument;
  return argument == "-" || (argument.starts_with('[') && argument.ends_with(']'));
}

/// What stands behind a verb, read from the table's words for it.
Json argument_of(const VerbInfo& verb) {
  const std::string_view argument = verb.argument;
  if (argument == "-") return {{"type", "null"}};
  if (argument == "STEPS") return ref("steps");
  if (argument == "DURATION") return ref("duration");
  if (argument == "DURATIONS") return ref("durations");
  if (argument == "TEXT") return ref("text");
  if (argument == "EXPR" || argument == "CPU" || argument == "SMMU" || argument == "N")
    return ref("expression");
  if (takes_nothing(verb)) return or_null(ref("expression"));
  for (const char* word : {" in ", " to ", " from ", " at ", " = "}) {
    const bool needed = argument.find(word) != std::string_view::npos && !argument.starts_with('[');
    if (needed) return {{"type", "string"}, {"pattern", word[1] == '=' ? "=" : word}};
  }
  return ref("name");
}

Json shape_of_modifier(const std::string& modifier) {
  static const std::map<std::string, Json> kShapes{
      {"when", ref("expression")},
      {"label", ref("name")},
      {"source", ref("text")},
      {"then", ref("steps")},
      {"else", ref("steps")},
      {"do", ref("steps")},
      {"on_timeout", ref("steps")},
      {"on_failure", ref("steps")},
      {"timeout", ref("duration")},
      {"into", ref("text")},
      {"one_word", flag()},
      {"sync", ref("expression")},
      {"sleeps", flag()},
      {"if_listed", flag()},
      {"required", {{"enum", {true, false, "driver"}}}},
      {"ratelimited", ref("name")},
      {"relaxed", flag()},
      {"order", one_word_of({"relaxed", "acquire", "release", "full"})},
  };
  const auto found = kShapes.find(modifier);
  return found != kShapes.end() ? found->second : Json::object();
}

/// What `with` means depends on the verb.
Json shape_of_with(const VerbInfo& verb) {
  if (verb.verb == Verb::kCmpxchg) {
    Json pair = list_of(ref("expression"));
    pair["minItems"] = pair["maxItems"] = 2;
    return pair;
  }
  return verb.verb == Verb::kModTimer ? ref("duration") : ref("expression");
}

/// What else a step with this verb needs: its body, or what it works with.
Json needs_of(const VerbInfo& verb) {
  Json needs;
  if (verb.verb == Verb::kIf) needs["anyOf"] = any_key_of({"then", "else"});
  for (const std::string& modifier : words_of(verb.modifiers)) {
    if (modifier == "do" || modifier == "with") needs["required"].push_back(modifier);
    if (modifier == "with") needs["properties"]["with"] = shape_of_with(verb);
  }
  return needs;
}

/// A label stands alone, or beside one verb.
Json exactly_one_verb() {
  Json choices = Json::array();
  for (const VerbInfo& verb : all_verbs()) {
    if (verb.verb != Verb::kLabel) choices.push_back({{"required", {verb.name}}});
  }
  choices.push_back({{"required", {"label"}}, {"propertyNames", one_word_of({"label", "when", "source"})}});
  return choices;
}

Json step_map() {
  Json properties;
  for (const char* modifier : {"label", "when", "source"}) properties[modifier] = shape_of_modifier(modifier);
  std::map<std::string, Json> verbs_with;
  Json dependent;
  for (const VerbInfo& verb : all_verbs()) {
    const std::string name(verb.name);
    if (verb.verb != Verb::kLabel) {
      properties[name] = argument_of(verb);
      properties[name]["description"] = verb.meaning;
    }
    for (const std::string& modifier : words_of(verb.modifiers))
      verbs_with[modifier].push_back({{"required", {name}}});
    if (const Json needs = needs_of(verb); !needs.empty()) dependent[name] = needs;
  }
  for (const auto& [modifier, verbs] : verbs_with) {
    properties[modifier] = shape_of_modifier(modifier);
    dependent[modifier] = {{"anyOf", verbs}};
  }
  Json map = map_with(properties);
  map["oneOf"] = exactly_one_verb();
  map["dependentSchemas"] = dependent;
  return map;
}

}  // namespace

Json step() {
  std::vector<std::string> words;
  for (const VerbInfo& verb : all_verbs()) {
    if (takes_nothing(verb)) words.emplace_back(verb.name);
  }
  const Json bare{{"type", "string"},
                  {"anyOf", Json::array({one_word_of(words), {{"pattern", ":="}}})},
                  {"description", "a verb without argument, or an assignment 'PLACE := EXPR'"}};
  // Which of the two is meant is decided by the type, so that messages speak of that one alone.
  return {{"type", {"string", "object"}}, {"if", {{"type", "string"}}}, {"then", bare}, {"else", step_map()}};
}

Json edit() {
  const Json inserted{{"anyOf", Json::array({ref("step"), list_of(ref("step"))})}};
  Json map = map_with({{"in", ref("name")},
                       {"before", ref("name")},
                       {"after", ref("name")},
                       {"replace", ref("name")},
                       {"delete", ref("name")},
                       {"insert", inserted},
                       {"with", inserted}});
  map["required"] = {"in"};
  map["oneOf"] = any_key_of({"before", "after", "replace", "delete"});
  const Json given = any_key_of({"insert", "with"});
  map["if"] = {{"required", {"delete"}}};
  map["then"] = {{"not", {{"anyOf", given}}}};
  map["else"] = {{"oneOf", given}};
  return map;
}

}  // namespace quiesce::sim::schema
