#include "sim/store_footprint.hpp"

#include "sim/legacy_footprint.hpp"
#include "sim/slot_names.hpp"
#include "sim/step_footprint.hpp"

namespace quiesce::sim {
namespace {

/// A write that nothing answers may hang its CPU, or end the machine.
void add_legacy(const System& system, const BufferedStore& store, Touched& touched) {
  const LegacyLayout& legacy = system.layout.legacy_of(store.smmu());
  const auto& reg = hwmodel::v2::register_at(static_cast<std::size_t>(store.reg()));
  for (const base::Slot slot : hwmodel::v2::footprint(legacy.smmu, legacy.config, reg, store.index))
    touched.write(slot);
  add_lines(system, touched);
  touched.write(system.layout.machine_state);
  for (const ContextLayout& context : system.layout.contexts) {
    touched.read(context.pc);
    touched.write(context.phase);
  }
  add_clocks(system, touched);
}

void add_register(const System& system, const BufferedStore& store, Touched& touched) {
  namespace v3 = hwmodel::v3;
  const std::size_t i = store.smmu();
  if (system.layout.is_legacy(i)) return add_legacy(system, store, touched);
  const v3::Register& reg = v3::register_at(static_cast<std::size_t>(store.reg()));
  for (const base::Slot slot : v3::footprint(system.layout.smmus[i], system.layout.smmu_configs[i], reg))
    touched.write(slot);
  for (const int irq : system.layout.smmu_irqs[i]) {
    if (irq != kNoIrq) touched.write(system.layout.irqs[static_cast<std::size_t>(irq)].state);
  }
}

/// Whether the SMMU may have been told of the entry already.
void add_queue(const System& system, Touched& touched) {
  for (const hwmodel::v3::Layout& smmu : system.layout.smmus) {
    for (const base::Slot slot : {smmu.cmdq_prod, smmu.cmdq_cons, smmu.cmdq_halts, smmu.gerror, smmu.gerrorn,
                                  smmu.cr0.written, smmu.cr0.acknowledged}) {
      touched.read(slot);
    }
  }
}

}  // namespace

Touched drain_footprint(const System& system, const std::byte* state, std::size_t cpu, int entry) {
  Touched touched(system.layout.bytes);
  for (const NamedSlot& named : control_slots(system.layout.cpus[cpu], cpu)) touched.write(named.slot);
  for (const WriteGuard& guard : system.write_guards) add_code(system, kNoContext, guard.when, touched);
  base::StateAccess access(const_cast<std::byte*>(state));
  const BufferedStore store = StoreBuffer(system.layout.cpus[cpu].stores, access).at(entry);
  if (store.is_register()) {
    add_register(system, store, touched);
    return touched;
  }
  touched.write(store.slot());
  if (store.is_ring()) {
    add_queue(system, touched);
    return touched;
  }
  const Place& place = system.program.steps[store.pc].place;
  const Family& family = system.program.families[static_cast<std::size_t>(place.family)];
  if (family.freed < 0) return touched;
  const Family& flags = system.program.families[static_cast<std::size_t>(family.freed)];
  if (!flags.constant) touched.read(flags.slot(family.index_of(store.slot())));
  return touched;
}

}  // namespace quiesce::sim
