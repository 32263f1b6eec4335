#include "checker/taken_steps.hpp"

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
  explicit Marks(const sim::System& system) : program_(system.program), marked_(program_.infos.size()) {}

  void mark(std::uint32_t info) {
    marked_[info] = true;
    mark_calls(info);
  }
  void mark_calls(std::uint32_t info) {
    for (std::int32_t call = program_.infos[info].called_by; call >= 0;
         call = program_.infos[static_cast<std::size_t>(call)].called_by) {
      marked_[static_cast<std::size_t>(call)] = true;
    }
  }

  [[nodiscard]] std::vector<bool> take() { return std::move(marked_); }

 private:
  const sim::Program& program_;
  std::vector<bool> marked_;
};

/// Notes which steps are tried, and which of them are got over: whoever begins to wait has not taken the
/// step.
class Passed final : public sim::MachineObserver {
 public:
  explicit Passed(const sim::System& system)
      : system_(system), tried_(system.program.steps.size()), passed_(system.program.steps.size()) {}

  void on_log(const std::string&) override {}
  void on_arm(sim::TimerId, std::int32_t, std::int32_t) override {}
  void on_expire(sim::TimerId) override {}
  void on_step(sim::Pc pc) override { now_.push_back(pc); }

  /// To be called behind each transition, with the state that it led to.
  void finish(const std::byte* state, Transition transition) {
    const bool running = base::read_slot(state, system_.layout.machine_state) == 0;
    for (const sim::Pc pc : now_) {
      tried_[pc] = true;
      passed_[pc] = passed_[pc] || !running || !waits_at(state, transition, pc) || waits_for_the_end(pc);
    }
    now_.clear();
  }

  [[nodiscard]] bool was_tried(sim::Pc pc) const { return tried_[pc]; }
  [[nodiscard]] bool was_passed(sim::Pc pc) const { return passed_[pc]; }

 private:
  /// Waits for the end of the run, with which it is over.
  [[nodiscard]] bool waits_for_the_end(sim::Pc pc) const {
    const sim::Program& program = system_.program;
    auto at = static_cast<std::size_t>(program.steps[pc].value);
    if (program.steps[pc].value == sim::kNoCode) return false;
    while (program.code[at].op != sim::Op::kEnd && program.code[at].op != sim::Op::kMachineState) ++at;
    return program.code[at].op == sim::Op::kMachineState;
  }

  [[nodiscard]] bool waits_at(const std::byte* state, Transition transition, sim::Pc pc) const {
    if (transition.actor >= system_.layout.contexts.size()) return false;
    const sim::ContextLayout& context = system_.layout.contexts[transition.actor];
    if (base::read_slot(state, context.pc) != pc) return false;
    const bool task = context.kind == sim::ContextKind::kTask;
    const auto gone = static_cast<std::int32_t>(sim::TaskState::kExited);
    return !task || base::read_slot(state, context.task_state) < gone;
  }

  const sim::System& system_;
  std::vector<sim::Pc> now_;  ///< in this transition
  std::vector<bool> tried_;
  std::vector<bool> passed_;
};

}  // namespace

std::vector<bool> steps_to_an_end(const SystemModel& model, const Exploration& exploration) {
  const sim::System& system = model.system();
  const StateGraph& graph = exploration.graph;
  const std::vector<bool> leads_on = states_before_an_end(exploration);
  Passed passed(system);
  const SystemModel observed = model.observed_by(passed);
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
      passed.finish(state.data(), graph.edges[e].transition);
      base::undo_writes(state.data(), effects.undo);
    }
  }
  const StepNames names(system);
  Marks marks(system);
  for (sim::Pc pc = 1; pc < system.program.steps.size(); ++pc) {
    const sim::Step& step = system.program.steps[pc];
    if (!passed.was_tried(pc) || names.of(pc) == StepNames::kNone) continue;
    const bool guards = step.verb == sim::Verb::kIf && step.argument == sim::kGuardsStep;
    if (passed.was_passed(pc) && !guards) {
      marks.mark(step.info);
    } else {
      marks.mark_calls(step.info);
    }
  }
  return marks.take();
}

}  // namespace quiesce::checker
