// Which slots reading, writing and the transitions of an SMMUv3 can touch.
#include "hwmodel/v3/guarded.hpp"
#include "hwmodel/v3/smmu.hpp"

namespace quiesce::hwmodel::v3 {
namespace {

using Slots = std::vector<base::Slot>;

Slots all_of(const UpdatedRegister& reg) { return {reg.written, reg.in_force, reg.acknowledged}; }

Slots operator+(Slots left, const Slots& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

Slots of_programmed(const Layout& layout) {
  Slots slots;
  for (const Programmed& kept : layout.programmed) slots.push_back(kept.slot);
  return slots;
}

/// An error is reported, and with it an interrupt.
Slots of_errors(const Layout& layout) {
  return Slots{layout.gerror, layout.gerrorn, layout.irq_ctrl.in_force, layout.messages, layout.failed} +
         of_programmed(layout);
}

/// Where CMDQ_CONS is behind what was consumed.
Slots of_next(const Layout& layout, const Config& config) {
  if (config.cons_updates == ConsUpdates::kEach) return {};
  return {layout.cmdq_next, layout.cmdq_cons};
}

Slots of_event_queue(const Layout& layout, const Config& config) {
  Slots slots = Slots{layout.eventq_prod, layout.eventq_cons} + record_slots(layout, config);
  if (config.eventq_aborts != EventqAborts::kNever) slots.push_back(layout.eventq_fails);
  return slots;
}

/// A register that was programmed, and what guards it.
Slots of_guarded(const Layout& layout, Reg reg) {
  Slots slots{layout.cr0.written, layout.cr0.acknowledged, layout.irq_ctrl.written,
              layout.irq_ctrl.acknowledged};
  for (const Programmed& kept : layout.programmed) {
    if (kept.reg == reg) slots.push_back(kept.slot);
  }
  return slots;
}

Slots of_commands(const Layout& layout, const Config& config) {
  return Slots{layout.cr0.in_force, layout.cmdq_prod, layout.cmdq_cons,   layout.cmdq_err,
               layout.cmdq_halts,   layout.fetched,   layout.msi_pending, layout.atc_pending} +
         of_errors(layout) + ring_slots(layout, config) + of_next(layout, config);
}

Slots of_own_streams(const Layout& layout) { return own_slots(layout.streams); }

/// Copies and transactions, and the structures in memory.
// Abstraction: transactions of different streams touch the same slots.
Slots of_streams(const Layout& layout) { return own_slots(layout.streams) + memory_slots(layout.streams); }

}  // namespace

std::vector<base::Slot> footprint(const Layout& layout, const Config& config, TransitionKind kind) {
  switch (kind) {
    case TransitionKind::kCr0TakesEffect:
      return {layout.cr0.written, layout.cr0.in_force};
    case TransitionKind::kCr0Acknowledges:
      return all_of(layout.cr0) + Slots{layout.fetched} + of_own_streams(layout) + of_next(layout, config);
    case TransitionKind::kIrqCtrlTakesEffect:
    case TransitionKind::kIrqCtrlAcknowledges:
      return all_of(layout.irq_ctrl) + Slots{layout.messages};
    case TransitionKind::kGbpaUpdates:
      return {layout.gbpa_abort, layout.gbpa_in_force, layout.gbpa_update};
    case TransitionKind::kConsIsPublished:
      return of_next(layout, config);
    case TransitionKind::kEventqFails:
      return {layout.eventq_fails};
    case TransitionKind::kCmdqReportsError:
      return Slots{layout.cmdq_halts} + of_errors(layout);
    case TransitionKind::kCmdqFetch:
    case TransitionKind::kCmdqFetchAborts:
    case TransitionKind::kCmdqExecute:
    case TransitionKind::kSyncMsiLands:
    case TransitionKind::kSyncMsiAborts:
    case TransitionKind::kAtcTimesOut:
    case TransitionKind::kAtcIsLost:
      return of_commands(layout, config) + of_streams(layout);
    default:
      return of_streams(layout) + of_errors(layout) + of_event_queue(layout, config) +
             Slots{layout.cr0.in_force, layout.gbpa_in_force};
  }
}

std::vector<base::Slot> footprint(const Layout& layout, const Config& config, const Register& reg) {
  // A write that settles everything at once touches what all transitions touch.
  if (config.cmdq == CmdqMode::kSynchronous || config.cr0_ack == Cr0Ack::kImmediate)
    return all_slots(layout, config) + memory_slots(layout.streams);
  Slots cr0{layout.cr0.written, layout.cr0.acknowledged};
  switch (reg.reg) {
    case Reg::kCr0:
      return cr0;
    case Reg::kCr0Ack:
      return {layout.cr0.acknowledged};
    case Reg::kIrqCtrl:
      return {layout.irq_ctrl.written, layout.irq_ctrl.acknowledged};
    case Reg::kIrqCtrlAck:
      return {layout.irq_ctrl.acknowledged};
    case Reg::kGerror:
      return {layout.gerror};
    case Reg::kGerrorN:
      return {layout.gerror, layout.gerrorn};
    case Reg::kCmdqProd:
      return cr0 +
             Slots{layout.cmdq_prod, layout.cmdq_cons, layout.cmdq_halts, layout.gerror, layout.gerrorn};
    case Reg::kCmdqCons:
      return cr0 + Slots{layout.cmdq_cons, layout.cmdq_err} + of_next(layout, config);
    case Reg::kEventqProd:
      return cr0 + Slots{layout.eventq_prod};
    case Reg::kEventqCons:
      return cr0 + of_event_queue(layout, config);
    case Reg::kPriqProd:
    case Reg::kPriqCons:
      return cr0 + Slots{layout.priq_prod, layout.priq_cons};
    case Reg::kGbpa:
      return {layout.gbpa_abort, layout.gbpa_update};
    default:
      return of_guarded(layout, reg.reg);
  }
}

}  // namespace quiesce::hwmodel::v3
