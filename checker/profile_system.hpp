// What a search has seen of a program, and what its states are made of: counted after it, in a second look
// at what it stored.
#pragma once

#include <optional>

#include "checker/exploration.hpp"
#include "checker/run_report.hpp"
#include "checker/system_model.hpp"

namespace quiesce::checker {

struct Seen {
  ReportCoverage coverage;
  std::optional<ReportProfile> profile;  ///< if the options ask for it
};

/// Fires again what the search fired. Without a profile this takes a quarter of the search's time at most, or
/// 5 seconds if that is more; after an interrupt 2 seconds. What it has then is a sample, and says so.
[[nodiscard]] Seen look_again(const SystemModel& model, const Exploration& exploration,
                              const ExploreOptions& options);
/// The same for a search whose states are those of ContextBounded.
[[nodiscard]] Seen look_again_by_contexts(const SystemModel& model, const Exploration& exploration,
                                          const ExploreOptions& options);

}  // namespace quiesce::checker
