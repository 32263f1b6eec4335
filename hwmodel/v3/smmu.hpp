// An SMMUv3: registers that are read and written, and transitions of its own. A register write is intent;
// every consequence is a transition.
//
// Spec: IHI 0070G.b, chapters 3.11 (reset, enable, bypass), 4 (commands), 6 (registers), 7 (faults, errors).
//
// Not modelled here: the stream table and caches, stalled transactions, the PRI queue, endpoints that do not
// answer an ATC_INV (CERROR_ATC_INV_SYNC), messages that abort.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/slot.hpp"
#include "hwmodel/v3/commands.hpp"
#include "hwmodel/v3/config.hpp"
#include "hwmodel/v3/control.hpp"
#include "hwmodel/v3/layout.hpp"
#include "hwmodel/v3/registers.hpp"

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
};

struct HwTransition {
  TransitionKind kind = TransitionKind::kCmdqFetch;
  std::uint8_t field = 0;  ///< bit of CR0 or IRQ_CTRL

  friend bool operator==(HwTransition, HwTransition) = default;
};

[[nodiscard]] constexpr std::uint16_t encode(HwTransition t) {
  return static_cast<std::uint16_t>(static_cast<unsigned>(t.kind) << 8U | t.field);
}
[[nodiscard]] constexpr HwTransition decode_transition(std::uint16_t code) {
  return {static_cast<TransitionKind>(code >> 8U), static_cast<std::uint8_t>(code & 0xffU)};
}

[[nodiscard]] bool is_enabled(const std::byte* state, const Layout& layout, const Config& config,
                              HwTransition transition);
void fire(base::StateAccess& state, const Layout& layout, const Config& config, const CommandTable& commands,
          HwTransition transition, HwEvents& events);
[[nodiscard]] std::string describe(HwTransition transition);
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

template <class Visit>
void for_each_enabled(const std::byte* state, const Layout& layout, const Config& config, Visit visit) {
  const auto look = [&](TransitionKind kind, std::uint8_t field) {
    if (is_enabled(state, layout, config, {kind, field})) visit(HwTransition{kind, field});
  };
  for (const TransitionKind kind : {TransitionKind::kCr0TakesEffect, TransitionKind::kCr0Acknowledges}) {
    for (const std::uint8_t bit : kCr0Bits) look(kind, bit);
  }
  for (const TransitionKind kind :
       {TransitionKind::kIrqCtrlTakesEffect, TransitionKind::kIrqCtrlAcknowledges}) {
    for (const std::uint8_t bit : kIrqCtrlBits) look(kind, bit);
  }
  for (const TransitionKind kind :
       {TransitionKind::kGbpaUpdates, TransitionKind::kCmdqFetch, TransitionKind::kCmdqFetchAborts,
        TransitionKind::kCmdqExecute, TransitionKind::kCmdqReportsError, TransitionKind::kSyncMsiLands}) {
    look(kind, 0);
  }
}

/// What an untranslated transaction meets that arrives now. Spec: 3.11, 6.3.9.6.
enum class Decision : std::uint8_t {
  kTranslate,  ///< SMMUEN: the stream table decides
  kBypass,     ///< disabled, GBPA.ABORT = 0: the address goes through as it is
  kAbort,      ///< disabled, GBPA.ABORT = 1
};
[[nodiscard]] Decision decide(const base::StateAccess& state, const Layout& layout);

}  // namespace quiesce::hwmodel::v3
