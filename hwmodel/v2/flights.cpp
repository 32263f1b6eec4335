#include "hwmodel/v2/flights.hpp"

#include <optional>

#include "hwmodel/v2/faults.hpp"
#include "hwmodel/v2/power.hpp"

namespace quiesce::hwmodel::v2 {
namespace {

/// Which stream mapping group matches, and whether several do; without stream matching the StreamID is its
/// number. Spec: 2.3.2.
// Abstraction: every conflict is detected (Spec: 9.6.1, SMMU_IDR1.SMCD = 1).
struct Mapping {
  Matches matches = Matches::kNone;
  std::size_t group = 0;
};

Mapping mapping_of(const View& smmu, std::uint16_t sid) {
  const std::vector<Group>& groups = smmu.layout.groups;
  if (!smmu.config.stream_matching) return {sid < groups.size() ? Matches::kOne : Matches::kNone, sid};
  Mapping mapping;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (!group_matches(smmu.get(groups[i].smr), sid)) continue;
    if (mapping.matches == Matches::kOne) return {Matches::kSeveral, mapping.group};
    mapping = {Matches::kOne, i};
  }
  return mapping;
}

/// The physical page to which the bank's table leads now, 0: nowhere.
std::int32_t walked(const View& smmu, const Bank& bank, std::int32_t page) {
  const std::vector<Table>& tables = smmu.layout.traffic.tables;
  const auto number = static_cast<std::size_t>(smmu.get(bank.ttbr0));
  if ((smmu.get(bank.tcr) & kEpd0) != 0 || number == 0 || number > tables.size()) return 0;
  const std::vector<Word>& frames = tables[number - 1].frames;
  const auto index = static_cast<std::size_t>(page);
  return index < frames.size() ? smmu.get(frames[index]) : 0;
}

bool can_be_cached(const View& smmu, std::int32_t page) {
  return static_cast<std::size_t>(page) < smmu.layout.traffic.pages;
}

base::Slot entry_slot(const View& smmu, std::size_t bank, std::int32_t page) {
  const Traffic& all = smmu.layout.traffic;
  return all.entries[all.entry_number(bank, static_cast<std::size_t>(page))];
}

/// The TLB's entry, one without a page if the walk faults; nothing while a walk that would succeed is to fill
/// the TLB first.
/// Spec: 2.1.1, 16.5 SMMU_CBn_TCR: EPD0 stops the walk on a TLB miss.
std::optional<Entry> look_up(const View& smmu, std::size_t bank, std::int32_t page) {
  if (!can_be_cached(smmu, page)) return Entry{};
  const std::int32_t packed = smmu.get(entry_slot(smmu, bank, page));
  if (packed != 0) return unpack_entry(packed);
  if (walked(smmu, smmu.layout.banks[bank], page) != 0) return std::nullopt;
  return Entry{};
}

/// What becomes of the source's transaction now; nothing while a walk has to come first.
struct Decision {
  Outcome outcome;
  std::size_t bank = 0;
  bool walks = false;
  Entry entry;
};

std::optional<Decision> decision_of(const View& smmu, std::size_t number, const Flight& flight) {
  Circumstances now = circumstances_of(smmu, smmu.layout.traffic.sources[number].sid);
  const Route route = route_of(now.situation, now.found, smmu.config);
  if (!route.walks) return Decision{route.outcome, now.bank, false, {}};
  const std::optional<Entry> entry = look_up(smmu, now.bank, flight.page);
  if (!entry) return std::nullopt;
  now.found.walk = entry->frame != 0 ? Walk::kTranslated : Walk::kTranslationFault;
  return Decision{decide(now.situation, now.found, smmu.config), now.bank, true, *entry};
}

/// The transaction is over; a message that was sent meanwhile follows.
void finish(Change& smmu, std::size_t source, const Flight& flight) {
  Flight next;
  if (flight.again) {
    next.stage = Flight::Stage::kIssued;
    next.page = flight.page;
    next.write = flight.write;
  }
  set_flight(smmu, source, next);
}

}  // namespace

