// Reads the keys of a map of knobs, each with a located complaint.
#pragma once

#include <string>
#include <vector>

#include "sim/diagnostic.hpp"
#include "sim/node.hpp"

namespace quiesce::sim {

class KnobReader {
 public:
  KnobReader(const Node& map, Diagnostics& errors) : map_(map), errors_(errors) {}

  /// Each leaves `value` as it is where the key is missing or its value is wrong.
  void number(const char* key, int& value, int lo, int hi);
  void flag(const char* key, bool& value);
  /// `value` where the key is missing or its value is none of `valid`.
  std::string choice(const char* key, const std::vector<std::string>& valid, std::string value);

 private:
  const Node& map_;
  Diagnostics& errors_;
};

}  // namespace quiesce::sim
