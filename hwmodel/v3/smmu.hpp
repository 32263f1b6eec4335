// The core of an SMMUv3: CR0 and its acknowledgement, GBPA, the command queue, and what a transaction
// meets. A register write is intent; every consequence is a transition of its own.
//
// Spec: IHI 0070G.b, chapters 4 (commands), 6 (registers) and 3.11 (reset, enable, bypass).
// Not modelled here: GERROR, interrupts, the event and PRI queues, stream table and caches.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/slot.hpp"
#include "hwmodel/v3/queue.hpp"
#include "hwmodel/v3/registers.hpp"

namespace quiesce::hwmodel::v3 {

/// When a CR0 write takes effect and is acknowledged.
enum class Cr0Ack : std::uint8_t {
  kAny,        ///< each field by itself, some time later (Spec: 6.3.9)
  kImmediate,  ///< within the write (QEMU 7.2 hw/arm/smmuv3.c smmu_writel)
  kNever,      ///< fault knob: the acknowledgement never comes
};

/// When commands are consumed.
enum class CmdqMode : std::uint8_t {
  kAsync,        ///< one command after the other, some time later (Spec: 4.1.2, 6.3.28)
  kSynchronous,  ///< within the write of CMDQ_PROD or CR0 (QEMU 7.2 hw/arm/smmuv3.c smmuv3_cmdq_consume)
};

struct Config {
  unsigned cmdq_log2size = 8;     ///< CMDQ_BASE.LOG2SIZE as the driver programs it
  unsigned cmdq_window = 128;     ///< ring entries whose content the state keeps
  bool msi = false;               ///< IDR0.MSI, and the driver polls for the CMD_SYNC's message
  unsigned arch_minor = 2;        ///< AIDR[3:0]; from 2 on most illegal writes are ignored
  bool gbpa_abort_reset = false;  ///< GBPA.ABORT after reset is IMPLEMENTATION DEFINED (Spec: 6.3.14)
  Cr0Ack cr0_ack = Cr0Ack::kAny;
  CmdqMode cmdq = CmdqMode::kAsync;
};

/// One number for everything in the configuration that decides behaviour.
[[nodiscard]] std::uint64_t fingerprint(const Config& config);

/// Opcodes. Spec: IHI 0070G.b, 4.1.1.
enum class Opcode : std::uint8_t {
  kCfgiSte = 0x03,
  kCfgiAll = 0x04,
  kCfgiCd = 0x05,
  kTlbiNhAll = 0x10,
  kTlbiNhAsid = 0x11,
  kTlbiNhVa = 0x12,
  kTlbiNsnhAll = 0x30,
  kAtcInv = 0x40,
  kSync = 0x46,
};

[[nodiscard]] std::optional<Opcode> find_opcode(std::string_view name);
[[nodiscard]] std::vector<std::string> opcode_names();
[[nodiscard]] std::string_view name_of(Opcode opcode);

/// Completion signal of a CMD_SYNC. Spec: IHI 0070G.b, 4.7.3.
inline constexpr std::uint8_t kSigNone = 0;
inline constexpr std::uint8_t kSigIrq = 1;
inline constexpr std::uint8_t kSigSev = 2;

struct Command {
  Opcode opcode = Opcode::kSync;
  std::uint8_t cs = kSigNone;
  bool msi = false;  ///< MSIAddress is the command's own slot, as Linux polls it

  friend bool operator==(const Command&, const Command&) = default;
};

/// Gives commands the small ids under which the ring holds them; 0 is an empty slot.
class CommandTable {
 public:
  std::uint8_t intern(const Command& command);
  [[nodiscard]] const Command& at(std::uint8_t id) const { return commands_[id - 1U]; }

 private:
  std::vector<Command> commands_;
};

struct Layout {
  base::Slot cr0;  ///< as written
  base::Slot cr0_in_force;
  base::Slot cr0ack;
  base::Slot gbpa_abort;  ///< as written
  base::Slot gbpa_in_force;
  base::Slot gbpa_update;
  base::Slot cmdq_prod;
  base::Slot cmdq_cons;
  base::Slot fetched;      ///< command being executed, 0 if none
  base::Slot msi_pending;  ///< ring position + 1 of a CMD_SYNC whose message has not landed
  base::Slot ring;         ///< first of cmdq_window command ids

