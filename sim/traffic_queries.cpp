#include "sim/traffic_queries.hpp"

#include "hwmodel/v2/smmu.hpp"
#include "hwmodel/v3/smmu.hpp"

namespace quiesce::sim {
namespace {

constexpr std::int32_t kWaits = 3;
static_assert(static_cast<std::int32_t>(hwmodel::v2::Meets::kNothing) == kWaits);

/// Visits the device's sources by the numbers of their SMMU and of the source, until `look` is true.
template <class Look>
bool any_source(const Layout& layout, std::size_t device, Look look) {
  for (std::size_t smmu = 0; smmu < layout.traffic.size(); ++smmu) {
    for (std::size_t source = 0; source < layout.traffic[smmu].size(); ++source) {
      if (layout.traffic[smmu][source].device == device && look(smmu, source)) return true;
    }
  }
  return false;
}

std::int32_t decision_of_source(const Layout& layout, const base::StateAccess& state, std::size_t smmu,
                                std::size_t source) {
  if (layout.is_legacy(smmu)) {
    const LegacyLayout& legacy = layout.legacy_of(smmu);
    const std::uint16_t sid = legacy.smmu.traffic.sources[source].sid;
    return static_cast<std::int32_t>(hwmodel::v2::met_on_arrival(state, legacy.smmu, legacy.config, sid));
  }
  const std::size_t stream = layout.smmus[smmu].streams.sources[source].stream;
  const auto meets =
      hwmodel::v3::met_on_arrival(state, layout.smmus[smmu], layout.smmu_configs[smmu], stream);
  return meets ? static_cast<std::int32_t>(*meets) : kWaits;
}

}  // namespace

bool is_in_flight(const Layout& layout, const base::StateAccess& state, std::size_t device) {
  return any_source(layout, device, [&](std::size_t smmu, std::size_t source) {
    const base::Slot at = layout.is_legacy(smmu) ? layout.legacy_of(smmu).smmu.traffic.sources[source].at
                                                 : layout.smmus[smmu].streams.sources[source].at;
    return state.get(at) != 0;
  });
}

std::int32_t decision_of(const Layout& layout, const base::StateAccess& state, std::size_t device) {
  std::int32_t decision = kWaits;
  any_source(layout, device, [&](std::size_t smmu, std::size_t source) {
    decision = decision_of_source(layout, state, smmu, source);
    return true;
  });
  return decision;
}

}  // namespace quiesce::sim
