#include "checker/replay.hpp"

#include "sim/compile.hpp"
#include "sim/console.hpp"
#include "sim/kernel/lockup_detector.hpp"
#include "sim/kernel/rate_limits.hpp"

namespace quiesce::checker {
namespace {

/// Every clock that counts charged time.
std::vector<sim::TimerId> watchdogs(const sim::Layout& layout) {
  std::vector<sim::TimerId> all;
  for (const sim::CpuLayout& cpu : layout.cpus) all.push_back(cpu.lockup);
  for (const sim::ContextLayout& context : layout.contexts) {
    all.push_back(context.hung_task);
    all.push_back(context.rcu_stall);
  }
  for (const sim::BoundLayout& bound : layout.bounds) all.push_back(bound.timer);
  std::erase(all, sim::kNoTimer);
  return all;
}

std::string source_at(const sim::Location& at) {
  return at.file == nullptr ? "" : at.file->path + ":" + std::to_string(at.line);
}

}  // namespace

Replay::Replay(const sim::System& system, const Schedule& schedule, const MachineCells* view,
               const std::vector<std::uint64_t>& times_us)
    : system_(system),
      view_(view),
      recorder_(system.layout.zone.timers()),
      watchdogs_(watchdogs(system.layout)),
      unmasked_(system.layout.cpus.size()) {
  assumed.resize(system.layout.legacy.size());
  std::uint32_t number = 0;
  sim::for_each_initial(system, [&](const std::byte* start) {
    if (number++ == schedule.initial) state_.assign(start, start + system.layout.bytes);
  });
  if (view_ != nullptr) {
    enablers_.emplace(system, state_.data());
    texts_ = view_->cells.texts(state_.data());
    initial = texts_;
  }
  for (const Transition t : schedule.steps) fire({t.actor, t.choice});
  stamp(times_us);
}

void Replay::fire(sim::Move move) {
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
  note_view({before_.data(), state_.data(), move}, step);
  step.lane = std::move(text.lane);
  step.actor = std::move(text.actor);
  step.location = std::move(text.location);
  step.source = std::move(text.source);
  step.source_at = source_at(text.at);
  step.text = std::move(text.text);
  step.call_chain = std::move(text.call_chain);
  step.changes = sim::changes(system_, before_.data(), state_.data());
  step.context_switch = !steps.empty() && steps.back().lane != step.lane;
  steps.push_back(std::move(step));
}

void Replay::note_view(const sim::Firing& firing, ReportStep& step) {
  step.unit = sim::unit_of(system_, firing);
  if (firing.move.actor < system_.cpu_actor(0)) step.context = firing.move.actor;
  if (view_ == nullptr) return;
  step.cells = view_->cells.update(firing.before, firing.after, texts_);
  if (const auto enabling = enablers_->fired(firing))
    step.enabled_by = ReportEnabling{enabling->step, std::string(enabling->kind)};
}

void Replay::note_watchdogs() {
  const sim::Zone& zone = system_.layout.zone;
  for (const sim::TimerId timer : watchdogs_) {
    const bool stood = zone.stands_still(before_.data(), timer);
    const bool stands = zone.stands_still(state_.data(), timer);
    const bool goes_on = stood && !stands && zone.is_active(state_.data(), timer);
    recorder_.watchdog_changed(timer, !stood && stands, goes_on, zone.remaining_min_us(state_.data(), timer));
  }
}

std::optional<std::size_t> Replay::reports_lockup(sim::Move move) const {
  if (move.actor < system_.cpu_actor(0) || move.actor >= system_.tick_actor(0)) return std::nullopt;
  if (move.choice != sim::choice::kReportLockup) return std::nullopt;
  return static_cast<std::size_t>(move.actor - system_.cpu_actor(0));
}

/// The watchdog's interrupt was masked; it is taken in the routine that lets interrupts in again, although
/// the next step of the CPU is one of the caller already.
void Replay::log_lockup(std::size_t cpu) {
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

void Replay::log_watchdogs(sim::Move move) {
  if (move.actor != system_.time_actor()) return;
  for (sim::ContextId task = 0; task < system_.layout.tasks; ++task) {
    if (system_.layout.contexts[task].rcu_stall == move.choice)
      recorder_.on_log(sim::rcu_stall_line(system_));
    if (system_.layout.contexts[task].hung_task != move.choice) continue;
    const sim::StepInfo& info = sim::step_info(system_, state_.data(), task);
    for (const std::string& line : sim::hung_task_report(system_, task, info)) recorder_.on_log(line);
  }
}

void Replay::note_unmasking(sim::Move move, const sim::MoveText& text) {
  if (move.actor >= system_.cpu_actor(0)) return;
  for (std::size_t cpu = 0; cpu < unmasked_.size(); ++cpu) {
    if (text.lane != "cpu" + std::to_string(cpu)) continue;
    const base::Slot depth = system_.layout.cpus[cpu].irq_depth;
    const bool unmasks =
        base::read_slot(before_.data(), depth) > 0 && base::read_slot(state_.data(), depth) == 0;
    unmasked_[cpu] = unmasks ? text : sim::MoveText{};
  }
}

/// What a watchdog counted at most before it stood still may contradict other clocks. Then the clocks that
/// did not stand still decide.
std::vector<std::uint64_t> Replay::find_times() const {
  std::vector<TimeConstraint> all = recorder_.constraints;
  all.insert(all.end(), recorder_.charged.begin(), recorder_.charged.end());
  if (const auto times = earliest_times(recorder_.step, all)) return *times;
  if (const auto times = earliest_times(recorder_.step, recorder_.constraints)) return *times;
  return std::vector<std::uint64_t>(recorder_.step + 1);
}

void Replay::stamp(const std::vector<std::uint64_t>& times_us) {
  has_clock_ = !times_us.empty();
  const std::vector<std::uint64_t> times = has_clock_ ? times_us : find_times();  // by number of the step
  for (ReportStep& step : steps) step.time_us = times[step.number];
  sim::RateLimits limits;
  for (const RunRecorder::Entry& entry : recorder_.logs) {
    std::string text = entry.text;
    if (has_clock_ && entry.limited_at != nullptr) {
      const auto left_out =
          limits.ask(*entry.limited_at, static_cast<std::int64_t>(times[entry.step]) * 1000);
      if (!left_out) continue;
      if (*left_out != 0)
        log.push_back({times[entry.step], sim::suppressed_line(*entry.limited_at, *left_out), entry.step});
    }
    if (entry.lockup_of)
      text = sim::soft_lockup_line(system_, *entry.lockup_of, entry.task, lockup_units(entry, times));
    log.push_back({times[entry.step], std::move(text), entry.step});
  }
}

/// The watchdog samples with a fixed period, and each sample of a healthy CPU makes the stopper stamp a
/// heartbeat. The sample that reports is the first one more than the limit after the last heartbeat. After
/// tick-less idle the limit counts from one sample later, but the number still from the heartbeat. Both
/// count whole units of the kernel's clock; without it, where in its unit the heartbeat was is not known.
// Linux v6.18 kernel/watchdog.c watchdog_timer_fn(), is_softlockup()
std::int64_t Replay::lockup_units(const RunRecorder::Entry& entry,
                                  const std::vector<std::uint64_t>& times) const {
  const sim::LockupDetector detector{system_.machine.watchdog_thresh_s};
  const std::int64_t period_us = detector.period_ns() / 1000;
  const std::int64_t samples = detector.samples_min() - 1;
  const auto stuck = static_cast<std::int64_t>(times[entry.stuck]);
  const auto sample = static_cast<std::int64_t>(times[entry.sample]);
  const auto now = static_cast<std::int64_t>(times[entry.step]);
  const bool was_idle = sample - stuck > (samples + 1) * period_us;
  const std::int64_t heartbeat = sample - (samples + (was_idle ? 2 : 1)) * period_us;
  const auto units = [](std::int64_t time_us) { return time_us * 1000 >> sim::LockupDetector::kUnitBits; };
  return has_clock_ ? units(now) - units(heartbeat) : units(now - heartbeat);
}

}  // namespace quiesce::checker
