// How sure a measured share is.
#pragma once

#include <cstdint>

namespace quiesce::checker {

struct Interval {
  double lo = 0;
  double hi = 1;

  [[nodiscard]] double width() const { return hi - lo; }
};

/// The 95 % confidence interval of a probability of which `met` of `runs` independent runs were seen; 0..1
/// for no runs.
//
// E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the
// American Statistical Association 22, 1927.
[[nodiscard]] Interval wilson_interval(std::uint64_t met, std::uint64_t runs);

}  // namespace quiesce::checker
