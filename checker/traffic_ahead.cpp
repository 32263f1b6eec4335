#include "checker/traffic_ahead.hpp"

#include <utility>

#include "checker/system_model.hpp"

namespace quiesce::checker {
namespace {

/// A step of a task that somebody waits for.
bool is_of_task(const sim::System& system, Transition transition) {
  if (transition.actor >= system.cpu_actor(0)) return false;
  const sim::ContextLayout& context = system.layout.contexts[transition.actor];
  return context.kind == sim::ContextKind::kTask && !context.daemon;
}

/// Fault knobs: what they allow need never happen, and nobody may count on it.
bool is_fault(const sim::System& system, Transition transition) {
  if (transition.actor < system.smmu_actor(0) || transition.actor >= system.time_actor()) return false;
  const auto smmu = static_cast<std::size_t>(transition.actor - system.smmu_actor(0));
  if (system.layout.is_legacy(smmu)) {
    const auto kind = hwmodel::v2::decode_transition(transition.choice).kind;
    return hwmodel::v2::is_environment(kind) && !hwmodel::v2::is_of_streams(kind);
  }
  const auto kind = hwmodel::v3::decode_transition(transition.choice).kind;
  return hwmodel::v3::is_environment(kind) && !hwmodel::v3::is_of_streams(kind);
}

/// Every state that can be reached without such a step.
class Closure {
 public:
  using State = std::vector<std::byte>;

  Closure(const SystemModel& model, const std::byte* from) : model_(model) {
    reach(State(from, from + model.state_bytes()));
  }

  /// False once such a step, a timer or the end of the machine has turned up; `known` says of a state that
  /// none will.
  template <class Known>
  bool stays(Known known) {
    while (!open_.empty()) {
      const State here = std::move(open_.back());
      open_.pop_back();
      if (known(here)) continue;
      if (model_.waits_for_time(here.data()) || !follow(here)) return false;
    }
    return true;
  }

  [[nodiscard]] std::set<State> take() { return std::move(seen_); }

 private:
  void reach(State state) {
    if (seen_.insert(state).second) open_.push_back(std::move(state));
  }

  bool follow(const State& here) {
    if (model_.classify(here.data()) != StateClass::kRunning) return false;
    std::vector<Transition> enabled;
    model_.for_each_enabled(here.data(), [&](Transition t) { enabled.push_back(t); });
    for (const Transition transition : enabled) {
      const bool observes = model_.fairness(here.data(), transition) == Fairness::kObserver;
      if (observes || is_fault(model_.system(), transition)) continue;
      if (is_of_task(model_.system(), transition)) return false;
      State next = here;
      Effects effects;
      model_.fire(next.data(), transition, effects);
      effects.undo.clear();
      model_.canonicalize(next.data(), effects.undo);
      reach(std::move(next));
    }
    return true;
  }

  const SystemModel& model_;
  std::set<State> seen_;
  std::vector<State> open_;
};

}  // namespace

bool TrafficAhead::leads_on(const SystemModel& model, const std::byte* state) {
  const State here(state, state + model.state_bytes());
  if (is_over(here)) return false;
  Closure closure(model, state);
  if (!closure.stays([this](const State& met) { return is_over(met); })) return true;
  const std::lock_guard lock(mutex_);
  over_.merge(closure.take());
  return false;
}

bool TrafficAhead::is_over(const State& state) {
  const std::lock_guard lock(mutex_);
  return over_.contains(state);
}

}  // namespace quiesce::checker
