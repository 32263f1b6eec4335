#include "reports/schema_parts.hpp"

#include <algorithm>

namespace quiesce::reports::schema {

Json record(Json keys, const std::vector<std::string>& optional) {
  Json needed = Json::array();
  for (const auto& [key, value] : keys.items()) {
    if (std::find(optional.begin(), optional.end(), key) == optional.end()) needed.push_back(key);
  }
  return {{"type", "object"},
          {"properties", std::move(keys)},
          {"required", std::move(needed)},
          {"additionalProperties", false}};
}

}  // namespace quiesce::reports::schema
