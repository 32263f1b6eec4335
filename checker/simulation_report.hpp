// What many runs in virtual time have to say, as plain data: the only thing that renderers of it see.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "checker/run_report.hpp"

namespace quiesce::checker {

/// Something that runs met.
struct SimulatedCause {
  std::string id;       ///< as that of a ReportFinding
  std::string summary;  ///< "cmd_sync_timeout in arm_smmu_cmdq_issue_cmdlist+15"
  std::uint64_t runs = 0;
  std::uint64_t first_run = 0;    ///< the number of the first of them
  std::uint64_t first_at_us = 0;  ///< when that one met it
};

/// How often runs met a property's findings.
struct SimulatedProperty {
  std::string name;
  std::uint64_t runs = 0;
  std::optional<double> probability;  ///< as these runs tell: between `lo` and `hi` in 95 of 100 cases
  double lo = 0;
  double hi = 1;
  std::optional<Status> expected;
  bool excluded = false;  ///< runs met it, and `expect` does not call it violated
  std::vector<SimulatedCause> causes;
};

/// Of durations of all runs that have one: quantiles, in microseconds.
struct SimulatedTimes {
  std::uint64_t runs = 0;
  std::uint64_t least_us = 0;
  std::uint64_t low_us = 0;  ///< 5 % are shorter
  std::uint64_t median_us = 0;
  std::uint64_t high_us = 0;  ///< 5 % are longer
  std::uint64_t most_us = 0;
};

/// The runs of a variant with one choice of parameters.
struct SimulatedPoint {
  std::vector<std::string> values;  ///< of SimulationReport::parameters
  std::uint64_t runs = 0;
  std::uint64_t events = 0;
  std::vector<std::pair<std::string, std::uint64_t>> ends;  ///< "reset", "stuck", ...: how many runs ended so
  std::vector<SimulatedProperty> properties;  ///< those that runs met, and those that are no finding kind
  SimulatedTimes reboot;                      ///< until the reset
  SimulatedTimes lost;                        ///< in polls that ran into their timeouts
  std::uint64_t late_runs = 0;                ///< in which a deadline was later than its greatest time
  std::uint64_t latest_us = 0;                ///< by which one did at most
  std::uint64_t cut_runs = 0;        ///< with a wait that was drawn longer or shorter than its step says
  std::optional<std::string> bound;  ///< what ended the simulation early
  double seconds = 0;                ///< volatile
};

struct SimulatedVariant {
  std::string name;
  std::vector<SimulatedPoint> points;
};

struct SimulationReport {
  std::string version;
  std::string file;
  std::string scenario;
  std::string title;
  std::uint64_t seed = 1;
  unsigned threads = 1;
  std::vector<std::string> parameters;  ///< that are varied, in the order of the command line
  std::vector<SimulatedVariant> variants;
  int exit_code = 0;
};

}  // namespace quiesce::checker
