// One run in virtual time, judged as the search judges: what it raised, when, and how it ended.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "checker/goal_watch.hpp"
#include "checker/schedule.hpp"
#include "checker/system_model.hpp"
#include "checker/transition_system.hpp"
#include "sim/timed/engine.hpp"

namespace quiesce::checker {

enum class RunEnd : std::uint8_t {
  kReset,  ///< the machine, or the scenario's own `end`
  kHalted,
  kPanicked,
  kOver,   ///< all tasks have exited
  kStuck,  ///< nothing that somebody waits for can happen any more
  kBrokenOff,
  kTimeIsUp,
  kTooManyEvents,
};
inline constexpr std::size_t kRunEnds = static_cast<std::size_t>(RunEnd::kTooManyEvents) + 1;

struct SimulationLimits {
  std::int64_t until_ns = 600'000'000'000;
  std::uint64_t events = 10'000'000;
  std::function<bool()> stop = {};  ///< asked now and then: whether to break the run off
};

/// A finding, when the run met it first, and after how many steps.
struct SimulatedFinding {
  Finding finding;
  std::int64_t at_ns = 0;  ///< by the kernel's clock
  std::uint64_t step = 0;
};

struct SimulatedRun {
  RunEnd end = RunEnd::kTimeIsUp;
  std::int64_t end_ns = 0;  ///< since it began
  std::uint64_t events = 0;
  std::vector<SimulatedFinding> findings;  ///< each once, in the order in which they were met
  std::uint64_t late_deadlines = 0;        ///< deadlines that were later than the model lets them be
  std::int64_t latest_ns = 0;
  std::uint64_t cut_waits = 0;  ///< whose drawn duration their step excludes
  std::int64_t lost_ns = 0;     ///< in polls that a deadline ended
  // Only of a run that was recorded:
  Schedule schedule;
  std::vector<std::uint64_t> times_us;  ///< by the kernel's clock: of its beginning, and of each step
};

/// Makes runs, one after the other; what it keeps in between decides nothing.
class Simulator {
 public:
  /// Both must outlive the simulator.
  Simulator(const SystemModel& model, const sim::timed::Durations& durations);

  /// Run `number` of a seed: the same, whoever makes it.
  [[nodiscard]] SimulatedRun run(std::uint64_t seed, std::uint64_t number, const SimulationLimits& limits);
  /// The same with its schedule.
  [[nodiscard]] SimulatedRun record(std::uint64_t seed, std::uint64_t number, const SimulationLimits& limits);
  /// The run of this schedule with the durations that this run draws: what they would have brought before
  /// comes later. The schedule must be one of the model.
  [[nodiscard]] SimulatedRun follow(const Schedule& guide, std::uint64_t seed, std::uint64_t number);

 private:
  SimulatedRun make(std::uint64_t seed, std::uint64_t number, const SimulationLimits& limits, bool records);
  void look_around(SimulatedRun& run);
  void note_step(SimulatedRun& run, bool records);
  void note_totals(SimulatedRun& run) const;
  void note_missed_goals(SimulatedRun& run);
  void note(SimulatedRun& run, Finding finding) const;
  [[nodiscard]] std::uint64_t now_us() const;
  [[nodiscard]] bool may_be_over(sim::Move move) const;
  [[nodiscard]] bool goes_nowhere() const;
  [[nodiscard]] bool is_over(SimulatedRun& run);
  [[nodiscard]] RunEnd end_of_all() const;

  const SystemModel& model_;
  sim::timed::Engine engine_;
  Effects effects_;
  GoalWatch goals_;
};

}  // namespace quiesce::checker
