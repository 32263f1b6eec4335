// A schedule names one run of one compiled variant: `q1.<hash>.<steps>`, equal transitions in a row
// written once. It is how a counterexample is passed on and replayed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "checker/transition_system.hpp"

namespace quiesce::checker {

struct Schedule {
  std::uint64_t model_hash = 0;
  std::uint32_t initial = 0;  ///< which initial state
  std::vector<Transition> steps;
  std::optional<std::size_t> cycle_start;  ///< steps from here on repeat forever
};

[[nodiscard]] std::string encode(const Schedule& schedule);

/// The schedule, or nothing with a sentence in `error`.
[[nodiscard]] std::optional<Schedule> decode(std::string_view text, std::string& error);

}  // namespace quiesce::checker
