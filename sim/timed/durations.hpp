// How long everything takes in a scenario: the usual durations, and what its `durations` say instead.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/diagnostic.hpp"
#include "sim/node.hpp"
#include "sim/timed/distribution.hpp"
#include "sim/timed/distribution_reader.hpp"
#include "sim/timed/takes.hpp"

namespace quiesce::sim::timed {

struct Durations {
  static constexpr std::int32_t kUsual = -1;

  std::array<Distribution, kTakesCount> usual;
  std::vector<Distribution> own;                         ///< those that numbers name
  std::vector<std::int32_t> own_of_step;                 ///< of each step of the program, or kUsual
  std::vector<bool> waits;                               ///< of each step: a `sleep` or a `delay`
  std::vector<std::vector<std::int32_t>> own_of_source;  ///< of each SMMU's sources of traffic, or kUsual
  std::vector<Takes> takes_of_step;                      ///< of each step of the program
  std::vector<Fixed> stretch;  ///< of each CPU: its steps take so many times as long
  Distribution console;        ///< of each character
  Distribution uptime;         ///< what the kernel's clock says when a run begins
  std::vector<std::optional<Distribution>>
      watchdogs;                    ///< of each CPU: when its soft lockup detector first looks
  std::int64_t hz = 250;            ///< ticks in a second
  std::int64_t back_off_ns = 1000;  ///< the first wait between two looks of a busy poll
  Parameters parameters;            ///< that were read, with the values that counted

  /// Of a context's next step. What a step says of itself that waits, is of its wait.
  [[nodiscard]] const Distribution& of_step(Pc pc) const {
    const std::int32_t number = own_of_step[pc];
    return number == kUsual || waits[pc] ? usual[static_cast<std::size_t>(takes_of_step[pc])]
                                         : own[static_cast<std::size_t>(number)];
  }
  /// Of the wait of a `sleep` or a `delay`; null if it is evenly distributed over what the step says.
  [[nodiscard]] const Distribution* of_wait(Pc pc) const {
    const std::int32_t number = own_of_step[pc];
    return number == kUsual || !waits[pc] ? nullptr : &own[static_cast<std::size_t>(number)];
  }
  /// Of a move that is neither a step, a tick nor a deadline.
  [[nodiscard]] const Distribution& of_move(const System& system, Move move) const;
};

/// Reads `durations` of a variant's document that `system` was compiled from. `overrides` take the place of
/// its parameters of the same names, all of which it must have. Throws ScenarioError with all that is wrong.
[[nodiscard]] Durations read_durations(const Node& document, const System& system,
                                       const Parameters& overrides);

}  // namespace quiesce::sim::timed
