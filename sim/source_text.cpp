#include "sim/source_text.hpp"

#include "sim/node.hpp"

namespace quiesce::sim {
namespace {

constexpr std::size_t kLineMax = 20'000;

void split_lines(std::string_view text, SourceFile& file) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (end != std::string_view::npos && line.ends_with('\r')) line.remove_suffix(1);
    file.lines.emplace_back(line);
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

/// Looks at one line after the other; the first line that cannot be meant is the error.
class LineChecker {
 public:
  explicit LineChecker(std::shared_ptr<const SourceFile> file) : file_(std::move(file)) {}

  void run() {
    for (index_ = 0; index_ < file_->lines.size(); ++index_) {
      const std::string& line = file_->lines[index_];
      check_characters(line);
      if (line.size() > kLineMax) fail(kLineMax, "a line of more than 20000 characters");
      check_indentation(line);
      check_brackets(line);
    }
  }

 private:
  [[noreturn]] void fail(std::size_t byte, std::string message, std::string hint = {}) const {
    const Location at{file_, static_cast<std::uint32_t>(index_) + 1, static_cast<std::uint32_t>(byte) + 1};
    throw ScenarioError({{at, std::move(message), std::move(hint), 1}});
  }

  void check_characters(std::string_view line) const {
    std::size_t byte = 0;
    while (byte < line.size()) {
      const Utf8Character character = decode_utf8(line.substr(byte));
      if (character.bytes == 0) fail(byte, "this is no text file: it is not valid UTF-8");
      const bool control = (character.code < 0x20 && character.code != '\t') || character.code == 0x7f;
      if (control) fail(byte, "this is no text file: it holds control characters");
      byte += character.bytes;
    }
  }

  void check_indentation(std::string_view line) const {
    const std::size_t text = line.find_first_not_of(" \t");
    if (text == std::string_view::npos || line[text] == '#') return;
    const std::size_t tab = line.find('\t');
    if (tab < text) fail(tab, "a tab in the indentation", "indent with spaces");
  }

  // The parser recurses once a level. Each level is announced to the tree builder before it is entered,
  // which stops at the limit; this check only keeps the parser from looking far ahead in one line.
  void check_brackets(std::string_view line) const {
    unsigned depth = 0;
    for (std::size_t byte = 0; byte < line.size(); ++byte) {
      if (line[byte] == '[' || line[byte] == '{') ++depth;
      if ((line[byte] == ']' || line[byte] == '}') && depth > 0) --depth;
      if (depth > kNestingMax) fail(byte, "nested more than " + std::to_string(kNestingMax) + " levels deep");
    }
  }

  std::shared_ptr<const SourceFile> file_;
  std::size_t index_ = 0;
};

/// Bytes of a sequence that begins with `lead`, or 0.
std::size_t sequence_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

}  // namespace

Utf8Character decode_utf8(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t length = sequence_length(lead);
  if (length == 0 || length > text.size()) return {};
  if (length == 1) return {lead, 1};
  char32_t code = lead & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xc0U) != 0x80U) return {};
    code = (code << 6U) | (byte & 0x3fU);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  if (overlong || surrogate || code > 0x10ffff) return {};
  return {code, length};
}

std::shared_ptr<const SourceFile> read_source(std::string& text, std::string path) {
  auto file = std::make_shared<SourceFile>();
  file->path = std::move(path);
  if (text.size() > kFileBytesMax) {
    std::vector<Diagnostic> too_large(1);
    too_large[0].at.file = file;
    too_large[0].message = "a file of more than 4 MiB";
    throw ScenarioError(std::move(too_large));
  }
  if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);
  split_lines(text, *file);
  LineChecker(file).run();
  return file;
}

}  // namespace quiesce::sim
