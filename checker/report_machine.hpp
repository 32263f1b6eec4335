// The machine of a variant as plain data: which values its view shows, and how they belong together. What
// each value is before and after a step stands in the finding, as text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace quiesce::checker {

/// Number of a value that the view shows, from 0.
using CellNumber = std::uint32_t;

struct ReportCpu {
  std::string name;
  CellNumber current = 0;              ///< "reboot", "idle", "migration/0", "parked"
  CellNumber masked = 0;               ///< what cannot interrupt it now, "" for nothing
  CellNumber pending = 0;              ///< interrupts and softirqs that wait, one in each line
  CellNumber queue = 0;                ///< tasks that are runnable there and do not run, one in each line
  std::optional<std::size_t> softirq;  ///< of ReportMachine::contexts
  std::optional<std::size_t> hardirq;
};

/// A thread of control: a task, or an interrupt level of a CPU.
struct ReportContext {
  std::string name;
  std::string kind;                 ///< "task", "softirq", "hardirq"
  std::optional<std::size_t> cpu;   ///< of an interrupt level
  CellNumber where = 0;             ///< "arm_smmu_device_disable+1", or ""
  CellNumber callers = 0;           ///< one in each line, innermost first
  CellNumber holds = 0;             ///< locks and read sides, one in each line
  std::optional<CellNumber> state;  ///< of a task: "running on cpu0", "sleeping", ...
  std::optional<CellNumber> waits;  ///< of a task: a sentence, or ""
};

struct ReportLock {
  std::string name;
  std::string kind;        ///< "mutex", "spinlock", "rwlock", "rwsem", "completion", "wait_queue", "srcu"
  CellNumber state = 0;    ///< "free", "held by reboot", "2 readers", ...
  CellNumber waiters = 0;  ///< one in each line
};

struct ReportRegisterField {
  std::string name;
  unsigned lsb = 0;
  unsigned msb = 0;
};

/// Its values are hexadecimal.
struct ReportRegister {
  std::string name;
  CellNumber written = 0;  ///< what software wrote, or reads
  std::optional<CellNumber> in_force;
  std::optional<CellNumber> acknowledged;
  std::vector<ReportRegisterField> fields;
};

struct ReportQueue {
  std::string name;
  std::uint64_t entries = 0;
  CellNumber prod = 0;  ///< hexadecimal: the index stands in the low bits
  CellNumber cons = 0;
  std::vector<CellNumber> slots;  ///< of entries 0, 1, ... as far as the model keeps them; "" if empty
};

struct ReportNamedCell {
  std::string name;
  CellNumber cell = 0;
};

struct ReportSmmu {
  std::string name;
  std::string model;  ///< "smmuv3", "smmuv2"
  std::vector<ReportRegister> registers;
  std::vector<ReportQueue> queues;
  std::vector<ReportNamedCell> caches;    ///< copies of structures, TLB entries
  std::vector<ReportNamedCell> accesses;  ///< of each source, the one that is on its way
  std::vector<ReportNamedCell> other;
};

struct ReportObjectField {
  std::string name;
  std::string ref;  ///< class of the object that it points to; "" if it is no pointer
  CellNumber cell = 0;
};

struct ReportObject {
  std::string name;
  std::string class_name;
  std::vector<ReportObjectField> fields;
};

struct ReportMachine {
  std::size_t cells = 0;
  std::vector<ReportCpu> cpus;
  std::vector<ReportContext> contexts;
  std::vector<ReportLock> locks;
  std::vector<ReportSmmu> smmus;
  std::vector<ReportObject> objects;
  std::vector<ReportNamedCell> globals;
  std::vector<ReportNamedCell> lists;
  std::vector<ReportNamedCell> timers;
  std::vector<ReportNamedCell> interrupts;
  std::vector<ReportNamedCell> works;
};

/// A value that a step changed.
struct ReportCellChange {
  CellNumber cell = 0;
  std::string text;
};

/// Why a step became possible: the last step of another actor before which it was not, and after which it
/// was.
struct ReportEnabling {
  std::size_t step = 0;
  std::string kind;  ///< "register write", "acknowledge", "command", "interrupt", "wake-up", "unlock", "dma",
                     ///< "fault", "time", "scheduling", "state"
};

struct ReportWaitNode {
  std::string id;
  std::string kind;   ///< "task", "cpu", "lock", "completion", "grace_period", "hardware", "other"
  std::string where;  ///< "arm_smmu_device_disable+1", or ""
};

struct ReportWaitEdge {
  std::string from;
  std::string to;
  std::string label;  ///< "waits for", "is held by", ...
};

/// Who waits for whom where a run ends.
struct ReportWaitGraph {
  std::vector<ReportWaitNode> nodes;
  std::vector<ReportWaitEdge> edges;
  std::vector<std::string> circle;  ///< ids, each waiting for the next and the last for the first
};

struct ReportRoutineStep {
  std::vector<std::uint32_t> offsets;  ///< N of "routine+N"; several where a loop is unrolled
  unsigned depth = 0;                  ///< of the block that it stands in
  std::uint32_t line = 0;
  std::string label;
  std::string text;
};

struct ReportRoutine {
  std::string name;
  std::string source;
  std::string file;
  std::uint32_t line = 0;
  std::vector<ReportRoutineStep> steps;
};

}  // namespace quiesce::checker
