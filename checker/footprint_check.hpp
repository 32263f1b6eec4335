// The footprint checking mode: explores a scenario and compares what every transition touches with what
// was derived from the program.
//
// Every read and write must lie in the footprint; and where a transition does not read, other values must
// not change what it does. The second half finds reads that bypass the recording.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "checker/exploration.hpp"
#include "sim/system.hpp"

namespace quiesce::checker {

/// Bytes of the state vector, summed over the transitions of one kind of step.
struct FootprintUse {
  std::string what;  ///< "set", "poll", "smmu", "time", ...
  std::uint64_t transitions = 0;
  std::uint64_t derived = 0;
  std::uint64_t touched = 0;

  void add(const FootprintUse& other) {
    transitions += other.transitions;
    derived += other.derived;
    touched += other.touched;
  }
};

struct FootprintReport {
  std::uint64_t states = 0;
  std::uint64_t transitions = 0;
  std::optional<std::string> bound;
  std::vector<FootprintUse> uses;       ///< sorted by name
  std::vector<std::string> violations;  ///< one sentence each; at most ten
  [[nodiscard]] bool passed() const { return violations.empty(); }
};

/// `forgotten`: a slot that is taken out of every footprint, to show that the check notices.
[[nodiscard]] FootprintReport check_footprints(const sim::System& system, const ExploreOptions& options,
                                               std::optional<base::Slot> forgotten = {});

}  // namespace quiesce::checker
