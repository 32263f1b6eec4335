// What the model knows of QEMU's SMMUv3 while a log of it is replayed: its registers, its caches, and what
// has to come next. Devices' accesses are replayed here.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
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

using Problem = std::optional<Mismatch>;
using Lines = std::span<const TraceLine>;

[[nodiscard]] Mismatch mismatch(const TraceLine& line, std::string why);
[[nodiscard]] std::string hex(std::uint64_t value);
// QEMU 7.2 include/hw/arm/smmuv3.h, the order of its interrupts.
[[nodiscard]] std::uint64_t irq_of(Line line);

class RecordedDevice {
 public:
  /// Whether a device's access leaves this line.
  [[nodiscard]] bool is_access(std::string_view event) const;
  /// Replays such a line; `ahead` are those that follow.
  [[nodiscard]] Problem take_access(const TraceLine& line, Lines ahead);
  /// The next line has to be a certain one, which belongs to an event.
  [[nodiscard]] bool expects() const { return !expected_.empty(); }

  /// EVENTQ_BASE was written: records may land again.
  void event_queue_moved() { event_queue_is_missing_ = false; }
  void reset_machine(const RecordedTranslations& before);

  RecordedRegisters registers;
  RecordedTranslations translations;
  Conformed compared;

 private:
  /// An event that has to come, with these numbers.
  struct Expected {
    std::string event;
    std::vector<std::pair<std::string, std::uint64_t>> numbers;
  };

  [[nodiscard]] Problem take_event(const TraceLine& line, Lines ahead);
  [[nodiscard]] Problem take_expected(const TraceLine& line);
  [[nodiscard]] bool lands(Lines ahead);

  std::vector<Expected> expected_;  ///< the next one last
  bool event_queue_is_missing_ = false;
};

}  // namespace quiesce::hwmodel::v3
