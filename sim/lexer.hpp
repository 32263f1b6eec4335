// Tokens of expressions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/node.hpp"

namespace quiesce::sim {

enum class TokenKind : std::uint8_t { kNumber, kDuration, kName, kSymbol, kEnd };

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string text;         ///< as written
  std::int64_t number = 0;  ///< durations in microseconds
  std::size_t offset = 0;   ///< within the scalar
  Location at;
};

/// Splits a scalar into tokens, the last one kEnd. Throws ScenarioError at an unknown character, an
/// unrepresentable number or a scalar of more than 1000 tokens. Tokens of a scalar that does not stand in
/// the file as it reads (folded lines, escapes) are all located at its start.
[[nodiscard]] std::vector<Token> tokenize(const Node& scalar);

}  // namespace quiesce::sim
