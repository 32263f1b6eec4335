// Runs in virtual time, as text.
#pragma once

#include <string>

#include "checker/run_report.hpp"
#include "checker/simulation_report.hpp"

namespace quiesce::reports {

/// The name of the property of a RunReport that holds the whole simulated run, whatever it met.
inline constexpr const char* kWholeRun = "run";

/// One run: what the machine printed, as dmesg shows it, how it ended, and what it met when.
[[nodiscard]] std::string render_simulated_run(const checker::RunReport& report);

/// Many: how often they met what, how they ended and how long they took; of a sweep as tables.
[[nodiscard]] std::string render_simulation_text(const checker::SimulationReport& report);

/// A line for each property at each point: variant, parameters, runs, met, probability, lo, hi, and the
/// median time to the reboot and lost in timeouts in microseconds. RFC 4180.
[[nodiscard]] std::string render_simulation_csv(const checker::SimulationReport& report);

/// "31.496893 s".
[[nodiscard]] std::string seconds_in_words(std::uint64_t time_us);

/// "reset 9980, stuck 20": how runs ended.
[[nodiscard]] std::string ends_in_words(const checker::SimulatedPoint& point);

/// What says that these runs are no runs of `check`'s model as they were drawn; "" if they are.
[[nodiscard]] std::string doubts_in_words(const checker::SimulatedPoint& point);

}  // namespace quiesce::reports
