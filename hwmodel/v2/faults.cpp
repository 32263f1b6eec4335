#include "hwmodel/v2/faults.hpp"

#include "hwmodel/v2/power.hpp"

namespace quiesce::hwmodel::v2 {

/// Spec: 3.8.1: of a later fault MULTI alone.
void record_global_fault(Change& smmu, std::int32_t fault, const Faulting& access) {
  const Layout& layout = smmu.layout;
  watching(smmu, kGlobalLine, [&] {
    const std::int32_t before = smmu.get(layout.gfsr);
    if (before != 0) return smmu.set(layout.gfsr, before | kMulti);
    smmu.set(layout.gfsr, fault);
    smmu.set(layout.gfsynr0, access.write ? gfsr::kWnr : 0);
    smmu.set(layout.gfsynr1, access.sid);
  });
}

/// Spec: 3.7.2: of a later fault MULTI alone.
void record_context_fault(Change& smmu, std::size_t number, std::int32_t fault, bool stalls,
                          const Faulting& access) {
  const Bank& bank = smmu.layout.banks[number];
  watching(smmu, line_of_bank(number), [&] {
    const std::int32_t before = smmu.get(bank.fsr);
    if (before != 0) return smmu.set(bank.fsr, before | kMulti);
    smmu.set(bank.fsr, fault | (stalls ? fsr::kSs : 0));
    smmu.set(bank.far, access.page);
    smmu.set(bank.fsynr0, access.write ? fsr::kWnr : 0);
    smmu.set(bank.cbfrsynra, access.sid);
  });
}

/// Spec: 3.6.3.
void write_gfsr(Change& smmu, std::int32_t value) {
  watching(smmu, kGlobalLine,
           [&] { smmu.set(smmu.layout.gfsr, smmu.get(smmu.layout.gfsr) & ~value & gfsr::kMask); });
}

/// Spec: 3.6.3: the interrupt is asserted as after a fault; 9.6 SMMU_sGFSRRESTORE.
void write_gfsr_restore(Change& smmu, std::int32_t value) {
  watching(smmu, kGlobalLine,
           [&] { smmu.set(smmu.layout.gfsr, smmu.get(smmu.layout.gfsr) | (value & gfsr::kMask)); });
}

/// Spec: 3.6.3: not SS, and not FORMAT.
void write_fsr(Change& smmu, std::size_t number, std::int32_t value) {
  const base::Slot status = smmu.layout.banks[number].fsr;
  watching(smmu, line_of_bank(number), [&] { smmu.set(status, smmu.get(status) & ~(value & fsr::kFaults)); });
}

/// Spec: 3.7.3: by RESUME.
void clear_stalled_status(Change& smmu, std::size_t number) {
  const base::Slot status = smmu.layout.banks[number].fsr;
  watching(smmu, line_of_bank(number), [&] { smmu.set(status, smmu.get(status) & ~fsr::kSs); });
}

/// Spec: 3.6.3.
// Abstraction: without power none is asserted.
bool is_asserted(const View& smmu, Line line) {
  if (!is_powered(smmu)) return false;
  if (line == kGlobalLine) return interrupts(smmu.get(smmu.layout.cr0), smmu.get(smmu.layout.gfsr));
  const Bank& bank = smmu.layout.banks[line.number - 1U];
  const std::int32_t faults = fsr::kFaults | (smmu.config.stalled_status_interrupts ? fsr::kSs : 0);
  return (smmu.get(bank.sctlr) & sctlr::kCfie) != 0 && (smmu.get(bank.fsr) & faults) != 0;
}

std::uint32_t levels(const View& smmu) {
  std::uint32_t asserted = 0;
  for (std::size_t number = 0; number < lines_of(smmu.config); ++number) {
    const Line line{static_cast<std::uint8_t>(number)};
    if (is_asserted(smmu, line)) asserted |= bit_of(line);
  }
  return asserted;
}

}  // namespace quiesce::hwmodel::v2
