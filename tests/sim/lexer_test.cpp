// Tokens of expressions and the columns they stand in.
#include "sim/lexer.hpp"

#include <gtest/gtest.h>

#include "tests/sim/document_text.hpp"

namespace quiesce::sim::lexer_test {
namespace {

Node value_of(const std::string& line) { return parse_document(line, "x.yaml").entries.at(0).value; }

std::string tokens_of(const std::string& text) {
  std::string shown;
  for (const Token& token : tokenize(value_of("e: " + text))) shown += token.text + "|";
  return shown;
}

std::string error_in(const std::string& text) {
  return first_line_of([&] { static_cast<void>(tokenize(value_of("e: " + text))); });
}

TEST(Lexer, TakesTheLongestSymbol) {
  EXPECT_EQ(tokens_of("a<=b==c:=d..e+=f - g"), "a|<=|b|==|c|:=|d|..|e|+=|f|-|g||");
}

TEST(Lexer, SplitsNamesAtAMinus) { EXPECT_EQ(tokens_of("-ETIMEDOUT-smmu_1"), "-|ETIMEDOUT|-|smmu_1||"); }

TEST(Lexer, ReadsNumbersAndDurations) {
  const std::vector<Token> tokens = tokenize(value_of("e: 12 0xFf 7us 20ms 1s 2min"));
  const std::vector<std::int64_t> expected{12, 255, 7, 20'000, 1'000'000, 120'000'000};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(tokens[i].number, expected[i]);
    EXPECT_EQ(tokens[i].kind, i < 2 ? TokenKind::kNumber : TokenKind::kDuration);
  }
}

TEST(Lexer, CountsColumnsFromTheStartOfTheLine) {
  const std::vector<Token> tokens = tokenize(value_of("e: 'a + bc'"));
  EXPECT_EQ(tokens[0].at.column, 5U);
  EXPECT_EQ(tokens[2].at.column, 9U);
  EXPECT_EQ(tokens[2].offset, 4U);
}

TEST(Lexer, PutsEveryTokenOfAFoldedTextAtItsStart) {
  const std::vector<Token> tokens = tokenize(value_of("e: a +\n  b"));
  EXPECT_EQ(tokens[2].text, "b");
  EXPECT_EQ(tokens[2].at.line, 1U);
  EXPECT_EQ(tokens[2].at.column, 4U);
}

TEST(LexerRefuses, NumbersThatDoNotFit) {
  EXPECT_EQ(tokenize(value_of("e: 2147483646"))[0].number, 2'147'483'646);
  EXPECT_EQ(error_in("1 + 2147483647"), "x.yaml:1:8: error: this number does not fit 32 bits");
  EXPECT_EQ(tokenize(value_of("e: 0xffffffff"))[0].number, -1) << "the pattern of a register";
  EXPECT_EQ(error_in("0x100000000"), "x.yaml:1:4: error: this number does not fit 32 bits");
  EXPECT_EQ(error_in("99999999999999999999999999999999999"),
            "x.yaml:1:4: error: this number does not fit 32 bits");
  EXPECT_EQ(error_in("36min"), "x.yaml:1:4: error: this duration is longer than 35 minutes");
}

TEST(LexerRefuses, WordsThatBeginWithADigit) {
  EXPECT_EQ(error_in("3h"), "x.yaml:1:4: error: 'h' is no unit of time: us, ms, s or min");
  EXPECT_EQ(error_in("0x1s"), "x.yaml:1:4: error: 's' is no unit of time: us, ms, s or min");
  EXPECT_EQ(error_in("0x"), "x.yaml:1:4: error: a number needs digits after 0x");
}

TEST(LexerRefuses, TheOperatorsOfC) {
  EXPECT_EQ(error_of([] { static_cast<void>(tokenize(value_of("e: a && b"))); }),
            "x.yaml:1:6: error: '&' has no meaning in an expression\n"
            "    1 | e: a && b\n"
            "      |      ^\n"
            "      = write 'and', 'or', 'not'\n");
}

TEST(LexerRefuses, OtherCharacters) {
  EXPECT_EQ(error_in("a $ b"), "x.yaml:1:6: error: '$' has no meaning in an expression");
  EXPECT_EQ(error_in("é"), "x.yaml:1:4: error: this character has no meaning in an expression");
}

TEST(LexerRefuses, MoreThanAThousandTokens) {
  std::string sum = "a";
  for (int i = 0; i < 500; ++i) sum += "+a";
  EXPECT_EQ(error_in(sum), "x.yaml:1:1004: error: an expression of more than 1000 words and signs");
}

TEST(LexerRefuses, WhatIsNoScalar) {
  EXPECT_EQ(error_in("[a]"), "x.yaml:1:4: error: an expression is needed here");
  EXPECT_EQ(error_in(""), "x.yaml:1:2: error: an expression is needed here");
}

}  // namespace
}  // namespace quiesce::sim::lexer_test
