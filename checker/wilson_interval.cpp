#include "checker/wilson_interval.hpp"

#include <algorithm>
#include <cmath>

namespace quiesce::checker {

Interval wilson_interval(std::uint64_t met, std::uint64_t runs) {
  if (runs == 0) return {};
  constexpr double kZ = 1.959963984540054;  // of a standard normal variable 2.5 % are above
  const auto n = static_cast<double>(runs);
  const double share = static_cast<double>(met) / n;
  const double centre = share + kZ * kZ / (2 * n);
  const double half = kZ * std::sqrt(share * (1 - share) / n + kZ * kZ / (4 * n * n));
  const double scale = 1 + kZ * kZ / n;
  // At the ends the formula gives 0 and 1, but for the last bits.
  return {met == 0 ? 0 : std::max(0.0, (centre - half) / scale),
          met == runs ? 1 : std::min(1.0, (centre + half) / scale)};
}

}  // namespace quiesce::checker
