#include "hwmodel/v3/guarded.hpp"

#include <algorithm>
#include <array>

#include "hwmodel/v3/control.hpp"

namespace quiesce::hwmodel::v3 {
namespace {

constexpr unsigned kFmtShift = 16;
constexpr unsigned kSplitShift = 6;

/// While these fields are set, or their clearing is not acknowledged, the register must not be written.
struct Guard {
  Reg reg;
  UpdatedRegister Layout::*by;
  std::int32_t fields;
};
constexpr std::array kGuards{
    Guard{Reg::kStrtabBase, &Layout::cr0, kSmmuen},               // Spec: 6.3.24
    Guard{Reg::kStrtabBaseCfg, &Layout::cr0, kSmmuen},            // Spec: 6.3.25
    Guard{Reg::kCmdqBase, &Layout::cr0, kCmdqen},                 // Spec: 6.3.26
    Guard{Reg::kEventqBase, &Layout::cr0, kEventqen},             // Spec: 6.3.29
    Guard{Reg::kPriqBase, &Layout::cr0, kPriqen},                 // Spec: 6.3.33, 6.3.9.5: as it was written
    Guard{Reg::kGerrorIrqCfg0, &Layout::irq_ctrl, kGerrorIrqen},  // Spec: 6.3.21 to 6.3.23
    Guard{Reg::kGerrorIrqCfg1, &Layout::irq_ctrl, kGerrorIrqen},
    Guard{Reg::kGerrorIrqCfg2, &Layout::irq_ctrl, kGerrorIrqen},
    Guard{Reg::kEventqIrqCfg0, &Layout::irq_ctrl, kEventqIrqen},  // Spec: 6.3.30 to 6.3.32
    Guard{Reg::kEventqIrqCfg1, &Layout::irq_ctrl, kEventqIrqen},
    Guard{Reg::kEventqIrqCfg2, &Layout::irq_ctrl, kEventqIrqen},
    Guard{Reg::kPriqIrqCfg0, &Layout::irq_ctrl, kPriqIrqen},  // Spec: 6.3.34 to 6.3.36
    Guard{Reg::kPriqIrqCfg1, &Layout::irq_ctrl, kPriqIrqen},
    Guard{Reg::kPriqIrqCfg2, &Layout::irq_ctrl, kPriqIrqen}};

const Programmed* find(const Layout& layout, Reg reg) {
  const auto found = std::find_if(layout.programmed.begin(), layout.programmed.end(),
                                  [&](const Programmed& kept) { return kept.reg == reg; });
  return found != layout.programmed.end() ? &*found : nullptr;
}

WriteOutcome store(Change& smmu, Reg reg, std::int32_t value) {
  if (const Programmed* kept = find(smmu.layout, reg)) smmu.set(kept->slot, value);
  return WriteOutcome::kDone;
}

/// Spec: 6.3.11. TABLE_* are guarded by SMMUEN, QUEUE_* by all queues. Only changes count.
WriteOutcome write_cr1(Change& smmu, std::int32_t value) {
  constexpr std::int32_t kTable = 0xfc0;
  constexpr std::int32_t kQueue = 0x3f;
  const View view = smmu.view();
  std::int32_t closed = 0;
  if (set_or_in_transition(view, view.layout.cr0, kSmmuen)) closed |= kTable;
  if (set_or_in_transition(view, view.layout.cr0, kEventqen | kPriqen | kCmdqen)) closed |= kQueue;
  const std::int32_t old = programmed(view, Reg::kCr1);
  const WriteOutcome outcome =
      ((old ^ value) & closed) != 0 ? out_of_order(smmu.config) : WriteOutcome::kDone;
  static_cast<void>(store(smmu, Reg::kCr1, ((old & closed) | (value & ~closed)) & (kTable | kQueue)));
  return outcome;
}

/// Spec: 6.3.12. Read-only once SMMUEN is Updated to 1; between the write of SMMUEN and its Update
/// CONSTRAINED UNPREDICTABLE.
// Abstraction: a change takes effect at once; until SMMUEN is Updated nothing shows the difference.
WriteOutcome write_cr2(Change& smmu, std::int32_t value) {
  constexpr std::int32_t kFields = 0xf;
  const UpdatedRegister& cr0 = smmu.layout.cr0;
  if (((smmu.get(cr0.written) ^ smmu.get(cr0.acknowledged)) & kSmmuen) != 0) return out_of_order(smmu.config);
  if ((smmu.get(cr0.written) & kSmmuen) != 0) return WriteOutcome::kIgnored;
  return store(smmu, Reg::kCr2, value & kFields);
}

}  // namespace

bool is_programmed(Reg reg) {
  return reg == Reg::kCr1 || reg == Reg::kCr2 ||
         std::any_of(kGuards.begin(), kGuards.end(), [&](const Guard& guard) { return guard.reg == reg; });
}

std::int32_t programmed(const View& smmu, Reg reg) {
  const Programmed* kept = find(smmu.layout, reg);
  return kept != nullptr ? smmu.get(kept->slot) : after_reset_sequence(reg, smmu.config);
}

// QEMU 7.2 hw/arm/smmuv3.c smmu_writel(), smmu_writell() take them at any time.
WriteOutcome write_programmed(Change& smmu, Reg reg, std::int32_t value) {
  if (smmu.config.deviations == Deviations::kQemu72) return store(smmu, reg, value);
  if (reg == Reg::kCr1) return write_cr1(smmu, value);
  if (reg == Reg::kCr2) return write_cr2(smmu, value);
  const auto* guard =
      std::find_if(kGuards.begin(), kGuards.end(), [&](const Guard& each) { return each.reg == reg; });
  QUIESCE_ASSERT(guard != kGuards.end(), "a register without a guard");
  if (set_or_in_transition(smmu.view(), smmu.layout.*guard->by, guard->fields))
    return out_of_order(smmu.config);
  return store(smmu, reg, value);
}

std::int32_t after_reset_sequence(Reg reg, const Config& config) {
  constexpr std::int32_t kCr1 = 0xd75;  // inner shareable, write-back, for tables and queues
  constexpr std::int32_t kPtm = 1 << 2;
  constexpr std::int32_t kSomeAddress = 1 << 6;
  const std::int32_t message = config.interrupt_messages ? kSomeAddress : 0;
  switch (reg) {
    case Reg::kCr1:
      return kCr1;
    case Reg::kCr2:
      return kPtm | kRecinvsid;
    case Reg::kStrtabBase:
      return kSomeAddress;
    case Reg::kStrtabBaseCfg:
      return static_cast<std::int32_t>(static_cast<unsigned>(config.stream_table) << kFmtShift |
                                       config.stream_split << kSplitShift | config.stream_log2size);
    case Reg::kCmdqBase:
      return kSomeAddress | static_cast<std::int32_t>(config.cmdq_log2size);
    case Reg::kEventqBase:
      return kSomeAddress | static_cast<std::int32_t>(config.evtq_log2size);
    case Reg::kPriqBase:
      return kSomeAddress | static_cast<std::int32_t>(config.priq_log2size);
    case Reg::kGerrorIrqCfg0:
    case Reg::kEventqIrqCfg0:
    case Reg::kPriqIrqCfg0:
      return message;
    default:
      return 0;
  }
}

}  // namespace quiesce::hwmodel::v3
