// What the command line says about runs in virtual time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "checker/simulation.hpp"
#include "sim/timed/distribution_reader.hpp"

namespace quiesce::cli {

/// The words behind the options, read as text first so that a bad one can be told; empty if not given.
struct SimulationWords {
  std::string runs;
  std::string run;
  std::string until_ci;
  std::string max_time;
  std::string guide;
  std::vector<std::string> set;
  std::vector<std::string> sweep;
};

/// A parameter of `durations`, and the values that it is to have, one after the other.
struct Sweep {
  std::string name;
  std::vector<std::string> values;
};

struct SimulationRequest {
  checker::SimulationOptions options;
  bool is_many = false;   ///< statistics of runs, and not one run
  std::uint64_t run = 0;  ///< the number of the one
  std::string guide;      ///< the schedule that it is to follow, "" for none
  sim::timed::Parameters set;
  std::vector<Sweep> sweeps;
};

/// `seed`, `seconds` and `threads` are those of searches. Throws UsageError.
[[nodiscard]] SimulationRequest simulation_request(const SimulationWords& words, const std::string& seed,
                                                   const std::string& seconds, const std::string& threads);

/// `NAME=LO:HI:log:N`, `NAME=LO:HI:lin:N` or `NAME=A,B,...`: numbers or durations. Throws UsageError.
[[nodiscard]] Sweep sweep_from(const std::string& text);

}  // namespace quiesce::cli
