// Declarations of code: functions, routines and their forms, hooks, rules.
#include <algorithm>
#include <charconv>

#include "sim/world.hpp"

namespace quiesce::sim {
namespace {

/// "v6.18" -> 6018; nothing for a name that is no version.
std::optional<int> version_number(std::string_view text) {
  if (!text.starts_with("v")) return std::nullopt;
  int major = 0;
  int minor = 0;
  const char* end = text.data() + text.size();
  const auto first = std::from_chars(text.data() + 1, end, major);
  if (first.ec != std::errc{} || first.ptr == end || *first.ptr != '.') return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, end, minor);
  if (second.ec != std::errc{} || second.ptr != end || major > 999 || minor > 999) return std::nullopt;
  return major * 1000 + minor;
}

}  // namespace

void World::read_functions() {
  const Node* map = section("functions");
  if (map == nullptr) return;
  for (const Node::Entry& entry : map->entries) {
    expect_keys(entry.value, {"params", "is"}, "function '" + entry.key + "'");
    const Node* body = entry.value.find("is");
    if (body == nullptr || !body->is_scalar()) {
      errors->error(entry.key_at, "function '" + entry.key + "' needs 'is': an expression");
      continue;
    }
    if (!check_function_name(entry.key, entry.key_at)) continue;
    FunctionInfo function{entry.key, {}, body, entry.key_at};
    if (const Node* params = entry.value.find("params"); params != nullptr && params->is_list()) {
      for (const Node& param : params->items) function.params.push_back(param.scalar);
    } else if (params != nullptr && !params->is_null()) {
      errors->error(params->at, "'params' of a function is a list of names", "such as [a, b]");
    }
    functions.emplace(entry.key, std::move(function));
  }
}

void World::read_routines() {
  const Node* map = section("routines");
  if (map == nullptr) return;
  for (const Node::Entry& entry : map->entries) read_routine(entry.key, entry.value, entry.key_at);
}

void World::read_routine(const std::string& name, const Node& value, const Location& at) {
  RoutineInfo routine;
  routine.name = name;
  routine.at = at;
  if (value.is_list()) {
    routine.steps = &value;
    routines.emplace(name, std::move(routine));
    return;
  }
  expect_keys(value, {"params", "source", "steps", "forms", "title", "drops"}, "routine '" + name + "'");
  if (const Node* source = value.find("source")) routine.source = source->scalar;
  if (const Node* params = value.find("params"); params != nullptr && params->is_map()) {
    for (const Node::Entry& param : params->entries) {
      routine.params.emplace_back(param.key, param.value.scalar);
      routine.types_at.push_back(param.value.at);
    }
  } else if (params != nullptr && !params->is_null()) {
    errors->error(params->at, "'params' of a routine is a map of names and types",
                  "such as { dev: device, size: }");
  }
  routine.steps = value.find("steps");
  if (const Node* forms = value.find("forms");
      forms != nullptr && forms->is_map() && !forms->entries.empty()) {
    routine.steps = chosen_form(name, *forms, routine.form);
  }
  if (routine.steps == nullptr || !routine.steps->is_list()) {
    errors->error(at, "routine '" + name + "' needs 'steps' or 'forms' with a list of steps");
    return;
  }
  routines.emplace(name, std::move(routine));
}

/// The form that 'machine.forms' names, else the newest that the kernel has, else `atomic`.
const Node* World::chosen_form(const std::string& name, const Node& forms, std::string& form) {
  const auto choose = [&](const Node::Entry& entry) {
    form = entry.key;
    return &entry.value;
  };
  if (const auto wanted = machine.forms.find(name); wanted != machine.forms.end()) {
    for (const Node::Entry& entry : forms.entries) {
      if (entry.key == wanted->second) return choose(entry);
    }
  } else {
    const int kernel = version_number(machine.kernel).value_or(INT32_MAX);
    const Node::Entry* best = nullptr;
    for (const Node::Entry& entry : forms.entries) {
      const int version = version_number(entry.key).value_or(INT32_MAX);
      if (version == INT32_MAX || version > kernel) continue;
      if (best == nullptr || version > *version_number(best->key)) best = &entry;
    }
    if (best != nullptr) return choose(*best);
    if (const Node* atomic = forms.find("atomic")) {
      form = "atomic";
      return atomic;
    }
  }
  formless_.push_back(name);
  static const Node kNothing = parse_document("[]", "no form");
  return &kNothing;  // so that calls of it are no further mistakes
}