Circumstances circumstances_of(const View& smmu, std::uint16_t sid) {
  Circumstances now;
  now.situation = {smmu.get(smmu.layout.cr0), !is_running(smmu), false};
  const bool looks_at_all_banks = (now.situation.cr0 & cr0::kGse) != 0;
  for (std::size_t i = 0; looks_at_all_banks && i < smmu.layout.banks.size(); ++i)
    now.situation.stalls |= (smmu.get(smmu.layout.banks[i].fsr) & fsr::kSs) != 0;
  const Mapping mapping = mapping_of(smmu, sid);
  now.found.matches = mapping.matches;
  if (mapping.matches == Matches::kNone) return now;
  now.found.s2cr = smmu.get(smmu.layout.groups[mapping.group].s2cr);
  now.bank = s2cr::bank_of(now.found.s2cr);
  now.found.bank_exists = now.bank < smmu.layout.banks.size();
  if (!now.found.bank_exists) return now;
  const Bank& bank = smmu.layout.banks[now.bank];
  now.found.cbar = smmu.get(bank.cbar);
  now.found.sctlr = smmu.get(bank.sctlr);
  now.found.fsr = smmu.get(bank.fsr);
  return now;
}

bool enabled_issue(const View& smmu, std::size_t number, std::int32_t page, bool write) {
  const Source& source = smmu.layout.traffic.sources[number];
  const bool wrong_way = source.direction == (write ? Direction::kReads : Direction::kWrites);
  return !wrong_way && page < source.pages && smmu.get(source.on) != 0 && smmu.get(source.enabled) != 0 &&
         smmu.get(source.at) == 0;
}

void fire_issue(Change& smmu, std::size_t number, std::int32_t page, bool write) {
  Flight flight;
  flight.stage = Flight::Stage::kIssued;
  flight.page = smmu.layout.traffic.sources[number].first_page + page;
  flight.write = write;
  set_flight(smmu, number, flight);
}

void send_message(Change& smmu, std::size_t number) {
  Flight flight = flight_of(smmu.view(), number);
  if (flight.stage == Flight::Stage::kNone) return fire_issue(smmu, number, 0, true);
  flight.again = true;
  set_flight(smmu, number, flight);
}

bool enabled_decide(const View& smmu, std::size_t number) {
  const Flight flight = flight_of(smmu, number);
  if (flight.stage != Flight::Stage::kIssued) return false;
  const std::optional<Decision> decision = decision_of(smmu, number, flight);
  return decision && decision->outcome.answer != Answer::kWait;
}

std::uint32_t assumed_by_waiting(const View& smmu, std::size_t number) {
  const Flight flight = flight_of(smmu, number);
  if (flight.stage != Flight::Stage::kIssued) return 0;
  const std::optional<Decision> decision = decision_of(smmu, number, flight);
  return decision && decision->outcome.answer == Answer::kWait ? decision->outcome.assumptions : 0;
}

// Assumption: kWritesAtOnce.
// Abstraction: drops the TLB entries that MMU-500 may keep of bypassed accesses (Linux v6.18 arm-smmu-impl.c
// arm_mmu500_reset(): SMTNMB_TLBEN, S2CRB_TLBEN), which outlive a change of SMR and S2CR.
void fire_decide(Change& smmu, std::size_t number) {
  Flight flight = flight_of(smmu.view(), number);
  const Decision decision = *decision_of(smmu.view(), number, flight);
  const Outcome& outcome = decision.outcome;
  const Faulting access{smmu.layout.traffic.sources[number].sid, flight.page, flight.write};
  const bool stalls = outcome.answer == Answer::kStall;
  smmu.events.assumptions |= outcome.assumptions;
  smmu.assume(Assumption::kWritesAtOnce);
  if (outcome.global_fault != 0) record_global_fault(smmu, outcome.global_fault, access);
  if (outcome.context_fault != 0)
    record_context_fault(smmu, decision.bank, outcome.context_fault, stalls, access);
  if (outcome.answer == Answer::kAbort || outcome.answer == Answer::kRazWi)
    return finish(smmu, number, flight);
  flight.stage = stalls ? Flight::Stage::kStalled : Flight::Stage::kDecided;
  flight.by = outcome.by;
  if (decision.walks) {
    flight.bank = static_cast<std::int32_t>(decision.bank) + 1;
    flight.frame = decision.entry.frame;
    flight.invalidated = decision.entry.invalidated;
  }
  set_flight(smmu, number, flight);
}

