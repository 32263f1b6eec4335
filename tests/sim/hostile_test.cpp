// Files made to hurt end in a located error, quickly.
#include <gtest/gtest.h>

#include <random>

#include "sim/expr.hpp"
#include "tests/sim/document_text.hpp"

namespace quiesce::sim::hostile_test {
namespace {

std::string repeat(const std::string& text, std::size_t times) {
  std::string all;
  all.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

std::string message_in(const std::string& text) {
  return first_line_of([&] { static_cast<void>(parse_document(text, "x.yaml")); });
}

const char* const kDeep = "error: nested more than 64 levels deep";

TEST(Hostile, TooLargeAFile) {
  EXPECT_EQ(message_in(repeat("a: 1\n", 2'000'000)), "x.yaml: error: a file of more than 4 MiB");
}

TEST(Hostile, BinaryFiles) {
  EXPECT_EQ(message_in(std::string("a\0b", 3)),
            "x.yaml:1:2: error: this is no text file: it holds control characters");
  EXPECT_EQ(message_in("\x7f"
                       "ELF\x02\x01"),
            "x.yaml:1:1: error: this is no text file: it holds control characters");
  EXPECT_EQ(message_in(std::string("\xff\xfe"
                                   "a\0",
                                   4)),
            "x.yaml:1:1: error: this is no text file: it is not valid UTF-8");
  EXPECT_EQ(message_in("a: 1\rb: 2\n"),
            "x.yaml:1:5: error: this is no text file: it holds control characters");
}

TEST(Hostile, BrokenUtf8) {
  for (const std::string bytes : {"\x80", "\xc0\xaf", "\xc3", "\xe0\x80\x80", "\xed\xa0\x80",
                                  "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80"}) {
    EXPECT_EQ(message_in("a: " + bytes), "x.yaml:1:4: error: this is no text file: it is not valid UTF-8");
  }
}

TEST(Hostile, DeepFlowNesting) {
  EXPECT_EQ(message_in("a: " + repeat("[", 10'000)), std::string("x.yaml:1:68: ") + kDeep);
  EXPECT_EQ(message_in("a: " + repeat("{b: ", 4'000)), std::string("x.yaml:1:260: ") + kDeep);
}

TEST(Hostile, DeepFlowNestingOverManyLines) {
  const std::string closed = repeat(" [\n", 500) + repeat(" ]\n", 500);
  EXPECT_EQ(message_in("a: [\n" + closed + " ]\n"), std::string("x.yaml:64:2: ") + kDeep);
}

TEST(Hostile, BracketsThatAreNeverClosed) {
  EXPECT_EQ(message_in("a: [\n" + repeat(" [\n", 1'000'000)), "x.yaml:2:2: error: a key must be plain text");
  EXPECT_EQ(message_in("a: {\n" + repeat(" b: {\n", 500'000)), std::string("x.yaml:64:5: ") + kDeep);
}

TEST(Hostile, DeepBlockNesting) {
  EXPECT_EQ(message_in(repeat("- ", 9'000)), std::string("x.yaml:1:129: ") + kDeep);
  std::string stairs;
  for (std::size_t i = 0; i < 2000; ++i) stairs += std::string(i, ' ') + "a:\n";
  EXPECT_EQ(message_in(stairs), std::string("x.yaml:65:65: ") + kDeep);
}

TEST(Hostile, DeepestDocumentThatIsAllowed) {
  EXPECT_EQ(message_in("a: " + repeat("[", 63) + repeat("]", 63)), "no error");
  EXPECT_EQ(message_in("a: " + repeat("[", 64) + repeat("]", 64)), std::string("x.yaml:1:67: ") + kDeep);
}

TEST(Hostile, BillionLaughs) {
  EXPECT_EQ(message_in("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"),
            "x.yaml:1:4: error: anchors are not part of the scenario language");
}

TEST(Hostile, TooManyValues) {
  EXPECT_EQ(message_in(repeat("- 1\n", 300'000)),
            "x.yaml:200001:3: error: a file of more than 200000 values");
}

TEST(Hostile, ManyKeysInOneMap) {
  std::string text;
  for (int i = 0; i < 99'000; ++i) text += "k" + std::to_string(i) + ": 1\n";
  EXPECT_EQ(message_in(text), "no error");
  EXPECT_EQ(message_in(text + "k0: 1\n"), "x.yaml:99001:1: error: key 'k0' is given twice");
}

TEST(Hostile, MergingLargeMapsIsNotQuadratic) {
  std::string text;
  for (int i = 0; i < 99'000; ++i) text += "k" + std::to_string(i) + ": 1\n";
  Node target = parse_document(text, "x.yaml");
  merge_patch(target, parse_document(text, "y.yaml"));
  EXPECT_EQ(target.entries.size(), 99'000U);
  EXPECT_EQ(target.entries.back().value.at.file->path, "y.yaml");
}

TEST(Hostile, LongLinesAndTexts) {
  EXPECT_EQ(message_in("a: " + repeat("x", 30'000)),
            "x.yaml:1:20001: error: a line of more than 20000 characters");
  EXPECT_EQ(message_in("a: |\n" + repeat("  " + repeat("x", 1000) + "\n", 80)),
            "x.yaml:1:4: error: a text of over 64 KiB");
}

TEST(Hostile, UnterminatedQuotes) {
  EXPECT_EQ(message_in("a: 'x\n" + repeat("  y\n", 1000)), "x.yaml:1:4: error: this quote is never closed");
  EXPECT_EQ(message_in("a: \"x\\\"\n"), "x.yaml:1:4: error: this quote is never closed");
}

TEST(Hostile, Expressions) {
  const auto message = [](const std::string& text) {
    return first_line_of(
        [&] { static_cast<void>(parse_expr(parse_document("e: " + text, "x.yaml").entries.at(0).value)); });
  };
  EXPECT_EQ(message(repeat("(", 9'000)),
            "x.yaml:1:1004: error: an expression of more than 1000 words and signs");
  EXPECT_EQ(message(repeat("not ", 300) + "a"),
            "x.yaml:1:256: error: an expression nested more than 64 levels deep");
  EXPECT_EQ(message(repeat("-", 300) + "a"),
            "x.yaml:1:67: error: an expression nested more than 64 levels deep");
  EXPECT_EQ(message("a" + repeat(".b", 5'000)),
            "x.yaml:1:1004: error: an expression of more than 1000 words and signs");
  EXPECT_EQ(message(repeat("9", 15'000)), "x.yaml:1:4: error: this number does not fit 32 bits");
}

/// Every damaged copy of a good file is read or refused with a place; nothing else may happen.
TEST(Hostile, RandomDamageNeverCrashes) {
  const std::string good =
      "quiesce: 1\nname: 'x'\nuse: [linux/reboot, \"a b\"]\nroutines:\n  f:\n    steps:\n"
      "      - call: f(a, b)   # comment\n        when: not a.b[0] == 3\n      - log: \"x {y:08x}\"\n"
      "      - label: l\nmachine: {cpus: 2, list: [a, {b: c}]}\ntext: |\n  block\n";
  const std::string alphabet = "[]{}:,-?'\"#&*!|>%@` \t\n\r\\a0(\xc3\xa9\xff";
  for (std::uint64_t seed = 1; seed <= 4000; ++seed) {
    std::mt19937_64 random(seed);
    std::string text = good;
    for (std::uint64_t i = 0; i <= seed % 5; ++i) {
      const std::size_t at = random() % text.size();
      const char letter = alphabet[random() % alphabet.size()];
      if (random() % 2 == 0) text[at] = letter;
      if (random() % 2 == 0) text.insert(at, 1, letter);
      if (random() % 4 == 0) text.erase(at, random() % 20);
      if (text.empty()) text = "a";
    }
    const std::string message = message_in(text);
    EXPECT_TRUE(message == "no error" || message.starts_with("x.yaml:"))
        << "seed " << seed << ": " << message;
  }
}

}  // namespace
}  // namespace quiesce::sim::hostile_test
