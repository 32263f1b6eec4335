// Short files that expand exponentially end at the limit, at once, with one located error.
#include <gtest/gtest.h>

#include "tests/sim/mistake.hpp"

namespace quiesce::sim::expansion_test {
namespace {

/// r0 is `first`; each of the others calls the one before it twice.
std::string doubling_routines(const std::string& first, int last) {
  std::string text = "machine: { cpus: 1 }\nglobals: { x: bool }\nroutines:\n  r0: [ " + first + " ]\n";
  for (int i = 1; i <= last; ++i) {
    const std::string call = "call: r" + std::to_string(i - 1) + "()";
    text += "  r" + std::to_string(i) + ": [ " + call + ", " + call + " ]\n";
  }
  return text + "tasks: { t: { run: [ call: r" + std::to_string(last) + "() ] } }\n";
}

std::string doubling_functions(const std::string& first, const std::string& op, int last) {
  std::string text = "globals: { x: bool, n: int 0..9 }\nfunctions:\n  r0: { is: " + first + " }\n";
  for (int i = 1; i <= last; ++i) {
    const std::string call = "r" + std::to_string(i - 1) + "()";
    text += "  r" + std::to_string(i) + ": { is: '" + call + " " + op + " " + call + "' }\n";
  }
  return text + "rules: [ { when: r" + std::to_string(last) + "(), do: ['x := true'] } ]\n";
}

TEST(Expansion, RoutinesThatDoubleEndAtTheLimitOfSteps) {
  for (const std::string first : {"set: x = true", "let: y = 1", "{ repeat: 0, do: [] }"}) {
    const std::string text = mistake(doubling_routines(first, 30));
    EXPECT_EQ(count_of(text, "error:"), 1U) << text;
    EXPECT_TRUE(contains(text, "error: the scenario expands to more than 60000 steps")) << text;
  }
}

TEST(Expansion, CallsNestedTooDeepEndAtOnce) {
  const std::string text = mistake(doubling_routines("set: x = true", 59));
  EXPECT_EQ(count_of(text, "error:"), 1U) << text;
  EXPECT_TRUE(contains(text, "error: calls are nested more than 40 deep")) << text;
}

TEST(Expansion, FunctionsThatDoubleEndAtTheLimitOfAnExpression) {
  for (const std::string op : {"and", "or", "=="}) {
    const std::string text = mistake(doubling_functions("x", op, 30));
    EXPECT_EQ(count_of(text, "error:"), 1U) << text;
    EXPECT_TRUE(contains(text, "expands to more than 100000")) << text;
  }
}

TEST(Expansion, ArgumentsThatDoubleEndAtTheLimitOfAnExpression) {
  std::string text = "globals: { n: int 0..9 }\nfunctions:\n  f0: { params: [a], is: a > 0 }\n";
  for (int i = 1; i <= 30; ++i) {
    text += "  f" + std::to_string(i) + ": { params: [a], is: f" + std::to_string(i - 1) + "(a + a) }\n";
  }
  text += "rules: [ { when: f30(n), do: ['n := 1'] } ]\n";
  EXPECT_TRUE(contains(mistake(text), "expands to more than 100000")) << mistake(text);
}

TEST(Expansion, QuantifiersNestedFourDeepEndAtTheLimitOfAnExpression) {
  const std::string text = mistake(
      "types: { pid: id 60 }\nglobals: { x: array pid of bool }\n"
      "rules: [ { do: ['x[0] := true'] } ]\n"
      "properties:\n  p: { never: 'forall(a, b, c, d) x[a] and x[b] and x[c] and x[d]' }\n");
  EXPECT_TRUE(contains(text, "x.yaml:5:")) << text;
  EXPECT_TRUE(contains(text, "expands to more than 100000")) << text;
}

TEST(Expansion, AQuantifierOverAllNumbersIsRefused) {
  EXPECT_TRUE(contains(mistake("types: { n: int 0..1000000000 }\nglobals: { x: bool }\n"
                               "rules: [ { when: 'forall(i in n) x or i > 2', do: ['x := true'] } ]\n"),
                       "a quantifier ranges over at most 1000 values"));
}

TEST(Expansion, DeepChainsOfFunctionsDoNotOverflowTheStack) {
  std::string chain = "x";
  for (int i = 0; i < 400; ++i) chain += " or x";
  std::string text = "globals: { x: bool }\nfunctions:\n  f0: { is: x }\n";
  for (int i = 1; i <= 30; ++i) {
    text += "  f" + std::to_string(i) + ": { is: f" + std::to_string(i - 1) + "()" + chain.substr(1) + " }\n";
  }
  text += "rules: [ { when: f30(), do: ['x := true'] } ]\n";
  EXPECT_TRUE(contains(mistake(text), "nested more than 700 deep")) << mistake(text);
}

TEST(Expansion, AnErrorInARoutineSaysWhoCalledIt) {
  EXPECT_EQ(mistake("machine: { cpus: 1 }\n"
                    "globals: { x: bool }\n"
                    "routines:\n"
                    "  inner: [ set: y = true, set: z = true ]\n"
                    "  outer: [ call: inner(), set: w = true ]\n"
                    "tasks: { t: { run: [ call: outer() ] } }\n"),
            "x.yaml:4:17: error: unknown name 'y'\n"
            "    4 |   inner: [ set: y = true, set: z = true ]\n"
            "      |                 ^\n"
            "      = called from x.yaml:5:18\n"
            "      = called from x.yaml:6:28\n");
}

}  // namespace
}  // namespace quiesce::sim::expansion_test
