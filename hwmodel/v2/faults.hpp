// Fault status and syndromes, global and of context banks, and the interrupts that they assert.
// Spec: IHI 0062D.c, 3.3, 3.6.3, 3.7.2, 3.8.1.
#pragma once

#include <cstdint>

#include "hwmodel/v2/layout.hpp"

namespace quiesce::hwmodel::v2 {

/// An access that faulted.
struct Faulting {
  std::uint16_t sid = 0;
  std::int32_t page = 0;
  bool write = false;
};

void record_global_fault(Change& smmu, std::int32_t fault, const Faulting& access);
void record_context_fault(Change& smmu, std::size_t bank, std::int32_t fault, bool stalls,
                          const Faulting& access);

/// Writing 1 clears.
void write_gfsr(Change& smmu, std::int32_t value);
/// Writing 1 sets.
void write_gfsr_restore(Change& smmu, std::int32_t value);
/// Writing 1 clears.
void write_fsr(Change& smmu, std::size_t bank, std::int32_t value);
void clear_stalled_status(Change& smmu, std::size_t bank);

/// The level of an interrupt line.
[[nodiscard]] bool is_asserted(const View& smmu, Line line);
/// Those lines that are asserted, a bit for each.
[[nodiscard]] std::uint32_t levels(const View& smmu);

/// Tells, after `change` has run, whether the line's level is another one.
template <class Work>
void watching(Change& smmu, Line line, Work change) {
  const bool before = is_asserted(smmu.view(), line);
  change();
  const bool after = is_asserted(smmu.view(), line);
  if (before == after) return;
  (after ? smmu.events.raised : smmu.events.lowered) |= bit_of(line);
}

/// Tells the same of all lines.
template <class Work>
void watching_all(Change& smmu, Work change) {
  const std::uint32_t before = levels(smmu.view());
  change();
  const std::uint32_t after = levels(smmu.view());
  smmu.events.raised |= after & ~before;
  smmu.events.lowered |= before & ~after;
}

}  // namespace quiesce::hwmodel::v2
