#include "hwmodel/v3/commands.hpp"

#include <algorithm>
#include <array>

#include "base/assert.hpp"

namespace quiesce::hwmodel::v3 {
namespace {

struct NamedOpcode {
  std::string_view name;
  Opcode opcode;
};

constexpr std::array kOpcodes{NamedOpcode{"PREFETCH_CONFIG", Opcode::kPrefetchConfig},
                              NamedOpcode{"PREFETCH_ADDR", Opcode::kPrefetchAddr},
                              NamedOpcode{"CFGI_STE", Opcode::kCfgiSte},
                              NamedOpcode{"CFGI_ALL", Opcode::kCfgiAll},
                              NamedOpcode{"CFGI_CD", Opcode::kCfgiCd},
                              NamedOpcode{"CFGI_CD_ALL", Opcode::kCfgiCdAll},
                              NamedOpcode{"TLBI_NH_ALL", Opcode::kTlbiNhAll},
                              NamedOpcode{"TLBI_NH_ASID", Opcode::kTlbiNhAsid},
                              NamedOpcode{"TLBI_NH_VA", Opcode::kTlbiNhVa},
                              NamedOpcode{"TLBI_NH_VAA", Opcode::kTlbiNhVaa},
                              NamedOpcode{"TLBI_EL2_ALL", Opcode::kTlbiEl2All},
                              NamedOpcode{"TLBI_EL2_ASID", Opcode::kTlbiEl2Asid},
                              NamedOpcode{"TLBI_EL2_VA", Opcode::kTlbiEl2Va},
                              NamedOpcode{"TLBI_S12_VMALL", Opcode::kTlbiS12Vmall},
                              NamedOpcode{"TLBI_S2_IPA", Opcode::kTlbiS2Ipa},
                              NamedOpcode{"TLBI_NSNH_ALL", Opcode::kTlbiNsnhAll},
                              NamedOpcode{"ATC_INV", Opcode::kAtcInv},
                              NamedOpcode{"PRI_RESP", Opcode::kPriResp},
                              NamedOpcode{"RESUME", Opcode::kResume},
                              NamedOpcode{"STALL_TERM", Opcode::kStallTerm},
                              NamedOpcode{"SYNC", Opcode::kSync}};

/// Spec: 4.4.2.7 to 4.4.2.10 (IDR0.Hyp), 4.5 (IDR0.ATS, IDR0.PRI), 4.7.1, 4.7.2 (IDR0.STALL_MODEL 1).
// Abstraction: no EL2 regime. PRI comes with ATS.
bool is_supported(Opcode opcode, const Config& config) {
  switch (opcode) {
    case Opcode::kAtcInv:
    case Opcode::kPriResp:
      return config.ats;
    case Opcode::kTlbiEl2All:
    case Opcode::kTlbiEl2Asid:
    case Opcode::kTlbiEl2Va:
      return false;
    case Opcode::kResume:
    case Opcode::kStallTerm:
      return config.stalls != StallModel::kTerminateOnly;
    default:
      return true;
  }
}

}  // namespace

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

// QEMU 7.2 hw/arm/smmuv3.c smmuv3_cmdq_consume(): what is missing is reported to nobody and consumed; a
// CMD_SYNC with a reserved signal is one with an interrupt.
CommandError error_of(const Command& command, const Config& config) {
  if (command.opcode == Opcode::kNone) return CommandError::kIll;
  if (config.deviations == Deviations::kQemu72) return CommandError::kNone;
  const bool reserved_signal = command.opcode == Opcode::kSync && command.cs > kSigSev;
  return reserved_signal || !is_supported(command.opcode, config) ? CommandError::kIll : CommandError::kNone;
}

std::uint8_t CommandTable::intern(const Command& command) {
  const auto found = std::find(commands_.begin(), commands_.end(), command);
  if (found != commands_.end()) return static_cast<std::uint8_t>(found - commands_.begin() + 1);
  QUIESCE_ASSERT(commands_.size() < 255, "too many different commands");
  commands_.push_back(command);
  return static_cast<std::uint8_t>(commands_.size());
}

}  // namespace quiesce::hwmodel::v3
