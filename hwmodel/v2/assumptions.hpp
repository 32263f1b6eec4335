// What the model of the legacy SMMU takes for true although neither the architecture nor a product's manual
// says so. Decisions and register accesses tell which of them they used (HwEvents::assumptions), so that a
// verdict can name them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "hwmodel/v2/config.hpp"

namespace quiesce::hwmodel::v2 {

enum class Assumption : std::uint8_t {
  kWritesAtOnce,
  kDeadTbu,
  kUnclockedAccess,
  kTrafficWhileOff,
  kPowerLoss,
};
inline constexpr std::size_t kAssumptions = 5;

[[nodiscard]] constexpr std::uint32_t bit_of(Assumption assumption) {
  return std::uint32_t{1} << static_cast<unsigned>(assumption);
}

struct AssumptionText {
  Assumption assumption;
  std::string_view id;
  std::string_view says;
  std::string_view source;  ///< what speaks for it
};

/// Those that this configuration can come to use, as its knobs word them, in the order of Assumption.
[[nodiscard]] std::vector<AssumptionText> assumptions(const Config& config);

}  // namespace quiesce::hwmodel::v2
