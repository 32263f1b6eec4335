// How long something takes: a constant, or a distribution from which durations are drawn.
#pragma once

#include <cstdint>
#include <vector>

#include "base/random_numbers.hpp"
#include "sim/timed/quantiles.hpp"

namespace quiesce::sim::timed {

/// No duration is longer: eleven days.
inline constexpr std::int64_t kLongest_ns = 1'000'000'000'000'000;
inline constexpr std::int64_t kMicrosecond_ns = 1000;

enum class Shape : std::uint8_t { kConstant, kUniform, kExponential, kNormal, kLogNormal, kObserved };

class Distribution {
 public:
  /// Always 0.
  Distribution() = default;

  [[nodiscard]] static Distribution constant(std::int64_t value_ns);
  /// Each whole number of nanoseconds from lo to hi is as likely as the others.
  [[nodiscard]] static Distribution uniform(std::int64_t lo_ns, std::int64_t hi_ns);
  [[nodiscard]] static Distribution exponential(std::int64_t mean_ns);
  /// What would be below 0 counts as 0.
  [[nodiscard]] static Distribution normal(std::int64_t mean_ns, std::int64_t deviation_ns);
  /// The logarithm is normal, with standard deviation `sigma`, which is at most kSigmaMax.
  [[nodiscard]] static Distribution log_normal(std::int64_t median_ns, Fixed sigma);
  /// Any of these, one as likely as the other; there is at least one.
  [[nodiscard]] static Distribution observed(std::vector<std::int64_t> values_ns);

  static constexpr Fixed kSigmaMax = 3 * kFixedOne;

  /// A duration from 0 to kLongest_ns.
  [[nodiscard]] std::int64_t draw(base::RandomNumbers& random) const {
    return shape_ == Shape::kConstant ? first_ : draw_varying(random);
  }

  [[nodiscard]] Shape shape() const { return shape_; }
  [[nodiscard]] bool varies() const { return shape_ != Shape::kConstant; }

 private:
  Distribution(Shape shape, std::int64_t first, std::int64_t second)
      : shape_(shape), first_(first), second_(second) {}
  [[nodiscard]] std::int64_t draw_varying(base::RandomNumbers& random) const;

  Shape shape_ = Shape::kConstant;
  std::int64_t first_ = 0;   ///< the constant, the least, the mean or the median, in nanoseconds
  std::int64_t second_ = 0;  ///< the most or the deviation, in nanoseconds; sigma in fixed point
  std::vector<std::int64_t> values_;
};

}  // namespace quiesce::sim::timed
