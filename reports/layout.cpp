#include "reports/layout.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace quiesce::reports {
namespace {

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }

/// Bytes of the UTF-8 sequence at the start of `text`, or 0 if there is none.
std::size_t sequence_length(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t length = first < 0x80U                     ? 1
                             : first >= 0xc2U && first < 0xe0U ? 2
                             : first >= 0xe0U && first < 0xf0U ? 3
                             : first >= 0xf0U && first < 0xf5U ? 4
                                                               : 0;
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!continues(text[i])) return 0;
  }
  return length;
}

char32_t decode(std::string_view sequence) {
  if (sequence.size() == 1) return static_cast<unsigned char>(sequence[0]);
  char32_t code = static_cast<unsigned char>(sequence[0]) & (0xffU >> (sequence.size() + 1));
  for (const char c : sequence.substr(1)) code = code << 6U | (static_cast<unsigned char>(c) & 0x3fU);
  return code;
}

bool is_shown(char32_t code) {
  const bool control = code < 0x20 || (code >= 0x7f && code < 0xa0);
  // Marks that have no width of their own, turn the direction of what follows, or are tags.
  const bool turns = (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
                     (code >= 0x2060 && code <= 0x206f) || code == 0xfeff || code == 0xad || code == 0x61c ||
                     code == 0x180e || (code >= 0xe0000 && code <= 0xe0fff);
  const bool surrogate = code >= 0xd800 && code < 0xe000;
  const bool no_character = (code & 0xfffe) == 0xfffe || (code >= 0xfdd0 && code < 0xfdf0);
  return !control && !turns && !surrogate && !no_character;
}

/// Byte offset of each character, and the end.
std::vector<std::size_t> offsets(std::string_view text) {
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!continues(text[i])) all.push_back(i);
  }
  all.push_back(text.size());
  return all;
}

bool in_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || continues(c); }

constexpr std::string_view kEllipsis = "...";
constexpr std::size_t kSlack = 8;  ///< characters given up so that a cut falls between words

bool is_plain(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         std::string_view("_-./,:+@%=").find(c) != std::string_view::npos;
}

}  // namespace

std::string clean(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    const bool good = length != 0 && is_shown(decode(text.substr(0, length)));
    out += good ? text.substr(0, length) : ".";
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !continues(c); }));
}

std::string shorten(const std::string& text, std::size_t width) {
  const std::vector<std::size_t> at = offsets(text);
  const std::size_t length = at.size() - 1;
  if (length <= width) return text;
  if (width <= kEllipsis.size()) return text.substr(0, at[width]);
  const std::size_t kept = width - kEllipsis.size();
  std::size_t head = kept - kept / 2;
  std::size_t tail = length - kept / 2;
  const auto inside_word = [&](std::size_t i) {
    return i > 0 && i < length && in_word(text[at[i] - 1]) && in_word(text[at[i]]);
  };
  for (std::size_t i = head; i > 0 && head - i <= kSlack; --i) {
    if (inside_word(i)) continue;
    head = i;
    break;
  }
  for (std::size_t i = tail; i < length && i - tail <= kSlack; ++i) {
    if (inside_word(i)) continue;
    tail = i;
    break;
  }
  return text.substr(0, at[head]) + std::string(kEllipsis) + text.substr(at[tail]);
}

std::vector<std::string> wrap(const std::string& text, std::size_t width, std::size_t hang) {
  std::vector<std::string> lines{""};
  std::size_t used = 0;  // of the last line, its indentation included
  std::size_t from = 0;
  while (from < text.size()) {
    const std::size_t to = std::min(text.find(' ', from), text.size());
    const std::string word = shorten(text.substr(from, to - from), width - hang);
    from = to + 1;
    if (word.empty()) continue;
    const bool blank = used == (lines.size() > 1 ? hang : 0);
    if (!blank && used + 1 + width_of(word) > width) {
      lines.emplace_back(hang, ' ');
      used = hang;
    } else if (!blank) {
      lines.back() += ' ';
      ++used;
    }
    lines.back() += word;
    used += width_of(word);
  }
  return lines;
}

std::string padded(const std::string& text, std::size_t width) {
  const std::size_t used = width_of(text);
  return used >= width ? text : text + std::string(width - used, ' ');
}

std::string routine_of(const std::string& location) { return location.substr(0, location.rfind('+')); }

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += c == '&'   ? "&amp;"
           : c == '<' ? "&lt;"
           : c == '>' ? "&gt;"
           : c == '"' ? "&quot;"
                      : std::string(1, c);
  }
  return out;
}

std::string shell_word(const std::string& text) {
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), is_plain);
  if (plain) return text;
  const bool hidden = clean(text) != text;
  std::string quoted = hidden ? "$'" : "'";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (hidden && (byte < 0x20 || byte >= 0x7f)) {
      quoted += fmt::format("\\x{:02x}", byte);
    } else if (hidden && (c == '\'' || c == '\\')) {
      quoted += std::string("\\") + c;
    } else {
      quoted += c == '\'' ? "'\\''" : std::string(1, c);
    }
  }
  return quoted + "'";
}

std::string without_trailing_spaces(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

std::string paragraph(const std::string& text, std::size_t indent, std::size_t hang) {
  std::string lines;
  for (const std::string& line : wrap(clean(text), kPageWidth - indent, hang))
    lines += std::string(indent, ' ') + line + "\n";
  return lines;
}

}  // namespace quiesce::reports
