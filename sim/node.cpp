// The only user of yaml-cpp: reads events, so that every trap of YAML is refused where it stands.
#include "sim/node.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace quiesce::sim {
namespace {

constexpr std::size_t kNodesMax = 200'000;
constexpr std::size_t kScalarMax = 64U << 10U;

[[noreturn]] void fail(Location at, std::string message, std::string hint = {}) {
  throw ScenarioError({{std::move(at), std::move(message), std::move(hint), 1}});
}

bool is_yaml_boolean_trap(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text == "on" || text == "off" || text == "yes" || text == "no";
}

bool unbalanced(const std::string& text) {
  return std::count(text.begin(), text.end(), '(') != std::count(text.begin(), text.end(), ')');
}

/// Builds the tree while the parser calls.
class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(std::shared_ptr<const SourceFile> file) : file_(std::move(file)) {}

  Node take() { return std::move(root_); }
  [[nodiscard]] Location location(const YAML::Mark& mark) const {
    if (mark.line < 0) return {file_, 0, 0};
    return {file_, static_cast<std::uint32_t>(mark.line) + 1, static_cast<std::uint32_t>(mark.column) + 1};
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0) fail(location(mark), "one file holds one document", "remove the '---'");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    Node node;
    node.at = location(mark);
    add(std::move(node));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    fail(location(mark), "aliases are not part of the scenario language",
         "write the value out, or use a variant");
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_anchor(mark, anchor);
    if (!tag.empty() && tag != "?" && tag != "!") refuse_tag(mark);
    Node node;
    node.kind = Node::Kind::kScalar;
    node.at = location(mark);
    node.scalar = value;
    node.quoted = tag == "!";
    if (value.size() > kScalarMax) fail(node.at, "a text of over 64 KiB");
    if (node.quoted && starts_with_quote(node.at)) ++node.at.column;
    const bool is_key = expects_key();
    if (!node.quoted && is_key && value == "<<")
      fail(node.at, "merge keys are not part of the scenario language");
    if (!node.quoted && is_yaml_boolean_trap(value)) {
      fail(node.at, "YAML reads a plain '" + value + "' as a truth value", "quote it, or use true and false");
    }
    if (!node.quoted && in_flow() && unbalanced(value)) {
      fail(node.at, "this call was split at its comma", "quote it, or use block style: '- call: f(a, b)'");
    }
    if (!node.quoted && !is_key && (value == "~" || value == "null")) node.kind = Node::Kind::kNull;
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
  void OnAnchor(const YAML::Mark& mark, const std::string&) override {
    fail(location(mark), "anchors are not part of the scenario language");
  }

 private:
  struct Open {
    Node node;
    bool flow = false;
    bool has_key = false;
    std::string key;
    Location key_at;
  };

  [[nodiscard]] bool starts_with_quote(const Location& at) const {
    if (at.line == 0 || at.line > file_->lines.size()) return false;
    const std::string& line = file_->lines[at.line - 1];
    return at.column <= line.size() && (line[at.column - 1] == '"' || line[at.column - 1] == '\'');
  }
  [[nodiscard]] bool expects_key() const {
    return !open_.empty() && open_.back().node.is_map() && !open_.back().has_key;
  }
  [[nodiscard]] bool in_flow() const { return !open_.empty() && open_.back().flow; }

