// The streams of an SMMUv3: structures in memory that software writes, the copies that the SMMU keeps of
// them, and transactions on their way through it. Spec: IHI
// 0070G.b, 3.11, 3.12, 3.21.3, 4.3, 4.4, 4.7.3, 5.2, 5.4, 6.3.9.6.
//
// A transaction is issued, then decided (its configuration and physical address are fixed), then it lands.
// What the SMMU copies, it copies at any time, in words of 64 bits, as long as it could come to need it; it
// drops a copy at any time too. An invalidation command dooms copies: they may still be used until they are
// dropped, at the latest when a CMD_SYNC completes, and that waits for transactions which used them.
//
// Abstraction: one transaction of each source at a time, any number of times; where faults can stall, each
// page of a device is a source, since one that stalls must not hide the others, and elsewhere two at a time
// do no more than one after the other. Reads and writes are alike; an event becomes visible with the answer
// to the client; a first-level descriptor always leads to the same second-level table; of nested streams
// stage 2 maps descriptors and the tables of stage 1, and the doorbell. A StreamID of another SMMU names no
// stream of this one, even if the numbers are equal: that leaves out invalidations that hit by chance.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/slot.hpp"
#include "hwmodel/traffic.hpp"
#include "hwmodel/v3/decision.hpp"

namespace quiesce::hwmodel::v3 {

struct View;
struct Change;
struct Command;
struct Config;

using hwmodel::Word;

/// Words that lie in one aligned 64-bit unit: they are read at once. Spec: 3.21.3.
struct Unit {
  static constexpr std::size_t kWordsMax = 6;
  std::array<Word, kWordsMax> words{};
  std::array<std::uint8_t, kWordsMax> bits{};  ///< width of each
  std::uint8_t count = 0;
  bool copied = false;        ///< one of its words varies, or whether the SMMU has read it counts
  std::int32_t constant = 0;  ///< the words, only if not `copied`
  base::Slot copy{};  ///< what the SMMU keeps of it, only if `copied`: 0, or its words << 2 | doomed << 1 | 1
};

/// Units of a stream table entry: V, Config, S1CDMax; S1DSS, EATS; S2S, S2R; S2TTB.
// Linux v6.18 drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.h STRTAB_STE_0_* to STRTAB_STE_3_*: a 64-bit word
// each.
inline constexpr std::size_t kSteUnits = 4;
/// Units of a context descriptor: V, EPD0, A, R, S, ASID; TTB0.
inline constexpr std::size_t kCdUnits = 2;

struct CdLayout {
  std::array<Unit, kCdUnits> units;
};

struct Stream {
  std::string name;
  std::uint32_t sid = 0;
  std::int16_t l1std = -1;  ///< number of its first-level descriptor, -1: the table is linear
  std::array<Unit, kSteUnits> ste;
  std::vector<CdLayout> cds;  ///< by SubstreamID
  base::Slot smmuen{};        ///< CR0.SMMUEN as this stream's transactions meet it
};

/// A page of a translation table: the physical page to which it leads, 0 if to none.
struct Page {
  Word frame;
  base::Slot entry{};   ///< of the TLB: 0, or frame << 1 | doomed
  bool cached = false;  ///< whether there is such a slot: nothing varies, nothing to be stale
};

struct Table {
  std::string name;
  std::vector<Page> pages;
};

/// What issues transactions on a stream: a device's DMA, or the messages that are its interrupts.
struct Source {
  std::string name;
  std::uint16_t stream = 0;
  std::int32_t ssid = -1;  ///< -1: without a SubstreamID
  std::uint8_t first_page = 0;
  std::uint8_t pages = 1;
  std::uint8_t first_name = 0;  ///< what its first page is called
  Word on;                      ///< the device issues them at any time while this is not 0,
  Word enabled;                 ///< and this
  base::Slot at{};              ///< the transaction: see Flight
};

/// A first-level descriptor of a two-level stream table. Its unit: Span.
struct L1stdLayout {
  std::string name;
  Unit unit;
};

/// Of a unit with a copy, instead of a SubstreamID.
inline constexpr std::int16_t kOfSte = -1;
inline constexpr std::int16_t kOfL1std = -2;

/// Numbers of a unit with a copy: of a stream, and within it of the stream table entry or of a descriptor.
struct UnitName {
  std::uint16_t stream = 0;  ///< or number of a first-level descriptor
  std::int16_t cd = kOfSte;  ///< SubstreamID, kOfSte or kOfL1std
  std::uint8_t unit = 0;
};

/// A page that a stream can come to walk for.
struct WalkName {
  std::uint16_t stream = 0;
  std::int32_t ssid = -1;
  std::uint16_t page = 0;
  bool stage2 = false;  ///< of a nested stream: a page of its stage 2 table
};

/// Where a physical page lies for a guest: the stage 2 table that is its own, and the page there. It is the
/// intermediate physical address.
struct Home {
  std::int32_t table = 0;
  std::int32_t page = 0;
};

struct Streams {
  std::vector<Stream> streams;
  std::vector<L1stdLayout> l1stds;
  std::vector<Home> homes;    ///< of page 1, 2, ...
  std::vector<Table> tables;  ///< number 1 first
  std::vector<Source> sources;
  std::vector<UnitName> units;  ///< those that have a copy
  std::vector<WalkName> walks;  ///< whose TLB entries can be filled
  std::vector<std::pair<std::uint16_t, std::uint16_t>>
      entries;  ///< table (from 0) and page of each TLB entry
  Support support;
  std::uint8_t smmu = 0;  ///< whose streams they are; see Command::smmu

