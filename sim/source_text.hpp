// The text of a file before YAML is looked at: what is no text, or is made to hurt, is refused here.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "sim/diagnostic.hpp"

namespace quiesce::sim {

/// The first character of a text; `bytes` is 0 if it is not valid UTF-8.
struct Utf8Character {
  char32_t code = 0;
  std::size_t bytes = 0;
};
[[nodiscard]] Utf8Character decode_utf8(std::string_view text);

/// Removes a byte order mark from `text` and keeps its lines. Throws ScenarioError for a text that is too
/// large, not UTF-8, holds control characters, is indented with tabs or opens too many brackets in a line.
[[nodiscard]] std::shared_ptr<const SourceFile> read_source(std::string& text, std::string path);

}  // namespace quiesce::sim
