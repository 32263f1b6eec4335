#include "hwmodel/v3/qemu_trace.hpp"

#include <charconv>
#include <utility>

namespace quiesce::hwmodel::v3 {
namespace {

bool is_part_of_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
    text.remove_suffix(1);
  return text;
}

std::optional<std::uint64_t> number_at(std::string_view text) {
  const bool hexadecimal = text.starts_with("0x");
  if (hexadecimal) text.remove_prefix(2);
  std::uint64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value, hexadecimal ? 16 : 10);
  if (parsed.ec != std::errc{}) return std::nullopt;
  return value;
}

}  // namespace

TraceLine::TraceLine(int number, std::string text) : number_(number), text_(std::move(text)) {
  constexpr std::string_view kPrefix = "smmuv3_";
  const std::string_view all = text_;
  const std::size_t first = all.find(kPrefix);
  if (first == std::string_view::npos || (first > 0 && is_part_of_word(all[first - 1]))) return;
  std::size_t end = first + kPrefix.size();
  while (end < all.size() && is_part_of_word(all[end])) ++end;
  event_ = first + kPrefix.size();
  event_bytes_ = end - event_;
}

std::string_view TraceLine::rest() const {
  return without_blanks(std::string_view(text_).substr(event_ + event_bytes_));
}

std::optional<std::uint64_t> TraceLine::find(std::string_view key) const {
  const std::string_view all = rest();
  for (std::size_t at = all.find(key); at != std::string_view::npos; at = all.find(key, at + 1)) {
    const std::size_t behind = at + key.size();
    const bool whole = (at == 0 || !is_part_of_word(all[at - 1])) && behind < all.size();
    if (whole && (all[behind] == '=' || all[behind] == ':'))
      return number_at(without_blanks(all.substr(behind + 1)));
  }
  return std::nullopt;
}

std::string_view TraceLine::last_word() const {
  const std::size_t blank = rest().rfind(' ');
  return blank == std::string_view::npos ? rest() : rest().substr(blank + 1);
}

}  // namespace quiesce::hwmodel::v3
