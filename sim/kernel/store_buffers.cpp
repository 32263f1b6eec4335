// Stores that wait in their CPU's store buffer: what may happen before they are visible, and how they become
// visible. Nothing here runs with `memory: sc`.
//
// Abstraction: stores become visible before any time passes. A wait for a deadline is none for a store.
// Abstraction: locks are released, lists changed, tasks woken and switched, interrupts taken and left behind
// all older stores of the CPU; each is visible at once, so later loads of the CPU come after it.
// Abstraction: so are read-modify-writes, relaxed ones before older stores to other places.
#include <algorithm>

#include "sim/machine.hpp"

namespace quiesce::sim {
namespace {

/// Steps that neither store nor order anything: loads, computation, taking a lock (an acquire), masking.
bool leaves_stores_alone(const Step& step) {
  switch (step.verb) {
    case Verb::kNop:
    case Verb::kJump:
    case Verb::kFrameEnd:
    case Verb::kIf:
    case Verb::kSet:  // of a local, as the next two
    case Verb::kCmpxchg:
    case Verb::kLet:
    case Verb::kLoad:
    case Verb::kChoose:
    case Verb::kLog:
    case Verb::kFinding:
    case Verb::kCpuRelax:
    case Verb::kDelay:
    case Verb::kDmaWmb:
    case Verb::kSmpWmb:
    case Verb::kReadLock:
    case Verb::kWriteLock:
    case Verb::kRcuReadLock:
    case Verb::kLocalIrqSave:
    case Verb::kLocalIrqRestore:
    case Verb::kLocalIrqDisable:
    case Verb::kLocalIrqEnable:
    case Verb::kPreemptDisable:
    case Verb::kPreemptEnable:
    case Verb::kLocalBhDisable:
    case Verb::kCondResched:
    case Verb::kMightSleep:
    case Verb::kClkEnable:
    case Verb::kClkDisable:
    case Verb::kPowerOn:
    case Verb::kPowerOff:
      return true;
    case Verb::kPoll:
      return step.argument2 == 0;
    default:
      return is_spin_lock(step.verb);
  }
}

bool only_latches(std::uint16_t which) {
  return which == choice::kLatchResched || which == choice::kLatchStop ||
         (which >= choice::kLatchIrq && which < choice::kTakeTimer);
}

}  // namespace

void Machine::bar_unordered(std::vector<Move>& moves) const {
  std::erase_if(moves, [&](Move move) { return !stores_allow(move); });
}

bool Machine::stores_allow(Move move) const {
  if (move.actor >= system_.cpu_actor(0)) {
    const auto cpu = static_cast<std::size_t>(move.actor - system_.cpu_actor(0));
    return only_latches(move.choice) || stores_of(cpu).size() == 0;
  }
  if (move.choice >= choice::kRunOnIdle) return stores_of(move.choice % 100U).size() == 0;
  return !has_buffered_stores(move.actor) || stores_allow_step(move.actor, step_of(move.actor));
}

bool Machine::has_buffered_stores(ContextId context) const {
  if (layout_.store_buffer == 0) return false;
  const int cpu = running_on(context);
  return cpu >= 0 && stores_of(static_cast<std::size_t>(cpu)).size() != 0;
}

/// Whether the step may come before the stores that its CPU has buffered, of which there are some.
bool Machine::stores_allow_step(ContextId context, const Step& step) const {
  const StoreBuffer stores = stores_of(static_cast<std::size_t>(running_on(context)));
  const Position position = position_of(context);
  for (const CodeId code : {step.value, step.value2, step.value3, step.place.index}) {
    if (overtakes_register_write(code, access_, position)) return false;
  }
  switch (step.access) {
    case Access::kStore:
    case Access::kReleaseStore:
    case Access::kRelaxedWrite:
      return stores.room() > 0;
    case Access::kRelaxedRmw: {
      const auto place = lock_slot(step, context);
      return !stores.has_fence() && !(place && stores.newest(*place));
    }
    case Access::kRelaxedBlock:
      return stores_allow_block(stores, step);
    case Access::kFullRmw:
    case Access::kFullBlock:
    case Access::kInBlock:
      return false;
    case Access::kByVerb:
      break;
  }
  return stores_allow_by_verb(context, step);
}

bool Machine::stores_allow_by_verb(ContextId context, const Step& step) const {
  const StoreBuffer stores = stores_of(static_cast<std::size_t>(running_on(context)));
  switch (step.verb) {
    case Verb::kWrite:
    case Verb::kWriteLegacy:
      return stores.room() > 0;
    case Verb::kPutCommands:
      return stores.room() >= step.argument / 256 + step.argument2;
    case Verb::kSmpMb:
      return !stores.has_memory_store();
    case Verb::kMutexLock:
    case Verb::kDownRead:
    case Verb::kDownWrite:
      return lock_value(step, context) == 0;  // else it goes to sleep
    default:
      return leaves_stores_alone(step);
  }
}

/// A relaxed block comes before older stores, unless a barrier is between, or they are to what it touches.
/// One that only reads sees them.
bool Machine::stores_allow_block(const StoreBuffer& stores, const Step& first) const {
  const auto overlaps = [&](const Family& family, std::optional<base::Slot> one) {
    const std::size_t size = base::bytes_of(family.first.width);
    const std::size_t begin = one ? one->offset : family.first.offset;
    return stores.stores_into(begin, begin + size * static_cast<std::size_t>(one ? 1 : family.count));
  };
  bool writes = false;
  bool overtakes = false;
  const Program& program = system_.program;
  for (auto pc = static_cast<std::size_t>(&first - program.steps.data());; ++pc) {
    const Step& step = program.steps[pc];
    if (step.place.kind == Place::Kind::kSlot || step.place.kind == Place::Kind::kFamily) {
      const bool one = step.place.kind == Place::Kind::kSlot;
      writes = true;
      overtakes = overtakes || overlaps(program.families[static_cast<std::size_t>(step.place.family)],
                                        one ? std::optional(step.place.slot) : std::nullopt);
    }
    for (const CodeId code : {step.value, step.value2, step.place.index})
      overtakes = overtakes || reads_buffered(stores, code);
    if (pc + 1 == program.steps.size() || program.steps[pc + 1].access != Access::kInBlock) break;
  }
  return !writes || (!overtakes && !stores.has_fence());
}

/// Whether the expression may read what is in the store buffer.
bool Machine::reads_buffered(const StoreBuffer& stores, CodeId code) const {
  const Program& program = system_.program;
  for (auto pc = static_cast<std::size_t>(code); code != kNoCode; ++pc) {
    const Instruction& in = program.code[pc];
    if (in.op == Op::kEnd) break;
    if (reads_slot(in.op) && stores.newest(in.slot)) return true;
    if (in.op == Op::kCommandWord) return true;
    if (in.op != Op::kLoadAt) continue;
    const Family& family = program.families[static_cast<std::size_t>(in.a)];
    if (stores.stores_into(family.first.offset, family.slot(family.count).offset)) return true;
  }
  return false;
}

void Machine::enabled_drains(std::vector<Move>& moves) const {
  for (std::size_t cpu = 0; cpu < layout_.cpus.size(); ++cpu) {
    const StoreBuffer stores = stores_of(cpu);
    const int size = stores.size();
    for (int i = 0; i < size; ++i) {
      if (stores.may_drain(i))
        moves.push_back({system_.cpu_actor(cpu), static_cast<std::uint16_t>(choice::kDrain + i)});
    }
  }
}

void Machine::drain(std::size_t cpu, int entry) {
  const BufferedStore store = stores_of(cpu).at(entry);
  remove_store(layout_.cpus[cpu].stores, access_, entry);
  const Step& step = system_.program.steps[store.pc];
  if (store.is_register() && layout_.is_legacy(store.smmu())) {
    const LegacyWrite write{store.smmu(), store.reg(), store.index, store.value};
    if (!write_legacy(step, write)) lose_write(step, store.smmu(), cpu);
    return;
  }
  if (store.is_register()) {
    write_register(step, store.smmu(), store.reg(), store.value);
    return;
  }
  if (store.is_ring()) {
    for (std::size_t i = 0; i < layout_.smmus.size(); ++i) {
      const hwmodel::v3::Layout& smmu = layout_.smmus[i];
      if (smmu.entry(store.ring_index(), layout_.smmu_configs[i]) == store.slot())
        write_ring(step, i, store.ring_index(), store.command());
    }
    return;
  }
  if (!system_.write_guards.empty())
    check_state_write(system_.cause_of_info[step.info], step.place.family, store.slot());
  check_freed_under(step, store.slot());
  set(store.slot(), store.value);
}

/// A store to an object that was freed while the store waited hits whatever is there now.
void Machine::check_freed_under(const Step& step, base::Slot stored) {
  const Family& family = system_.program.families[static_cast<std::size_t>(step.place.family)];
  if (family.freed >= 0 && is_freed(family.freed, family.index_of(stored)))
    raise_in("use_after_free", step, family.name);
}

void Machine::buffer(ContextId context, BufferedStore store) {
  const Step& step = system_.program.steps[store.pc];
  const StoreBufferLayout& stores = layout_.cpus[static_cast<std::size_t>(running_on(context))].stores;
  if (step.access == Access::kReleaseStore) store.how |= BufferedStore::kRelease;
  // Linux v6.18 arch/arm64/include/asm/io.h: writel() has __iowmb() before it, which is dma_wmb().
  const bool writes_register = step.verb == Verb::kWrite || step.verb == Verb::kWriteLegacy;
  if (writes_register && step.access != Access::kRelaxedWrite) store.how |= BufferedStore::kDmaFence;
  push_store(stores, access_, store);
}

/// As write_place().
bool Machine::buffer_set(ContextId context, const Step& step, std::int32_t value) {
  bool ok = false;
  const base::Slot slot = place_slot(context, step.place, ok);
  if (!ok) return false;
  if (value < step.place.lo || value > step.place.hi) {
    report_range(context, step.place.family);
    return true;
  }
  const auto pc = static_cast<Pc>(get(layout_.contexts[context].pc));
  buffer(context, BufferedStore::to_slot(slot, value, pc));
  return true;
}

void Machine::execute_barrier(ContextId context, const Step& step) {
  const StoreBufferLayout& stores = layout_.cpus[static_cast<std::size_t>(running_on(context))].stores;
  if (step.verb == Verb::kDmaWmb) push_fence(stores, access_, BufferedStore::kDmaFence);
  if (step.verb == Verb::kSmpWmb) push_fence(stores, access_, BufferedStore::kSmpFence);
  advance(context);
}

}  // namespace quiesce::sim
