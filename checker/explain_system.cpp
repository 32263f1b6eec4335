// Turns a schedule into what a person reads: steps, console log with virtual time, who waits for whom.
#include <algorithm>
#include <cstdint>

#include "checker/check_system.hpp"
#include "checker/system_model.hpp"
#include "sim/describe.hpp"

namespace quiesce::checker {
namespace {

/// t[later] - t[earlier] lies in lo..hi microseconds.
struct TimeConstraint {
  std::size_t earlier;
  std::size_t later;
  std::int64_t lo;
  std::int64_t hi;
};

/// Notes the log and the clocks of the step that is being fired.
class Recorder : public sim::MachineObserver {
 public:
  explicit Recorder(std::size_t timers) : armed_(timers + 1) {}

  void on_log(const std::string& line) override { logs.emplace_back(step, line); }
  void on_arm(sim::TimerId timer, std::int32_t lo_us, std::int32_t hi_us) override {
    armed_[timer] = {step, 0, lo_us, hi_us};
  }
  void on_expire(sim::TimerId timer) override {
    TimeConstraint constraint = armed_[timer];
    constraint.later = step;
    constraints.push_back(constraint);
  }

  std::size_t step = 0;
  std::vector<std::pair<std::size_t, std::string>> logs;
  std::vector<TimeConstraint> constraints;

 private:
  std::vector<TimeConstraint> armed_;
};

/// The earliest times that satisfy all constraints and the order of the steps.
std::vector<std::uint64_t> earliest_times(std::size_t steps, const std::vector<TimeConstraint>& constraints) {
  std::vector<std::int64_t> time(steps + 1, 0);
  bool changed = true;
  for (std::size_t round = 0; changed && round <= steps; ++round) {
    changed = false;
    for (std::size_t i = 1; i <= steps; ++i) {
      if (time[i] < time[i - 1]) {
        time[i] = time[i - 1];
        changed = true;
      }
    }
    for (const TimeConstraint& c : constraints) {
      if (time[c.later] < time[c.earlier] + c.lo) {
        time[c.later] = time[c.earlier] + c.lo;
        changed = true;
      }
      if (time[c.earlier] < time[c.later] - c.hi) {
        time[c.earlier] = time[c.later] - c.hi;
        changed = true;
      }
    }
  }
  return {time.begin(), time.end()};
}

std::string short_id(const std::string& kind, const sim::Cause& cause) {
  std::uint32_t h = 2166136261U;
  for (const char c : kind + "|" + cause.where + "|" + cause.detail)
    h = (h ^ static_cast<unsigned char>(c)) * 16777619U;
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = kind + "-";
  for (int i = 5; i >= 0; --i) text += kDigits[(h >> (4 * i)) & 0xfU];
  return text;
}

std::vector<std::string> cpu_lanes_of_cause(const std::vector<ReportStep>& steps) {
  std::vector<std::string> lanes;
  for (auto it = steps.rbegin(); it != steps.rend() && lanes.size() < 2; ++it) {
    if (it->lane.starts_with("cpu") && std::find(lanes.begin(), lanes.end(), it->lane) == lanes.end())
      lanes.push_back(it->lane);
  }
  std::sort(lanes.begin(), lanes.end());
  return lanes;
}

}  // namespace

ReportFinding explain(const sim::System& system, const FoundRun& run) {
  const sim::Property& property = system.properties[run.finding.property];
  const sim::Cause& cause = system.causes[run.finding.cause];
  ReportFinding report;
  report.kind = property.kind;
  report.id = short_id(property.name, cause);
  report.schedule = encode(run.schedule);
  report.cycle_start = run.schedule.cycle_start;
  report.summary = property.name;
  if (!cause.where.empty()) report.summary += " in " + cause.where;
  if (!cause.detail.empty()) report.summary += ": " + cause.detail;
  std::vector<std::byte> state;
  std::uint32_t number = 0;
  sim::for_each_initial(system, [&](const std::byte* initial) {
    if (number++ == run.schedule.initial) state.assign(initial, initial + system.layout.bytes);
  });
  Recorder recorder(system.layout.zone.timers());
  std::string last_lane;
  for (const Transition t : run.schedule.steps) {
    ReportStep step;
    step.number = ++recorder.step;
    sim::MoveText text = sim::describe(system, state.data(), {t.actor, t.choice});
    const std::vector<std::byte> before = state;
    std::vector<base::Write> undo;
    base::StateAccess access(state.data(), undo);
    sim::Machine(system, access, nullptr, &recorder).fire({t.actor, t.choice});
    step.lane = text.lane;
    step.actor = text.actor;
    step.location = text.location;
    step.source = text.source;
    step.text = text.text;
    step.call_chain = text.call_chain;
    step.changes = sim::changes(system, before.data(), state.data());
    step.context_switch = !last_lane.empty() && last_lane != step.lane;
    last_lane = step.lane;
    report.steps.push_back(std::move(step));
  }
  const std::vector<std::uint64_t> times = earliest_times(recorder.step, recorder.constraints);
  for (ReportStep& step : report.steps) step.time_us = times[step.number];
  for (const auto& [step, line] : recorder.logs) report.log.push_back({times[step], line});
  report.waits = sim::waits(system, state.data());
  report.lanes_of_cause = cpu_lanes_of_cause(report.steps);
  return report;
}

}  // namespace quiesce::checker
