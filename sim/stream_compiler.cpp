#include "sim/stream_compiler.hpp"

#include <algorithm>
#include <set>

#include "hwmodel/v3/guarded.hpp"
#include "sim/legacy_traffic.hpp"
#include "sim/stream_words.hpp"

namespace quiesce::sim {
namespace {

namespace v3 = hwmodel::v3;

constexpr std::uint8_t kTableBits = 6;
constexpr std::uint8_t kSpanBits = 5;

void add(v3::Unit& unit, const v3::Word& at, std::uint8_t bits) {
  unit.words[unit.count] = at;
  unit.bits[unit.count++] = bits;
}

void add_descriptors(const World& world, std::size_t smmu, v3::Streams& all) {
  for (std::size_t i = 0; i < world.l1std_infos.size(); ++i) {
    const L1stdInfo& info = world.l1std_infos[i];
    if (info.smmu != smmu) continue;
    v3::L1stdLayout descriptor;
    descriptor.name = "l1std" + std::to_string(info.number);
    add(descriptor.unit, stream_word(world, "l1std.Span", static_cast<std::int32_t>(i)), kSpanBits);
    all.l1stds.push_back(descriptor);
  }
}

/// Number of the device's first-level descriptor among those of its SMMU, -1 if it has none.
std::int16_t descriptor_number(const World& world, std::size_t device) {
  const int descriptor = world.devices[device].dma->l1std;
  if (descriptor < 0) return -1;
  const auto end = world.l1std_infos.begin() + descriptor;
  const std::size_t smmu = end->smmu;
  return static_cast<std::int16_t>(std::count_if(world.l1std_infos.begin(), end,
                                                 [&](const L1stdInfo& info) { return info.smmu == smmu; }));
}

v3::Stream stream_of(const World& world, std::size_t device) {
  const DmaInfo& dma = *world.devices[device].dma;
  const std::int32_t ste = stream_field(world, "device.ste").init[device] - 1;
  v3::Stream stream;
  stream.name = world.devices[device].name;
  stream.sid = static_cast<std::uint32_t>(dma.stream_id);
  stream.l1std = descriptor_number(world, device);
  add(stream.ste[0], stream_word(world, "ste.V", ste), 1);
  add(stream.ste[0], stream_word(world, "ste.Config", ste), 3);
  add(stream.ste[0], stream_word(world, "ste.S1CDMax", ste), 2);
  add(stream.ste[1], stream_word(world, "ste.S1DSS", ste), 2);
  add(stream.ste[1], stream_word(world, "ste.EATS", ste), 2);
  add(stream.ste[2], stream_word(world, "ste.S2R", ste), 1);
  add(stream.ste[2], stream_word(world, "ste.S2S", ste), 1);
  add(stream.ste[3], stream_word(world, "ste.S2TTB", ste), kTableBits);
  for (int i = 0; i <= dma.substreams; ++i) {
    const std::int32_t cd = stream_field(world, "device.cd" + std::to_string(i)).init[device] - 1;
    v3::CdLayout descriptor;
    for (const char* flag : {"cd.V", "cd.EPD0", "cd.A", "cd.R", "cd.S"})
      add(descriptor.units[0], stream_word(world, flag, cd), 1);
    add(descriptor.units[0], stream_word(world, "cd.ASID", cd), kTableBits);
    add(descriptor.units[1], stream_word(world, "cd.TTB0", cd), kTableBits);
    stream.cds.push_back(descriptor);
  }
  return stream;
}

/// Where every physical page is for a guest whose stage 2 table is the domain that has the page at first.
void add_homes(const World& world, v3::Streams& all) {
  const Family& domains = stream_field(world, "iova.domain");
  std::vector<std::int32_t> pages(world.domain_infos.size(), 0);
  for (std::int32_t i = 0; i < domains.count; ++i) {
    const std::int32_t domain = domains.init[static_cast<std::size_t>(i)];
    all.homes.push_back({domain, pages[static_cast<std::size_t>(domain) - 1]++});
  }
}

v3::Table table_of(const World& world, std::size_t number, std::int32_t doorbell) {
  const DomainInfo& domain = world.domain_infos[number];
  v3::Table table;
  table.name = domain.name;
  table.pages.resize(doorbell_page(world));
  for (int i = 0; i < domain.pages; ++i)
    table.pages[static_cast<std::size_t>(i)].frame = frame_word(world, number, i);
  table.pages.push_back({{{}, doorbell_of(world, number, doorbell), false}, {}, false});
  return table;
}

/// The device's accesses by one SubstreamID, or without one: a source, or one for each page where a stalled
/// access must not hide those to other pages.
void add_accesses(const World& world, std::size_t device, const v3::Source& one, Layout& layout,
                  std::size_t smmu) {
  const DmaInfo& dma = *world.devices[device].dma;
  const auto domain = static_cast<std::size_t>(world.devices[device].domain);
  const std::int32_t home = stream_field(world, "domain.iova0").init[domain] - 1;
  const bool apart = dma.pages > 1 && layout.smmu_configs[smmu].stalls != v3::StallModel::kTerminateOnly;
  for (int page = 0; page < (apart ? dma.pages : 1); ++page) {
    v3::Source source = one;
    source.first_page = source.first_name = static_cast<std::uint8_t>(page);
    source.pages = static_cast<std::uint8_t>(apart ? 1 : dma.pages);
    layout.smmus[smmu].streams.sources.push_back(source);
    layout.traffic[smmu].push_back({device, kNoIrq, dma.physical, home});
  }
}

/// The device's accesses, by each SubstreamID, and the messages that are its interrupts.
void add_sources(const World& world, std::size_t device, std::uint16_t stream, Layout& layout,
                 std::size_t smmu) {
  const DeviceInfo& info = world.devices[device];
  v3::Streams& all = layout.smmus[smmu].streams;
  const v3::Word always{{}, 1, false};
  const v3::Word on = stream_word(world, "device.bus_master", static_cast<std::int32_t>(device));
  for (int ssid = -1; ssid <= info.dma->substreams; ++ssid) {
    if (ssid == 0) continue;  // traffic without a SubstreamID uses that descriptor
    v3::Source source;
    source.name = ssid < 0 ? info.name : info.name + " (substream " + std::to_string(ssid) + ")";
    source.stream = stream;
    source.ssid = ssid;
    source.on = on;
    source.enabled =
        ssid < 0 ? always : stream_word(world, "device.pasid_enabled", static_cast<std::int32_t>(device));
    add_accesses(world, device, source, layout, smmu);
  }
  for (std::size_t irq = 0; irq < world.interrupts.size(); ++irq) {
    if (world.interrupts[irq].device != static_cast<int>(device)) continue;
    v3::Source source;
    source.name = world.interrupts[irq].name;
    source.stream = stream;
    source.first_page = doorbell_page(world);
    source.on = on;
    source.enabled = always;
    all.sources.push_back(source);
    layout.traffic[smmu].push_back({device, static_cast<int>(irq), info.dma->physical, 0});
  }
}

std::size_t smmu_of(const World& world, std::size_t device) {
  return static_cast<std::size_t>(stream_field(world, "device.behind").init[device] - 1);
}

/// Number of the device's stream among those of its SMMU.
std::uint16_t stream_number(const World& world, std::size_t device) {
  std::uint16_t number = 0;
  for (std::size_t d = 0; d < device; ++d) {
    if (world.devices[d].dma && smmu_of(world, d) == smmu_of(world, device)) ++number;
  }
  return number;
}

/// Names the device's stream, by the SMMU that it is behind. A device whose accesses are not modelled has
/// none, so that its StreamID is nobody else's.
void name_stream(const World& world, std::size_t device, v3::Command& command) {
  const bool has_stream = world.devices[device].dma && stream_field(world, "device.behind").init[device] != 0;
  command.stream = has_stream ? stream_number(world, device) : v3::kNobody;
  if (has_stream) command.smmu = static_cast<std::uint8_t>(smmu_of(world, device));
}

/// The command, with the numbers under which its SMMU knows the operand.
v3::Command command_of(const World& world, const NamedCommand& named) {
  v3::Command command;
  const bool terminates = named.opcode == "RESUME_TERMINATE";
  command.leaf = named.opcode != "CFGI_STE_NONLEAF";
  command.opcode = terminates      ? v3::Opcode::kResume
                   : !command.leaf ? v3::Opcode::kCfgiSte
                                   : *v3::find_opcode(named.opcode);
  command.retries = command.opcode == v3::Opcode::kResume && !terminates;
  if (named.class_name.empty()) return command;
  const auto object = static_cast<std::size_t>(named.object - 1);
  if (named.class_name == "device") {
    name_stream(world, object, command);
  } else if (named.class_name == "cd") {
    const auto device = static_cast<std::size_t>(stream_field(world, "cd.device").init[object] - 1);
    name_stream(world, device, command);
    for (int i = 0; i <= world.devices[device].dma->substreams; ++i) {
      if (stream_field(world, "device.cd" + std::to_string(i)).init[device] == named.object)
        command.ssid = static_cast<std::uint16_t>(i);
    }
  } else if (named.class_name == "domain") {
    command.table = static_cast<std::uint16_t>(object);
  } else {
    const std::int32_t domain = stream_field(world, "iova.domain").init[object];
    command.table = static_cast<std::uint16_t>(domain - 1);
    for (int i = 0; i < world.domain_infos[command.table].pages; ++i) {
      if (stream_field(world, "domain.iova" + std::to_string(i)).init[command.table] == named.object)
        command.page = static_cast<std::uint16_t>(i);
    }
  }
  return command;
}

constexpr std::size_t kSourcesMax = 1U << (v3::kFieldBits - v3::kPageBits);
constexpr std::size_t kTablesMax = (1U << kTableBits) - 4;

/// Sources have few numbers: the device that takes one too many is the mistake.
void check_sources(const World& world, std::size_t device, std::size_t before, const v3::Streams& all) {
  if (all.sources.size() <= kSourcesMax || before > kSourcesMax) return;
  world.errors->error(world.devices[device].dma->at,
                      "behind one SMMU at most " + std::to_string(kSourcesMax) +
                          " kinds of traffic fit: a device, each of its substreams and interrupts, and each "
                          "of its pages where faults can stall");
}

/// And so have tables, and what the SMMU copies of all of them.
void check_numbers(const World& world, const v3::Streams& all) {
  constexpr std::size_t kNumbersMax = 1U << v3::kFieldBits;
  if (all.tables.size() > kTablesMax) {
    world.errors->error(world.domain_infos[kTablesMax].at,
                        "at most " + std::to_string(kTablesMax) + " domains fit, those of devices included");
  }
  if (all.units.size() > kNumbersMax || all.walks.size() > kNumbersMax || all.entries.size() > kNumbersMax)
    world.errors->error(world.domain_infos.back().at, "with this domain there are too many structures");
}

bool names_event_queue(std::int32_t reg) {
  const v3::Reg named = v3::register_at(static_cast<std::size_t>(reg)).reg;
  return named == v3::Reg::kEventqProd || named == v3::Reg::kEventqCons;
}

}  // namespace

void lay_out_traffic(const World& world, base::LayoutBuilder& builder, Layout& layout) {
  layout.traffic.resize(layout.smmu_count());
  if (!world.has_traffic()) return;
  layout.next_kernel = builder.add(base::Width::kU8);
  layout.freed_family = world.find_family("frame.freed");
  layout.doorbell = stream_field(world, "frame.freed").count + 1;
  for (std::size_t d = 0; d < world.devices.size(); ++d) {
    if (!world.devices[d].dma || stream_field(world, "device.behind").init[d] == 0) continue;
    const std::size_t smmu = smmu_of(world, d);
    if (layout.is_legacy(smmu)) {
      add_legacy_sources(world, d, smmu, layout);
      continue;
    }
    v3::Streams& all = layout.smmus[smmu].streams;
    all.support.stalls = layout.smmu_configs[smmu].stalls;
    all.smmu = static_cast<std::uint8_t>(smmu);
    if (all.streams.empty()) {
      add_descriptors(world, smmu, all);
      add_homes(world, all);
    }
    all.streams.push_back(stream_of(world, d));
    const std::size_t before = all.sources.size();
    add_sources(world, d, static_cast<std::uint16_t>(all.streams.size() - 1), layout, smmu);
    check_sources(world, d, before, all);
  }
  lay_out_legacy_traffic(world, builder, layout);
  for (v3::Layout& smmu : layout.smmus) {
    if (!smmu.streams.any()) continue;
    for (std::size_t i = 0; i < world.domain_infos.size(); ++i)
      smmu.streams.tables.push_back(table_of(world, i, layout.doorbell));
    v3::lay_out_streams(builder, smmu.streams);
    check_numbers(world, smmu.streams);
  }
}

void name_source(Layout& layout, std::size_t irq) {
  for (std::size_t smmu = 0; smmu < layout.traffic.size(); ++smmu) {
    for (std::size_t source = 0; source < layout.traffic[smmu].size(); ++source) {
      if (layout.traffic[smmu][source].irq != static_cast<int>(irq)) continue;
      layout.irqs[irq].smmu = static_cast<int>(smmu);
      layout.irqs[irq].source = source;
    }
  }
}

void intern_commands(const World& world, System& system) {
  for (const NamedCommand& named : system.program.commands)
    system.command_ids.push_back(system.commands.intern(command_of(world, named)));
  constexpr auto kSync = v3::Opcode::kSync;
  system.sync_command = system.commands.intern({kSync, v3::kSigSev, false});
  system.sync_msi_command = system.commands.intern({kSync, v3::kSigIrq, true});
}

void keep_events_that_matter(System& system) {
  bool looks = false;
  for (const Instruction& in : system.program.code) {
    looks = looks || (in.op == Op::kRegister && names_event_queue(in.a));
  }
  for (const Instruction& in : system.program.code) looks = looks || in.op == Op::kEventField;
  for (const Step& step : system.program.steps)
    looks = looks || (step.verb == Verb::kWrite && names_event_queue(step.argument));
  for (std::size_t i = 0; i < system.layout.smmus.size(); ++i) {
    const int irq = system.layout.smmu_irqs[i][static_cast<std::size_t>(v3::Line::kEventq)];
    system.layout.smmu_configs[i].keeps_events = looks || irq != kNoIrq;
  }
}

void lay_out_programmed(base::LayoutBuilder& builder, System& system) {
  std::set<v3::Reg> named;
  const auto add = [&](std::int32_t reg) {
    const v3::Reg which = v3::register_at(static_cast<std::size_t>(reg)).reg;
    if (v3::is_programmed(which)) named.insert(which);
  };
  for (const Instruction& in : system.program.code) {
    if (in.op == Op::kRegister) add(in.a);
  }
  for (const Step& step : system.program.steps) {
    if (step.verb == Verb::kWrite) add(step.argument);
  }
  const std::vector<v3::Reg> wanted(named.begin(), named.end());
  for (v3::Layout& smmu : system.layout.smmus) v3::lay_out_programmed(builder, smmu, wanted);
}

}  // namespace quiesce::sim
