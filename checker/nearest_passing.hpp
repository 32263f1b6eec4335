// The passing run of one variant that is nearest to a failing run of another one.
#pragma once

#include <atomic>
#include <cstdint>
#include <set>
#include <string>

#include "checker/diff_report.hpp"
#include "checker/step_map.hpp"
#include "sim/system.hpp"

namespace quiesce::checker {

struct NearestOptions {
  std::uint64_t max_states = 100'000;  ///< that may be searched for one run
  std::set<std::string> common;        ///< properties that both variants violate
  const std::atomic<bool>* interrupted = nullptr;
};

/// Follows the failing run in the passing variant (see FollowedRun), and takes the longest beginning of that
/// from which a run can end without a violation: a shortest such end where the budget is enough to find it.
/// What both variants violate does not count, but for `property` itself: it would hide what tells them apart.
/// If there is no such run, those count that do not violate `property`. `steps` leads from the failing
/// program to the passing one.
[[nodiscard]] NearestPassing find_nearest_passing(const ReportFinding& failing, const std::string& property,
                                                  const StepMap& steps, const sim::System& passing,
                                                  const NearestOptions& options);

}  // namespace quiesce::checker