  [[nodiscard]] base::Slot entry(std::uint32_t position, const Config& config) const {
    return {static_cast<std::uint16_t>(ring.offset +
                                       index_of(position, config.cmdq_log2size) % config.cmdq_window),
            base::Width::kU8};
  }
};

[[nodiscard]] Layout lay_out(base::LayoutBuilder& layout, const Config& config);

/// The state after reset. Spec: 6.3.9, 6.3.14; PROD and CONS are UNKNOWN and left 0.
void reset(base::StateAccess& state, const Layout& layout, const Config& config);
/// The state after a driver's successful reset sequence: SMMUEN, EVENTQEN and CMDQEN acknowledged.
// Linux v6.18 drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c arm_smmu_device_reset().
void enable(base::StateAccess& state, const Layout& layout, const Config& config, std::uint32_t prod,
            std::uint32_t cons);

/// What hardware did beside changing its registers.
struct HwEvents {
  std::uint8_t executed = 0;  ///< id of the command that took effect
  bool sync_completed = false;
};

enum class WriteOutcome : std::uint8_t {
  kDone,
  kIgnored,        ///< guarded, or read-only
  kUnpredictable,  ///< CONSTRAINED UNPREDICTABLE: the write was out of order
};

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
  kCr0TakesEffect,   ///< one field, Spec: 6.3.9
  kCr0Acknowledges,  ///< one field, after it took effect, Spec: 6.3.10
  kGbpaUpdates,      ///< Spec: 6.3.14.1
  kCmdqFetch,        ///< Spec: 4.1.2
  kCmdqExecute,      ///< effect and consumption, Spec: 4.1.4, 4.7.3
  kSyncMsiLands,     ///< Spec: 4.7.3, 3.18.1
};

struct HwTransition {
  TransitionKind kind = TransitionKind::kCmdqFetch;
  std::uint8_t field = 0;  ///< bit of CR0

  friend bool operator==(HwTransition, HwTransition) = default;
};

[[nodiscard]] constexpr std::uint16_t encode(HwTransition t) {
  return static_cast<std::uint16_t>(static_cast<unsigned>(t.kind) << 8U | t.field);
}
[[nodiscard]] constexpr HwTransition decode_transition(std::uint16_t code) {
  return {static_cast<TransitionKind>(code >> 8U), static_cast<std::uint8_t>(code & 0xffU)};
}

/// CR0 fields with state: SMMUEN, PRIQEN, EVENTQEN, CMDQEN, ATSCHK.
inline constexpr std::array<std::uint8_t, 5> kCr0Bits{0, 1, 2, 3, 4};
inline constexpr std::int32_t kSmmuen = 1 << 0;
inline constexpr std::int32_t kCmdqen = 1 << 3;
inline constexpr std::int32_t kEventqen = 1 << 2;

[[nodiscard]] bool is_enabled(const std::byte* state, const Layout& layout, const Config& config,
                              HwTransition transition);
void fire(base::StateAccess& state, const Layout& layout, const Config& config, const CommandTable& commands,
          HwTransition transition, HwEvents& events);
[[nodiscard]] std::string describe(HwTransition transition);
/// Every slot that reading or writing this register may touch.
[[nodiscard]] std::vector<base::Slot> footprint(const Layout& layout, const Config& config,
                                                const Register& reg);
/// Every slot of the SMMU.
[[nodiscard]] std::vector<base::Slot> all_slots(const Layout& layout, const Config& config);
/// Every slot that a transition of this kind may read or write.
[[nodiscard]] std::vector<base::Slot> footprint(const Layout& layout, const Config& config,
                                                TransitionKind kind);

template <class Visit>
void for_each_enabled(const std::byte* state, const Layout& layout, const Config& config, Visit visit) {
  for (const TransitionKind kind : {TransitionKind::kCr0TakesEffect, TransitionKind::kCr0Acknowledges}) {
    for (const std::uint8_t bit : kCr0Bits) {
      if (is_enabled(state, layout, config, {kind, bit})) visit(HwTransition{kind, bit});
    }
  }
  for (const TransitionKind kind : {TransitionKind::kGbpaUpdates, TransitionKind::kCmdqFetch,
                                    TransitionKind::kCmdqExecute, TransitionKind::kSyncMsiLands}) {
    if (is_enabled(state, layout, config, {kind, 0})) visit(HwTransition{kind, 0});
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
