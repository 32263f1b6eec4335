// Lines of QEMU's trace log about its SMMUv3, taken apart by the forms in which QEMU writes them.
//
// QEMU 7.2 hw/arm/trace-events, the events smmuv3_* and smmu_*. Later versions name some events and values
// otherwise; both forms are known.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quiesce::hwmodel::v3 {

class TraceLine {
 public:
  /// `number` counts from 1. What the log has in front of the event (a process and a time, what ftrace puts
  /// there) is left out, and so is the carriage return behind it.
  TraceLine(int number, std::string text);

  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] const std::string& text() const { return text_; }
  /// The event, without `smmuv3_`; empty for a line of anything else.
  [[nodiscard]] std::string_view event() const { return event_; }
  /// It is a line of the SMMU, but not one that QEMU writes so.
  [[nodiscard]] bool is_malformed() const { return malformed_; }

  /// The number that QEMU writes there; nothing where it writes none of this name. -1 is all ones.
  [[nodiscard]] std::optional<std::uint64_t> find(std::string_view name) const;
  /// A number that each form of the event has.
  [[nodiscard]] std::uint64_t at(std::string_view name) const;
  /// The text that QEMU writes there; empty without one.
  [[nodiscard]] std::string_view word(std::string_view name) const;

 private:
  struct Value {
    std::string_view name;  ///< in the form
    std::uint64_t number = 0;
    std::size_t begin = 0;  ///< of the text, and how much it is
    std::size_t bytes = 0;
  };

  [[nodiscard]] bool parse(std::string_view form, std::size_t at);
  [[nodiscard]] bool parse_value(std::string_view name, char kind, char stop, std::size_t& at);

  int number_ = 0;
  std::string text_;
  std::string_view event_;  ///< in the table of forms
  bool malformed_ = false;
  std::vector<Value> values_;
};

}  // namespace quiesce::hwmodel::v3
