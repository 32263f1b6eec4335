#include "checker/schedule.hpp"

#include <gtest/gtest.h>

namespace quiesce::checker::schedule_test {
namespace {

TEST(Schedule, ReadsBackWhatItWrote) {
  Schedule schedule;
  schedule.model_hash = 0x0123456789abcdefULL;
  schedule.initial = 3;
  schedule.steps = {{1, 0}, {1, 0}, {1, 0}, {2, 1000}, {1, 0}};
  schedule.cycle_start = 2;
  std::string error;
  const auto back = decode(encode(schedule), error);
  ASSERT_TRUE(back) << error;
  EXPECT_EQ(back->model_hash, schedule.model_hash);
  EXPECT_EQ(back->initial, 3U);
  EXPECT_EQ(back->steps, schedule.steps);
  EXPECT_EQ(back->cycle_start, schedule.cycle_start);
}

TEST(Schedule, WritesEqualStepsOnce) {
  Schedule schedule;
  schedule.steps.assign(30, {4, 0});
  EXPECT_EQ(encode(schedule), "q1.0000000000000000.0,4:0*30");
}

TEST(Schedule, SaysWhatIsWrongWithABrokenOne) {
  std::string error;
  EXPECT_FALSE(decode("q2.00.0", error));
  EXPECT_EQ(error, "a schedule begins with 'q1.'");
  EXPECT_FALSE(decode("q1.00.0,1:2*0", error));
  EXPECT_EQ(error, "step 1 of the schedule is malformed");
  EXPECT_FALSE(decode("q1.00.0,1:2*99999999999", error));
}

}  // namespace
}  // namespace quiesce::checker::schedule_test
