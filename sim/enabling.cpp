#include "sim/enabling.hpp"

#include <algorithm>

#include "sim/units.hpp"

namespace quiesce::sim {
namespace {

bool is_scheduling(const System& system, Move move) {
  return move.actor < system.cpu_actor(0) && move.choice >= choice::kRunOnIdle;
}

bool unlocks(Verb verb) {
  switch (verb) {
    case Verb::kMutexUnlock:
    case Verb::kSpinUnlock:
    case Verb::kSpinUnlockIrq:
    case Verb::kSpinUnlockIrqrestore:
    case Verb::kSpinUnlockBh:
    case Verb::kReadUnlock:
    case Verb::kWriteUnlock:
    case Verb::kUpRead:
    case Verb::kUpWrite:
      return true;
    default:
      return false;
  }
}

bool writes_registers(Verb verb) {
  return verb == Verb::kWrite || verb == Verb::kWriteLegacy || verb == Verb::kReserveAndPublish ||
         switches_smmu(verb);
}

/// A state to be asked.
class Asked {
 public:
  Asked(const System& system, const std::byte* state)
      : system_(system), access_(const_cast<std::byte*>(state)), machine_(system, access_) {}

  [[nodiscard]] const Machine& machine() const { return machine_; }
  [[nodiscard]] Verb verb_of(ContextId context) const { return machine_.step_of(context).verb; }
  [[nodiscard]] bool sleeps(ContextId task) const {
    return task < system_.layout.tasks && machine_.get(system_.layout.contexts[task].task_state) ==
                                              static_cast<std::int32_t>(TaskState::kSleeping);
  }
  /// Whether the context is what its CPU does.
  [[nodiscard]] bool is_on_top(ContextId context) const {
    const int cpu = machine_.running_on(context);
    return cpu >= 0 && machine_.top_of(static_cast<std::size_t>(cpu)) == context;
  }

