// Declarations of legacy SMMUs, and the stream mapping groups and context banks of the devices behind them.
#include <fmt/format.h>

#include <algorithm>

#include "sim/knob_reader.hpp"
#include "sim/world.hpp"

namespace quiesce::sim {
namespace {

namespace v2 = hwmodel::v2;

using Names = std::vector<std::string>;

constexpr int kSmrIdMax = 0x7fff;

const Names& knobs_of_smmuv3() {
  static const Names kKnobs{"profile",
                            "cmdq_entries",
                            "cmdq_window",
                            "sync",
                            "cr0_ack",
                            "cmdq",
                            "ats",
                            "cmdq_aborts",
                            "gbpa_abort",
                            "evtq_entries",
                            "event_records",
                            "evtq_aborts",
                            "cons_updates",
                            "stream_table",
                            "stream_split",
                            "stream_log2size",
                            "atc_timeouts",
                            "interrupt_messages",
                            "messages_abort",
                            "service_failure_mode",
                            "evictions",
                            "stall_model",
                            "arch_minor"};
  return kKnobs;
}

const Names& knobs_of_smmuv2() {
  static const Names kKnobs{"context_banks",   "mapping_groups", "stream_matching",
                            "mmu500",          "clocks",         "power_domain",
                            "retains_state",   "evictions",      "stalled_status_interrupts",
                            "tlb_sync",        "unclocked",      "off_traffic",
                            "early_write_ack", "disable_bypass"};
  return kKnobs;
}

bool is_among(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// How many devices the machine has behind the SMMU.
int devices_behind(const Node& machine, const std::string& smmu) {
  const Node* devices = machine.find("devices");
  if (devices == nullptr || !devices->is_map()) return 0;
  return static_cast<int>(
      std::count_if(devices->entries.begin(), devices->entries.end(), [&](const Node::Entry& entry) {
        const Node* behind = entry.value.is_map() ? entry.value.find("behind") : nullptr;
        return behind != nullptr && behind->is_scalar() && behind->scalar == smmu;
      }));
}

v2::Unclocked unclocked_of(const std::string& word) {
  if (word == "serror") return v2::Unclocked::kSerror;
  if (word == "bus_hang") return v2::Unclocked::kBusHang;
  return word == "ignored" ? v2::Unclocked::kIgnored : v2::Unclocked::kExternalAbort;
}

}  // namespace

bool World::has_legacy() const {
  return std::any_of(smmus.begin(), smmus.end(), [](const SmmuInfo& smmu) { return smmu.is_legacy; });
}

bool World::may_stall_legacy() const {
  return written_ != nullptr && written_->contains(std::string(kStallsLegacy));
}

int World::find_smmu(std::string_view name) const {
  for (std::size_t i = 0; i < smmus.size(); ++i) {
    if (smmus[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

/// SMMUv3s come first: what is about them alone counts them from 0.
void World::read_smmus(const Node& all, const Node& machine_node) {
  for (const Node::Entry& entry : all.entries) {
    KnobReader knobs(entry.value, *errors);
    const bool is_legacy = knobs.choice("model", {"smmuv3", "smmuv2"}, "smmuv3") == "smmuv2";
    check_knobs_of_model(entry.value, is_legacy);
    smmus.push_back(is_legacy ? read_smmuv2(entry, machine_node) : read_smmuv3(entry));
  }
  std::stable_partition(smmus.begin(), smmus.end(), [](const SmmuInfo& smmu) { return !smmu.is_legacy; });
  for (const SmmuInfo& smmu : smmus) add_object("smmu", smmu.name, smmu.at);
}

void World::check_knobs_of_model(const Node& smmu, bool is_legacy) {
  const Names& own = is_legacy ? knobs_of_smmuv2() : knobs_of_smmuv3();
  const Names& other = is_legacy ? knobs_of_smmuv3() : knobs_of_smmuv2();
  for (const Node::Entry& entry : smmu.entries) {
    if (!is_among(other, entry.key) || is_among(own, entry.key) || entry.value.is_null()) continue;
    errors->error(entry.key_at,
                  "'" + entry.key + "' is a knob of 'model: " + (is_legacy ? "smmuv3'" : "smmuv2'"), "",
                  static_cast<unsigned>(entry.key.size()));
  }
}

SmmuInfo World::read_smmuv2(const Node::Entry& entry, const Node& machine_node) {
  SmmuInfo smmu;
  smmu.name = entry.key;
  smmu.at = entry.key_at;
  smmu.is_legacy = true;
  v2::Config& config = smmu.legacy_config;
  KnobReader knobs(entry.value, *errors);
  int banks = std::clamp(devices_behind(machine_node, entry.key), 1, static_cast<int>(v2::kContextBanksMax));
  int groups =
      std::clamp(devices_behind(machine_node, entry.key), 1, static_cast<int>(v2::kMappingGroupsMax));
  knobs.number("context_banks", banks, 1, static_cast<int>(v2::kContextBanksMax));
  knobs.number("mapping_groups", groups, 1, static_cast<int>(v2::kMappingGroupsMax));
  config.context_banks = static_cast<unsigned>(banks);
  config.mapping_groups = static_cast<unsigned>(groups);
  knobs.flag("stream_matching", config.stream_matching);
  knobs.flag("mmu500", config.mmu500);
  knobs.flag("clocks", config.clocks);
  knobs.flag("power_domain", config.power_domain);
  knobs.flag("retains_state", config.retains_state);
  knobs.flag("evictions", config.evictions);
  knobs.flag("stalled_status_interrupts", config.stalled_status_interrupts);
  const std::string sync = knobs.choice("tlb_sync", {"completes", "may_hang", "never"}, "completes");
  config.tlb_sync = sync == "may_hang" ? v2::TlbSync::kMayHang
                    : sync == "never"  ? v2::TlbSync::kNever
                                       : v2::TlbSync::kCompletes;
  config.unclocked = unclocked_of(
      knobs.choice("unclocked", {"external_abort", "serror", "bus_hang", "ignored"}, "external_abort"));
  knobs.flag("early_write_ack", config.early_write_ack);
  if (knobs.choice("off_traffic", {"clientpd_decides", "waits"}, "clientpd_decides") == "waits")
    config.off_traffic = v2::OffTraffic::kWaits;
  bool faults = true;
  knobs.flag("disable_bypass", faults);
  smmu.unmatched = faults ? v2::Unmatched::kFault : v2::Unmatched::kBypass;
  return smmu;
}

bool World::is_behind_legacy(const DeviceInfo& device) const {
  const int smmu = find_smmu(device.behind);
  return smmu >= 0 && smmus[static_cast<std::size_t>(smmu)].is_legacy;
}

/// Substreams and absent entries are an SMMUv3's. Only a legacy SMMU tells reads from writes.
void World::check_dma_of_model(const DeviceInfo& device) {
  const DmaInfo& dma = *device.dma;
  if (!is_behind_legacy(device)) {
    if (dma.direction != "both") errors->error(dma.at, "'direction' is for devices behind an SMMUv2");
    return;
  }
  if (dma.substreams > 0) errors->error(dma.at, "'substreams' is for devices behind an SMMUv3");
  if (dma.entry == "absent") errors->error(dma.at, "'entry: absent' is for devices behind an SMMUv3");
}

/// Every device behind a legacy SMMU has a stream mapping group, and its domain a context bank.
// Linux v6.18 drivers/iommu/arm/arm-smmu/arm-smmu.c arm_smmu_master_alloc_smes(), arm_smmu_find_sme(),
// arm_smmu_init_domain_context().
void World::attach_to_legacy() {
  for (const char* field : {"device.smendx", "device.sid", "device.cbndx", "domain.cbndx"}) {
    std::vector<std::int32_t>& values = families[static_cast<std::size_t>(find_family(field))].init;
    std::fill(values.begin(), values.end(), -1);
  }
  for (std::size_t smmu = 0; smmu < smmus.size(); ++smmu) {
    if (!smmus[smmu].is_legacy) continue;
    field_of("smmu", "disable_bypass").init[smmu] = smmus[smmu].unmatched == v2::Unmatched::kFault ? 1 : 0;
    number_groups(smmu);
    number_banks(smmu);
  }
}

void World::number_groups(std::size_t smmu) {
  const v2::Config& config = smmus[smmu].legacy_config;
  std::vector<DeviceInfo*> behind;
  for (DeviceInfo& device : devices) {
    if (device.behind != smmus[smmu].name) continue;
    behind.push_back(&device);
    if (device.dma) device.stream_id = device.dma->stream_id;
  }
  const auto is_taken = [&](int id) {
    return std::any_of(behind.begin(), behind.end(),
                       [&](const DeviceInfo* device) { return device->stream_id == id; });
  };
  for (std::size_t i = 0; i < behind.size(); ++i) {
    DeviceInfo& device = *behind[i];
    for (int free = 0; device.stream_id < 0; ++free) {
      if (!is_taken(free)) device.stream_id = free;
    }
    device.group = config.stream_matching ? static_cast<int>(i) : device.stream_id;
    if (config.stream_matching && device.stream_id > kSmrIdMax)
      errors->error(device.at, "a StreamID behind an SMMUv2 has 15 bits");
    if (device.group >= static_cast<int>(config.mapping_groups)) {
      errors->error(device.at, "'" + smmus[smmu].name + "' has no stream mapping group for this device",
                    device.group < static_cast<int>(v2::kMappingGroupsMax)
                        ? "make 'mapping_groups' larger"
                        : fmt::format("an SMMUv2 has at most {} groups; StreamIDs from there on need "
                                      "'stream_matching: true'",
                                      v2::kMappingGroupsMax));
      continue;
    }
    const auto number = static_cast<std::size_t>(&device - devices.data());
    field_of("device", "smendx").init[number] = device.group;
    field_of("device", "sid").init[number] = device.stream_id;
  }
}

/// Those of devices first; other domains have one if there are enough.
void World::number_banks(std::size_t smmu) {
  const auto banks = static_cast<std::int32_t>(smmus[smmu].legacy_config.context_banks);
  std::vector<std::int32_t>& numbers = field_of("domain", "cbndx").init;
  const std::vector<std::int32_t>& smmu_of = field_of("domain", "smmu").init;
  std::int32_t next = 0;
  for (std::size_t domain = 0; domain < domain_infos.size(); ++domain) {
    if (smmu_of[domain] != static_cast<std::int32_t>(smmu) + 1) continue;
    const auto owner = std::find_if(devices.begin(), devices.end(), [&](const DeviceInfo& device) {
      return device.domain == static_cast<int>(domain);
    });
    if (next < banks) {
      if (owner != devices.end())
        field_of("device", "cbndx").init[static_cast<std::size_t>(owner - devices.begin())] = next;
      numbers[domain] = next++;
    } else if (owner != devices.end()) {
      errors->error(domain_infos[domain].at,
                    "'" + smmus[smmu].name + "' has no context bank for this device's domain",
                    banks < static_cast<std::int32_t>(v2::kContextBanksMax)
                        ? "make 'context_banks' larger"
                        : fmt::format("an SMMUv2 has at most {} context banks here; put some devices behind "
                                      "another",
                                      v2::kContextBanksMax));
    }
  }
}

}  // namespace quiesce::sim
