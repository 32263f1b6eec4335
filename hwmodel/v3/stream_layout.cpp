// Slots of streams: what varies in memory has copies, and nothing else.
#include <algorithm>

#include "hwmodel/v3/streams.hpp"

namespace quiesce::hwmodel::v3 {
namespace {

constexpr unsigned kStageBits = 3;
constexpr unsigned kFlagBits = 5;
constexpr unsigned kPageShift = kStageBits + kFlagBits;
constexpr unsigned kFlightPageBits = 4;
constexpr unsigned kTableShift = kPageShift + kFlightPageBits;
constexpr unsigned kTableBits = 6;
constexpr unsigned kVmidShift = kTableShift + kTableBits;
constexpr unsigned kFrameShift = kVmidShift + kTableBits;
constexpr unsigned kFrameBits = 8;

std::int32_t field(std::int32_t packed, unsigned shift, unsigned bits) {
  return (packed >> shift) & ((1 << bits) - 1);
}

/// Gives the unit a copy if one of its words varies, or if it is to have one.
void lay_out_unit(base::LayoutBuilder& builder, Unit& unit) {
  unsigned bits = 0;
  for (std::size_t i = 0; i < unit.count; ++i) {
    unit.copied = unit.copied || unit.words[i].varies;
    if (!unit.words[i].varies) unit.constant |= unit.words[i].constant << bits;
    bits += unit.bits[i];
  }
  if (unit.copied) unit.copy = builder.add_range(0, (std::int64_t{1} << (bits + 2)) - 1);
}

void lay_out_stream(base::LayoutBuilder& builder, Streams& all, std::uint16_t number) {
  Stream& stream = all.streams[number];
  stream.smmuen = builder.add(base::Width::kU8);
  // An entry that the SMMU has read outlives the descriptor that led to it.
  if (stream.l1std >= 0)
    stream.ste[0].copied = all.l1stds[static_cast<std::size_t>(stream.l1std)].unit.copied;
  for (std::uint8_t i = 0; i < kSteUnits; ++i) {
    lay_out_unit(builder, stream.ste[i]);
    if (stream.ste[i].copied) all.units.push_back({number, kOfSte, i});
  }
  for (std::size_t cd = 0; cd < stream.cds.size(); ++cd) {
    for (std::uint8_t i = 0; i < kCdUnits; ++i) {
      lay_out_unit(builder, stream.cds[cd].units[i]);
      if (stream.cds[cd].units[i].copied) all.units.push_back({number, static_cast<std::int16_t>(cd), i});
    }
  }
}

/// Walks of stage 2 that a stream with a stage 2 table may need for its stage 1.
void name_walks_of_stage2(Streams& all, std::uint16_t stream) {
  const Word& table = all.streams[stream].ste[3].words[0];
  if (!table.varies && table.constant == 0) return;
  std::size_t pages = 0;
  for (const Home& home : all.homes) pages = std::max(pages, static_cast<std::size_t>(home.page) + 1);
  for (std::size_t page = 0; page < pages; ++page)
    all.walks.push_back({stream, -1, static_cast<std::uint16_t>(page), true});
}

/// Walks that some stream's transactions can lead to.
void name_walks(Streams& all) {
  for (std::size_t i = 0; i < all.streams.size(); ++i)
    name_walks_of_stage2(all, static_cast<std::uint16_t>(i));
  for (const Source& source : all.sources) {
    for (std::uint16_t i = 0; i < source.pages; ++i) {
      const WalkName name{source.stream, source.ssid, static_cast<std::uint16_t>(source.first_page + i)};
      const bool known = std::any_of(all.walks.begin(), all.walks.end(), [&](const WalkName& walk) {
        return !walk.stage2 && walk.stream == name.stream && walk.ssid == name.ssid && walk.page == name.page;
      });
      if (!known) all.walks.push_back(name);
    }
  }
}

}  // namespace

std::int32_t pack(const Flight& flight) {
  std::int32_t packed = static_cast<std::int32_t>(flight.stage);
  unsigned shift = kStageBits;
  for (const bool flag : {flight.bypass, flight.by_gbpa, flight.awaited, flight.recorded, flight.again})
    packed |= (flag ? 1 : 0) << shift++;
  QUIESCE_ASSERT(flight.page < 1 << kFlightPageBits, "more pages than an access has numbers for");
  return packed | flight.page << kPageShift | flight.table << kTableShift | flight.vmid << kVmidShift |
         flight.frame << kFrameShift;
}

Flight unpack_flight(std::int32_t packed) {
  Flight flight;
  flight.stage = static_cast<Flight::Stage>(field(packed, 0, kStageBits));
  unsigned shift = kStageBits;
  for (bool Flight::*flag :
       {&Flight::bypass, &Flight::by_gbpa, &Flight::awaited, &Flight::recorded, &Flight::again})
    flight.*flag = field(packed, shift++, 1) != 0;
  flight.page = field(packed, kPageShift, kFlightPageBits);
  flight.table = field(packed, kTableShift, kTableBits);
  flight.vmid = field(packed, kVmidShift, kTableBits);
  flight.frame = field(packed, kFrameShift, kFrameBits);
  return flight;
}

void lay_out_streams(base::LayoutBuilder& builder, Streams& all) {
  if (!all.any()) return;
  for (std::size_t i = 0; i < all.l1stds.size(); ++i) {
    lay_out_unit(builder, all.l1stds[i].unit);
    if (all.l1stds[i].unit.copied) all.units.push_back({static_cast<std::uint16_t>(i), kOfL1std, 0});
  }
  for (std::size_t i = 0; i < all.streams.size(); ++i)
    lay_out_stream(builder, all, static_cast<std::uint16_t>(i));
  bool varies = !all.units.empty();
  for (const Table& table : all.tables) {
    for (const Page& page : table.pages) varies = varies || page.frame.varies;
  }
  for (std::size_t table = 0; varies && table < all.tables.size(); ++table) {
    for (std::size_t i = 0; i < all.tables[table].pages.size(); ++i) {
      Page& page = all.tables[table].pages[i];
      page.cached = true;
      page.entry = builder.add(base::Width::kU16);
      all.entries.emplace_back(table, i);
    }
  }
  for (Source& source : all.sources) source.at = builder.add(base::Width::kI32);
  if (varies) name_walks(all);
}

std::vector<base::Slot> own_slots(const Streams& all) {
  std::vector<base::Slot> slots;
  if (!all.any()) return slots;
  for (const Stream& stream : all.streams) slots.push_back(stream.smmuen);
  for (const UnitName& name : all.units) slots.push_back(all.unit_of(name).copy);
  for (const auto& [table, page] : all.entries) slots.push_back(all.tables[table].pages[page].entry);
  for (const Source& source : all.sources) slots.push_back(source.at);
  return slots;
}

std::vector<base::Slot> memory_slots(const Streams& all) {
  std::vector<base::Slot> slots;
  const auto add = [&](const Word& word) {
    if (word.varies) slots.push_back(word.slot);
  };
  const auto add_unit = [&](const Unit& unit) {
    for (std::size_t i = 0; i < unit.count; ++i) add(unit.words[i]);
  };
  for (const L1stdLayout& descriptor : all.l1stds) add_unit(descriptor.unit);
  for (const Stream& stream : all.streams) {
    for (const Unit& unit : stream.ste) add_unit(unit);
    for (const CdLayout& cd : stream.cds) {
      for (const Unit& unit : cd.units) add_unit(unit);
    }
  }
  for (const Table& table : all.tables) {
    for (const Page& page : table.pages) add(page.frame);
  }
  for (const Source& source : all.sources) {
    add(source.on);
    add(source.enabled);
  }
  return slots;
}

}  // namespace quiesce::hwmodel::v3
