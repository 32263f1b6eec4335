#include "checker/applicable_reductions.hpp"

#include "checker/liveness.hpp"

namespace quiesce::checker {

Reductions applicable(const SystemModel& model, const Reductions& wanted, std::vector<std::string>& notes) {
  Reductions some = wanted;
  const std::vector<std::string> found = model.reduction_notes();
  notes.insert(notes.end(), found.begin(), found.end());
  if (model.symmetry() != nullptr && model.symmetry()->permutations().empty()) some.symmetry = false;
  return some;
}

bool depends_on_fairness(const SystemModel& model, const Exploration& exploration) {
  if (exploration.graph.first.empty()) return false;
  if (model.checks_livelock() && fast_cycle_exists(exploration.graph)) return true;
  for (std::uint16_t goal = 0; goal < model.goal_count(); ++goal) {
    if (model.goal_kind(goal) != GoalKind::kEventually) continue;
    StateReader states(*exploration.store, model.state_bytes());
    std::vector<bool> reached(exploration.states());
    for (StateId s = 0; s < reached.size(); ++s) reached[s] = model.goal_holds(goal, states.at(s));
    if (cycle_exists_without(exploration.graph, exploration.initial_states, reached)) return true;
  }
  return false;
}

}  // namespace quiesce::checker
