// Declarations of devices that access memory by themselves: their stream table entries, context descriptors,
// translation tables and pages, as objects whose fields routines write and the SMMU reads.
#include <algorithm>

#include "sim/knob_reader.hpp"
#include "sim/world.hpp"

namespace quiesce::sim {
namespace {

constexpr int kPagesMax = 8;
constexpr int kSubstreamsMax = 3;
constexpr std::int32_t kFramesMax = 250;
constexpr int kStreamIdMax = 0xffff;

std::string numbered(const std::string& name, int number) { return name + std::to_string(number); }

/// What the key says, unless it is missing, null or NULL.
bool names_something(const Node* node) {
  return node != nullptr && !node->is_null() && node->scalar != "NULL";
}

}  // namespace

bool World::has_traffic() const {
  return std::any_of(devices.begin(), devices.end(),
                     [](const DeviceInfo& device) { return device.dma.has_value(); });
}

/// The key `dma`: a map of knobs, or `true` for all of their defaults.
std::optional<DmaInfo> World::read_dma(const Node& device) {
  const Node* dma = device.find("dma");
  if (dma == nullptr || dma->is_null() || (dma->is_scalar() && dma->scalar == "false")) return std::nullopt;
  DmaInfo info;
  if (!names_something(device.find("behind")))
    errors->error(dma->at, "a device whose 'dma' is modelled needs 'behind': an SMMU");
  info.at = dma->at;
  if (dma->is_scalar() && dma->scalar == "true") return info;
  expect_keys(*dma, {"pages", "substreams", "addresses", "mapped", "entry", "stream_id", "direction"},
              "'dma'");
  if (!dma->is_map()) {
    errors->error(dma->at, "'dma' is true, or a map of knobs");
    return std::nullopt;
  }
  KnobReader knobs(*dma, *errors);
  knobs.number("pages", info.pages, 1, kPagesMax);
  knobs.number("substreams", info.substreams, 0, kSubstreamsMax);
  knobs.flag("mapped", info.mapped);
  info.physical = knobs.choice("addresses", {"iova", "physical"}, "iova") == "physical";
  // Linux v6.18 drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c arm_smmu_attach_dev_identity(): physical
  // addresses go with an identity domain, and with an entry that bypasses.
  info.entry = knobs.choice("entry", {"translate", "bypass", "abort", "invalid", "absent"},
                            info.physical ? "bypass" : "translate");
  if (info.physical && info.entry == "translate") {
    errors->error(dma->find("addresses")->at,
                  "the entry translates IOVAs, and the device is given physical addresses",
                  "'entry: bypass' is that of an identity domain");
  }
  knobs.number("stream_id", info.stream_id, 0, kStreamIdMax);
  info.direction = knobs.choice("direction", {"reads", "writes", "both"}, "both");
  return info;
}

bool World::is_stall_forced(const DeviceInfo& device) const {
  return std::any_of(smmus.begin(), smmus.end(), [&](const SmmuInfo& smmu) {
    return smmu.name == device.behind && smmu.config.stalls == hwmodel::v3::StallModel::kStallForced;
  });
}

/// Gives every device with `dma` a StreamID, and the first-level descriptor that leads to its entry.
// Linux v6.18 drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c arm_smmu_insert_master(): two devices with one
// StreamID are not supported.
void World::number_streams() {
  const auto has = [&](const DeviceInfo& device, const std::string& smmu, int id) {
    return device.dma && device.behind == smmu && device.dma->stream_id == id;
  };
  for (DeviceInfo& device : devices) {
    if (!device.dma) continue;
    check_dma_of_model(device);
    const auto others = [&](int id) {
      return std::count_if(devices.begin(), devices.end(), [&](const DeviceInfo& other) {
        return &other != &device && has(other, device.behind, id);
      });
    };
    int& id = device.dma->stream_id;
    if (id >= 0 && others(id) > 0)
      errors->error(device.dma->at, "two devices behind one SMMU have the StreamID " + std::to_string(id));
    for (int free = 0; id < 0; ++free) {
      if (others(free) == 0) id = free;
    }
    for (std::size_t smmu = 0; smmu < smmus.size(); ++smmu) {
      if (smmus[smmu].name == device.behind && !smmus[smmu].is_legacy) number_descriptor(device, smmu);
    }
  }
}

void World::number_descriptor(DeviceInfo& device, std::size_t smmu) {
  const hwmodel::v3::Config& config = smmus[smmu].config;
  const bool reaches = device.dma->entry != "absent";
  if (config.stream_table == hwmodel::v3::StreamTableFormat::kLinear) {
    if (!reaches) {
      errors->error(device.dma->at,
                    "'entry: absent' needs 'stream_table: two_level' of '" + device.behind + "'");
    }
    return;
  }
  const int number = device.dma->stream_id >> config.stream_split;
  auto found = std::find_if(l1std_infos.begin(), l1std_infos.end(), [&](const L1stdInfo& info) {
    return info.smmu == smmu && info.number == number;
  });
  if (found == l1std_infos.end()) {
    l1std_infos.push_back({smmu, number, reaches});
    found = std::prev(l1std_infos.end());
  }
  if (found->reaches != reaches) {
    errors->error(device.dma->at,
                  "one first-level descriptor leads to this device's entry and to another one's: "
                  "both are absent or neither is");
  }
  device.dma->l1std = static_cast<int>(found - l1std_infos.begin());
}

/// Domains beside the devices' own, such as one for a process.
void World::read_domains(const Node& all) {
  for (const Node::Entry& entry : all.entries) {
    expect_keys(entry.value, {"smmu", "pages", "mapped"}, "domain '" + entry.key + "'");
    DomainInfo domain;
    domain.name = domain.stem = entry.key;
    domain.at = entry.key_at;
    KnobReader knobs(entry.value, *errors);
    knobs.number("pages", domain.pages, 0, kPagesMax);
    knobs.flag("mapped", domain.mapped);
    add_object("domain", entry.key, entry.key_at);
    domain_infos.push_back(domain);
  }
}

void World::add_stream_objects(const Location& at) {
  if (!has_traffic()) return;
  number_streams();
  for (const char* name : {"ste", "cd", "iova", "frame", "l1std"}) classes[name].name = name;
  for (const L1stdInfo& info : l1std_infos)
    add_object("l1std", numbered(smmus[info.smmu].name + ".l1std", info.number), at);
  for (const DeviceInfo& device : devices) {
    if (!device.dma || is_behind_legacy(device)) continue;
    add_object("ste", device.name + ".ste", at);
    for (int i = 0; i <= device.dma->substreams; ++i) add_object("cd", numbered(device.name + ".cd", i), at);
  }
  for (const DomainInfo& domain : domain_infos) {
    for (int i = 0; i < domain.pages; ++i) {
      add_object("iova", numbered(domain.stem + ".iova", i), at);
      add_object("frame", numbered(domain.stem + ".frame", i), at);
    }
  }
  if (classes["frame"].objects.size() > kFramesMax) errors->error(at, "too many pages of domains");
}

Family& World::field_of(const std::string& cls, const std::string& field) {
  return families[static_cast<std::size_t>(classes.at(cls).fields.at(field))];
}

/// Spec: IHI 0070G.b, 5.2, 5.4 for the names of the fields.
void World::add_stream_fields(const Location& at) {
  if (!has_traffic()) return;
  const auto add = [&](const std::string& cls, const std::string& field, std::string_view type_text) {
    const auto type = parse_type(type_text, at);
    const auto count = static_cast<std::int32_t>(classes[cls].objects.size());
    if (type) classes[cls].fields[field] = add_family(cls + "." + field, *type, count, at);
  };
  for (const char* flag : {"V", "S2R", "S2S"}) add("ste", flag, "bool");
  add("ste", "Config", "int 0..7");
  add("ste", "S1CDMax", "int 0..3");
  add("ste", "S1DSS", "int 0..3");
  add("ste", "EATS", "int 0..3");
  add("ste", "S2TTB", "domain?");
  for (const char* flag : {"V", "EPD0", "A", "R", "S"}) add("cd", flag, "bool");
  add("cd", "ASID", "domain?");
  add("cd", "TTB0", "domain?");
  add("cd", "device", "device?");
  add("iova", "frame", "frame?");
  add("iova", "home", "frame?");
  add("iova", "domain", "domain?");
  add("iova", "page", "int 0..7");
  add("frame", "freed", "bool");
  add("l1std", "Span", "int 0..31");
  add("device", "ste", "ste?");
  add("device", "l1std", "l1std?");
  add("device", "bus_master", "bool");
  add("device", "pasid_enabled", "bool");
  for (int i = 0; i <= kSubstreamsMax; ++i) add("device", numbered("cd", i), "cd?");
  for (int i = 0; i < kPagesMax; ++i) add("domain", numbered("iova", i), "iova?");
}

/// Linux v6.18 drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c arm_smmu_write_strtab_l1_desc(): the whole split.
void World::fill_descriptors() {
  for (std::size_t i = 0; i < l1std_infos.size(); ++i) {
    const auto split = static_cast<std::int32_t>(smmus[l1std_infos[i].smmu].config.stream_split);
    field_of("l1std", "Span").init[i] = l1std_infos[i].reaches ? split + 1 : 0;
  }
}

/// What the machine begins with: every device attached to its own domain, whose pages are mapped.
void World::fill_stream_fields() {
  if (!has_traffic()) return;
  fill_descriptors();
  std::size_t ste = 0;
  std::size_t cd = 0;
  for (std::size_t d = 0; d < devices.size(); ++d) {
    if (!devices[d].dma) continue;
    const DmaInfo& dma = *devices[d].dma;
    field_of("device", "bus_master").init[d] = 1;
    if (is_behind_legacy(devices[d])) continue;
    field_of("device", "ste").init[d] = static_cast<std::int32_t>(ste) + 1;
    field_of("device", "l1std").init[d] = dma.l1std + 1;
    field_of("ste", "V").init[ste] = dma.entry != "invalid" && dma.entry != "absent" ? 1 : 0;
    field_of("ste", "Config").init[ste] = dma.entry == "bypass" ? hwmodel::v3::kSteBypass
                                          : dma.entry == "abort" || dma.entry == "absent"
                                              ? hwmodel::v3::kSteAbort
                                              : hwmodel::v3::kSteS1;
    // Spec: IHI 0070G.b, 5.2.2, 5.5, 6.3.1: where stalls are forced, what does not stall is ILLEGAL.
    // Linux v6.18 drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c arm_smmu_make_s1_cd():
    // ARM_SMMU_FEAT_STALL_FORCE.
    const bool stalls = is_stall_forced(devices[d]);
    field_of("ste", "S2S").init[ste] = stalls ? 1 : 0;
    field_of("ste", "S1CDMax").init[ste] = dma.substreams > 1 ? 2 : dma.substreams;
    field_of("ste", "S1DSS").init[ste] =
        dma.entry == "translate" ? hwmodel::v3::kS1dssSsid0 : hwmodel::v3::kS1dssTerminate;
    ++ste;
    for (int i = 0; i <= dma.substreams; ++i, ++cd) {
      field_of("device", numbered("cd", i)).init[d] = static_cast<std::int32_t>(cd) + 1;
      field_of("cd", "device").init[cd] = static_cast<std::int32_t>(d) + 1;
      for (const char* flag : {"A", "R"}) field_of("cd", flag).init[cd] = 1;
      field_of("cd", "S").init[cd] = stalls ? 1 : 0;
      if (i > 0) continue;
      field_of("cd", "V").init[cd] = 1;
      for (const char* table : {"ASID", "TTB0"}) field_of("cd", table).init[cd] = devices[d].domain + 1;
    }
  }
  std::size_t page = 0;
  for (std::size_t d = 0; d < domain_infos.size(); ++d) {
    for (int i = 0; i < domain_infos[d].pages; ++i, ++page) {
      const auto number = static_cast<std::int32_t>(page) + 1;
      field_of("domain", numbered("iova", i)).init[d] = number;
      field_of("iova", "domain").init[page] = static_cast<std::int32_t>(d) + 1;
      field_of("iova", "home").init[page] = number;
      field_of("iova", "page").init[page] = i;
      field_of("iova", "frame").init[page] = domain_infos[d].mapped ? number : 0;
    }
  }
}

}  // namespace quiesce::sim
