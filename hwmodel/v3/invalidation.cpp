// What commands do to copies of structures and translations, and to transactions.
// Spec: IHI 0070G.b, 4.3, 4.4, 4.7.
#include "hwmodel/v3/copies.hpp"

namespace quiesce::hwmodel::v3 {
namespace {

/// The next CMD_SYNC waits for decided transactions for which `used` is true.
// Spec: 4.7.3. And no event of theirs is recorded after it: of stalls that are not recorded yet it takes
// care.
template <class Used>
void await(Change& smmu, Used used) {
  const std::vector<Source>& sources = smmu.layout.streams.sources;
  for (std::size_t source = 0; source < sources.size(); ++source) {
    Flight flight = flight_of(smmu.view(), source);
    const bool decided = flight.stage == Flight::Stage::kDecided && !flight.by_gbpa;
    const bool unrecorded = flight.stage == Flight::Stage::kStalled && !flight.recorded;
    if ((!decided && !unrecorded) || !used(sources[source], flight)) continue;
    flight.awaited = true;
    set_flight(smmu, source, flight);
  }
}

bool covers(std::uint16_t named, std::size_t number) { return named == kEverything || named == number; }

/// A context descriptor had a part in the translation.
bool used_descriptor(const Flight& flight) {
  const bool stage2_alone = flight.vmid != 0 && flight.vmid == flight.table;
  return !flight.bypass && !stage2_alone;
}

/// Number of the descriptor that the source's transactions use.
std::size_t descriptor_of(const Source& source) {
  return static_cast<std::size_t>(source.ssid < 0 ? 0 : source.ssid);
}

/// Spec: 4.3.2, 4.3.6. Aligned blocks of 2^(Range + 1) StreamIDs; the largest is all of them, whatever it
/// names.
bool covers_stream(const Streams& all, const Command& command, std::size_t stream) {
  if (command.opcode != Opcode::kCfgiAll) return covers(command.stream, stream);
  if (command.range >= kRangeOfAll || command.stream == kEverything) return true;
  const unsigned shift = command.range + 1U;
  return all.streams[stream].sid >> shift == all.streams[command.stream].sid >> shift;
}

/// Spec: 4.3.1, 4.3.2. A first-level descriptor goes with an entry that it leads to, if the command is not
/// for leaves alone.
bool covers_descriptor(const Streams& all, const Command& command, std::size_t descriptor) {
  if (command.opcode != Opcode::kCfgiAll && (command.opcode != Opcode::kCfgiSte || command.leaf))
    return false;
  for (std::size_t stream = 0; stream < all.streams.size(); ++stream) {
    const bool leads = all.streams[stream].l1std == static_cast<std::int16_t>(descriptor);
    if (leads && covers_stream(all, command, stream)) return true;
  }
  return false;
}

bool covers_unit(const Streams& all, const Command& command, const UnitName& name) {
  if (name.cd == kOfL1std) return covers_descriptor(all, command, name.stream);
  const bool one_cd = command.opcode == Opcode::kCfgiCd;
  const bool cds_alone = one_cd || command.opcode == Opcode::kCfgiCdAll;
  if (!covers_stream(all, command, name.stream) || (name.cd == kOfSte && cds_alone)) return false;
  return name.cd == kOfSte || !one_cd || covers(command.ssid, static_cast<std::size_t>(name.cd));
}

/// Spec: 4.3.1 to 4.3.4. A stream's entry goes with the descriptors that were reached through it; TLB entries
/// stay.
void invalidate_structures(Change& smmu, const Command& command) {
  const Streams& all = smmu.layout.streams;
  for (const UnitName& name : all.units) {
    if (!covers_unit(all, command, name)) continue;
    const base::Slot copy = all.unit_of(name).copy;
    if ((smmu.get(copy) & kPresent) != 0) smmu.set(copy, smmu.get(copy) | kDoomed);
  }
  const bool cds_alone = command.opcode == Opcode::kCfgiCd || command.opcode == Opcode::kCfgiCdAll;
  // Spec: 4.7.3. Only transactions that used what the invalidation names.
  await(smmu, [&](const Source& source, const Flight& flight) {
    if (!covers_stream(all, command, source.stream)) return false;
    return !cds_alone || (used_descriptor(flight) && covers(command.ssid, descriptor_of(source)));
  });
}

/// What a TLB entry, or a transaction, was translated by: tables, counted from 1.
struct Translated {
  std::int32_t table;  ///< whose ASID it carries, or that of stage 2 alone
  std::int32_t page;
  std::int32_t vmid;
};

/// Spec: 4.4.2 to 4.4.4. Commands for stage 1 take what stage 1 had a part in, those for stage 2 by address
/// only what stage 2 has by itself: a combined entry may stay.
// Abstraction: a stage 1 command's VMID is always that of what it names.
bool covers_translation(const Command& command, const Translated& what) {
  const bool stage2_alone = what.vmid == what.table;
  const bool by_table = covers(command.table, static_cast<std::size_t>(what.table) - 1);
  const bool by_page = covers(command.page, static_cast<std::size_t>(what.page));
  switch (command.opcode) {
    case Opcode::kTlbiNsnhAll:
      return true;
    case Opcode::kTlbiS12Vmall:
      return what.vmid != 0 && covers(command.table, static_cast<std::size_t>(what.vmid) - 1);
    case Opcode::kTlbiS2Ipa:
      return stage2_alone && by_table && by_page;
    case Opcode::kTlbiNhVaa:  // Spec: 4.4.2.3. Of every ASID.
      return !stage2_alone && by_page;
    default:
      return !stage2_alone && by_table && by_page;
  }
}

/// A transaction that stage 2 had a part in is waited for, whichever of its pages that was.
// Abstraction: after a TLBI_S2_IPA of another page CMD_SYNC waits for it too, which leaves out that it lands
// later.
bool covers_flight(const Command& command, const Flight& flight) {
  if (flight.table == 0) return false;
  const bool nested = flight.vmid != 0 && flight.vmid != flight.table;
  if (nested && command.opcode == Opcode::kTlbiS2Ipa)
    return covers(command.table, static_cast<std::size_t>(flight.vmid) - 1);
  return covers_translation(command, {flight.table, flight.page, flight.vmid});
}

/// Spec: 4.4.1. By translation table and page: a table has a tag of its own, ASID or VMID.
// Abstraction: drops tables that share a tag, or change it.
void invalidate_translations(Change& smmu, const Command& command) {
  const Streams& all = smmu.layout.streams;
  for (const auto& [table, number] : all.entries) {
    const Page& page = all.tables[table].pages[number];
    TlbEntry entry = entry_of(smmu.view(), page);
    if (entry.frame == 0 || !covers_translation(command, {table + 1, number, entry.vmid})) continue;
    entry.doomed = true;
    smmu.set(page.entry, pack_entry(entry));
  }
  await(smmu, [&](const Source&, const Flight& flight) { return covers_flight(command, flight); });
}

/// A StreamID that is none of this SMMU's.
bool names_nobody(const Streams& all, const Command& command) {
  if (command.stream == kEverything) return false;
  return command.stream == kNobody || command.smmu != all.smmu;
}

}  // namespace

void invalidate(Change& smmu, const Command& command) {
  if (!smmu.layout.streams.any() || names_nobody(smmu.layout.streams, command)) return;
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
/// can still stall is unpredictable, also by a copy whose invalidation was not synchronised.
// Abstraction: a stalled transaction is known by its StreamID and SubstreamID, which its STAG stands for. A
// command for one of several pages that stall at a time is one for all of them, which leaves out that some
// stay stalled.
void end_stall(Change& smmu, const Command& command) {
  if (names_nobody(smmu.layout.streams, command)) return;
  const std::vector<Source>& sources = smmu.layout.streams.sources;
  for (std::size_t source = 0; source < sources.size(); ++source) {
    Flight flight = flight_of(smmu.view(), source);
    if (flight.stage != Flight::Stage::kStalled || !covers(command.stream, sources[source].stream) ||
        !covers(command.ssid, descriptor_of(sources[source]))) {
      continue;
    }
    if (command.opcode == Opcode::kResume && command.retries) {
      fire_retry(smmu, source);
      continue;
    }
    terminate(smmu, source, flight);
  }
  if (command.opcode != Opcode::kStallTerm) return;
  for (std::size_t stream = 0; stream < smmu.layout.streams.streams.size(); ++stream) {
    if (covers(command.stream, stream) && !entry_aborts(smmu.view(), stream))
      smmu.events.unpredictable = true;
  }
}

bool sync_may_complete(const View& smmu) {
  for (const Source& source : smmu.layout.streams.sources) {
    const Flight flight = unpack_flight(smmu.get(source.at));
    if (flight.awaited && flight.stage == Flight::Stage::kDecided) return false;
  }
  return true;
}

/// Spec: 4.7.3, 4.7.2.1. After the CMD_SYNC no event of what was invalidated is recorded. 3.12.2: a stalled
/// transaction may be tried again without being asked for, and meets what is valid now.
void complete_invalidations(Change& smmu) {
  for (std::size_t source = 0; source < smmu.layout.streams.sources.size(); ++source) {
    const Flight flight = flight_of(smmu.view(), source);
    if (flight.awaited && flight.stage == Flight::Stage::kStalled) fire_retry(smmu, source);
  }
  const Streams& all = smmu.layout.streams;
  for (const UnitName& name : all.units) {
    const base::Slot copy = all.unit_of(name).copy;
    if ((smmu.get(copy) & kDoomed) != 0) smmu.set(copy, 0);
  }
  for (const auto& [table, page] : all.entries) {
    const base::Slot entry = all.tables[table].pages[page].entry;
    if (unpack_entry(smmu.get(entry)).doomed) smmu.set(entry, 0);
  }
}

}  // namespace quiesce::hwmodel::v3
