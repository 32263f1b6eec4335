// An SMMUv3: registers that are read and written, and transitions of its own. A register write is intent;
// every consequence is a transition.
//
// Spec: IHI 0070G.b, chapters 3.11 (reset, enable, bypass), 4 (commands), 6 (registers), 7 (faults, errors).
//
// Not modelled here: endpoints with translation caches of their own, and their page requests.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/slot.hpp"
#include "hwmodel/v3/commands.hpp"
#include "hwmodel/v3/config.hpp"
#include "hwmodel/v3/control.hpp"
#include "hwmodel/v3/layout.hpp"
#include "hwmodel/v3/registers.hpp"
#include "hwmodel/v3/walks.hpp"

namespace quiesce::hwmodel::v3 {

/// The state after reset. Spec: 6.3.9, 6.3.14 and at each register; what is UNKNOWN is 0.
void reset(base::StateAccess& state, const Layout& layout, const Config& config);
/// The state after a driver's successful reset sequence: SMMUEN, EVENTQEN and CMDQEN acknowledged, and the
/// interrupts of GERROR and the event queue.
// Linux v6.18 drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c arm_smmu_device_reset().
void enable(base::StateAccess& state, const Layout& layout, const Config& config, std::uint32_t prod,
            std::uint32_t cons);

[[nodiscard]] std::int32_t read_register(const base::StateAccess& state, const Layout& layout,
                                         const Config& config, const Register& reg);
[[nodiscard]] WriteOutcome write_register(base::StateAccess& state, const Layout& layout,
                                          const Config& config, const CommandTable& commands,
                                          const Register& reg, std::int32_t value, HwEvents& events);
/// CMDQEN is set, or its clearing is not acknowledged.
[[nodiscard]] bool cmdq_enabled(const base::StateAccess& state, const Layout& layout);
/// Writes a command into the ring's memory, before CMDQ_PROD tells the SMMU of it.
void put_command(base::StateAccess& state, const Layout& layout, const Config& config, std::uint32_t position,
                 std::uint8_t id);
/// 1 while the first word of the slot is not zero: an MSI-polled CMD_SYNC there is not complete.
[[nodiscard]] std::int32_t command_word(const base::StateAccess& state, const Layout& layout,
                                        const Config& config, std::uint32_t position);

enum class TransitionKind : std::uint8_t {
  kCr0TakesEffect,       ///< one field, Spec: 6.3.9
  kCr0Acknowledges,      ///< one field, after it took effect, Spec: 6.3.10
  kIrqCtrlTakesEffect,   ///< one field, Spec: 6.3.16
  kIrqCtrlAcknowledges,  ///< one field, Spec: 6.3.18
  kGbpaUpdates,          ///< Spec: 6.3.14.1
  kCmdqFetch,            ///< Spec: 4.1.2
  kCmdqFetchAborts,      ///< Spec: 7.1, CERROR_ABT
  kCmdqExecute,          ///< effect and consumption, Spec: 4.1.4, 4.7.3
  kCmdqReportsError,     ///< Spec: 7.1
  kSyncMsiLands,         ///< Spec: 4.7.3, 3.18.1
  kSyncMsiAborts,        ///< Spec: 3.18.1, MSI_CMDQ_ABT_ERR
  kAtcTimesOut,          ///< Spec: 3.9.1.4, 7.1, CERROR_ATC_INV_SYNC
  kAtcIsLost,            ///< Spec: 3.9.1.4: the CMD_SYNC hangs
  kMessageLands,         ///< an interrupt's, Spec: 3.18
  kMessageAborts,        ///< Spec: 3.18.1, MSI_*_ABT_ERR
  kConsIsPublished,      ///< CMDQ_CONS shows what was consumed, Spec: 6.3.28
  kEventqFails,          ///< the next record's write aborts, Spec: 7.2.2
  kFails,                ///< enters service failure mode, Spec: 12.3
  kStreamFollows,        ///< one stream meets the new SMMUEN, Spec: 6.3.9.6
  kFetchesStructure,     ///< a copy of one unit, Spec: 3.21.3
  kDropsStructure,       ///< Spec: 3.21.3, 4.3
  kWalks,                ///< and fills the TLB, Spec: 3.21.3, 4.4
  kDropsTranslation,     ///< Spec: 4.4
  kIssues,               ///< a device begins a transaction
  kDecides,              ///< Spec: 3.11, 5.2, 5.4
  kLands,                ///< in memory
  kRecordsStall,         ///< Spec: 7.2.1
  kRetries,              ///< a stalled transaction, unasked, Spec: 3.12.2
  kAnswers,              ///< a terminated transaction's abort reaches the client
};

struct HwTransition {
  TransitionKind kind = TransitionKind::kCmdqFetch;
  std::uint16_t field = 0;  ///< bit of CR0 or IRQ_CTRL; number of a stream, unit, walk, entry or source

