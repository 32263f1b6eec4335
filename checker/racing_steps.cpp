#include "checker/racing_steps.hpp"

#include <algorithm>
#include <map>

#include "sim/slot_names.hpp"

namespace quiesce::checker {
namespace {

bool is_step_of_context(const sim::System& system, Transition t) {
  return t.actor < system.cpu_actor(0) && t.choice < sim::choice::kRunOnIdle;
}

bool is_drain(const sim::System& system, Transition t) {
  return t.actor >= system.cpu_actor(0) && t.actor < system.tick_actor(0) && t.choice >= sim::choice::kDrain;
}

bool is_in_program(const sim::System& system, Transition t) {
  const bool hardware = t.actor >= system.smmu_actor(0) && t.actor < system.time_actor();
  return is_step_of_context(system, t) || is_drain(system, t) || hardware || t.actor > system.time_actor();
}

/// The step that made the buffered store: its place in the buffer depends on the others there.
std::uint64_t name_of_drain(const sim::System& system, const std::byte* state, Transition t) {
  const auto cpu = static_cast<std::size_t>(t.actor - system.cpu_actor(0));
  const auto entry = static_cast<std::size_t>(t.choice - sim::choice::kDrain);
  const std::int32_t pc = base::read_slot(state, system.layout.cpus[cpu].stores.entries[entry].pc);
  return (std::uint64_t{t.actor} << 48U) | (static_cast<std::uint64_t>(1 + pc) << 16U) | sim::choice::kDrain;
}

/// What the transition does itself, on a copy of the state.
base::Footprint footprint_of(const sim::System& system, std::vector<std::byte> state, Transition t) {
  std::vector<base::Write> undo;
  base::Footprint footprint;
  base::StateAccess access(state.data(), undo, &footprint);
  sim::Machine(system, access).fire_alone({t.actor, t.choice});
  const std::vector<base::Slot> clocks = system.layout.zone.slots();
  const auto is_clock = [&](base::Slot slot) {
    return std::find(clocks.begin(), clocks.end(), slot) != clocks.end();
  };
  std::erase_if(footprint.reads, is_clock);
  std::erase_if(footprint.writes, [&](const base::Write& write) { return is_clock(write.slot); });
  return footprint;
}

std::set<std::uint16_t> control_of(const sim::System& system) {
  std::set<std::uint16_t> control;
  const auto add = [&](const std::vector<sim::NamedSlot>& slots) {
    for (const sim::NamedSlot& named : slots) control.insert(named.slot.offset);
  };
  for (const sim::ContextLayout& context : system.layout.contexts)
    add(sim::control_slots(system.layout, context));
  for (std::size_t cpu = 0; cpu < system.layout.cpus.size(); ++cpu)
    add(sim::control_slots(system.layout.cpus[cpu], cpu));
  return control;
}

/// Who used a slot last.
struct SlotUse {
  std::optional<std::size_t> write;
  std::map<std::uint32_t, std::size_t> reads;  ///< since then, by actor
};

class RaceFinder {
 public:
  explicit RaceFinder(const StepsOfRun& run) : steps_(run.steps), control_(run.control) {
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      const base::Footprint& footprint = steps_[i].footprint;
      for (const base::Slot slot : footprint.reads) read(i, slot.offset);
      for (const base::Write& write : footprint.writes) conflict(i, write.slot.offset);
      for (const base::Write& write : footprint.writes) uses_[write.slot.offset] = {i, {}};
    }
  }

  [[nodiscard]] std::vector<RacingSteps> found() const {
    std::vector<RacingSteps> all;
    for (const auto& [pair, shares_data] : pairs_) all.push_back({pair.first, pair.second});
    const auto matters_most = [&](const RacingSteps& pair) {
      return pairs_.at({pair.earlier, pair.later}) && steps_[pair.earlier].in_program &&
             steps_[pair.later].in_program;
    };
    std::stable_sort(all.begin(), all.end(), [&](const RacingSteps& a, const RacingSteps& b) {
      if (matters_most(a) != matters_most(b)) return matters_most(a);
      return std::pair(a.later, a.earlier) > std::pair(b.later, b.earlier);
    });
    return all;
  }

 private:
  void read(std::size_t step, std::uint16_t slot) {
    SlotUse& use = uses_[slot];
    if (use.write) note(*use.write, step, slot);
    use.reads[steps_[step].actor] = step;
  }

  void conflict(std::size_t step, std::uint16_t slot) {
    const SlotUse& use = uses_[slot];
    if (use.write) note(*use.write, step, slot);
    for (const auto& [actor, reader] : use.reads) note(reader, step, slot);
  }

  void note(std::size_t earlier, std::size_t later, std::uint16_t slot) {
    const RunStep& a = steps_[earlier];
    const RunStep& b = steps_[later];
    constexpr std::uint32_t kMax = MonitoredModel<SystemModel>::kOccurrencesMax;
    if (a.actor == b.actor || a.event.occurrence > kMax || b.event.occurrence > kMax) return;
    bool& shares_data = pairs_.try_emplace({earlier, later}, false).first->second;
    shares_data = shares_data || !control_.contains(slot);
  }

  const std::vector<RunStep>& steps_;
  const std::set<std::uint16_t>& control_;
  std::map<std::uint16_t, SlotUse> uses_;
  std::map<std::pair<std::size_t, std::size_t>, bool> pairs_;  ///< whether they share more than control
};

}  // namespace

std::uint64_t step_name(const sim::System& system, const std::byte* state, Transition t) {
  if (is_drain(system, t)) return name_of_drain(system, state, t);
  std::uint64_t place = 0;
  if (is_step_of_context(system, t)) {
    place = 1 + static_cast<std::uint64_t>(base::read_slot(state, system.layout.contexts[t.actor].pc));
  }
  return (std::uint64_t{t.actor} << 48U) | (place << 16U) | t.choice;
}

StepsOfRun steps_of(const SystemModel& model, const Schedule& schedule) {
  const sim::System& system = model.system();
  StepsOfRun run;
  run.control = control_of(system);
  std::uint32_t number = 0;
  model.for_each_initial([&](const std::byte* state) {
    if (number++ == schedule.initial) run.states.emplace_back(state, state + model.state_bytes());
  });
  std::map<std::uint64_t, std::uint32_t> made;
  Effects effects;
  for (const Transition t : schedule.steps) {
    std::vector<std::byte> state = run.states.back();
    RunStep step;
    step.event.step = step_name(system, state.data(), t);
    step.event.occurrence = ++made[step.event.step];
    const bool rule = t.actor == system.rules_actor();
    step.actor = rule ? std::uint32_t{t.actor} + 1U + t.choice : t.actor;
    step.in_program = is_in_program(system, t);
    step.footprint = footprint_of(system, state, t);
    effects.clear();
    model.fire(state.data(), t, effects);
    step.raised = effects.findings;
    run.steps.push_back(std::move(step));
    run.states.push_back(std::move(state));
  }
  return run;
}

std::vector<RacingSteps> racing_steps(const StepsOfRun& run) { return RaceFinder(run).found(); }

}  // namespace quiesce::checker
