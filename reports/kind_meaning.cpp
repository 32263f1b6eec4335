#include "reports/kind_meaning.hpp"

#include <map>

namespace quiesce::reports {

std::string kind_name(const std::string& kind) { return kind.substr(0, kind.find(':')); }

std::string kind_meaning(const std::string& name) {
  static const std::map<std::string, std::string> kMeanings{
      {"deadlock", "Contexts wait for each other in a circle, or nothing can happen any more."},
      {"livelock", "Steps go round for ever while no time passes."},
      {"null_dereference", "A field, a register or a lock of NULL is accessed."},
      {"use_after_free", "An object is accessed, or freed, after it was freed."},
      {"range_error", "A value outside its type is stored, or an index outside its array is used."},
      {"sleep_in_atomic", "Something that may sleep runs where sleeping is not allowed."},
      {"lock_misuse",
       "A lock or a read side is released by somebody who does not have it, or kept too long."},
      {"soft_lockup", "A CPU does not let its stopper run for more than twice watchdog_thresh."},
      {"hung_task", "A task sleeps for longer than hung_task_timeout."},
      {"rcu_stall", "A grace period does not end within rcu_stall_timeout."},
      {"cmd_sync_timeout", "The driver gives up waiting for a CMD_SYNC."},
      {"untranslated_dma", "A device's access with an IOVA reaches memory without translation."},
      {"stale_dma", "A device's access reaches a page that its owner has back."},
      {"dma_into_next_kernel", "A device's access reaches memory after machine_kexec."},
      {"unclocked_access", "A register of an SMMU without clock or power is accessed."},
      {"panic", "The kernel panics."},
      {"unpredictable_register", "A register is written in a way that the architecture calls UNPREDICTABLE."},
      {"never", "A condition that is to be false in every state becomes true."},
      {"never_on", "A register or a variable is written while a condition forbids it."},
      {"at_end", "A condition does not hold where a run is over."},
      {"eventually", "A run never comes to a state that it is to come to."},
      {"always_possible", "From some state a state that is to stay reachable cannot be reached."},
      {"within", "A task is held up for longer than it may be."},
      {"reboot_within", "The reboot is held up for longer than it may be."},
      {"reboot_completes", "A run never comes to the reset or the halt."},
      {"no_trap", "From some state the reset or the halt cannot be reached."},
      {"counts", "A search has not the number of states or transitions that is published for the model."}};
  const auto found = kMeanings.find(name);
  return found == kMeanings.end() ? "" : found->second;
}

}  // namespace quiesce::reports
