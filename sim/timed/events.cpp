// Which event of the queue a transition is: on which CPU it happens, whom it interrupts, and which are one.
#include "sim/timed/engine.hpp"

namespace quiesce::sim::timed {

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
  const bool ticks = move.actor >= system_.tick_actor(0) && move.actor < system_.smmu_actor(0);
  if (ticks) return static_cast<int>(move.actor - system_.tick_actor(0));
  const bool of_cpu = move.actor >= system_.cpu_actor(0) && move.actor < system_.tick_actor(0);
  return of_cpu && move.choice < choice::kDrain ? static_cast<int>(move.actor - system_.cpu_actor(0))
                                                : kNowhere;
}

Pc Engine::pc_of(Move move) const {
  if (!is_step(move)) return kInactive;
  return static_cast<Pc>(machine_.get(system_.layout.contexts[move.actor].pc));
}

bool Engine::is_traffic(Move move) const {
  if (move.actor < system_.smmu_actor(0) || move.actor >= system_.time_actor()) return false;
  return takes_of_move(system_, move) == Takes::kTraffic;
}

/// An interrupt is the same one whether its CPU has them masked or not, and a device begins one access at a
/// time.
Move Engine::key_of(Move move) const {
  if (interrupts(move) != kNowhere && move.actor < system_.tick_actor(0)) {
    if (move.choice == choice::kLatchResched) return {move.actor, choice::kTakeResched};
    if (move.choice == choice::kLatchStop) return {move.actor, choice::kTakeStop};
    const bool latches = move.choice >= choice::kLatchIrq && move.choice < choice::kTakeTimer;
    if (latches) {
      const int line = move.choice - choice::kLatchIrq;
      return {move.actor, static_cast<std::uint16_t>(choice::kTakeIrq + line)};
    }
  }
  return is_traffic(move) ? Move{move.actor, first_access_of_source(system_, move)} : move;
}

/// Of the interrupt that the move brings to its CPU; kIdle if it brings none.
IrqState Engine::irq_state(Move key) const {
  if (key.actor < system_.cpu_actor(0) || key.actor >= system_.tick_actor(0)) return IrqState::kIdle;
  const CpuLayout& cpu = system_.layout.cpus[static_cast<std::size_t>(key.actor - system_.cpu_actor(0))];
  const auto state = [&](base::Slot slot) { return static_cast<IrqState>(machine_.get(slot)); };
  if (key.choice == choice::kTakeResched) return state(cpu.resched_irq);
  if (key.choice == choice::kTakeTick) return state(cpu.tick_irq);
  if (key.choice == choice::kTakeStop) return state(cpu.stop_irq);
  if (key.choice < choice::kTakeIrq || key.choice >= choice::kLatchIrq) return IrqState::kIdle;
  return state(system_.layout.irqs[static_cast<std::size_t>(key.choice - choice::kTakeIrq)].state);
}

}  // namespace quiesce::sim::timed