 private:
  const System& system_;
  base::StateAccess access_;
  Machine machine_;
};

/// What the context's step is known for, whomever it serves.
std::string_view deed_of_context(const System& system, const Firing& step) {
  if (is_scheduling(system, step.move)) return "scheduling";
  const Verb verb = Asked(system, step.before).verb_of(step.move.actor);
  if (unlocks(verb)) return "unlock";
  if (writes_registers(verb)) return "register write";
  return verb == Verb::kRaiseIrq || verb == Verb::kRaiseSoftirq ? "interrupt" : "state";
}

std::string_view deed_of_cpu(const System& system, const Firing& step) {
  if (step.move.choice < choice::kDrain) return "interrupt";
  const auto cpu = static_cast<std::size_t>(step.move.actor - system.cpu_actor(0));
  const base::StateAccess access(const_cast<std::byte*>(step.before));
  const StoreBuffer stores(system.layout.cpus[cpu].stores, access);
  return stores.at(step.move.choice - choice::kDrain).is_register() ? "register write" : "state";
}

std::string_view deed_of_smmu(const System& system, const Firing& step) {
  if (records_fault(system, step)) return "fault";
  switch (part_of_smmu(system, step.move)) {
    case SmmuPart::kAcknowledges:
      return "acknowledge";
    case SmmuPart::kRegisters:
      return "register write";
    case SmmuPart::kCmdq:
      return "command";
    case SmmuPart::kEventq:
    case SmmuPart::kPriq:
      return "fault";
    case SmmuPart::kAccess:
      return "dma";
    case SmmuPart::kCaches:
      break;
  }
  return "state";
}

std::string_view deed_of(const System& system, const Firing& step) {
  const std::uint16_t actor = step.move.actor;
  if (actor < system.cpu_actor(0)) return deed_of_context(system, step);
  if (actor < system.tick_actor(0)) return deed_of_cpu(system, step);
  if (actor < system.smmu_actor(0)) return "time";
  if (actor < system.time_actor()) return deed_of_smmu(system, step);
  return actor == system.time_actor() ? "time" : "state";
}

/// The context may be woken, or be given a CPU.
std::string_view why_scheduled(const System& system, const Firing& step, Move move) {
  const std::string_view deed = deed_of(system, step);
  if (move.choice == choice::kWake) return deed;
  const bool woken =
      Asked(system, step.before).sleeps(move.actor) && !Asked(system, step.after).sleeps(move.actor);
  if (!woken) return "scheduling";
  return deed == "unlock" || deed == "time" ? deed : "wake-up";
}

/// The context may make its next step.
std::string_view why_on(const System& system, const Firing& step, ContextId context) {
  const Asked before(system, step.before);
  const Asked after(system, step.after);
  const bool had_cpu = before.is_on_top(context) && before.verb_of(context) == after.verb_of(context);
  if (!had_cpu) return context < system.layout.tasks ? "scheduling" : "interrupt";
  const std::string_view deed = deed_of(system, step);
  return deed == "interrupt" || deed == "scheduling" ? "state" : deed;
}

}  // namespace

std::string_view enabling_kind(const System& system, const Firing& step, Move move) {
  if (move.actor < system.cpu_actor(0)) {
    return is_scheduling(system, move) ? why_scheduled(system, step, move) : why_on(system, step, move.actor);
  }
  const std::string_view deed = deed_of(system, step);
  if (move.actor < system.tick_actor(0)) {
    const bool of_buffer = move.choice >= choice::kDrain;
    const bool of_scheduler = move.choice == choice::kStopperMoves ||
                              move.choice == choice::kNextSoftirqRound ||
                              move.choice == choice::kWakeKsoftirqd;
    if (of_scheduler) return "scheduling";
    if (of_buffer) return "state";
    return deed == "fault" || deed == "time" ? deed : "interrupt";
  }
  const bool is_smmu = move.actor >= system.smmu_actor(0) && move.actor < system.time_actor();
  if (is_smmu) return deed == "unlock" || deed == "scheduling" ? "state" : deed;
  return move.actor <= system.time_actor() ? "time" : "state";
}

Enablers::Enablers(const System& system, const std::byte* initial)
    : system_(system), enabled_(enabled(initial)) {}

std::vector<Enablers::Key> Enablers::enabled(const std::byte* state) const {
  base::StateAccess access(const_cast<std::byte*>(state));
  std::vector<Move> moves;
  Machine(system_, access).enabled(moves);
  std::vector<Key> keys;
  keys.reserve(moves.size());
  for (const Move move : moves) keys.emplace_back(move.actor, move.choice);
  std::sort(keys.begin(), keys.end());
  return keys;
}

std::optional<Enabling> Enablers::fired(const Firing& firing) {
  ++step_;
  const std::string unit = unit_of(system_, firing);
  std::optional<Since> found;
  if (const auto known = since_.find({firing.move.actor, firing.move.choice}); known != since_.end())
    found = known->second;
  const bool is_hardware = firing.move.actor >= system_.cpu_actor(0);
  if (found && is_hardware && found->unit == unit) found.reset();
  note(firing, unit, is_scheduling(system_, firing.move) ? found : std::nullopt);
  return found ? std::optional(found->enabling) : std::nullopt;
}

/// `own` is what counts for the moves of the context that has just moved.
void Enablers::note(const Firing& firing, const std::string& unit, const std::optional<Since>& own) {
  std::vector<Key> now = enabled(firing.after);
  std::erase_if(since_, [&](const auto& entry) {
    const bool of_mover = entry.first.first == firing.move.actor && firing.move.actor < system_.cpu_actor(0);
    return of_mover || !std::binary_search(now.begin(), now.end(), entry.first);
  });
  for (const Key& key : now) {
    const bool of_mover = key.first == firing.move.actor && key.first < system_.cpu_actor(0);
    if (of_mover) {
      if (own) since_.emplace(key, *own);
      continue;
    }
    if (std::binary_search(enabled_.begin(), enabled_.end(), key)) continue;
    const std::string_view kind = enabling_kind(system_, firing, {key.first, key.second});
    since_.insert_or_assign(key, Since{{step_, kind}, unit});
  }
  enabled_ = std::move(now);
}

}  // namespace quiesce::sim
