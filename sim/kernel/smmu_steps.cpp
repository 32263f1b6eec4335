// Steps that touch an SMMU: its registers, and the command queue in memory.
#include <algorithm>

#include "hwmodel/v3/command_queue.hpp"
#include "hwmodel/v3/smmu.hpp"
#include "sim/causes.hpp"
#include "sim/machine.hpp"

namespace quiesce::sim {
namespace {

/// The commands of the step, then its CMD_SYNC, by their ids. `commands`: see kCommandIds.
template <class Put>
void for_each_command(const System& system, const hwmodel::v3::Config& config, const Step& step,
                      std::int32_t commands, Put put) {
  for (std::int32_t k = 0; k < commands / 256; ++k)
    put(system.command_ids[static_cast<std::size_t>(commands % 256 - 1)]);
  if (step.argument2 != 0) put(config.msi ? system.sync_msi_command : system.sync_command);
}

}  // namespace

void Machine::execute_write(ContextId context, const Step& step) {
  const auto value = evaluate_or_oops(step.value, context);
  const auto smmu = value ? evaluate_or_oops(step.value2, context) : std::nullopt;
  if (!smmu) return;
  const auto i = static_cast<std::size_t>(*smmu);
  if (has_wrong_model(context, i)) return;
  if (buffers(context, step)) [[unlikely]] {
    const auto pc = static_cast<Pc>(get(layout_.contexts[context].pc));
    buffer(context, BufferedStore::to_register(i, step.argument, *value, pc));
  } else {
    write_register(step, i, step.argument, *value);
  }
  advance(context);
}

/// The step is one for an SMMUv3 and the SMMU is none: it does nothing.
bool Machine::has_wrong_model(ContextId context, std::size_t smmu) {
  if (!layout_.is_legacy(smmu)) [[likely]]
    return false;
  raise("unpredictable_register", context);
  advance(context);
  return true;
}

/// The write arrives at the SMMU.
void Machine::write_register(const Step& step, std::size_t smmu, std::int32_t reg, std::int32_t value) {
  check_register_write(step, static_cast<std::int32_t>(smmu), reg);
  hwmodel::v3::HwEvents events;
  const hwmodel::v3::WriteOutcome outcome =
      hwmodel::v3::write_register(access_, layout_.smmus[smmu], layout_.smmu_configs[smmu], system_.commands,
                                  hwmodel::v3::register_at(static_cast<std::size_t>(reg)), value, events);
  take_events(smmu, events);
  if (outcome == hwmodel::v3::WriteOutcome::kUnpredictable) raise_in("unpredictable_register", step);
}

/// Which commands the step submits, as a command list; nothing if its operand was NULL.
std::optional<std::int32_t> Machine::commands_of(ContextId context, const Step& step) {
  if (step.value3 == kNoCode) return step.argument;
  return evaluate_or_oops(step.value3, context);
}

/// The atomic form of reserving ring entries, writing the commands and CMDQ_PROD.
// Linux v6.18 drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c arm_smmu_cmdq_issue_cmdlist(), steps 1 to 4.
// Abstraction: drops a CPU that stops between reservation and publication, and gathering by an owner.
void Machine::execute_publish(ContextId context, const Step& step) {
  const auto smmu = evaluate_or_oops(step.value, context);
  const auto commands = smmu ? commands_of(context, step) : std::nullopt;
  if (!commands) return;
  const auto i = static_cast<std::size_t>(*smmu);
  if (has_wrong_model(context, i)) return;
  const hwmodel::v3::Layout& layout = layout_.smmus[i];
  const hwmodel::v3::Config& config = layout_.smmu_configs[i];
  const unsigned log2size = config.cmdq_log2size;
  auto prod = static_cast<std::uint32_t>(get(layout.cmdq_prod));
  std::uint32_t last = prod;
  const std::int32_t entries = step.argument / 256 + (step.argument2 != 0 ? 1 : 0);
  const auto cons = static_cast<std::uint32_t>(get(layout.cmdq_cons));
  const bool fits =
      hwmodel::v3::used(prod, cons, log2size) + static_cast<std::uint32_t>(entries) <= 1U << log2size;
  bool overwrites = false;
  for_each_command(system_, config, step, *commands, [&](std::uint8_t id) {
    overwrites = overwrites || get(layout.entry(prod, config)) != 0;
    hwmodel::v3::put_command(access_, layout, config, prod, id);
    last = prod;
    prod = hwmodel::v3::next(prod, log2size);
  });
  hwmodel::v3::HwEvents events;
  const auto& cmdq_prod = *hwmodel::v3::find_register("CMDQ_PROD");
  check_register_write(step, *smmu, static_cast<std::int32_t>(hwmodel::v3::register_index(cmdq_prod)));
  const hwmodel::v3::WriteOutcome outcome = hwmodel::v3::write_register(
      access_, layout, config, system_.commands, cmdq_prod, static_cast<std::int32_t>(prod), events);
  take_events(i, events);
  const bool unpredictable = outcome == hwmodel::v3::WriteOutcome::kUnpredictable;
  if (unpredictable || (!fits && hwmodel::v3::cmdq_enabled(access_, layout)))
    raise("unpredictable_register", context);
  // More commands are on their way than the state keeps: cmdq_window is too small for this scenario.
  if (overwrites && config.cmdq_window < (1U << log2size)) raise("range_error", context, misuse::kWindow);
  static_cast<void>(write_place(context, step.place, static_cast<std::int32_t>(last)));
  advance(context);
}

/// Commands in memory, which the SMMU does not look at before CMDQ_PROD passes them or a stopped queue goes
/// on.
// Abstraction: all of them at once, or each as one store; nobody else looks there meanwhile.
void Machine::execute_put_commands(ContextId context, const Step& step) {
  const auto index = evaluate_or_oops(step.value, context);
  const auto smmu = index ? evaluate_or_oops(step.value2, context) : std::nullopt;
  const auto commands = smmu ? commands_of(context, step) : std::nullopt;
  if (!commands) return;
  const auto i = static_cast<std::size_t>(*smmu);
  if (has_wrong_model(context, i)) return;
  const hwmodel::v3::Config& config = layout_.smmu_configs[i];
  auto at = static_cast<std::uint32_t>(*index);
  for_each_command(system_, config, step, *commands, [&](std::uint8_t id) {
    if (buffers(context, step)) [[unlikely]] {
      const auto pc = static_cast<Pc>(get(layout_.contexts[context].pc));
      buffer(context, BufferedStore::to_ring(layout_.smmus[i].entry(at, config), at, id, pc));
    } else {
      write_ring(step, i, at, id);
    }
    at = hwmodel::v3::next(at, config.cmdq_log2size);
  });
  advance(context);
}

/// A command becomes visible in the ring.
void Machine::write_ring(const Step& step, std::size_t smmu, std::uint32_t at, std::uint8_t id) {
  const hwmodel::v3::Config& config = layout_.smmu_configs[smmu];
  const hwmodel::v3::Layout& layout = layout_.smmus[smmu];
  const auto cons = static_cast<std::uint32_t>(get(layout.cmdq_cons));
  const std::uint32_t submitted =
      hwmodel::v3::used(static_cast<std::uint32_t>(get(layout.cmdq_prod)), cons, config.cmdq_log2size);
  const bool runs = hwmodel::v3::cmdq_enabled(access_, layout) &&
                    !hwmodel::v3::is_halted({access_.state(), layout, config, &access_});
  const bool is_submitted = hwmodel::v3::index_of(at - cons, config.cmdq_log2size) < submitted;
  // Spec: 3.21.2. What is submitted must not be altered; whether the SMMU sees the change is open.
  if (is_submitted && runs) raise_in("unpredictable_register", step);
  // More commands are on their way than the state keeps: cmdq_window is too small for this scenario.
  const bool overwrites = !is_submitted && get(layout.entry(at, config)) != 0;
  if (overwrites && config.cmdq_window < (1U << config.cmdq_log2size))
    raise_in("range_error", step, misuse::kWindow);
  hwmodel::v3::put_command(access_, layout, config, at, id);
}

/// What an SMMU did beside changing its registers.
void Machine::take_events(std::size_t smmu, const hwmodel::v3::HwEvents& events) {
  take_pulses(smmu, events);
  if (events.unpredictable) raise_property(finding_kind(system_, "unpredictable_register"), 0);
  if (events.landed) take_landing({smmu, events.source, events.frame, events.page, {}});
}

/// A device's access got to memory, or its message to the interrupt controller. Facts about memory are the
/// scenario's: who owns a page is in `frame.freed`.
// Spec: IHI 0070G.b, 3.11, 6.3.9.6; IHI 0062D.c, 2.1.1: with SMMUEN == 0, or CLIENTPD, an address passes as
// it is; a message then goes astray like data.
void Machine::take_landing(const Landing& landing) {
  const TrafficLayout& traffic = layout_.traffic[landing.smmu][landing.source];
  const bool untranslated = landing.frame == 0;
  // Linux v6.18 drivers/iommu/iommu.c iommu_dma_prepare_msi(): in an identity domain nothing is remapped, and
  // messages go to the doorbell's physical address.
  const bool is_message = untranslated && traffic.physical && traffic.irq != kNoIrq;
  if (landing.frame == layout_.doorbell || is_message) {
    if (traffic.irq != kNoIrq) deliver_irq(static_cast<std::size_t>(traffic.irq));
    return;
  }
  if (get(layout_.next_kernel) != 0) raise_traffic("dma_into_next_kernel", traffic.device);
  if (untranslated && !traffic.physical) {
    raise_traffic("untranslated_dma", traffic.device, landing.bypassed_by);
    return;
  }
  const Family& freed = system_.program.families[static_cast<std::size_t>(layout_.freed_family)];
  const std::int32_t frame = untranslated ? traffic.first_frame + landing.page : landing.frame - 1;
  const bool gone =
      freed.constant ? freed.init[static_cast<std::size_t>(frame)] != 0 : get(freed.slot(frame)) != 0;
  if (gone) raise_traffic("stale_dma", traffic.device);
}

void Machine::raise_traffic(std::string_view kind, std::size_t device, std::string_view bypassed_by) {
  const std::string name = name_of_traffic(system_, device, bypassed_by);
  raise_property(finding_kind(system_, kind),
                 system_.causes.with_detail(system_.causes.of_place(name), name));
}

}  // namespace quiesce::sim
