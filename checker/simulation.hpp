// Many runs in virtual time: how often they meet what, and how they end. The result does not depend on how
// many threads make them.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "checker/simulated_run.hpp"
#include "checker/wilson_interval.hpp"

namespace quiesce::checker {

struct SimulationOptions {
  std::uint64_t seed = 1;
  std::uint64_t runs = 1;
  /// Ends before all runs are made when the interval of every property is at most so wide; 0: never.
  double until_width = 0;
  SimulationLimits limits{};
  unsigned threads = 1;
  double max_seconds = 1e18;
  const std::atomic<bool>* interrupted = nullptr;
};

/// Runs that met a finding.
struct FindingTally {
  Finding finding;
  std::uint64_t runs = 0;
  std::uint64_t first_run = 0;  ///< the number of the first of them
};

struct SimulationOutcome {
  std::uint64_t runs = 0;
  std::uint64_t events = 0;
  std::array<std::uint64_t, kRunEnds> ends{};  ///< runs, by RunEnd
  std::vector<FindingTally> findings;          ///< by property and cause
  std::vector<std::uint64_t> met;              ///< runs, by property: that met one of its findings
  std::vector<std::int64_t> reset_ns;          ///< when runs ended in a reset, sorted
  std::vector<std::int64_t> lost_ns;           ///< in polls that a deadline ended: of each run, sorted
  std::uint64_t late_runs = 0;                 ///< with a deadline later than its greatest time
  std::uint64_t late_deadlines = 0;
  std::uint64_t cut_runs = 0;  ///< with a wait whose drawn duration its step excludes
  std::uint64_t cut_waits = 0;
  std::int64_t latest_ns = 0;  ///< by which a deadline was late at most
  /// What ended the simulation before all runs were made: "interrupted", "max_seconds", "until_ci".
  std::optional<std::string> bound;
  double seconds = 0;

  /// Of a property, as far as these runs tell.
  [[nodiscard]] Interval interval(std::size_t property) const { return wilson_interval(met[property], runs); }
};

/// Told between rounds of runs: how many were made, and in how many seconds.
using SimulationProgress = std::function<void(std::uint64_t runs, double seconds)>;

/// Both must belong together (sim::timed::read_durations). `on_progress` may be empty.
[[nodiscard]] SimulationOutcome simulate(const sim::System& system, const sim::timed::Durations& durations,
                                         const SimulationOptions& options,
                                         const SimulationProgress& on_progress);

}  // namespace quiesce::checker
