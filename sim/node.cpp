// The only user of yaml-cpp: reads events, so that every trap of YAML is refused where it stands.
#include "sim/node.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <sstream>
#include <unordered_map>

#include "sim/source_text.hpp"

namespace quiesce::sim {
namespace {

constexpr std::size_t kNodesPerFile = 200'000;
constexpr std::size_t kScalarMax = 64U << 10U;
constexpr const char* kNestedTooDeeply = "nested more than 64 levels deep";
static_assert(kNestingMax == 64, "the message names the limit");

[[noreturn]] void refuse(Location at, std::string message, std::string hint = {}, std::size_t length = 1) {
  throw ScenarioError({{std::move(at), std::move(message), std::move(hint), static_cast<unsigned>(length)}});
}

bool is_yaml_boolean_trap(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text == "on" || text == "off" || text == "yes" || text == "no";
}

bool unbalanced(const std::string& text) {
  return std::count(text.begin(), text.end(), '(') != std::count(text.begin(), text.end(), ')');
}

/// The text of `file` that begins at a place and ends with its line.
std::string_view text_at(const Location& at) {
  if (at.line == 0 || at.line > at.file->lines.size()) return {};
  const std::string_view line = at.file->lines[at.line - 1];
  return at.column - 1 < line.size() ? line.substr(at.column - 1) : std::string_view();
}

/// A line without its comment and the blanks before it.
std::string_view without_comment(std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '#' && (i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t')) line = line.substr(0, i);
  }
  const std::size_t last = line.find_last_not_of(" \t");
  return last == std::string_view::npos ? std::string_view() : line.substr(0, last + 1);
}

/// The last character that stands before `at`: where an empty value was left out.
Location last_text_before(const Location& at) {
  Location found = at;
  std::size_t limit = at.column - 1;
  for (std::size_t line = std::min<std::size_t>(at.line, at.file->lines.size()); line > 0; --line) {
    const std::string_view whole = at.file->lines[line - 1];
    const std::string_view text = without_comment(line == at.line ? whole.substr(0, limit) : whole);
    if (text.empty()) continue;
    found.line = static_cast<std::uint32_t>(line);
    found.column = static_cast<std::uint32_t>(text.size());
    return found;
  }
  return found;
}

/// Whether the quoted text that begins at `at` ends before the file does; yaml-cpp does not always ask.
bool is_closed(const Location& at) {
  const char quote = text_at(at)[0];
  std::size_t column = at.column;
  for (std::size_t line = at.line; line <= at.file->lines.size(); ++line) {
    const std::string& text = at.file->lines[line - 1];
    for (; column < text.size(); ++column) {
      if (text[column] == '\\' && quote == '"') {
        ++column;
      } else if (text[column] == quote) {
        const bool doubled = quote == '\'' && column + 1 < text.size() && text[column + 1] == quote;
        if (!doubled) return true;
        ++column;
      }
    }
    column = 0;
  }
  return false;
}

/// Moves the place of a quoted text to its first character; block texts stay at their '|' or '>'.
void step_over_quote(Location& at) {
  const std::string_view text = text_at(at);
  if (!text.starts_with('"') && !text.starts_with('\'')) return;
  if (!is_closed(at)) refuse(at, "this quote is never closed");
  ++at.column;
}

/// YAML's other spellings of null, which are names in this language: `NULL`, or nothing.
std::string_view null_as_name(std::string_view text, bool is_key) {
  for (const std::string_view word : {"NULL", "Null"}) {
    if (!text.starts_with(word)) continue;
    const std::string_view rest = text.substr(word.size());
    const bool ends = rest.empty() || std::string_view(" \t,]}:").find(rest[0]) != std::string_view::npos;
    const std::size_t next = rest.find_first_not_of(" \t");
    const bool before_colon = next != std::string_view::npos && rest[next] == ':';
    if (ends && before_colon == is_key) return word;
  }
  return {};
}

/// Builds the tree while the parser calls.
class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(std::shared_ptr<const SourceFile> file) : file_(std::move(file)) {
    root_.at = {file_, 1, 1};
  }

