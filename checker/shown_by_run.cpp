// What a schedule shows when it is run again, whoever wrote it.
#include <algorithm>

#include "checker/check_system.hpp"
#include "checker/failing.hpp"
#include "checker/goal_watch.hpp"
#include "checker/system_model.hpp"

namespace quiesce::checker {
namespace {

struct End {
  std::vector<std::byte> state;
  std::vector<Finding> raised;  ///< by the last step
  std::vector<Finding> missed;  ///< goals, if a run may end here
};

End end_of(const sim::System& system, const SystemModel& model, const Schedule& schedule) {
  End end;
  std::uint32_t number = 0;
  sim::for_each_initial(system, [&](const std::byte* state) {
    if (number++ == schedule.initial) end.state.assign(state, state + system.layout.bytes);
  });
  Effects effects;
  GoalWatch goals(model);
  goals.begin();
  goals.see(end.state.data());
  for (const Transition step : schedule.steps) {
    effects.clear();
    model.fire(end.state.data(), step, effects);
    goals.see(end.state.data());
  }
  end.raised = effects.findings;
  if (!schedule.cycle_start && may_end(model, end.state.data())) goals.missed(end.state.data(), end.missed);
  return end;
}

}  // namespace

bool stays_at_its_end(const sim::System& system, const Schedule& schedule) {
  const SystemModel model(system);
  return is_stuck(model, end_of(system, model, schedule).state.data());
}

std::vector<Finding> all_shown_by(const sim::System& system, const Schedule& schedule) {
  const SystemModel model(system);
  End end = end_of(system, model, schedule);
  Effects effects;
  model.check_state(end.state.data(), effects);
  if (is_stuck(model, end.state.data())) model.report_stuck(end.state.data(), effects);
  std::vector<Finding> all = std::move(end.raised);
  for (const Finding one : effects.findings) {
    if (std::find(all.begin(), all.end(), one) == all.end()) all.push_back(one);
  }
  return all.empty() ? end.missed : all;
}

std::vector<Finding> missed_by(const sim::System& system, const Schedule& schedule) {
  return end_of(system, SystemModel(system), schedule).missed;
}

std::optional<Finding> shown_by(const sim::System& system, const Schedule& schedule) {
  const std::vector<Finding> all = all_shown_by(system, schedule);
  return all.empty() ? std::nullopt : std::optional(all.front());
}

}  // namespace quiesce::checker
