// Phrases that the JSON Schemas of reports are made of.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace quiesce::reports::schema {

using Json = nlohmann::ordered_json;

inline Json ref(const std::string& name) { return {{"$ref", "#/$defs/" + name}}; }
inline Json list_of(Json item) { return {{"type", "array"}, {"items", std::move(item)}}; }
inline Json text() { return {{"type", "string"}}; }
inline Json flag() { return {{"type", "boolean"}}; }
inline Json count() { return {{"type", "integer"}, {"minimum", 0}}; }
inline Json count_or_null() { return {{"type", {"integer", "null"}}, {"minimum", 0}}; }
inline Json number() { return {{"type", "number"}, {"minimum", 0}}; }
inline Json one_of(const std::vector<std::string>& words) { return {{"enum", words}}; }

/// A map with all of these keys, and no others but the optional ones.
[[nodiscard]] Json record(Json keys, const std::vector<std::string>& optional = {});

}  // namespace quiesce::reports::schema
