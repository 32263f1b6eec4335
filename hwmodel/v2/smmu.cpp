#include "hwmodel/v2/smmu.hpp"

#include "hwmodel/v2/faults.hpp"
#include "hwmodel/v2/flights.hpp"
#include "hwmodel/v2/power.hpp"
#include "hwmodel/v2/tlb.hpp"

namespace quiesce::hwmodel::v2 {
namespace {

View view_of(const base::StateAccess& state, const Layout& layout, const Config& config) {
  return {state.state(), layout, config, &state};
}

/// Where a register's value is kept, or null: it is write-only and reads as zero, or does not exist.
const base::Slot* slot_of_bank(const Bank& bank, Reg reg) {
  switch (reg) {
    case Reg::kCbar:
      return &bank.cbar;
    case Reg::kCbfrsynra:
      return &bank.cbfrsynra;
    case Reg::kSctlr:
      return &bank.sctlr;
    case Reg::kTtbr0:
      return &bank.ttbr0;
    case Reg::kTcr:
      return &bank.tcr;
    case Reg::kFsr:
      return &bank.fsr;
    case Reg::kFar:
      return &bank.far;
    case Reg::kFsynr0:
      return &bank.fsynr0;
    case Reg::kTlbstatus:
      return &bank.sync;
    default:
      return nullptr;
  }
}

const base::Slot* slot_of(const Layout& layout, const Config& config, const Register& reg,
                          std::size_t index) {
  switch (reg.reg) {
    case Reg::kCr0:
      return &layout.cr0;
    case Reg::kGfsr:
      return &layout.gfsr;
    case Reg::kGfsynr0:
      return &layout.gfsynr0;
    case Reg::kGfsynr1:
      return &layout.gfsynr1;
    case Reg::kTlbgstatus:
      return &layout.sync;
    // Linux v6.18 arm-smmu.c arm_smmu_write_sme(): without stream matching there are none.
    case Reg::kSmr:
      return config.stream_matching ? &layout.groups[index].smr : nullptr;
    case Reg::kS2cr:
      return &layout.groups[index].s2cr;
    default:
      return reg.per == Per::kContextBank ? slot_of_bank(layout.banks[index], reg.reg) : nullptr;
  }
}

/// Spec: HPS SMMU_SCR0 (683567): of MMU-500, GCFGFRE, GCFGFIE, STALLD and GSE are 0 and SMCFCFG is 1 for
/// good.
void write_cr0(Change& smmu, std::int32_t value) {
  value &= ~cr0::kReserved;
  if (smmu.config.mmu500) value = (value & ~cr0::kFixedInMmu500) | cr0::kSmcfcfg;
  watching(smmu, kGlobalLine, [&] { smmu.set(smmu.layout.cr0, value); });
}

void write(Change& smmu, const Register& reg, std::size_t index, std::int32_t value) {
  switch (reg.reg) {
    case Reg::kCr0:
      return write_cr0(smmu, value);
    case Reg::kGfsr:
      return write_gfsr(smmu, value);
    case Reg::kGfsrRestore:
      return write_gfsr_restore(smmu, value);
    case Reg::kTlbgsync:
      return write_sync(smmu, {});
    case Reg::kTlbsync:
      return write_sync(smmu, {static_cast<std::uint8_t>(index + 1)});
    case Reg::kTlbivmid:
    case Reg::kTlbiallnsnh:
    case Reg::kTlbiallh:
    case Reg::kTlbiva:
    case Reg::kTlbiasid:
    case Reg::kTlbival:
    case Reg::kTlbiipas2:
    case Reg::kTlbiipas2l:
      return invalidate(smmu, reg.reg, index, value);
    case Reg::kFsr:
      return write_fsr(smmu, index, value);
    case Reg::kResume:
      return end_stall(smmu, index, value);
    case Reg::kSctlr:
      return watching(smmu, line_of_bank(index), [&] { smmu.set(smmu.layout.banks[index].sctlr, value); });
    default:
      break;
  }
  const base::Slot* slot = slot_of(smmu.layout, smmu.config, reg, index);
  if (slot != nullptr) smmu.set(*slot, value);
}

/// A register access without clock or power is told, and does nothing to the SMMU.
/// Linux: "iommu/arm-smmu: Use pm_runtime in fault handlers" (2026-03-13).
// Assumption: kUnclockedAccess.
bool is_answered(const View& smmu, HwEvents& events) {
  if (is_running(smmu)) return true;
  events.unclocked = true;
  events.assumptions |= bit_of(Assumption::kUnclockedAccess);
  return false;
}

}  // namespace

void reset(base::StateAccess& state, const Layout& layout, const Config& config) {
  for (const base::Slot slot : all_slots(layout, config)) state.set(slot, 0);
  reset_registers(state, layout, config);
  state.set(layout.powered, 1);
}

void enable(base::StateAccess& state, const Layout& layout, const Config& config, Unmatched unmatched) {
  const bool faults = unmatched == Unmatched::kFault;
  state.set(layout.clocked, 1);
  for (const Group& group : layout.groups) {
    if (config.stream_matching) state.set(group.smr, 0);
    state.set(group.s2cr, (faults ? s2cr::kFault : s2cr::kBypass) << 16);
  }
  for (const Bank& bank : layout.banks) state.set(bank.sctlr, 0);
  std::int32_t value = state.get(layout.cr0) & ~(cr0::kClientpd | cr0::kUsfcfg | cr0::kFb | cr0::kBsu);
  value |= cr0::kGfre | cr0::kGfie | cr0::kVmidpne | cr0::kPtm | (faults ? cr0::kUsfcfg : 0);
  if (!config.mmu500) value |= cr0::kGcfgfre | cr0::kGcfgfie;
  state.set(layout.cr0, value);
}

std::int32_t read_register(const base::StateAccess& state, const Layout& layout, const Config& config,
                           const Register& reg, std::size_t index, HwEvents& events) {
  QUIESCE_ASSERT(is_modelled(reg) && index < count_of(reg, config), "a register without a model was read");
  const View smmu = view_of(state, layout, config);
  if (!is_answered(smmu, events)) return 0;
  const base::Slot* slot = slot_of(layout, config, reg, index);
  return slot != nullptr ? smmu.get(*slot) : 0;
}

std::int32_t held_by(const base::StateAccess& state, const Layout& layout, const Config& config,
                     const Register& reg, std::size_t index) {
  const base::Slot* slot = slot_of(layout, config, reg, index);
  return slot != nullptr ? state.get(*slot) : 0;
}

WriteOutcome write_register(base::StateAccess& state, const Layout& layout, const Config& config,
                            const Register& reg, std::size_t index, std::int32_t value, HwEvents& events) {
  QUIESCE_ASSERT(is_modelled(reg) && index < count_of(reg, config), "a register without a model was written");
  Change smmu{state, layout, config, events};
  if (!is_answered(smmu.view(), events)) return WriteOutcome::kUnclocked;
  const bool exists = reg.reg != Reg::kSmr || config.stream_matching;
  if (reg.access == Access::kReadOnly || !exists) return WriteOutcome::kIgnored;
  write(smmu, reg, index, value);
  return WriteOutcome::kDone;
}

std::size_t count_of(const Register& reg, const Config& config) {
  switch (reg.per) {
    case Per::kMappingGroup:
      return config.mapping_groups;
    case Per::kContextBank:
      return config.context_banks;
    case Per::kSmmu:
      break;
  }
  return 1;
}

void enable_clocks(base::StateAccess& state, const Layout& layout) { state.add(layout.clocked, 1); }

bool disable_clocks(base::StateAccess& state, const Layout& layout) {
  if (state.get(layout.clocked) == 0) return false;
  state.add(layout.clocked, -1);
  return true;
}

void power_on(base::StateAccess& state, const Layout& layout, const Config& config, HwEvents& events) {
  Change smmu{state, layout, config, events};
  fire_power_on(smmu);
}

void power_off(base::StateAccess& state, const Layout& layout, const Config& config, HwEvents& events) {
  Change smmu{state, layout, config, events};
  fire_power_off(smmu);
}

bool is_accessible(const base::StateAccess& state, const Layout& layout, const Config& config) {
  return is_running(view_of(state, layout, config));
}

bool is_asserted(const base::StateAccess& state, const Layout& layout, const Config& config, Line line) {
  return is_asserted(view_of(state, layout, config), line);
}

void send(base::StateAccess& state, const Layout& layout, const Config& config, std::size_t source) {
  HwEvents events;
  Change smmu{state, layout, config, events};
  send_message(smmu, source);
}

std::uint32_t assumed_by_what_waits(const base::StateAccess& state, const Layout& layout,
                                    const Config& config) {
  const View smmu = view_of(state, layout, config);
  std::uint32_t assumed = assumed_by_syncs(smmu);
  for (std::size_t source = 0; source < layout.traffic.sources.size(); ++source)
    assumed |= assumed_by_waiting(smmu, source);
  return assumed;
}

Meets met_on_arrival(const base::StateAccess& state, const Layout& layout, const Config& config,
                     std::uint16_t sid) {
  const Circumstances now = circumstances_of(view_of(state, layout, config), sid);
  const Route route = route_of(now.situation, now.found, config);
  if (route.walks) return Meets::kTranslation;
  if (route.outcome.answer == Answer::kWait) return Meets::kNothing;
  return route.outcome.answer == Answer::kBypass ? Meets::kBypass : Meets::kFault;
}

}  // namespace quiesce::hwmodel::v2