  [[nodiscard]] bool any() const { return !sources.empty(); }
  [[nodiscard]] const Unit& unit_of(const UnitName& name) const {
    if (name.cd == kOfL1std) return l1stds[name.stream].unit;
    const Stream& stream = streams[name.stream];
    return name.cd < 0 ? stream.ste[name.unit]
                       : stream.cds[static_cast<std::size_t>(name.cd)].units[name.unit];
  }
};

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
  bool bypass = false;    ///< decided: the address is the physical one
  bool by_gbpa = false;   ///< and no stream table entry said so
  bool awaited = false;   ///< decided by what was invalidated since: the next CMD_SYNC waits for it, or has
                          ///< it tried again if it stalled and is not recorded
  bool recorded = false;  ///< stalled: its event is in the queue
  bool again = false;     ///< of messages: another one is to follow
  std::int32_t page = 0;
  std::int32_t table = 0;  ///< decided by an entry of this one, or a walk for it; 0: by none
  std::int32_t vmid = 0;   ///< number of the stage 2 table that took part
  std::int32_t frame = 0;  ///< stalled: 1 if the fault was stage 2's

  friend bool operator==(const Flight&, const Flight&) = default;
};

[[nodiscard]] std::int32_t pack(const Flight& flight);
[[nodiscard]] Flight unpack_flight(std::int32_t packed);

/// Gives slots to what varies, once streams, tables and sources are filled in.
void lay_out_streams(base::LayoutBuilder& builder, Streams& streams);
/// Slots of the SMMU's own: copies, TLB entries, transactions. Memory is not among them.
[[nodiscard]] std::vector<base::Slot> own_slots(const Streams& streams);
/// Slots of structures in memory.
[[nodiscard]] std::vector<base::Slot> memory_slots(const Streams& streams);

/// Whether the StreamID lies within the stream table, as far as registers say. Spec: 6.3.25.
[[nodiscard]] bool within_table(const View& smmu, const Stream& stream);

// What can happen (streams.cpp). Numbers index Streams::units, walks, entries, sources.
[[nodiscard]] bool enabled_stream_follows(const View& smmu, std::size_t stream);
[[nodiscard]] bool enabled_fetch_unit(const View& smmu, std::size_t unit);
[[nodiscard]] bool enabled_drop_unit(const View& smmu, std::size_t unit);
[[nodiscard]] bool enabled_drop_entry(const View& smmu, std::size_t entry);
[[nodiscard]] bool enabled_issue(const View& smmu, std::size_t source, std::int32_t page);
[[nodiscard]] bool enabled_decide(const View& smmu, std::size_t source);
[[nodiscard]] bool enabled_land(const View& smmu, std::size_t source);
[[nodiscard]] bool enabled_record_stall(const View& smmu, std::size_t source);
[[nodiscard]] bool enabled_retry(const View& smmu, std::size_t source);
[[nodiscard]] bool enabled_answer(const View& smmu, std::size_t source);

void fire_stream_follows(Change& smmu, std::size_t stream);
void fire_fetch_unit(Change& smmu, std::size_t unit);
void fire_drop_unit(Change& smmu, std::size_t unit);
void fire_walk(Change& smmu, std::size_t walk);
void fire_drop_entry(Change& smmu, std::size_t entry);
void fire_issue(Change& smmu, std::size_t source, std::int32_t page);
void fire_decide(Change& smmu, std::size_t source);
void fire_land(Change& smmu, std::size_t source);
void fire_record_stall(Change& smmu, std::size_t source);
void fire_retry(Change& smmu, std::size_t source);
void fire_answer(Change& smmu, std::size_t source);

/// A stalled transaction is to be aborted.
void terminate(Change& smmu, std::size_t source, Flight flight);

/// The stream table entry makes every transaction abort, in memory and as far as the SMMU has a copy.
[[nodiscard]] bool entry_aborts(const View& smmu, std::size_t stream);
/// The device sends an interrupt message; a second one follows the first.
void send_message(Change& smmu, std::size_t source);

// What commands do (invalidation.cpp)
/// Dooms what the command invalidates, and makes the next CMD_SYNC wait for what used it. Spec: 4.3, 4.4.
void invalidate(Change& smmu, const Command& command);
/// RESUME and STALL_TERM. Spec: 4.7.1, 4.7.2.
void end_stall(Change& smmu, const Command& command);
/// A CMD_SYNC may complete: what used invalidated copies has landed. Spec: 4.7.3, 3.21.1.
[[nodiscard]] bool sync_may_complete(const View& smmu);
/// And then nothing invalidated is left, and stalls that it caused and nobody was told of are tried again.
void complete_invalidations(Change& smmu);
/// Every stream meets the CR0.SMMUEN that is in force, and the acknowledgement may come. Spec: 6.3.9.6.
[[nodiscard]] bool all_streams_follow(const View& smmu);

}  // namespace quiesce::hwmodel::v3
