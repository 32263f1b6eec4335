// Steps that touch a legacy SMMU: registers, clocks, power; and what it does to CPUs: interrupts by level,
// and accesses that nothing answers.
#include <algorithm>

#include "hwmodel/v2/smmu.hpp"
#include "sim/causes.hpp"
#include "sim/console.hpp"
#include "sim/machine.hpp"

namespace quiesce::sim {

void Machine::execute_write_legacy(ContextId context, const Step& step) {
  const auto value = evaluate_or_oops(step.value, context);
  const auto smmu = value ? evaluate_or_oops(step.value2, context) : std::nullopt;
  const auto index = smmu ? evaluate_or_oops(step.value3, context) : std::nullopt;
  if (!index) return;
  const auto i = static_cast<std::size_t>(*smmu);
  if (!layout_.is_legacy(i)) {
    raise("unpredictable_register", context);
    return advance(context);
  }
  const hwmodel::v2::Register& reg = hwmodel::v2::register_at(static_cast<std::size_t>(step.argument));
  const std::size_t count = hwmodel::v2::count_of(reg, layout_.legacy_of(i).config);
  if (*index < 0 || static_cast<std::size_t>(*index) >= count) return oops(context, "range_error", reg.name);
  const LegacyWrite write{i, step.argument, static_cast<std::size_t>(*index), *value};
  if (buffers(context, step)) [[unlikely]] {
    const auto pc = static_cast<Pc>(get(layout_.contexts[context].pc));
    buffer(context, BufferedStore::to_legacy(i, step.argument, write.index, *value, pc));
  } else if (!write_legacy(step, write)) {
    if (!survives_unclocked(i, context, true)) return;
  }
  advance(context);
}

/// The write arrives at the SMMU; false if nothing answers it.
bool Machine::write_legacy(const Step& step, const LegacyWrite& write) {
  check_register_write(step, static_cast<std::int32_t>(write.smmu), write.reg,
                       static_cast<std::int32_t>(write.index));
  const LegacyLayout& legacy = layout_.legacy_of(write.smmu);
  hwmodel::v2::HwEvents events;
  const hwmodel::v2::WriteOutcome outcome = hwmodel::v2::write_register(
      access_, legacy.smmu, legacy.config, hwmodel::v2::register_at(static_cast<std::size_t>(write.reg)),
      write.index, write.value, events);
  take_events(write.smmu, events);
  return outcome != hwmodel::v2::WriteOutcome::kUnclocked;
}

/// A CPU's access that nothing answers. False if the context cannot go on.
// Abstraction: the SError of a write that was acknowledged early comes at once, not some instructions later;
// with `memory: buffered` it comes when the write leaves the store buffer.
// Linux v6.18 arch/arm64/mm/fault.c do_sea(), arch/arm64/kernel/traps.c die(): an oops.
bool Machine::survives_unclocked(std::size_t smmu, ContextId context, bool writes) {
  assume(smmu, hwmodel::v2::bit_of(hwmodel::v2::Assumption::kUnclockedAccess));
  const hwmodel::v2::Config& config = layout_.legacy_of(smmu).config;
  const bool late = writes && config.early_write_ack;
  switch (config.unclocked) {
    case hwmodel::v2::Unclocked::kExternalAbort:
      if (late) {
        raise("unclocked_access", context);
        serror(step_of(context), running_on(context));
        return false;
      }
      oops(context, "unclocked_access", {});
      return false;
    case hwmodel::v2::Unclocked::kSerror:
      raise("unclocked_access", context);
      serror(step_of(context), running_on(context));
      return false;
    case hwmodel::v2::Unclocked::kBusHang:
      raise("unclocked_access", context);
      hang(context);
      return false;
    case hwmodel::v2::Unclocked::kIgnored:
      raise("unclocked_access", context);
      break;
  }
  return true;
}

/// The same of a write that the CPU did not wait for: nobody is there for an oops.
// Abstraction: where such a write hangs the bus, its CPU hangs at once, not at its next access.
void Machine::lose_write(const Step& step, std::size_t smmu, std::size_t cpu) {
  assume(smmu, hwmodel::v2::bit_of(hwmodel::v2::Assumption::kUnclockedAccess));
  raise_in("unclocked_access", step);
  const hwmodel::v2::Unclocked unclocked = layout_.legacy_of(smmu).config.unclocked;
  if (unclocked == hwmodel::v2::Unclocked::kIgnored) return;
  const ContextId top = top_of(cpu);
  if (unclocked != hwmodel::v2::Unclocked::kBusHang) {
    serror(step, static_cast<int>(cpu));
  } else if (top != kNoContext) {
    hang(top);
  }
}

// Linux v6.18 arch/arm64/kernel/traps.c arm64_serror_panic()
void Machine::serror(const Step& step, int cpu) {
  raise_in("panic", step);
  if (observer_ != nullptr) {
    observer_->on_log(serror_line(system_, cpu));
    observer_->on_log(panic_line("Asynchronous SError Interrupt"));
  }
  set(layout_.machine_state, static_cast<std::int32_t>(MachineState::kPanicked));
}

/// The CPU waits for the bus for ever: no step, no interrupt and no deadline of its own gets it further.
void Machine::hang(ContextId context) {
  cancel(layout_.contexts[context].deadline);
  set_phase(context, phase_of::kBusHang);
}

bool Machine::hangs(std::size_t cpu) const {
  const ContextId top = top_of(cpu);
  return top != kNoContext && phase(top) == phase_of::kBusHang;
}

namespace {

std::string_view what_does_not_fit(Verb verb) {
  if (verb == Verb::kClkEnable) return misuse::kTooManyClocks;
  return verb == Verb::kClkDisable ? misuse::kNoClocks : misuse::kNoPowerDomain;
}

}  // namespace

/// clk_bulk_enable() and its kin, at once, also before register writes that wait in the store buffer.
void Machine::execute_smmu_switch(ContextId context, const Step& step) {
  constexpr std::int32_t kMostEnabled = 255;
  const auto smmu = evaluate_or_oops(step.value, context);
  if (!smmu) return;
  const auto i = static_cast<std::size_t>(*smmu);
  if (!layout_.is_legacy(i)) {
    raise("unpredictable_register", context);
    return advance(context);
  }
  const LegacyLayout& legacy = layout_.legacy_of(i);
  hwmodel::v2::HwEvents events;
  bool fits = true;
  switch (step.verb) {
    case Verb::kClkEnable:
      fits = get(legacy.smmu.clocked) < kMostEnabled;
      if (fits) hwmodel::v2::enable_clocks(access_, legacy.smmu);
      break;
    case Verb::kClkDisable:
      fits = hwmodel::v2::disable_clocks(access_, legacy.smmu);
      break;
    case Verb::kPowerOn:
      fits = legacy.config.power_domain;
      hwmodel::v2::power_on(access_, legacy.smmu, legacy.config, events);
      break;
    default:
      fits = legacy.config.power_domain;
      hwmodel::v2::power_off(access_, legacy.smmu, legacy.config, events);
      break;
  }
  if (!fits) raise("range_error", context, what_does_not_fit(step.verb));
  take_events(i, events);
  advance(context);
}

/// What a legacy SMMU did beside changing its registers.
void Machine::take_events(std::size_t smmu, const hwmodel::v2::HwEvents& events) {
  assume(smmu, events.assumptions);
  if (events.landed) take_landing({smmu, events.source, events.frame, events.page, reason_of(events.by)});
  const std::vector<int>& irqs = layout_.legacy_of(smmu).irqs;
  for (std::size_t line = 0; (events.raised | events.lowered) != 0 && line < irqs.size(); ++line) {
    if (irqs[line] == kNoIrq) continue;
    const auto irq = static_cast<std::size_t>(irqs[line]);
    if (((events.raised >> line) & 1U) != 0) deliver_irq(irq);
    if (((events.lowered >> line) & 1U) != 0 && !is_asserted(irq))
      set(layout_.irqs[irq].state, static_cast<std::int32_t>(IrqState::kIdle));
  }
}

/// Some line of a legacy SMMU that is wired to the interrupt is asserted.
bool Machine::is_asserted(std::size_t irq) const {
  return std::any_of(layout_.legacy.begin(), layout_.legacy.end(), [&](const LegacyLayout& legacy) {
    for (std::size_t line = 0; line < legacy.irqs.size(); ++line) {
      if (legacy.irqs[line] == static_cast<int>(irq) &&
          hwmodel::v2::is_asserted(access_, legacy.smmu, legacy.config, {static_cast<std::uint8_t>(line)}))
        return true;
    }
    return false;
  });
}

/// A handler has ended: interrupts by level whose line is still asserted are sent again.
// Spec: IHI 0062D.c, 3.6.3: an interrupt is asserted until its fault status is cleared.
// Abstraction: drops Linux's "nobody cared", which switches an interrupt off that nobody handles.
void Machine::send_asserted(std::size_t cpu) {
  for (std::size_t irq = 0; irq < layout_.irqs.size(); ++irq) {
    const IrqLineLayout& line = layout_.irqs[irq];
    const bool idle = get(line.state) == static_cast<std::int32_t>(IrqState::kIdle);
    if (line.cpu == static_cast<int>(cpu) && idle && is_asserted(irq))
      set(line.state, static_cast<std::int32_t>(IrqState::kAgain));
  }
}

void Machine::assume(std::size_t smmu, std::uint32_t assumptions) {
  if (assumptions_ != nullptr) (*assumptions_)[smmu - layout_.smmus.size()] |= assumptions;
}

/// Of what waits now nothing else tells (hwmodel/v2/smmu.hpp).
void Machine::assume_what_waits() {
  for (std::size_t i = 0; assumptions_ != nullptr && i < layout_.legacy.size(); ++i) {
    const LegacyLayout& legacy = layout_.legacy[i];
    (*assumptions_)[i] |= hwmodel::v2::assumed_by_what_waits(access_, legacy.smmu, legacy.config);
  }
}

}  // namespace quiesce::sim
