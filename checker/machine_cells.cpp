#include "checker/machine_cells.hpp"

namespace quiesce::checker {

MachineCells::MachineCells(const sim::System& system) {
  add_cpus(system, *this);
  add_contexts(system, *this);
  add_locks(system, *this);
  for (std::size_t i = 0; i < system.layout.smmu_count(); ++i) {
    if (system.layout.is_legacy(i)) {
      add_legacy_smmu(system, i, *this);
    } else {
      add_smmu(system, i, *this);
    }
  }
  add_objects(system, *this);
  add_globals(system, *this);
  add_timers(system, *this);
  add_interrupts_and_works(system, *this);
  machine.cells = cells.size();
}

std::vector<std::string> frame_names(const sim::System& system) {
  const auto frames = system.objects.find("frame");
  return frames == system.objects.end() ? std::vector<std::string>() : frames->second;
}

}  // namespace quiesce::checker