  Node take() { return std::move(root_); }
  [[nodiscard]] Location location(const YAML::Mark& mark) const {
    if (mark.line < 0) return {file_, 0, 0};
    return {file_, static_cast<std::uint32_t>(mark.line) + 1, static_cast<std::uint32_t>(mark.column) + 1};
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ == 0) return;
    const Location at = location(mark);
    const bool marked = text_at(at).starts_with("---");
    refuse(at, marked ? "one file holds one document" : "text after the end of the document",
           marked ? "remove the '---'" : "");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    Node node;
    node.at = location(mark);
    const std::string_view text = text_at(node.at);
    const std::string_view name = null_as_name(text, expects_key());
    if (!name.empty()) {
      node.kind = Node::Kind::kScalar;
      node.scalar = name;
    } else if (!text.starts_with("~") && !text.starts_with("null")) {
      node.at = last_text_before(node.at);
    }
    add(std::move(node));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { refuse_alias(location(mark)); }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_anchor(mark, anchor);
    Node node;
    node.at = location(mark);
    if ((!tag.empty() && tag != "?" && tag != "!") || text_at(node.at).starts_with('!')) refuse_tag(mark);
    node.kind = Node::Kind::kScalar;
    node.scalar = value;
    node.quoted = tag == "!";
    if (value.size() > kScalarMax) refuse(node.at, "a text of over 64 KiB");
    if (node.quoted) step_over_quote(node.at);
    if (!node.quoted) refuse_plain_trap(node);
    add(std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    open(mark, tag, anchor, Node::Kind::kList, style);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    open(mark, tag, anchor, Node::Kind::kMap, style);
  }
  void OnMapEnd() override { close(); }
  void OnAnchor(const YAML::Mark& mark, const std::string&) override { refuse_anchor(mark, 1); }

  /// Where yaml-cpp's error is shown: a bracket that is not closed is more help than the end of the file.
  [[nodiscard]] Location place_of_error(const YAML::Mark& mark) const {
    const Location at = location(mark);
    return in_flow() && at.line > file_->lines.size() ? open_.back().node.at : at;
  }

  [[noreturn]] static void refuse_alias(Location at) {
    refuse(std::move(at), "aliases are not part of the scenario language",
           "write the value out, or quote a text that begins with '*'");
  }

 private:
  struct Open {
    Node node;
    bool flow = false;
    bool has_key = false;
    std::string key;
    Location key_at;
    std::unordered_map<std::string, std::uint32_t> lines_of_keys;
  };

  [[nodiscard]] bool expects_key() const {
    return !open_.empty() && open_.back().node.is_map() && !open_.back().has_key;
  }
  [[nodiscard]] bool in_flow() const { return !open_.empty() && open_.back().flow; }

  void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) const {
    if (anchor == 0) return;
    refuse(location(mark), "anchors are not part of the scenario language",
           "write the value out, or quote a text that begins with '&'");
  }
  void refuse_tag(const YAML::Mark& mark) const {
    refuse(location(mark), "tags are not part of the scenario language",
           "quote a text that begins with '!'; expressions negate with 'not'");
  }
  void refuse_plain_trap(const Node& node) const {
    const std::string& value = node.scalar;
    if (expects_key() && value == "<<") {
      refuse(node.at, "merge keys are not part of the scenario language", "write the entries out", 2);
    }
    if (is_yaml_boolean_trap(value)) {
      refuse(node.at, "YAML reads a plain '" + value + "' as a truth value",
             "quote it, or use true and false", value.size());
    }
    if (in_flow() && unbalanced(value)) {
      refuse(node.at, "this call was split at its comma", "quote it, or use block style: '- call: f(a, b)'",
             value.size());
    }
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Node::Kind kind,
            YAML::EmitterStyle::value style) {
    refuse_anchor(mark, anchor);
    if (!tag.empty() && tag != "?") refuse_tag(mark);
    if (expects_key()) refuse(location(mark), "a key must be plain text", "is a bracket not closed?");
    if (open_.size() >= kNestingMax) refuse(location(mark), kNestedTooDeeply);
    Open opened;
    opened.node.kind = kind;
    opened.node.at = location(mark);
    opened.flow = style == YAML::EmitterStyle::Flow;
    open_.push_back(std::move(opened));
  }

