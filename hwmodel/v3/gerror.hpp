// Global errors: GERROR shows them by toggling a bit, software acknowledges by toggling GERRORN's.
// Spec: IHI 0070G.b, 6.3.19, 6.3.20, 7.5.
#pragma once

#include <cstdint>

#include "hwmodel/v3/layout.hpp"

namespace quiesce::hwmodel::v3 {

inline constexpr std::int32_t kCmdqErr = 1 << 0;
inline constexpr std::int32_t kEventqAbtErr = 1 << 2;
inline constexpr std::int32_t kPriqAbtErr = 1 << 3;
inline constexpr std::int32_t kMsiCmdqAbtErr = 1 << 4;
inline constexpr std::int32_t kMsiEventqAbtErr = 1 << 5;
inline constexpr std::int32_t kMsiPriqAbtErr = 1 << 6;
inline constexpr std::int32_t kMsiGerrorAbtErr = 1 << 7;
inline constexpr std::int32_t kSfmErr = 1 << 8;
inline constexpr std::int32_t kGerrorMask = kCmdqErr | kEventqAbtErr | kPriqAbtErr | kMsiCmdqAbtErr |
                                            kMsiEventqAbtErr | kMsiPriqAbtErr | kMsiGerrorAbtErr | kSfmErr;

[[nodiscard]] bool is_active(const View& smmu, std::int32_t error);
/// An error that is active already stays as it is: the second one is lost.
void raise_error(Change& smmu, std::int32_t error);
[[nodiscard]] WriteOutcome write_gerrorn(Change& smmu, std::int32_t value);

/// A pulse of the line, or its message, if IRQ_CTRL has enabled it; CMD_SYNC has no enable.
void pulse(Change& smmu, Line line);
[[nodiscard]] bool enabled_message_lands(const View& smmu, Line line);
void fire_message_lands(Change& smmu, Line line);
[[nodiscard]] bool enabled_message_aborts(const View& smmu, Line line);
void fire_message_aborts(Change& smmu, Line line);
/// Messages of what the field of IRQ_CTRL enables are still on their way.
[[nodiscard]] bool messages_pend(const View& smmu, std::int32_t irq_ctrl_field);

/// Service failure mode: nothing but registers goes on. Spec: 12.3.
[[nodiscard]] bool has_failed(const View& smmu);
[[nodiscard]] bool enabled_fails(const View& smmu);
void fire_fails(Change& smmu);

}  // namespace quiesce::hwmodel::v3
