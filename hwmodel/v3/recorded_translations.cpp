#include "hwmodel/v3/recorded_translations.hpp"

#include <algorithm>

namespace quiesce::hwmodel::v3 {
namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kEntryBytes = 64;       ///< of a stream table entry
constexpr std::uint64_t kDescriptorBytes = 8;   ///< of the first level
constexpr std::size_t kTranslationsHeld = 256;  ///< QEMU 7.2 include/hw/arm/smmu-common.h

std::uint64_t table_at(const StreamTable& table) { return table.base & 0x000fffffffffffc0U; }
bool has_two_levels(const StreamTable& table) { return ((table.cfg >> 16U) & 3U) == 1; }
unsigned split_of(const StreamTable& table) { return static_cast<unsigned>(table.cfg >> 6U) & 0x1fU; }

std::optional<std::string> unless_equal(const char* what, std::optional<std::uint64_t> is,
                                        std::uint64_t should) {
  if (is == should) return std::nullopt;
  return std::string(what) + " is not " + std::to_string(should);
}

}  // namespace

bool RecordedTranslations::is_about(std::string_view event) {
  return event == "config_cache_hit" || event == "config_cache_miss" || event.starts_with("find_ste") ||
         event.starts_with("get_") || event.starts_with("decode_") || event.starts_with("translate_");
}

std::optional<std::string> RecordedTranslations::take(const TraceLine& line, bool smmuen,
                                                      const StreamTable& table) {
  const std::string_view event = line.event();
  if (event == "config_cache_hit") return look_up(line, true, smmuen);
  if (event == "config_cache_miss") return look_up(line, false, smmuen);
  if (event == "find_ste") return find_entry(line, table);
  if (event == "find_ste_2lvl") return find_second_level(line, table);
  if (event == "get_ste" && entry_at_)
    return unless_equal("the entry's address", line.find("addr"), *entry_at_);
  if (event.starts_with("translate_")) return translate(line, smmuen);
  return std::nullopt;
}

// QEMU 7.2 hw/arm/smmuv3.c smmuv3_get_config().
RecordedTranslations::Why RecordedTranslations::look_up(const TraceLine& line, bool hit, bool smmuen) {
  const auto sid = line.find("sid");
  if (!sid) return "no stream";
  if (!smmuen) return "the SMMU is disabled: no configuration is looked up";
  Stream& stream = streams_[*sid];
  if (hit && stream.held == Held::kNo) return "the configuration of this stream is not held";
  if (!hit && stream.held == Held::kYes) return "the configuration of this stream is held";
  looked_up_ = sid;
  was_hit_ = hit;
  entry_at_.reset();
  stream.held = hit ? Held::kYes : Held::kMaybe;
  ++(hit ? stream.hits : stream.misses);
  if (!hit) stream.ends_as.clear();
  if (auto why = unless_equal("the number of hits", line.find("hits"), stream.hits)) return why;
  if (auto why = unless_equal("the number of misses", line.find("misses"), stream.misses)) return why;
  return unless_equal("the hit rate", line.find("hit rate"),
                      100U * stream.hits / (stream.hits + stream.misses));
}

// QEMU 7.2 hw/arm/smmuv3.c smmu_find_ste().
RecordedTranslations::Why RecordedTranslations::find_entry(const TraceLine& line, const StreamTable& table) {
  if (!looked_up_) return "no stream is being looked up";
  if (auto why = unless_equal("the stream", line.find("sid"), *looked_up_)) return why;
  if (has_two_levels(table)) return unless_equal("the split", line.find("sid_split"), split_of(table));
  entry_at_ = table_at(table) + *looked_up_ * kEntryBytes;
  return std::nullopt;
}

