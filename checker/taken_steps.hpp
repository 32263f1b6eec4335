// Which steps of a program some run takes on its way to an end: what a scenario exercises.
#pragma once

#include <vector>

#include "checker/exploration.hpp"
#include "checker/system_model.hpp"

namespace quiesce::checker {

/// By Program::infos: steps that a transition gets over, after which some run still comes to its end, and the
/// calls in which they stand. A run ends where it is over, and where nothing has to happen any more. The
/// search must have kept its graph; of one that was bounded, only ends that it met count.
[[nodiscard]] std::vector<bool> steps_to_an_end(const SystemModel& model, const Exploration& exploration);

}  // namespace quiesce::checker
