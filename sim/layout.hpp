// Where everything lives in the state vector: contexts, CPUs, interrupts, SMMUs, time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/slot.hpp"
#include "hwmodel/v2/smmu.hpp"
#include "hwmodel/v3/smmu.hpp"
#include "sim/code.hpp"
#include "sim/store_buffer.hpp"
#include "sim/zone.hpp"

namespace quiesce::sim {

enum class ContextKind : std::uint8_t { kTask, kSoftirq, kHardirq };

/// Life of a task.
enum class TaskState : std::uint8_t {
  kRunnable,  ///< waits for its CPU, or has it
  kSleeping,  ///< waits for what its step names (state D)
  kExited,
  kDead,  ///< killed by an oops, with what it held
};

using ContextId = std::uint16_t;
inline constexpr ContextId kNoContext = 0xffff;

/// One thread of control: a task, or a CPU's softirq or hardirq level.
struct ContextLayout {
  std::string name;
  ContextKind kind = ContextKind::kTask;
  int cpu = -1;          ///< of an interrupt level; -1 for tasks
  Pc entry = kInactive;  ///< of a task
  base::Slot pc;
  base::Slot relaxed;       ///< 1: a retry loop began a round, and nothing that it reads changed since
  base::Slot phase;         ///< progress within a verb that takes several transitions
  std::uint16_t frame = 0;  ///< offset of the locals
  std::uint8_t frame_bytes = 0;
  TimerId deadline = kNoTimer;
  // Tasks only:
  base::Slot task_state;
  base::Slot on_cpu;         ///< whose run queue it is on
  base::Slot preempt_count;  ///< preempt_disable, spinlocks and BH-disabled sections
  base::Slot bh_count;       ///< BH-disabled sections only
  base::Slot pinned_to;      ///< CPU + 1 after set_cpus_allowed, else 0
  std::uint32_t cpus_allowed = 0;
  bool may_stall = true;
  std::string task_kind;
  bool daemon = false;  ///< kworkers and ksoftirqd: they never end, and nobody waits for them to
  TimerId hung_task = kNoTimer;
  base::Slot rcu_depth;      ///< these three only if Layout::rcu
  base::Slot awaited_cpus;   ///< of a task that waits for a grace period: who has not let go yet
  base::Slot awaited_tasks;  ///< the same for tasks in a read side
  TimerId rcu_stall = kNoTimer;
  base::Slot stall_told;  ///< as hung_told
  base::Slot behind;      ///< only if Layout::leads: bit per task that used their CPU a second longer
  base::Slot hung_told;   ///< the watchdog has passed in this wait, and begins no more
};

/// Two bits for each task in an SRCU domain's slot, one in Layout's masks of awaited tasks.
inline constexpr std::size_t kRcuTasksMax = 15;

/// Two bits for each task in a work's `flushes`.
inline constexpr std::size_t kFlushesMax = 15;

/// One bit for each task in `behind`, and one for a busy wait in progress.
inline constexpr std::size_t kFairTasksMax = 15;

inline constexpr std::int32_t kNoTask = 0;
inline constexpr std::int32_t kCompletedForAll = 255;  ///< of a completion, after complete_all()
inline constexpr std::int32_t kStopper = 255;          ///< `current` while migration/N moves a task

/// State of an interrupt on its way to a CPU.
enum class IrqState : std::uint8_t {
  kIdle,
  kSent,
  kLatched,
  kAgain,  ///< sent: its line was still asserted when its handler ended. Nothing else on the CPU is owed then
};

/// Whether the running task is to give way: at the next tick, if the scheduler thinks so, or in any case.
enum class NeedResched : std::uint8_t { kNo, kLazy, kAsked, kYes };

struct CpuLayout {
  base::Slot current;    ///< task + 1, kNoTask or kStopper
  base::Slot irq_depth;  ///< local_irq_save nesting; above 0 interrupts are masked
  base::Slot need_resched;
  base::Slot resched_irq;  ///< IrqState of the reschedule IPI
  base::Slot tick_irq;     ///< kLatched: a tick that was due while interrupts were masked
  base::Slot stop_irq;     ///< IrqState of IPI_CPU_STOP
  base::Slot online;
  base::Slot moving;           ///< task + 1 that the stopper moves
  base::Slot softirq_pending;  ///< bit per softirq
  base::Slot softirq_round;    ///< those of them that the round in progress has still to run
  base::Slot softirq_between;  ///< 1: a round is over and more is pending: here or in ksoftirqd?
  ContextId softirq = kNoContext;
  ContextId hardirq = kNoContext;
  ContextId ksoftirqd = kNoContext;
  TimerId lockup = kNoTimer;
  base::Slot lockup_state;  ///< 0 no, 1 to be reported in the next gap, 2 reported
  StoreBufferLayout stores;
};

inline constexpr int kNoIrq = -1;

struct IrqLineLayout {
  base::Slot state;  ///< IrqState
  int cpu = 0;
  Pc entry = kInactive;
  int smmu = -1;           ///< through which it comes as a message
  std::size_t source = 0;  ///< which source of that SMMU it is
};

enum class TimerPhase : std::uint8_t {
  kQuiet,        ///< not armed, or not yet expired
  kExpired,      ///< its interrupt has not been taken
  kRuns,         ///< its handler runs
  kDue,          ///< the TIMER softirq is to run its handler
  kRunsExpired,  ///< its handler runs, armed it anew, and it expired again
};

struct KernelTimerLayout {
  TimerId timer = kNoTimer;
  base::Slot pending;  ///< TimerPhase
  int cpu = 0;
  bool hard = false;
  Pc entry = kInactive;
};

/// A work item's state.
struct WorkLayout {
  base::Slot pending;
  base::Slot running;
  base::Slot flushes;  ///< two bits for each task: instances that it waits for
  ContextId worker = kNoContext;
};

enum class MachineState : std::uint8_t { kRunning, kReset, kHalted, kPanicked };

/// A bound on charged time: `reboot_within: 10s`.
struct BoundLayout {
  TimerId timer = kNoTimer;
  base::Slot told;  ///< as hung_told
  ContextId context = kNoContext;
  std::int32_t limit_us = 0;
  std::uint16_t property = 0;
};

/// What a source of transactions is, beside what the SMMU sees of it.
struct TrafficLayout {
  std::size_t device = 0;
  int irq = kNoIrq;              ///< the interrupt that is its messages
  bool physical = false;         ///< it is given physical addresses, so that bypass is what it should meet
  std::int32_t first_frame = 0;  ///< where its page 0 is in memory, with physical addresses
};

/// A legacy SMMU: SMMUv1, SMMUv2, MMU-500.
struct LegacyLayout {
  struct Written {
    hwmodel::v2::Reg reg;
    std::size_t index = 0;
    std::int32_t value = 0;
  };

