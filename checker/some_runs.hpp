// Searches for state spaces that are too large: all runs with few switches, or some random ones. What they
// find is there; what they do not find is open, except where all runs turn out to have few switches.
#pragma once

#include <functional>
#include <new>

#include "checker/check_system.hpp"
#include "checker/exploration.hpp"
#include "checker/profile_system.hpp"

namespace quiesce::checker {

/// By the number of switches from one lane to another that nothing forced. Goals and livelocks stay open.
[[nodiscard]] Outcome check_by_contexts(const sim::System& system, const ExploreOptions& options,
                                        const std::function<void(const Progress&)>& on_progress);

/// SearchMode::kRandom and kPriorities.
[[nodiscard]] Outcome check_by_walks(const sim::System& system, const ExploreOptions& options,
                                     const std::function<void(const Progress&)>& on_progress);

/// What was not found violated is not known.
void leave_open(Outcome& outcome);

void count_states(Outcome& outcome, const Exploration& exploration);

/// Keeps what `look_again` says. Where there is no memory left for that, the verdicts count more.
template <class LookAgain>
void keep_seen(Outcome& outcome, LookAgain look_again) {
  try {
    Seen seen = look_again();
    if (outcome.bound) outcome.coverage = std::move(seen.coverage);
    outcome.profile = std::move(seen.profile);
  } catch (const std::bad_alloc&) {
    outcome.coverage.reset();
    outcome.profile.reset();
  }
}

}  // namespace quiesce::checker
