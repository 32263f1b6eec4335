// Who waits for whom, in words.
#include "sim/machine.hpp"

namespace quiesce::sim {

std::string Machine::why_waiting(ContextId task) const {
  const ContextLayout& t = layout_.contexts[task];
  const auto state = static_cast<TaskState>(get(t.task_state));
  if (state == TaskState::kExited) return "";
  if (state == TaskState::kDead) return t.name + " was killed by an oops";
  const StepInfo& info = system_.program.infos[step_of(task).info];
  const std::string here = " in " + info.routine + "+" + std::to_string(info.number) + " (" + info.text + ")";
  if (state == TaskState::kSleeping) {
    const Step& step = step_of(task);
    if (step.verb == Verb::kMutexLock) {
      const std::int32_t owner = get(lock_slot(step, task));
      if (owner != 0) {
        return t.name + " sleeps for a lock that " +
               layout_.contexts[static_cast<std::size_t>(owner - 1)].name + " holds," + here;
      }
    }
    return t.name + " sleeps" + here;
  }
  const int running = running_on(task);
  if (running >= 0) {
    const auto cpu = static_cast<std::size_t>(running);
    const std::string masked_text = masked(cpu) ? ", interrupts off" : "";
    return t.name + " runs on cpu" + std::to_string(running) + masked_text + here;
  }
  const auto home = static_cast<std::size_t>(get(t.on_cpu));
  const std::string cpu = "cpu" + std::to_string(home);
  if (get(layout_.cpus[home].online) == 0) return t.name + " waits for " + cpu + ", which is stopped";
  const std::int32_t current = get(layout_.cpus[home].current);
  if (current == kNoTask || current == kStopper) return t.name + " is about to run on " + cpu;
  return t.name + " waits for " + cpu + ", where " +
         layout_.contexts[static_cast<std::size_t>(current - 1)].name + " runs";
}

/// Whether some context goes round a retry loop that nothing will end.
bool Machine::stuck_in_retry_loop() const {
  for (ContextId id = 0; id < layout_.contexts.size(); ++id) {
    if (running_on(id) < 0 || get(layout_.contexts[id].pc) == kInactive) continue;
    if (step_of(id).verb == Verb::kCpuRelax) return true;
  }
  return false;
}

}  // namespace quiesce::sim
