#include "sim/variant_changes.hpp"

#include <algorithm>
#include <array>

namespace quiesce::sim {
namespace {

const Node* find_variant(const Node& scenario, std::string_view variant) {
  const Node* variants = scenario.find("variants");
  return variants != nullptr ? variants->find(variant) : nullptr;
}

/// "mutex_lock: l" in the form of a report: "mutex_lock l".
std::string step_text(const Node& step) {
  if (step.is_scalar()) return step.scalar;
  std::string text;
  for (const Node::Entry& entry : step.entries) {
    if (entry.key == "label" || entry.key == "source") continue;
    text += (text.empty() ? "" : ", ") + entry.key;
    if (entry.value.is_scalar()) text += " " + entry.value.scalar;
    if (entry.value.is_list()) text += " ...";
  }
  return text;
}

std::string steps_text(const Node& steps) {
  if (!steps.is_list()) return step_text(steps);
  std::string text;
  for (const Node& step : steps.items) text += (text.empty() ? "" : "; ") + step_text(step);
  return text;
}

std::string edit_text(const Node& edit) {
  std::string text = "edits:";
  static constexpr std::array<std::string_view, 7> kParts{"in",     "before", "after", "replace",
                                                          "delete", "insert", "with"};
  for (const std::string_view part : kParts) {
    const Node* value = edit.find(part);
    if (value != nullptr) text += " " + std::string(part) + " " + steps_text(*value);
  }
  return text;
}

std::string value_text(const Node& value) {
  if (value.is_scalar()) return value.scalar.empty() ? "\"\"" : value.scalar;
  if (value.is_map()) return value.entries.empty() ? "{}" : "added";
  const bool plain = std::all_of(value.items.begin(), value.items.end(), [](const Node& item) {
    return item.is_scalar() && item.scalar.find(' ') == std::string::npos;
  });
  if (!plain) return steps_text(value);
  std::string text;
  for (const Node& item : value.items) text += (text.empty() ? "" : ", ") + item.scalar;
  return "[" + text + "]";
}

/// `known` is what the scenario has in this place, if anything.
void add_changes(const std::string& path, const Node& overlay, const Node* known,
                 std::vector<std::string>& changes) {
  if (overlay.is_null()) {
    changes.push_back(path + ": removed");
  } else if (overlay.is_map() && known != nullptr && known->is_map()) {
    for (const Node::Entry& entry : overlay.entries)
      add_changes(path + "." + entry.key, entry.value, known->find(entry.key), changes);
  } else {
    changes.push_back(path + ": " + value_text(overlay));
  }
}

}  // namespace

std::vector<std::string> variant_changes(const Node& scenario, std::string_view variant) {
  std::vector<std::string> changes;
  const Node* overlay = find_variant(scenario, variant);
  if (overlay == nullptr) return changes;
  for (const Node::Entry& entry : overlay->entries) {
    if (entry.key == "expect" || entry.key == "title" || entry.key == "reason" || entry.key == "sources")
      continue;
    if (entry.key == "patches") {
      for (const Node& name : entry.value.items) changes.push_back("patches: " + name.scalar);
    } else if (entry.key == "edits") {
      for (const Node& edit : entry.value.items) changes.push_back(edit_text(edit));
    } else if (entry.value.is_map() && scenario.find(entry.key) == nullptr) {
      for (const Node::Entry& one : entry.value.entries)
        add_changes(entry.key + "." + one.key, one.value, nullptr, changes);
    } else {
      add_changes(entry.key, entry.value, scenario.find(entry.key), changes);
    }
  }
  return changes;
}

std::string variant_reason(const Node& scenario, std::string_view variant) {
  const Node* overlay = find_variant(scenario, variant);
  const Node* reason = overlay != nullptr ? overlay->find("reason") : nullptr;
  return reason != nullptr ? reason->scalar : "";
}

}  // namespace quiesce::sim
