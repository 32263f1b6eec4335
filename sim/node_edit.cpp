// Overlays: JSON Merge Patch over documents, and edits of routines by label.
#include <algorithm>

#include "sim/node.hpp"

namespace quiesce::sim {
namespace {

struct Found {
  std::vector<Node>* list = nullptr;
  std::size_t position = 0;
};

void collect_labels(Node& steps, const std::string& label, std::vector<Found>& found,
                    std::vector<std::string>& all) {
  for (std::size_t i = 0; i < steps.items.size(); ++i) {
    Node& step = steps.items[i];
    if (const Node* name = step.find("label")) {
      all.push_back(name->scalar);
      if (name->scalar == label) found.push_back({&steps.items, i});
    }
    for (const char* block : {"then", "else", "do", "on_timeout", "on_failure", "atomic"}) {
      if (Node* inner = step.find(block); inner != nullptr && inner->is_list())
        collect_labels(*inner, label, found, all);
    }
  }
}

Node* steps_of(Node& document, const Node& where, Diagnostics& errors) {
  const std::string& text = where.scalar;
  const std::size_t dot = text.find('.');
  Node* routines = document.find("routines");
  Node* routine = routines != nullptr ? routines->find(text.substr(0, dot)) : nullptr;
  if (routine == nullptr) {
    std::vector<std::string> names;
    if (routines != nullptr) {
      for (const Node::Entry& entry : routines->entries) names.push_back(entry.key);
    }
    errors.error(where.at, "unknown routine '" + text + "'", nearest_name_hint(text, names));
    return nullptr;
  }
  Node* steps = routine->is_list() ? routine : routine->find("steps");
  if (dot != std::string::npos) {
    Node* forms = routine->find("forms");
    steps = forms != nullptr ? forms->find(text.substr(dot + 1)) : nullptr;
  }
  if (steps == nullptr || !steps->is_list()) {
    errors.error(where.at, "'" + text + "' has no steps here",
                 "a routine with forms is edited as ROUTINE.FORM");
    return nullptr;
  }
  return steps;
}

std::vector<Node> steps_in(const Node& edit) {
  const Node* given = edit.find("insert") != nullptr ? edit.find("insert") : edit.find("with");
  if (given == nullptr) return {};
  if (given->is_list()) return given->items;
  return {*given};
}

void apply_edit(Node& document, const Node& edit, Diagnostics& errors) {
  const Node* where = edit.find("in");
  if (where == nullptr || !where->is_scalar()) {
    errors.error(edit.at, "an edit needs 'in: ROUTINE'");
    return;
  }
  Node* steps = steps_of(document, *where, errors);
  if (steps == nullptr) return;
  for (const char* how : {"before", "after", "replace", "delete"}) {
    const Node* label = edit.find(how);
    if (label == nullptr) continue;
    std::vector<Found> found;
    std::vector<std::string> all;
    collect_labels(*steps, label->scalar, found, all);
    if (found.size() != 1) {
      errors.error(label->at,
                   found.empty()
                       ? "no label '" + label->scalar + "' in '" + where->scalar + "'"
                       : "label '" + label->scalar + "' stands more than once in '" + where->scalar + "'",
                   found.empty() ? nearest_name_hint(label->scalar, all) : "");
      return;
    }
    std::vector<Node>& list = *found[0].list;
    auto at = list.begin() + static_cast<std::ptrdiff_t>(found[0].position);
    const std::vector<Node> given = steps_in(edit);
    const std::string_view kind = how;
    if (kind == "after") ++at;
    if (kind == "replace" || kind == "delete") at = list.erase(at);
    if (kind != "delete") list.insert(at, given.begin(), given.end());
    if (kind != "delete" && given.empty())
      errors.error(edit.at, "this edit inserts nothing: give 'insert' or 'with'");
    return;
  }
  errors.error(edit.at, "an edit needs one of before, after, replace, delete");
}

}  // namespace

void merge_patch(Node& target, const Node& overlay) {
  if (!overlay.is_map()) {
    target = overlay;
    return;
  }
  if (!target.is_map()) {
    target.kind = Node::Kind::kMap;
    target.entries.clear();
    target.items.clear();
    target.scalar.clear();
    target.at = overlay.at;
  }
  for (const Node::Entry& entry : overlay.entries) {
    const auto known = std::find_if(target.entries.begin(), target.entries.end(),
                                    [&](const Node::Entry& other) { return other.key == entry.key; });
    if (entry.value.is_null()) {
      if (known != target.entries.end()) target.entries.erase(known);
    } else if (known != target.entries.end()) {
      merge_patch(known->value, entry.value);
    } else {
      Node fresh;
      merge_patch(fresh, entry.value);
      target.entries.push_back({entry.key, entry.key_at, std::move(fresh)});
    }
  }
}

void apply_edits(Node& document, const Node& edits, Diagnostics& errors) {
  if (!edits.is_list()) {
    errors.error(edits.at, "'edits' is a list");
    return;
  }
  for (const Node& edit : edits.items) apply_edit(document, edit, errors);
}

}  // namespace quiesce::sim
