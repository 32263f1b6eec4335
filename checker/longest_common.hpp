// What two sequences have in common, in the same order: as much as possible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace quiesce::checker {

/// Indices into both sequences, from 0; both rise from pair to pair.
using CommonPairs = std::vector<std::pair<std::size_t, std::size_t>>;

/// A longest common subsequence. Takes time in the order of (n + m) d for sequences of n and m elements
/// that differ in d, and memory in the order of n + m.
[[nodiscard]] CommonPairs longest_common(const std::vector<std::uint32_t>& a,
                                         const std::vector<std::uint32_t>& b);
[[nodiscard]] CommonPairs longest_common(const std::vector<std::string>& a,
                                         const std::vector<std::string>& b);

}  // namespace quiesce::checker
