// Turns a schedule into what a person reads: steps, console log with virtual time, who waits for whom.
#include <algorithm>
#include <cstdint>
#include <optional>

#include "checker/check_system.hpp"
#include "checker/system_model.hpp"
#include "checker/used_assumptions.hpp"
#include "sim/console.hpp"
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
  explicit Recorder(std::size_t timers)
      : armed_(timers + 1), charged_(timers + 1), fresh_(timers + 1), expired_(timers + 1) {}

  struct Entry {
    std::size_t step = 0;
    std::string text;
    // Of the headline of a soft lockup, whose text needs the times of the steps:
    std::optional<std::size_t> lockup_of{};  ///< the CPU
    sim::ContextId task = sim::kNoContext;
    std::size_t stuck = 0;   ///< the step after which the CPU no longer let the stopper run
    std::size_t sample = 0;  ///< the step at which the watchdog's timer passed
  };

  void on_log(const std::string& line) override { logs.push_back({step, line}); }
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
  /// `left_us` is what it has left to count, plus 1, or 0 if it begins anew.
  void watchdog_changed(sim::TimerId timer, bool stood_still, std::int32_t left_us) {
    const bool begins = armed_[timer].earlier == step && left_us == 0;
    if (begins) fresh_[timer] = step;
    if (begins || (stood_still && left_us <= 0)) charged_[timer].clear();
    if (!stood_still || left_us <= 0) return;
    constexpr std::int64_t kAnyTime_us = std::int64_t{1} << 40;
    charged_[timer].push_back({armed_[timer].earlier, step, armed_[timer].lo - (left_us - 1), kAnyTime_us});
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

/// The earliest times that satisfy all constraints and the order of the steps, if there are any.
std::optional<std::vector<std::uint64_t>> earliest_times(std::size_t steps,
                                                         const std::vector<TimeConstraint>& constraints) {
  std::vector<std::int64_t> time(steps + 1, 0);
  bool changed = true;
  const auto at_least = [&](std::size_t step, std::int64_t least) {
    if (time[step] >= least) return;
    time[step] = least;
    changed = true;
  };
  for (std::size_t round = 0; changed && round <= steps; ++round) {
    changed = false;
    for (std::size_t i = 1; i <= steps; ++i) at_least(i, time[i - 1]);
    for (const TimeConstraint& c : constraints) {
      at_least(c.later, time[c.earlier] + c.lo);
      at_least(c.earlier, time[c.later] - c.hi);
    }
  }
  if (changed) return std::nullopt;
  return std::vector<std::uint64_t>(time.begin(), time.end());
}

std::string short_id(const std::string& kind, const sim::Cause& cause) {
  std::uint32_t h = 2166136261U;
  for (const char c : kind + "|" + cause.key + "|" + cause.detail)
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

/// Where the step was that made the circle complete.
std::string last_location(const std::vector<ReportStep>& steps) {
  for (auto it = steps.rbegin(); it != steps.rend(); ++it) {
    if (!it->location.empty()) return it->location;
  }
  return "";
}

/// Every clock that counts charged time, and where it keeps what is left while it stands still.
std::vector<std::pair<sim::TimerId, base::Slot>> watchdogs(const sim::Layout& layout) {
  std::vector<std::pair<sim::TimerId, base::Slot>> all;
  for (const sim::CpuLayout& cpu : layout.cpus) all.emplace_back(cpu.lockup, cpu.lockup_left);
  for (const sim::ContextLayout& context : layout.contexts) {
    all.emplace_back(context.hung_task, context.hung_left);
    all.emplace_back(context.rcu_stall, context.stall_left);
  }
  for (const sim::BoundLayout& bound : layout.bounds) all.emplace_back(bound.timer, bound.left);
  std::erase_if(all, [](const auto& clock) { return clock.first == sim::kNoTimer; });
  return all;
}

/// Fires the steps of one schedule and writes down what a person wants to know about them.
class Replay {
 public:
  Replay(const sim::System& system, const Schedule& schedule)
      : system_(system),
        recorder_(system.layout.zone.timers()),
        watchdogs_(watchdogs(system.layout)),
        unmasked_(system.layout.cpus.size()) {
    assumed.resize(system.layout.legacy.size());
    std::uint32_t number = 0;
    sim::for_each_initial(system, [&](const std::byte* initial) {
      if (number++ == schedule.initial) state_.assign(initial, initial + system.layout.bytes);
    });
    for (const Transition t : schedule.steps) fire({t.actor, t.choice});
    stamp();
  }

  std::vector<ReportStep> steps;
  std::vector<std::uint32_t> assumed;  ///< see sim::Machine::tell_assumptions()
  std::vector<LogLine> log;

  [[nodiscard]] std::vector<std::string> waits() const { return sim::waits(system_, state_.data()); }
  /// Where the CPU was whose soft lockup the last step reports: the interrupt comes as soon as it may.
  [[nodiscard]] const std::string& lockup_at() const { return lockup_at_; }

 private:
  void fire(sim::Move move) {
    ReportStep step;
    step.number = ++recorder_.step;
    sim::MoveText text = sim::describe(system_, state_.data(), move);
    before_ = state_;
    lockup_at_.clear();
    if (const auto cpu = reports_lockup(move)) log_lockup(*cpu);
    std::vector<base::Write> undo;
    base::StateAccess access(state_.data(), undo);
    sim::Machine machine(system_, access, nullptr, &recorder_);
    machine.tell_assumptions(assumed);
    machine.fire(move);
    note_watchdogs();
    log_watchdogs(move);
    note_unmasking(move, text);
    step.lane = std::move(text.lane);
    step.actor = std::move(text.actor);
    step.location = std::move(text.location);
    step.source = std::move(text.source);
    step.text = std::move(text.text);
    step.call_chain = std::move(text.call_chain);
    step.changes = sim::changes(system_, before_.data(), state_.data());
    step.context_switch = !steps.empty() && steps.back().lane != step.lane;
    steps.push_back(std::move(step));
  }

  void note_watchdogs() {
    const sim::Zone& zone = system_.layout.zone;
    for (const auto& [timer, left] : watchdogs_) {
      const bool stood_still = zone.is_active(before_.data(), timer) && !zone.is_active(state_.data(), timer);
      recorder_.watchdog_changed(timer, stood_still, base::read_slot(state_.data(), left));
    }
  }

  [[nodiscard]] std::optional<std::size_t> reports_lockup(sim::Move move) const {
    if (move.actor < system_.cpu_actor(0) || move.actor >= system_.tick_actor(0)) return std::nullopt;
    if (move.choice != sim::choice::kReportLockup) return std::nullopt;
    return static_cast<std::size_t>(move.actor - system_.cpu_actor(0));
  }

  /// The watchdog's interrupt was masked; it is taken in the routine that lets interrupts in again, although
  /// the next step of the CPU is one of the caller already.
  void log_lockup(std::size_t cpu) {
    sim::TopOfCpu top = sim::top_of_cpu(system_, state_.data(), cpu);
    if (!unmasked_[cpu].location.empty()) {
      top.location = unmasked_[cpu].location;
      top.callers = unmasked_[cpu].call_chain;
    }
    recorder_.log_lockup(cpu, top.task, system_.layout.cpus[cpu].lockup);
    lockup_at_ = top.location;
    for (const std::string& line : sim::call_trace(system_, top.context, top.location, top.callers))
      recorder_.on_log(line);
  }

  void log_watchdogs(sim::Move move) {
    if (move.actor != system_.time_actor()) return;
    for (sim::ContextId task = 0; task < system_.layout.tasks; ++task) {
      if (system_.layout.contexts[task].rcu_stall == move.choice)
        recorder_.on_log(sim::rcu_stall_line(system_));
      if (system_.layout.contexts[task].hung_task != move.choice) continue;
      const sim::StepInfo& info = sim::step_info(system_, state_.data(), task);
      for (const std::string& line : sim::hung_task_report(system_, task, info)) recorder_.on_log(line);
    }
  }

  void note_unmasking(sim::Move move, const sim::MoveText& text) {
    if (move.actor >= system_.cpu_actor(0)) return;
    for (std::size_t cpu = 0; cpu < unmasked_.size(); ++cpu) {
      if (text.lane != "cpu" + std::to_string(cpu)) continue;
      const base::Slot depth = system_.layout.cpus[cpu].irq_depth;
      const bool unmasks =
          base::read_slot(before_.data(), depth) > 0 && base::read_slot(state_.data(), depth) == 0;
      unmasked_[cpu] = unmasks ? text : sim::MoveText{};
    }
  }

  /// A watchdog that stands still forgets how it relates to other clocks, so what it counted may contradict
  /// them. Then the clocks that did not stand still decide.
  [[nodiscard]] std::vector<std::uint64_t> find_times() const {
    std::vector<TimeConstraint> all = recorder_.constraints;
    all.insert(all.end(), recorder_.charged.begin(), recorder_.charged.end());
    if (const auto times = earliest_times(recorder_.step, all)) return *times;
    if (const auto times = earliest_times(recorder_.step, recorder_.constraints)) return *times;
    return std::vector<std::uint64_t>(recorder_.step + 1);
  }

  void stamp() {
    const std::vector<std::uint64_t> times = find_times();
    for (ReportStep& step : steps) step.time_us = times[step.number];
    for (const Recorder::Entry& entry : recorder_.logs) {
      std::string text = entry.text;
      if (entry.lockup_of)
        text = sim::soft_lockup_line(system_, *entry.lockup_of, entry.task, lockup_units(entry, times));
      log.push_back({times[entry.step], std::move(text)});
    }
  }

  /// The watchdog samples with a fixed period, and each sample of a healthy CPU makes the stopper stamp a
  /// heartbeat. The sample that reports is the first one more than the limit after the last heartbeat. After
  /// tick-less idle the limit counts from one sample later, but the number still from the heartbeat.
  // Linux v6.18 kernel/watchdog.c watchdog_timer_fn(), is_softlockup()
  [[nodiscard]] std::int64_t lockup_units(const Recorder::Entry& entry,
                                          const std::vector<std::uint64_t>& times) const {
    constexpr std::int64_t kUnit_ns = std::int64_t{1} << 30;
    const std::int64_t thresh_s = system_.machine.watchdog_thresh_s;
    const std::int64_t period_us = thresh_s * 2 * 1'000'000 / 5;
    const std::int64_t samples = 2 * thresh_s * kUnit_ns / 1000 / period_us;
    const auto stuck = static_cast<std::int64_t>(times[entry.stuck]);
    const auto sample = static_cast<std::int64_t>(times[entry.sample]);
    const auto now = static_cast<std::int64_t>(times[entry.step]);
    const bool was_idle = sample - stuck > (samples + 1) * period_us;
    const std::int64_t heartbeat = sample - (samples + (was_idle ? 2 : 1)) * period_us;
    return (now - heartbeat) * 1000 / kUnit_ns;
  }

  const sim::System& system_;
  Recorder recorder_;
  std::vector<std::byte> state_;
  std::vector<std::byte> before_;
  std::vector<std::pair<sim::TimerId, base::Slot>> watchdogs_;
  std::vector<sim::MoveText> unmasked_;  ///< of each CPU: its last step, if that let interrupts in
  std::string lockup_at_;
};

}  // namespace

ReportFinding explain(const sim::System& system, const FoundRun& run) {
  const sim::Property& property = system.properties[run.finding.property];
  const sim::Cause& cause = system.causes[run.finding.cause];
  Replay replay(system, run.schedule);
  ReportFinding report;
  report.kind = property.kind;
  report.id = short_id(property.name, cause);
  report.schedule = encode(run.schedule);
  report.cycle_start = run.schedule.cycle_start;
  report.summary = property.name;
  const bool lockup = property.name == "soft_lockup" && !replay.lockup_at().empty();
  std::string where = lockup ? replay.lockup_at() : cause.where;
  const bool stuck = property.name == "deadlock" || property.name == "livelock";
  if (where.empty() && stuck) where = last_location(replay.steps);
  if (!where.empty()) report.summary += " in " + where;
  if (!cause.detail.empty()) report.summary += ": " + cause.detail;
  report.waits = replay.waits();
  report.steps = std::move(replay.steps);
  report.log = std::move(replay.log);
  const bool about_forever = property.name == "livelock" || property.what == sim::PropertyKind::kEventually;
  if (about_forever && !report.cycle_start && stays_at_its_end(system, run.schedule))
    report.cycle_start = report.steps.size();
  report.lanes_of_cause = cpu_lanes_of_cause(report.steps);
  report.assumptions = assumption_names(system, replay.assumed);
  return report;
}

}  // namespace quiesce::checker