/// Forms are chosen by 'machine', so that is where the mistake is.
void World::check_forms() {
  const Node* machine_node = section("machine");
  const Node* forms = machine_node != nullptr ? machine_node->find("forms") : nullptr;
  const Node* kernel = machine_node != nullptr ? machine_node->find("kernel") : nullptr;
  std::string without;
  for (const std::string& name : formless_) {
    const Node* wanted = forms != nullptr ? forms->find(name) : nullptr;
    std::vector<std::string> names;
    for (const Node::Entry& entry : document->find("routines")->find(name)->find("forms")->entries)
      names.push_back(entry.key);
    if (wanted != nullptr) {
      errors->error(wanted->at, "routine '" + name + "' has no form '" + wanted->scalar + "'",
                    nearest_name_hint(wanted->scalar, names), static_cast<unsigned>(wanted->scalar.size()));
    } else {
      without += (without.empty() ? "'" : ", '") + name + "' (" + names.front() + ")";
    }
  }
  if (without.empty()) return;
  errors->error(kernel != nullptr         ? kernel->at
                : machine_node != nullptr ? machine_node->at
                                          : document->at,
                "kernel " + machine.kernel + " is older than every form of " + without,
                "take a newer 'kernel:', or name forms under 'machine.forms'",
                kernel != nullptr ? static_cast<unsigned>(kernel->scalar.size()) : 1);
}

void World::read_hooks() {
  const auto read = [&](const char* section_name, const char* table) {
    const Node* map = section(section_name);
    if (map == nullptr) return;
    for (const Node::Entry& entry : map->entries) {
      std::map<std::string, HookInfo, std::less<>> hooks_of;
      if (entry.value.is_map()) {
        for (const Node::Entry& hook : entry.value.entries) {
          if (hook.value.is_null()) continue;
          hooks_of[hook.key] = {hook.value.scalar, hook.key_at};
          if (find_routine(hook.value.scalar) == nullptr) {
            std::vector<std::string> names;
            for (const auto& [name, routine] : routines) names.push_back(name);
            errors->error(hook.value.at, "unknown routine '" + hook.value.scalar + "'",
                          nearest_name_hint(hook.value.scalar, names),
                          static_cast<unsigned>(hook.value.scalar.size()));
          }
        }
      }
      hooks[table].owners.emplace_back(entry.key, std::move(hooks_of));
    }
  };
  hooks["driver"];
  hooks["syscore_ops"];
  hooks["notifiers"];
  read("drivers", "driver");
  read("syscore_ops", "syscore_ops");
  read("notifiers", "notifiers");
}

/// Kinds that the scenario's own steps report with `finding`.
void World::read_findings() {
  const Node* list = document->find("findings");
  if (list == nullptr || list->is_null()) return;
  if (!list->is_list()) {
    errors->error(list->at, "'findings' is a list of names");
    return;
  }
  for (const Node& name : list->items) {
    const bool known =
        std::find(finding_kinds.begin(), finding_kinds.end(), name.scalar) != finding_kinds.end();
    if (!name.is_scalar() || known) {
      errors->error(name.at, "a finding of one's own needs a name that no other kind has");
    } else {
      finding_kinds.push_back(name.scalar);
    }
  }
}

void World::read_rules() {
  const Node* list = document->find("rules");
  if (list == nullptr) return;
  if (!list->is_list()) {
    errors->error(list->at, "'rules' is a list of maps with 'name', 'for', 'when' and 'do'");
    return;
  }
  for (const Node& item : list->items) {
    expect_keys(item, {"name", "for", "when", "do", "source"}, "a rule");
    if (!item.is_map()) continue;
    RuleInfo rule;
    rule.at = item.at;
    const Node* name = item.find("name");
    rule.name = name != nullptr ? name->scalar : "rule " + std::to_string(rules.size());
    if (const Node* params = item.find("for"); params != nullptr && params->is_map()) {
      for (const Node::Entry& param : params->entries)
        rule.params.emplace_back(param.key, param.value.scalar);
    }
    rule.when = item.find("when");
    rule.body = item.find("do");
    if (rule.body == nullptr || !rule.body->is_list()) {
      errors->error(item.at, "rule '" + rule.name + "' needs 'do': a list of assignments");
      continue;
    }
    rules.push_back(std::move(rule));
  }
}

}  // namespace quiesce::sim
