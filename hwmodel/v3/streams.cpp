#include "hwmodel/v3/streams.hpp"

#include <algorithm>

#include "hwmodel/v3/control.hpp"
#include "hwmodel/v3/copies.hpp"
#include "hwmodel/v3/event_queue.hpp"
#include "hwmodel/v3/gerror.hpp"
#include "hwmodel/v3/layout.hpp"

namespace quiesce::hwmodel::v3 {
namespace {

std::int32_t read(const View& smmu, const Word& word) {
  return word.varies ? smmu.get(word.slot) : word.constant;
}

/// The unit's words as they stand in memory, from the first one's low bit up.
std::int32_t read(const View& smmu, const Unit& unit) {
  std::int32_t all = 0;
  unsigned shift = 0;
  for (std::size_t i = 0; i < unit.count; ++i) {
    all |= read(smmu, unit.words[i]) << shift;
    shift += unit.bits[i];
  }
  return all;
}

std::int32_t word_of(const Unit& unit, std::int32_t all, std::size_t index) {
  unsigned shift = 0;
  for (std::size_t i = 0; i < index; ++i) shift += unit.bits[i];
  return (all >> shift) & ((1 << unit.bits[index]) - 1);
}

/// What the SMMU knows of the unit: its copy, or nothing before it has one.
std::optional<std::int32_t> known(const View& smmu, const Unit& unit) {
  if (!unit.varies) return read(smmu, unit);
  const std::int32_t copy = smmu.get(unit.copy);
  if ((copy & kPresent) == 0) return std::nullopt;
  return copy >> kCopyShift;
}

/// The entry as far as it decides anything; nothing while the SMMU has to fetch more of it.
std::optional<Ste> known_ste(const View& smmu, const Stream& stream) {
  const auto first = known(smmu, stream.ste[0]);
  if (!first) return std::nullopt;
  Ste ste;
  ste.v = word_of(stream.ste[0], *first, 0) != 0;
  ste.config = word_of(stream.ste[0], *first, 1);
  ste.s1cdmax = word_of(stream.ste[0], *first, 2);
  if (!ste.v || ste.aborts()) return ste;
  const auto second = known(smmu, stream.ste[1]);
  const auto third = known(smmu, stream.ste[2]);
  if (!second || !third) return std::nullopt;
  ste.s1dss = word_of(stream.ste[1], *second, 0);
  ste.eats = word_of(stream.ste[1], *second, 1);
  ste.s2ttb = word_of(stream.ste[2], *third, 0);
  ste.s2r = word_of(stream.ste[2], *third, 1) != 0;
  ste.s2s = word_of(stream.ste[2], *third, 2) != 0;
  return ste;
}

std::optional<Cd> known_cd(const View& smmu, const CdLayout& layout) {
  const auto first = known(smmu, layout.units[0]);
  if (!first) return std::nullopt;
  Cd cd;
  cd.v = word_of(layout.units[0], *first, 0) != 0;
  cd.epd0 = word_of(layout.units[0], *first, 1) != 0;
  cd.a = word_of(layout.units[0], *first, 2) != 0;
  cd.r = word_of(layout.units[0], *first, 3) != 0;
  cd.s = word_of(layout.units[0], *first, 4) != 0;
  cd.asid = word_of(layout.units[0], *first, 5);
  if (!cd.v) return cd;
  const auto second = known(smmu, layout.units[1]);
  if (!second) return std::nullopt;
  cd.ttb0 = word_of(layout.units[1], *second, 0);
  return cd;
}

/// What the SMMU knows about a transaction of the stream, and the table that it would walk; nothing while it
/// has to fetch more.
struct Configuration {
  Found found;
  std::int32_t table = 0;
  std::int32_t tag = 0;  ///< the table whose ASID or VMID TLB entries carry
  bool walks = false;
  bool may_walk = true;  ///< EPD0 does not forbid it
};

Situation situation_of(const View& smmu, const Stream& stream) {
  Situation situation;
  situation.service_failure_mode = has_failed(smmu);
  situation.smmuen = smmu.get(stream.smmuen) != 0;
  situation.gbpa_abort = smmu.get(smmu.layout.gbpa_in_force) != 0;
  situation.atschk = in_force(smmu, smmu.layout.cr0, kAtschk);
  return situation;
}

Transaction transaction_of(std::int32_t ssid) {
  Transaction transaction;
  transaction.has_ssid = ssid >= 0;
  transaction.ssid = std::max(ssid, 0);
  return transaction;
}

std::optional<Configuration> configuration_of(const View& smmu, const Stream& stream, std::int32_t ssid) {
  const Streams& all = smmu.layout.streams;
  const Transaction transaction = transaction_of(ssid);
  const Situation situation = situation_of(smmu, stream);
  Configuration result;
  if (needs_of(transaction, situation, result.found, all.support) == Needs::kNothing) return result;
  const auto ste = known_ste(smmu, stream);
  if (!ste) return std::nullopt;
  result.found.ste = *ste;
  const Substream substream = substream_of(transaction, result.found);
  const bool stage1 = ste->v && ste->translates_stage1() && !substream.is_refused && !substream.skips_stage1;
  if (stage1 && !is_illegal(*ste, all.support)) {
    const auto number = static_cast<std::size_t>(substream.ssid);
    if (number < stream.cds.size()) {
      const auto cd = known_cd(smmu, stream.cds[number]);
      if (!cd) return std::nullopt;
      result.found.cd = *cd;
    }
    result.table = result.found.cd.ttb0;
    result.tag = result.found.cd.asid;
    result.may_walk = !result.found.cd.epd0;
  } else if (ste->v && ste->config == kSteS2) {
    result.table = result.tag = ste->s2ttb;
  }
  result.walks = needs_of(transaction, situation, result.found, all.support) == Needs::kWalk;
  return result;
}

const Page* page_of(const View& smmu, std::int32_t table, std::int32_t page) {
  const std::vector<Table>& tables = smmu.layout.streams.tables;
  if (table <= 0 || static_cast<std::size_t>(table) > tables.size()) return nullptr;
  const std::vector<Page>& pages = tables[static_cast<std::size_t>(table) - 1].pages;
  return static_cast<std::size_t>(page) < pages.size() ? &pages[static_cast<std::size_t>(page)] : nullptr;
}

/// Where the address leads: by the TLB, or else by the table; nothing while a walk that would succeed is to
/// fill the TLB first. 0: nowhere.
// Spec: 5.4.1.1. EPD0 stops walks, and no hits.
std::optional<std::int32_t> look_up(const View& smmu, const Configuration& configuration, std::int32_t page) {
  const Page* tagged = page_of(smmu, configuration.tag, page);
  const bool cached = tagged != nullptr && tagged->cached;
  if (const std::int32_t entry = cached ? smmu.get(tagged->entry) : 0; entry != 0)
    return entry >> kEntryShift;
  const Page* walked = page_of(smmu, configuration.table, page);
  const std::int32_t frame = walked != nullptr && configuration.may_walk ? read(smmu, walked->frame) : 0;
  if (frame != 0 && cached) return std::nullopt;
  return frame;
}

bool is_doomed(const View& smmu, const Unit& unit) {
  return unit.varies && (smmu.get(unit.copy) & kDoomed) != 0;
}

/// Whether something that decides was invalidated already, and is used all the same. Spec: 4.7.3: then the
/// CMD_SYNC that completes the invalidation comes after the transaction.
bool uses_what_is_doomed(const View& smmu, const Stream& stream, std::int32_t ssid,
                         const Configuration& configuration, std::int32_t page) {
  const auto doomed = [&](const Unit& unit) { return is_doomed(smmu, unit); };
  if (std::any_of(stream.ste.begin(), stream.ste.end(), doomed)) return true;
  const auto cd = static_cast<std::size_t>(std::max(ssid, 0));
  if (cd < stream.cds.size() &&
      std::any_of(stream.cds[cd].units.begin(), stream.cds[cd].units.end(), doomed)) {
    return true;
  }
  const Page* entry = configuration.walks ? page_of(smmu, configuration.tag, page) : nullptr;
  return entry != nullptr && entry->cached && (smmu.get(entry->entry) & kDoomedEntry) != 0;
}

/// The transaction is over; a message that was sent meanwhile follows.
void finish(Change& smmu, std::size_t source, const Flight& flight) {
  Flight next;
  if (flight.again) {
    next.stage = Flight::Stage::kIssued;
    next.page = flight.page;
  }
  set_flight(smmu, source, next);
}

const Stream& stream_of(const View& smmu, std::size_t source) {
  const Streams& all = smmu.layout.streams;
  return all.streams[all.sources[source].stream];
}

}  // namespace

bool entry_aborts(const View& smmu, std::size_t stream) {
  const Unit& first = smmu.layout.streams.streams[stream].ste[0];
  const std::int32_t all = read(smmu, first);
  return word_of(first, all, 0) != 0 && word_of(first, all, 1) < kSteBypass;
}

bool enabled_stream_follows(const View& smmu, std::size_t stream) {
  const bool wanted = in_force(smmu, smmu.layout.cr0, kSmmuen);
  return (smmu.get(smmu.layout.streams.streams[stream].smmuen) != 0) != wanted;
}

/// Spec: 6.3.9.6. Stalled transactions are marked to be aborted, and none stalls anew.
void fire_stream_follows(Change& smmu, std::size_t stream) {
  const Streams& all = smmu.layout.streams;
  const bool on = in_force(smmu.view(), smmu.layout.cr0, kSmmuen);
  smmu.set(all.streams[stream].smmuen, on ? 1 : 0);
  if (on) return;
  for (std::size_t source = 0; source < all.sources.size(); ++source) {
    Flight flight = flight_of(smmu.view(), source);
    if (all.sources[source].stream != stream || flight.stage != Flight::Stage::kStalled) continue;
    flight.stage = Flight::Stage::kTerminated;
    set_flight(smmu, source, flight);
  }
}

bool all_streams_follow(const View& smmu) {
  for (std::size_t stream = 0; stream < smmu.layout.streams.streams.size(); ++stream) {
    if (enabled_stream_follows(smmu, stream)) return false;
  }
  return true;
}

/// Spec: 3.21.3. Any structure that can be reached, valid or not, at any time while SMMUEN is set.
bool enabled_fetch_unit(const View& smmu, std::size_t number) {
  const Streams& all = smmu.layout.streams;
  const UnitName& name = all.units[number];
  const Stream& stream = all.streams[name.stream];
  if (smmu.get(stream.smmuen) == 0 || smmu.get(all.unit_of(name).copy) != 0) return false;
  if (name.cd < 0) return true;
  const auto ste = known_ste(smmu, stream);
  return ste && ste->v && ste->translates_stage1() && name.cd < (1 << ste->s1cdmax);
}

void fire_fetch_unit(Change& smmu, std::size_t number) {
  const Streams& all = smmu.layout.streams;
  const Unit& unit = all.unit_of(all.units[number]);
  smmu.set(unit.copy, read(smmu.view(), unit) << kCopyShift | kPresent);
}

/// Spec: 3.21.3, 4.3: copies go at any time.
bool enabled_drop_unit(const View& smmu, std::size_t number) {
  const Streams& all = smmu.layout.streams;
  return smmu.config.evictions && smmu.get(all.unit_of(all.units[number]).copy) != 0;
}

void fire_drop_unit(Change& smmu, std::size_t number) {
  const Streams& all = smmu.layout.streams;
  smmu.set(all.unit_of(all.units[number]).copy, 0);
}

/// Spec: 3.21.3, 4.4. Translations that do not fault, at any time while they can be reached.
bool enabled_walk(const View& smmu, std::size_t number) {
  const Streams& all = smmu.layout.streams;
  const WalkName& name = all.walks[number];
  const Stream& stream = all.streams[name.stream];
  if (smmu.get(stream.smmuen) == 0) return false;
  const auto configuration = configuration_of(smmu, stream, name.ssid);
  if (!configuration || !configuration->walks || !configuration->may_walk) return false;
  const Page* tagged = page_of(smmu, configuration->tag, name.page);
  const Page* walked = page_of(smmu, configuration->table, name.page);
  if (tagged == nullptr || walked == nullptr || !tagged->cached) return false;
  return smmu.get(tagged->entry) == 0 && read(smmu, walked->frame) != 0;
}

void fire_walk(Change& smmu, std::size_t number) {
  const Streams& all = smmu.layout.streams;
  const WalkName& name = all.walks[number];
  const auto configuration = configuration_of(smmu.view(), all.streams[name.stream], name.ssid);
  const Page* walked = page_of(smmu.view(), configuration->table, name.page);
  const Page* tagged = page_of(smmu.view(), configuration->tag, name.page);
  smmu.set(tagged->entry, read(smmu.view(), walked->frame) << kEntryShift);
}

bool enabled_drop_entry(const View& smmu, std::size_t number) {
  const auto& [table, page] = smmu.layout.streams.entries[number];
  return smmu.config.evictions && smmu.get(smmu.layout.streams.tables[table].pages[page].entry) != 0;
}

void fire_drop_entry(Change& smmu, std::size_t number) {
  const auto& [table, page] = smmu.layout.streams.entries[number];
  smmu.set(smmu.layout.streams.tables[table].pages[page].entry, 0);
}

bool enabled_issue(const View& smmu, std::size_t number, std::int32_t page) {
  const Source& source = smmu.layout.streams.sources[number];
  return page < source.pages && read(smmu, source.on) != 0 && read(smmu, source.enabled) != 0 &&
         smmu.get(source.at) == 0;
}

void fire_issue(Change& smmu, std::size_t number, std::int32_t page) {
  Flight flight;
  flight.stage = Flight::Stage::kIssued;
  flight.page = smmu.layout.streams.sources[number].first_page + page;
  set_flight(smmu, number, flight);
}

void send_message(Change& smmu, std::size_t number) {
  Flight flight = flight_of(smmu.view(), number);
  if (flight.stage == Flight::Stage::kNone) return fire_issue(smmu, number, 0);
  flight.again = true;
  set_flight(smmu, number, flight);
}

bool enabled_decide(const View& smmu, std::size_t number) {
  const Flight flight = flight_of(smmu, number);
  if (flight.stage != Flight::Stage::kIssued) return false;
  const auto configuration =
      configuration_of(smmu, stream_of(smmu, number), smmu.layout.streams.sources[number].ssid);
  return configuration && (!configuration->walks || look_up(smmu, *configuration, flight.page).has_value());
}

void fire_decide(Change& smmu, std::size_t number) {
  const Streams& all = smmu.layout.streams;
  const Stream& stream = stream_of(smmu.view(), number);
  const std::int32_t ssid = all.sources[number].ssid;
  Flight flight = flight_of(smmu.view(), number);
  Configuration configuration = *configuration_of(smmu.view(), stream, ssid);
  if (configuration.walks) {
    flight.frame = *look_up(smmu.view(), configuration, flight.page);
    configuration.found.walk = flight.frame != 0 ? Walk::kTranslated : Walk::kTranslationFault;
  }
  const Situation situation = situation_of(smmu.view(), stream);
  const Outcome outcome = decide(transaction_of(ssid), situation, configuration.found, all.support);
  if (outcome.answer == Answer::kStall) {
    flight.stage = Flight::Stage::kStalled;
    flight.frame = 0;
    return set_flight(smmu, number, flight);
  }
  if (outcome.event != Event::kNone) record_event(smmu);
  if (outcome.answer == Answer::kAbort || outcome.answer == Answer::kRazWi)
    return finish(smmu, number, flight);
  flight.stage = Flight::Stage::kDecided;
  flight.bypass = outcome.answer == Answer::kBypass;
  flight.by_gbpa = flight.bypass && !situation.smmuen;
  flight.table = configuration.walks ? configuration.tag : 0;
  flight.awaited =
      situation.smmuen && uses_what_is_doomed(smmu.view(), stream, ssid, configuration, flight.page);
  set_flight(smmu, number, flight);
}

bool enabled_land(const View& smmu, std::size_t number) {
  return flight_of(smmu, number).stage == Flight::Stage::kDecided;
}

void fire_land(Change& smmu, std::size_t number) {
  const Flight flight = flight_of(smmu.view(), number);
  smmu.events.landed = true;
  smmu.events.source = static_cast<std::uint16_t>(number);
  smmu.events.frame = flight.bypass ? 0 : flight.frame;
  smmu.events.by_gbpa = flight.by_gbpa;
  finish(smmu, number, flight);
}

/// Spec: 7.2.1, 3.12.2. The record of a stall is never dropped: it waits for room.
bool enabled_record_stall(const View& smmu, std::size_t number) {
  const Flight flight = flight_of(smmu, number);
  return flight.stage == Flight::Stage::kStalled && !flight.recorded && eventq_writable(smmu);
}

void fire_record_stall(Change& smmu, std::size_t number) {
  Flight flight = flight_of(smmu.view(), number);
  flight.recorded = true;
  set_flight(smmu, number, flight);
  record_event(smmu);
}

/// Spec: 3.12.2. A stalled transaction may be tried again without being asked for.
bool enabled_retry(const View& smmu, std::size_t number) {
  return flight_of(smmu, number).stage == Flight::Stage::kStalled;
}

void fire_retry(Change& smmu, std::size_t number) {
  const Flight before = flight_of(smmu.view(), number);
  Flight flight;
  flight.stage = Flight::Stage::kIssued;
  flight.page = before.page;
  flight.again = before.again;
  set_flight(smmu, number, flight);
}

bool enabled_answer(const View& smmu, std::size_t number) {
  return flight_of(smmu, number).stage == Flight::Stage::kTerminated;
}

void fire_answer(Change& smmu, std::size_t number) { finish(smmu, number, flight_of(smmu.view(), number)); }

}  // namespace quiesce::hwmodel::v3
