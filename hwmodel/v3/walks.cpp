#include "hwmodel/v3/walks.hpp"

#include "hwmodel/v3/copies.hpp"
#include "hwmodel/v3/layout.hpp"

namespace quiesce::hwmodel::v3 {
namespace {

/// What the walk puts into the TLB, and where; nothing if it cannot be, or is there.
struct Filling {
  const Page* page = nullptr;
  TlbEntry entry;
};

/// Nothing if the stream's transactions do not walk.
std::optional<Configuration> configuration_for(const View& smmu, const WalkName& name) {
  const Stream& stream = smmu.layout.streams.streams[name.stream];
  if (smmu.get(stream.smmuen) == 0) return std::nullopt;
  auto configuration = configuration_of(smmu, stream, name.ssid);
  if (configuration && (!configuration->walks || !configuration->may_walk)) return std::nullopt;
  return configuration;
}

/// Spec: 3.3. Of a nested stream: stage 2 by itself, for what stage 1 may lead to.
Filling filling_of_stage2(const View& smmu, const Configuration& configuration, std::int32_t page) {
  if (!configuration.nested) return {};
  const Page* walked = page_of(smmu, configuration.vmid, page);
  if (walked == nullptr || !walked->cached) return {};
  const std::int32_t frame = read(smmu, walked->frame);
  if (frame == 0 || entry_of(smmu, *walked).frame != 0) return {};
  return {walked, {frame, configuration.vmid, false}};
}

Filling filling_of(const View& smmu, const WalkName& name, const Configuration& configuration) {
  if (name.stage2) return filling_of_stage2(smmu, configuration, name.page);
  const Page* tagged = page_of(smmu, configuration.tag, name.page);
  if (tagged == nullptr || !tagged->cached) return {};
  const TlbEntry present = entry_of(smmu, *tagged);
  if (present.frame != 0 && present.vmid == configuration.vmid) return {};
  // Spec: 4.7.3: a walk that used what is invalidated leaves nothing behind when CMD_SYNC completes.
  const Translation walked = walk(smmu, configuration, name.page);
  if (walked.frame == 0) return {};
  return {tagged, {walked.frame, configuration.vmid, walked.doomed}};
}

}  // namespace

/// Spec: 3.21.3, 4.4. Translations that do not fault, at any time while they can be reached.
// Abstraction: of one page and ASID the TLB holds one entry, with this VMID or that.
bool WalksOfState::is_enabled(std::size_t walk) {
  const WalkName& name = smmu_.layout.streams.walks[walk];
  const bool goes_on = last_ != nullptr && last_->stream == name.stream && last_->ssid == name.ssid;
  if (!goes_on) configuration_ = configuration_for(smmu_, name);
  last_ = &name;
  return configuration_ && filling_of(smmu_, name, *configuration_).page != nullptr;
}

void fire_walk(Change& smmu, std::size_t number) {
  const WalkName& name = smmu.layout.streams.walks[number];
  const Filling filling = filling_of(smmu.view(), name, *configuration_for(smmu.view(), name));
  smmu.set(filling.page->entry, pack_entry(filling.entry));
}

}  // namespace quiesce::hwmodel::v3
