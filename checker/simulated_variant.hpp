// Runs of a compiled variant, put into words.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "checker/check_system.hpp"
#include "checker/simulated_run.hpp"
#include "checker/simulation.hpp"
#include "checker/simulation_report.hpp"

namespace quiesce::checker {

/// A finding of a run, cut off where the run met it.
[[nodiscard]] FoundRun found_by(const SimulatedRun& run, const SimulatedFinding& finding);

/// "reset", "halted", "panicked", "over", "stuck", "broken_off", "time_is_up", "too_many_events".
[[nodiscard]] const char* name_of(RunEnd end);

/// What the variant expects, and which of its properties its points tell of, by index: all that some point
/// met or that are more than a kind of finding which nobody expects. Whether something comes in the end is no
/// question to a finite run.
struct SimulatedQuestions {
  std::map<std::string, Status> expected;
  std::vector<bool> shown;
};
[[nodiscard]] SimulatedQuestions questions_to(const sim::System& system,
                                              std::map<std::string, Status> expected,
                                              const std::vector<SimulationOutcome>& points);

/// `values` are those of the report's parameters.
[[nodiscard]] SimulatedPoint report_point(const sim::System& system, const sim::timed::Durations& durations,
                                          const SimulatedQuestions& questions,
                                          const SimulationOptions& options, const SimulationOutcome& outcome,
                                          std::vector<std::string> values);

}  // namespace quiesce::checker