  void close() {
    Node node = std::move(open_.back().node);
    open_.pop_back();
    add(std::move(node));
  }

  void add(Node node) {
    if (++nodes_ > kNodesPerFile)
      refuse(node.at, "a file of more than " + std::to_string(kNodesPerFile) + " values");
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.is_list()) {
      parent.node.items.push_back(std::move(node));
    } else if (parent.has_key) {
      parent.node.entries.push_back({std::move(parent.key), parent.key_at, std::move(node)});
      parent.has_key = false;
    } else {
      add_key(parent, std::move(node));
    }
  }

  static void add_key(Open& parent, Node node) {
    if (!node.is_scalar()) refuse(node.at, "a key must be plain text");
    const auto [first, fresh] = parent.lines_of_keys.emplace(node.scalar, node.at.line);
    if (!fresh) {
      refuse(node.at, "key '" + node.scalar + "' is given twice",
             "the first one is in line " + std::to_string(first->second), node.scalar.size());
    }
    parent.has_key = true;
    parent.key = std::move(node.scalar);
    parent.key_at = node.at;
  }

  std::shared_ptr<const SourceFile> file_;
  std::vector<Open> open_;
  Node root_;
  int documents_ = 0;
  std::size_t nodes_ = 0;
};

/// yaml-cpp's own words for the mistakes that are made most often, and what helps.
std::string hint_for(std::string_view message) {
  struct Known {
    std::string_view message;
    const char* hint;
  };
  static constexpr std::array<Known, 3> kKnown{{
      {"illegal map value", "quote a text that holds ': ', or check the indentation"},
      {"end of map not found", "entries of one map begin in the same column"},
      {"end of sequence not found", "items of one list begin in the same column"},
  }};
  for (const Known& known : kKnown) {
    if (message == known.message) return known.hint;
  }
  return "";
}

}  // namespace

const Node* Node::find(std::string_view key) const {
  for (const Entry& entry : entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

Node* Node::find(std::string_view key) {
  for (Entry& entry : entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

Node parse_document(std::string text, std::string path) {
  const std::shared_ptr<const SourceFile> file = read_source(text, std::move(path));
  if (!text.ends_with('\n')) text += '\n';  // yaml-cpp forgets its column at the end of a last line
  std::istringstream in(text);
  TreeBuilder builder(file);
  try {
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    const Location at = builder.place_of_error(error.mark);
    if (text_at(at).starts_with('*')) TreeBuilder::refuse_alias(at);
    refuse(at, "YAML: " + error.msg, hint_for(error.msg));
  }
  return builder.take();
}

Node load_document(const std::filesystem::path& path) {
  std::error_code ignored;
  const auto unread = std::make_shared<SourceFile>(SourceFile{path.string(), {}});
  if (std::filesystem::is_directory(path, ignored)) refuse({unread, 0, 0}, "this is a directory");
  std::ifstream in(path, std::ios::binary);
  if (!in) refuse({unread, 0, 0}, "cannot read this file");
  constexpr std::size_t kAtOnce = 1U << 14U;
  std::string text;
  std::size_t bytes = 0;
  while (in && bytes <= kFileBytesMax) {
    text.resize(bytes + std::min(kAtOnce, kFileBytesMax + 1 - bytes));
    in.read(text.data() + bytes, static_cast<std::streamsize>(text.size() - bytes));
    bytes += static_cast<std::size_t>(in.gcount());
  }
  text.resize(bytes);
  return parse_document(std::move(text), path.string());
}

}  // namespace quiesce::sim
