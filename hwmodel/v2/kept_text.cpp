#include "hwmodel/v2/kept_text.hpp"

namespace quiesce::hwmodel::v2 {
namespace {

constexpr const char* kNone = "none";

std::string name_of_frame(const FrameNames& frames, std::int32_t frame) {
  const auto index = static_cast<std::size_t>(frame);
  if (frame > 0 && index <= frames.size()) return frames[index - 1];
  return index == frames.size() + 1 ? "the interrupt controller" : "page frame " + std::to_string(frame);
}

std::string text_of(Invalidated invalidated) {
  switch (invalidated) {
    case Invalidated::kNot:
      return "";
    case Invalidated::kGlobally:
      return ", invalidated globally";
    case Invalidated::kInBank:
      return ", invalidated in its bank";
    case Invalidated::kSynced:
      return ", invalidated, and a TLB sync waits for it";
  }
  return "";
}

std::string what_of(const FrameNames& frames, const Flight& flight) {
  switch (flight.stage) {
    case Flight::Stage::kNone:
      return kNone;
    case Flight::Stage::kIssued:
      return "issued";
    case Flight::Stage::kDecided:
      if (flight.by != Bypass::kNone) return "decided: untranslated, by " + std::string(reason_of(flight.by));
      return "decided: -> " + name_of_frame(frames, flight.frame);
    case Flight::Stage::kStalled:
      return "stalled" +
             (flight.bank != 0 ? " in context bank " + std::to_string(flight.bank - 1) : std::string());
    case Flight::Stage::kTerminated:
      return flight.raz_wi ? "reads as zero, or its write is ignored" : "is being aborted";
  }
  return "";
}

}  // namespace

std::string name_of_entry(const Traffic& all, std::size_t number) {
  return "page " + std::to_string(number % all.pages) + " of context bank " +
         std::to_string(number / all.pages);
}

std::string text_of_entry(const FrameNames& frames, std::int32_t packed) {
  const Entry entry = unpack_entry(packed);
  return entry.frame == 0 ? kNone : "-> " + name_of_frame(frames, entry.frame) + text_of(entry.invalidated);
}

std::string text_of_flight(const FrameNames& frames, std::int32_t packed) {
  const Flight flight = unpack_flight(packed);
  if (flight.stage == Flight::Stage::kNone) return kNone;
  const std::string text = std::string(flight.write ? "write of page " : "read of page ") +
                           std::to_string(flight.page) + ", " + what_of(frames, flight);
  return text + text_of(flight.invalidated) + (flight.again ? ", another one is to follow" : "");
}

}  // namespace quiesce::hwmodel::v2
