// Fires the steps of one schedule and writes down what a person wants to know about them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "checker/machine_cells.hpp"
#include "checker/run_report.hpp"
#include "checker/schedule.hpp"
#include "checker/virtual_time.hpp"
#include "sim/describe.hpp"
#include "sim/enabling.hpp"
#include "sim/machine.hpp"

namespace quiesce::checker {

/// Notes the log and the clocks of the step that is being fired.
class RunRecorder : public sim::MachineObserver {
 public:
  explicit RunRecorder(std::size_t timers)
      : armed_(timers + 1), charged_(timers + 1), fresh_(timers + 1), expired_(timers + 1) {}

  struct Entry {
    std::size_t step = 0;
    std::string text;
    // Of the headline of a soft lockup, whose text needs the times of the steps:
    std::optional<std::size_t> lockup_of{};  ///< the CPU
    sim::ContextId task = sim::kNoContext;
    std::size_t stuck = 0;   ///< the step after which the CPU no longer let the stopper run
    std::size_t sample = 0;  ///< the step at which the watchdog's timer passed
    const sim::StepInfo* limited_at = nullptr;  ///< of a line that a rate limit may leave out
  };

  void on_log(const std::string& line) override { logs.push_back({step, line}); }
  void on_ratelimited_log(const sim::StepInfo& site, const std::string& line) override {
    on_log(line);
    logs.back().limited_at = &site;
  }
  void on_arm(sim::TimerId timer, std::int32_t lo_us, std::int32_t hi_us) override {
    armed_[timer] = {step, 0, lo_us, hi_us};
  }
  void on_expire(sim::TimerId timer) override {
    TimeConstraint constraint = armed_[timer];
    constraint.later = step;
    constraints.push_back(constraint);
    charged.insert(charged.end(), charged_[timer].begin(), charged_[timer].end());
    expired_[timer] = step;
  }
  void log_lockup(std::size_t cpu, sim::ContextId task, sim::TimerId timer) {
    logs.push_back({step, "", cpu, task, fresh_[timer], expired_[timer]});
  }

  /// A watchdog counts charged time only: what it had counted when it stood still must have passed too.
  /// `left_us` is the least that it has left to count.
  void watchdog_changed(sim::TimerId timer, bool stood_still, bool goes_on, std::int32_t left_us) {
    constexpr std::int64_t kAnyTime_us = std::int64_t{1} << 40;
    TimeConstraint& armed = armed_[timer];
    if (stood_still) {
      charged_[timer].push_back({armed.earlier, step, armed.lo - left_us, kAnyTime_us});
    } else if (goes_on) {
      armed = {step, 0, left_us, kAnyTime_us};
    } else if (armed.earlier == step) {
      fresh_[timer] = step;
      charged_[timer].clear();
    }
  }

  std::size_t step = 0;
  std::vector<Entry> logs;
  std::vector<TimeConstraint> constraints;
  std::vector<TimeConstraint> charged;  ///< what watchdogs that passed had counted before they stood still

 private:
  std::vector<TimeConstraint> armed_;
  std::vector<std::vector<TimeConstraint>> charged_;  ///< of each watchdog: what it counted so far
  std::vector<std::size_t> fresh_;                    ///< the step at which it last began
  std::vector<std::size_t> expired_;                  ///< the step at which it last passed
};

class Replay {
 public:
  /// With a `view` of the machine, steps tell which of its values they changed and what made them possible.
  /// Without times of a clock (of the beginning, and of each step) steps have the earliest ones.
  Replay(const sim::System& system, const Schedule& schedule, const MachineCells* view,
         const std::vector<std::uint64_t>& times_us = {});

  std::vector<ReportStep> steps;
  std::vector<std::string> initial;    ///< texts of the view's values before the first step
  std::vector<std::uint32_t> assumed;  ///< see sim::Machine::tell_assumptions()
  std::vector<LogLine> log;

  [[nodiscard]] const std::byte* state() const { return state_.data(); }
  /// Where the CPU was whose soft lockup the last step reports: the interrupt comes as soon as it may.
  [[nodiscard]] const std::string& lockup_at() const { return lockup_at_; }

 private:
  void fire(sim::Move move);
  void note_view(const sim::Firing& firing, ReportStep& step);
  void note_watchdogs();
  [[nodiscard]] std::optional<std::size_t> reports_lockup(sim::Move move) const;
  void log_lockup(std::size_t cpu);
  void log_watchdogs(sim::Move move);
  void note_unmasking(sim::Move move, const sim::MoveText& text);
  [[nodiscard]] std::vector<std::uint64_t> find_times() const;
  void stamp(const std::vector<std::uint64_t>& times_us);
  [[nodiscard]] std::int64_t lockup_units(const RunRecorder::Entry& entry,
                                          const std::vector<std::uint64_t>& times) const;

  const sim::System& system_;
  const MachineCells* view_;
  std::optional<sim::Enablers> enablers_;
  std::vector<std::string> texts_;
  RunRecorder recorder_;
  std::vector<std::byte> state_;
  std::vector<std::byte> before_;
  std::vector<sim::TimerId> watchdogs_;
  std::vector<sim::MoveText> unmasked_;  ///< of each CPU: its last step, if that let interrupts in
  std::string lockup_at_;
  bool has_clock_ = false;
};

}  // namespace quiesce::checker
