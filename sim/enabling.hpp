// What makes a step possible: which earlier one, and in what way. And where on the machine a step happens.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/machine.hpp"

namespace quiesce::sim {

/// One step of a run.
struct Firing {
  const std::byte* before;
  const std::byte* after;
  Move move;
};

/// Finer than MoveText::lane: "cpu0", "cpu0/softirq", "cpu0/hardirq", "smmu0/CMDQ", "smmu0/EVENTQ",
/// "smmu0/PRIQ", "smmu0/registers", "smmu0/caches", "smmu0/nic" for a device's accesses, "time", "rules". An
/// access that faults counts where the fault is recorded.
[[nodiscard]] std::string unit_of(const System& system, const Firing& firing);

/// How the step made the move possible: see Enabling::kind.
[[nodiscard]] std::string_view enabling_kind(const System& system, const Firing& step, Move move);

struct Enabling {
  std::size_t step = 0;   ///< its number, from 1
  std::string_view kind;  ///< "register write", "acknowledge", "command", "interrupt", "wake-up", "unlock",
                          ///< "dma", "fault", "time", "scheduling", "state"

  friend bool operator==(const Enabling&, const Enabling&) = default;
};

/// Follows a run, and knows of every move since which step it has been enabled without a break.
///
/// A context's move is its next step, so its own last step is where that begins. Being woken and being given
/// a CPU are moves of the context too, but what made them possible is what the step behind them was waiting
/// for: it is passed on.
class Enablers {
 public:
  Enablers(const System& system, const std::byte* initial);

  /// To be called for each step in turn, numbers from 1. The last step of another unit before which the move
  /// was not enabled and after which it was; nothing if it always was, or its own unit enabled it.
  [[nodiscard]] std::optional<Enabling> fired(const Firing& firing);

 private:
  struct Since {
    Enabling enabling;
    std::string unit;
  };
  using Key = std::pair<std::uint16_t, std::uint16_t>;

  [[nodiscard]] std::vector<Key> enabled(const std::byte* state) const;
  void note(const Firing& firing, const std::string& unit, const std::optional<Since>& own);

  const System& system_;
  std::size_t step_ = 0;
  std::vector<Key> enabled_;  ///< sorted
  std::map<Key, Since> since_;
};

}  // namespace quiesce::sim
