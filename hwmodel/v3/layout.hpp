// Where an SMMUv3 lies in the state vector, and how one is looked at and changed.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/slot.hpp"
#include "hwmodel/v3/commands.hpp"
#include "hwmodel/v3/config.hpp"
#include "hwmodel/v3/queue.hpp"
#include "hwmodel/v3/registers.hpp"
#include "hwmodel/v3/streams.hpp"

namespace quiesce::hwmodel::v3 {

/// A register whose fields are Updated one by one, some time after they are written.
/// Spec: IHI 0070G.b, 6.3.9, 6.3.16.
struct UpdatedRegister {
  base::Slot written;
  base::Slot in_force;
  base::Slot acknowledged;
};

/// A register that only holds what the driver programmed: guarded.hpp.
struct Programmed {
  Reg reg = Reg::kCr1;
  base::Slot slot;
};

struct Layout {
  UpdatedRegister cr0;
  UpdatedRegister irq_ctrl;
  base::Slot gbpa_abort;  ///< as written
  base::Slot gbpa_in_force;
  base::Slot gbpa_update;
  base::Slot gerror;
  base::Slot gerrorn;
  base::Slot cmdq_prod;
  base::Slot cmdq_cons;
  base::Slot cmdq_err;                 ///< CMDQ_CONS.ERR
  base::Slot cmdq_halts;               ///< CommandError that GERROR does not show yet
  base::Slot fetched;                  ///< command being executed, 0 if none
  base::Slot msi_pending;              ///< ring position + 1 of a CMD_SYNC whose message has not landed
  base::Slot eventq_prod;              ///< OVFLG in the top bit
  base::Slot eventq_cons;              ///< OVACKFLG in the top bit
  base::Slot priq_prod;                ///< OVFLG in the top bit
  base::Slot priq_cons;                ///< OVACKFLG in the top bit
  base::Slot atc_pending;              ///< an ATC_INV before the next CMD_SYNC: see AtcState
  base::Slot messages;                 ///< interrupt messages on their way, a bit for each line
  base::Slot failed;                   ///< 1 in service failure mode
  base::Slot ring;                     ///< first of cmdq_window command ids
  base::Slot cmdq_next;                ///< next command to fetch; only with ConsUpdates::kBatched
  base::Slot eventq_fails;             ///< the next record's write aborts; only with EventqAborts
  base::Slot records;                  ///< first of the event queue's records; only with event_records
  std::vector<Programmed> programmed;  ///< laid out by lay_out_programmed(), those that matter
  Streams streams;                     ///< laid out by lay_out_streams(), if there are any

  [[nodiscard]] base::Slot entry(std::uint32_t position, const Config& config) const {
    return {static_cast<std::uint16_t>(ring.offset +
                                       index_of(position, config.cmdq_log2size) % config.cmdq_window),
            base::Width::kU8};
  }
  /// Of the event queue.
  [[nodiscard]] base::Slot record(std::uint32_t position, const Config& config) const {
    const std::size_t bytes = base::bytes_of(base::Width::kI32) * index_of(position, config.evtq_log2size);
    return {static_cast<std::uint16_t>(records.offset + bytes), base::Width::kI32};
  }
};

[[nodiscard]] Layout lay_out(base::LayoutBuilder& layout, const Config& config);
/// Gives slots to registers that somebody reads or writes and that only hold what was programmed.
void lay_out_programmed(base::LayoutBuilder& builder, Layout& layout, std::span<const Reg> wanted);
/// A slot, and what to call it behind the SMMU's name: ".CR0" of a register, ": command in progress" else.
struct PartOfSmmu {
  std::string name;
  base::Slot slot;
};
/// Registers and what is behind them, without the command queue's entries and streams.
[[nodiscard]] std::vector<PartOfSmmu> named_parts(const Layout& layout, const Config& config);
/// Those of the event queue's records; none if the state does not keep them.
[[nodiscard]] std::vector<base::Slot> record_slots(const Layout& layout, const Config& config);
/// Those of the command queue's entries.
[[nodiscard]] std::vector<base::Slot> ring_slots(const Layout& layout, const Config& config);
/// Every slot of the SMMU.
[[nodiscard]] std::vector<base::Slot> all_slots(const Layout& layout, const Config& config);

/// Whether endpoints have answered what was sent since the last CMD_SYNC.
enum class AtcState : std::uint8_t { kAnswered, kSent, kLost };

/// Where interrupts come from. Spec: 3.18.
enum class Line : std::uint8_t { kGerror, kPriq, kEventq, kCmdSync };
inline constexpr std::size_t kLines = 4;
inline constexpr std::array<std::string_view, kLines> kLineNames{"gerror", "priq", "eventq", "cmd_sync"};
[[nodiscard]] constexpr std::uint8_t bit_of(Line line) {
  return static_cast<std::uint8_t>(1U << static_cast<unsigned>(line));
}

/// What hardware did beside changing its registers.
struct HwEvents {
  std::uint8_t executed = 0;  ///< id of the command that took effect
  bool sync_completed = false;
  std::uint8_t pulses = 0;     ///< lines that gave a pulse, a bit for each
  bool unpredictable = false;  ///< a command asked for what is CONSTRAINED UNPREDICTABLE
  bool landed = false;         ///< a transaction got to memory, and with it:
  bool by_gbpa = false;        ///< it went by GBPA, with SMMUEN == 0
  std::uint16_t source = 0;    ///< of Streams::sources
  std::int32_t frame = 0;      ///< physical page, or 0: where its address says
  std::int32_t page = 0;       ///< the page that the device named
};

/// An SMMU in a state that is looked at.
struct View {
  const std::byte* state;
  const Layout& layout;
  const Config& config;
  const base::StateAccess* access = nullptr;  ///< which is told of each read, if there is one

  [[nodiscard]] std::int32_t get(base::Slot slot) const {
    return access != nullptr ? access->get(slot) : base::read_slot(state, slot);
  }
};

/// An SMMU in a state that changes.
struct Change {
  base::StateAccess& access;
  const Layout& layout;
  const Config& config;
  const CommandTable& commands;
  HwEvents& events;

  [[nodiscard]] std::int32_t get(base::Slot slot) const { return access.get(slot); }
  void set(base::Slot slot, std::int32_t value) { access.set(slot, value); }
  [[nodiscard]] View view() const { return {access.state(), layout, config, &access}; }
};

enum class WriteOutcome : std::uint8_t {
  kDone,
  kIgnored,        ///< guarded, or read-only
  kUnpredictable,  ///< CONSTRAINED UNPREDICTABLE: the write was out of order
};

/// Of a write that a guard forbids. Spec: 6.2 and at each register.
[[nodiscard]] constexpr WriteOutcome out_of_order(const Config& config) {
  return config.arch_minor >= 2 ? WriteOutcome::kIgnored : WriteOutcome::kUnpredictable;
}

}  // namespace quiesce::hwmodel::v3
