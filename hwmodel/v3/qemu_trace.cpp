#include "hwmodel/v3/qemu_trace.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/assert.hpp"
#include "hwmodel/v3/qemu_trace_forms.hpp"

namespace quiesce::hwmodel::v3 {
namespace {

constexpr std::string_view kOwn = "smmuv3_";
constexpr std::string_view kCommon = "smmu_";

bool is_part_of_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
         c == '-';
}

/// The first word that begins so; empty without one.
std::string_view word_with(std::string_view prefix, std::string_view text) {
  for (std::size_t at = text.find(prefix); at != std::string_view::npos; at = text.find(prefix, at + 1)) {
    if (at > 0 && is_part_of_word(text[at - 1])) continue;
    std::size_t end = at;
    while (end < text.size() && is_part_of_word(text[end])) ++end;
    return text.substr(at, end - at);
  }
  return {};
}

bool is_known(std::string_view event) {
  return std::any_of(kEventForms.begin(), kEventForms.end(),
                     [event](const EventForm& form) { return form.event == event; });
}

/// What its functions say of themselves in QEMU's log begins with `smmu_` too.
std::string_view event_in(std::string_view text) {
  const std::string_view own = word_with(kOwn, text);
  if (!own.empty()) return own;
  const std::string_view common = word_with(kCommon, text);
  return is_known(common) ? common : std::string_view{};
}

std::string_view without_end(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
    text.remove_suffix(1);
  return text;
}

std::string_view short_name(std::string_view event) {
  return event.starts_with(kOwn) ? event.substr(kOwn.size()) : event;
}

}  // namespace

TraceLine::TraceLine(int number, std::string text) : number_(number), text_(std::move(text)) {
  text_.resize(without_end(text_).size());
  const std::string_view event = event_in(text_);
  if (event.empty()) return;
  std::size_t behind = static_cast<std::size_t>(event.data() - text_.data()) + event.size();
  if (behind < text_.size() && text_[behind] == ' ') ++behind;
  malformed_ = true;
  event_ = "?";
  for (const EventForm& form : kEventForms) {
    if (form.event != event) continue;
    event_ = short_name(form.name);
    values_.clear();
    malformed_ = !parse(form.form, behind);
    if (!malformed_) return;
  }
}

bool TraceLine::parse(std::string_view form, std::size_t at) {
  while (!form.empty()) {
    if (form.front() != '{') {
      if (at == text_.size() || text_[at] != form.front()) return false;
      ++at;
      form.remove_prefix(1);
      continue;
    }
    const std::size_t colon = form.find(':');
    const std::string_view name = form.substr(1, colon - 1);
    const char kind = form[colon + 1];
    form.remove_prefix(colon + 3);
    if (!parse_value(name, kind, form.empty() ? '\0' : form.front(), at)) return false;
  }
  return at == text_.size();
}

bool TraceLine::parse_value(std::string_view name, char kind, char stop, std::size_t& at) {
  Value value{name, 0, at, 0};
  const char* const begin = text_.data() + at;
  const char* const end = text_.data() + text_.size();
  if (kind == 's') {
    value.bytes = static_cast<std::size_t>((stop == '\0' ? end : std::find(begin, end, stop)) - begin);
  } else {
    const bool negative = kind == 'd' && begin != end && *begin == '-';
    const auto parsed = std::from_chars(begin + (negative ? 1 : 0), end, value.number, kind == 'x' ? 16 : 10);
    if (parsed.ec != std::errc{}) return false;
    if (negative) value.number = ~value.number + 1;
    value.bytes = static_cast<std::size_t>(parsed.ptr - begin);
  }
  at += value.bytes;
  values_.push_back(value);
  return value.bytes > 0;
}

std::optional<std::uint64_t> TraceLine::find(std::string_view name) const {
  for (const Value& value : values_) {
    if (value.name == name) return value.number;
  }
  return std::nullopt;
}

std::uint64_t TraceLine::at(std::string_view name) const {
  const auto found = find(name);
  QUIESCE_ASSERT(found.has_value(), "this event has no such number");
  return *found;
}

std::string_view TraceLine::word(std::string_view name) const {
  for (const Value& value : values_) {
    if (value.name == name) return std::string_view(text_).substr(value.begin, value.bytes);
  }
  return {};
}

}  // namespace quiesce::hwmodel::v3
