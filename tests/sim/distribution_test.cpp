// Distributions: what is drawn is distributed as it says, and the same everywhere.
#include "sim/timed/distribution.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

namespace quiesce::sim::timed::distribution_test {
namespace {

constexpr int kDrawn = 200'000;
/// Kolmogorov: the largest distance between the two exceeds this in one of 10,000 samples.
const double kDistanceMax = 2.23 / std::sqrt(double{kDrawn});

std::vector<std::int64_t> drawn(const Distribution& distribution, std::uint64_t seed = 1) {
  base::RandomNumbers random(seed, 0);
  std::vector<std::int64_t> all(kDrawn);
  for (std::int64_t& one : all) one = distribution.draw(random);
  std::sort(all.begin(), all.end());
  return all;
}

/// The largest distance of the sample's distribution from `below`, the probability of at most x.
double distance(const std::vector<std::int64_t>& sample, const std::function<double(double)>& below) {
  double most = 0;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    const double expected = below(static_cast<double>(sample[i]));
    const double before = static_cast<double>(i) / kDrawn;
    const double after = static_cast<double>(i + 1) / kDrawn;
    most = std::max({most, std::abs(expected - before), std::abs(expected - after)});
  }
  return most;
}

double normal_below(double z) { return std::erfc(-z / std::sqrt(2.0)) / 2; }

TEST(Distribution, OfAConstantIsTheConstant) {
  base::RandomNumbers random(1, 0);
  EXPECT_EQ(Distribution::constant(7).draw(random), 7);
  EXPECT_EQ(random.next(), base::RandomNumbers(1, 0).next()) << "it needs no random numbers";
}

TEST(Distribution, UniformHasEachNumberBetweenTheBounds) {
  std::vector<int> seen(4);
  for (const std::int64_t value : drawn(Distribution::uniform(10, 13)))
    ++seen[static_cast<std::size_t>(value - 10)];
  for (const int count : seen) EXPECT_NEAR(count, kDrawn / 4.0, 900);
}

TEST(Distribution, ExponentialFollowsItsFormula) {
  constexpr double kMean = 1e9;
  const auto sample = drawn(Distribution::exponential(1'000'000'000));
  EXPECT_LT(distance(sample, [](double x) { return 1 - std::exp(-x / kMean); }), kDistanceMax);
}

TEST(Distribution, NormalFollowsItsFormula) {
  const auto sample = drawn(Distribution::normal(1'000'000'000, 100'000'000));
  EXPECT_LT(distance(sample, [](double x) { return normal_below((x - 1e9) / 1e8); }), kDistanceMax);
}

TEST(Distribution, NormalIsNeverBelowZero) {
  const auto sample = drawn(Distribution::normal(1000, 100'000'000));
  EXPECT_EQ(sample.front(), 0);
  EXPECT_NEAR(static_cast<double>(std::count(sample.begin(), sample.end(), 0)), kDrawn / 2.0, 2000);
}

TEST(Distribution, LogNormalFollowsItsFormula) {
  const auto sample = drawn(Distribution::log_normal(1'000'000'000, kFixedOne / 2));
  const auto below = [](double x) { return normal_below(std::log(x / 1e9) / 0.5); };
  EXPECT_LT(distance(sample, below), kDistanceMax);
}

TEST(Distribution, LogNormalStaysWithinTheLongestDuration) {
  const auto sample = drawn(Distribution::log_normal(kLongest_ns, Distribution::kSigmaMax));
  EXPECT_GE(sample.front(), 0);
  EXPECT_EQ(sample.back(), kLongest_ns);
}

TEST(Distribution, OfWhatWasObservedHasNothingElse) {
  const auto sample = drawn(Distribution::observed({5, 9, 9, 9}));
  EXPECT_NEAR(static_cast<double>(std::count(sample.begin(), sample.end(), 9)), 0.75 * kDrawn, 1000);
  EXPECT_EQ(sample.front(), 5);
  EXPECT_EQ(sample.back(), 9);
}

TEST(Distribution, IsTheSameEverywhere) {
  base::RandomNumbers random(1, 0);
  const std::vector<Distribution> all{Distribution::uniform(0, 999), Distribution::exponential(1'000'000),
                                      Distribution::normal(1'000'000, 1000),
                                      Distribution::log_normal(1'000'000, kFixedOne)};
  std::vector<std::int64_t> values;
  for (const Distribution& one : all) values.push_back(one.draw(random));
  EXPECT_EQ(values, (std::vector<std::int64_t>{980, 854180, 1000613, 1259976}));
}

TEST(StandardNormal, IsTheInverseOfTheErrorFunction) {
  for (unsigned octave = 0; octave < 40; ++octave) {
    for (std::uint64_t eighth = 0; eighth < 8; ++eighth) {
      const std::uint64_t bits = (((std::uint64_t{8} + eighth) << 60U) >> octave) & ~std::uint64_t{1};
      const double beyond = std::ldexp(static_cast<double>(bits), -65);
      const double z = std::ldexp(static_cast<double>(standard_normal(bits)), -kFixedBits);
      const double density = std::exp(-z * z / 2) / std::sqrt(2 * std::acos(-1.0));
      EXPECT_NEAR((std::erfc(z / std::sqrt(2.0)) / 2 - beyond) / density, 0, 0.0005)
          << octave << " " << eighth;
    }
  }
}

TEST(ExponentialOf, FollowsTheLibrary) {
  for (double x = -20; x <= 21; x += 0.37) {
    const double power = std::ldexp(
        static_cast<double>(exponential_of(static_cast<Fixed>(std::ldexp(x, kFixedBits)))), -kFixedBits);
    EXPECT_NEAR(power / std::exp(x), 1, 0.00001 + 1e-9 / std::exp(x)) << x;
  }
}

}  // namespace
}  // namespace quiesce::sim::timed::distribution_test
