#include "sim/legacy_layout.hpp"

namespace quiesce::sim {
namespace {

namespace v2 = hwmodel::v2;

std::int32_t initial(const World& world, std::string_view family, std::size_t element) {
  return world.families[static_cast<std::size_t>(world.find_family(family))].init[element];
}

/// SCTLR of a bank that translates.
// Linux v6.18 drivers/iommu/arm/arm-smmu/arm-smmu.c arm_smmu_write_context_bank(): CFIE, CFRE, AFE, TRE, M
// and, of stage 1, ASIDPNE.
constexpr std::int32_t kAfe = 1 << 2;
constexpr std::int32_t kTre = 1 << 1;
constexpr std::int32_t kAsidpne = 1 << 12;
constexpr std::int32_t kSctlr = v2::sctlr::kCfie | v2::sctlr::kCfre | kAfe | kTre | v2::sctlr::kM | kAsidpne;

/// The stage 1 bank that translates for the domain.
// Linux v6.18 arm-smmu.c arm_smmu_init_domain_context(), arm_smmu_write_context_bank().
// Abstraction: drops of CBAR the attributes, of TCR all: no walk depends on them here.
void attach_domain(LegacyLayout& legacy, std::size_t bank, std::int32_t domain) {
  legacy.attached.push_back({v2::Reg::kCbar, bank, v2::cbar::kStage1 << 16});
  legacy.attached.push_back({v2::Reg::kTtbr0, bank, domain});
  legacy.attached.push_back({v2::Reg::kSctlr, bank, kSctlr});
}

/// What S2CR says by the knob `entry`; of a device without `dma`, that it translates.
// Linux v6.18 arm-smmu.c arm_smmu_master_install_s2crs(), arm_smmu_attach_dev_identity(),
// arm_smmu_attach_dev_blocked().
std::int32_t s2cr_of(const std::string& entry, std::int32_t bank) {
  if (entry == "bypass") return v2::s2cr::kBypass << 16;
  if (entry == "abort") return v2::s2cr::kFault << 16;
  return v2::s2cr::translate_to(static_cast<std::size_t>(bank));
}

/// Linux v6.18 arm-smmu.c arm_smmu_master_alloc_smes(), arm_smmu_write_sme(): a group for each StreamID.
void attach_device(const World& world, std::size_t device, LegacyLayout& legacy) {
  const DeviceInfo& info = world.devices[device];
  const std::string entry = info.dma ? info.dma->entry : "translate";
  if (entry == "invalid") return;
  const auto group = static_cast<std::size_t>(info.group);
  const auto domain = static_cast<std::size_t>(info.domain);
  const std::int32_t bank = initial(world, "domain.cbndx", domain);
  if (legacy.config.stream_matching)
    legacy.attached.push_back({v2::Reg::kSmr, group, v2::smr::kValid | info.stream_id});
  legacy.attached.push_back({v2::Reg::kS2cr, group, s2cr_of(entry, bank)});
  if (entry == "translate")
    attach_domain(legacy, static_cast<std::size_t>(bank), static_cast<std::int32_t>(domain) + 1);
}

}  // namespace

void lay_out_legacy(const World& world, base::LayoutBuilder& builder, Layout& layout) {
  for (std::size_t smmu = 0; smmu < world.smmus.size(); ++smmu) {
    const SmmuInfo& info = world.smmus[smmu];
    if (!info.is_legacy) continue;
    LegacyLayout& legacy = layout.legacy.emplace_back();
    legacy.config = info.legacy_config;
    legacy.unmatched = info.unmatched;
    legacy.smmu = v2::lay_out(builder, info.legacy_config);
    legacy.irqs.assign(v2::lines_of(info.legacy_config), kNoIrq);
    for (std::size_t device = 0; device < world.devices.size() && world.errors->empty(); ++device) {
      if (world.devices[device].behind == info.name) attach_device(world, device, legacy);
    }
  }
}

int& irq_of(Layout& layout, const SmmuLine& line) {
  if (!layout.is_legacy(line.smmu)) return layout.smmu_irqs[line.smmu].at(line.line);
  return layout.legacy[line.smmu - layout.smmus.size()].irqs.at(line.line);
}

}  // namespace quiesce::sim
