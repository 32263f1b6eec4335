// Small pieces that the schema of scenarios is put together from.
#pragma once

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace quiesce::sim::schema {

using Json = nlohmann::ordered_json;

/// A document is complete; an overlay is laid over one, so parts may be missing, and null deletes.
enum class Flavour : std::uint8_t { kComplete, kOverlay };

[[nodiscard]] inline Json ref(const std::string& name) { return {{"$ref", "#/$defs/" + name}}; }
[[nodiscard]] inline Json list_of(Json item) { return {{"type", "array"}, {"items", std::move(item)}}; }
[[nodiscard]] inline Json one_or_more(const Json& item) {
  return {{"anyOf", Json::array({item, list_of(item)})}};
}
[[nodiscard]] inline Json one_word_of(std::vector<std::string> words) { return {{"enum", std::move(words)}}; }
[[nodiscard]] inline Json number(int lo, int hi) {
  return {{"type", "integer"}, {"minimum", lo}, {"maximum", hi}};
}
[[nodiscard]] inline Json flag() { return {{"type", "boolean"}}; }
[[nodiscard]] inline Json or_null(Json schema) {
  return {{"anyOf", Json::array({std::move(schema), {{"type", "null"}}})}};
}

/// A map whose keys are these and no others.
[[nodiscard]] inline Json map_with(Json properties) {
  return {{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
}

/// A map of names, all with values of one shape.
[[nodiscard]] inline Json map_of(Json value) {
  return {{"type", "object"}, {"additionalProperties", std::move(value)}};
}

/// "one of these keys", as alternatives for oneOf and anyOf.
[[nodiscard]] inline Json any_key_of(std::initializer_list<const char*> keys) {
  Json all = Json::array();
  for (const char* key : keys) all.push_back({{"required", {key}}});
  return all;
}

/// The shape of one step, from the table of verbs.
[[nodiscard]] Json step();
/// The shape of one edit of a routine.
[[nodiscard]] Json edit();
/// The keys of `machine`.
[[nodiscard]] Json machine(Flavour flavour);
/// The keys of `durations`, and what stands behind them.
[[nodiscard]] Json durations(Flavour flavour);
[[nodiscard]] Json quantity();
[[nodiscard]] Json distribution();
[[nodiscard]] Json distribution_overlay();

}  // namespace quiesce::sim::schema
