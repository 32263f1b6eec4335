#include "sim/timed/engine.hpp"

#include <algorithm>

#include "sim/compile.hpp"

namespace quiesce::sim::timed {
namespace {

/// "[   12.345678] " and the end of the line.
constexpr std::size_t kStampCharacters = 16;
/// Linux v6.18 kernel/softirq.c MAX_SOFTIRQ_RESTART.
// Abstraction: rounds are not counted; one in ten is handed to ksoftirqd, so that ten are the mean.
constexpr std::uint64_t kSoftirqRounds = 10;

}  // namespace

Engine::Engine(const System& system, const Durations& durations)
    : system_(system),
      durations_(durations),
      state_(system.layout.bytes),
      access_(state_.data(), undo_),
      machine_(system, access_, &raised_, this),
      clocks_(system, durations),
      candidates_(system.layout.cpus.size()),
      executions_(system.layout.cpus.size()),
      rests_(system.layout.contexts.size()),
      busy_until_ns_(system.layout.cpus.size()),
      starts_ns_(system.layout.tasks) {
  for_each_initial(system, [&](const std::byte* state) {
    initial_states_.emplace_back(state, state + system.layout.bytes);
  });
}

void Engine::begin(std::uint64_t seed, std::uint64_t number) {
  random_ = base::RandomNumbers(seed, number);
  initial_ = static_cast<std::uint32_t>(random_.below(initial_states_.size()));
  std::copy(initial_states_[initial_].begin(), initial_states_[initial_].end(), state_.begin());
  now_ns_ = 0;
  order_ = put_off_ = 0;
  put_off_most_ns_ = 0;
  pending_.clear();
  raised_.clear();
  std::fill(executions_.begin(), executions_.end(), Pending{});
  std::fill(rests_.begin(), rests_.end(), Rest{});
  std::fill(busy_until_ns_.begin(), busy_until_ns_.end(), 0);
  for (std::size_t task = 0; task < starts_ns_.size(); ++task)
    starts_ns_[task] = durations_.starts[task].draw(random_);
  clocks_.begin(state_.data(), random_);
  look_around();
}

void Engine::on_log(const std::string& line) { printed_ += line.size() + kStampCharacters; }

void Engine::on_arm(TimerId timer, std::int32_t lo_us, std::int32_t hi_us) {
  clocks_.arm(timer, lo_us, hi_us, now_ns_, random_);
}

/// The CPU whose next doing the move would be, or kNowhere.
int Engine::executes_on(Move move) const {
  if (move.actor < system_.cpu_actor(0)) {
    if (move.choice == choice::kWake) return kNowhere;
    return move.choice >= choice::kRunOnIdle ? move.choice % 100 : machine_.running_on(move.actor);
  }
  if (move.actor >= system_.tick_actor(0)) return kNowhere;
  const bool goes_on = move.choice == choice::kStopperMoves || move.choice == choice::kNextSoftirqRound ||
                       move.choice == choice::kWakeKsoftirqd;
  return goes_on ? static_cast<int>(move.actor - system_.cpu_actor(0)) : kNowhere;
}

/// The CPU that the move would interrupt, or kNowhere.
int Engine::interrupts(Move move) const {
  const bool of_cpu = move.actor >= system_.cpu_actor(0) && move.actor < system_.tick_actor(0);
  return of_cpu && move.choice < choice::kDrain ? static_cast<int>(move.actor - system_.cpu_actor(0))
                                                : kNowhere;
}

/// Tasks take no part before their time.
bool Engine::has_begun(Move move) const {
  return move.actor >= system_.layout.tasks || starts_ns_[move.actor] <= now_ns_;
}

Pc Engine::pc_of(Move move) const {
  if (!is_step(move)) return kInactive;
  return static_cast<Pc>(machine_.get(system_.layout.contexts[move.actor].pc));
}

/// Brings what is pending in line with what is enabled.
void Engine::look_around() {
  machine_.enabled(moves_);
  for (Pending& event : pending_) event.is_enabled = false;
  for (std::vector<Move>& candidates : candidates_) candidates.clear();
  may_pass_.clear();
  next_start_ns_ = kNever_ns;
  for (const Move move : moves_) look_at(move);
  std::erase_if(pending_, [](const Pending& event) { return !event.is_enabled; });
  for (std::size_t cpu = 0; cpu < candidates_.size(); ++cpu) decide(cpu);
}

void Engine::look_at(Move move) {
  if (!has_begun(move)) {
    next_start_ns_ = std::min(next_start_ns_, starts_ns_[move.actor]);
    return;
  }
  if (const int cpu = executes_on(move); cpu != kNowhere) {
    candidates_[static_cast<std::size_t>(cpu)].push_back(move);
  } else if (move.actor == system_.time_actor()) {
    may_pass_.push_back(static_cast<TimerId>(move.choice));
  } else {
    const auto known = std::find_if(pending_.begin(), pending_.end(), [&](const Pending& event) {
      return event.move.actor == move.actor && event.move.choice == move.choice;
    });
    if (known != pending_.end()) {
      known->is_enabled = true;
      return;
    }
    const bool ticks = move.actor >= system_.tick_actor(0) && move.actor < system_.smmu_actor(0);
    const std::int64_t at_ns =
        ticks ? clocks_.next_tick_ns(static_cast<std::size_t>(move.actor - system_.tick_actor(0)), now_ns_)
              : now_ns_ + durations_.of_move(system_, move).draw(random_);
    pending_.push_back({move, kInactive, interrupts(move), at_ns, order_++, true});
  }
}

/// Whether the CPU goes on with what it does, or with what instead.
void Engine::decide(std::size_t cpu) {
  Pending& doing = executions_[cpu];
  const std::vector<Move>& candidates = candidates_[cpu];
  if (doing.at_ns != kNever_ns) {
    const bool goes_on = std::any_of(candidates.begin(), candidates.end(), [&](Move move) {
      return move.actor == doing.move.actor && move.choice == doing.move.choice && pc_of(move) == doing.pc;
    });
    if (goes_on) return;
    if (is_step(doing.move))
      rests_[doing.move.actor] = {doing.pc, std::max<std::int64_t>(doing.at_ns - now_ns_, 0)};
  }
  doing.at_ns = kNever_ns;
  if (candidates.empty()) return;
  const Move move = choose(cpu);
  const Pc pc = pc_of(move);
  doing = {move, pc, static_cast<int>(cpu), 0, order_++, true};
  doing.at_ns = std::max(now_ns_, busy_until_ns_[cpu]) + takes_ns(cpu, move, pc);
}

/// Of what the CPU may do next. A task that has to give way does; one that is asked to does in half of the
/// cases.
// Abstraction: what wakeup preemption and load balancing weigh is not known, so all outcomes are equally
// likely.
Move Engine::choose(std::size_t cpu) {
  std::vector<Move>& candidates = candidates_[cpu];
  if (candidates.size() == 1) return candidates.front();
  if (candidates.front().actor == system_.cpu_actor(cpu) &&
      candidates.front().choice == choice::kNextSoftirqRound) {
    return candidates[random_.below(kSoftirqRounds) == 0 ? 1 : 0];
  }
  const auto steps =
      std::partition(candidates.begin(), candidates.end(), [&](Move move) { return !is_step(move); });
  const auto switches = static_cast<std::uint64_t>(steps - candidates.begin());
  const std::uint64_t all = candidates.size();
  if (switches != 0 && switches != all) {
    const bool must =
        machine_.get(system_.layout.cpus[cpu].need_resched) == static_cast<std::int32_t>(NeedResched::kYes);
    const bool gives_way = must || random_.below(2) == 0;
    return gives_way ? candidates[random_.below(switches)]
                     : candidates[switches + random_.below(all - switches)];
  }
  return candidates[random_.below(all)];
}

std::int64_t Engine::takes_ns(std::size_t cpu, Move move, Pc pc) {
  if (!is_step(move)) return durations_.of_move(system_, move).draw(random_);
  Rest& rest = rests_[move.actor];
  const bool goes_on = rest.pc == pc;
  rest.pc = kInactive;
  if (goes_on) return rest.left_ns;
  return scaled(durations_.of_step(pc).draw(random_), durations_.stretch[cpu]);
}

/// A CPU that prints takes no interrupt before it is done.
std::int64_t Engine::moment_of(const Pending& event) const {
  return event.cpu == kNowhere ? event.at_ns
                               : std::max(event.at_ns, busy_until_ns_[static_cast<std::size_t>(event.cpu)]);
}

bool Engine::fire_next(std::int64_t until_ns) {
  for (;;) {
    const Pending* next = nullptr;
    std::int64_t at_ns = kNever_ns;
    const auto consider = [&](const Pending& event) {
      const std::int64_t moment_ns = moment_of(event);
      if (event.at_ns == kNever_ns || moment_ns > at_ns) return;
      if (moment_ns == at_ns && next != nullptr && next->order < event.order) return;
      next = &event;
      at_ns = moment_ns;
    };
    for (const Pending& event : executions_) consider(event);
    for (const Pending& event : pending_) consider(event);
    TimerId passes = kNoTimer;
    for (const TimerId timer : may_pass_) {
      const std::int64_t due_ns = std::max(clocks_.due_ns(timer), now_ns_);
      if (clocks_.due_ns(timer) == kNever_ns || due_ns >= at_ns) continue;
      passes = timer;
      at_ns = due_ns;
    }
    if (next_start_ns_ < at_ns && next_start_ns_ <= until_ns) {
      now_ns_ = next_start_ns_;
      look_around();
      continue;
    }
    if (at_ns == kNever_ns || at_ns > until_ns) return false;
    if (passes != kNoTimer) {
      const std::int64_t late_ns = at_ns - clocks_.due_ns(passes);
      if (late_ns > 0) ++put_off_;
      put_off_most_ns_ = std::max(put_off_most_ns_, late_ns);
      fire({system_.time_actor(), passes}, at_ns);
    } else {
      fire(next->move, at_ns);
    }
    return true;
  }
}

void Engine::fire(Move move, std::int64_t at_ns) {
  now_ns_ = at_ns;
  fired_ = move;
  note_idle();
  const int cpu = executes_on(move);
  undo_.clear();
  raised_.clear();
  printed_ = 0;
  machine_.fire(move);
  if (cpu != kNowhere) {
    executions_[static_cast<std::size_t>(cpu)].at_ns = kNever_ns;
  } else {
    std::erase_if(pending_, [&](const Pending& event) {
      return event.move.actor == move.actor && event.move.choice == move.choice;
    });
  }
  if (printed_ != 0) {
    const int printer = cpu != kNowhere ? cpu : interrupts(move);
    if (printer != kNowhere) {
      busy_until_ns_[static_cast<std::size_t>(printer)] =
          now_ns_ + static_cast<std::int64_t>(printed_) * durations_.console.draw(random_);
    }
  }
  clocks_.follow(state_.data(), now_ns_);
  look_around();
}

void Engine::note_idle() {
  for (std::size_t cpu = 0; cpu < executions_.size(); ++cpu) {
    if (machine_.top_of(cpu) == kNoContext) clocks_.was_idle(cpu, now_ns_);
  }
}

}  // namespace quiesce::sim::timed
