#include "hwmodel/v2/tlb.hpp"

#include <algorithm>

#include "hwmodel/v2/flights.hpp"
#include "hwmodel/v2/power.hpp"

namespace quiesce::hwmodel::v2 {
namespace {

base::Slot active_slot(const View& smmu, Scope scope) {
  return scope.number == 0 ? smmu.layout.sync : smmu.layout.banks[scope.number - 1U].sync;
}

bool is_stage2(const View& smmu, std::size_t bank) {
  return cbar::type_of(smmu.get(smmu.layout.banks[bank].cbar)) == cbar::kStage2;
}

/// Visits TLB entries that exist, by bank and page.
template <class Visit>
void for_each_entry(const View& smmu, Visit visit) {
  const Traffic& all = smmu.layout.traffic;
  for (std::size_t i = 0; i < all.entries.size(); ++i) {
    if (smmu.get(all.entries[i]) != 0) visit(all.entries[i], i / all.pages, i % all.pages);
  }
}

/// Visits transactions that TLB entries of a bank have decided.
template <class Visit>
void for_each_flight(Change& smmu, Visit visit) {
  for (std::size_t source = 0; source < smmu.layout.traffic.sources.size(); ++source) {
    Flight flight = flight_of(smmu.view(), source);
    if (flight.stage != Flight::Stage::kDecided || flight.bank == 0) continue;
    visit(flight, static_cast<std::size_t>(flight.bank) - 1);
    set_flight(smmu, source, flight);
  }
}

/// Entries for which `covers(bank, page)` may be used until a TLB sync completes; `how` is where the
/// invalidation was accepted.
template <class Covers>
void doom(Change& smmu, Invalidated how, Covers covers) {
  for_each_entry(smmu.view(), [&](base::Slot slot, std::size_t bank, std::size_t page) {
    Entry entry = unpack_entry(smmu.get(slot));
    if (!covers(bank, page)) return;
    entry.invalidated = std::max(entry.invalidated, how);
    smmu.set(slot, pack(entry));
  });
  for_each_flight(smmu, [&](Flight& flight, std::size_t bank) {
    if (covers(bank, static_cast<std::size_t>(flight.page)))
      flight.invalidated = std::max(flight.invalidated, how);
  });
}

/// Of an entry or a transaction of the bank.
Invalidated after_sync(Invalidated invalidated, Scope scope, std::size_t bank) {
  const Invalidated least = scope.number == 0 ? Invalidated::kGlobally : Invalidated::kInBank;
  return scope.covers(bank) && invalidated >= least ? Invalidated::kSynced : invalidated;
}

bool no_sync_completes(const View& smmu) {
  return smmu.config.tlb_sync == TlbSync::kNever || smmu.get(smmu.layout.tbu_dead) != 0;
}

bool waits_for_access(const View& smmu, Scope scope) {
  for (std::size_t source = 0; source < smmu.layout.traffic.sources.size(); ++source) {
    const Flight flight = flight_of(smmu, source);
    if (flight.invalidated == Invalidated::kSynced && scope.covers(static_cast<std::size_t>(flight.bank) - 1))
      return true;
  }
  return false;
}

}  // namespace

// Abstraction: entries of a bank are of the stage that it has now; intermediate walk results are not kept, so
// that TLBIVAL is TLBIVA. No bank is the hypervisor's, and TLBIALLH finds nothing. What is written to a bank
// is about that bank alone, and about nothing if it names another ASID.
void invalidate(Change& smmu, Reg reg, std::size_t own, std::int32_t value) {
  const View view = smmu.view();
  const auto page_is = [](std::size_t page, std::int32_t number) {
    return page == static_cast<std::size_t>(number);
  };
  const auto has_asid = [&](std::size_t bank, std::int32_t asid) {
    return bank == own && !is_stage2(view, bank) && asid_of(bank) == (asid & 0xffff);
  };
  switch (reg) {
    case Reg::kTlbiallnsnh:
      return doom(smmu, Invalidated::kGlobally, [](std::size_t, std::size_t) { return true; });
    case Reg::kTlbivmid:
      // Linux v6.18 arm_smmu_write_context_bank(): the VMID of stage 1 banks is 0.
      return doom(smmu, Invalidated::kGlobally, [&](std::size_t bank, std::size_t) {
        return (is_stage2(view, bank) ? vmid_of(bank) : 0) == (value & 0xffff);
      });
    case Reg::kTlbiasid:
      return doom(smmu, Invalidated::kInBank,
                  [&](std::size_t bank, std::size_t) { return has_asid(bank, value); });
    case Reg::kTlbiva:
    case Reg::kTlbival:
      return doom(smmu, Invalidated::kInBank, [&](std::size_t bank, std::size_t page) {
        return has_asid(bank, value >> 16) && page_is(page, value & 0xffff);
      });
    case Reg::kTlbiipas2:
    case Reg::kTlbiipas2l:
      return doom(smmu, Invalidated::kInBank, [&](std::size_t bank, std::size_t page) {
        return bank == own && is_stage2(view, bank) && page_is(page, value);
      });
    default:
      return;
  }
}

/// Spec: 2.5, 5.4.2: completion of what was initiated before the most recent write.
// Assumption: kDeadTbu.
void write_sync(Change& smmu, Scope scope) {
  if (smmu.config.tlb_sync == TlbSync::kNever) smmu.assume(Assumption::kDeadTbu);
  smmu.set(active_slot(smmu.view(), scope), kActive);
  for_each_entry(smmu.view(), [&](base::Slot slot, std::size_t bank, std::size_t) {
    Entry entry = unpack_entry(smmu.get(slot));
    entry.invalidated = after_sync(entry.invalidated, scope, bank);
    smmu.set(slot, pack(entry));
  });
  for_each_flight(smmu, [&](Flight& flight, std::size_t bank) {
    flight.invalidated = after_sync(flight.invalidated, scope, bank);
  });
}

std::uint32_t assumed_by_syncs(const View& smmu) {
  for (std::size_t number = 0; number <= smmu.layout.banks.size(); ++number) {
    const Scope scope{static_cast<std::uint8_t>(number)};
    if (smmu.get(active_slot(smmu, scope)) != 0 && no_sync_completes(smmu))
      return bit_of(Assumption::kDeadTbu);
  }
  return 0;
}

bool syncs_complete(const View& smmu) { return !no_sync_completes(smmu) && is_running(smmu); }

/// Spec: 5.4.2: every transaction that has used the translations is globally observed.
// Abstraction: of two syncs under way that are about a bank, either waits for what the other one waits for.
bool enabled_sync_completes(const View& smmu, Scope scope) {
  return smmu.get(active_slot(smmu, scope)) != 0 && syncs_complete(smmu) && !waits_for_access(smmu, scope);
}

void fire_sync_completes(Change& smmu, Scope scope) {
  smmu.set(active_slot(smmu.view(), scope), 0);
  for_each_entry(smmu.view(), [&](base::Slot slot, std::size_t bank, std::size_t) {
    const bool synced = unpack_entry(smmu.get(slot)).invalidated == Invalidated::kSynced;
    if (synced && scope.covers(bank)) smmu.set(slot, 0);
  });
}

bool enabled_tbu_dies(const View& smmu) {
  return smmu.config.tlb_sync == TlbSync::kMayHang && smmu.get(smmu.layout.tbu_dead) == 0;
}

// Assumption: kDeadTbu.
void fire_tbu_dies(Change& smmu) {
  smmu.assume(Assumption::kDeadTbu);
  smmu.set(smmu.layout.tbu_dead, 1);
}

}  // namespace quiesce::hwmodel::v2
