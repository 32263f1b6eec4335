// Which slots reading, writing and the transitions of a legacy SMMU can touch.
#include "hwmodel/v2/smmu.hpp"

namespace quiesce::hwmodel::v2 {
namespace {

using Slots = std::vector<base::Slot>;

Slots operator+(Slots left, const Slots& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

/// Whether it has clocks and power.
Slots of_running(const Layout& layout, const Config& config) {
  Slots slots;
  if (config.clocks) slots.push_back(layout.clocked);
  if (config.power_domain) slots.push_back(layout.powered);
  return slots;
}

Slots of_syncs(const Layout& layout) {
  Slots slots{layout.sync};
  for (const Bank& bank : layout.banks) slots.push_back(bank.sync);
  return slots;
}

Slots of_transactions(const Layout& layout) {
  Slots slots;
  for (const Source& source : layout.traffic.sources) slots.push_back(source.at);
  return slots;
}

Slots of_stages(const Layout& layout) {
  Slots slots;
  for (const Bank& bank : layout.banks) slots.push_back(bank.cbar);
  return slots;
}

Slots of_bank_register(const Bank& bank, Reg reg) {
  switch (reg) {
    case Reg::kCbar:
      return {bank.cbar};
    case Reg::kCbfrsynra:
      return {bank.cbfrsynra};
    case Reg::kSctlr:
    case Reg::kFsr:
      return {bank.sctlr, bank.fsr};
    case Reg::kTtbr0:
      return {bank.ttbr0};
    case Reg::kTcr:
      return {bank.tcr};
    case Reg::kFar:
      return {bank.far};
    case Reg::kFsynr0:
      return {bank.fsynr0};
    default:
      return {bank.sync};
  }
}

/// But for whether it has clocks and power.
Slots of_register(const Layout& layout, const Config& config, const Register& reg, std::size_t index) {
  switch (reg.reg) {
    case Reg::kCr0:
    case Reg::kGfsr:
    case Reg::kGfsrRestore:
      return {layout.cr0, layout.gfsr};
    case Reg::kGfsynr0:
      return {layout.gfsynr0};
    case Reg::kGfsynr1:
      return {layout.gfsynr1};
    case Reg::kTlbgstatus:
      return {layout.sync};
    case Reg::kTlbgsync:
      return Slots{layout.sync} + own_slots(layout.traffic);
    case Reg::kTlbsync:
      return Slots{layout.banks[index].sync} + own_slots(layout.traffic);
    case Reg::kSmr:
      return config.stream_matching ? Slots{layout.groups[index].smr} : Slots{};
    case Reg::kS2cr:
      return {layout.groups[index].s2cr};
    case Reg::kResume:
      return of_bank_register(layout.banks[index], Reg::kFsr) + of_transactions(layout);
    case Reg::kTlbivmid:
    case Reg::kTlbiallnsnh:
    case Reg::kTlbiallh:
    case Reg::kTlbiva:
    case Reg::kTlbiasid:
    case Reg::kTlbival:
    case Reg::kTlbiipas2:
    case Reg::kTlbiipas2l:
      return own_slots(layout.traffic) + of_stages(layout);
    default:
      return of_bank_register(layout.banks[index], reg.reg);
  }
}

}  // namespace

std::vector<base::Slot> footprint(const Layout& layout, const Config& config, const Register& reg,
                                  std::size_t index) {
  return of_register(layout, config, reg, index) + of_running(layout, config);
}

// Abstraction: transactions of different streams and banks touch the same slots.
std::vector<base::Slot> footprint(const Layout& layout, const Config& config, TransitionKind kind) {
  const Slots running = of_running(layout, config);
  switch (kind) {
    case TransitionKind::kSyncCompletes:
      return running + of_syncs(layout) + Slots{layout.tbu_dead} + own_slots(layout.traffic);
    case TransitionKind::kTbuDies:
      return {layout.tbu_dead};
    case TransitionKind::kDropsTranslation:
      return running + layout.traffic.entries;
    case TransitionKind::kIssuesRead:
    case TransitionKind::kIssuesWrite:
      return of_transactions(layout) + memory_slots(layout.traffic);
    case TransitionKind::kLands:
    case TransitionKind::kAnswers:
      return of_transactions(layout);
    case TransitionKind::kWalks:
    case TransitionKind::kDecides:
      break;
  }
  return running + register_slots(layout, config) + own_slots(layout.traffic) + memory_slots(layout.traffic);
}

}  // namespace quiesce::hwmodel::v2
