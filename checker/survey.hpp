// A second look at what a search has stored: every state is loaded once more, and what the search fired
// from it is fired once more. The search itself counts nothing, so it is as fast as it can be.
#pragma once

#include <atomic>
#include <functional>
#include <vector>

#include "checker/exploration.hpp"
#include "checker/worker_crew.hpp"

namespace quiesce::checker {

/// `models` and `looks` have one entry for each thread. A look is told of each state (`state(state, enabled,
/// running)`) and of each transition (`fired(transition)`), and may hear more from its model.
template <TransitionSystem Model, class Look>
class Survey {
 public:
  Survey(const Exploration& exploration, std::vector<Model>& models, std::vector<Look>& looks)
      : exploration_(exploration), models_(models), looks_(looks) {}

  /// Asks `stop` now and then. Returns whether all states were looked at; if not, they are a sample from the
  /// whole store.
  bool run(const std::function<bool()>& stop) {
    std::atomic<std::uint64_t> next{0};
    std::atomic<bool> stopped{false};
    WorkerCrew crew(static_cast<unsigned>(models_.size()));
    crew.run([&](unsigned worker) {
      std::vector<std::byte> state(models_[worker].state_bytes());
      Effects effects;
      std::vector<Transition> enabled;
      for (std::uint64_t i = next.fetch_add(kAtOnce); i < turns(); i = next.fetch_add(kAtOnce)) {
        if (stopped.load(std::memory_order_relaxed)) return;
        if (stop()) stopped = true;
        for (std::uint64_t turn = i; turn < std::min(i + kAtOnce, turns()); ++turn) {
          const StateId id = in_turn(turn);
          if (id >= exploration_.states() || left_of(id) == Left::kEverything) continue;
          exploration_.store->load(id, state.data());
          look_at(models_[worker], state.data(), left_of(id), looks_[worker], enabled, effects);
        }
      }
    });
    return !stopped;
  }

 private:
  static constexpr std::uint64_t kAtOnce = 256;
  static constexpr std::uint64_t kStride = 64;

  /// Which transitions of a state have not been fired.
  enum class Left : std::uint8_t { kNothing, kSwitches, kEverything };

  [[nodiscard]] Left left_of(StateId id) const {
    Left most = Left::kNothing;
    for (const Unsearched& range : exploration_.unsearched) {
      if (id < range.begin || id >= range.end) continue;
      if (range.left == Fired::kAll) return Left::kEverything;
      most = Left::kSwitches;
    }
    return most;
  }

  /// Every 64th state first, then those after them, and so on: neighbours are alike.
  [[nodiscard]] std::uint64_t turns() const { return rows() * kStride; }
  [[nodiscard]] std::uint64_t rows() const { return (exploration_.states() + kStride - 1) / kStride; }
  [[nodiscard]] StateId in_turn(std::uint64_t turn) const {
    return static_cast<StateId>(turn % rows() * kStride + turn / rows());
  }

  void look_at(const Model& model, std::byte* state, Left left, Look& look, std::vector<Transition>& enabled,
               Effects& effects) {
    enabled.clear();
    const bool running = model.classify(state) == StateClass::kRunning;
    if (running) model.for_each_enabled(state, [&](Transition t) { enabled.push_back(t); });
    look.state(state, enabled, running);
    bool may_stay = false;
    if constexpr (CountsSwitches<Model>) may_stay = model.may_stay(state, enabled);
    for (const Transition transition : enabled) {
      if constexpr (CountsSwitches<Model>) {
        if (left == Left::kSwitches && model.is_switch(state, transition, may_stay)) continue;
      }
      effects.clear();
      model.fire(state, transition, effects);
      look.fired(transition);
      base::undo_writes(state, effects.undo);
    }
  }

  const Exploration& exploration_;
  std::vector<Model>& models_;
  std::vector<Look>& looks_;
};

}  // namespace quiesce::checker
