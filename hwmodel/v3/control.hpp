// Registers that take effect some time after they are written: CR0, IRQ_CTRL and GBPA.
// Spec: IHI 0070G.b, 6.3.9, 6.3.10, 6.3.14, 6.3.16, 6.3.18.
#pragma once

#include <array>
#include <cstdint>

#include "hwmodel/v3/layout.hpp"

namespace quiesce::hwmodel::v3 {

inline constexpr std::int32_t kSmmuen = 1 << 0;
inline constexpr std::int32_t kPriqen = 1 << 1;
inline constexpr std::int32_t kEventqen = 1 << 2;
inline constexpr std::int32_t kCmdqen = 1 << 3;
inline constexpr std::int32_t kAtschk = 1 << 4;
/// Fields that CR0ACK reflects and this model has.
inline constexpr std::int32_t kCr0Mask = kSmmuen | kPriqen | kEventqen | kCmdqen | kAtschk;

inline constexpr std::int32_t kGerrorIrqen = 1 << 0;
inline constexpr std::int32_t kPriqIrqen = 1 << 1;
inline constexpr std::int32_t kEventqIrqen = 1 << 2;
inline constexpr std::int32_t kIrqCtrlMask = kGerrorIrqen | kPriqIrqen | kEventqIrqen;

inline constexpr std::int32_t kGbpaUpdate = INT32_MIN;
inline constexpr std::int32_t kGbpaAbort = 1 << 20;

/// The field is set, or its clearing is not acknowledged: what its guard forbids stays forbidden.
/// Spec: 6.2, 6.3.9.
[[nodiscard]] bool set_or_in_transition(const View& smmu, const UpdatedRegister& reg, std::int32_t field);
[[nodiscard]] bool in_force(const View& smmu, const UpdatedRegister& reg, std::int32_t field);

[[nodiscard]] WriteOutcome write_updated(Change& smmu, const UpdatedRegister& reg, std::int32_t value);
[[nodiscard]] bool enabled_takes_effect(const View& smmu, const UpdatedRegister& reg, std::uint8_t field);
void fire_takes_effect(Change& smmu, const UpdatedRegister& reg, std::uint8_t field);
[[nodiscard]] bool enabled_acknowledges(const View& smmu, const UpdatedRegister& reg, std::uint8_t field);
void fire_acknowledges(Change& smmu, const UpdatedRegister& reg, std::uint8_t field);
/// All fields at once, as QEMU 7.2 does; CMDQEN not before a command in progress is consumed.
void settle(Change& smmu, const UpdatedRegister& reg);

[[nodiscard]] WriteOutcome write_gbpa(Change& smmu, std::int32_t value);
[[nodiscard]] std::int32_t read_gbpa(const View& smmu);
void fire_gbpa_updates(Change& smmu);

}  // namespace quiesce::hwmodel::v3
