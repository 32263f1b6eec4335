#include "hwmodel/v2/traffic.hpp"

#include <algorithm>

namespace quiesce::hwmodel::v2 {
namespace {

constexpr unsigned kStageBits = 3;
constexpr unsigned kByBits = 3;
constexpr unsigned kInvalidatedShift = kStageBits + kByBits;
constexpr unsigned kInvalidatedBits = 2;
constexpr unsigned kFlagShift = kInvalidatedShift + kInvalidatedBits;
constexpr unsigned kFlagBits = 3;
constexpr unsigned kPageShift = kFlagShift + kFlagBits;
constexpr unsigned kBankShift = kPageShift + kPageBits;
constexpr unsigned kBankBits = 6;
constexpr unsigned kFrameShift = kBankShift + kBankBits;
constexpr unsigned kFrameBits = 8;
constexpr std::size_t kNumbersMax = std::size_t{1} << kFieldBits;
constexpr std::size_t kPagesMax = std::size_t{1} << kPageBits;
constexpr std::size_t kSourcesMax = kNumbersMax / kPagesMax;
static_assert(kFrameShift + kFrameBits <= 31, "a transaction fits one slot");
static_assert(kContextBanksMax < (1U << kBankBits), "as does the number of its bank");

std::int32_t field(std::int32_t packed, unsigned shift, unsigned bits) {
  return (packed >> shift) & ((1 << bits) - 1);
}

/// Entries of pages that some source accesses, of every bank.
void name_walks(Traffic& all) {
  for (std::size_t number = 0; number < all.entries.size(); ++number) {
    const std::size_t page = number % all.pages;
    const bool accessed = std::any_of(all.sources.begin(), all.sources.end(), [&](const Source& source) {
      return page >= source.first_page && page < std::size_t{source.first_page} + source.pages;
    });
    if (accessed) all.walks.push_back(static_cast<std::uint16_t>(number));
  }
}

}  // namespace

std::int32_t pack(const Flight& flight) {
  QUIESCE_ASSERT(flight.frame >> kFrameBits == 0 && flight.page >> kPageBits == 0,
                 "a transaction's page has a larger number than its slot holds");
  std::int32_t packed = static_cast<std::int32_t>(flight.stage) |
                        static_cast<std::int32_t>(flight.by) << kStageBits |
                        static_cast<std::int32_t>(flight.invalidated) << kInvalidatedShift;
  unsigned shift = kFlagShift;
  for (const bool flag : {flight.write, flight.raz_wi, flight.again}) packed |= (flag ? 1 : 0) << shift++;
  return packed | flight.page << kPageShift | flight.bank << kBankShift | flight.frame << kFrameShift;
}

Flight unpack_flight(std::int32_t packed) {
  Flight flight;
  flight.stage = static_cast<Flight::Stage>(field(packed, 0, kStageBits));
  flight.by = static_cast<Bypass>(field(packed, kStageBits, kByBits));
  flight.invalidated = static_cast<Invalidated>(field(packed, kInvalidatedShift, kInvalidatedBits));
  unsigned shift = kFlagShift;
  for (bool Flight::*flag : {&Flight::write, &Flight::raz_wi, &Flight::again})
    flight.*flag = field(packed, shift++, 1) != 0;
  flight.page = field(packed, kPageShift, kPageBits);
  flight.bank = field(packed, kBankShift, kBankBits);
  flight.frame = field(packed, kFrameShift, kFrameBits);
  return flight;
}

void lay_out_traffic(base::LayoutBuilder& builder, Traffic& all, std::size_t banks) {
  if (!all.any()) return;
  for (const Table& table : all.tables) all.pages = std::max(all.pages, table.frames.size());
  QUIESCE_ASSERT(all.pages <= kPagesMax && all.sources.size() <= kSourcesMax,
                 "a legacy SMMU has more pages in a table or more devices than a transition can name");
  for (std::size_t i = 0; i < banks * all.pages; ++i) all.entries.push_back(builder.add(base::Width::kU16));
  for (Source& source : all.sources) source.at = builder.add(base::Width::kI32);
  name_walks(all);
  QUIESCE_ASSERT(all.entries.size() <= kNumbersMax && all.walks.size() <= kNumbersMax,
                 "a legacy SMMU has more TLB entries than a transition can name");
}

std::vector<base::Slot> own_slots(const Traffic& all) {
  std::vector<base::Slot> slots = all.entries;
  if (!all.any()) return slots;
  for (const Source& source : all.sources) slots.push_back(source.at);
  return slots;
}

std::vector<base::Slot> memory_slots(const Traffic& all) {
  std::vector<base::Slot> slots;
  const auto add = [&](const Word& word) {
    if (word.varies) slots.push_back(word.slot);
  };
  for (const Table& table : all.tables) {
    for (const Word& frame : table.frames) add(frame);
  }
  for (const Source& source : all.sources) {
    add(source.on);
    add(source.enabled);
  }
  return slots;
}

}  // namespace quiesce::hwmodel::v2
