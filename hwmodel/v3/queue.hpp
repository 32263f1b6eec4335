// PROD/CONS arithmetic of SMMUv3 queues: an index and a wrap bit above it.
// Spec: IHI 0070G.b, 3.5.1 and 6.3.27 (SMMU_CMDQ_PROD), 6.3.28 (SMMU_CMDQ_CONS).
#pragma once

#include <cstdint>

namespace quiesce::hwmodel::v3 {

/// Index and wrap bit of a queue with 2^log2size entries; what stands above is ignored.
[[nodiscard]] constexpr std::uint32_t position_of(std::uint32_t reg, unsigned log2size) {
  return reg & ((std::uint32_t{2} << log2size) - 1);
}

[[nodiscard]] constexpr std::uint32_t index_of(std::uint32_t reg, unsigned log2size) {
  return reg & ((std::uint32_t{1} << log2size) - 1);
}

[[nodiscard]] constexpr bool wrap_of(std::uint32_t reg, unsigned log2size) {
  return ((reg >> log2size) & 1U) != 0;
}

[[nodiscard]] constexpr bool empty(std::uint32_t prod, std::uint32_t cons, unsigned log2size) {
  return position_of(prod, log2size) == position_of(cons, log2size);
}

[[nodiscard]] constexpr bool full(std::uint32_t prod, std::uint32_t cons, unsigned log2size) {
  return index_of(prod, log2size) == index_of(cons, log2size) &&
         wrap_of(prod, log2size) != wrap_of(cons, log2size);
}

/// PROD has overtaken CONS by more than the queue holds: CONSTRAINED UNPREDICTABLE.
[[nodiscard]] constexpr bool illegal(std::uint32_t prod, std::uint32_t cons, unsigned log2size) {
  const std::uint32_t p = index_of(prod, log2size);
  const std::uint32_t c = index_of(cons, log2size);
  const bool same_wrap = wrap_of(prod, log2size) == wrap_of(cons, log2size);
  return same_wrap ? p < c : p > c;
}

/// Entries between CONS and PROD of a legal pair.
[[nodiscard]] constexpr std::uint32_t used(std::uint32_t prod, std::uint32_t cons, unsigned log2size) {
  return position_of(prod - cons, log2size);
}

[[nodiscard]] constexpr std::uint32_t advance(std::uint32_t reg, std::uint32_t entries, unsigned log2size) {
  return position_of(reg + entries, log2size);
}

[[nodiscard]] constexpr std::uint32_t next(std::uint32_t reg, unsigned log2size) {
  return advance(reg, 1, log2size);
}

/// Whether CONS has passed the entry at `position`, which is less than a queue's length behind PROD.
// Linux v6.18 drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c queue_consumed().
[[nodiscard]] constexpr bool consumed(std::uint32_t cons, std::uint32_t position, unsigned log2size) {
  const bool same_wrap = wrap_of(cons, log2size) == wrap_of(position, log2size);
  const bool beyond = index_of(cons, log2size) > index_of(position, log2size);
  return same_wrap ? beyond : !beyond;
}

}  // namespace quiesce::hwmodel::v3
