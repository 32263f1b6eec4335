// A scenario given as text, ready to be run in virtual time.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "checker/simulated_run.hpp"
#include "sim/compile.hpp"

namespace quiesce::checker {

struct Simulated {
  explicit Simulated(const sim::Node& document)
      : system(sim::compile(document)),
        durations(sim::timed::read_durations(document, system, {})),
        model(system),
        simulator(model, durations) {}
  explicit Simulated(const std::string& text)
      : Simulated(sim::parse_document("quiesce: 1\nname: test\n" + text, "test.yaml")) {}

  [[nodiscard]] std::size_t property(const std::string& name) const {
    for (std::size_t i = 0; i < system.properties.size(); ++i) {
      if (system.properties[i].name == name) return i;
    }
    ADD_FAILURE() << "no property " << name;
    return 0;
  }
  [[nodiscard]] bool met(const SimulatedRun& run, const std::string& name) const {
    const std::size_t wanted = property(name);
    for (const SimulatedFinding& one : run.findings) {
      if (one.finding.property == wanted) return true;
    }
    return false;
  }

  sim::System system;
  sim::timed::Durations durations;
  SystemModel model;
  Simulator simulator;
};

/// Two tasks sleep for exponential times of 1 ms and 3 ms: the second is first in one of four runs.
inline constexpr const char* kRace = R"(
machine: { cpus: 2, soft_lockup_watchdog: false, hung_task_timeout: 0 }
globals: { first: int 0..2 }
tasks:
  one: { cpu: 0, run: [ sleep: 0us..10s, { set: first = 1, when: first == 0 } ] }
  two: { cpu: 1, run: [ sleep: 0us..10s, { set: first = 2, when: first == 0 } ] }
properties: { two_is_first: { never: first == 2 } }
durations:
  { context_switch: 0ns, step: 0ns, wake_up: 0ns,
    steps: { one+0: { exponential: 1ms }, two+0: { exponential: 3ms } } }
)";

}  // namespace quiesce::checker
