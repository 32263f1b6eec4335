#include "sim/timed/clocks.hpp"

#include <algorithm>
#include <bit>

namespace quiesce::sim::timed {
namespace {

constexpr std::int64_t kSecond_ns = 1'000'000'000;

std::int64_t even(base::RandomNumbers& random, std::int64_t below_ns) {
  return static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(below_ns)));
}

}  // namespace

Clocks::Clocks(const System& system, const Durations& durations)
    : system_(system),
      durations_(durations),
      deadlines_(system.layout.zone.timers() + 1),
      tick_ns_(kSecond_ns / durations.hz),
      detector_{system.machine.watchdog_thresh_s},
      khungtaskd_ns_(std::max<std::int64_t>(system.machine.hung_task_timeout_s, 1) * kSecond_ns),
      tick_phases_(system.layout.cpus.size()),
      sample_phases_(system.layout.cpus.size()),
      idle_until_ns_(system.layout.cpus.size()) {
  for (std::size_t cpu = 0; cpu < system.layout.cpus.size(); ++cpu) {
    Deadline& lockup = deadlines_[system.layout.cpus[cpu].lockup];
    if (system.layout.cpus[cpu].lockup != kNoTimer) lockup = {Kind::kLockup, cpu};
  }
  for (const ContextLayout& context : system.layout.contexts) {
    if (context.hung_task != kNoTimer) deadlines_[context.hung_task].kind = Kind::kHungTask;
    if (context.rcu_stall != kNoTimer) deadlines_[context.rcu_stall].kind = Kind::kRcuStall;
  }
}

void Clocks::begin(const std::byte* state, base::RandomNumbers& random) {
  for (std::size_t cpu = 0; cpu < tick_phases_.size(); ++cpu) {
    tick_phases_[cpu] = even(random, tick_ns_);
    sample_phases_[cpu] = durations_.watchdogs[cpu]
                              ? durations_.watchdogs[cpu]->draw(random) % detector_.period_ns()
                              : even(random, detector_.period_ns());
    idle_until_ns_[cpu] = 0;
  }
  khungtaskd_phase_ = even(random, khungtaskd_ns_);
  uptime_ns_ = durations_.uptime.draw(random);
  active_ = standing_ = 0;
  late_ = 0;
  latest_ns_ = 0;
  for (Deadline& deadline : deadlines_) deadline.due_ns = deadline.last_ns = kNever_ns;
  const Zone& zone = system_.layout.zone;
  for (std::size_t i = 1; i <= zone.timers(); ++i) {
    const auto timer = static_cast<TimerId>(i);
    if (!zone.is_active(state, timer)) continue;
    static_cast<void>(
        arm(timer, zone.remaining_min_us(state, timer), zone.remaining_max_us(state, timer), 0, random));
  }
  follow(state, 0);
}

std::int64_t Clocks::next_on_grid(std::int64_t phase_ns, std::int64_t period_ns, std::int64_t after_ns) {
  if (after_ns < phase_ns) return phase_ns;
  return after_ns + period_ns - (after_ns - phase_ns) % period_ns;
}

/// The CPU got stuck now. The sample before this was the last heartbeat, from which the detector counts;
/// after tick-less idle it counts from the sample behind that one.
// Linux v6.18 kernel/watchdog.c watchdog_timer_fn(), touch_softlockup_watchdog_sched().
// Abstraction: a detector that stands still goes on with what was left, and not with its samples.
std::int64_t Clocks::lockup_due_ns(std::size_t cpu, std::int64_t now_ns) const {
  const std::int64_t period_ns = detector_.period_ns();
  const std::int64_t next = next_on_grid(sample_phases_[cpu], period_ns, now_ns);
  const std::int64_t heartbeat = next - period_ns;
  const bool idle_since = system_.machine.idle_before && idle_until_ns_[cpu] >= heartbeat;
  const std::int64_t stamp = idle_since ? next : heartbeat;
  std::int64_t sample = stamp + detector_.samples_min() * period_ns;
  // A sample from before the kernel's own start has a time below 0, which is shifted like any other.
  while (!detector_.reports(uptime_ns_ + stamp, uptime_ns_ + sample)) sample += period_ns;
  return sample;
}

bool Clocks::arm(TimerId timer, std::int64_t lo_us, std::int64_t hi_us, std::int64_t now_ns,
                 base::RandomNumbers& random, const Distribution* own) {
  Deadline& deadline = deadlines_[timer];
  stop(deadline, now_ns);
  const std::int64_t least = now_ns + lo_us * kMicrosecond_ns;
  const std::int64_t most = now_ns + hi_us * kMicrosecond_ns;
  std::int64_t due = least;
  switch (deadline.kind) {
    case Kind::kDeadline:
      due = own != nullptr ? now_ns + own->draw(random) : least + even(random, most - least + 1);
      break;
    case Kind::kLockup:
      due = lockup_due_ns(deadline.cpu, now_ns);
      break;
    case Kind::kHungTask:
      // Linux v6.18 kernel/hung_task.c check_hung_task(): one look notes the task, the next one reports it.
      due = next_on_grid(khungtaskd_phase_, khungtaskd_ns_, now_ns) + khungtaskd_ns_;
      break;
    case Kind::kRcuStall:
      // Linux v6.18 kernel/rcu/tree_stall.h check_cpu_stall(): a tick sees it.
      due = next_tick_ns(0, least);
      break;
  }
  deadline.due_ns = std::clamp(due, least, most);
  deadline.last_ns = most;
  active_ |= 1U << (timer - 1U);
  standing_ &= ~(1U << (timer - 1U));
  return own == nullptr || due == deadline.due_ns;
}

void Clocks::stop(Deadline& deadline, std::int64_t now_ns) {
  if (deadline.last_ns < now_ns) {
    ++late_;
    latest_ns_ = std::max(latest_ns_, now_ns - deadline.last_ns);
  }
  deadline.due_ns = deadline.last_ns = kNever_ns;
}

void Clocks::follow(const std::byte* state, std::int64_t now_ns) {
  const std::uint32_t active = system_.layout.zone.active_set(state);
  const std::uint32_t standing = system_.layout.zone.standing_set(state);
  if (active == active_ && standing == standing_) return;
  for (std::uint32_t changed = (active ^ active_) | (standing ^ standing_); changed != 0;
       changed &= changed - 1) {
    const auto bit = static_cast<unsigned>(std::countr_zero(changed));
    Deadline& deadline = deadlines_[bit + 1];
    const bool stood = ((standing_ >> bit) & 1U) != 0;
    if (((active >> bit) & 1U) == 0) {
      stop(deadline, now_ns);
    } else if (((standing >> bit) & 1U) != 0) {
      deadline.left_ns = std::max<std::int64_t>(deadline.due_ns - now_ns, 0);
      deadline.most_left_ns = std::max<std::int64_t>(deadline.last_ns - now_ns, 0);
      stop(deadline, now_ns);
    } else if (stood) {
      deadline.due_ns = now_ns + deadline.left_ns;
      deadline.last_ns = now_ns + deadline.most_left_ns;
    }
  }
  active_ = active;
  standing_ = standing;
}

}  // namespace quiesce::sim::timed
