// One write of a register in QEMU's log, with the lines in front of it: QEMU tells what a write does before
// it tells the write.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "hwmodel/v3/recorded_device.hpp"

namespace quiesce::hwmodel::v3 {

/// How often a log mentions a stream or an ASID. Where two lines contradict each other, and nothing else
/// decides, the number that stands alone is taken for the wrong one.
class Mentions {
 public:
  void count(const TraceLine& line);
  [[nodiscard]] bool is_rarer(std::string_view name, std::uint64_t a, std::uint64_t b) const;

 private:
  [[nodiscard]] int of(std::string_view name, std::uint64_t value) const;

  std::map<std::pair<std::string_view, std::uint64_t>, int> times_;
};

/// A command as QEMU names it, and what it does with it.
struct RecordedCommand {
  /// What the log tells of it.
  enum class Kind : std::uint8_t {
    kSilent,
    kStream,
    kStreamRange,
    kContext,
    kAll,
    kAsid,
    kPages,
    kIgnored,
    kNone
  };

  std::string_view name;
  std::uint8_t number = 0;
  Kind kind = Kind::kNone;
  Opcode opcode = Opcode::kNone;  ///< the model's
};

class RecordedWrite {
 public:
  /// `effects` are the lines in front that belong to it.
  RecordedWrite(RecordedDevice& device, const Mentions& mentions, Lines effects, const TraceLine& write)
      : device_(device), mentions_(mentions), effects_(effects), write_(write) {}

  [[nodiscard]] Problem replay();

 private:
  [[nodiscard]] View view() const { return device_.registers.view(); }
  [[nodiscard]] bool consumes() const;
  [[nodiscard]] Problem check_address() const;
  [[nodiscard]] Problem check_prod() const;
  [[nodiscard]] Problem take_acknowledgement();
  [[nodiscard]] Problem consume();
  [[nodiscard]] Problem compare_queue(const TraceLine& line) const;
  [[nodiscard]] Problem take_command();
  [[nodiscard]] Problem take_error();
  [[nodiscard]] Problem take_irq(Line line, const char* whose);

  // recorded_commands.cpp: what a command's own lines say.
  [[nodiscard]] Problem take_details(const TraceLine& command_line, const RecordedCommand& command);
  [[nodiscard]] Problem take_stream(const TraceLine& command_line, const char* event);
  [[nodiscard]] Problem take_stream_range();
  [[nodiscard]] Problem take_all();
  [[nodiscard]] Problem take_asid();
  [[nodiscard]] Problem take_pages(const RecordedCommand& command);
  [[nodiscard]] Problem take_piece(const TraceLine& line, bool of_one_space);
  [[nodiscard]] Problem take_ignored(const RecordedCommand& command);
  void pass_notifiers();

  /// The next line that is not about a device's access; those are replayed on the way.
  [[nodiscard]] const TraceLine* next();
  [[nodiscard]] bool next_is(std::string_view event) { return next() != nullptr && next()->event() == event; }
  [[nodiscard]] Problem take_next(std::string_view event);
  /// The line that was taken last.
  [[nodiscard]] const TraceLine& taken() const { return effects_[taken_ - 1]; }

  RecordedDevice& device_;
  const Mentions& mentions_;
  Lines effects_;
  const TraceLine& write_;
  std::size_t taken_ = 0;
  Problem access_problem_;
  std::string last_command_ = "INVALID";  ///< what an error of a fetch names
};

[[nodiscard]] RecordedCommand find_recorded_command(std::string_view name);

}  // namespace quiesce::hwmodel::v3
