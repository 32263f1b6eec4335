// The steps of one run, and the pairs of them whose order matters.
#pragma once

#include <set>
#include <vector>

#include "checker/monitored_model.hpp"
#include "checker/schedule.hpp"
#include "checker/system_model.hpp"

namespace quiesce::checker {

/// Names a step for monitors: the actor, its place in the program, and which alternative it took.
[[nodiscard]] std::uint64_t step_name(const sim::System& system, const std::byte* state, Transition t);

struct RunStep {
  Event event;
  std::uint32_t actor = 0;      ///< each rule is one of its own
  bool in_program = false;      ///< a step of a routine or of hardware, no scheduling and no clock
  base::Footprint footprint{};  ///< without clocks, which know of each other
  std::vector<Finding> raised{};
};

/// A run made again: its states, from the initial one on, and its steps.
struct StepsOfRun {
  std::vector<std::vector<std::byte>> states;
  std::vector<RunStep> steps;
  std::set<std::uint16_t> control;  ///< slots, by offset, that only say who is where in its program
};

[[nodiscard]] StepsOfRun steps_of(const SystemModel& model, const Schedule& schedule);

/// Two steps of different actors, by position, that touch the same slot.
struct RacingSteps {
  std::size_t earlier = 0;
  std::size_t later = 0;
};

/// For each step and each slot that it touches: the last steps of others before it with which it conflicts.
/// Steps of the program that share data come first, and later ones before earlier ones.
[[nodiscard]] std::vector<RacingSteps> racing_steps(const StepsOfRun& run);

}  // namespace quiesce::checker
