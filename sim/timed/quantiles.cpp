#include "sim/timed/quantiles.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

namespace quiesce::sim::timed {
namespace {

constexpr double kLn2 = 0.693147180559945309417232121458;

constexpr Fixed to_fixed(double x) {
  const double units = x * static_cast<double>(kFixedOne);
  return static_cast<Fixed>(units < 0 ? units - 0.5 : units + 0.5);
}

/// ln(1 + f) for f in 0..1, by the series of the inverse hyperbolic tangent.
constexpr double log_of_1_plus(double f) {
  const double s = f / (2 + f);
  double power = s;
  double sum = 0;
  for (int n = 1; n < 36; n += 2) {
    sum += power / n;
    power *= s * s;
  }
  return 2 * sum;
}

constexpr double square_root(double x) {
  double root = x < 1 ? 1 : x;
  for (int i = 0; i < 12; ++i) root = (root + x / root) / 2;
  return root;
}

/// The z above which a standard normal variable is with probability p = (1 + f) 2^-(octave + 2), which is at
/// most a half.
//
// M. J. Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37,
// 1988: PPND7, about seven digits.
constexpr double upper_normal(int octave, double f) {
  double p = 1 + f;
  for (int i = 0; i < octave + 2; ++i) p /= 2;
  const double q = 0.5 - p;
  if (q <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * (((5.9109374720e+01 * r + 1.5929113202e+02) * r + 5.0434271938e+01) * r + 3.3871327179e+00) /
           (((6.7187563600e+01 * r + 7.8757757664e+01) * r + 1.7895169469e+01) * r + 1.0);
  }
  double r = square_root((octave + 2) * kLn2 - log_of_1_plus(f));
  if (r <= 5) {
    r -= 1.6;
    return (((1.7023821103e-01 * r + 1.3067284816e+00) * r + 2.7568153900e+00) * r + 1.4234372777e+00) /
           ((1.2021132975e-01 * r + 7.3700164250e-01) * r + 1.0);
  }
  r -= 5;
  return (((1.7337203997e-02 * r + 4.2868294337e-01) * r + 3.0812263860e+00) * r + 6.6579051150e+00) /
         ((1.2258202635e-02 * r + 2.4197894225e-01) * r + 1.0);
}

/// Values of a function of f at 0, 1/segments, ... 1.
template <int kSegmentBits>
using Line = std::array<Fixed, (std::size_t{1} << kSegmentBits) + 1>;

template <int kSegmentBits, class Function>
constexpr Line<kSegmentBits> line_of(Function function) {
  Line<kSegmentBits> line{};
  for (std::size_t i = 0; i < line.size(); ++i)
    line[i] = to_fixed(function(static_cast<double>(i) / static_cast<double>(line.size() - 1)));
  return line;
}

/// Between two values, where `fraction` has 64 bits behind the point.
template <int kSegmentBits>
Fixed between(const Line<kSegmentBits>& line, std::uint64_t fraction) {
  const std::size_t segment = fraction >> (64U - kSegmentBits);
  const auto rest = static_cast<Fixed>((fraction << kSegmentBits) >> 32U);
  return line[segment] + scaled(rest, line[segment + 1] - line[segment]);
}

constexpr int kLogBits = 8;
constexpr Line<kLogBits> kLog = line_of<kLogBits>(log_of_1_plus);

/// 2^f as e^(f ln 2), by its power series.
constexpr double power_of_2(double f) {
  double term = 1;
  double sum = 1;
  for (int n = 1; n < 24; ++n) {
    term *= f * kLn2 / n;
    sum += term;
  }
  return sum;
}
constexpr int kPowerBits = 8;
constexpr Line<kPowerBits> kPower = line_of<kPowerBits>(power_of_2);

constexpr int kNormalBits = 5;
constexpr int kOctaves = 63;

constexpr auto kNormal = [] {
  std::array<Line<kNormalBits>, kOctaves> octaves{};
  int octave = 0;
  for (Line<kNormalBits>& line : octaves) {
    line = line_of<kNormalBits>([octave](double f) { return upper_normal(octave, f); });
    ++octave;
  }
  return octaves;
}();

/// A number (1 + fraction) 2^-(octave + 1), evenly from 0 to 1.
struct Even {
  int octave;
  std::uint64_t fraction;  ///< with 64 bits behind the point
};

/// The leading zeros of random bits are the octave, and what follows the first one is the fraction.
Even even_from(std::uint64_t bits, int octaves) {
  const int octave = std::min(std::countl_zero(bits), octaves - 1);
  return {octave, (bits << static_cast<unsigned>(octave)) << 1U};
}

}  // namespace

Fixed standard_exponential(std::uint64_t bits) {
  constexpr Fixed kLn2Fixed = to_fixed(kLn2);
  const Even even = even_from(bits, 64);
  return (even.octave + 1) * kLn2Fixed - between<kLogBits>(kLog, even.fraction);
}

Fixed standard_normal(std::uint64_t bits) {
  // The lowest bit is the sign, and the others are the probability of what lies beyond.
  const Even even = even_from(bits & ~std::uint64_t{1}, kOctaves);
  const Fixed z = between<kNormalBits>(kNormal[static_cast<std::size_t>(even.octave)], even.fraction);
  return (bits & 1U) != 0 ? -z : z;
}

Fixed exponential_of(Fixed x) {
  constexpr Fixed kLog2OfE = to_fixed(1 / kLn2);
  const Fixed power = scaled(x, kLog2OfE);
  const auto whole = static_cast<int>(power >> kFixedBits);
  const auto fraction = static_cast<std::uint64_t>(power) << 32U;
  const Fixed significand = between<kPowerBits>(kPower, fraction);
  if (whole > 30) return std::numeric_limits<Fixed>::max();
  return whole >= 0 ? significand << whole : significand >> std::min(-whole, 63);
}

}  // namespace quiesce::sim::timed
