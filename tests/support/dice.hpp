// Random numbers that are the same on every machine.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace quiesce::sim {

/// Park and Miller's minimal generator: the same numbers everywhere.
class Dice {
 public:
  explicit Dice(std::uint32_t seed) : state_(seed * 2654435761U % 2147483646U + 1) {
    for (int i = 0; i < 8; ++i) static_cast<void>(roll(2));
  }
  /// 0..sides-1.
  int roll(int sides) {
    state_ = static_cast<std::uint32_t>(std::uint64_t{state_} * 48271U % 2147483647U);
    return static_cast<int>(state_ % static_cast<std::uint32_t>(sides));
  }
  bool chance(int percent) { return roll(100) < percent; }
  template <std::size_t N>
  const char* pick(const std::array<const char*, N>& all) {
    return all[static_cast<std::size_t>(roll(static_cast<int>(N)))];
  }

 private:
  std::uint32_t state_;
};

}  // namespace quiesce::sim