RecordedTranslations::Why RecordedTranslations::find_second_level(const TraceLine& line,
                                                                  const StreamTable& table) {
  if (!looked_up_) return "no stream is being looked up";
  const std::uint64_t first = *looked_up_ >> split_of(table);
  const std::uint64_t second = *looked_up_ & ((std::uint64_t{1} << split_of(table)) - 1);
  if (auto why = unless_equal("STRTAB_BASE", line.find("strtab_base"), table.base)) return why;
  if (auto why = unless_equal("the index of the first level", line.find("l1_off"), first)) return why;
  if (auto why = unless_equal("the index of the second level", line.find("l2_off"), second)) return why;
  const std::uint64_t descriptor = table_at(table) + first * kDescriptorBytes;
  if (auto why = unless_equal("the descriptor's address", line.find("l1ptr"), descriptor)) return why;
  const auto second_level = line.find("l2ptr");
  if (second_level) entry_at_ = *second_level + second * kEntryBytes;
  return std::nullopt;
}

// QEMU 7.2 hw/arm/smmuv3.c smmuv3_translate(); it has no GBPA, so a disabled SMMU never aborts.
RecordedTranslations::Why RecordedTranslations::translate(const TraceLine& line, bool smmuen) {
  const auto sid = line.find("sid");
  if (!sid) return "no stream";
  const std::string ends_as(line.event());
  if (!smmuen) {
    if (ends_as == "translate_disable") return std::nullopt;
    return "the SMMU is disabled: transactions pass as they are";
  }
  if (ends_as == "translate_disable") return "the SMMU is enabled";
  const auto found = streams_.find(*sid);
  if (found == streams_.end() || found->second.held == Held::kNo)
    return "the configuration of this stream was not looked up before";
  Stream& stream = found->second;
  stream.held = Held::kYes;
  if (stream.ends_as.empty()) stream.ends_as = ends_as;
  if (stream.ends_as != ends_as)
    return "with the configuration that is held this stream ends as " + stream.ends_as;
  if (ends_as != "translate_success") return std::nullopt;
  return translate_page(line, *sid);
}

RecordedTranslations::Why RecordedTranslations::translate_page(const TraceLine& line, std::uint64_t sid) {
  const auto iova = line.find("iova");
  const auto translated = line.find("translated");
  if (!iova || !translated) return "no address";
  if (*iova % kPage != *translated % kPage) return "the offset within the page is not the same";
  const Page page{*translated / kPage, line.find("perm").value_or(0)};
  const std::pair key{sid, *iova / kPage};
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

// The address space of a stream may be another one then.
void RecordedTranslations::forget_configuration(std::uint64_t sid) {
  failed(sid);
  of_other_spaces_ += std::erase_if(pages_, [sid](const auto& page) { return page.first.first == sid; });
}

void RecordedTranslations::failed(std::uint64_t sid) {
  const auto stream = streams_.find(sid);
  if (stream != streams_.end()) stream->second.held = Held::kNo;
}

std::optional<std::uint64_t> RecordedTranslations::held_between(std::uint64_t first,
                                                                std::uint64_t last) const {
  for (const auto& [sid, stream] : streams_) {
    if (stream.held == Held::kYes && first <= sid && sid <= last) return sid;
  }
  return std::nullopt;
}

// Those of another address space stay, and nothing in the log says which these are: so all go on counting.
void RecordedTranslations::forget_all_pages() {
  for (auto& [key, page] : pages_) page.known = false;
}

void RecordedTranslations::forget_all() {
  for (auto& [sid, stream] : streams_) stream.held = Held::kNo;
  pages_.clear();
  of_other_spaces_ = 0;
  looked_up_.reset();
}

void RecordedTranslations::forget_pages(std::uint64_t address, std::uint64_t bytes) {
  const std::uint64_t first = address / kPage;
  const std::uint64_t pages = std::max<std::uint64_t>(bytes / kPage, 1);
  for (auto& [key, page] : pages_) {
    if (key.second >= first && key.second - first < pages) page.known = false;
  }
}

}  // namespace quiesce::hwmodel::v3
