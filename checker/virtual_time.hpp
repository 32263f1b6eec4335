// When the steps of a run happen at the earliest, given how long what was armed takes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace quiesce::checker {

/// t[later] - t[earlier] lies in lo..hi microseconds.
struct TimeConstraint {
  std::size_t earlier;
  std::size_t later;
  std::int64_t lo;
  std::int64_t hi;
};

/// The earliest times in microseconds, of the start and of steps 1..steps, that satisfy all constraints and
/// the order of the steps; nothing if there are none.
[[nodiscard]] std::optional<std::vector<std::uint64_t>> earliest_times(
    std::size_t steps, const std::vector<TimeConstraint>& constraints);

}  // namespace quiesce::checker
