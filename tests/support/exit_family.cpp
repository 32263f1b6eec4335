#include "exit_family.hpp"

namespace quiesce::sim {

std::string exit_family(int n) {
  std::string smmus;
  std::string devices;
  std::string tasks;
  for (int i = 0; i < n; ++i) {
    const std::string number = std::to_string(i);
    smmus += "    smmu" + number + ": { cmdq_entries: 4, cmdq_window: 4, cr0_ack: immediate, sync: poll }\n";
    devices += "    pdev" + number + ": { controls: smmu" + number + " }\n";
    tasks += "  exit" + number + ": { cpu: 1, run: [ call: unmap(smmu" + number + ") ] }\n";
  }
  return R"(quiesce: 1
name: exit-family
machine:
  cpus: 2
  preemption: none
  soft_lockup_watchdog: false
  hung_task_timeout: 0
  registration_order: any
  smmus:
)" + smmus +
         "  devices:\n" + devices + R"(classes: { smmu: { fields: { lock: mutex } } }
globals:
  devices_kset: { type: list of device }
routines:
  unmap:
    params: { smmu: smmu }
    steps:
      - mutex_lock: smmu.lock
      - reserve_and_publish: slot = smmu
        with: commands(TLBI_NH_VA, 1)
        sync: true
      - poll: consumed(smmu, smmu.CMDQ_CONS, slot)
        sleeps: true
        timeout: 1s
        on_timeout:
          - finding: cmd_sync_timeout
      - mutex_unlock: smmu.lock
  shut_down_all:
    - while: devices_kset.not_empty
      do:
        - take_last: dev from devices_kset
        - mutex_lock: dev.controls.lock
        - write: dev.controls.CR0 = 0
        - mutex_unlock: dev.controls.lock
    - machine_reset
tasks:
)" + tasks +
         R"(  reboot: { cpu: 0, run: [ call: shut_down_all() ] }
goals:
  can_end: no_trap
)";
}

}  // namespace quiesce::sim
