// Random programs of two CPUs with two shared places, and what they can end with by a definition of its own:
// each store knows the older ones that must be visible before it.
#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace quiesce::sim {

enum class LitmusKind : std::uint8_t { kStore, kRelease, kLoad, kStoreBarrier, kFullBarrier, kAdd, kFullAdd };

struct LitmusOp {
  LitmusKind kind = LitmusKind::kStore;
  std::size_t place = 0;  ///< 0: x, 1: y
  int value = 0;          ///< that is stored
};

using LitmusProgram = std::array<std::vector<LitmusOp>, 2>;

/// What each CPU's loads saw, one after the other, then the values of x and y.
using LitmusOutcome = std::vector<int>;

[[nodiscard]] LitmusProgram random_litmus(std::uint32_t seed, std::size_t operations);
/// As a scenario, with `memory: MEMORY`. The loads' values are left in the globals r0, r1 and so on.
[[nodiscard]] std::string litmus_text(const LitmusProgram& program, const std::string& memory);
/// A full barrier between each two operations.
[[nodiscard]] LitmusProgram with_barriers(const LitmusProgram& program);
[[nodiscard]] std::size_t loads_of(const LitmusProgram& program);

/// All outcomes, with room for so many stores on each CPU.
[[nodiscard]] std::set<LitmusOutcome> outcomes_of(const LitmusProgram& program, std::size_t room);

}  // namespace quiesce::sim
