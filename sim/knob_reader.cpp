#include "sim/knob_reader.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace quiesce::sim {

void KnobReader::number(const char* key, int& value, int lo, int hi) {
  const Node* node = map_.find(key);
  if (node == nullptr) return;
  int parsed = 0;
  const std::string& text = node->scalar;
  const bool hex = text.starts_with("0x");
  const char* const begin = text.data() + (hex ? 2 : 0);
  const auto result = std::from_chars(begin, text.data() + text.size(), parsed, hex ? 16 : 10);
  if (!node->is_scalar() || node->quoted || result.ec != std::errc{} ||
      result.ptr != text.data() + text.size() || parsed < lo || parsed > hi) {
    errors_.error(node->at,
                  std::string("'") + key + "' must be a number from " + std::to_string(lo) + " to " +
                      std::to_string(hi),
                  node->quoted ? "numbers are written without quotes" : "");
    return;
  }
  value = parsed;
}

void KnobReader::flag(const char* key, bool& value) {
  const Node* node = map_.find(key);
  if (node != nullptr && node->quoted) {
    errors_.error(node->at, std::string("'") + key + "' is true or false, without quotes");
    return;
  }
  const std::string chosen = choice(key, {"true", "false"}, value ? "true" : "false");
  value = chosen == "true";
}

std::string KnobReader::choice(const char* key, const std::vector<std::string>& valid, std::string value) {
  const Node* node = map_.find(key);
  if (node == nullptr) return value;
  if (node->is_scalar() && std::find(valid.begin(), valid.end(), node->scalar) != valid.end())
    return node->scalar;
  std::string list;
  for (const std::string& name : valid) list += (list.empty() ? "" : ", ") + name;
  errors_.error(node->at, std::string("'") + key + "' is one of " + list,
                nearest_name_hint(node->scalar, valid),
                static_cast<unsigned>(std::max<std::size_t>(1, node->scalar.size())));
  return value;
}

}  // namespace quiesce::sim
