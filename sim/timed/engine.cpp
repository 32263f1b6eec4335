#include "sim/timed/engine.hpp"

#include <algorithm>

#include "sim/compile.hpp"
#include "sim/console.hpp"

namespace quiesce::sim::timed {
namespace {

/// "[   12.345678] " and the end of the line.
constexpr std::size_t kStampCharacters = 16;
/// Linux v6.18 kernel/softirq.c MAX_SOFTIRQ_RESTART.
// Abstraction: rounds are not counted; one in ten is handed to ksoftirqd, so that ten are the mean.
constexpr std::uint64_t kSoftirqRounds = 10;
/// ARM_SMMU_POLL_SPIN_COUNT and TLB_SPIN_COUNT: ten reads of a register, before each wait of a poll.
constexpr std::int64_t kSpins_ns = 10 * 500;

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
      armed_ns_(system.layout.zone.timers() + 1) {
  for_each_initial(system, [&](const std::byte* state) {
    initial_states_.emplace_back(state, state + system.layout.bytes);
  });
}

void Engine::begin(std::uint64_t seed, std::uint64_t number) {
  random_ = base::RandomNumbers(seed, number);
  start(static_cast<std::uint32_t>(random_.below(initial_states_.size())));
}

void Engine::begin(std::uint64_t seed, std::uint64_t number, std::uint32_t initial) {
  random_ = base::RandomNumbers(seed, number);
  start(initial);
}

void Engine::start(std::uint32_t initial) {
  initial_ = initial;
  std::copy(initial_states_[initial_].begin(), initial_states_[initial_].end(), state_.begin());
  now_ns_ = 0;
  order_ = cut_waits_ = 0;
  fired_pc_ = kInactive;
  lost_ns_ = 0;
  pending_.clear();
  raised_.clear();
  rate_limits_.forget();
  std::fill(executions_.begin(), executions_.end(), Pending{});
  std::fill(rests_.begin(), rests_.end(), Rest{});
  std::fill(busy_until_ns_.begin(), busy_until_ns_.end(), 0);
  clocks_.begin(state_.data(), random_);
  look_around();
}

void Engine::on_log(const std::string& line) { printed_ += line.size() + kStampCharacters; }

void Engine::on_ratelimited_log(const StepInfo& site, const std::string& line) {
  const auto left_out = rate_limits_.ask(site, now_ns_);
  if (!left_out) return;
  if (*left_out != 0) on_log(suppressed_line(site, *left_out));
  on_log(line);
}

void Engine::on_arm(TimerId timer, std::int32_t lo_us, std::int32_t hi_us) {
  armed_ns_[timer] = now_ns_;
  const bool of_step = fired_pc_ != kInactive && system_.layout.contexts[fired_.actor].deadline == timer;
  const Distribution* own = of_step ? durations_.of_wait(fired_pc_) : nullptr;
  if (!clocks_.arm(timer, lo_us, hi_us, now_ns_, random_, own)) ++cut_waits_;
}

void Engine::on_expire(TimerId timer) {
  for (const ContextLayout& context : system_.layout.contexts) {
    if (context.deadline != timer) continue;
    const Verb verb = system_.program.steps[static_cast<std::size_t>(machine_.get(context.pc))].verb;
    if (verb == Verb::kPoll || verb == Verb::kSmpSendStop) lost_ns_ += now_ns_ - armed_ns_[timer];
  }
}

/// Brings what is pending in line with what is enabled.
void Engine::look_around() {
  machine_.enabled(moves_);
  for (Pending& event : pending_) event.is_enabled = false;
  for (std::vector<Move>& candidates : candidates_) candidates.clear();
  may_pass_.clear();
  for (const Move move : moves_) look_at(move);
  // An interrupt that was sent stays on its way while its CPU has to take another one first.
  std::erase_if(pending_, [this](const Pending& event) {
    return !event.is_enabled && irq_state(event.key) == IrqState::kIdle;
  });
  for (std::size_t cpu = 0; cpu < candidates_.size(); ++cpu) decide(cpu);
}

void Engine::look_at(Move move) {
  if (const int cpu = executes_on(move); cpu != kNowhere) {
    candidates_[static_cast<std::size_t>(cpu)].push_back(move);
    return;
  }
  if (move.actor == system_.time_actor()) {
    may_pass_.push_back(static_cast<TimerId>(move.choice));
    return;
  }
  const Move key = key_of(move);
  const auto known = std::find_if(pending_.begin(), pending_.end(), [&](const Pending& event) {
    return event.key.actor == key.actor && event.key.choice == key.choice;
  });
  if (known != pending_.end()) {
    known->move = move;
    known->is_enabled = true;
    return;
  }
  pending_.push_back({key, move, kInactive, interrupts(move), first_moment(move), order_++, true});
}

/// Of an event that is new.
std::int64_t Engine::first_moment(Move move) {
  const bool ticks = move.actor >= system_.tick_actor(0) && move.actor < system_.smmu_actor(0);
  if (ticks)
    return clocks_.next_tick_ns(static_cast<std::size_t>(move.actor - system_.tick_actor(0)), now_ns_);
  // It has arrived, and is taken before the next instruction.
  if (irq_state(key_of(move)) == IrqState::kLatched) return now_ns_;
  return now_ns_ + durations_.of_move(system_, move).draw(random_);
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
    put_aside(doing, cpu);
  }
  doing.at_ns = kNever_ns;
  if (candidates.empty()) return;
  const Move move = choose(cpu);
  const Pc pc = pc_of(move);
  doing = {move, move, pc, static_cast<int>(cpu), 0, order_++, true};
  doing.at_ns = std::max(now_ns_, busy_until_ns_[cpu]) + takes_ns(cpu, move, pc);
}

/// What is left of a step that something else comes before.
void Engine::put_aside(const Pending& doing, std::size_t cpu) {
  if (!is_step(doing.move)) return;
  const std::int64_t since_ns = std::max(now_ns_, busy_until_ns_[cpu]);
  rests_[doing.move.actor] = {doing.pc, std::max<std::int64_t>(doing.at_ns - since_ns, 0)};
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
  return seen_after_ns(move, pc) + scaled(durations_.of_step(pc).draw(random_), durations_.stretch[cpu]);
}

/// How long what a busy poll waits for has come true before the poll looks again: at its deadline it looks
/// for the last time.
// Linux v6.18 drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c queue_poll(), drivers/iommu/arm/arm-smmu/arm-smmu.c
// __arm_smmu_tlb_sync().
// Abstraction: polls of registers such as CR0ACK do the same; readl_relaxed_poll_timeout() waits 1 us each
// time.
std::int64_t Engine::seen_after_ns(Move move, Pc pc) const {
  const TimerId timer = system_.layout.contexts[move.actor].deadline;
  const Step& step = system_.program.steps[pc];
  if (step.verb != Verb::kPoll || step.argument2 != 0 || durations_.back_off_ns == 0) return 0;
  if (timer == kNoTimer || clocks_.due_ns(timer) == kNever_ns) return 0;
  const std::int64_t waited_ns = now_ns_ - armed_ns_[timer];
  const std::int64_t left_ns = std::max<std::int64_t>(clocks_.due_ns(timer) - now_ns_, 0);
  std::int64_t looks_ns = 0;
  for (std::int64_t delay_ns = durations_.back_off_ns;; delay_ns *= 2) {
    looks_ns += kSpins_ns;
    if (waited_ns <= looks_ns) return 0;
    looks_ns += delay_ns;
    if (waited_ns <= looks_ns) return std::min(looks_ns - waited_ns, left_ns);
  }
}

/// A CPU that prints takes no interrupt before it is done.
std::int64_t Engine::moment_of(const Pending& event) const {
  const std::int64_t free_ns =
      event.cpu == kNowhere ? 0 : busy_until_ns_[static_cast<std::size_t>(event.cpu)];
  return std::max({event.at_ns, free_ns, now_ns_});
}

bool Engine::fire_next(std::int64_t until_ns) {
  const Pending* next = nullptr;
  std::int64_t at_ns = kNever_ns;
  const auto consider = [&](const Pending& event) {
    if (event.at_ns == kNever_ns || !event.is_enabled) return;
    const std::int64_t moment_ns = moment_of(event);
    if (moment_ns > at_ns || (moment_ns == at_ns && next != nullptr && next->order < event.order)) return;
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
  if (at_ns == kNever_ns) return false;
  if (at_ns > until_ns) {
    now_ns_ = until_ns;
    return false;
  }
  if (passes == kNoTimer) {
    fire(one_of(*next), at_ns);
    return true;
  }
  fire({system_.time_actor(), passes}, at_ns);
  return true;
}

bool Engine::fire_instead(Move move) {
  const auto same = [&](Move other) { return other.actor == move.actor && other.choice == move.choice; };
  if (std::none_of(moves_.begin(), moves_.end(), same)) return false;
  if (move.actor == system_.time_actor()) {
    const auto timer = static_cast<TimerId>(move.choice);
    const std::int64_t due_ns = clocks_.due_ns(timer);
    const std::int64_t at_ns = due_ns == kNever_ns ? now_ns_ : std::max(due_ns, now_ns_);
    fire(move, at_ns);
    return true;
  }
  if (const int on = executes_on(move); on != kNowhere) {
    const auto cpu = static_cast<std::size_t>(on);
    Pending& doing = executions_[cpu];
    if (doing.at_ns == kNever_ns || !same(doing.move)) {
      if (doing.at_ns != kNever_ns) put_aside(doing, cpu);
      doing.at_ns = std::max(now_ns_, busy_until_ns_[cpu]) + takes_ns(cpu, move, pc_of(move));
    }
    fire(move, std::max(doing.at_ns, now_ns_));
    return true;
  }
  const Move key = key_of(move);
  const auto event = std::find_if(pending_.begin(), pending_.end(), [&](const Pending& one) {
    return one.key.actor == key.actor && one.key.choice == key.choice;
  });
  fire(move, event == pending_.end() ? now_ns_ : moment_of(*event));
  return true;
}

/// Of the accesses that a device may begin, any; else the move of the event.
// Abstraction: pages, and reads and writes, are equally likely.
Move Engine::one_of(const Pending& event) {
  if (!is_traffic(event.move)) return event.move;
  same_key_.clear();
  for (const Move move : moves_) {
    if (move.actor != event.key.actor || !is_traffic(move)) continue;
    if (key_of(move).choice == event.key.choice) same_key_.push_back(move);
  }
  return same_key_[random_.below(same_key_.size())];
}

/// How long the console takes for what the step printed, up to kLongest_ns.
std::int64_t Engine::console_ns() {
  std::int64_t sum_ns = 0;
  for (std::size_t i = 0; i < printed_ && sum_ns < kLongest_ns; ++i)
    sum_ns += durations_.console.draw(random_);
  return sum_ns;
}

/// A CPU that prints has interrupts off until the last character is sent.
// Abstraction: khungtaskd, which a deadline stands for, prints on a CPU that has time for it.
void Engine::fire(Move move, std::int64_t at_ns) {
  now_ns_ = at_ns;
  fired_ = move;
  fired_pc_ = pc_of(move);
  note_idle();
  const int cpu = executes_on(move);
  const Move key = key_of(move);
  undo_.clear();
  raised_.clear();
  printed_ = 0;
  machine_.fire(move);
  fired_pc_ = kInactive;
  if (cpu != kNowhere) {
    executions_[static_cast<std::size_t>(cpu)].at_ns = kNever_ns;
  } else {
    std::erase_if(pending_, [&](const Pending& event) {
      return event.key.actor == key.actor && event.key.choice == key.choice;
    });
  }
  const int printer = cpu != kNowhere ? cpu : interrupts(move);
  if (printed_ != 0 && printer != kNowhere)
    busy_until_ns_[static_cast<std::size_t>(printer)] = now_ns_ + console_ns();
  clocks_.follow(state_.data(), now_ns_);
  look_around();
}

void Engine::note_idle() {
  for (std::size_t cpu = 0; cpu < executions_.size(); ++cpu) {
    if (machine_.top_of(cpu) == kNoContext) clocks_.was_idle(cpu, now_ns_);
  }
}

}  // namespace quiesce::sim::timed
