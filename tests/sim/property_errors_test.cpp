// A property that is not written as one is never read as another.
#include <gtest/gtest.h>

#include "tests/sim/mistake.hpp"

namespace quiesce::sim::property_errors_test {
namespace {

const char* const kHead = "globals: { x: int 0..9 }\nrules: [ { when: x < 9, do: ['x := x + 1'] } ]\n";

std::string mistake_of_property(const std::string& property) {
  return mistake(kHead + std::string("properties:\n  p: ") + property + "\n");
}

TEST(PropertyErrors, TwoKindsInOnePropertyAreRefused) {
  const std::vector<std::string> kinds{"never: x > 7",          "never_on: { set: x }", "at_end: x == 5",
                                       "eventually: x == 5",    "within: 5s",           "reboot_within: 5s",
                                       "always_possible: x > 1"};
  for (const std::string& first : kinds) {
    for (const std::string& second : kinds) {
      if (first == second) continue;
      const std::string text = mistake_of_property("{ " + first + ", " + second + " }");
      EXPECT_TRUE(contains(
          text, "x.yaml:4:" + std::to_string(10 + first.size()) + ": error: a property has one kind"))
          << first << ", " << second << ": " << text;
    }
  }
}

TEST(PropertyErrors, AWordForAGoalStandsAlone) {
  for (const std::string word : {"reboot_completes", "no_trap"}) {
    const std::string text = mistake_of_property("{ never: x > 7, " + word + ": true }");
    EXPECT_TRUE(contains(text, "unknown key '" + word + "'")) << text;
    EXPECT_TRUE(contains(text, "it stands alone, as 'NAME: " + word + "'")) << text;
  }
}

TEST(PropertyErrors, OnlyABoundIsOneOfATask) {
  EXPECT_EQ(mistake_of_property("{ never: x > 5, task: t }"),
            "x.yaml:4:22: error: 'task' does not go with 'never'\n"
            "    4 |   p: { never: x > 5, task: t }\n"
            "      |                      ^~~~\n"
            "      = only a bound is one of a task\n");
}

TEST(PropertyErrors, AListIsNotGuarded) {
  const std::string text = mistake(
      "machine: { cpus: 1, devices: { d: {} } }\nglobals: { l: list of device }\n"
      "tasks: { t: { run: [ list_add_tail: d to l ] } }\nproperties: { p: { never_on: { set: l } } }\n");
  EXPECT_TRUE(contains(text, "x.yaml:4:37: error: 'never_on' guards no lists, and 'l' is one")) << text;
}

TEST(PropertyErrors, UnknownKeysAreRefused) {
  EXPECT_TRUE(contains(mistake_of_property("{ never: x > 5, tittle: a }"), "did you mean 'title'?"));
  EXPECT_TRUE(contains(mistake_of_property("{ never_on: { set: x, whn: x > 1 } }"), "did you mean 'when'?"));
  EXPECT_TRUE(contains(mistake_of_property("{ newer: x > 5 }"), "did you mean 'never'?"));
}

}  // namespace
}  // namespace quiesce::sim::property_errors_test
