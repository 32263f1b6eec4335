#include "sim/stream_words.hpp"

#include <algorithm>

namespace quiesce::sim {

const Family& stream_field(const World& world, std::string_view name) {
  return world.families[static_cast<std::size_t>(world.find_family(name))];
}

hwmodel::Word stream_word(const World& world, std::string_view name, std::int32_t object) {
  const Family& family = stream_field(world, name);
  if (family.constant) return {{}, family.init[static_cast<std::size_t>(object)], false};
  return {family.slot(object), 0, true};
}

std::uint8_t doorbell_page(const World& world) {
  int most = 0;
  for (const DomainInfo& domain : world.domain_infos) most = std::max(most, domain.pages);
  return static_cast<std::uint8_t>(most);
}

/// Linux v6.18 drivers/iommu/dma-iommu.c iommu_dma_get_msi_page() maps the doorbell in the device's own
/// domain.
std::int32_t doorbell_of(const World& world, std::size_t domain, std::int32_t doorbell) {
  const bool owned = std::any_of(world.devices.begin(), world.devices.end(), [&](const DeviceInfo& device) {
    return device.domain == static_cast<int>(domain);
  });
  return owned ? doorbell : 0;
}

hwmodel::Word frame_word(const World& world, std::size_t domain, int page) {
  const std::int32_t iova = stream_field(world, "domain.iova" + std::to_string(page)).init[domain] - 1;
  return stream_word(world, "iova.frame", iova);
}

}  // namespace quiesce::sim
