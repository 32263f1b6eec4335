#include "sim/zone.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace quiesce::sim::zone_test {
namespace {

class ZoneTest : public ::testing::Test {
 protected:
  ZoneTest() : zone(layout, 3), bytes(layout.size()), access(bytes.data(), undo) {}

  base::LayoutBuilder layout;
  Zone zone;
  std::vector<std::byte> bytes;
  std::vector<base::Write> undo;
  base::StateAccess access;
};

TEST_F(ZoneTest, OfTwoEqualPollsTheSecondEndsNoLaterThanItsLengthAfterTheFirst) {
  zone.arm(access, 1, 1000, 1000);
  zone.let_time_pass(access);
  zone.arm(access, 2, 1000, 1000);
  zone.let_time_pass(access);
  EXPECT_TRUE(zone.may_expire(bytes.data(), 1));
  zone.expire(access, 1);
  EXPECT_EQ(zone.remaining_min_us(bytes.data(), 2), 0);
  EXPECT_EQ(zone.remaining_max_us(bytes.data(), 2), 1000);
}

TEST_F(ZoneTest, AShorterPollThatBeganLaterMayEndFirstOrLast) {
  zone.arm(access, 1, 1000, 1000);
  zone.let_time_pass(access);
  zone.arm(access, 2, 900, 900);
  zone.let_time_pass(access);
  EXPECT_TRUE(zone.may_expire(bytes.data(), 1));
  EXPECT_TRUE(zone.may_expire(bytes.data(), 2));
}

TEST_F(ZoneTest, WithoutATimeToPassTheLongerOneCannotEndFirst) {
  zone.arm(access, 1, 1000, 1000);
  zone.arm(access, 2, 900, 900);
  zone.let_time_pass(access);
  EXPECT_FALSE(zone.may_expire(bytes.data(), 1));
  EXPECT_TRUE(zone.may_expire(bytes.data(), 2));
  zone.expire(access, 2);
  EXPECT_EQ(zone.remaining_min_us(bytes.data(), 1), 100);
  EXPECT_EQ(zone.remaining_max_us(bytes.data(), 1), 100);
}

TEST_F(ZoneTest, OneThatStandsStillKeepsWhatItHasLeft) {
  zone.arm(access, 1, 1000, 1000);
  zone.stand_still(access, 1);
  zone.arm(access, 2, 300, 300);
  zone.let_time_pass(access);
  EXPECT_FALSE(zone.may_expire(bytes.data(), 1));
  zone.expire(access, 2);
  EXPECT_EQ(zone.remaining_min_us(bytes.data(), 1), 1000);
  zone.go_on(access, 1);
  zone.let_time_pass(access);
  EXPECT_TRUE(zone.may_expire(bytes.data(), 1));
}

TEST_F(ZoneTest, OneThatStoodStillMeanwhileHasNotCountedMoreThanTheOther) {
  zone.arm(access, 1, 20'000, 20'000);
  zone.arm(access, 2, 1000, 1000);
  for (int interruption = 0; interruption < 50; ++interruption) {
    zone.let_time_pass(access);
    zone.stand_still(access, 1);
    zone.let_time_pass(access);
    zone.go_on(access, 1);
  }
  zone.let_time_pass(access);
  EXPECT_FALSE(zone.may_expire(bytes.data(), 1));
  zone.expire(access, 2);
  EXPECT_EQ(zone.remaining_min_us(bytes.data(), 1), 19'000);
  EXPECT_EQ(zone.remaining_max_us(bytes.data(), 1), 20'000);
}

TEST_F(ZoneTest, OfOneThatRunsTheEndComesNearerToOneThatStandsStill) {
  zone.arm(access, 1, 1000, 1000);
  zone.arm(access, 2, 900, 900);
  zone.stand_still(access, 2);
  zone.let_time_pass(access);
  zone.go_on(access, 2);
  zone.let_time_pass(access);
  EXPECT_TRUE(zone.may_expire(bytes.data(), 1)) << "the other one had not counted";
  EXPECT_TRUE(zone.may_expire(bytes.data(), 2));
}

TEST_F(ZoneTest, CancellingForgetsEveryTrace) {
  const std::vector<std::byte> before = bytes;
  zone.arm(access, 1, 10, 20);
  zone.arm(access, 2, 5, 5);
  zone.let_time_pass(access);
  zone.cancel(access, 1);
  zone.cancel(access, 2);
  EXPECT_EQ(bytes, before);
}

TEST_F(ZoneTest, UndoingAnExpiryRestoresTheMatrix) {
  zone.arm(access, 1, 100, 100);
  zone.arm(access, 2, 30, 50);
  zone.let_time_pass(access);
  const std::vector<std::byte> before = bytes;
  undo.clear();
  zone.expire(access, 2);
  base::undo_writes(bytes.data(), undo);
  EXPECT_EQ(bytes, before);
}

}  // namespace
}  // namespace quiesce::sim::zone_test
