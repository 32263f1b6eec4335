#include "hwmodel/v3/command_queue.hpp"

#include "hwmodel/v3/control.hpp"
#include "hwmodel/v3/gerror.hpp"

namespace quiesce::hwmodel::v3 {
namespace {

constexpr unsigned kErrShift = 24;

std::uint32_t prod_of(const View& smmu) {
  return static_cast<std::uint32_t>(smmu.get(smmu.layout.cmdq_prod));
}
std::uint32_t cons_of(const View& smmu) {
  return static_cast<std::uint32_t>(smmu.get(smmu.layout.cmdq_cons));
}

/// The next command to fetch: CMDQ_CONS, or ahead of it where that is updated later.
std::uint32_t next_of(const View& smmu) {
  const bool batched = smmu.config.cons_updates == ConsUpdates::kBatched;
  return batched ? static_cast<std::uint32_t>(smmu.get(smmu.layout.cmdq_next)) : cons_of(smmu);
}

void set_next(Change& smmu, std::uint32_t next, bool publishes) {
  if (smmu.config.cons_updates == ConsUpdates::kBatched)
    smmu.set(smmu.layout.cmdq_next, static_cast<std::int32_t>(next));
  if (publishes || smmu.config.cons_updates == ConsUpdates::kEach)
    smmu.set(smmu.layout.cmdq_cons, static_cast<std::int32_t>(next));
}

/// Stops in front of the command, and CMDQ_CONS shows which; what was fetched is dropped. Spec: 7.1, 3.21.2.
void halt(Change& smmu, CommandError error) {
  set_next(smmu, next_of(smmu.view()), true);
  smmu.set(smmu.layout.fetched, 0);
  smmu.set(smmu.layout.cmdq_err, static_cast<std::int32_t>(error));
  smmu.set(smmu.layout.cmdq_halts, static_cast<std::int32_t>(error));
}

AtcState atc_state(const View& smmu) { return static_cast<AtcState>(smmu.get(smmu.layout.atc_pending)); }

/// Spec: 4.5.1. Ignored while SMMUEN is 0.
void send_atc_invalidation(Change& smmu) {
  if (smmu.config.atc_timeouts == AtcTimeouts::kNever) return;
  if (in_force(smmu.view(), smmu.layout.cr0, kSmmuen) && atc_state(smmu.view()) == AtcState::kAnswered)
    smmu.set(smmu.layout.atc_pending, static_cast<std::int32_t>(AtcState::kSent));
}

/// What the command does beside being consumed.
void take_effect(Change& smmu, const Command& command) {
  switch (command.opcode) {
    case Opcode::kSync:
      smmu.set(smmu.layout.atc_pending, static_cast<std::int32_t>(AtcState::kAnswered));
      return complete_invalidations(smmu);
    case Opcode::kAtcInv:
      return send_atc_invalidation(smmu);
    case Opcode::kResume:
    case Opcode::kStallTerm:
      return end_stall(smmu, command);
    default:
      return invalidate(smmu, command);
  }
}

}  // namespace

bool is_halted(const View& smmu) {
  return smmu.get(smmu.layout.cmdq_halts) != 0 || is_active(smmu, kCmdqErr);
}

/// Spec: 4.1.2, 6.3.9.3, 7.1: non-empty, CMDQEN in force, and no error that waits for software.
bool enabled_fetch(const View& smmu) {
  return in_force(smmu, smmu.layout.cr0, kCmdqen) && smmu.get(smmu.layout.fetched) == 0 &&
         !empty(prod_of(smmu), next_of(smmu), smmu.config.cmdq_log2size) && !is_halted(smmu) &&
         !has_failed(smmu);
}

/// What is no command stops the queue, an entry that nobody wrote too. Spec: 4.1.1, 7.1.
// Abstraction: such an entry holds zeros; in memory there may also be the command of a round before.
void fire_fetch(Change& smmu) {
  const auto id = static_cast<std::uint8_t>(smmu.get(smmu.layout.entry(next_of(smmu.view()), smmu.config)));
  const CommandError error = id == 0 ? CommandError::kIll : error_of(smmu.commands.at(id), smmu.config);
  if (error != CommandError::kNone) return halt(smmu, error);
  smmu.set(smmu.layout.fetched, id);
}

/// Spec: 7.1, CERROR_ABT: aborts of fetches are synchronous.
bool enabled_fetch_aborts(const View& smmu) { return smmu.config.cmdq_aborts && enabled_fetch(smmu); }
void fire_fetch_aborts(Change& smmu) { halt(smmu, CommandError::kAbt); }

/// An earlier CMD_SYNC's message lands before a later CMD_SYNC completes, and so do transactions that used
/// what was invalidated. Spec: 3.18.1, 4.7.3.
bool enabled_execute(const View& smmu, const CommandTable& commands) {
  const std::int32_t id = smmu.get(smmu.layout.fetched);
  if (id == 0) return false;
  if (commands.at(static_cast<std::uint8_t>(id)).opcode != Opcode::kSync) return true;
  return smmu.get(smmu.layout.msi_pending) == 0 && atc_state(smmu) != AtcState::kLost &&
         sync_may_complete(smmu);
}

void fire_execute(Change& smmu) {
  const Layout& layout = smmu.layout;
  const auto id = static_cast<std::uint8_t>(smmu.get(layout.fetched));
  const Command& command = smmu.commands.at(id);
  const std::uint32_t cons = next_of(smmu.view());
  const bool sync = command.opcode == Opcode::kSync;
  smmu.events.executed = id;
  smmu.events.sync_completed = sync;
  take_effect(smmu, command);
  smmu.set(layout.fetched, 0);
  // Spec: 4.7.3. CMDQ_CONS has passed a CMD_SYNC before its signal comes.
  set_next(smmu, next(cons, smmu.config.cmdq_log2size), sync);
  // QEMU 7.2 hw/arm/smmuv3.c smmuv3_cmdq_consume() looks at the low bit of CS alone.
  if (sync && (command.cs & kSigIrq) != 0) pulse(smmu, Line::kCmdSync);
  if (sync && command.msi && smmu.config.msi) {
    const std::uint32_t position = position_of(cons, smmu.config.cmdq_log2size);
    smmu.set(layout.msi_pending, static_cast<std::int32_t>(position) + 1);
  } else {
    smmu.set(layout.entry(cons, smmu.config), 0);
  }
}

/// Spec: 6.3.28. Later, and for several commands at once.
bool enabled_publishes_cons(const View& smmu) { return next_of(smmu) != cons_of(smmu); }
void fire_publishes_cons(Change& smmu) { set_next(smmu, next_of(smmu.view()), true); }

/// CMDQ_CONS.ERR is visible before GERROR shows the error. Spec: 7.1.
bool enabled_reports_error(const View& smmu) { return smmu.get(smmu.layout.cmdq_halts) != 0; }
void fire_reports_error(Change& smmu) {
  smmu.set(smmu.layout.cmdq_halts, 0);
  raise_error(smmu, kCmdqErr);
}

bool enabled_msi_lands(const View& smmu) { return smmu.get(smmu.layout.msi_pending) != 0; }
void fire_msi_lands(Change& smmu) {
  const auto position = static_cast<std::uint32_t>(smmu.get(smmu.layout.msi_pending) - 1);
  smmu.set(smmu.layout.entry(position, smmu.config), 0);
  smmu.set(smmu.layout.msi_pending, 0);
}

/// Spec: 3.18.1. The word in memory that software polls stays as it is.
bool enabled_msi_aborts(const View& smmu) { return smmu.config.messages_abort && enabled_msi_lands(smmu); }
void fire_msi_aborts(Change& smmu) {
  smmu.set(smmu.layout.msi_pending, 0);
  raise_error(smmu, kMsiCmdqAbtErr);
}

/// Spec: 3.9.1.4, 4.7.3, 7.1: the CMD_SYNC behind an ATC_INV that timed out does not complete. Whether it
/// does when it is executed again is open.
bool enabled_atc_times_out(const View& smmu, const CommandTable& commands) {
  const auto id = static_cast<std::uint8_t>(smmu.get(smmu.layout.fetched));
  return id != 0 && commands.at(id).opcode == Opcode::kSync && atc_state(smmu) == AtcState::kSent;
}
void fire_atc_times_out(Change& smmu) { halt(smmu, CommandError::kAtcInvSync); }

/// Spec: 3.9.1.4: without that error the CMD_SYNC waits for ever.
bool enabled_atc_is_lost(const View& smmu) { return atc_state(smmu) == AtcState::kSent; }
void fire_atc_is_lost(Change& smmu) {
  smmu.set(smmu.layout.atc_pending, static_cast<std::int32_t>(AtcState::kLost));
}

/// Spec: 3.5.1, 3.21.2, 6.3.27, 7.1. More entries than the queue has, or a step back, which a stopped queue
/// allows as far as CONS; a disabled queue just stores it.
WriteOutcome write_cmdq_prod(Change& smmu, std::int32_t value) {
  const unsigned log2size = smmu.config.cmdq_log2size;
  const std::uint32_t prod = position_of(static_cast<std::uint32_t>(value), log2size);
  const std::uint32_t cons = cons_of(smmu.view());
  const bool takes_back = used(prod, cons, log2size) < used(prod_of(smmu.view()), cons, log2size);
  const bool out_of_order = illegal(prod, cons, log2size) || (takes_back && !is_halted(smmu.view()));
  const bool enabled = set_or_in_transition(smmu.view(), smmu.layout.cr0, kCmdqen);
  smmu.set(smmu.layout.cmdq_prod, static_cast<std::int32_t>(prod));
  return enabled && out_of_order ? WriteOutcome::kUnpredictable : WriteOutcome::kDone;
}

/// Spec: 6.3.28. Read-only while CMDQEN is set or in transition. ERR is left as it is.
// QEMU 7.2 hw/arm/smmuv3.c smmu_writel() takes it at any time, and ERR with it.
WriteOutcome write_cmdq_cons(Change& smmu, std::int32_t value) {
  if (set_or_in_transition(smmu.view(), smmu.layout.cr0, kCmdqen) &&
      smmu.config.deviations != Deviations::kQemu72) {
    return out_of_order(smmu.config);
  }
  const std::uint32_t cons = position_of(static_cast<std::uint32_t>(value), smmu.config.cmdq_log2size);
  set_next(smmu, cons, true);
  if (smmu.config.deviations == Deviations::kQemu72) {
    smmu.set(smmu.layout.cmdq_err,
             static_cast<std::int32_t>(static_cast<std::uint32_t>(value) >> kErrShift) & 0x7f);
  }
  return WriteOutcome::kDone;
}

std::int32_t read_cmdq_cons(const View& smmu) {
  return smmu.get(smmu.layout.cmdq_cons) | smmu.get(smmu.layout.cmdq_err) << kErrShift;
}

void consume_all(Change& smmu) {
  while (enabled_fetch(smmu.view()) || smmu.get(smmu.layout.fetched) != 0) {
    if (smmu.get(smmu.layout.fetched) == 0) fire_fetch(smmu);
    if (smmu.get(smmu.layout.fetched) != 0) {
      if (!enabled_execute(smmu.view(), smmu.commands)) return;
      fire_execute(smmu);
    }
    if (enabled_reports_error(smmu.view())) fire_reports_error(smmu);
    if (enabled_msi_lands(smmu.view())) fire_msi_lands(smmu);
  }
}

}  // namespace quiesce::hwmodel::v3
