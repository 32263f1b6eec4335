#include "hwmodel/v3/smmu.hpp"

#include <algorithm>
#include <string_view>

#include "hwmodel/v3/command_queue.hpp"
#include "hwmodel/v3/event_queue.hpp"
#include "hwmodel/v3/gerror.hpp"
#include "hwmodel/v3/guarded.hpp"
#include "hwmodel/v3/page_request_queue.hpp"

namespace quiesce::hwmodel::v3 {
namespace {

/// QEMU's way: everything that can happen happens within the register write.
void run_to_quiescence(Change& smmu) {
  if (smmu.config.cr0_ack == Cr0Ack::kImmediate) {
    settle(smmu, smmu.layout.cr0);
    settle(smmu, smmu.layout.irq_ctrl);
  }
  if (smmu.config.cmdq == CmdqMode::kSynchronous) consume_all(smmu);
}

WriteOutcome write(Change& smmu, const Register& reg, std::int32_t value) {
  switch (reg.reg) {
    case Reg::kCr0:
      return write_updated(smmu, smmu.layout.cr0, value & kCr0Mask);
    case Reg::kIrqCtrl:
      return write_updated(smmu, smmu.layout.irq_ctrl, value & kIrqCtrlMask);
    case Reg::kGbpa:
      return write_gbpa(smmu, value);
    case Reg::kGerrorN:
      return write_gerrorn(smmu, value);
    case Reg::kCmdqProd:
      return write_cmdq_prod(smmu, value);
    case Reg::kCmdqCons:
      return write_cmdq_cons(smmu, value);
    case Reg::kEventqProd:
      return write_eventq_prod(smmu, value);
    case Reg::kEventqCons:
      return write_eventq_cons(smmu, value);
    case Reg::kPriqProd:
      return write_priq_prod(smmu, value);
    case Reg::kPriqCons:
      return write_priq_cons(smmu, value);
    default:
      break;
  }
  QUIESCE_ASSERT(is_programmed(reg.reg), "a register without a model was written");
  return write_programmed(smmu, reg.reg, value);
}

}  // namespace

void reset(base::StateAccess& state, const Layout& layout, const Config& config) {
  for (const base::Slot slot : all_slots(layout, config)) state.set(slot, 0);
  state.set(layout.gbpa_abort, config.gbpa_abort_reset ? 1 : 0);
  state.set(layout.gbpa_in_force, config.gbpa_abort_reset ? 1 : 0);
}

void enable(base::StateAccess& state, const Layout& layout, const Config& config, std::uint32_t prod,
            std::uint32_t cons) {
  for (const base::Slot slot : {layout.cr0.written, layout.cr0.in_force, layout.cr0.acknowledged})
    state.set(slot, kSmmuen | kEventqen | kCmdqen);
  for (const base::Slot slot :
       {layout.irq_ctrl.written, layout.irq_ctrl.in_force, layout.irq_ctrl.acknowledged}) {
    state.set(slot, kGerrorIrqen | kEventqIrqen);
  }
  if (layout.streams.any()) {
    for (const Stream& stream : layout.streams.streams) state.set(stream.smmuen, 1);
  }
  state.set(layout.cmdq_prod, static_cast<std::int32_t>(prod));
  state.set(layout.cmdq_cons, static_cast<std::int32_t>(cons));
  if (config.cons_updates == ConsUpdates::kBatched)
    state.set(layout.cmdq_next, static_cast<std::int32_t>(cons));
  for (const Programmed& kept : layout.programmed)
    state.set(kept.slot, after_reset_sequence(kept.reg, config));
}

std::int32_t read_register(const base::StateAccess& state, const Layout& layout, const Config& config,
                           const Register& reg) {
  const View smmu{state.state(), layout, config, &state};
  switch (reg.reg) {
    case Reg::kCr0:
      return smmu.get(layout.cr0.written);
    case Reg::kCr0Ack:
      return smmu.get(layout.cr0.acknowledged);
    case Reg::kIrqCtrl:
      return smmu.get(layout.irq_ctrl.written);
    case Reg::kIrqCtrlAck:
      return smmu.get(layout.irq_ctrl.acknowledged);
    case Reg::kGbpa:
      return read_gbpa(smmu);
    case Reg::kGerror:
      return smmu.get(layout.gerror);
    case Reg::kGerrorN:
      return smmu.get(layout.gerrorn);
    case Reg::kCmdqProd:
      return smmu.get(layout.cmdq_prod);
    case Reg::kCmdqCons:
      return read_cmdq_cons(smmu);
    case Reg::kEventqProd:
      return smmu.get(layout.eventq_prod);
    case Reg::kEventqCons:
      return smmu.get(layout.eventq_cons);
    case Reg::kPriqProd:
      return smmu.get(layout.priq_prod);
    case Reg::kPriqCons:
      return smmu.get(layout.priq_cons);
    default:
      break;
  }
  QUIESCE_ASSERT(is_programmed(reg.reg), "a register without a model was read");
  return programmed(smmu, reg.reg);
}

WriteOutcome write_register(base::StateAccess& state, const Layout& layout, const Config& config,
                            const CommandTable& commands, const Register& reg, std::int32_t value,
                            HwEvents& events) {
  if (!reg.writable) return WriteOutcome::kIgnored;
  Change smmu{state, layout, config, commands, events};
  const WriteOutcome outcome = write(smmu, reg, value);
  if (outcome != WriteOutcome::kIgnored) run_to_quiescence(smmu);
  return outcome;
}

bool cmdq_enabled(const base::StateAccess& state, const Layout& layout) {
  return ((state.get(layout.cr0.written) | state.get(layout.cr0.acknowledged)) & kCmdqen) != 0;
}

void put_command(base::StateAccess& state, const Layout& layout, const Config& config, std::uint32_t position,
                 std::uint8_t id) {
  state.set(layout.entry(position, config), id);
}

std::int32_t command_word(const base::StateAccess& state, const Layout& layout, const Config& config,
                          std::uint32_t position) {
  return state.get(layout.entry(position, config)) != 0 ? 1 : 0;
}

}  // namespace quiesce::hwmodel::v3
