// What commands do to copies of structures and translations, and to transactions.
// Spec: IHI 0070G.b, 4.3, 4.4, 4.7.
#include "hwmodel/v3/copies.hpp"

namespace quiesce::hwmodel::v3 {
namespace {

/// The next CMD_SYNC waits for decided transactions for which `used` is true.
template <class Used>
void await(Change& smmu, Used used) {
  const std::vector<Source>& sources = smmu.layout.streams.sources;
  for (std::size_t source = 0; source < sources.size(); ++source) {
    Flight flight = flight_of(smmu.view(), source);
    if (flight.stage != Flight::Stage::kDecided || flight.by_gbpa || !used(sources[source], flight)) continue;
    flight.awaited = true;
    set_flight(smmu, source, flight);
  }
}

bool covers(std::uint16_t named, std::size_t number) { return named == kEverything || named == number; }

/// Spec: 4.3.1 to 4.3.4. A stream's entry goes with the descriptors that were reached through it; TLB entries
/// stay.
void invalidate_structures(Change& smmu, const Command& command) {
  const Streams& all = smmu.layout.streams;
  const bool one_cd = command.opcode == Opcode::kCfgiCd;
  const bool cds_alone = one_cd || command.opcode == Opcode::kCfgiCdAll;
  const auto covers_stream = [&](std::size_t stream) {
    return command.opcode == Opcode::kCfgiAll || covers(command.stream, stream);
  };
  for (const UnitName& name : all.units) {
    const bool is_ste = name.cd < 0;
    if (!covers_stream(name.stream) || (is_ste && cds_alone)) continue;
    if (one_cd && !is_ste && !covers(command.ssid, static_cast<std::size_t>(name.cd))) continue;
    const base::Slot copy = all.unit_of(name).copy;
    if ((smmu.get(copy) & kPresent) != 0) smmu.set(copy, smmu.get(copy) | kDoomed);
  }
  await(smmu, [&](const Source& source, const Flight&) { return covers_stream(source.stream); });
}

/// Spec: 4.4.1. By translation table and page: a table has a tag of its own, ASID or VMID.
// Abstraction: drops tables that share a tag, or change it.
void invalidate_translations(Change& smmu, const Command& command) {
  const Streams& all = smmu.layout.streams;
  const auto covers_page = [&](std::size_t table, std::size_t page) {
    return covers(command.table, table) && covers(command.page, page);
  };
  for (const auto& [table, page] : all.entries) {
    const base::Slot entry = all.tables[table].pages[page].entry;
    if (covers_page(table, page) && smmu.get(entry) != 0) smmu.set(entry, smmu.get(entry) | kDoomedEntry);
  }
  await(smmu, [&](const Source&, const Flight& flight) {
    return flight.table != 0 &&
           covers_page(static_cast<std::size_t>(flight.table) - 1, static_cast<std::size_t>(flight.page));
  });
}

}  // namespace

void invalidate(Change& smmu, const Command& command) {
  if (!smmu.layout.streams.any()) return;
  switch (command.opcode) {
    case Opcode::kCfgiSte:
    case Opcode::kCfgiAll:
    case Opcode::kCfgiCd:
    case Opcode::kCfgiCdAll:
      return invalidate_structures(smmu, command);
    case Opcode::kTlbiNhAll:
    case Opcode::kTlbiNhAsid:
    case Opcode::kTlbiNhVa:
    case Opcode::kTlbiNhVaa:
    case Opcode::kTlbiS12Vmall:
    case Opcode::kTlbiS2Ipa:
    case Opcode::kTlbiNsnhAll:
      return invalidate_translations(smmu, command);
    default:
      return;
  }
}

/// Spec: 4.7.1: a RESUME that names no stalled transaction does nothing. 4.7.2: a STALL_TERM while the stream
/// can still stall is unpredictable.
// Abstraction: a stream's stalled transaction is known by its stream; there is no STAG.
void end_stall(Change& smmu, const Command& command) {
  const std::vector<Source>& sources = smmu.layout.streams.sources;
  for (std::size_t source = 0; source < sources.size(); ++source) {
    Flight flight = flight_of(smmu.view(), source);
    if (flight.stage != Flight::Stage::kStalled || !covers(command.stream, sources[source].stream)) continue;
    if (command.opcode == Opcode::kResume && command.retries) {
      fire_retry(smmu, source);
      continue;
    }
    flight.stage = Flight::Stage::kTerminated;
    set_flight(smmu, source, flight);
  }
  if (command.opcode != Opcode::kStallTerm) return;
  for (std::size_t stream = 0; stream < smmu.layout.streams.streams.size(); ++stream) {
    if (covers(command.stream, stream) && !entry_aborts(smmu.view(), stream))
      smmu.events.unpredictable = true;
  }
}

bool sync_may_complete(const View& smmu) {
  for (const Source& source : smmu.layout.streams.sources) {
    if (unpack_flight(smmu.get(source.at)).awaited) return false;
  }
  return true;
}

void drop_what_is_doomed(Change& smmu) {
  const Streams& all = smmu.layout.streams;
  for (const UnitName& name : all.units) {
    const base::Slot copy = all.unit_of(name).copy;
    if ((smmu.get(copy) & kDoomed) != 0) smmu.set(copy, 0);
  }
  for (const auto& [table, page] : all.entries) {
    const base::Slot entry = all.tables[table].pages[page].entry;
    if ((smmu.get(entry) & kDoomedEntry) != 0) smmu.set(entry, 0);
  }
}

}  // namespace quiesce::hwmodel::v3
