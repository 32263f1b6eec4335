// A search that keeps one state of those that differ only in names meets a finding under one name of several.
// Here are the others, each with a run of its own.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "checker/exploration.hpp"
#include "checker/paths.hpp"
#include "checker/system_model.hpp"

namespace quiesce::checker {

class RenamedRuns {
 public:
  explicit RenamedRuns(const SystemModel& model) : model_(model) {}

  /// Every finding of the property that some renaming of the run's last transition shows, or of the state
  /// at its end if `in_state`, with the renamed run.
  [[nodiscard]] std::map<Finding, Run> of(const Run& run, std::uint16_t property, bool in_state) const;

  /// The same findings for an occurrence, without runs.
  [[nodiscard]] std::vector<Finding> of(const std::byte* state, std::optional<Transition> last,
                                        std::uint16_t property) const;

 private:
  using State = std::vector<std::byte>;

  [[nodiscard]] State renamed(std::size_t permutation, const State& state) const;
  [[nodiscard]] std::size_t permutations() const { return model_.symmetry()->permutations().size() + 1; }
  [[nodiscard]] std::vector<State> states_of(const Run& run) const;
  [[nodiscard]] Run through(const std::vector<State>& states) const;
  [[nodiscard]] std::vector<Finding> seen_in(const State& state, std::uint16_t property) const;
  [[nodiscard]] std::map<Finding, Transition> raised_between(const State& state, const State& next,
                                                             std::uint16_t property) const;

  const SystemModel& model_;
};

}  // namespace quiesce::checker
