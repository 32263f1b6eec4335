// Who waits for whom at the end of a run, one chain for each task.
#include <algorithm>

#include "sim/describe.hpp"
#include "sim/lock_view.hpp"

namespace quiesce::sim {
namespace {

class Waits {
 public:
  Waits(const System& system, const std::byte* state)
      : system_(system),
        state_(state),
        access_(const_cast<std::byte*>(state)),
        machine_(system, access_),
        locks_(system, state) {}

  [[nodiscard]] std::string of(ContextId task) const {
    if (task_state(task) == TaskState::kExited) return "";
    std::vector<ContextId> seen{task};
    return name(task) + " " + clause(task, seen);
  }

 private:
  [[nodiscard]] const std::string& name(ContextId context) const {
    return system_.layout.contexts[context].name;
  }
  [[nodiscard]] std::int32_t get(base::Slot slot) const { return base::read_slot(state_, slot); }
  [[nodiscard]] TaskState task_state(ContextId task) const {
    return static_cast<TaskState>(get(system_.layout.contexts[task].task_state));
  }
  [[nodiscard]] bool is_task(ContextId context) const { return context < system_.layout.tasks; }

  /// What comes behind the name: "waits for cpu0, where worker runs poll+1 (...), called from ...".
  [[nodiscard]] std::string clause(ContextId context, std::vector<ContextId>& seen) const {
    if (is_task(context) && task_state(context) == TaskState::kDead)
      return "was killed by an oops" + locks_of(context);
    const Step& step = machine_.step_of(context);
    if (is_task(context) && task_state(context) == TaskState::kExited)
      return "has exited" + locks_of(context);
    const int running = machine_.running_on(context);
    if (is_task(context) && task_state(context) != TaskState::kSleeping && running < 0)
      return waits_for_cpu(context, seen);
    if (std::string lock = waits_for_lock(context, step, seen); !lock.empty()) return lock;
    if (running < 0) return "sleeps in " + place(context) + callers(context);
    const std::string on_cpu = seen.size() == 1 ? " on cpu" + std::to_string(running) : "";
    return "runs " + place(context) + on_cpu + masked(static_cast<std::size_t>(running)) + callers(context);
  }

  [[nodiscard]] std::string waits_for_cpu(ContextId task, std::vector<ContextId>& seen) const {
    const auto home = static_cast<std::size_t>(get(system_.layout.contexts[task].on_cpu));
    const std::string cpu = "cpu" + std::to_string(home);
    if (get(system_.layout.cpus[home].online) == 0) return "waits for " + cpu + ", which is stopped";
    const std::int32_t current = get(system_.layout.cpus[home].current);
    if (current == kStopper) return "is being moved by the stopper of " + cpu;
    if (current == kNoTask) return "is about to run on " + cpu;
    return "waits for " + cpu + ", where " + next(static_cast<ContextId>(current - 1), seen);
  }

  [[nodiscard]] std::string waits_for_lock(ContextId context, const Step& step,
                                           std::vector<ContextId>& seen) const {
    if (step.place.kind != Place::Kind::kSlot && step.place.kind != Place::Kind::kFamily) return "";
    const std::string_view verb = info_of(step.verb).name;
    const bool takes = verb.starts_with("mutex_lock") || verb.starts_with("spin_lock") ||
                       verb.starts_with("down_write") || verb.starts_with("down_read");
    if (!takes) return "";
    const std::optional<base::Slot> slot = locks_.waited_for_by(context);
    if (!slot) return "";
    const bool semaphore = verb.starts_with("down_");
    const std::int32_t owner = semaphore ? -get(*slot) : get(*slot);
    if (owner <= 0) return "";
    const auto holder = static_cast<ContextId>(owner - 1);
    const std::string lock = lock_name(*slot);
    const StepInfo& info = step_info(system_, state_, context);
    const int running = machine_.running_on(context);
    const std::string waiting =
        running < 0 ? "waits for " : "spins on cpu" + std::to_string(running) + " for ";
    const bool named = info.text.find(lock) != std::string::npos;
    const std::string waits =
        waiting + lock + " in " + (named ? where(info) : place(context)) + callers(context);
    if (holder == context) return waits + ", and holds it itself";
    return waits + "; " + lock + " is held by " + next(holder, seen, ", which ");
  }

  /// Somebody further along the chain; a circle ends it.
  [[nodiscard]] std::string next(ContextId context, std::vector<ContextId>& seen,
                                 std::string_view link = " ") const {
    if (std::find(seen.begin(), seen.end(), context) != seen.end()) return name(context) + ": a circle";
    seen.push_back(context);
    return name(context) + std::string(link) + clause(context, seen);
  }

  [[nodiscard]] std::string place(ContextId context) const {
    const StepInfo& info = step_info(system_, state_, context);
    return info.routine.empty() ? "its last step" : where(info) + " (" + info.text + ")";
  }

  /// ", called from iommu_unmap, worker"
  [[nodiscard]] std::string callers(ContextId context) const {
    std::string all;
    for (const std::string& caller : step_info(system_, state_, context).callers) {
      const std::string routine = caller.substr(0, caller.rfind('+'));
      if (routine != name(context)) all += (all.empty() ? ", called from " : ", ") + routine;
    }
    return all;
  }

  [[nodiscard]] std::string masked(std::size_t cpu) const {
    return get(system_.layout.cpus[cpu].irq_depth) > 0 ? " with interrupts off" : "";
  }

  [[nodiscard]] std::string lock_name(base::Slot slot) const {
    for (const NamedLock& lock : named_locks(system_)) {
      if (lock.slot == slot) return lock.name;
    }
    return "a lock";
  }

  /// ", and nobody will free A, B": what a task took with it.
  [[nodiscard]] std::string locks_of(ContextId task) const {
    std::string held;
    for (const NamedLock& lock : named_locks(system_)) {
      const bool owned = lock.kind == TypeKind::kMutex || lock.kind == TypeKind::kSpinlock;
      if (owned && get(lock.slot) == task + 1) held += (held.empty() ? "" : ", ") + lock.name;
    }
    return held.empty() ? "" : " and still holds " + held;
  }

  const System& system_;
  const std::byte* state_;
  base::StateAccess access_;
  Machine machine_;
  LockView locks_;
};

}  // namespace

std::string waits_of(const System& system, const std::byte* state, ContextId task) {
  return Waits(system, state).of(task);
}

std::vector<std::string> waits(const System& system, const std::byte* state) {
  const auto machine = static_cast<MachineState>(base::read_slot(state, system.layout.machine_state));
  if (machine == MachineState::kReset) return {"the machine has reset"};
  if (machine == MachineState::kHalted) return {"the machine has halted"};
  std::vector<std::string> all;
  if (machine == MachineState::kPanicked) all.emplace_back("the machine has panicked");
  const Waits chains(system, state);
  for (ContextId task = 0; task < system.layout.tasks; ++task) {
    std::string chain = chains.of(task);
    if (!chain.empty()) all.push_back(std::move(chain));
  }
  return all;
}

}  // namespace quiesce::sim