  void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) const {
    if (anchor != 0) fail(location(mark), "anchors are not part of the scenario language");
  }
  void refuse_tag(const YAML::Mark& mark) const {
    fail(location(mark), "tags are not part of the scenario language");
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Node::Kind kind,
            YAML::EmitterStyle::value style) {
    refuse_anchor(mark, anchor);
    if (!tag.empty() && tag != "?") refuse_tag(mark);
    if (expects_key()) fail(location(mark), "a key must be plain text");
    if (open_.size() >= kNestingMax)
      fail(location(mark), "nested more than " + std::to_string(kNestingMax) + " levels deep");
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
    if (++nodes_ > kNodesMax) fail(node.at, "a file of more than " + std::to_string(kNodesMax) + " values");
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.is_list()) {
      parent.node.items.push_back(std::move(node));
      return;
    }
    if (!parent.has_key) {
      if (!node.is_scalar()) fail(node.at, "a key must be plain text");
      if (const Node* twice = parent.node.find(node.scalar)) {
        static_cast<void>(twice);
        fail(node.at, "key '" + node.scalar + "' is given twice");
      }
      parent.has_key = true;
      parent.key = node.scalar;
      parent.key_at = node.at;
      return;
    }
    parent.node.entries.push_back({std::move(parent.key), parent.key_at, std::move(node)});
    parent.has_key = false;
  }

  std::shared_ptr<const SourceFile> file_;
  std::vector<Open> open_;
  Node root_;
  int documents_ = 0;
  std::size_t nodes_ = 0;
};

std::shared_ptr<SourceFile> split_lines(const std::string& text, std::string path) {
  auto file = std::make_shared<SourceFile>();
  file->path = std::move(path);
  std::istringstream in(text);
  std::string line;
  while (std::getline(in, line)) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    file->lines.push_back(line);
  }
  return file;
}

/// yaml-cpp recurses once for each level, so hostile nesting must be refused before it reads the text.
void refuse_hostile_text(const std::string& text, const std::shared_ptr<const SourceFile>& file) {
  if (text.size() > kFileBytesMax) fail({file, 0, 0}, "a file of more than 4 MiB");
  std::uint32_t line = 1;
  std::uint32_t column = 0;
  int depth = 0;
  int dashes = 0;
  for (const char c : text) {
    ++column;
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      ++line;
      column = 0;
      dashes = 0;
    } else if (byte < 0x20 && c != '\t' && c != '\r') {
      fail({file, line, column}, "this is no text file: it holds control characters");
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if (c == ']' || c == '}') {
      depth = std::max(0, depth - 1);
    }
    dashes = c == '-' || c == '?' ? dashes + 1 : c == ' ' ? dashes : 0;
    if (depth > static_cast<int>(kNestingMax) || dashes > static_cast<int>(kNestingMax) || column > 20000) {
      fail({file, line, column},
           depth > static_cast<int>(kNestingMax) || dashes > static_cast<int>(kNestingMax)
               ? "nested more than " + std::to_string(kNestingMax) + " levels deep"
               : "a line of more than 20000 characters");
    }
  }
}

/// Block nesting is bounded by indentation: a line indented beyond the limit cannot be meant.
void refuse_deep_indentation(const std::shared_ptr<const SourceFile>& file) {
  for (std::size_t i = 0; i < file->lines.size(); ++i) {
    const std::size_t indent = file->lines[i].find_first_not_of(' ');
    if (indent != std::string::npos && indent > 4 * kNestingMax) {
      fail({file, static_cast<std::uint32_t>(i) + 1, static_cast<std::uint32_t>(indent) + 1},
           "indented too deeply");
    }
  }
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
  const std::shared_ptr<const SourceFile> file = split_lines(text, std::move(path));
  refuse_hostile_text(text, file);
  refuse_deep_indentation(file);
  std::istringstream in(text);
  TreeBuilder builder(file);
  try {
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    fail(builder.location(error.mark), "YAML: " + error.msg);
  }
  return builder.take();
}

Node load_document(const std::filesystem::path& path) {
  std::error_code ignored;
  std::ifstream in(path, std::ios::binary);
  auto unread = std::make_shared<SourceFile>();
  unread->path = path.string();
  if (std::filesystem::is_directory(path, ignored)) fail({unread, 0, 0}, "this is a directory");
  if (!in) fail({unread, 0, 0}, "cannot read this file");
  std::string text(kFileBytesMax + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return parse_document(std::move(text), path.string());
}

}  // namespace quiesce::sim