  friend bool operator==(HwTransition, HwTransition) = default;
};

inline constexpr unsigned kFieldBits = 10;
/// Of kIssues: the source, and the page among its own.
inline constexpr unsigned kPageBits = 6;

[[nodiscard]] constexpr std::uint16_t encode(HwTransition t) {
  return static_cast<std::uint16_t>(static_cast<unsigned>(t.kind) << kFieldBits | t.field);
}
[[nodiscard]] constexpr HwTransition decode_transition(std::uint16_t code) {
  return {static_cast<TransitionKind>(code >> kFieldBits),
          static_cast<std::uint16_t>(code & ((1U << kFieldBits) - 1))};
}

/// Of streams and their transactions, not of registers and the command queue.
[[nodiscard]] constexpr bool is_of_streams(TransitionKind kind) {
  return kind >= TransitionKind::kStreamFollows;
}
/// Need never happen: traffic begins, copies are dropped, a stalled transaction is tried again unasked.
[[nodiscard]] bool is_environment(TransitionKind kind);
/// Is owed within the time that anyone notices. Traffic may take any time, unless a CMD_SYNC waits for it.
[[nodiscard]] bool is_urgent(const std::byte* state, const Layout& layout, const CommandTable& commands,
                             HwTransition transition);
/// A device was stopped, and one of its accesses is still on its way. It may take as long as it likes, but
/// watchdogs blame nobody for that.
[[nodiscard]] bool owes_traffic(const std::byte* state, const Layout& layout);

[[nodiscard]] bool is_enabled(const std::byte* state, const Layout& layout, const Config& config,
                              const CommandTable& commands, HwTransition transition);
/// A device sends its interrupt as a message.
void send(base::StateAccess& state, const Layout& layout, const Config& config, const CommandTable& commands,
          std::size_t source);
void fire(base::StateAccess& state, const Layout& layout, const Config& config, const CommandTable& commands,
          HwTransition transition, HwEvents& events);
/// What happens, for people; streams and sources are numbered in the text as in Streams.
[[nodiscard]] std::string describe(const Layout& layout, HwTransition transition);
/// Every slot that reading or writing this register may touch.
[[nodiscard]] std::vector<base::Slot> footprint(const Layout& layout, const Config& config,
                                                const Register& reg);
/// Every slot that a transition of this kind may read or write.
[[nodiscard]] std::vector<base::Slot> footprint(const Layout& layout, const Config& config,
                                                TransitionKind kind);

/// SMMUEN, PRIQEN, EVENTQEN, CMDQEN, ATSCHK.
inline constexpr std::array<std::uint8_t, 5> kCr0Bits{0, 1, 2, 3, 4};
/// GERROR_IRQEN, PRIQ_IRQEN, EVENTQ_IRQEN.
inline constexpr std::array<std::uint8_t, 3> kIrqCtrlBits{0, 1, 2};

/// Visits what exists only where a knob asks for it.
template <class Look>
void for_each_of_knobs(const Config& config, Look look) {
  if (config.cons_updates == ConsUpdates::kBatched) look(TransitionKind::kConsIsPublished, 0);
  if (config.messages_abort) look(TransitionKind::kSyncMsiAborts, 0);
  if (config.atc_timeouts == AtcTimeouts::kError) look(TransitionKind::kAtcTimesOut, 0);
  if (config.atc_timeouts == AtcTimeouts::kHang) look(TransitionKind::kAtcIsLost, 0);
  if (config.service_failure_mode) look(TransitionKind::kFails, 0);
  if (config.eventq_aborts != EventqAborts::kNever) look(TransitionKind::kEventqFails, 0);
  for (std::size_t line = 0; config.interrupt_messages && line < kLines; ++line) {
    look(TransitionKind::kMessageLands, line);
    if (config.messages_abort) look(TransitionKind::kMessageAborts, line);
  }
}

/// Whether some field of the register has yet to take effect or to be acknowledged: without one, none of its
/// transitions is enabled.
[[nodiscard]] inline bool is_changing(const std::byte* state, const UpdatedRegister& reg) {
  const std::int32_t in_force = base::read_slot(state, reg.in_force);
  return base::read_slot(state, reg.written) != in_force ||
         base::read_slot(state, reg.acknowledged) != in_force;
}

/// Visits every transition that streams may have.
template <class Look>
void for_each_of_streams(const Streams& all, Look look) {
  for (std::size_t i = 0; i < all.streams.size(); ++i) look(TransitionKind::kStreamFollows, i);
  for (std::size_t i = 0; i < all.units.size(); ++i) {
    look(TransitionKind::kFetchesStructure, i);
    look(TransitionKind::kDropsStructure, i);
  }
  for (std::size_t i = 0; i < all.walks.size(); ++i) look(TransitionKind::kWalks, i);
  for (std::size_t i = 0; i < all.entries.size(); ++i) look(TransitionKind::kDropsTranslation, i);
  for (std::size_t i = 0; i < all.sources.size(); ++i) {
    for (std::size_t page = 0; page < all.sources[i].pages; ++page)
      look(TransitionKind::kIssues, i << kPageBits | page);
    for (const TransitionKind kind :
         {TransitionKind::kDecides, TransitionKind::kLands, TransitionKind::kRecordsStall,
          TransitionKind::kRetries, TransitionKind::kAnswers}) {
      look(kind, i);
    }
  }
}

template <class Visit>
void for_each_enabled(const std::byte* state, const Layout& layout, const Config& config,
                      const CommandTable& commands, Visit visit) {
  WalksOfState walks({state, layout, config});
  const auto look = [&](TransitionKind kind, std::size_t field) {
    const HwTransition transition{kind, static_cast<std::uint16_t>(field)};
    const bool enabled = kind == TransitionKind::kWalks
                             ? walks.is_enabled(field)
                             : is_enabled(state, layout, config, commands, transition);
    if (enabled) visit(transition);
  };
  if (is_changing(state, layout.cr0)) {
    for (const TransitionKind kind : {TransitionKind::kCr0TakesEffect, TransitionKind::kCr0Acknowledges}) {
      for (const std::uint8_t bit : kCr0Bits) look(kind, bit);
    }
  }
  if (is_changing(state, layout.irq_ctrl)) {
    for (const TransitionKind kind :
         {TransitionKind::kIrqCtrlTakesEffect, TransitionKind::kIrqCtrlAcknowledges}) {
      for (const std::uint8_t bit : kIrqCtrlBits) look(kind, bit);
    }
  }
  for (const TransitionKind kind :
       {TransitionKind::kGbpaUpdates, TransitionKind::kCmdqFetch, TransitionKind::kCmdqFetchAborts,
        TransitionKind::kCmdqExecute, TransitionKind::kCmdqReportsError, TransitionKind::kSyncMsiLands}) {
    look(kind, 0);
  }
  for_each_of_knobs(config, look);
  if (layout.streams.any()) for_each_of_streams(layout.streams, look);
}

/// What an untranslated transaction meets that arrives now. Spec: 3.11, 6.3.9.6.
enum class Meets : std::uint8_t {
  kTranslation,  ///< SMMUEN: the stream table decides
  kBypass,       ///< disabled, GBPA.ABORT = 0: the address goes through as it is
  kAbort,        ///< disabled, GBPA.ABORT = 1
};
[[nodiscard]] Meets met_on_arrival(const base::StateAccess& state, const Layout& layout);
/// What a transaction of the stream without a SubstreamID meets that arrives now, as far as no walk decides;
/// nothing while the SMMU has to fetch structures first.
[[nodiscard]] std::optional<Meets> met_on_arrival(const base::StateAccess& state, const Layout& layout,
                                                  const Config& config, std::size_t stream);

}  // namespace quiesce::hwmodel::v3
