// The states in which a scenario may begin: where each task is, in which order devices were registered.
#include "sim/compile.hpp"
#include "sim/machine.hpp"

namespace quiesce::sim {
namespace {

using Visit = std::function<void(const std::byte*)>;

/// What all initial states have in common.
std::vector<std::byte> common_state(const System& system) {
  const Layout& layout = system.layout;
  std::vector<std::byte> state(layout.bytes);
  std::vector<base::Write> undo;
  base::StateAccess access(state.data(), undo);
  for (const Family& family : system.program.families) {
    if (family.constant) continue;
    for (std::int32_t i = 0; i < family.count; ++i)
      access.set(family.slot(i), family.init[static_cast<std::size_t>(i)]);
  }
  for (const CpuLayout& cpu : layout.cpus) access.set(cpu.online, 1);
  for (std::size_t i = 0; i < layout.smmus.size(); ++i) {
    hwmodel::v3::reset(access, layout.smmus[i], layout.smmu_configs[i]);
    hwmodel::v3::enable(access, layout.smmus[i], layout.smmu_configs[i], 0, 0);
  }
  for (const LegacyLayout& legacy : layout.legacy) {
    hwmodel::v2::reset(access, legacy.smmu, legacy.config);
    hwmodel::v2::enable(access, legacy.smmu, legacy.config, legacy.unmatched);
    hwmodel::v2::HwEvents events;
    for (const LegacyLayout::Written& written : legacy.attached) {
      static_cast<void>(hwmodel::v2::write_register(access, legacy.smmu, legacy.config,
                                                    hwmodel::v2::register_of(written.reg), written.index,
                                                    written.value, events));
    }
  }
  for (std::size_t i = 0; i < layout.tasks; ++i) access.set(layout.contexts[i].pc, layout.contexts[i].entry);
  for (const CpuLayout& cpu : layout.cpus) {
    if (cpu.ksoftirqd == kNoContext) continue;
    const ContextLayout& thread = layout.contexts[cpu.ksoftirqd];
    access.set(thread.task_state, static_cast<std::int32_t>(TaskState::kSleeping));
    access.set(thread.phase, phase_of::kSleeping);
  }
  return state;
}

/// Puts each task on each CPU where it may begin, in all combinations.
void place_tasks(const System& system, std::vector<std::byte>& state, std::size_t task, const Visit& visit) {
  const Layout& layout = system.layout;
  if (task == layout.tasks) {
    std::vector<std::byte> started = state;
    std::vector<base::Write> undo;
    base::StateAccess access(started.data(), undo);
    Machine(system, access).start();
    visit(started.data());
    return;
  }
  for (std::size_t cpu = 0; cpu < layout.cpus.size(); ++cpu) {
    if (((layout.contexts[task].cpus_allowed >> cpu) & 1U) == 0) continue;
    base::write_slot(state.data(), layout.contexts[task].on_cpu, static_cast<std::int32_t>(cpu));
    place_tasks(system, state, task + 1, visit);
  }
}

}  // namespace

void for_each_initial(const System& system, const Visit& visit) {
  std::vector<std::byte> state = common_state(system);
  if (system.device_orders.empty()) {
    place_tasks(system, state, 0, visit);
    return;
  }
  const Family& items = system.program.families[static_cast<std::size_t>(system.device_order_family)];
  for (const std::vector<std::int32_t>& order : system.device_orders) {
    for (std::size_t i = 0; i < order.size(); ++i)
      base::write_slot(state.data(), items.slot(static_cast<std::int32_t>(i)), order[i]);
    place_tasks(system, state, 0, visit);
  }
}

}  // namespace quiesce::sim
