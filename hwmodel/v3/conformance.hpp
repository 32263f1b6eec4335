// Replays what QEMU's SMMUv3 did, line by line, against the model: each register read, each command, each
// event, interrupt and translation has to be one that the model produces there.
//
// What guests wrote into memory does not stand in such a log. Commands, stream table entries and page tables
// are taken from it where they first show, and everything that follows from them is compared.
#pragma once

#include <cstdint>
#include <istream>
#include <optional>
#include <string>
#include <vector>

#include "hwmodel/v3/qemu_trace.hpp"
#include "hwmodel/v3/recorded_registers.hpp"
#include "hwmodel/v3/recorded_translations.hpp"

namespace quiesce::hwmodel::v3 {

/// The first line that the model cannot produce.
struct Mismatch {
  int line = 0;  ///< from 1
  std::string text;
  std::string why;
};

/// What was compared.
struct Conformed {
  int reads = 0;
  int writes = 0;
  int commands = 0;
  int translations = 0;
  int events = 0;
};

class Conformance {
 public:
  /// Nothing if every line is one that the model produces. Lines of other devices are passed over.
  [[nodiscard]] std::optional<Mismatch> replay(std::istream& log);
  [[nodiscard]] const Conformed& compared() const { return compared_; }

 private:
  using Problem = std::optional<Mismatch>;

  /// An event that has to come, with this number behind the key.
  struct Expected {
    std::string event;
    std::string key;
    std::uint64_t value;
  };

  [[nodiscard]] static bool begins_probe(const TraceLine& line);
  [[nodiscard]] Problem replay_after_reset();
  [[nodiscard]] Problem take(const TraceLine& line);
  [[nodiscard]] Problem take_read(const TraceLine& line);
  [[nodiscard]] Problem take_write(const TraceLine& line);
  [[nodiscard]] Problem take_event(const TraceLine& line);
  [[nodiscard]] Problem take_expected(const TraceLine& line);
  [[nodiscard]] Problem consume(const TraceLine& write);
  [[nodiscard]] Problem take_command(const TraceLine& write);
  [[nodiscard]] Problem take_details(const TraceLine& opcode_line, Opcode opcode);
  [[nodiscard]] Problem take_detail(const TraceLine& line, Opcode opcode);
  [[nodiscard]] Problem forget_streams(const TraceLine& line);
  [[nodiscard]] Problem take_error(const TraceLine& write);
  [[nodiscard]] Problem compare_queue(const TraceLine& line, const char* prod_wrap, const char* cons_wrap);

  /// Lines that are part of the write that follows them.
  [[nodiscard]] const TraceLine* next() const;
  [[nodiscard]] Problem take_next(const TraceLine& write, const char* event);

  RecordedRegisters registers_;
  RecordedTranslations translations_;
  Conformed compared_;
  std::vector<TraceLine> effects_;
  std::size_t taken_ = 0;               ///< of `effects_`
  std::vector<TraceLine> since_probe_;  ///< since the driver looked at IDR0 last
  RecordedTranslations at_probe_;
  std::vector<Expected> expected_;  ///< the next one last
};

}  // namespace quiesce::hwmodel::v3
