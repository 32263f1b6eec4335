// The commands of an SMMUv3, and which of them an implementation refuses.
// Spec: IHI 0070G.b, chapter 4.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hwmodel/v3/config.hpp"

namespace quiesce::hwmodel::v3 {

/// Spec: 4.1.1. kNone is what a slot holds that nobody wrote: no command.
enum class Opcode : std::uint8_t {
  kNone = 0x00,
  kPrefetchConfig = 0x01,
  kPrefetchAddr = 0x02,
  kCfgiSte = 0x03,
  kCfgiAll = 0x04,  ///< CFGI_STE_RANGE: with Range 31 it is CFGI_ALL
  kCfgiCd = 0x05,
  kCfgiCdAll = 0x06,
  kTlbiNhAll = 0x10,
  kTlbiNhAsid = 0x11,
  kTlbiNhVa = 0x12,
  kTlbiNhVaa = 0x13,
  kTlbiEl2All = 0x20,
  kTlbiEl2Asid = 0x21,
  kTlbiEl2Va = 0x22,
  kTlbiS12Vmall = 0x28,
  kTlbiS2Ipa = 0x2a,
  kTlbiNsnhAll = 0x30,
  kAtcInv = 0x40,
  kPriResp = 0x41,
  kResume = 0x44,
  kStallTerm = 0x45,
  kSync = 0x46,
};

/// The opcode of this name; kNone has none.
[[nodiscard]] std::optional<Opcode> find_opcode(std::string_view name);
[[nodiscard]] std::vector<std::string> opcode_names();
[[nodiscard]] std::string_view name_of(Opcode opcode);

/// Completion signal of a CMD_SYNC. Spec: 4.7.3.
inline constexpr std::uint8_t kSigNone = 0;
inline constexpr std::uint8_t kSigIrq = 1;
inline constexpr std::uint8_t kSigSev = 2;

/// An operand that was not said: whatever there is.
inline constexpr std::uint16_t kEverything = 0xffff;
/// An operand that this SMMU does not know: the command is consumed, and does nothing.
inline constexpr std::uint16_t kNobody = 0xfffe;

/// Of CFGI_STE_RANGE: every StreamID. Spec: 4.3.2.
inline constexpr std::uint8_t kRangeOfAll = 31;

struct Command {
  Opcode opcode = Opcode::kSync;
  std::uint8_t cs = kSigNone;
  bool msi = false;                    ///< MSIAddress is the command's own slot, as Linux polls it
  std::uint16_t stream = kEverything;  ///< of CFGI_STE, CFGI_CD, RESUME, ...: number in Streams,
  std::uint8_t smmu = 0;               ///< those of this SMMU; see Streams::smmu
  std::uint16_t ssid = kEverything;    ///< of CFGI_CD, RESUME
  std::uint16_t table = kEverything;   ///< of TLBI_*: number in Streams, from 0
  std::uint16_t page = kEverything;    ///< of TLBI_NH_VA and its kin
  bool retries = false;                ///< of RESUME: Ac
  bool leaf = true;                    ///< of CFGI_STE: first-level descriptors stay
  std::uint8_t range = kRangeOfAll;    ///< of CFGI_ALL, which is CFGI_STE_RANGE with this Range

  friend bool operator==(const Command&, const Command&) = default;
};

/// What CMDQ_CONS.ERR says. Spec: 7.1.
enum class CommandError : std::uint8_t { kNone = 0, kIll = 1, kAbt = 2, kAtcInvSync = 3 };

/// CERROR_ILL for what is no command of this implementation. Spec: 4.1.1, 4.1.3 and at each command.
[[nodiscard]] CommandError error_of(const Command& command, const Config& config);

/// Gives commands the small ids under which the ring holds them; 0 is an empty slot.
class CommandTable {
 public:
  std::uint8_t intern(const Command& command);
  [[nodiscard]] const Command& at(std::uint8_t id) const { return commands_[id - 1U]; }

 private:
  std::vector<Command> commands_;
};

}  // namespace quiesce::hwmodel::v3
