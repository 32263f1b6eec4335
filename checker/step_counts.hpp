// How often the steps of a program were tried, and how its conditions came out: told by the machine while
// transitions are fired, added up over workers.
#pragma once

#include <array>
#include <map>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "checker/run_report.hpp"
#include "checker/transition_system.hpp"
#include "sim/machine.hpp"
#include "sim/system.hpp"

namespace quiesce::checker {

class StepCounts final : public sim::MachineObserver {
 public:
  explicit StepCounts(const sim::System& system);

  void on_log(const std::string&) override {}
  void on_arm(sim::TimerId, std::int32_t, std::int32_t) override {}
  void on_expire(sim::TimerId) override {}
  void on_step(sim::Pc pc) override { ++tried_[pc]; }
  void on_condition(sim::Pc pc, bool value) override { ++outcomes_[pc][value ? 1 : 0]; }

  /// A state, and what is enabled in it: the guards of rules are true or false there.
  void look(std::span<const Transition> enabled, bool running);
  void add(const StepCounts& other);

  [[nodiscard]] std::uint64_t tried(sim::Pc pc) const { return tried_[pc]; }
  /// Steps and conditions by where they stand in a routine: its expansions for several callers are one.
  [[nodiscard]] ReportCoverage coverage() const;

 private:
  using Outcomes = std::array<std::uint64_t, 2>;  ///< how often false, how often true
  struct Condition {
    ReportPlace place;
    bool was_tried = false;
    bool was_true = false;
    bool was_false = false;
  };
  /// The n-th condition of a step, by the step's routine and number.
  using Conditions = std::map<std::tuple<std::string, std::uint32_t, std::size_t>, Condition>;

  void add_branches(Conditions& conditions) const;
  void add_guards(Conditions& conditions) const;

  const sim::System& system_;
  std::vector<std::uint64_t> tried_;      ///< by program counter
  std::vector<Outcomes> outcomes_;        ///< the same
  std::vector<std::uint64_t> rule_true_;  ///< by rule: states in which its guard holds
  std::uint64_t looked_at_ = 0;
  std::uint64_t running_ = 0;  ///< those of them in which the run is not over
};

/// What a reader calls a step, and whether it counts as one that a routine has: jumps, ends of frames and
/// the branch of a `when` beside its step do not.
class StepNames {
 public:
  explicit StepNames(const sim::System& system);

  static constexpr std::uint32_t kNone = 0xffffffffU;

  /// Equal for all expansions of a step; kNone if it is none.
  [[nodiscard]] std::uint32_t of(sim::Pc pc) const { return by_pc_[pc]; }
  [[nodiscard]] const std::vector<ReportPlace>& places() const { return places_; }
  [[nodiscard]] const std::string& routine(std::uint32_t step) const { return routines_[step]; }

 private:
  std::vector<std::uint32_t> by_pc_;
  std::vector<ReportPlace> places_;
  std::vector<std::string> routines_;
};

}  // namespace quiesce::checker
