// What kinds of transitions take time, and how long each takes unless a scenario says otherwise.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "sim/machine.hpp"
#include "sim/system.hpp"

namespace quiesce::sim::timed {

/// By what a transition does.
enum class Takes : std::uint8_t {
  kStep,
  kRegisterRead,
  kRegisterWrite,
  kStore,
  kContextSwitch,
  kWakeUp,
  kInterrupt,
  kAcknowledge,
  kCommand,
  kAtcTimeout,
  kMessage,
  kStructure,
  kWalk,
  kTransaction,
  kTraffic,
  kRare,
  kRule,
};
inline constexpr std::size_t kTakesCount = static_cast<std::size_t>(Takes::kRule) + 1;

struct TakesInfo {
  Takes takes;
  std::string_view name;     ///< the key below `durations`
  std::string_view usual;    ///< as a scenario would write it
  std::string_view meaning;  ///< for the manual
  std::string_view source;
};

/// One entry for each, in their order.
[[nodiscard]] const std::array<TakesInfo, kTakesCount>& all_takes();

/// What the step at `pc` takes, unless it waits.
[[nodiscard]] Takes takes_of_step(const Program& program, Pc pc);
/// What `move`, which is neither a step, a tick nor a deadline, takes.
[[nodiscard]] Takes takes_of_move(const System& system, Move move);

/// Of a move that begins an access of a device (Takes::kTraffic): the choice by which all accesses of this
/// source are known, and the number of the source.
[[nodiscard]] std::uint16_t first_access_of_source(const System& system, Move move);
[[nodiscard]] std::size_t source_of(const System& system, Move move);

}  // namespace quiesce::sim::timed
