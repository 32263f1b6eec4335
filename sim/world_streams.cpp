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

std::string numbered(const std::string& name, int number) { return name + std::to_string(number); }

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
  if (device.find("behind") == nullptr)
    errors->error(dma->at, "a device whose 'dma' is modelled needs 'behind': an SMMU");
  if (dma->is_scalar() && dma->scalar == "true") return info;
  expect_keys(*dma, {"pages", "substreams", "addresses", "mapped", "entry"}, "'dma'");
  if (!dma->is_map()) {
    errors->error(dma->at, "'dma' is true, or a map of knobs");
    return std::nullopt;
  }
  KnobReader knobs(*dma, *errors);
  knobs.number("pages", info.pages, 1, kPagesMax);
  knobs.number("substreams", info.substreams, 0, kSubstreamsMax);
  knobs.flag("mapped", info.mapped);
  info.physical = knobs.choice("addresses", {"iova", "physical"}, "iova") == "physical";
  info.entry = knobs.choice("entry", {"translate", "bypass", "abort", "invalid"}, "translate");
  return info;
}

/// Domains beside the devices' own, such as one for a process.
void World::read_domains(const Node& all) {
  for (const Node::Entry& entry : all.entries) {
    expect_keys(entry.value, {"smmu", "pages", "mapped"}, "domain '" + entry.key + "'");
    DomainInfo domain{entry.key, entry.key};
    KnobReader knobs(entry.value, *errors);
    knobs.number("pages", domain.pages, 0, kPagesMax);
    knobs.flag("mapped", domain.mapped);
    add_object("domain", entry.key, entry.key_at);
    domain_infos.push_back(domain);
  }
}

void World::add_stream_objects(const Location& at) {
  if (!has_traffic()) return;
  for (const char* name : {"ste", "cd", "iova", "frame"}) classes[name].name = name;
  for (const DeviceInfo& device : devices) {
    if (!device.dma) continue;
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
  add("cd", "TTB0", "domain?");
  add("cd", "device", "device?");
  add("iova", "frame", "frame?");
  add("iova", "home", "frame?");
  add("iova", "domain", "domain?");
  add("frame", "freed", "bool");
  add("device", "ste", "ste?");
  add("device", "bus_master", "bool");
  for (int i = 0; i <= kSubstreamsMax; ++i) add("device", numbered("cd", i), "cd?");
  for (int i = 0; i < kPagesMax; ++i) add("domain", numbered("iova", i), "iova?");
}

/// What the machine begins with: every device attached to its own domain, whose pages are mapped.
void World::fill_stream_fields() {
  if (!has_traffic()) return;
  std::size_t ste = 0;
  std::size_t cd = 0;
  for (std::size_t d = 0; d < devices.size(); ++d) {
    if (!devices[d].dma) continue;
    const DmaInfo& dma = *devices[d].dma;
    field_of("device", "bus_master").init[d] = 1;
    field_of("device", "ste").init[d] = static_cast<std::int32_t>(ste) + 1;
    field_of("ste", "V").init[ste] = dma.entry != "invalid" ? 1 : 0;
    field_of("ste", "Config").init[ste] = dma.entry == "bypass"  ? hwmodel::v3::kSteBypass
                                          : dma.entry == "abort" ? hwmodel::v3::kSteAbort
                                                                 : hwmodel::v3::kSteS1;
    field_of("ste", "S1CDMax").init[ste] = dma.substreams > 1 ? 2 : dma.substreams;
    field_of("ste", "S1DSS").init[ste] = hwmodel::v3::kS1dssSsid0;
    ++ste;
    for (int i = 0; i <= dma.substreams; ++i, ++cd) {
      field_of("device", numbered("cd", i)).init[d] = static_cast<std::int32_t>(cd) + 1;
      field_of("cd", "device").init[cd] = static_cast<std::int32_t>(d) + 1;
      for (const char* flag : {"A", "R"}) field_of("cd", flag).init[cd] = 1;
      if (i > 0) continue;
      field_of("cd", "V").init[cd] = 1;
      field_of("cd", "TTB0").init[cd] = devices[d].domain + 1;
    }
  }
  std::size_t page = 0;
  for (std::size_t d = 0; d < domain_infos.size(); ++d) {
    for (int i = 0; i < domain_infos[d].pages; ++i, ++page) {
      const auto number = static_cast<std::int32_t>(page) + 1;
      field_of("domain", numbered("iova", i)).init[d] = number;
      field_of("iova", "domain").init[page] = static_cast<std::int32_t>(d) + 1;
      field_of("iova", "home").init[page] = number;
      field_of("iova", "frame").init[page] = domain_infos[d].mapped ? number : 0;
    }
  }
}

}  // namespace quiesce::sim
