#include "hwmodel/v3/smmu.hpp"

#include <algorithm>

namespace quiesce::hwmodel::v3 {
namespace {

constexpr std::int32_t kCr0Mask = 0x1f;  ///< fields that CR0ACK reflects and this model has
constexpr std::int32_t kGbpaUpdate = INT32_MIN;
constexpr std::int32_t kGbpaAbort = 1 << 20;

struct NamedOpcode {
  std::string_view name;
  Opcode opcode;
};

constexpr std::array kOpcodes{NamedOpcode{"CFGI_STE", Opcode::kCfgiSte},
                              NamedOpcode{"CFGI_ALL", Opcode::kCfgiAll},
                              NamedOpcode{"CFGI_CD", Opcode::kCfgiCd},
                              NamedOpcode{"TLBI_NH_ALL", Opcode::kTlbiNhAll},
                              NamedOpcode{"TLBI_NH_ASID", Opcode::kTlbiNhAsid},
                              NamedOpcode{"TLBI_NH_VA", Opcode::kTlbiNhVa},
                              NamedOpcode{"TLBI_NSNH_ALL", Opcode::kTlbiNsnhAll},
                              NamedOpcode{"ATC_INV", Opcode::kAtcInv},
                              NamedOpcode{"SYNC", Opcode::kSync}};

bool bit(std::int32_t value, std::uint8_t index) { return ((value >> index) & 1) != 0; }

/// Spec: 4.1.2, 6.3.9.3: non-empty and CMDQEN in force.
bool processable(const std::byte* state, const Layout& layout, const Config& config) {
  const auto prod = static_cast<std::uint32_t>(base::read_slot(state, layout.cmdq_prod));
  const auto cons = static_cast<std::uint32_t>(base::read_slot(state, layout.cmdq_cons));
  return (base::read_slot(state, layout.cr0_in_force) & kCmdqen) != 0 &&
         !empty(prod, cons, config.cmdq_log2size);
}

bool enabled_takes_effect(const std::byte* state, const Layout& layout, const Config& config,
                          std::uint8_t field) {
  if (config.cr0_ack == Cr0Ack::kNever) return false;
  return bit(base::read_slot(state, layout.cr0) ^ base::read_slot(state, layout.cr0_in_force), field);
}

void fire_takes_effect(base::StateAccess& state, const Layout& layout, std::uint8_t field) {
  state.set(layout.cr0_in_force, state.get(layout.cr0_in_force) ^ (1 << field));
}

/// CMDQEN's 1 to 0 is acknowledged only when commands in progress were consumed whole. Spec: 6.3.9.3.
bool enabled_acknowledges(const std::byte* state, const Layout& layout, const Config& config,
                          std::uint8_t field) {
  if (config.cr0_ack == Cr0Ack::kNever) return false;
  const std::int32_t in_force = base::read_slot(state, layout.cr0_in_force);
  if (bit(base::read_slot(state, layout.cr0) ^ in_force, field)) return false;
  if (!bit(in_force ^ base::read_slot(state, layout.cr0ack), field)) return false;
  return (1 << field) != kCmdqen || base::read_slot(state, layout.fetched) == 0;
}

void fire_acknowledges(base::StateAccess& state, const Layout& layout, std::uint8_t field) {
  state.set(layout.cr0ack, state.get(layout.cr0ack) ^ (1 << field));
}

void fire_gbpa_updates(base::StateAccess& state, const Layout& layout) {
  state.set(layout.gbpa_in_force, state.get(layout.gbpa_abort));
  state.set(layout.gbpa_update, 0);
}

/// An entry that nobody wrote is no command: the queue stops there. Spec: 7.1, CERROR_ILL.
// Abstraction: without GERROR nobody is told, and nothing repairs the queue.
bool enabled_fetch(const std::byte* state, const Layout& layout, const Config& config) {
  if (!processable(state, layout, config) || base::read_slot(state, layout.fetched) != 0) return false;
  const auto cons = static_cast<std::uint32_t>(base::read_slot(state, layout.cmdq_cons));
  return base::read_slot(state, layout.entry(cons, config)) != 0;
}

void fire_fetch(base::StateAccess& state, const Layout& layout, const Config& config) {
  const auto cons = static_cast<std::uint32_t>(state.get(layout.cmdq_cons));
  state.set(layout.fetched, state.get(layout.entry(cons, config)));
}

/// An earlier CMD_SYNC's message lands before a later CMD_SYNC completes. Spec: 3.18.1, 4.7.3.
bool enabled_execute(const std::byte* state, const Layout& layout) {
  return base::read_slot(state, layout.fetched) != 0 && base::read_slot(state, layout.msi_pending) == 0;
}

void fire_execute(base::StateAccess& state, const Layout& layout, const Config& config,
                  const CommandTable& commands, HwEvents& events) {
  const auto id = static_cast<std::uint8_t>(state.get(layout.fetched));
  const Command& command = commands.at(id);
  const auto cons = static_cast<std::uint32_t>(state.get(layout.cmdq_cons));
  const bool sync = command.opcode == Opcode::kSync;
  events.executed = id;
  events.sync_completed = sync;
  state.set(layout.fetched, 0);
  state.set(layout.cmdq_cons, static_cast<std::int32_t>(next(cons, config.cmdq_log2size)));
  if (sync && command.msi && config.msi) {
    state.set(layout.msi_pending, static_cast<std::int32_t>(position_of(cons, config.cmdq_log2size)) + 1);
  } else {
    state.set(layout.entry(cons, config), 0);
  }
}

void fire_msi_lands(base::StateAccess& state, const Layout& layout, const Config& config) {
  const auto position = static_cast<std::uint32_t>(state.get(layout.msi_pending) - 1);
  state.set(layout.entry(position, config), 0);
  state.set(layout.msi_pending, 0);
}

/// QEMU's way: everything that can happen happens within the register write.
void run_to_quiescence(base::StateAccess& state, const Layout& layout, const Config& config,
                       const CommandTable& commands, HwEvents& events) {
  const bool immediate = config.cr0_ack == Cr0Ack::kImmediate;
  if (immediate) {
    state.set(layout.cr0_in_force, state.get(layout.cr0));
    state.set(layout.cr0ack, state.get(layout.cr0));
  }
  if (config.cmdq != CmdqMode::kSynchronous) return;
  while (enabled_fetch(state.state(), layout, config) || state.get(layout.fetched) != 0) {
    if (state.get(layout.fetched) == 0) fire_fetch(state, layout, config);
    fire_execute(state, layout, config, commands, events);
    if (state.get(layout.msi_pending) != 0) fire_msi_lands(state, layout, config);
  }
}

/// Spec: 6.3.9. Changing a field again before its Update completed is CONSTRAINED UNPREDICTABLE.
// Abstraction: then the newest value counts; an ignored or an intermediate one is left out.
WriteOutcome write_cr0(base::StateAccess& state, const Layout& layout, std::int32_t value) {
  const std::int32_t in_transit = state.get(layout.cr0) ^ state.get(layout.cr0ack);
  const std::int32_t changed = state.get(layout.cr0) ^ (value & kCr0Mask);
  state.set(layout.cr0, value & kCr0Mask);
  return (in_transit & changed) != 0 ? WriteOutcome::kUnpredictable : WriteOutcome::kDone;
}

/// Spec: 6.3.14, 6.3.14.1.
// Abstraction: up to v3.1 a write without Update, or during one, may also take effect later.
WriteOutcome write_gbpa(base::StateAccess& state, const Layout& layout, const Config& config,
                        std::int32_t value) {
  const bool out_of_order = state.get(layout.gbpa_update) != 0 || (value & kGbpaUpdate) == 0;
  if (out_of_order) return config.arch_minor >= 2 ? WriteOutcome::kIgnored : WriteOutcome::kUnpredictable;
  state.set(layout.gbpa_abort, (value & kGbpaAbort) != 0 ? 1 : 0);
  state.set(layout.gbpa_update, 1);
  if (config.cr0_ack == Cr0Ack::kImmediate) fire_gbpa_updates(state, layout);
  return WriteOutcome::kDone;
}

}  // namespace

std::uint64_t fingerprint(const Config& config) {
  return config.cmdq_log2size | config.cmdq_window << 5U | static_cast<std::uint64_t>(config.msi) << 20U |
         static_cast<std::uint64_t>(config.arch_minor) << 21U |
         static_cast<std::uint64_t>(config.gbpa_abort_reset) << 24U |
         static_cast<std::uint64_t>(config.cr0_ack) << 25U | static_cast<std::uint64_t>(config.cmdq) << 28U;
}

std::optional<Opcode> find_opcode(std::string_view name) {
  for (const NamedOpcode& known : kOpcodes) {
    if (known.name == name) return known.opcode;
  }
  return std::nullopt;
}

std::vector<std::string> opcode_names() {
  std::vector<std::string> names;
  for (const NamedOpcode& known : kOpcodes) names.emplace_back(known.name);
  return names;
}

std::string_view name_of(Opcode opcode) {
  for (const NamedOpcode& known : kOpcodes) {
    if (known.opcode == opcode) return known.name;
  }
  return "?";
}

std::uint8_t CommandTable::intern(const Command& command) {
  const auto found = std::find(commands_.begin(), commands_.end(), command);
  if (found != commands_.end()) return static_cast<std::uint8_t>(found - commands_.begin() + 1);
  QUIESCE_ASSERT(commands_.size() < 255, "too many different commands");
  commands_.push_back(command);
  return static_cast<std::uint8_t>(commands_.size());
}

Layout lay_out(base::LayoutBuilder& builder, const Config& config) {
  Layout layout;
  for (base::Slot* slot : {&layout.cr0, &layout.cr0_in_force, &layout.cr0ack, &layout.gbpa_abort,
                           &layout.gbpa_in_force, &layout.gbpa_update, &layout.fetched}) {
    *slot = builder.add(base::Width::kU8);
  }
  for (base::Slot* slot : {&layout.cmdq_prod, &layout.cmdq_cons, &layout.msi_pending})
    *slot = builder.add(base::Width::kI32);
  for (unsigned i = 0; i < config.cmdq_window; ++i) {
    const base::Slot slot = builder.add(base::Width::kU8);
    if (i == 0) layout.ring = slot;
  }
  return layout;
}

void reset(base::StateAccess& state, const Layout& layout, const Config& config) {
  for (const base::Slot slot : {layout.cr0, layout.cr0_in_force, layout.cr0ack, layout.gbpa_update,
                                layout.fetched, layout.cmdq_prod, layout.cmdq_cons, layout.msi_pending}) {
    state.set(slot, 0);
  }
  state.set(layout.gbpa_abort, config.gbpa_abort_reset ? 1 : 0);
  state.set(layout.gbpa_in_force, config.gbpa_abort_reset ? 1 : 0);
}

void enable(base::StateAccess& state, const Layout& layout, const Config&, std::uint32_t prod,
            std::uint32_t cons) {
  for (const base::Slot slot : {layout.cr0, layout.cr0_in_force, layout.cr0ack})
    state.set(slot, kSmmuen | kEventqen | kCmdqen);
  state.set(layout.cmdq_prod, static_cast<std::int32_t>(prod));
  state.set(layout.cmdq_cons, static_cast<std::int32_t>(cons));
}

std::int32_t read_register(const base::StateAccess& state, const Layout& layout, const Config&,
                           const Register& reg) {
  if (reg.name == "CR0") return state.get(layout.cr0);
  if (reg.name == "CR0ACK") return state.get(layout.cr0ack);
  if (reg.name == "CMDQ_PROD") return state.get(layout.cmdq_prod);
  if (reg.name == "CMDQ_CONS") return state.get(layout.cmdq_cons);
  QUIESCE_ASSERT(reg.name == "GBPA", "a register without a model was read");
  return (state.get(layout.gbpa_update) != 0 ? kGbpaUpdate : 0) |
         (state.get(layout.gbpa_abort) != 0 ? kGbpaAbort : 0);
}

WriteOutcome write_register(base::StateAccess& state, const Layout& layout, const Config& config,
                            const CommandTable& commands, const Register& reg, std::int32_t value,
                            HwEvents& events) {
  WriteOutcome outcome = WriteOutcome::kDone;
  if (!reg.writable) return WriteOutcome::kIgnored;
  if (reg.name == "CR0") {
    outcome = write_cr0(state, layout, value);
  } else if (reg.name == "GBPA") {
    outcome = write_gbpa(state, layout, config, value);
  } else if (reg.name == "CMDQ_PROD") {
    const std::uint32_t prod = position_of(static_cast<std::uint32_t>(value), config.cmdq_log2size);
    const auto cons = static_cast<std::uint32_t>(state.get(layout.cmdq_cons));
    // Spec: 3.5.1, 6.3.27. More entries than the queue has, or a step back; a disabled queue just stores it.
    if (cmdq_enabled(state, layout) && illegal(prod, cons, config.cmdq_log2size))
      outcome = WriteOutcome::kUnpredictable;
    state.set(layout.cmdq_prod, static_cast<std::int32_t>(prod));
  } else {
    QUIESCE_ASSERT(reg.name == "CMDQ_CONS", "a register without a model was written");
    // Spec: 6.3.28. Read-only while CMDQEN is set or in transition.
    if (cmdq_enabled(state, layout))
      return config.arch_minor >= 2 ? WriteOutcome::kIgnored : WriteOutcome::kUnpredictable;
    state.set(layout.cmdq_cons, static_cast<std::int32_t>(
                                    position_of(static_cast<std::uint32_t>(value), config.cmdq_log2size)));
  }
  run_to_quiescence(state, layout, config, commands, events);
  return outcome;
}

bool cmdq_enabled(const base::StateAccess& state, const Layout& layout) {
  return ((state.get(layout.cr0) | state.get(layout.cr0ack)) & kCmdqen) != 0;
}

void put_command(base::StateAccess& state, const Layout& layout, const Config& config, std::uint32_t position,
                 std::uint8_t id) {
  state.set(layout.entry(position, config), id);
}

std::int32_t command_word(const base::StateAccess& state, const Layout& layout, const Config& config,
                          std::uint32_t position) {
  return state.get(layout.entry(position, config)) != 0 ? 1 : 0;
}

bool is_enabled(const std::byte* state, const Layout& layout, const Config& config, HwTransition transition) {
  switch (transition.kind) {
    case TransitionKind::kCr0TakesEffect:
      return enabled_takes_effect(state, layout, config, transition.field);
    case TransitionKind::kCr0Acknowledges:
      return enabled_acknowledges(state, layout, config, transition.field);
    case TransitionKind::kGbpaUpdates:
      return base::read_slot(state, layout.gbpa_update) != 0;
    case TransitionKind::kCmdqFetch:
      return enabled_fetch(state, layout, config);
    case TransitionKind::kCmdqExecute:
      return enabled_execute(state, layout);
    case TransitionKind::kSyncMsiLands:
      return base::read_slot(state, layout.msi_pending) != 0;
  }
  return false;
}

void fire(base::StateAccess& state, const Layout& layout, const Config& config, const CommandTable& commands,
          HwTransition transition, HwEvents& events) {
  QUIESCE_ASSERT(is_enabled(state.state(), layout, config, transition),
                 "a hardware transition fired that was not enabled");
  switch (transition.kind) {
    case TransitionKind::kCr0TakesEffect:
      return fire_takes_effect(state, layout, transition.field);
    case TransitionKind::kCr0Acknowledges:
      return fire_acknowledges(state, layout, transition.field);
    case TransitionKind::kGbpaUpdates:
      return fire_gbpa_updates(state, layout);
    case TransitionKind::kCmdqFetch:
      return fire_fetch(state, layout, config);
    case TransitionKind::kCmdqExecute:
      return fire_execute(state, layout, config, commands, events);
    case TransitionKind::kSyncMsiLands:
      return fire_msi_lands(state, layout, config);
  }
}

std::string describe(HwTransition transition) {
  static constexpr std::array<std::string_view, 5> kFields{"SMMUEN", "PRIQEN", "EVENTQEN", "CMDQEN",
                                                           "ATSCHK"};
  const std::string field(transition.field < kFields.size() ? kFields[transition.field] : "?");
  switch (transition.kind) {
    case TransitionKind::kCr0TakesEffect:
      return "CR0." + field + " takes effect";
    case TransitionKind::kCr0Acknowledges:
      return "CR0ACK." + field + " acknowledges";
    case TransitionKind::kGbpaUpdates:
      return "GBPA takes effect";
    case TransitionKind::kCmdqFetch:
      return "fetches a command";
    case TransitionKind::kCmdqExecute:
      return "executes it, CMDQ_CONS moves";
    case TransitionKind::kSyncMsiLands:
      return "the CMD_SYNC's MSI lands";
  }
  return "";
}

std::vector<base::Slot> footprint(const Layout& layout, const Config& config, TransitionKind kind) {
  switch (kind) {
    case TransitionKind::kCr0TakesEffect:
      return {layout.cr0, layout.cr0_in_force};
    case TransitionKind::kCr0Acknowledges:
      return {layout.cr0, layout.cr0_in_force, layout.cr0ack, layout.fetched};
    case TransitionKind::kGbpaUpdates:
      return {layout.gbpa_abort, layout.gbpa_in_force, layout.gbpa_update};
    default:
      break;
  }
  std::vector<base::Slot> slots{layout.cr0_in_force, layout.cmdq_prod, layout.cmdq_cons, layout.fetched,
                                layout.msi_pending};
  for (unsigned i = 0; i < config.cmdq_window; ++i)
    slots.push_back({static_cast<std::uint16_t>(layout.ring.offset + i), base::Width::kU8});
  return slots;
}

std::vector<base::Slot> all_slots(const Layout& layout, const Config& config) {
  std::vector<base::Slot> slots{
      layout.cr0,         layout.cr0_in_force, layout.cr0ack,    layout.gbpa_abort, layout.gbpa_in_force,
      layout.gbpa_update, layout.cmdq_prod,    layout.cmdq_cons, layout.fetched,    layout.msi_pending};
  for (unsigned i = 0; i < config.cmdq_window; ++i)
    slots.push_back({static_cast<std::uint16_t>(layout.ring.offset + i), base::Width::kU8});
  return slots;
}

std::vector<base::Slot> footprint(const Layout& layout, const Config& config, const Register& reg) {
  // A write that settles everything at once touches what all transitions touch.
  if (config.cmdq == CmdqMode::kSynchronous || config.cr0_ack == Cr0Ack::kImmediate)
    return all_slots(layout, config);
  if (reg.name == "CR0") return {layout.cr0, layout.cr0ack};
  if (reg.name == "CR0ACK") return {layout.cr0ack};
  if (reg.name == "CMDQ_PROD") return {layout.cmdq_prod, layout.cmdq_cons, layout.cr0, layout.cr0ack};
  if (reg.name == "CMDQ_CONS") return {layout.cmdq_cons, layout.cr0, layout.cr0ack};
  return {layout.gbpa_abort, layout.gbpa_update};
}

Decision decide(const base::StateAccess& state, const Layout& layout) {
  if ((state.get(layout.cr0_in_force) & kSmmuen) != 0) return Decision::kTranslate;
  return state.get(layout.gbpa_in_force) != 0 ? Decision::kAbort : Decision::kBypass;
}

}  // namespace quiesce::hwmodel::v3
