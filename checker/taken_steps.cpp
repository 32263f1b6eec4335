#include "checker/taken_steps.hpp"

#include <map>
#include <utility>

#include "checker/liveness.hpp"
#include "checker/step_counts.hpp"

namespace quiesce::checker {
namespace {

std::vector<bool> states_before_an_end(const Exploration& exploration) {
  std::vector<bool> ends(exploration.states());
  for (StateId s = 0; s < exploration.classes.size(); ++s)
    ends[s] = exploration.may_rest[s] != 0 || exploration.classes[s] != StateClass::kRunning;
  return states_that_reach(exploration.graph, ends);
}

/// Marks a step, and the calls that lead to it.
class Marks {
 public:
  explicit Marks(const sim::System& system) : program_(system.program), marked_(program_.infos.size()) {
    for (std::uint32_t info = 0; info < program_.infos.size(); ++info) of_place_[place(info)].push_back(info);
  }

  void mark(std::uint32_t info) {
    if (marked_[info]) return;
    marked_[info] = true;
    for (const std::string& caller : program_.infos[info].callers) {
      const auto sites = of_place_.find(caller);
      if (sites == of_place_.end()) continue;
      for (const std::uint32_t site : sites->second) marked_[site] = true;
    }
  }

  [[nodiscard]] std::vector<bool> take() { return std::move(marked_); }

 private:
  [[nodiscard]] std::string place(std::uint32_t info) const {
    return program_.infos[info].routine + "+" + std::to_string(program_.infos[info].number);
  }

  const sim::Program& program_;
  std::vector<bool> marked_;
  std::map<std::string, std::vector<std::uint32_t>> of_place_;  ///< "device_shutdown+9"
};

}  // namespace

std::vector<bool> steps_to_an_end(const SystemModel& model, const Exploration& exploration) {
  const sim::System& system = model.system();
  const StateGraph& graph = exploration.graph;
  const std::vector<bool> leads_on = states_before_an_end(exploration);
  StepCounts counts(system);
  const SystemModel observed = model.observed_by(counts);
  StateReader states(*exploration.store, model.state_bytes());
  std::vector<std::byte> state(model.state_bytes());
  Effects effects;
  for (StateId s = 0; s + 1 < graph.first.size(); ++s) {
    if (!leads_on[s]) continue;
    const std::byte* const stored = states.at(s);
    state.assign(stored, stored + state.size());
    for (std::size_t e = graph.first[s]; e < graph.first[s + 1]; ++e) {
      if (!leads_on[graph.edges[e].target]) continue;
      effects.clear();
      observed.fire(state.data(), graph.edges[e].transition, effects);
      base::undo_writes(state.data(), effects.undo);
    }
  }
  const StepNames names(system);
  Marks marks(system);
  for (sim::Pc pc = 1; pc < system.program.steps.size(); ++pc) {
    if (counts.tried(pc) != 0 && names.of(pc) != StepNames::kNone) marks.mark(system.program.steps[pc].info);
  }
  return marks.take();
}

}  // namespace quiesce::checker
