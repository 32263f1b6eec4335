#include "sim/verbs.hpp"

#include <array>

#include "base/assert.hpp"

namespace quiesce::sim {
namespace {

using enum VerbContext;

constexpr std::array kVerbs{
    VerbInfo{Verb::kSet, "set", "PLACE = EXPR | PLACE += EXPR", "order", kAny, false,
             "one write (with += and -=: an atomic read-modify-write)"},
    VerbInfo{Verb::kLet, "let", "NAME[: TYPE] = EXPR", "", kAny, false, "a new local; reads nothing shared"},
    VerbInfo{Verb::kLoad, "load", "NAME = EXPR", "order", kAny, false, "one shared read into a new local"},
    VerbInfo{Verb::kCmpxchg, "cmpxchg", "PLACE", "with on_failure order", kAny, false,
             "atomic compare and exchange; `with: [expected, new]`"},
    VerbInfo{Verb::kChoose, "choose", "NAME in LO..HI | NAME in TYPE", "", kAny, false,
             "any value: one alternative each"},
    VerbInfo{Verb::kIf, "if", "EXPR", "then else", kAny, false, "branches; a shared read makes it a step"},
    VerbInfo{Verb::kWhile, "while", "EXPR", "do", kAny, false, "loop; the condition is read each round"},
    VerbInfo{Verb::kRepeat, "repeat", "N", "do", kAny, false, "N rounds"},
    VerbInfo{Verb::kForEach, "for_each", "NAME in LIST", "do", kAny, false,
             "rounds over a list, a class or a type"},
    VerbInfo{Verb::kGoto, "goto", "LABEL", "", kAny, false, "jump within the routine"},
    VerbInfo{Verb::kLabel, "label", "NAME", "", kAny, false, "a location of its own"},
    VerbInfo{Verb::kCall, "call", "[NAME =] ROUTINE(ARGS)", "", kAny, false, "runs a routine"},
    VerbInfo{Verb::kInvoke, "invoke", "TABLE.HOOK(ARGS)", "required", kAny, false,
             "runs hooks: driver.HOOK(dev), syscore_ops.HOOK(), notifiers.CHAIN()"},
    VerbInfo{Verb::kReturn, "return", "[EXPR]", "", kAny, false, "leaves the routine"},
    VerbInfo{Verb::kAtomic, "atomic", "STEPS", "order", kAny, false, "the block is one transition"},
    VerbInfo{Verb::kListAddTail, "list_add_tail", "ITEM to LIST", "", kAny, false, "appends"},
    VerbInfo{Verb::kListDel, "list_del", "ITEM from LIST", "if_listed", kAny, false,
             "removes, keeping the order"},
    VerbInfo{Verb::kTakeFirst, "take_first", "NAME from LIST", "", kAny, false,
             "removes the first into a new local"},
    VerbInfo{Verb::kTakeLast, "take_last", "NAME from LIST", "", kAny, false,
             "removes the last into a new local"},
    VerbInfo{Verb::kKfree, "kfree", "OBJECT", "", kAny, false,
             "frees an object of a `freeable` class; nothing for NULL"},
    VerbInfo{Verb::kWrite, "write", "SMMU.REGISTER = EXPR", "relaxed", kAny, false,
             "register write: on an SMMUv3 intent only; of several registers one is named by its number, "
             "`SMR[i]`"},
    VerbInfo{Verb::kClkEnable, "clk_enable", "SMMU", "", kAny, false,
             "the clocks of a legacy SMMU run; counted, as clk_bulk_enable() does"},
    VerbInfo{Verb::kClkDisable, "clk_disable", "SMMU", "", kAny, false,
             "one clk_enable less; the last one stops them"},
    VerbInfo{Verb::kPowerOn, "power_on", "SMMU", "", kAny, false, "a legacy SMMU has power"},
    VerbInfo{
        Verb::kPowerOff, "power_off", "SMMU", "", kAny, false,
        "it has none, and loses its registers and TLB unless `retains_state`; both need a `power_domain`"},
    VerbInfo{Verb::kPoll, "poll", "EXPR", "timeout on_timeout sleeps into one_word order", kAny, true,
             "waits for the condition or the deadline; `sleeps: true` gives up the CPU in between"},
    VerbInfo{Verb::kReserveAndPublish, "reserve_and_publish", "NAME = SMMU", "with sync", kAny, false,
             "writes the commands (and a CMD_SYNC) and CMDQ_PROD; NAME is the ring index of the last"},
    VerbInfo{
        Verb::kPutCommands, "put_commands", "SMMU at INDEX", "with sync", kAny, false,
        "writes the commands (and a CMD_SYNC) into the ring from that index on; CMDQ_PROD does not move"},
    VerbInfo{Verb::kCpuRelax, "cpu_relax", "-", "", kAny, false,
             "in a retry loop: goes on after a slot that the loop reads was written, or time or an interrupt "
             "moved"},
    VerbInfo{Verb::kDmaWmb, "dma_wmb", "-", "", kAny, false,
             "the CPU's stores before it are visible to CPUs and devices before those behind it"},
    VerbInfo{Verb::kSmpWmb, "smp_wmb", "-", "", kAny, false,
             "the same for other CPUs alone: register writes are not ordered"},
    VerbInfo{Verb::kSmpMb, "smp_mb", "-", "", kAny, false,
             "goes on when the CPU's stores to memory are visible"},
    VerbInfo{Verb::kMutexLock, "mutex_lock", "MUTEX", "", kSleepable, true, "sleeps until the mutex is free"},
    VerbInfo{Verb::kMutexUnlock, "mutex_unlock", "MUTEX", "", kTask, false, "frees it and wakes one sleeper"},
    VerbInfo{Verb::kSpinLock, "spin_lock", "SPINLOCK", "", kAny, false, "preemption off, then spins"},
    VerbInfo{Verb::kSpinLockIrq, "spin_lock_irq", "SPINLOCK", "", kAny, false, "interrupts off, then spins"},
    VerbInfo{Verb::kSpinLockIrqsave, "spin_lock_irqsave", "SPINLOCK", "", kAny, false,
             "interrupts off (nesting), then spins"},
    VerbInfo{Verb::kSpinLockBh, "spin_lock_bh", "SPINLOCK", "", kAny, false, "bottom halves off, then spins"},
    VerbInfo{Verb::kSpinUnlock, "spin_unlock", "SPINLOCK", "", kAny, false, "frees it, preemption on"},
    VerbInfo{Verb::kSpinUnlockIrq, "spin_unlock_irq", "SPINLOCK", "", kAny, false, "frees it, interrupts on"},
    VerbInfo{Verb::kSpinUnlockIrqrestore, "spin_unlock_irqrestore", "SPINLOCK", "", kAny, false,
             "frees it, interrupts as before"},
    VerbInfo{Verb::kSpinUnlockBh, "spin_unlock_bh", "SPINLOCK", "", kAny, false,
             "frees it, bottom halves on"},
    VerbInfo{Verb::kReadLock, "read_lock", "RWLOCK", "", kAny, false, "spins while it is written"},
    VerbInfo{Verb::kReadUnlock, "read_unlock", "RWLOCK", "", kAny, false, "ends the read side"},
    VerbInfo{Verb::kWriteLock, "write_lock", "RWLOCK", "", kAny, false, "spins while it is read or written"},
    VerbInfo{Verb::kWriteUnlock, "write_unlock", "RWLOCK", "", kAny, false, "ends the write side"},
    VerbInfo{Verb::kDownRead, "down_read", "RWSEM", "", kSleepable, true,
             "sleeps while it is written or a writer waits"},
    VerbInfo{Verb::kUpRead, "up_read", "RWSEM", "", kTask, false, "ends the read side; the last wakes"},
    VerbInfo{Verb::kDownWrite, "down_write", "RWSEM", "", kSleepable, true, "sleeps until nobody holds it"},
    VerbInfo{Verb::kUpWrite, "up_write", "RWSEM", "", kTask, false,
             "ends the write side; wakes one writer or all readers"},
    VerbInfo{Verb::kRcuReadLock, "rcu_read_lock", "-", "", kAny, false, "begins an RCU read side (nesting)"},
    VerbInfo{Verb::kRcuReadUnlock, "rcu_read_unlock", "-", "", kAny, false, "ends it"},
    VerbInfo{Verb::kSynchronizeRcu, "synchronize_rcu", "-", "", kSleepable, true,
             "sleeps until every RCU read side that is open now has ended"},
    VerbInfo{Verb::kSrcuReadLock, "srcu_read_lock", "SRCU", "", kTask, false,
             "begins a read side of this SRCU domain, in which the task may sleep (nesting)"},
    VerbInfo{Verb::kSrcuReadUnlock, "srcu_read_unlock", "SRCU", "", kTask, false, "ends it"},
    VerbInfo{Verb::kSynchronizeSrcu, "synchronize_srcu", "SRCU", "", kSleepable, true,
             "sleeps until every read side of this domain that is open now has ended"},
    VerbInfo{Verb::kWaitForCompletion, "wait_for_completion", "COMPLETION", "", kSleepable, true,
             "sleeps until completed"},
    VerbInfo{Verb::kComplete, "complete", "COMPLETION", "", kAny, false, "lets one waiter go on"},
    VerbInfo{Verb::kCompleteAll, "complete_all", "COMPLETION", "", kAny, false, "lets all go on, for good"},
    VerbInfo{Verb::kReinitCompletion, "reinit_completion", "COMPLETION", "", kAny, false, "not completed"},
    VerbInfo{Verb::kWaitEvent, "wait_event", "EXPR", "with", kSleepable, true,
             "sleeps until woken with the condition true; `with: WAIT_QUEUE`"},
    VerbInfo{Verb::kWakeUp, "wake_up", "WAIT_QUEUE", "", kAny, false, "wakes its sleepers, who look again"},
    VerbInfo{Verb::kWaitUntil, "wait_until", "EXPR", "", kSleepable, true,
             "sleeps until the condition is true"},
    VerbInfo{Verb::kLocalIrqSave, "local_irq_save", "-", "", kAny, false, "interrupts off (nesting)"},
    VerbInfo{Verb::kLocalIrqRestore, "local_irq_restore", "-", "", kAny, false, "interrupts as before"},
    VerbInfo{Verb::kLocalIrqDisable, "local_irq_disable", "-", "", kAny, false, "interrupts off"},
    VerbInfo{Verb::kLocalIrqEnable, "local_irq_enable", "-", "", kAny, false, "interrupts on"},
    VerbInfo{Verb::kPreemptDisable, "preempt_disable", "-", "", kAny, false, "no switch until enabled"},
    VerbInfo{Verb::kPreemptEnable, "preempt_enable", "-", "", kAny, false, "ends preempt_disable"},
    VerbInfo{Verb::kLocalBhDisable, "local_bh_disable", "-", "", kAny, false, "no softirq on this CPU"},
    VerbInfo{Verb::kLocalBhEnable, "local_bh_enable", "-", "", kAny, false, "pending softirqs run now"},
    VerbInfo{Verb::kCondResched, "cond_resched", "-", "", kSleepable, false,
             "on none and voluntary: switches if need_resched is set; on full and lazy: nothing"},
    VerbInfo{Verb::kMightSleep, "might_sleep", "-", "", kSleepable, true,
             "the check, and on voluntary a yield point"},
    VerbInfo{Verb::kSleep, "sleep", "DURATIONS", "", kSleepable, false,
             "gives up the CPU for that long, or, as usleep_range() does, for `LO..HI`"},
    VerbInfo{Verb::kDelay, "delay", "DURATIONS", "", kAny, false,
             "keeps the CPU for that long (udelay), or for `LO..HI`"},
    VerbInfo{Verb::kRaiseIrq, "raise_irq", "INTERRUPT", "", kAny, false,
             "the line's interrupt is on its way"},
    VerbInfo{Verb::kRaiseSoftirq, "raise_softirq", "SOFTIRQ", "", kAny, false,
             "pending on this CPU; from task context it wakes ksoftirqd"},
    VerbInfo{Verb::kModTimer, "mod_timer", "TIMER", "with", kAny, false, "(re)starts it; `with: DURATION`"},
    VerbInfo{Verb::kDelTimer, "del_timer", "TIMER", "", kAny, false, "stops it; a running handler goes on"},
    VerbInfo{Verb::kDelTimerSync, "del_timer_sync", "TIMER", "", kAny, false,
             "stops it and waits for a running handler"},
    VerbInfo{Verb::kQueueWork, "queue_work", "WORK", "", kAny, false, "pending for its kworker"},
    VerbInfo{Verb::kFlushWork, "flush_work", "WORK", "", kSleepable, true, "sleeps until it has run"},
    VerbInfo{Verb::kCancelWorkSync, "cancel_work_sync", "WORK", "", kSleepable, true,
             "not pending, and not running any more"},
    VerbInfo{Verb::kSetCpusAllowed, "set_cpus_allowed", "CPU", "", kSleepable, false,
             "moves this task: the stopper of the source CPU, then runnable on the target"},
    VerbInfo{Verb::kSmpSendStop, "smp_send_stop", "-", "timeout on_timeout", kAny, false,
             "stop interrupt to all other CPUs; busy until they stopped or the deadline"},
    VerbInfo{Verb::kMachineReset, "machine_reset", "-", "", kAny, false,
             "the machine resets: end of the run"},
    VerbInfo{Verb::kMachineKexec, "machine_kexec", "-", "", kAny, false,
             "jumps into the next kernel, to which all memory belongs from here on; the task goes on as that "
             "kernel"},
    VerbInfo{Verb::kMachineHalt, "machine_halt", "-", "", kTask, false,
             "halts or powers off: end of the run"},
    VerbInfo{Verb::kPanic, "panic", "TEXT", "", kAny, false, "the kernel panics"},
    VerbInfo{Verb::kLog, "log", "TEXT", "ratelimited", kAny, false,
             "one line on the console; {EXPR:FORMAT} inserts"},
    VerbInfo{Verb::kFinding, "finding", "KIND", "", kAny, false, "this kind of finding happened here"},
    VerbInfo{Verb::kExit, "exit", "-", "", kTask, false, "the task is gone"},
};

}  // namespace

std::span<const VerbInfo> all_verbs() { return kVerbs; }

const VerbInfo* find_verb(std::string_view name) {
  for (const VerbInfo& info : kVerbs) {
    if (info.name == name) return &info;
  }
  return nullptr;
}

const VerbInfo& info_of(Verb verb) {
  static const auto kByVerb = [] {
    std::array<VerbInfo, kVerbCount> table;
    table.fill({Verb::kNop, "nop", "-", "", kAny, false, "made by the compiler"});
    for (const VerbInfo& info : kVerbs) table[static_cast<std::size_t>(info.verb)] = info;
    table[static_cast<std::size_t>(Verb::kWriteLegacy)] = table[static_cast<std::size_t>(Verb::kWrite)];
    return table;
  }();
  return kByVerb[static_cast<std::size_t>(verb)];
}

std::vector<std::string> verb_names() {
  std::vector<std::string> names;
  for (const VerbInfo& info : kVerbs) names.emplace_back(info.name);
  return names;
}

}  // namespace quiesce::sim
