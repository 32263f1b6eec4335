// A run of one variant, made again in another one as far as that goes.
#pragma once

#include <cstdint>
#include <vector>

#include "checker/run_report.hpp"
#include "checker/schedule.hpp"
#include "checker/step_map.hpp"
#include "checker/system_model.hpp"

namespace quiesce::checker {

struct FollowedRun {
  std::uint32_t initial = 0;
  std::vector<Transition> steps;   ///< of the other variant
  std::vector<std::size_t> makes;  ///< for each: the number, from 1, of the step that it makes again, or 0
};

/// A step is made again by the same actor, at the same step of the program, with the same words. Steps that
/// the other variant does not have are left out, and so is what hardware and schedulers did where it is not
/// possible. Steps that only the other variant has, and those of hardware and schedulers, are put in where
/// the next step is possible after them, as few as possible. It ends at the first other step that cannot be
/// made, and begins in the initial state from which most steps can be made.
[[nodiscard]] FollowedRun follow(const std::vector<ReportStep>& run, const StepMap& steps,
                                 const SystemModel& other);

}  // namespace quiesce::checker
