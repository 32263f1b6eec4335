// A YAML document as a located tree of scalars, lists and maps: what the compiler reads. The traps of
// YAML (duplicate keys, anchors, tags, merge keys, several documents, plain on/off/yes/no, calls split
// at a comma) are errors here, so that nobody above has to think of them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/diagnostic.hpp"

namespace quiesce::sim {

/// One value of the document. Maps keep the order of the file; keys are unique.
struct Node {
  enum class Kind : std::uint8_t { kNull, kScalar, kList, kMap };
  struct Entry;

  Kind kind = Kind::kNull;
  Location at;
  std::string scalar;          ///< text of a scalar, as written (without quotes)
  bool quoted = false;         ///< a quoted scalar is never null, number or keyword
  std::vector<Node> items;     ///< of a list
  std::vector<Entry> entries;  ///< of a map

  [[nodiscard]] bool is_null() const { return kind == Kind::kNull; }
  [[nodiscard]] bool is_scalar() const { return kind == Kind::kScalar; }
  [[nodiscard]] bool is_list() const { return kind == Kind::kList; }
  [[nodiscard]] bool is_map() const { return kind == Kind::kMap; }
  /// The value under `key`, or null if this is no map or has no such key.
  [[nodiscard]] const Node* find(std::string_view key) const;
  [[nodiscard]] Node* find(std::string_view key);
};

struct Node::Entry {
  std::string key;
  Location key_at;
  Node value;
};

/// Limits against hostile files; exceeding one is a located error.
inline constexpr std::size_t kFileBytesMax = 4U << 20U;
inline constexpr unsigned kNestingMax = 64;

/// Reads a document from text; `path` is only for messages. Throws ScenarioError.
[[nodiscard]] Node parse_document(std::string text, std::string path);

/// Reads a file. Throws ScenarioError (also for a file that cannot be read, is binary or too large).
[[nodiscard]] Node load_document(const std::filesystem::path& path);

/// JSON Merge Patch (RFC 7386): maps merge, lists and scalars replace, null deletes. Locations of what
/// comes from `overlay` are kept.
void merge_patch(Node& target, const Node& overlay);

/// Applies `edits` (a list of maps with `in:` ROUTINE or ROUTINE.FORM, one of `before:`, `after:`,
/// `replace:` LABEL, and `insert:`/`with:` STEPS, or `delete:` LABEL) to the routines of `document`.
/// A label is addressed exactly once or the edit is an error; labels are searched through nested
/// `then/else/do/on_timeout/on_failure` blocks. Mistakes go to `errors`.
void apply_edits(Node& document, const Node& edits, Diagnostics& errors);

}  // namespace quiesce::sim
