// When the kernel's soft lockup detector looks, and when it reports.
#pragma once

#include <cstdint>

namespace quiesce::sim {

// Linux v6.18 kernel/watchdog.c set_sample_period(), get_timestamp(), is_softlockup(): a sample every 2/5 of
// the threshold; time in units of 2^30 ns, of which only whole ones count; a report when more than twice the
// threshold lies between the stamp and now.
struct LockupDetector {
  int thresh_s;

  static constexpr int kUnitBits = 30;

  [[nodiscard]] constexpr std::int64_t period_ns() const {
    return std::int64_t{thresh_s} * 2 * 1'000'000'000 / 5;
  }
  /// By the kernel's clock.
  [[nodiscard]] constexpr bool reports(std::int64_t stamp_ns, std::int64_t now_ns) const {
    return (now_ns >> kUnitBits) - (stamp_ns >> kUnitBits) > 2 * thresh_s;
  }
  /// Samples from the stamp to the report, if the stamp is at the end of its unit: the difference exceeds
  /// 2*thresh units.
  [[nodiscard]] constexpr std::int32_t samples_min() const {
    return static_cast<std::int32_t>((std::int64_t{2} * thresh_s << kUnitBits) / period_ns() + 1);
  }
  /// And if it is at the beginning: 2*thresh+1 units.
  [[nodiscard]] constexpr std::int32_t samples_max() const {
    const std::int64_t whole_ns = (std::int64_t{2} * thresh_s + 1) << kUnitBits;
    return static_cast<std::int32_t>((whole_ns + period_ns() - 1) / period_ns());
  }
};

}  // namespace quiesce::sim
