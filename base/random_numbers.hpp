// Random numbers that are the same on every machine and with every standard library.
#pragma once

#include <cstdint>

namespace quiesce::base {

/// Scrambles a number: different ones give different, unrelated-looking ones.
//
// G. L. Steele Jr., D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014: the
// finaliser of SplitMix64.
[[nodiscard]] constexpr std::uint64_t scramble(std::uint64_t x) {
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31U);
}

class RandomNumbers {
 public:
  /// Stream `stream` of a seed: streams have nothing to do with each other.
  RandomNumbers(std::uint64_t seed, std::uint64_t stream)
      : state_(scramble(scramble(seed + kStep) ^ (stream * kStep))) {}

  [[nodiscard]] std::uint64_t next() { return scramble(state_ += kStep); }

  /// One of 0..n-1, each as likely as the others; n is at least 1.
  [[nodiscard]] std::uint64_t below(std::uint64_t n) {
    // The numbers below this one would make the smaller remainders more likely.
    const std::uint64_t uneven = (0 - n) % n;
    std::uint64_t value = next();
    while (value < uneven) value = next();
    return value % n;
  }

 private:
  static constexpr std::uint64_t kStep = 0x9e3779b97f4a7c15ULL;

  std::uint64_t state_;
};

}  // namespace quiesce::base
