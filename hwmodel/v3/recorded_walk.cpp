#include "hwmodel/v3/recorded_walk.hpp"

#include <algorithm>

namespace quiesce::hwmodel::v3 {
namespace {

constexpr unsigned kLastLevel = 3;
constexpr std::uint64_t kLeafBytes = 8;
constexpr std::uint64_t kReadOnlyBit = 0x80;                       ///< AP[2]
constexpr std::uint64_t kTableReadOnly = std::uint64_t{1} << 62U;  ///< APTable[1]

std::uint64_t ones(unsigned bits) { return bits >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1; }
bool is_valid(std::uint64_t pte) { return (pte & 1U) != 0; }
bool has_type_3(std::uint64_t pte) { return (pte & 3U) == 3; }
std::uint64_t address_in(std::uint64_t pte, unsigned shift) { return pte & ones(48) & ~ones(shift); }

// QEMU 7.2 hw/arm/smmu-internal.h level_shift(), and hw/arm/smmu-common.c smmu_ptw_64() for the others.
unsigned level_shift(const TableInfo& table, unsigned level) {
  return table.granule + (kLastLevel - level) * (table.granule - 3);
}
unsigned first_level(const TableInfo& table) { return 4 - (64 - table.tsz - 4) / (table.granule - 3); }
std::uint64_t first_base(const TableInfo& table) {
  const unsigned index_bits = 64 - table.tsz - (table.granule - 3) * (4 - first_level(table));
  return table.ttb & ones(48) & ~ones(index_bits);
}
std::uint64_t offset_of(const TableInfo& table, std::uint64_t address, unsigned level) {
  return ((address & ones(64 - table.tsz)) >> level_shift(table, level)) & ones(table.granule - 3);
}

/// Nothing where QEMU takes a table that does not exist.
// QEMU 7.2 hw/arm/smmu-common.c select_tt(): of both tables it asks whether the bits above are zero.
std::optional<TableInfo> select(const std::array<TableInfo, 2>& tables, std::uint64_t address) {
  for (const TableInfo& table : tables) {
    if (table.tsz != 0 && (address >> (64 - table.tsz)) == 0) return table;
  }
  return std::nullopt;
}

/// Whether what comes next speaks for this descriptor.
bool confirms(const TraceLine& next, std::uint64_t pte, unsigned granule) {
  if (next.event() == "smmu_get_pte") return has_type_3(pte) && next.find("base") == address_in(pte, granule);
  return next.find("pte") == pte;
}

}  // namespace

Why unless_equal(const char* what, std::optional<std::uint64_t> is, std::uint64_t should) {
  if (is == should) return std::nullopt;
  return std::string(what) + " is not " + std::to_string(should);
}

std::uint64_t likelier(std::string_view name, std::uint64_t said, std::optional<std::uint64_t> before,
                       std::span<const TraceLine> ahead) {
  constexpr std::size_t kNear = 32;
  std::map<std::uint64_t, int> times{{said, 1}};
  if (before) ++times[*before];
  for (const TraceLine& line : ahead.first(std::min(ahead.size(), kNear))) {
    if (line.event() == "config_cache_miss") break;
    if (const auto value = line.find(name)) ++times[*value];
  }
  const auto more = [](const auto& a, const auto& b) { return a.second < b.second; };
  const auto most = std::max_element(times.begin(), times.end(), more);
  return times[said] > 1 || most->second == 1 ? said : most->first;
}

std::uint64_t hit_rate(std::uint32_t hits, std::uint32_t misses) { return 100U * hits / (hits + misses); }

RecordedWalk::Start RecordedWalk::start_of(const TableInfo& table) {
  const unsigned level = first_level(table);
  return {level, first_base(table), ones(level_shift(table, level)) + 1};
}

bool RecordedWalk::is_about(std::string_view event) {
  return event.starts_with("smmu_ptw_") || event == "smmu_get_pte" ||
         event.starts_with("smmu_iotlb_lookup_") || event == "smmu_iotlb_insert";
}

Why RecordedWalk::take(const TraceLine& line, Space& space, std::span<const TraceLine> ahead) {
  const std::string_view event = line.event();
  if (event.starts_with("smmu_iotlb_lookup_")) return look_up(line, space, ahead);
  if (step_ == Step::kNone || step_ == Step::kHit) return "nothing was looked up that was missing";
  if (event == "smmu_get_pte") return fetch(line, ahead);
  if (event == "smmu_ptw_level") return descend(line);
  if (event == "smmu_ptw_invalid_pte") return find_invalid(line);
  if (event == "smmu_ptw_page_pte") return find_leaf(line, false);
  if (event == "smmu_ptw_block_pte") return find_leaf(line, true);
  return insert(line);
}

// QEMU 7.2 hw/arm/smmu-common.c smmu_iotlb_lookup().
Why RecordedWalk::look_up(const TraceLine& line, Space& space, std::span<const TraceLine> ahead) {
  recorded_ = true;
  const bool hit = line.event().ends_with("_hit");
  address_ = line.at("addr");
  if (!space.asid) space.asid = likelier("asid", line.at("asid"), space.asid_before, ahead);
  if (auto why = unless_equal("the ASID", line.at("asid"), *space.asid)) return why;
  asid_ = *space.asid;
  ++(hit ? space.hits : space.misses);
  if (auto why = unless_equal("the number of hits", line.at("hits"), space.hits)) return why;
  if (auto why = unless_equal("the number of misses", line.at("misses"), space.misses)) return why;
  if (auto why = unless_equal("the hit rate", line.at("rate"), hit_rate(space.hits, space.misses)))
    return why;
  table_ = select(space.tables, address_);
  if (table_ && (address_ & ones(table_->granule)) != 0) return "this is not where a page begins";
  const Result* const entry = held(asid_, address_);
  if (hit && entry == nullptr) return "the TLB does not hold this page";
  if (!hit && entry != nullptr) return "the TLB holds this page";
  step_ = hit ? Step::kHit : Step::kMiss;
  if (hit) result_ = *entry;
  if (!table_) return std::nullopt;
  level_ = first_level(*table_);
  base_ = first_base(*table_);
  return std::nullopt;
}

const RecordedWalk::Result* RecordedWalk::held(std::uint64_t asid, std::uint64_t address) const {
  if (!table_) return nullptr;
  for (unsigned level = first_level(*table_); level <= kLastLevel; ++level) {
    const std::uint64_t begin = address & ~ones(level_shift(*table_, level));
    const auto found = entries_.find({asid, begin, (table_->granule - 10) / 2, level});
    if (found != entries_.end()) return &found->second;
  }
  return nullptr;
}

/// Where in the tables the walk is.
Why RecordedWalk::compare_position(const TraceLine& line) const {
  if (!table_) return "no table has this address";
  const std::uint64_t offset = offset_of(*table_, address_, level_);
  if (const auto level = line.find("level"); level && *level != level_)
    return unless_equal("the level", level, level_);
  if (auto why = unless_equal("the table's address", line.at("base"), base_)) return why;
  if (const auto is = line.find("offset"); is && *is != offset) return unless_equal("the index", is, offset);
  if (const auto is = line.find("pteaddr"); is && *is != base_ + offset * kLeafBytes)
    return unless_equal("the descriptor's address", is, base_ + offset * kLeafBytes);
  if (const auto is = line.find("iova"); is && *is != address_) return unless_equal("the page", is, address_);
  if (const auto is = line.find("stage"); is && *is != 1) return unless_equal("the stage", is, 1);
  return std::nullopt;
}

// Two lines tell each descriptor, and a third one follows from it.
Why RecordedWalk::fetch(const TraceLine& line, std::span<const TraceLine> ahead) {
  if (step_ != Step::kMiss && step_ != Step::kTable) return "no descriptor is fetched here";
  if (auto why = compare_position(line)) return why;
  descriptor_ = line.at("pte");
  step_ = Step::kFetched;
  if (ahead.size() < 2 || ahead[0].event() != "smmu_ptw_level") return std::nullopt;
  const std::uint64_t other = ahead[0].at("pte");
  if (other != descriptor_ && confirms(ahead[1], other, table_->granule) &&
      !confirms(ahead[1], descriptor_, table_->granule)) {
    return unless_equal("the descriptor", descriptor_, other);
  }
  return std::nullopt;
}

Why RecordedWalk::descend(const TraceLine& line) {
  if (auto why = compare_position(line)) return why;
  if (auto why = unless_equal("the size", line.at("size"), ones(level_shift(*table_, level_)) + 1))
    return why;
  if (step_ != Step::kFetched) descriptor_ = line.at("pte");
  if (auto why = unless_equal("the descriptor", line.at("pte"), descriptor_)) return why;
  step_ = Step::kFetched;
  if (level_ == kLastLevel || !has_type_3(descriptor_)) return std::nullopt;
  step_ = Step::kTable;
  base_ = address_in(descriptor_, table_->granule);
  ++level_;
  return std::nullopt;
}

Why RecordedWalk::find_invalid(const TraceLine& line) {
  if (step_ != Step::kFetched) return "no descriptor was fetched";
  if (auto why = compare_position(line)) return why;
  if (auto why = unless_equal("the descriptor", line.at("pte"), descriptor_)) return why;
  step_ = Step::kInvalid;
  if (!is_valid(descriptor_) || (level_ == kLastLevel && !has_type_3(descriptor_))) return std::nullopt;
  return "the descriptor is valid";
}

Why RecordedWalk::find_leaf(const TraceLine& line, bool block) {
  if (step_ != Step::kFetched) return "no descriptor was fetched";
  if (auto why = compare_position(line)) return why;
  if (auto why = unless_equal("the descriptor", line.at("pte"), descriptor_)) return why;
  if (!is_valid(descriptor_) || block != (level_ < kLastLevel)) return "the descriptor is none of this kind";
  const unsigned shift = level_shift(*table_, level_);
  const std::uint64_t address = address_in(descriptor_, shift);
  if (auto why = unless_equal("the address", line.at("address"), address)) return why;
  if (block && line.at("mib") != (ones(shift) + 1) >> 20U) return "a block of this level has another size";
  result_ = {address, ones(shift), (descriptor_ & kReadOnlyBit) != 0 ? 1U : 3U};
  step_ = Step::kLeaf;
  return std::nullopt;
}

// QEMU 7.2 hw/arm/smmu-common.c smmu_iotlb_insert().
Why RecordedWalk::insert(const TraceLine& line) {
  if (step_ != Step::kLeaf) return "no page or block was found";
  const std::uint64_t begin = address_ & ~result_.mask;
  const unsigned tg = (table_->granule - 10) / 2;
  if (auto why = unless_equal("the ASID", line.at("asid"), asid_)) return why;
  if (auto why = unless_equal("the address", line.at("addr"), begin)) return why;
  if (auto why = unless_equal("the granule", line.at("tg"), tg)) return why;
  if (auto why = unless_equal("the level", line.at("level"), level_)) return why;
  if (entries_.size() >= kEntries) return "the TLB is full";
  entries_[{asid_, begin, tg, level_}] = result_;
  step_ = Step::kInserted;
  return std::nullopt;
}

Why RecordedWalk::ends(std::uint64_t iova, std::uint64_t translated, std::uint64_t permissions) const {
  if (!recorded_ || step_ == Step::kNone) return std::nullopt;
  if (step_ != Step::kHit && step_ != Step::kInserted) return "the walk did not end in a page";
  if ((iova & ~ones(table_->granule)) != address_) return "another page was looked up";
  if (auto why = unless_equal("the permission", permissions, result_.permissions)) return why;
  return unless_equal("the address", translated, result_.address + (iova & result_.mask));
}

// QEMU 7.2 hw/arm/smmuv3.c smmuv3_translate(). A table's own permissions stop a walk, too.
bool RecordedWalk::may_record(std::string_view fault) const {
  if (!recorded_) return true;
  const bool translation = fault == "F_TRANSLATION";
  const bool permission = fault == "F_PERMISSION";
  switch (step_) {
    case Step::kNone:
    case Step::kInvalid:
      return translation;
    case Step::kHit:
    case Step::kLeaf:
      return permission && result_.permissions == 1;
    case Step::kMiss:
      return table_ ? fault == "F_WALK_EABT" || translation : translation;
    case Step::kTable:
      return fault == "F_WALK_EABT" || (permission && (descriptor_ & kTableReadOnly) != 0);
    default:
      return false;
  }
}

void RecordedWalk::invalidate_asid(std::uint64_t asid) {
  std::erase_if(entries_, [asid](const auto& entry) { return std::get<0>(entry.first) == asid; });
}

// QEMU 7.2 hw/arm/smmu-common.c smmu_iotlb_inv_iova(): where TTL and TG name an entry that is held, it is the
// only one that goes.
void RecordedWalk::invalidate(const PageRange& range) {
  if (range.ttl != 0 && range.pages == 1 && range.asid &&
      entries_.erase({*range.asid, range.address, static_cast<unsigned>(range.tg),
                      static_cast<unsigned>(range.ttl)}) > 0) {
    return;
  }
  const auto granule = static_cast<unsigned>(range.tg != 0 ? 2 * range.tg + 10 : 12);
  const std::uint64_t mask = (range.pages << granule) - 1;
  std::erase_if(entries_, [&](const auto& entry) {
    const auto& [asid, begin, tg, level] = entry.first;
    if (range.asid && *range.asid != asid) return false;
    return (range.address & ~entry.second.mask) == begin || (begin & ~mask) == range.address;
  });
}

}  // namespace quiesce::hwmodel::v3
