// Tokens of expressions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/node.hpp"

namespace quiesce::sim {

enum class TokenKind : std::uint8_t { kNumber, kDuration, kName, kSymbol, kEnd };

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string text;         ///< name or symbol
  std::int64_t number = 0;  ///< durations in microseconds
  Location at;
};

/// Splits a scalar into tokens, the last one kEnd. Throws ScenarioError at an unknown character or an
/// unrepresentable number.
[[nodiscard]] std::vector<Token> tokenize(const Node& scalar);

}  // namespace quiesce::sim
