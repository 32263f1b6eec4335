// A legacy SMMU (SMMUv1, SMMUv2, MMU-500): registers that are read and written, and transitions of its own.
//
// Sources stand at config.hpp. Not modelled here: nested translation, secure streams, performance monitors,
// address translation operations, memory attributes, fault records' details beyond what Linux prints of them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/slot.hpp"
#include "hwmodel/v2/config.hpp"
#include "hwmodel/v2/layout.hpp"
#include "hwmodel/v2/registers.hpp"

namespace quiesce::hwmodel::v2 {

/// What a driver does with streams that no stream mapping group names. Linux v6.18 arm-smmu.c disable_bypass.
enum class Unmatched : std::uint8_t { kBypass, kFault };

/// The state after reset: powered, and without clocks.
void reset(base::StateAccess& state, const Layout& layout, const Config& config);
/// The state after a driver's successful reset sequence, before any device has a domain: one reference of the
/// clocks, no stream is mapped, every bank is off.
// Linux v6.18 arm-smmu.c arm_smmu_device_reset(), arm_smmu_device_probe().
void enable(base::StateAccess& state, const Layout& layout, const Config& config, Unmatched unmatched);

/// `index` is the number of the stream mapping group or the context bank, 0 for other registers.
[[nodiscard]] std::int32_t read_register(const base::StateAccess& state, const Layout& layout,
                                         const Config& config, const Register& reg, std::size_t index,
                                         HwEvents& events);
[[nodiscard]] WriteOutcome write_register(base::StateAccess& state, const Layout& layout,
                                          const Config& config, const Register& reg, std::size_t index,
                                          std::int32_t value, HwEvents& events);
/// What the register holds, with or without clock and power: for who looks at the SMMU from outside.
[[nodiscard]] std::int32_t held_by(const base::StateAccess& state, const Layout& layout, const Config& config,
                                   const Register& reg, std::size_t index);
/// How many of the register there are.
[[nodiscard]] std::size_t count_of(const Register& reg, const Config& config);

/// clk_bulk_enable() and clk_bulk_disable(): the SMMU runs while they were enabled more often than disabled.
/// False, and nothing happens, if they were not enabled.
void enable_clocks(base::StateAccess& state, const Layout& layout);
[[nodiscard]] bool disable_clocks(base::StateAccess& state, const Layout& layout);
void power_on(base::StateAccess& state, const Layout& layout, const Config& config, HwEvents& events);
void power_off(base::StateAccess& state, const Layout& layout, const Config& config, HwEvents& events);
/// Registers can be accessed.
[[nodiscard]] bool is_accessible(const base::StateAccess& state, const Layout& layout, const Config& config);
/// The level of an interrupt line.
[[nodiscard]] bool is_asserted(const base::StateAccess& state, const Layout& layout, const Config& config,
                               Line line);

enum class TransitionKind : std::uint8_t {
  kSyncCompletes,     ///< global, or of a bank
  kTbuDies,           ///< fault knob: Config::tlb_sync
  kWalks,             ///< and fills the TLB
  kDropsTranslation,  ///< from the TLB
  kIssuesRead,        ///< a device begins a transaction
  kIssuesWrite,
  kDecides,
  kLands,    ///< in memory
  kAnswers,  ///< a terminated transaction's answer reaches the client
};

struct HwTransition {
  TransitionKind kind = TransitionKind::kSyncCompletes;
  std::uint16_t field = 0;  ///< 0 or number of a bank + 1; number of a walk, entry or source; of kIssuesRead
                            ///< and kIssuesWrite the source, and the page among its own

