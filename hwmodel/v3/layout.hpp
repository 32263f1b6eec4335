// Where an SMMUv3 lies in the state vector, and how one is looked at and changed.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/slot.hpp"
#include "hwmodel/v3/commands.hpp"
#include "hwmodel/v3/config.hpp"
#include "hwmodel/v3/queue.hpp"
#include "hwmodel/v3/streams.hpp"

namespace quiesce::hwmodel::v3 {

/// A register whose fields are Updated one by one, some time after they are written.
/// Spec: IHI 0070G.b, 6.3.9, 6.3.16.
struct UpdatedRegister {
  base::Slot written;
  base::Slot in_force;
  base::Slot acknowledged;
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
  base::Slot cmdq_err;     ///< CMDQ_CONS.ERR
  base::Slot cmdq_halts;   ///< CommandError that GERROR does not show yet
  base::Slot fetched;      ///< command being executed, 0 if none
  base::Slot msi_pending;  ///< ring position + 1 of a CMD_SYNC whose message has not landed
  base::Slot eventq_prod;  ///< OVFLG in the top bit
  base::Slot eventq_cons;  ///< OVACKFLG in the top bit
  base::Slot ring;         ///< first of cmdq_window command ids
  Streams streams;         ///< laid out by lay_out_streams(), if there are any

  [[nodiscard]] base::Slot entry(std::uint32_t position, const Config& config) const {
    return {static_cast<std::uint16_t>(ring.offset +
                                       index_of(position, config.cmdq_log2size) % config.cmdq_window),
            base::Width::kU8};
  }
};

[[nodiscard]] Layout lay_out(base::LayoutBuilder& layout, const Config& config);
/// Those of the command queue's entries.
[[nodiscard]] std::vector<base::Slot> ring_slots(const Layout& layout, const Config& config);
/// Every slot of the SMMU.
[[nodiscard]] std::vector<base::Slot> all_slots(const Layout& layout, const Config& config);

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
