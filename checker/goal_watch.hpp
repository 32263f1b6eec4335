// Which goals a run reaches, and which it has missed when it ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "checker/system_model.hpp"

namespace quiesce::checker {

/// Follows one run at a time: `begin`, then `see` each of its states.
class GoalWatch {
 public:
  /// The model must outlive this.
  explicit GoalWatch(const SystemModel& model) : model_(model) {}

  void begin();
  void see(const std::byte* state);
  /// Appends the goals that a run misses which ends in this state: those that it was to reach, and where
  /// nothing can happen any more those that were to stay possible.
  void missed(const std::byte* state, std::vector<Finding>& findings) const;

 private:
  const SystemModel& model_;
  std::vector<std::uint16_t> open_;  ///< that are to be reached once, and were not yet
};

}  // namespace quiesce::checker