  friend bool operator==(HwTransition, HwTransition) = default;
};

[[nodiscard]] constexpr std::uint16_t encode(HwTransition t) {
  return static_cast<std::uint16_t>(static_cast<unsigned>(t.kind) << kFieldBits | t.field);
}
[[nodiscard]] constexpr HwTransition decode_transition(std::uint16_t code) {
  return {static_cast<TransitionKind>(code >> kFieldBits),
          static_cast<std::uint16_t>(code & ((1U << kFieldBits) - 1))};
}

/// Of streams and their transactions, not of registers.
[[nodiscard]] constexpr bool is_of_streams(TransitionKind kind) { return kind >= TransitionKind::kWalks; }
/// Need never happen: traffic begins, TLB entries are dropped, a TBU loses power.
[[nodiscard]] bool is_environment(TransitionKind kind);
/// Is owed within the time that anyone notices. Traffic may take any time, unless a TLB sync waits for it
/// and ends with it.
[[nodiscard]] bool is_urgent(const std::byte* state, const Layout& layout, const Config& config,
                             HwTransition transition);
/// A device was stopped, and one of its accesses is still on its way, and does not wait for software. It may
/// take as long as it likes, but watchdogs blame nobody for that.
[[nodiscard]] bool owes_traffic(const std::byte* state, const Layout& layout, const Config& config);

[[nodiscard]] bool is_enabled(const std::byte* state, const Layout& layout, const Config& config,
                              HwTransition transition);
/// A device sends its interrupt as a message.
void send(base::StateAccess& state, const Layout& layout, const Config& config, std::size_t source);
void fire(base::StateAccess& state, const Layout& layout, const Config& config, HwTransition transition,
          HwEvents& events);
[[nodiscard]] std::string describe(const Layout& layout, HwTransition transition);

/// Every slot that reading or writing the register may read or write.
[[nodiscard]] std::vector<base::Slot> footprint(const Layout& layout, const Config& config,
                                                const Register& reg, std::size_t index);
/// Every slot that a transition of this kind may read or write.
[[nodiscard]] std::vector<base::Slot> footprint(const Layout& layout, const Config& config,
                                                TransitionKind kind);

/// Visits every transition that traffic may have.
template <class Look>
void for_each_of_traffic(const Traffic& all, Look look) {
  for (std::size_t i = 0; i < all.walks.size(); ++i) look(TransitionKind::kWalks, i);
  for (std::size_t i = 0; i < all.entries.size(); ++i) look(TransitionKind::kDropsTranslation, i);
  for (std::size_t i = 0; i < all.sources.size(); ++i) {
    for (std::size_t page = 0; page < all.sources[i].pages; ++page) {
      look(TransitionKind::kIssuesRead, i << kPageBits | page);
      look(TransitionKind::kIssuesWrite, i << kPageBits | page);
    }
    for (const TransitionKind kind :
         {TransitionKind::kDecides, TransitionKind::kLands, TransitionKind::kAnswers}) {
      look(kind, i);
    }
  }
}

template <class Visit>
void for_each_enabled(const std::byte* state, const Layout& layout, const Config& config, Visit visit) {
  const auto look = [&](TransitionKind kind, std::size_t field) {
    const HwTransition transition{kind, static_cast<std::uint16_t>(field)};
    if (is_enabled(state, layout, config, transition)) visit(transition);
  };
  for (std::size_t scope = 0; scope <= config.context_banks; ++scope)
    look(TransitionKind::kSyncCompletes, scope);
  if (config.tlb_sync == TlbSync::kMayHang) look(TransitionKind::kTbuDies, 0);
  if (layout.traffic.any()) for_each_of_traffic(layout.traffic, look);
}

/// What it rests on that accesses are not decided and TLB syncs do not complete, a bit for each assumption:
/// what waits tells nothing of itself (HwEvents::assumptions).
[[nodiscard]] std::uint32_t assumed_by_what_waits(const base::StateAccess& state, const Layout& layout,
                                                  const Config& config);

/// What a transaction of the stream meets that arrives now, as far as no walk decides.
enum class Meets : std::uint8_t {
  kTranslation,  ///< a context bank decides
  kBypass,       ///< the address goes through as it is
  kFault,
  kNothing,  ///< the transaction waits
};
[[nodiscard]] Meets met_on_arrival(const base::StateAccess& state, const Layout& layout, const Config& config,
                                   std::uint16_t sid);

}  // namespace quiesce::hwmodel::v2
