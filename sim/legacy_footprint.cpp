#include "sim/legacy_footprint.hpp"

#include <algorithm>

namespace quiesce::sim {

void read_legacy_register(const System& system, std::int32_t number, Touched& touched) {
  const hwmodel::v2::Register& reg = hwmodel::v2::register_at(static_cast<std::size_t>(number));
  for (const LegacyLayout& legacy : system.layout.legacy) {
    for (std::size_t i = 0; i < hwmodel::v2::count_of(reg, legacy.config); ++i) {
      for (const base::Slot slot : hwmodel::v2::footprint(legacy.smmu, legacy.config, reg, i))
        touched.read(slot);
    }
  }
}

void read_decisions(const System& system, Touched& touched) {
  for (std::size_t i = 0; i < system.layout.smmus.size(); ++i) {
    for (const base::Slot slot : hwmodel::v3::footprint(system.layout.smmus[i], system.layout.smmu_configs[i],
                                                        hwmodel::v3::TransitionKind::kDecides))
      touched.read(slot);
  }
  for (const LegacyLayout& legacy : system.layout.legacy) {
    for (const base::Slot slot :
         hwmodel::v2::footprint(legacy.smmu, legacy.config, hwmodel::v2::TransitionKind::kDecides))
      touched.read(slot);
  }
}

void write_legacy_register(const System& system, const Step& step, Touched& touched) {
  const hwmodel::v2::Register& reg = hwmodel::v2::register_at(static_cast<std::size_t>(step.argument));
  for (const LegacyLayout& legacy : system.layout.legacy) {
    for (std::size_t i = 0; i < hwmodel::v2::count_of(reg, legacy.config); ++i) {
      for (const base::Slot slot : hwmodel::v2::footprint(legacy.smmu, legacy.config, reg, i))
        touched.write(slot);
    }
  }
  add_lines(system, touched);
}

// Power takes the registers with it.
void switch_smmu(const System& system, const Step& step, Touched& touched) {
  const bool of_power = step.verb == Verb::kPowerOn || step.verb == Verb::kPowerOff;
  for (const LegacyLayout& legacy : system.layout.legacy) {
    touched.write(legacy.smmu.clocked);
    if (!of_power) continue;
    for (const base::Slot slot : hwmodel::v2::all_slots(legacy.smmu, legacy.config)) touched.write(slot);
  }
  add_lines(system, touched);
}

void add_lines(const System& system, Touched& touched) {
  for (const LegacyLayout& legacy : system.layout.legacy) {
    if (std::all_of(legacy.irqs.begin(), legacy.irqs.end(), [](int irq) { return irq == kNoIrq; })) continue;
    for (const base::Slot slot : hwmodel::v2::line_slots(legacy.smmu)) touched.read(slot);
    for (const int irq : legacy.irqs) {
      if (irq != kNoIrq) touched.write(system.layout.irqs[static_cast<std::size_t>(irq)].state);
    }
  }
}

}  // namespace quiesce::sim
