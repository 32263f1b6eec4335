// What events and invalidations leave of the caches in recorded_translations.hpp.
#include <algorithm>
#include <array>

#include "hwmodel/v3/recorded_translations.hpp"

namespace quiesce::hwmodel::v3 {
namespace {

std::string_view event_name(std::string_view type) {
  constexpr std::string_view kPrefix = "SMMU_EVT_";
  return type.starts_with(kPrefix) ? type.substr(kPrefix.size()) : type;
}

}  // namespace

// QEMU 7.2 hw/arm/smmuv3.c smmuv3_translate() and what it calls: which event belongs to which step of a
// lookup.
Why RecordedTranslations::record(const TraceLine& line) {
  const std::uint64_t sid = line.at("sid");
  const std::string_view type = event_name(line.word("type"));
  const auto found = streams_.find(sid);
  if (found == streams_.end() || found->second.open == 0) return "this stream was not looked up";
  Stream& stream = found->second;
  const Stage stage = stream.stage;
  const auto between = [stage](Stage first, Stage last) { return first <= stage && stage <= last; };
  bool can = false;
  if (type == "C_BAD_STREAMID") can = between(Stage::kFind, Stage::kFind);
  if (type == "F_STE_FETCH") can = between(Stage::kFind, Stage::kEntry) && !stream.is_beyond;
  if (type == "C_BAD_STE") can = between(Stage::kSecondLevel, Stage::kEntry);
  if (type == "F_CD_FETCH") can = between(Stage::kContext, Stage::kContext);
  if (type == "C_BAD_CD") can = between(Stage::kContext, Stage::kTable);
  const bool of_configuration = can;
  if (type == "F_TRANSLATION" || type == "F_PERMISSION" || type == "F_WALK_EABT")
    can = stage >= Stage::kDecoded && (looked_up_ != sid || walk_.may_record(type));
  if (!can) return "this event does not come here";
  --stream.open;
  if (of_configuration) failed(sid);
  return std::nullopt;
}

bool RecordedTranslations::holds_nothing_of(std::uint64_t sid) const {
  const auto stream = streams_.find(sid);
  return stream == streams_.end() || stream->second.held == Held::kNo;
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
  walk_.invalidate_all();
  for (auto& [key, page] : pages_) page.known = false;
}

void RecordedTranslations::forget_asid(std::uint64_t asid) {
  walk_.invalidate_asid(asid);
  for (auto& [key, page] : pages_) {
    const auto of_stream = streams_[key.first].space.asid;
    if (!of_stream || *of_stream == asid) page.known = false;
  }
}

void RecordedTranslations::forget_all() {
  for (auto& [sid, stream] : streams_) {
    stream.held = Held::kNo;
    stream.open = 0;
  }
  walk_.invalidate_all();
  pages_.clear();
  of_other_spaces_ = 0;
  looked_up_.reset();
}

// A page goes with the block that it may be a part of.
void RecordedTranslations::forget_pages(const PageRange& range) {
  walk_.invalidate(range);
  const std::uint64_t bytes = range.pages << (range.tg != 0 ? 2 * range.tg + 10 : 12);
  for (auto& [key, page] : pages_) {
    const std::uint64_t address = key.second * kRecordedPage;
    const bool within = address >= range.address && address - range.address < bytes;
    if (within || may_be_one_block(key.second, page.translated, range.address)) page.known = false;
  }
}

bool RecordedTranslations::may_be_one_block(std::uint64_t page, std::uint64_t translated,
                                            std::uint64_t address) {
  constexpr std::array kSizes{12U, 14U, 16U, 21U, 25U, 29U, 30U};
  return std::any_of(kSizes.begin(), kSizes.end(), [&](unsigned bits) {
    const std::uint64_t low = ((std::uint64_t{1} << bits) - 1) / kRecordedPage;
    return (page & low) == (translated & low) && (page & ~low) == (address / kRecordedPage & ~low);
  });
}

}  // namespace quiesce::hwmodel::v3
