// Short helpers for tests of documents: the message of a mistake, and a document as one line of text.
#pragma once

#include <string>

#include "sim/node.hpp"

namespace quiesce::sim {

/// The whole text of the ScenarioError that `action` throws, or "no error".
template <typename Action>
std::string error_of(const Action& action) {
  try {
    action();
  } catch (const ScenarioError& error) {
    return error.what();
  }
  return "no error";
}

/// The first line of `error_of`: place and message.
template <typename Action>
std::string first_line_of(const Action& action) {
  const std::string text = error_of(action);
  return text.substr(0, text.find('\n'));
}

/// `{a: [b, null], "c": d}`; quoted scalars are shown in double quotes.
inline std::string to_text(const Node& node) {
  std::string text;
  switch (node.kind) {
    case Node::Kind::kNull:
      return "null";
    case Node::Kind::kScalar:
      return node.quoted ? "\"" + node.scalar + "\"" : node.scalar;
    case Node::Kind::kList:
      for (const Node& item : node.items) text += (text.empty() ? "" : ", ") + to_text(item);
      return "[" + text + "]";
    case Node::Kind::kMap:
      for (const Node::Entry& entry : node.entries)
        text += (text.empty() ? "" : ", ") + entry.key + ": " + to_text(entry.value);
      return "{" + text + "}";
  }
  return text;
}

}  // namespace quiesce::sim
