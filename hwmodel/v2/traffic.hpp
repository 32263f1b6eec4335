// What passes a legacy SMMU: translation tables in memory that software writes, the TLB, and transactions on
// their way. Spec: IHI 0062D.c, 2.5, 3.7.3, 5.1, 5.4.2.
//
// A transaction is issued, then decided (its physical address is fixed), then it lands. A TLB entry is filled
// at any time while its bank is enabled, and dropped at any time. An invalidation dooms entries: they may
// still be used until a TLB sync written after it completes, and that waits for transactions which used them.
//
// Abstraction: one transaction of each source at a time, any number of times; where faults can stall, each
// page of a device is a source, since one that stalls must not hide the others; stage 1 or stage 2, not both;
// the physical page is known with the transaction's decision, and its data lands at once.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/slot.hpp"
#include "hwmodel/traffic.hpp"
#include "hwmodel/v2/decision.hpp"

namespace quiesce::hwmodel::v2 {

/// Of HwTransition::field.
inline constexpr unsigned kFieldBits = 10;
/// And of a page's number; where a transition names a source and a page, the page stands below.
inline constexpr unsigned kPageBits = 6;

using hwmodel::Word;

/// A translation table: for each page the physical page to which it leads, 0 if to none.
struct Table {
  std::string name;
  std::vector<Word> frames;
};

/// What a source's transactions are.
enum class Direction : std::uint8_t { kReads, kWrites, kBoth };

/// What issues transactions: a device's DMA, or the messages that are its interrupts.
struct Source {
  std::string name;
  std::uint16_t sid = 0;  ///< StreamID
  std::uint8_t first_page = 0;
  std::uint8_t pages = 1;
  Direction direction = Direction::kWrites;
  Word on;          ///< the device issues them at any time while this is not 0,
  Word enabled;     ///< and this
  base::Slot at{};  ///< the transaction: see Flight
};

struct Traffic {
  std::vector<Table> tables;  ///< number 1 first: the number that stands in TTBR0
  std::vector<Source> sources;
  std::vector<std::uint16_t> walks;  ///< numbers of TLB entries that some source can come to use
  std::vector<base::Slot> entries;   ///< of the TLB, by bank and page: see Entry
  std::size_t pages = 0;             ///< of the largest table

  [[nodiscard]] bool any() const { return !sources.empty(); }
  [[nodiscard]] std::size_t entry_number(std::size_t bank, std::size_t page) const {
    return bank * pages + page;
  }
};

/// How far what was decided by a translation, or would be, is invalidated. Spec: 5.4.2: a TLB sync in a bank
/// is about invalidations accepted in that bank, a global one is about all.
enum class Invalidated : std::uint8_t {
  kNot,
  kGlobally,  ///< by a write to the global address space
  kInBank,    ///< by one to the bank, or by both
  kSynced,    ///< and a TLB sync that is about it was written since
};

/// Of a TLB entry: 0 if there is none, else the physical page and how far it is invalidated. The tag is the
/// bank.
struct Entry {
  std::int32_t frame = 0;
  Invalidated invalidated = Invalidated::kNot;
};
[[nodiscard]] constexpr std::int32_t pack(const Entry& entry) {
  return entry.frame << 2 | static_cast<std::int32_t>(entry.invalidated);
}
[[nodiscard]] constexpr Entry unpack_entry(std::int32_t packed) {
  return {packed >> 2, static_cast<Invalidated>(packed & 3)};
}

/// A transaction on its way.
struct Flight {
  enum class Stage : std::uint8_t {
    kNone,
    kIssued,
    kDecided,
    kStalled,
    kTerminated,  ///< was stalled, and its abort is on the way to the client
  };
  Stage stage = Stage::kNone;
  Bypass by = Bypass::kNone;  ///< decided: why the address is the physical one, if it is
  bool write = false;
  Invalidated invalidated = Invalidated::kNot;  ///< decided: what it was decided by; kSynced: the sync waits
  bool raz_wi = false;                          ///< terminated: SCTLR.CFRE does not ask for an abort
  bool again = false;                           ///< of messages: another one is to follow
  std::int32_t page = 0;
  std::int32_t bank = 0;   ///< decided by a TLB entry of this bank - 1, or stalled in it; 0: none
  std::int32_t frame = 0;  ///< decided: the physical page

  friend bool operator==(const Flight&, const Flight&) = default;
};

[[nodiscard]] std::int32_t pack(const Flight& flight);
[[nodiscard]] Flight unpack_flight(std::int32_t packed);

/// Gives slots to TLB entries and transactions, once tables and sources are filled in.
void lay_out_traffic(base::LayoutBuilder& builder, Traffic& traffic, std::size_t banks);
/// Slots of the SMMU's own: TLB entries, transactions. Memory is not among them.
[[nodiscard]] std::vector<base::Slot> own_slots(const Traffic& traffic);
/// Slots of tables in memory, and of what switches devices on.
[[nodiscard]] std::vector<base::Slot> memory_slots(const Traffic& traffic);

}  // namespace quiesce::hwmodel::v2
