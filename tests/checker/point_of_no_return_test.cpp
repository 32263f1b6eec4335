// Where it was lost, by asking about few positions of a run.
#include "checker/point_of_no_return.hpp"

#include <gtest/gtest.h>

namespace quiesce::checker::point_of_no_return_test {
namespace {

using Kind = PointOfNoReturn::Kind;

/// Avoidable before step `lost`; positions in [first, last] are not decided, but by chance outside
/// `luckless`.
IsAvoidable lost_at(std::size_t lost, std::size_t first = 1, std::size_t last = 0, std::size_t luckless = 0) {
  return [=](std::size_t position, bool completely) {
    if (position >= first && position <= last) return Answer::kUnknown;
    if (!completely && position >= luckless && luckless > 0) return Answer::kUnknown;
    return position < lost ? Answer::kYes : Answer::kNo;
  };
}

TEST(PointOfNoReturn, IsFoundAtEachStepOfARun) {
  for (std::size_t steps = 1; steps < 40; ++steps) {
    for (std::size_t lost = 1; lost <= steps; ++lost) {
      const PointOfNoReturn point = find_point_of_no_return(steps, true, lost_at(lost));
      EXPECT_EQ(point.kind, Kind::kAtStep);
      EXPECT_EQ(point.step, lost) << steps;
    }
  }
}

TEST(PointOfNoReturn, LiesBeforeTheFirstStepOrNowhere) {
  EXPECT_EQ(find_point_of_no_return(9, true, lost_at(0)).kind, Kind::kFromStart);
  EXPECT_EQ(find_point_of_no_return(0, true, lost_at(0)).kind, Kind::kFromStart);
  EXPECT_EQ(find_point_of_no_return(9, false, lost_at(10)).kind, Kind::kNever);
}

TEST(PointOfNoReturn, IsUnknownWithinBoundsWhereAPositionIsNotDecided) {
  const PointOfNoReturn point = find_point_of_no_return(100, true, lost_at(50, 40, 60));
  EXPECT_EQ(point.kind, Kind::kUnknown);
  EXPECT_GE(point.step, 61U);
  EXPECT_LT(point.step, 100U);
  EXPECT_GT(point.first, 1U);
  EXPECT_LE(point.first, 40U);
}

TEST(PointOfNoReturn, AsksCompletelyOnlyOnceAboutWhatIsTooLarge) {
  int undecided = 0;
  const auto ask = [&](std::size_t position, bool completely) {
    if (position > 80) return Answer::kNo;
    undecided += completely ? 1 : 0;
    return Answer::kUnknown;
  };
  EXPECT_EQ(find_point_of_no_return(100, true, ask).kind, Kind::kUnknown);
  EXPECT_EQ(undecided, 1);
}

}  // namespace
}  // namespace quiesce::checker::point_of_no_return_test