  hwmodel::v2::Layout smmu;
  hwmodel::v2::Config config;
  hwmodel::v2::Unmatched unmatched = hwmodel::v2::Unmatched::kFault;
  std::vector<int> irqs;          ///< which interrupt each line raises, or kNoIrq
  std::vector<Written> attached;  ///< what attaching devices has written before the run begins
};

struct Layout {
  std::size_t bytes = 0;
  std::vector<ContextLayout> contexts;  ///< tasks first
  std::size_t tasks = 0;
  std::vector<CpuLayout> cpus;
  std::vector<IrqLineLayout> irqs;
  std::vector<KernelTimerLayout> timers;
  std::vector<WorkLayout> works;
  std::vector<hwmodel::v3::Layout> smmus;
  std::vector<hwmodel::v3::Config> smmu_configs;
  /// Which interrupt each line of an SMMU raises, or kNoIrq.
  std::vector<std::array<int, hwmodel::v3::kLines>> smmu_irqs;
  /// SMMUs are numbered through: SMMUv3s first, then these.
  std::vector<LegacyLayout> legacy;
  std::vector<std::vector<TrafficLayout>> traffic;  ///< of each SMMU, in the order of its sources
  std::int32_t doorbell = 0;                        ///< the frame that interrupt messages are written to
  std::int32_t freed_family = -1;                   ///< frame.freed, if there are frames
  base::Slot next_kernel;                           ///< 1 after machine_kexec
  std::vector<BoundLayout> bounds;
  bool leads = false;    ///< tasks can get ahead of each other on a CPU: see kernel/fair_share.cpp
  bool rcu = false;      ///< some step reads or waits under RCU or SRCU
  int store_buffer = 0;  ///< stores that each CPU has room for; 0: they are visible at once
  base::Slot machine_state;
  Zone zone;

  [[nodiscard]] std::size_t smmu_count() const { return smmus.size() + legacy.size(); }
  [[nodiscard]] bool is_legacy(std::size_t smmu) const { return smmu >= smmus.size(); }
  [[nodiscard]] const LegacyLayout& legacy_of(std::size_t smmu) const { return legacy[smmu - smmus.size()]; }
};

}  // namespace quiesce::sim
