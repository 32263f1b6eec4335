#include "hwmodel/v3/recorded_translations.hpp"

#include <algorithm>
#include <array>

namespace quiesce::hwmodel::v3 {
namespace {

constexpr std::uint64_t kEntryBytes = 64;       ///< of a stream table entry, and of a context descriptor
constexpr std::uint64_t kL1StdBytes = 8;        ///< of the first level
constexpr std::size_t kTranslationsHeld = 256;  ///< QEMU 7.2 include/hw/arm/smmu-common.h
constexpr unsigned kStreamBits = 16;            ///< QEMU 7.2 hw/arm/smmuv3-internal.h SMMU_IDR1_SIDSIZE

std::uint64_t without_low_bits(std::uint64_t value, unsigned bits) {
  return bits >= 64 ? 0 : value >> bits << bits;
}

// QEMU 7.2 hw/arm/smmuv3.c smmu_find_ste(): the table begins at a multiple of its size.
std::uint64_t table_at(const StreamTable& table) {
  const unsigned log2bytes = table.two_levels
                                 ? std::max(5U, table.log2size + 2 - std::min(table.split, table.log2size))
                                 : table.log2size + 5;
  return without_low_bits(table.base & 0x000fffffffffffc0U, log2bytes);
}

bool is_one_of(std::uint64_t value, std::initializer_list<std::uint64_t> values) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

/// Whether one of the next lines is this event, with another number.
bool contradicts(std::span<const TraceLine> ahead, std::string_view event, const char* name,
                 std::uint64_t value) {
  constexpr std::size_t kNear = 3;
  for (const TraceLine& line : ahead.first(std::min(ahead.size(), kNear))) {
    if (line.event() == event) return line.find(name) != value;
  }
  return false;
}

// QEMU 7.2 hw/arm/smmu-common.c smmu_find_add_as(): the type, the device's number and one that counts.
std::optional<std::uint64_t> device_in(std::string_view region) {
  constexpr std::string_view kType = "smmuv3-iommu-memory-region-";
  if (!region.starts_with(kType)) return std::nullopt;
  std::uint64_t device = 0;
  for (const char c : region.substr(kType.size())) {
    if (c < '0' || c > '9') break;
    device = 10 * device + static_cast<std::uint64_t>(c - '0');
  }
  return device;
}

}  // namespace

bool RecordedTranslations::is_about(std::string_view event) {
  return event == "config_cache_hit" || event == "config_cache_miss" || event.starts_with("find_ste") ||
         event.starts_with("get_") || event.starts_with("decode_") || event.starts_with("translate_") ||
         RecordedWalk::is_about(event);
}

Why RecordedTranslations::take(const TraceLine& line, const Surroundings& at) {
  const std::string_view event = line.event();
  if (event == "config_cache_hit") return look_up(line, true, at);
  if (event == "config_cache_miss") return look_up(line, false, at);
  if (event.starts_with("translate_")) return translate(line, at.smmuen);
  if (!looked_up_) return "no stream is being looked up";
  if (!RecordedWalk::is_about(event)) return decode(line, at);
  if (streams_[*looked_up_].stage < Stage::kEntry) return "there is no configuration";
  return walk_.take(line, streams_[*looked_up_].space, at.ahead);
}

// QEMU 7.2 hw/arm/smmuv3.c smmuv3_get_config().
Why RecordedTranslations::look_up(const TraceLine& line, bool hit, const Surroundings& at) {
  const std::uint64_t sid = line.at("sid");
  if (!at.smmuen) return "the SMMU is disabled: no configuration is looked up";
  const bool other_follows =
      !at.ahead.empty() && at.ahead.front().event() == "find_ste" && at.ahead.front().find("sid") != sid;
  if (!hit && other_follows && likelier("sid", sid, std::nullopt, at.ahead) != sid)
    return "another stream is looked up";
  Stream& stream = streams_[sid];
  if (hit && stream.held == Held::kNo) return "the configuration of this stream is not held";
  if (!hit && stream.held == Held::kYes) return "the configuration of this stream is held";
  looked_up_ = sid;
  entry_at_.reset();
  walk_.begin();
  stream.held = hit ? Held::kYes : Held::kMaybe;
  stream.stage = hit ? Stage::kHit : Stage::kMiss;
  ++stream.open;
  ++(hit ? stream.hits : stream.misses);
  if (!hit) {
    stream.ends_as.clear();
    stream.is_beyond = false;
    const auto asid = stream.space.asid;
    stream.space = {};
    stream.space.asid_before = asid;
  }
  if (auto why = unless_equal("the number of hits", line.at("hits"), stream.hits)) return why;
  if (auto why = unless_equal("the number of misses", line.at("misses"), stream.misses)) return why;
  return unless_equal("the hit rate", line.at("rate"), hit_rate(stream.hits, stream.misses));
}

Why RecordedTranslations::decode(const TraceLine& line, const Surroundings& at) {
  const std::string_view event = line.event();
  constexpr std::array<std::pair<std::string_view, Stage>, 6> kStages{{{"find_ste", Stage::kFind},
                                                                       {"find_ste_2lvl", Stage::kSecondLevel},
                                                                       {"get_ste", Stage::kEntry},
                                                                       {"get_cd", Stage::kContext},
                                                                       {"decode_cd", Stage::kDecoded},
                                                                       {"decode_cd_tt", Stage::kTable}}};
  Stream& stream = streams_[*looked_up_];
  for (const auto& [name, stage] : kStages) {
    if (name != event) continue;
    const bool again = stage == Stage::kTable && stream.stage == stage;
    if (stream.stage >= stage && !again) return "this does not come here";
    stream.stage = stage;
  }
  if (event == "find_ste") return find_entry(line, at.table);
  if (event == "find_ste_2lvl") return find_second_level(line, at);
  if (event == "get_ste") return read_entry(line);
  if (event == "get_cd") {
    if (line.at("addr") % kEntryBytes != 0) return "no descriptor begins there";
    return std::nullopt;
  }
  if (event == "decode_cd_tt") return decode_table(line, at.ahead);
  // QEMU 7.2 hw/arm/smmuv3.c decode_cd(): what the descriptor says, at most what IDR5.OAS says.
  stream.output_bits = static_cast<unsigned>(line.at("oas"));
  if (!is_one_of(stream.output_bits, {32, 36, 40, 42, 44})) return "this is no size of addresses";
  return std::nullopt;
}

// QEMU 7.2 hw/arm/smmuv3.c smmu_find_ste().
Why RecordedTranslations::find_entry(const TraceLine& line, const StreamTable& table) {
  if (auto why = unless_equal("the stream", line.at("sid"), *looked_up_)) return why;
  if (auto why = unless_equal("the feature", line.at("features"), table.two_levels ? 1 : 0)) return why;
  if (auto why = unless_equal("the split", line.at("split"), table.split)) return why;
  streams_[*looked_up_].is_beyond = *looked_up_ >> std::min(table.log2size, kStreamBits) != 0;
  if (!table.two_levels) entry_at_ = table_at(table) + *looked_up_ * kEntryBytes;
  return std::nullopt;
}

// The second level's address is in memory. Of it and the entry's address the one is believed that is aligned.
Why RecordedTranslations::find_second_level(const TraceLine& line, const Surroundings& at) {
  const StreamTable& table = at.table;
  const std::uint64_t first = *looked_up_ >> table.split;
  const std::uint64_t second = *looked_up_ & ((std::uint64_t{1} << table.split) - 1);
  const std::uint64_t largest = line.at("max");
  const std::uint64_t second_level = line.at("l2ptr");
  if (!table.two_levels) return "the table has one level";
  if (auto why = unless_equal("STRTAB_BASE", line.at("base"), table.base)) return why;
  if (auto why = unless_equal("the index of the first level", line.at("l1_off"), first)) return why;
  if (auto why = unless_equal("the index of the second level", line.at("l2_off"), second)) return why;
  const std::uint64_t descriptor = table_at(table) + first * kL1StdBytes;
  if (auto why = unless_equal("the descriptor's address", line.at("l1ptr"), descriptor)) return why;
  if ((largest & (largest + 1)) != 0 || largest == 0) return "no table of the second level has this size";
  if (second_level % 32 != 0) return "no table of the second level begins there";
  streams_[*looked_up_].is_beyond = second > largest;
  entry_at_ = second_level + second * kEntryBytes;
  if (at.ahead.empty() || at.ahead.front().event() != "get_ste") return std::nullopt;
  const std::uint64_t bytes = std::max<std::uint64_t>(32, (largest + 1) / 2 * kEntryBytes);
  const std::uint64_t entry = at.ahead.front().at("addr");
  if (entry == *entry_at_ || second_level % bytes == 0) return std::nullopt;
  if ((entry - second * kEntryBytes) % bytes == 0) return "the entry that is read is not in this table";
  return std::nullopt;
}

Why RecordedTranslations::read_entry(const TraceLine& line) {
  if (streams_[*looked_up_].is_beyond) return "the table has no entry of this stream";
  if (!entry_at_) return std::nullopt;
  return unless_equal("the entry's address", line.at("addr"), *entry_at_);
}

// QEMU 7.2 hw/arm/smmuv3.c decode_cd().
Why RecordedTranslations::decode_table(const TraceLine& line, std::span<const TraceLine> ahead) {
  Stream& stream = streams_[*looked_up_];
  const std::uint64_t i = line.at("i");
  const TableInfo table{static_cast<unsigned>(line.at("tsz")), static_cast<unsigned>(line.at("granule")),
                        line.at("ttb")};
  if (i > 1 || stream.space.tables[i].tsz != 0 || (i == 0 && stream.space.tables[1].tsz != 0))
    return "this table does not come here";
  if (table.tsz < 16 || table.tsz > 39) return "no table has this size";
  if (!is_one_of(table.granule, {12, 14, 16})) return "no table has this granule";
  if (line.at("had") > 1) return "this is a bit";
  if (table.ttb % 16 != 0 || (stream.output_bits != 0 && table.ttb >> stream.output_bits != 0))
    return "no table begins there";
  stream.space.tables[i] = table;
  const RecordedWalk::Start start = RecordedWalk::start_of(table);
  if (contradicts(ahead, "smmu_get_pte", "base", start.base) &&
      contradicts(ahead, "smmu_ptw_level", "base", start.base))
    return "the walk does not begin there";
  if (contradicts(ahead, "smmu_ptw_level", "level", start.level) &&
      contradicts(ahead, "smmu_ptw_level", "size", start.bytes))
    return "the walk does not begin in this level";
  return std::nullopt;
}

Why RecordedTranslations::compare_region(const TraceLine& line, Stream& stream) const {
  const std::string_view region = line.word("region");
  const auto device = device_in(region);
  if (device && *device != (line.at("sid") & 0xffU)) return "this is another device's region";
  if (stream.region.empty()) stream.region = region;
  if (stream.region != region) return "the region of this stream is " + stream.region;
  return std::nullopt;
}

// QEMU 7.2 hw/arm/smmuv3.c smmuv3_translate(); it has no GBPA, so a disabled SMMU never aborts. What it calls
// is_write is whether the access is let through.
Why RecordedTranslations::translate(const TraceLine& line, bool smmuen) {
  const std::uint64_t sid = line.at("sid");
  const std::string ends_as(line.event());
  Stream& stream = streams_[sid];
  if (auto why = compare_region(line, stream)) return why;
  if (const auto is = line.find("is_write"); is && *is != (ends_as == "translate_abort" ? 0U : 1U))
    return unless_equal("is_write", is, ends_as == "translate_abort" ? 0 : 1);
  if (!smmuen) {
    if (ends_as == "translate_disable") return std::nullopt;
    if (stream.open == 0) return "the SMMU is disabled: transactions pass as they are";
  }
  if (ends_as == "translate_disable") return "the SMMU is enabled";
  if (stream.open == 0) return "the configuration of this stream was not looked up before";
  if (stream.stage < Stage::kEntry) return "the configuration of this stream was not read";
  --stream.open;
  if (stream.held == Held::kMaybe) stream.held = Held::kYes;
  if (stream.ends_as.empty()) stream.ends_as = ends_as;
  if (stream.ends_as != ends_as)
    return "with the configuration that is held this stream ends as " + stream.ends_as;
  if (ends_as != "translate_success") return std::nullopt;
  return translate_page(line, sid);
}

Why RecordedTranslations::translate_page(const TraceLine& line, std::uint64_t sid) {
  const std::uint64_t iova = line.at("iova");
  const std::uint64_t translated = line.at("translated");
  const Page page{translated / kRecordedPage, line.at("perm")};
  if (iova % kRecordedPage != translated % kRecordedPage) return "the offset within the page is not the same";
  if (!is_one_of(page.permissions, {1, 3})) return "no page has this permission";
  if (looked_up_ == sid) {
    if (auto why = walk_.ends(iova, translated, page.permissions)) return why;
  }
  const std::pair key{sid, iova / kRecordedPage};
  const auto held = pages_.find(key);
  if (held != pages_.end() && held->second.known) {
    if (held->second == page) return std::nullopt;
    return "this page was translated otherwise, and nothing has invalidated that";
  }
  // A full table is emptied, and no sooner than this one.
  if (held == pages_.end() && pages_.size() + of_other_spaces_ >= kTranslationsHeld) {
    pages_.clear();
    of_other_spaces_ = 0;
  }
  pages_[key] = page;
  return std::nullopt;
}

}  // namespace quiesce::hwmodel::v3