bool will_be_decided(const View& smmu, std::size_t number) {
  const Flight flight = flight_of(smmu, number);
  if (flight.stage != Flight::Stage::kIssued) return false;
  const std::optional<Decision> decision = decision_of(smmu, number, flight);
  return !decision || decision->outcome.answer != Answer::kWait;
}

bool enabled_land(const View& smmu, std::size_t number) {
  return flight_of(smmu, number).stage == Flight::Stage::kDecided;
}

void fire_land(Change& smmu, std::size_t number) {
  const Flight flight = flight_of(smmu.view(), number);
  smmu.events.landed = true;
  smmu.events.source = static_cast<std::uint16_t>(number);
  smmu.events.frame = flight.frame;
  smmu.events.page = flight.page;
  smmu.events.by = flight.by;
  finish(smmu, number, flight);
}

bool enabled_answer(const View& smmu, std::size_t number) {
  return flight_of(smmu, number).stage == Flight::Stage::kTerminated;
}

void fire_answer(Change& smmu, std::size_t number) { finish(smmu, number, flight_of(smmu.view(), number)); }

/// Spec: 2.5.1, 5.1: for enabled contexts at any time, whether or not a transaction needs it.
bool enabled_walk(const View& smmu, std::size_t number) {
  const Traffic& all = smmu.layout.traffic;
  const std::size_t entry = all.walks[number];
  const Bank& bank = smmu.layout.banks[entry / all.pages];
  return smmu.get(all.entries[entry]) == 0 && (smmu.get(bank.sctlr) & sctlr::kM) != 0 && is_running(smmu) &&
         walked(smmu, bank, static_cast<std::int32_t>(entry % all.pages)) != 0;
}

void fire_walk(Change& smmu, std::size_t number) {
  const Traffic& all = smmu.layout.traffic;
  const std::size_t entry = all.walks[number];
  const Bank& bank = smmu.layout.banks[entry / all.pages];
  const std::int32_t frame = walked(smmu.view(), bank, static_cast<std::int32_t>(entry % all.pages));
  smmu.set(all.entries[entry], pack(Entry{frame, Invalidated::kNot}));
}

bool enabled_drop_entry(const View& smmu, std::size_t number) {
  return smmu.config.evictions && smmu.get(smmu.layout.traffic.entries[number]) != 0 && is_running(smmu);
}

void fire_drop_entry(Change& smmu, std::size_t number) { smmu.set(smmu.layout.traffic.entries[number], 0); }

/// Spec: 3.7.3, RequestBufferStateMachine() after WaitForWriteToResume(); CFRE decides what a terminated one
/// is answered.
// Abstraction: RESUME without a stalled transaction does nothing; drops that an implementation may retry it
// when CBAR is written.
void end_stall(Change& smmu, std::size_t bank, std::int32_t value) {
  for (std::size_t source = 0; source < smmu.layout.traffic.sources.size(); ++source) {
    Flight flight = flight_of(smmu.view(), source);
    const bool stalled_here =
        flight.stage == Flight::Stage::kStalled && flight.bank == static_cast<std::int32_t>(bank) + 1;
    if (!stalled_here) continue;
    const bool terminates = (value & kTerminate) != 0;
    flight.bank = 0;
    flight.stage = terminates ? Flight::Stage::kTerminated : Flight::Stage::kIssued;
    flight.raz_wi = terminates && (smmu.get(smmu.layout.banks[bank].sctlr) & sctlr::kCfre) == 0;
    set_flight(smmu, source, flight);
  }
  clear_stalled_status(smmu, bank);
}

}  // namespace quiesce::hwmodel::v2
