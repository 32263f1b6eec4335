// When the soft lockup detector reports, by hand: 2 * 10 units of 2^30 ns are 21.47 s, and a sample is 4 s.
#include "sim/kernel/lockup_detector.hpp"

#include <gtest/gtest.h>

namespace quiesce::sim::lockup_detector_test {
namespace {

constexpr std::int64_t kSecond_ns = 1'000'000'000;

TEST(LockupDetector, ReportsAtTheSixthSampleByDefault) {
  constexpr LockupDetector kDefault{10};
  EXPECT_EQ(kDefault.period_ns(), 4 * kSecond_ns);
  EXPECT_EQ(kDefault.samples_min(), 6);
  EXPECT_EQ(kDefault.samples_max(), 6);
  EXPECT_FALSE(kDefault.reports(0, 20 * kSecond_ns));
  EXPECT_TRUE(kDefault.reports(0, 24 * kSecond_ns));
}

/// 2 units are 2.15 s, 3 units are 3.22 s; a sample is 0.4 s.
TEST(LockupDetector, OfAShortThresholdDependsOnWhereInItsUnitTheStampFalls) {
  constexpr LockupDetector kShort{1};
  EXPECT_EQ(kShort.samples_min(), 6);
  EXPECT_EQ(kShort.samples_max(), 9);
  constexpr std::int64_t kUnit_ns = std::int64_t{1} << 30;
  EXPECT_FALSE(kShort.reports(0, 3 * kUnit_ns - 1));
  EXPECT_TRUE(kShort.reports(0, 3 * kUnit_ns));
  EXPECT_TRUE(kShort.reports(kUnit_ns - 1, 3 * kUnit_ns));
}

TEST(LockupDetector, ReportsBetweenItsBoundsWhateverThePhase) {
  for (int thresh = 1; thresh <= 60; ++thresh) {
    const LockupDetector detector{thresh};
    for (std::int64_t stamp = 0; stamp < (std::int64_t{1} << 30); stamp += 7'654'321) {
      std::int32_t samples = 1;
      while (!detector.reports(stamp, stamp + samples * detector.period_ns())) ++samples;
      EXPECT_GE(samples, detector.samples_min()) << thresh;
      EXPECT_LE(samples, detector.samples_max()) << thresh;
    }
  }
}

}  // namespace
}  // namespace quiesce::sim::lockup_detector_test
