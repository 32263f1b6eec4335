// Reading YAML: what is accepted, where each value stands, and every trap that is refused.
#include "sim/node.hpp"

#include <gtest/gtest.h>

#include "tests/sim/document_text.hpp"

namespace quiesce::sim::node_test {
namespace {

Node parse(const std::string& text) { return parse_document(text, "x.yaml"); }

std::string error_in(const std::string& text) {
  return error_of([&] { static_cast<void>(parse(text)); });
}

std::string place_of(const Location& at) { return std::to_string(at.line) + ":" + std::to_string(at.column); }

TEST(Node, KeepsMapsInTheOrderOfTheFile) {
  EXPECT_EQ(to_text(parse("z: 1\na: [x, {k: v}]\nm:\n  - p\n  - q: r\n")),
            "{z: 1, a: [x, {k: v}], m: [p, {q: r}]}");
}

TEST(Node, FindsAKeyOnlyInAMap) {
  const Node root = parse("a: {b: 1}\nc: [b]\n");
  EXPECT_EQ(root.find("a")->find("b")->scalar, "1");
  EXPECT_EQ(root.find("c")->find("b"), nullptr);
  EXPECT_EQ(root.find("d"), nullptr);
}

TEST(Node, TellsQuotedFromPlainScalars) {
  const Node root = parse("a: '1'\nb: 1\nc: \"null\"\nd: \"on\"\n");
  EXPECT_TRUE(root.find("a")->quoted);
  EXPECT_FALSE(root.find("b")->quoted);
  EXPECT_TRUE(root.find("c")->is_scalar());
  EXPECT_EQ(root.find("d")->scalar, "on");
}

TEST(Node, ReadsEmptyNullAndTildeAsNull) {
  EXPECT_EQ(to_text(parse("a:\nb: null\nc: ~\nd: {e: }\n")), "{a: null, b: null, c: null, d: {e: null}}");
}

TEST(Node, KeepsTheNameNullOfTheKernelAsAName) {
  EXPECT_EQ(to_text(parse("a: NULL\nb: [NULL, Null]\nc:\nNULL: 1\n")),
            "{a: NULL, b: [NULL, Null], c: null, NULL: 1}");
}

TEST(Node, PointsAtTheFirstCharacterOfAScalar) {
  const Node root = parse("ä: 'quoted'\n\"key\": \"text\"\nlist:\n  - plain\n  - {a: b}\n");
  EXPECT_EQ(place_of(root.find("ä")->at), "1:6");
  EXPECT_EQ(place_of(root.entries[1].key_at), "2:2");
  EXPECT_EQ(place_of(root.find("key")->at), "2:9");
  EXPECT_EQ(place_of(root.find("list")->items[0].at), "4:5");
  EXPECT_EQ(place_of(root.find("list")->items[1].at), "5:5");
}

TEST(Node, PointsAtTheColonOrDashOfAMissingValue) {
  const Node root = parse("a:  # nothing\n\nb:\n  -\n  - c\n");
  EXPECT_EQ(place_of(root.find("a")->at), "1:2");
  EXPECT_EQ(place_of(root.find("b")->items[0].at), "4:3");
}

TEST(Node, OfAnEmptyFileStandsAtItsStart) {
  const Node root = parse("# only a comment\n");
  EXPECT_TRUE(root.is_null());
  EXPECT_EQ(place_of(root.at), "1:1");
}

TEST(Node, IgnoresAByteOrderMarkAndCarriageReturns) {
  const Node root = parse(
      "\xef\xbb\xbf"
      "ab: c\r\nd: e f\r\n");
  EXPECT_EQ(to_text(root), "{ab: c, d: e f}");
  EXPECT_EQ(place_of(root.find("ab")->at), "1:5");
}

TEST(Node, AcceptsBlockTextsAndARulerOfDashes) {
  const std::string ruler = "# " + std::string(100, '-') + "\n";
  EXPECT_EQ(to_text(parse(ruler + "a: |\n  one\n  two\n")), "{a: \"one\ntwo\n\"}");
}

TEST(Node, AcceptsManyHalfOpenIntervalsInComments) {
  std::string text = "a: b\n";
  for (int i = 0; i < 200; ++i) text += "# [0, 5)\n";
  EXPECT_EQ(to_text(parse(text)), "{a: b}");
}

TEST(Node, AcceptsBalancedCallsInFlowStyle) {
  EXPECT_EQ(to_text(parse("a: [{call: \"f(a, b)\"}, g(x)]\n")), "{a: [{call: \"f(a, b)\"}, g(x)]}");
}

TEST(NodeRefuses, AKeyGivenTwice) {
  EXPECT_EQ(error_in("steps: 1\nb: 2\nsteps: 3\n"),
            "x.yaml:3:1: error: key 'steps' is given twice\n"
            "    3 | steps: 3\n"
            "      | ^~~~~\n"
            "      = the first one is in line 1\n");
}

TEST(NodeRefuses, AKeyGivenTwiceInOtherQuotes) {
  EXPECT_EQ(first_line_of([] { static_cast<void>(parse("x: {a: 1, 'a': 2}\n")); }),
            "x.yaml:1:12: error: key 'a' is given twice");
}

TEST(NodeRefuses, Anchors) {
  EXPECT_EQ(error_in("a: &x 1\n"),
            "x.yaml:1:4: error: anchors are not part of the scenario language\n"
            "    1 | a: &x 1\n"
            "      |    ^\n"
            "      = write the value out, or quote a text that begins with '&'\n");
}

TEST(NodeRefuses, Aliases) {
  EXPECT_EQ(error_in("a: *x\n"),
            "x.yaml:1:4: error: aliases are not part of the scenario language\n"
            "    1 | a: *x\n"
            "      |    ^\n"
            "      = write the value out, or quote a text that begins with '*'\n");
}

TEST(NodeRefuses, Tags) {
  const std::string rest =
      "      |       ^\n      = quote a text that begins with '!'; expressions negate with 'not'\n";
  EXPECT_EQ(error_in("when: !busy\n"),
            "x.yaml:1:7: error: tags are not part of the scenario language\n    1 | when: !busy\n" + rest);
  EXPECT_EQ(error_in("when: !!int 3\n"),
            "x.yaml:1:7: error: tags are not part of the scenario language\n    1 | when: !!int 3\n" + rest);
  EXPECT_EQ(error_in("when: ! x\n"),
            "x.yaml:1:7: error: tags are not part of the scenario language\n    1 | when: ! x\n" + rest);
}

TEST(NodeRefuses, MergeKeys) {
  EXPECT_EQ(error_in("a:\n  <<: {b: 1}\n"),
            "x.yaml:2:3: error: merge keys are not part of the scenario language\n"
            "    2 |   <<: {b: 1}\n"
            "      |   ^~\n"
            "      = write the entries out\n");
}

TEST(NodeRefuses, ASecondDocument) {
  EXPECT_EQ(error_in("a: 1\n---\nb: 2\n"),
            "x.yaml:2:1: error: one file holds one document\n"
            "    2 | ---\n"
            "      | ^\n"
            "      = remove the '---'\n");
}

TEST(NodeRefuses, TextAfterTheDocument) {
  EXPECT_EQ(error_in("[a] b\n"),
            "x.yaml:1:5: error: text after the end of the document\n    1 | [a] b\n      |     ^\n");
}

TEST(NodeRefuses, PlainTruthWordsAsValues) {
  EXPECT_EQ(error_in("sleeps: Yes\n"),
            "x.yaml:1:9: error: YAML reads a plain 'Yes' as a truth value\n"
            "    1 | sleeps: Yes\n"
            "      |         ^~~\n"
            "      = quote it, or use true and false\n");
  for (const std::string word : {"on", "off", "no", "ON", "Off", "NO"}) {
    EXPECT_EQ(first_line_of([&] { static_cast<void>(parse("a: [" + word + "]\n")); }),
              "x.yaml:1:5: error: YAML reads a plain '" + word + "' as a truth value");
  }
}

TEST(NodeRefuses, TheKeyOn) {
  EXPECT_EQ(first_line_of([] { static_cast<void>(parse("a:\n  on: 1\n")); }),
            "x.yaml:2:3: error: YAML reads a plain 'on' as a truth value");
}

TEST(NodeRefuses, ACallSplitAtItsComma) {
  EXPECT_EQ(error_in("steps: [{call: f(a, b)}]\n"),
            "x.yaml:1:16: error: this call was split at its comma\n"
            "    1 | steps: [{call: f(a, b)}]\n"
            "      |                ^~~\n"
            "      = quote it, or use block style: '- call: f(a, b)'\n");
  EXPECT_EQ(first_line_of([] { static_cast<void>(parse("steps: [call: f(a, b)]\n")); }),
            "x.yaml:1:15: error: this call was split at its comma");
}

TEST(NodeRefuses, KeysThatAreNoText) {
  for (const std::string text : {"~: 1\n", ": 1\n", "[a]: 1\n", "{a: 1}: 2\n"}) {
    EXPECT_EQ(first_line_of([&] { static_cast<void>(parse(text)); }),
              "x.yaml:1:1: error: a key must be plain text");
  }
}

TEST(NodeRefuses, AColonInPlainText) {
  EXPECT_EQ(error_in("log: reboot: now\n"),
            "x.yaml:1:12: error: YAML: illegal map value\n"
            "    1 | log: reboot: now\n"
            "      |            ^\n"
            "      = quote a text that holds ': ', or check the indentation\n");
}

TEST(NodeRefuses, ItemsInTheWrongColumn) {
  EXPECT_EQ(error_in("a:\n  - x\n - y\n"),
            "x.yaml:3:2: error: YAML: end of map not found\n"
            "    3 |  - y\n"
            "      |  ^\n"
            "      = entries of one map begin in the same column\n");
}

TEST(NodeRefuses, ABracketThatIsNotClosed) {
  EXPECT_EQ(error_in("a: 1\nb: [x, y\n"),
            "x.yaml:2:4: error: YAML: end of sequence flow not found\n    2 | b: [x, y\n      |    ^\n");
}

TEST(NodeRefuses, AQuoteThatIsNotClosed) {
  EXPECT_EQ(error_in("a: \"text\nb: 1\n"),
            "x.yaml:1:4: error: this quote is never closed\n    1 | a: \"text\n      |    ^\n");
}

TEST(Node, AcceptsQuotesInsideQuotes) {
  EXPECT_EQ(to_text(parse("a: \"x\\\"y\"\nb: 'it''s'\nc: ''\n")), "{a: \"x\"y\", b: \"it's\", c: \"\"}");
}

TEST(NodeRefuses, TabsInTheIndentation) {
  EXPECT_EQ(error_in("a:\n\tb: 1\n"),
            "x.yaml:2:1: error: a tab in the indentation\n"
            "    2 |  b: 1\n"
            "      | ^\n"
            "      = indent with spaces\n");
}

TEST(NodeRefuses, AFileThatCannotBeRead) {
  EXPECT_EQ(error_of([] { static_cast<void>(load_document("no/such/file.yaml")); }),
            "no/such/file.yaml: error: cannot read this file\n");
  EXPECT_EQ(error_of([] { static_cast<void>(load_document("/")); }), "/: error: this is a directory\n");
}

}  // namespace
}  // namespace quiesce::sim::node_test
