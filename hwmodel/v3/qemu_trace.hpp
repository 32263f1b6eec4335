// Lines of QEMU's trace log about its SMMUv3, taken apart: an event's name, and numbers behind keys.
//
// QEMU 7.2 hw/arm/trace-events, the events smmuv3_*. Later versions name some events and keys otherwise; both
// forms are known.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quiesce::hwmodel::v3 {

class TraceLine {
 public:
  TraceLine() = default;
  /// `number` counts from 1. A prefix such as `1234@1700000000.123456:` in front of the event is left out.
  TraceLine(int number, std::string text);

  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] const std::string& text() const { return text_; }
  /// The event without `smmuv3_`; empty for a line of anything else.
  [[nodiscard]] std::string_view event() const {
    return std::string_view(text_).substr(event_, event_bytes_);
  }
  /// The number behind the key and `=` or `:`, decimal or with 0x; nothing without one.
  [[nodiscard]] std::optional<std::uint64_t> find(std::string_view key) const;
  /// The word behind the event's name, and its last one.
  [[nodiscard]] std::string_view first_word() const { return rest().substr(0, rest().find(' ')); }
  [[nodiscard]] std::string_view last_word() const;

 private:
  /// What stands behind the event's name.
  [[nodiscard]] std::string_view rest() const;

  int number_ = 0;
  std::string text_;
  std::size_t event_ = 0;  ///< where its name begins
  std::size_t event_bytes_ = 0;
};

}  // namespace quiesce::hwmodel::v3
