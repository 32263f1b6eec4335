#include "hwmodel/v3/streams.hpp"

#include <algorithm>

#include "hwmodel/v3/configuration.hpp"
#include "hwmodel/v3/control.hpp"
#include "hwmodel/v3/copies.hpp"
#include "hwmodel/v3/event_queue.hpp"

namespace quiesce::hwmodel::v3 {
namespace {

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

/// Spec: 7.3.
Record record_of(const View& smmu, std::size_t source, const Outcome& outcome, std::int32_t page) {
  const Source& from = smmu.layout.streams.sources[source];
  return {outcome.event,
          from.stream,
          from.ssid,
          page,
          outcome.answer == Answer::kStall,
          outcome.s2,
          outcome.fault_class,
          static_cast<std::int32_t>(source)};
}

/// Whether some stream of the first-level descriptor still translates and the table has the descriptor.
bool descriptor_is_reachable(const View& smmu, std::size_t descriptor) {
  const std::vector<Stream>& streams = smmu.layout.streams.streams;
  return std::any_of(streams.begin(), streams.end(), [&](const Stream& stream) {
    return stream.l1std == static_cast<std::int16_t>(descriptor) && smmu.get(stream.smmuen) != 0 &&
           within_table(smmu, stream);
  });
}

/// The unit that led to this one was invalidated already. Spec: 3.21.3, 4.3.1: what is reached through it
/// goes with it, also what a walk in progress still reads.
bool is_reached_by_what_is_doomed(const View& smmu, const UnitName& name) {
  if (name.cd == kOfL1std) return false;
  const Streams& all = smmu.layout.streams;
  const Stream& stream = all.streams[name.stream];
  const auto doomed = [&](const Unit& unit) { return unit.copied && (smmu.get(unit.copy) & kDoomed) != 0; };
  if (name.cd >= 0) return std::any_of(stream.ste.begin(), stream.ste.end(), doomed);
  return stream.l1std >= 0 && doomed(all.l1stds[static_cast<std::size_t>(stream.l1std)].unit);
}

}  // namespace

/// Spec: 4.7.2. The entry, and configuration cache maintenance and its synchronisation.
bool entry_aborts(const View& smmu, std::size_t stream) {
  const Unit& first = smmu.layout.streams.streams[stream].ste[0];
  const auto aborts = [&](std::int32_t all) {
    return word_of(first, all, 0) != 0 && word_of(first, all, 1) < kSteBypass;
  };
  if (!aborts(read(smmu, first))) return false;
  const std::int32_t copy = first.copied ? smmu.get(first.copy) : 0;
  return (copy & kPresent) == 0 || aborts(copy >> kCopyShift);
}

void terminate(Change& smmu, std::size_t source, Flight flight) {
  flight.stage = Flight::Stage::kTerminated;
  flight.awaited = false;
  set_flight(smmu, source, flight);
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
    const Flight flight = flight_of(smmu.view(), source);
    if (all.sources[source].stream == stream && flight.stage == Flight::Stage::kStalled)
      terminate(smmu, source, flight);
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
  if (smmu.get(all.unit_of(name).copy) != 0) return false;
  if (name.cd == kOfL1std) return descriptor_is_reachable(smmu, name.stream);
  const Stream& stream = all.streams[name.stream];
  if (smmu.get(stream.smmuen) == 0) return false;
  if (name.cd == kOfSte) return within_table(smmu, stream) && reaches_entry(smmu, stream).value_or(false);
  const auto ste = known_ste(smmu, stream);
  return ste && ste->v && ste->translates_stage1() && name.cd < (1 << ste->s1cdmax);
}

void fire_fetch_unit(Change& smmu, std::size_t number) {
  const Streams& all = smmu.layout.streams;
  const Unit& unit = all.unit_of(all.units[number]);
  const std::int32_t doomed = is_reached_by_what_is_doomed(smmu.view(), all.units[number]) ? kDoomed : 0;
  smmu.set(unit.copy, read(smmu.view(), unit) << kCopyShift | doomed | kPresent);
}

/// Spec: 3.21.3, 4.3: copies go at any time, what was invalidated before the CMD_SYNC at the latest.
bool enabled_drop_unit(const View& smmu, std::size_t number) {
  const Streams& all = smmu.layout.streams;
  const std::int32_t copy = smmu.get(all.unit_of(all.units[number]).copy);
  return (copy & (smmu.config.evictions ? kPresent : kDoomed)) != 0;
}

void fire_drop_unit(Change& smmu, std::size_t number) {
  const Streams& all = smmu.layout.streams;
  smmu.set(all.unit_of(all.units[number]).copy, 0);
}

bool enabled_drop_entry(const View& smmu, std::size_t number) {
  const auto& [table, page] = smmu.layout.streams.entries[number];
  const TlbEntry entry = entry_of(smmu, smmu.layout.streams.tables[table].pages[page]);
  return smmu.config.evictions ? entry.frame != 0 : entry.doomed;
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
    const Translation translation = *look_up(smmu.view(), configuration, flight.page);
    flight.frame = translation.frame;
    configuration.found.walk = flight.frame != 0 ? Walk::kTranslated : Walk::kTranslationFault;
    configuration.found.faults_at_stage2 = translation.at_stage2;
  }
  const Situation situation = situation_of(smmu.view(), stream);
  const Outcome outcome = decide(configuration.transaction, situation, configuration.found, all.support);
  flight.table = configuration.walks ? configuration.tag : 0;
  flight.vmid = configuration.walks ? configuration.vmid : 0;
  flight.awaited =
      situation.smmuen && uses_what_is_doomed(smmu.view(), stream, ssid, configuration, flight.page);
  if (outcome.answer == Answer::kStall) {
    flight.stage = Flight::Stage::kStalled;
    flight.frame = outcome.s2 ? 1 : 0;
    return set_flight(smmu, number, flight);
  }
  if (outcome.event != Event::kNone) record_event(smmu, record_of(smmu.view(), number, outcome, flight.page));
  if (outcome.answer == Answer::kAbort || outcome.answer == Answer::kRazWi)
    return finish(smmu, number, flight);
  flight.stage = Flight::Stage::kDecided;
  flight.bypass = outcome.answer == Answer::kBypass;
  flight.by_gbpa = flight.bypass && !situation.smmuen;
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
  smmu.events.page = flight.page;
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
  flight.awaited = false;
  set_flight(smmu, number, flight);
  // Only translation faults stall here.
  const Outcome stalled{Answer::kStall, Event::kFTranslation, flight.frame != 0, FaultClass::kIn};
  record_event(smmu, record_of(smmu.view(), number, stalled, flight.page));
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
