#include "sim/timed/distribution.hpp"

#include <algorithm>
#include <utility>

#include "base/assert.hpp"

namespace quiesce::sim::timed {
namespace {

bool is_duration(std::int64_t value_ns) { return value_ns >= 0 && value_ns <= kLongest_ns; }

/// `value_ns` times `factor` and `more_ns`, or the nearest duration.
std::int64_t stretched(std::int64_t value_ns, Fixed factor, std::int64_t more_ns = 0) {
  const Wide product = (static_cast<Wide>(value_ns) * factor) >> kFixedBits;
  return static_cast<std::int64_t>(std::clamp<Wide>(product + more_ns, 0, kLongest_ns));
}

}  // namespace

Distribution Distribution::constant(std::int64_t value_ns) {
  QUIESCE_ASSERT(is_duration(value_ns), "a duration out of range");
  return {Shape::kConstant, value_ns, 0};
}

Distribution Distribution::uniform(std::int64_t lo_ns, std::int64_t hi_ns) {
  QUIESCE_ASSERT(is_duration(lo_ns) && is_duration(hi_ns) && lo_ns <= hi_ns, "bounds out of range");
  return {Shape::kUniform, lo_ns, hi_ns};
}

Distribution Distribution::exponential(std::int64_t mean_ns) {
  QUIESCE_ASSERT(is_duration(mean_ns), "a mean out of range");
  return {Shape::kExponential, mean_ns, 0};
}

Distribution Distribution::normal(std::int64_t mean_ns, std::int64_t deviation_ns) {
  QUIESCE_ASSERT(is_duration(mean_ns) && is_duration(deviation_ns), "a mean or deviation out of range");
  return {Shape::kNormal, mean_ns, deviation_ns};
}

Distribution Distribution::log_normal(std::int64_t median_ns, Fixed sigma) {
  QUIESCE_ASSERT(is_duration(median_ns) && sigma >= 0 && sigma <= kSigmaMax,
                 "a median or sigma out of range");
  return {Shape::kLogNormal, median_ns, sigma};
}

Distribution Distribution::observed(std::vector<std::int64_t> values_ns) {
  QUIESCE_ASSERT(!values_ns.empty() && std::all_of(values_ns.begin(), values_ns.end(), is_duration),
                 "observed durations out of range");
  Distribution distribution(Shape::kObserved, 0, 0);
  distribution.values_ = std::move(values_ns);
  return distribution;
}

std::int64_t Distribution::draw_varying(base::RandomNumbers& random) const {
  switch (shape_) {
    case Shape::kConstant:
      return first_;
    case Shape::kUniform:
      return first_ +
             static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(second_ - first_) + 1));
    case Shape::kExponential:
      return stretched(first_, standard_exponential(random.next()));
    case Shape::kNormal:
      return stretched(second_, standard_normal(random.next()), first_);
    case Shape::kLogNormal:
      return stretched(first_, exponential_of(scaled(second_, standard_normal(random.next()))));
    case Shape::kObserved:
      return values_[random.below(values_.size())];
  }
  return 0;
}

}  // namespace quiesce::sim::timed
