// What the compiler says about a scenario.
#pragma once

#include <string>

#include "sim/compile.hpp"
#include "tests/sim/document_text.hpp"

namespace quiesce::sim {

/// Everything that is wrong with a scenario, as the user sees it, or "no error".
inline std::string mistake(const std::string& text) {
  return error_of([&] { static_cast<void>(compile(parse_document(text, "x.yaml"))); });
}

/// How often `part` stands in `text`.
inline std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t times = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++times;
  return times;
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace quiesce::sim
