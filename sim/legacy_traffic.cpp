#include "sim/legacy_traffic.hpp"

#include "sim/stream_words.hpp"

namespace quiesce::sim {
namespace {

namespace v2 = hwmodel::v2;

constexpr std::size_t kLegacySourcesMax = 1U << (v2::kFieldBits - v2::kPageBits);

v2::Direction direction_of(const DmaInfo& dma) {
  if (dma.direction == "reads") return v2::Direction::kReads;
  return dma.direction == "writes" ? v2::Direction::kWrites : v2::Direction::kBoth;
}

/// What all of the device's traffic has in common.
v2::Source source_of(const World& world, std::size_t device) {
  v2::Source source;
  source.sid = static_cast<std::uint16_t>(world.devices[device].stream_id);
  source.on = stream_word(world, "device.bus_master", static_cast<std::int32_t>(device));
  source.enabled = {{}, 1, false};
  return source;
}

/// By page, then the doorbell.
v2::Table legacy_table(const World& world, std::size_t domain, std::int32_t doorbell) {
  v2::Table table;
  table.name = world.domain_infos[domain].name;
  table.frames.resize(doorbell_page(world));
  for (int page = 0; page < world.domain_infos[domain].pages; ++page)
    table.frames[static_cast<std::size_t>(page)] = frame_word(world, domain, page);
  table.frames.push_back({{}, doorbell_of(world, domain, doorbell), false});
  return table;
}

}  // namespace

void add_legacy_sources(const World& world, std::size_t device, std::size_t smmu, Layout& layout) {
  const DeviceInfo& info = world.devices[device];
  v2::Traffic& traffic = layout.legacy[smmu - layout.smmus.size()].smmu.traffic;
  const std::int32_t home =
      stream_field(world, "domain.iova0").init[static_cast<std::size_t>(info.domain)] - 1;
  v2::Source accesses = source_of(world, device);
  accesses.name = info.name;
  accesses.direction = direction_of(*info.dma);
  // An access that stalls must not hide those to other pages.
  const bool apart = info.dma->pages > 1 && world.may_stall_legacy();
  accesses.pages = static_cast<std::uint8_t>(apart ? 1 : info.dma->pages);
  for (int page = 0; page < (apart ? info.dma->pages : 1); ++page) {
    accesses.first_page = static_cast<std::uint8_t>(page);
    if (apart) accesses.name = info.name + " (page " + std::to_string(page) + ")";
    traffic.sources.push_back(accesses);
    layout.traffic[smmu].push_back({device, kNoIrq, info.dma->physical, home});
  }
  for (std::size_t irq = 0; irq < world.interrupts.size(); ++irq) {
    if (world.interrupts[irq].device != static_cast<int>(device)) continue;
    v2::Source message = source_of(world, device);
    message.name = world.interrupts[irq].name;
    message.first_page = doorbell_page(world);
    traffic.sources.push_back(message);
    layout.traffic[smmu].push_back({device, static_cast<int>(irq), info.dma->physical, 0});
  }
  if (traffic.sources.size() > kLegacySourcesMax) {
    world.errors->fatal(info.dma->at, "behind one SMMUv2 at most " + std::to_string(kLegacySourcesMax) +
                                          " kinds of traffic fit: a device, each of its interrupts, and each "
                                          "of its pages where faults can stall");
  }
}

void lay_out_legacy_traffic(const World& world, base::LayoutBuilder& builder, Layout& layout) {
  for (LegacyLayout& legacy : layout.legacy) {
    if (!legacy.smmu.traffic.any()) continue;
    for (std::size_t domain = 0; domain < world.domain_infos.size(); ++domain)
      legacy.smmu.traffic.tables.push_back(legacy_table(world, domain, layout.doorbell));
    v2::lay_out_traffic(builder, legacy.smmu.traffic, legacy.smmu.banks.size());
  }
}

}  // namespace quiesce::sim
