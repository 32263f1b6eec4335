#include "checker/virtual_time.hpp"

namespace quiesce::checker {

std::optional<std::vector<std::uint64_t>> earliest_times(std::size_t steps,
                                                         const std::vector<TimeConstraint>& constraints) {
  std::vector<std::int64_t> time(steps + 1, 0);
  bool changed = true;
  const auto at_least = [&](std::size_t step, std::int64_t least) {
    if (time[step] >= least) return;
    time[step] = least;
    changed = true;
  };
  for (std::size_t round = 0; changed && round <= steps; ++round) {
    changed = false;
    for (std::size_t i = 1; i <= steps; ++i) at_least(i, time[i - 1]);
    for (const TimeConstraint& c : constraints) {
      at_least(c.later, time[c.earlier] + c.lo);
      at_least(c.earlier, time[c.later] - c.hi);
    }
  }
  if (changed) return std::nullopt;
  return std::vector<std::uint64_t>(time.begin(), time.end());
}

}  // namespace quiesce::checker
