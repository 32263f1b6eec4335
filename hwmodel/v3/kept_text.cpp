#include "hwmodel/v3/kept_text.hpp"

#include <array>
#include <string_view>
#include <utility>

#include "hwmodel/v3/configuration.hpp"
#include "hwmodel/v3/copies.hpp"
#include "hwmodel/v3/event_queue.hpp"

namespace quiesce::hwmodel::v3 {
namespace {

constexpr const char* kNone = "none";

using WordNames = std::array<std::string_view, Unit::kWordsMax>;

/// Words of each unit, in the order in which streams.hpp lists them.
constexpr std::array<WordNames, kSteUnits> kSteWords{WordNames{"V", "Config", "S1CDMax"},
                                                     WordNames{"S1DSS", "EATS"}, WordNames{"S2R", "S2S"},
                                                     WordNames{"S2TTB"}};
constexpr std::array<WordNames, kCdUnits> kCdWords{WordNames{"V", "EPD0", "A", "R", "S", "ASID"},
                                                   WordNames{"TTB0"}};
constexpr WordNames kL1stdWords{"Span"};

const WordNames& words_of(const UnitName& unit) {
  if (unit.cd == kOfL1std) return kL1stdWords;
  return unit.cd == kOfSte ? kSteWords[unit.unit] : kCdWords[unit.unit];
}

/// Tables stand in structures by their numbers, from 1.
std::string value_of(const Streams& all, std::string_view word, std::int32_t value) {
  const bool is_table = word == "S2TTB" || word == "TTB0" || word == "ASID";
  if (!is_table) return std::to_string(value);
  const bool known = value > 0 && static_cast<std::size_t>(value) <= all.tables.size();
  return known ? all.tables[static_cast<std::size_t>(value) - 1].name : kNone;
}

std::string name_of_frame(const FrameNames& frames, std::int32_t frame) {
  const auto index = static_cast<std::size_t>(frame);
  if (frame > 0 && index <= frames.size()) return frames[index - 1];
  return index == frames.size() + 1 ? "the interrupt controller" : "page frame " + std::to_string(frame);
}

std::string what_of(const FrameNames& frames, const Flight& flight) {
  switch (flight.stage) {
    case Flight::Stage::kNone:
      return kNone;
    case Flight::Stage::kIssued:
      return "issued";
    case Flight::Stage::kDecided:
      if (flight.bypass) return flight.by_gbpa ? "decided: untranslated, by GBPA" : "decided: untranslated";
      return "decided: -> " + name_of_frame(frames, flight.frame);
    case Flight::Stage::kStalled:
      return flight.recorded ? "stalled, and recorded" : "stalled";
    case Flight::Stage::kTerminated:
      return "is being aborted";
  }
  return "";
}

constexpr std::array kEvents{std::pair{Event::kFUut, "F_UUT"},
                             std::pair{Event::kCBadStreamid, "C_BAD_STREAMID"},
                             std::pair{Event::kFSteFetch, "F_STE_FETCH"},
                             std::pair{Event::kCBadSte, "C_BAD_STE"},
                             std::pair{Event::kFBadAtsTreq, "F_BAD_ATS_TREQ"},
                             std::pair{Event::kFStreamDisabled, "F_STREAM_DISABLED"},
                             std::pair{Event::kFTranslForbidden, "F_TRANSL_FORBIDDEN"},
                             std::pair{Event::kCBadSubstreamid, "C_BAD_SUBSTREAMID"},
                             std::pair{Event::kFCdFetch, "F_CD_FETCH"},
                             std::pair{Event::kCBadCd, "C_BAD_CD"},
                             std::pair{Event::kFWalkEabt, "F_WALK_EABT"},
                             std::pair{Event::kFTranslation, "F_TRANSLATION"},
                             std::pair{Event::kFAddrSize, "F_ADDR_SIZE"},
                             std::pair{Event::kFAccess, "F_ACCESS"},
                             std::pair{Event::kFPermission, "F_PERMISSION"}};

}  // namespace

std::string name_of_unit(const Streams& all, const UnitName& unit) {
  if (unit.cd == kOfL1std) return all.l1stds[unit.stream].name;
  const std::string structure = unit.cd == kOfSte ? ".STE" : ".CD" + std::to_string(unit.cd);
  return all.streams[unit.stream].name + structure + "[" + std::to_string(unit.unit) + "]";
}

std::string text_of_copy(const Streams& all, const UnitName& unit, std::int32_t packed) {
  if ((packed & kPresent) == 0) return kNone;
  const Unit& layout = all.unit_of(unit);
  const WordNames& names = words_of(unit);
  std::string text;
  for (std::size_t i = 0; i < layout.count; ++i) {
    const std::int32_t value = word_of(layout, packed >> kCopyShift, i);
    text += (i == 0 ? "" : " ") + std::string(names[i]) + "=" + value_of(all, names[i], value);
  }
  return text + ((packed & kDoomed) != 0 ? ", invalidated" : "");
}

std::string text_of_entry(const Streams& all, const FrameNames& frames, std::int32_t packed) {
  const TlbEntry entry = unpack_entry(packed);
  if (entry.frame == 0) return kNone;
  std::string text = "-> " + name_of_frame(frames, entry.frame);
  if (entry.vmid != 0) text += ", VMID of " + value_of(all, "S2TTB", entry.vmid);
  return text + (entry.doomed ? ", invalidated" : "");
}

std::string text_of_flight(const Streams& all, std::size_t source, const FrameNames& frames,
                           std::int32_t packed) {
  const Flight flight = unpack_flight(packed);
  if (flight.stage == Flight::Stage::kNone) return kNone;
  const Source& from = all.sources[source];
  const std::int32_t page = flight.page - from.first_page + from.first_name;
  std::string text = "page " + std::to_string(page) + ", " + what_of(frames, flight);
  if (flight.awaited) text += ", the next CMD_SYNC waits for it";
  return text + (flight.again ? ", another one is to follow" : "");
}

std::string text_of_record(const Streams& all, std::int32_t packed) {
  const Record record = unpack_record(packed);
  std::string text;
  for (const auto& [event, name] : kEvents) {
    if (record.event == event) text = name;
  }
  if (text.empty()) return "";
  const auto stream = static_cast<std::size_t>(record.stream);
  if (stream < all.streams.size()) text += ", " + all.streams[stream].name;
  if (record.ssid >= 0) text += ", substream " + std::to_string(record.ssid);
  text += ", page " + std::to_string(record.page);
  if (record.s2) text += ", stage 2";
  return text + (record.stall ? ", stalls" : "");
}

}  // namespace quiesce::hwmodel::v3
