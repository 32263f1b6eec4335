// Overlays: JSON Merge Patch over documents, and edits of routines by label.
#include <algorithm>
#include <array>
#include <map>

#include "sim/node.hpp"
#include "sim/routine_steps.hpp"

namespace quiesce::sim {
namespace {

struct Found {
  std::vector<Node>* list = nullptr;
  std::size_t position = 0;
};

/// What one edit asks for.
struct Edit {
  std::string_view how;  ///< before, after, replace or delete
  const Node* label = nullptr;
  std::vector<Node> steps;
};

unsigned length_of(const Node& scalar) {
  return static_cast<unsigned>(std::max<std::size_t>(1, scalar.scalar.size()));
}

std::vector<std::string> keys_of(const Node* map) {
  std::vector<std::string> keys;
  if (map == nullptr) return keys;
  for (const Node::Entry& entry : map->entries) keys.push_back(entry.key);
  return keys;
}

void collect_labels(Node& steps, const std::string& label, std::vector<Found>& found,
                    std::vector<std::string>& all) {
  for (std::size_t i = 0; i < steps.items.size(); ++i) {
    Node& step = steps.items[i];
    const Node* name = step.find("label");
    if (name != nullptr && name->is_scalar()) {
      all.push_back(name->scalar);
      if (name->scalar == label) found.push_back({&steps.items, i});
    }
    for (const std::string_view block : kStepBlocks) {
      Node* inner = step.find(block);
      if (inner != nullptr && inner->is_list()) collect_labels(*inner, label, found, all);
    }
  }
}

Node* form_of(Node& routine, const Node& where, const std::string& form, Diagnostics& errors) {
  Node* forms = routine.find("forms");
  Node* steps = forms != nullptr ? forms->find(form) : nullptr;
  if (steps != nullptr && steps->is_list()) return steps;
  errors.error(where.at, "'" + where.scalar + "' names no form of a routine",
               nearest_name_hint(form, keys_of(forms)), length_of(where));
  return nullptr;
}

Node* steps_of(Node& document, const Node& where, Diagnostics& errors) {
  const std::size_t dot = where.scalar.find('.');
  const std::string name = where.scalar.substr(0, dot);
  Node* routines = document.find("routines");
  Node* routine = routines != nullptr ? routines->find(name) : nullptr;
  if (routine == nullptr) {
    errors.error(where.at, "unknown routine '" + name + "'", nearest_name_hint(name, keys_of(routines)),
                 static_cast<unsigned>(std::max<std::size_t>(1, name.size())));
    return nullptr;
  }
  if (dot != std::string::npos) return form_of(*routine, where, where.scalar.substr(dot + 1), errors);
  Node* steps = routine->is_list() ? routine : routine->find("steps");
  if (steps != nullptr && steps->is_list()) return steps;
  const bool has_forms = routine->find("forms") != nullptr;
  errors.error(where.at, "'" + name + "' has no steps of its own",
               has_forms ? "a routine with forms is edited as ROUTINE.FORM" : "", length_of(where));
  return nullptr;
}

bool check_edit_keys(const Node& edit, Diagnostics& errors) {
  const std::vector<std::string> valid{"in", "before", "after", "replace", "delete", "insert", "with"};
  bool good = true;
  for (const Node::Entry& entry : edit.entries) {
    if (std::find(valid.begin(), valid.end(), entry.key) != valid.end()) continue;
    errors.error(entry.key_at, "unknown key '" + entry.key + "' in an edit",
                 nearest_name_hint(entry.key, valid), static_cast<unsigned>(entry.key.size()));
    good = false;
  }
  return good;
}

/// Which of before, after, replace and delete is asked for: exactly one.
bool read_how(const Node& edit, Edit& result, Diagnostics& errors) {
  static constexpr std::array<std::string_view, 4> kHow{"before", "after", "replace", "delete"};
  for (const std::string_view how : kHow) {
    const Node* label = edit.find(how);
    if (label == nullptr) continue;
    if (result.label != nullptr) {
      errors.error(label->at, "an edit has one of before, after, replace, delete, not two");
      return false;
    }
    if (!label->is_scalar()) {
      errors.error(label->at, "the name of a label is needed here");
      return false;
    }
    result.how = how;
    result.label = label;
  }
  if (result.label == nullptr) errors.error(edit.at, "an edit needs one of before, after, replace, delete");
  return result.label != nullptr;
}

bool read_steps(const Node& edit, Edit& result, Diagnostics& errors) {
  const Node* insert = edit.find("insert");
  const Node* with = edit.find("with");
  const Node* given = insert != nullptr ? insert : with;
  if (insert != nullptr && with != nullptr) {
    errors.error(with->at, "an edit has one of insert, with, not both");
    return false;
  }
  if (result.how == "delete") {
    if (given != nullptr) errors.error(given->at, "'delete' inserts nothing", "use 'replace' with 'with'");
    return given == nullptr;
  }
  if (given != nullptr && given->is_list()) result.steps = given->items;
  if (given != nullptr && (given->is_map() || given->is_scalar())) result.steps = {*given};
  if (result.steps.empty()) {
    errors.error(given != nullptr ? given->at : edit.at,
                 "this edit inserts nothing: give steps to 'insert' or 'with'");
  }
  return !result.steps.empty();
}

bool find_label(Node& steps, const Node& where, const Node& label, Found& result, Diagnostics& errors) {
  std::vector<Found> found;
  std::vector<std::string> all;
  collect_labels(steps, label.scalar, found, all);
  if (found.size() == 1) {
    result = found[0];
    return true;
  }
  const std::string quoted = "label '" + label.scalar + "'";
  if (found.empty()) {
    errors.error(label.at, "no " + quoted + " in '" + where.scalar + "'",
                 nearest_name_hint(label.scalar, all), length_of(label));
  } else {
    errors.error(label.at, quoted + " stands more than once in '" + where.scalar + "'", "", length_of(label));
  }
  return false;
}

void apply_edit(Node& document, const Node& edit, Diagnostics& errors) {
  if (!edit.is_map()) {
    errors.error(edit.at, "an edit is a map: 'in: ROUTINE', 'before: LABEL', 'insert: STEPS'");
    return;
  }
  if (!check_edit_keys(edit, errors)) return;
  const Node* where = edit.find("in");
  if (where == nullptr || !where->is_scalar()) {
    errors.error(edit.at, "an edit needs 'in: ROUTINE'");
    return;
  }
  Edit wanted;
  if (!read_how(edit, wanted, errors) || !read_steps(edit, wanted, errors)) return;
  Node* steps = steps_of(document, *where, errors);
  Found found;
  if (steps == nullptr || !find_label(*steps, *where, *wanted.label, found, errors)) return;
  std::vector<Node>& list = *found.list;
  auto at = list.begin() + static_cast<std::ptrdiff_t>(found.position);
  if (wanted.how == "after") ++at;
  if (wanted.how == "replace" || wanted.how == "delete") at = list.erase(at);
  list.insert(at, wanted.steps.begin(), wanted.steps.end());
}

void become_empty_map(Node& target, const Location& at) {
  target = Node{};
  target.kind = Node::Kind::kMap;
  target.at = at;
}

}  // namespace

void merge_patch(Node& target, const Node& overlay) {
  if (!overlay.is_map()) {
    target = overlay;
    return;
  }
  if (!target.is_map()) become_empty_map(target, overlay.at);
  std::map<std::string, std::size_t> known;
  for (std::size_t i = 0; i < target.entries.size(); ++i) known.emplace(target.entries[i].key, i);
  std::vector<Node::Entry> fresh;
  std::vector<bool> deleted(target.entries.size(), false);
  for (const Node::Entry& entry : overlay.entries) {
    const auto place = known.find(entry.key);
    if (entry.value.is_null()) {
      if (place != known.end()) deleted[place->second] = true;
    } else if (place != known.end()) {
      merge_patch(target.entries[place->second].value, entry.value);
    } else {
      Node::Entry added{entry.key, entry.key_at, {}};
      merge_patch(added.value, entry.value);
      fresh.push_back(std::move(added));
    }
  }
  std::vector<Node::Entry> kept;
  for (std::size_t i = 0; i < target.entries.size(); ++i) {
    if (!deleted[i]) kept.push_back(std::move(target.entries[i]));
  }
  std::move(fresh.begin(), fresh.end(), std::back_inserter(kept));
  target.entries = std::move(kept);
}

void apply_edits(Node& document, const Node& edits, Diagnostics& errors) {
  if (edits.is_null()) return;
  if (!edits.is_list()) {
    errors.error(edits.at, "'edits' is a list");
    return;
  }
  for (const Node& edit : edits.items) apply_edit(document, edit, errors);
}

}  // namespace quiesce::sim
