// The command queue: fetching, executing, completing CMD_SYNCs, and stopping at errors.
// Spec: IHI 0070G.b, 3.5.1, 4.1, 4.7.3, 6.3.27, 6.3.28, 7.1.
#pragma once

#include <cstdint>

#include "hwmodel/v3/layout.hpp"

namespace quiesce::hwmodel::v3 {

/// An error stopped the queue, and software has not acknowledged it. Spec: 7.1.
[[nodiscard]] bool is_halted(const View& smmu);

[[nodiscard]] bool enabled_fetch(const View& smmu);
void fire_fetch(Change& smmu);
[[nodiscard]] bool enabled_fetch_aborts(const View& smmu);
void fire_fetch_aborts(Change& smmu);
[[nodiscard]] bool enabled_execute(const View& smmu, const CommandTable& commands);
void fire_execute(Change& smmu);
[[nodiscard]] bool enabled_publishes_cons(const View& smmu);
void fire_publishes_cons(Change& smmu);
[[nodiscard]] bool enabled_reports_error(const View& smmu);
void fire_reports_error(Change& smmu);
[[nodiscard]] bool enabled_msi_lands(const View& smmu);
void fire_msi_lands(Change& smmu);
[[nodiscard]] bool enabled_msi_aborts(const View& smmu);
void fire_msi_aborts(Change& smmu);
[[nodiscard]] bool enabled_atc_times_out(const View& smmu, const CommandTable& commands);
void fire_atc_times_out(Change& smmu);
[[nodiscard]] bool enabled_atc_is_lost(const View& smmu);
void fire_atc_is_lost(Change& smmu);

[[nodiscard]] WriteOutcome write_cmdq_prod(Change& smmu, std::int32_t value);
[[nodiscard]] WriteOutcome write_cmdq_cons(Change& smmu, std::int32_t value);
[[nodiscard]] std::int32_t read_cmdq_cons(const View& smmu);

/// QEMU's way: all commands are consumed at once.
void consume_all(Change& smmu);

}  // namespace quiesce::hwmodel::v3
