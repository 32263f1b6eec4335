// TLB maintenance: a write starts an invalidation, and only a TLB sync tells that it is done.
// Spec: IHI 0062D.c, 2.5, 5.4. Linux v6.18 arm-smmu.c __arm_smmu_tlb_sync(), arm_smmu_tlb_inv_context_s1(),
// arm_smmu_tlb_inv_context_s2(), arm_smmu_tlb_inv_range_s1(), arm_smmu_tlb_inv_range_s2().
#pragma once

#include <cstdint>

#include "hwmodel/v2/layout.hpp"
#include "hwmodel/v2/registers.hpp"

namespace quiesce::hwmodel::v2 {

/// Which banks a TLB sync is about: 0 for all, else number of the bank + 1.
struct Scope {
  std::uint8_t number = 0;

  [[nodiscard]] bool covers(std::size_t bank) const { return number == 0 || number == bank + 1; }
};

/// One of TLBIALLH, TLBIALLNSNH, TLBIVMID, or of a bank's TLBIVA, TLBIVAL, TLBIASID, TLBIIPAS2, TLBIIPAS2L.
void invalidate(Change& smmu, Reg reg, std::size_t bank, std::int32_t value);

void write_sync(Change& smmu, Scope scope);
[[nodiscard]] bool enabled_sync_completes(const View& smmu, Scope scope);
void fire_sync_completes(Change& smmu, Scope scope);

/// Whether TLB syncs complete, once what they wait for is done.
[[nodiscard]] bool syncs_complete(const View& smmu);

/// What it rests on that TLB syncs under way do not complete now.
[[nodiscard]] std::uint32_t assumed_by_syncs(const View& smmu);

[[nodiscard]] bool enabled_tbu_dies(const View& smmu);
void fire_tbu_dies(Change& smmu);

}  // namespace quiesce::hwmodel::v2
