#include "checker/schedule.hpp"

#include <charconv>

namespace quiesce::checker {
namespace {

constexpr std::size_t kStepsMax = 10'000'000;

std::string hex(std::uint64_t value) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text(16, '0');
  for (std::size_t i = 0; i < 16; ++i) text[15 - i] = kDigits[(value >> (4 * i)) & 0xf];
  return text;
}

template <class Number>
bool read(std::string_view& text, Number& value, int base = 10) {
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (result.ec != std::errc{}) return false;
  text.remove_prefix(static_cast<std::size_t>(result.ptr - text.data()));
  return true;
}

bool skip(std::string_view& text, std::string_view what) {
  if (!text.starts_with(what)) return false;
  text.remove_prefix(what.size());
  return true;
}

}  // namespace

std::string encode(const Schedule& schedule) {
  std::string text = "q1." + hex(schedule.model_hash) + "." + std::to_string(schedule.initial);
  for (std::size_t i = 0; i < schedule.steps.size();) {
    const bool cycle = schedule.cycle_start == i;
    std::size_t run = 1;
    while (i + run < schedule.steps.size() && schedule.steps[i + run] == schedule.steps[i] &&
           schedule.cycle_start != i + run)
      ++run;
    text += cycle ? "!" : ",";
    text += std::to_string(schedule.steps[i].actor) + ":" + std::to_string(schedule.steps[i].choice);
    if (run > 1) text += "*" + std::to_string(run);
    i += run;
  }
  return text;
}

std::optional<Schedule> decode(std::string_view text, std::string& error) {
  Schedule schedule;
  if (!skip(text, "q1.")) {
    error = "a schedule begins with 'q1.'";
    return std::nullopt;
  }
  if (!read(text, schedule.model_hash, 16) || !skip(text, ".") || !read(text, schedule.initial)) {
    error = "a schedule is written q1.HASH.INITIAL,ACTOR:CHOICE,...";
    return std::nullopt;
  }
  while (!text.empty()) {
    Transition step;
    std::size_t run = 1;
    const bool cycle = skip(text, "!");
    const bool well_formed = (cycle || skip(text, ",")) && read(text, step.actor) && skip(text, ":") &&
                             read(text, step.choice) && (!skip(text, "*") || read(text, run));
    if (!well_formed || run == 0 || schedule.steps.size() + run > kStepsMax) {
      error = "step " + std::to_string(schedule.steps.size() + 1) + " of the schedule is malformed";
      return std::nullopt;
    }
    if (cycle) schedule.cycle_start = schedule.steps.size();
    schedule.steps.insert(schedule.steps.end(), run, step);
  }
  return schedule;
}

}  // namespace quiesce::checker
