// Which states some number of switches reaches, by the plainest way there is: a map from (state, lane) to the
// fewest switches, swept over until nothing changes.
#pragma once

#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "checker/system_model.hpp"

namespace quiesce::checker {

class BoundedReference {
 public:
  explicit BoundedReference(const sim::System& system) : model_(system) {
    model_.for_each_initial([&](const std::byte* state) { relax({text(state), -1}, 0); });
    while (!open_.empty()) {
      const Place place = *open_.begin();
      open_.erase(open_.begin());
      expand(place);
    }
  }

  /// The model's states that can be reached with so many switches at most.
  [[nodiscard]] std::set<std::string> within(std::uint32_t switches) const {
    std::set<std::string> states;
    for (const auto& [place, fewest] : fewest_) {
      if (fewest <= switches) states.insert(place.first);
    }
    return states;
  }
  /// Fewest switches of a run to a finding of the property, or the largest number.
  [[nodiscard]] std::uint32_t fewest_to(std::uint16_t property) const {
    const auto found = findings_.find(property);
    return found == findings_.end() ? std::numeric_limits<std::uint32_t>::max() : found->second;
  }
  /// Pairs of a state and a lane, with the fewest switches to each.
  [[nodiscard]] std::size_t pairs() const { return fewest_.size(); }

 private:
  using Place = std::pair<std::string, int>;  ///< state, and the lane of the step before

  [[nodiscard]] std::string text(const std::byte* state) const {
    return {reinterpret_cast<const char*>(state), model_.state_bytes()};
  }

  void relax(const Place& place, std::uint32_t switches) {
    const auto [known, is_new] = fewest_.try_emplace(place, switches);
    if (!is_new && known->second <= switches) return;
    known->second = switches;
    open_.insert(place);
  }

  void note(const Effects& effects, std::uint32_t switches) {
    for (const Finding finding : effects.findings) {
      const auto [known, is_new] = findings_.try_emplace(finding.property, switches);
      known->second = std::min(known->second, switches);
    }
  }

  void expand(const Place& place) {
    const auto* state = reinterpret_cast<const std::byte*>(place.first.data());
    const std::uint32_t switches = fewest_.at(place);
    Effects effects;
    model_.check_state(state, effects);
    note(effects, switches);
    if (model_.classify(state) != StateClass::kRunning) return;
    std::vector<Transition> enabled;
    model_.for_each_enabled(state, [&](Transition t) { enabled.push_back(t); });
    bool could_stay = false;
    bool way_on = false;
    for (const Transition t : enabled) {
      const Fairness fairness = model_.fairness(state, t);
      way_on = way_on || is_way_on(fairness);
      could_stay = could_stay || (model_.lane(state, t) == place.second && is_obliged(fairness));
    }
    if (!way_on && !model_.waits_for_time(state)) {
      effects.clear();
      model_.report_stuck(state, effects);
      note(effects, switches);
    }
    for (const Transition t : enabled) {
      const int lane = model_.lane(state, t);
      std::vector<std::byte> next(state, state + model_.state_bytes());
      effects.clear();
      model_.fire(next.data(), t, effects);
      const std::uint32_t after = switches + (could_stay && lane != place.second ? 1 : 0);
      note(effects, after);
      relax({text(next.data()), lane}, after);
    }
  }

  SystemModel model_;
  std::map<Place, std::uint32_t> fewest_;
  std::map<std::uint16_t, std::uint32_t> findings_;
  std::set<Place> open_;
};

}  // namespace quiesce::checker
