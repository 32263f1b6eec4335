// The verbs of the step language: one table that the compiler, `quiesce lint` and the manual read.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quiesce::sim {

enum class Verb : std::uint8_t {
  kNop,
  kSet,
  kLet,
  kLoad,
  kCmpxchg,
  kChoose,
  kIf,
  kWhile,
  kRepeat,
  kForEach,
  kGoto,
  kLabel,
  kCall,
  kInvoke,
  kReturn,
  kAtomic,
  kListAddTail,
  kListDel,
  kTakeFirst,
  kTakeLast,
  kKfree,
  kWrite,
  kClkEnable,
  kClkDisable,
  kPowerOn,
  kPowerOff,
  kPoll,
  kReserveAndPublish,
  kPutCommands,
  kCpuRelax,
  kDmaWmb,
  kSmpWmb,
  kSmpMb,
  kMutexLock,
  kMutexUnlock,
  kSpinLock,
  kSpinLockIrq,
  kSpinLockIrqsave,
  kSpinLockBh,
  kSpinUnlock,
  kSpinUnlockIrq,
  kSpinUnlockIrqrestore,
  kSpinUnlockBh,
  kReadLock,
  kReadUnlock,
  kWriteLock,
  kWriteUnlock,
  kDownRead,
  kUpRead,
  kDownWrite,
  kUpWrite,
  kRcuReadLock,
  kRcuReadUnlock,
  kSynchronizeRcu,
  kSrcuReadLock,
  kSrcuReadUnlock,
  kSynchronizeSrcu,
  kWaitForCompletion,
  kComplete,
  kCompleteAll,
  kReinitCompletion,
  kWaitEvent,
  kWakeUp,
  kWaitUntil,
  kLocalIrqSave,
  kLocalIrqRestore,
  kLocalIrqDisable,
  kLocalIrqEnable,
  kPreemptDisable,
  kPreemptEnable,
  kLocalBhDisable,
  kLocalBhEnable,
  kCondResched,
  kMightSleep,
  kSleep,
  kDelay,
  kRaiseIrq,
  kRaiseSoftirq,
  kModTimer,
  kDelTimer,
  kDelTimerSync,
  kQueueWork,
  kFlushWork,
  kCancelWorkSync,
  kSetCpusAllowed,
  kSmpSendStop,
  kMachineReset,
  kMachineHalt,
  kMachineKexec,
  kPanic,
  kLog,
  kFinding,
  kExit,
  // Made by the compiler only:
  kJump,
  kFrameEnd,
  kRunSoftirqs,  ///< the whole life of ksoftirqd
  kNextWork,     ///< a kworker sleeps until its work is pending
  kWorkDone,     ///< an instance of the work has run
  kWriteLegacy,  ///< `write` of a register of a legacy SMMU
};

inline constexpr std::size_t kVerbCount = static_cast<std::size_t>(Verb::kWriteLegacy) + 1;

/// Takes a spinlock, with whatever it masks first.
[[nodiscard]] constexpr bool is_spin_lock(Verb verb) {
  return verb == Verb::kSpinLock || verb == Verb::kSpinLockIrq || verb == Verb::kSpinLockIrqsave ||
         verb == Verb::kSpinLockBh;
}

/// Takes a lock, and keeps its CPU until the lock is there.
[[nodiscard]] constexpr bool spins_for_lock(Verb verb) {
  return is_spin_lock(verb) || verb == Verb::kReadLock || verb == Verb::kWriteLock;
}

/// Switches the clocks or the power of a legacy SMMU.
[[nodiscard]] constexpr bool switches_smmu(Verb verb) {
  return verb >= Verb::kClkEnable && verb <= Verb::kPowerOff;
}

/// Where a verb may run.
enum class VerbContext : std::uint8_t {
  kAny,        ///< task, softirq, hardirq
  kTask,       ///< task context only
  kSleepable,  ///< task context that may sleep: elsewhere it is a sleep_in_atomic finding
};

struct VerbInfo {
  Verb verb;
  std::string_view name;
  std::string_view argument;   ///< what stands behind the key, for the manual: "LOCK", "x = EXPR", "-"
  std::string_view modifiers;  ///< space-separated, beside `when`, `label`, `source`
  VerbContext context;
  bool yields;  ///< may be a preemption point on `voluntary` (might_sleep) kernels
  std::string_view meaning;
};

[[nodiscard]] std::span<const VerbInfo> all_verbs();
[[nodiscard]] const VerbInfo* find_verb(std::string_view name);
[[nodiscard]] const VerbInfo& info_of(Verb verb);
[[nodiscard]] std::vector<std::string> verb_names();

}  // namespace quiesce::sim
