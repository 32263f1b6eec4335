// Which steps of two programs are the same, by where they are.
#include "checker/step_map.hpp"

#include <gtest/gtest.h>

#include "checker/compare_reports.hpp"

namespace quiesce::checker::step_map_test {
namespace {

ReportRoutine routine(const std::vector<ReportRoutineStep>& steps) {
  ReportRoutine one;
  one.name = "f";
  one.steps = steps;
  return one;
}

ReportRoutineStep step(const std::vector<std::uint32_t>& offsets, const std::string& text,
                       unsigned depth = 0) {
  return {offsets, depth, 1, "", text};
}

TEST(StepMap, StepsBehindOneThatIsPutInAreTheSame) {
  const StepMap map(
      align_routines({routine({step({0}, "lock"), step({1}, "unlock")})},
                     {routine({step({0}, "might_sleep"), step({1}, "lock"), step({2}, "unlock")})}));
  EXPECT_EQ(map.to_b("f+0"), "f+1");
  EXPECT_EQ(map.to_b("f+1"), "f+2");
  EXPECT_FALSE(map.is_in_a("f+0", {}));
  EXPECT_TRUE(map.is_in_a("f+2", {}));
  EXPECT_EQ(map.reversed().to_b("f+2"), "f+1");
  EXPECT_EQ(map.to_b(""), "") << "hardware is at no place";
}

TEST(StepMap, WhatStandsBelowACallThatIsNotThereIsNotThereEither) {
  const StepMap map(
      align_routines({routine({step({0}, "call g()"), step({1}, "x")})}, {routine({step({0}, "x")})}));
  EXPECT_TRUE(map.is_in_b("f+1", {}));
  EXPECT_FALSE(map.is_in_b("f+1", {"f+0"}));
}

TEST(StepMap, RoundsOfAnUnrolledLoopAreTheSameOneByOne) {
  const StepMap map(align_routines({routine({step({0, 2}, "x"), step({1, 3}, "y")})},
                                   {routine({step({0, 1, 2}, "x", 1)})}));
  EXPECT_EQ(map.to_b("f+0"), "f+0");
  EXPECT_EQ(map.to_b("f+2"), "f+1");
  EXPECT_FALSE(map.to_b("f+1"));
  EXPECT_FALSE(map.is_in_a("f+2", {}));
}

}  // namespace
}  // namespace quiesce::checker::step_map_test
