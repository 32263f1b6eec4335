// A legacy SMMU: registers, the TLB, and accesses on their way.
#include "checker/machine_cells.hpp"
#include "hwmodel/v2/kept_text.hpp"
#include "hwmodel/v2/smmu.hpp"
#include "sim/describe.hpp"

namespace quiesce::checker {
namespace {

namespace v2 = hwmodel::v2;
using sim::System;

/// Of "SCTLR[0]" or "sCR0".
const v2::Register* register_of(const std::string& name) {
  return v2::find_register(name.substr(0, name.find('[')));
}

void add_register(const v2::PartOfSmmu& part, CellList& cells, ReportSmmu& shown) {
  ReportRegister added;
  added.name = part.name.substr(1);
  added.written = cells.add(part.slot, sim::hexadecimal);
  if (const v2::Register* reg = register_of(added.name)) {
    for (const v2::Field& field : reg->fields) {
      if (!field.name.empty()) added.fields.push_back({std::string(field.name), field.lo, field.hi});
    }
  }
  shown.registers.push_back(std::move(added));
}

/// Registers, and what decides whether there are any.
void add_parts(const sim::LegacyLayout& legacy, CellList& cells, ReportSmmu& shown) {
  for (const v2::PartOfSmmu& part : v2::named_parts(legacy.smmu, legacy.config)) {
    if (part.name.starts_with('.')) add_register(part, cells, shown);
  }
  shown.other.push_back({"clocks", cells.add(legacy.smmu.clocked, [](std::int32_t times) {
                           return times == 0   ? std::string("off")
                                  : times == 1 ? std::string("on")
                                               : "on (enabled " + std::to_string(times) + " times)";
                         })});
  shown.other.push_back({"power", cells.add(legacy.smmu.powered, [](std::int32_t on) {
                           return std::string(on != 0 ? "on" : "off");
                         })});
  shown.other.push_back({"a TBU without power", cells.add(legacy.smmu.tbu_dead, [](std::int32_t dead) {
                           return std::string(dead != 0 ? "yes" : "no");
                         })});
}

void add_traffic(const System& system, const v2::Traffic& traffic, CellList& cells, ReportSmmu& shown) {
  if (!traffic.any()) return;
  const v2::FrameNames frames = frame_names(system);
  for (std::size_t i = 0; i < traffic.entries.size(); ++i) {
    shown.caches.push_back({"TLB: " + v2::name_of_entry(traffic, i),
                            cells.add(traffic.entries[i], [frames](std::int32_t packed) {
                              return v2::text_of_entry(frames, packed);
                            })});
  }
  for (const v2::Source& source : traffic.sources) {
    shown.accesses.push_back(
        {name_of_source(traffic.sources, source),
         cells.add(source.at, [frames](std::int32_t packed) { return v2::text_of_flight(frames, packed); })});
  }
}

}  // namespace

void add_legacy_smmu(const System& system, std::size_t smmu, MachineCells& view) {
  const sim::LegacyLayout& legacy = system.layout.legacy_of(smmu);
  ReportSmmu shown;
  shown.name = system.smmus[smmu].name;
  shown.model = "smmuv2";
  add_parts(legacy, view.cells, shown);
  add_traffic(system, legacy.smmu.traffic, view.cells, shown);
  view.machine.smmus.push_back(std::move(shown));
}

}  // namespace quiesce::checker
