#include "checker/goal_watch.hpp"

namespace quiesce::checker {
namespace {

bool anything_can_happen(const SystemModel& model, const std::byte* state) {
  bool any = false;
  model.for_each_enabled(state, [&](Transition) { any = true; });
  return any;
}

}  // namespace

void GoalWatch::begin() {
  open_.clear();
  for (std::uint16_t goal = 0; goal < model_.goal_count(); ++goal) {
    if (model_.goal_kind(goal) == GoalKind::kEventually) open_.push_back(goal);
  }
}

void GoalWatch::see(const std::byte* state) {
  std::erase_if(open_, [&](std::uint16_t goal) { return model_.goal_holds(goal, state); });
}

void GoalWatch::missed(const std::byte* state, std::vector<Finding>& findings) const {
  for (const std::uint16_t goal : open_) findings.push_back({model_.property_of_goal(goal), 0});
  if (anything_can_happen(model_, state)) return;
  for (std::uint16_t goal = 0; goal < model_.goal_count(); ++goal) {
    const bool is_trap =
        model_.goal_kind(goal) == GoalKind::kAlwaysPossible && !model_.goal_holds(goal, state);
    if (is_trap) findings.push_back({model_.property_of_goal(goal), 0});
  }
}

}  // namespace quiesce::checker
