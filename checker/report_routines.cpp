#include "checker/report_routines.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>
#include <tuple>

#include "sim/routine_steps.hpp"
#include "sim/verbs.hpp"

namespace quiesce::checker {
namespace {

using sim::Node;
using sim::System;

/// Names of routines from "name+3", one in each line.
void add_names(std::string_view lines, std::set<std::string, std::less<>>& names) {
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    const std::string_view name = line.substr(0, line.rfind('+'));
    if (!name.empty()) names.emplace(name);
    lines.remove_prefix(std::min(lines.size(), line.size() + 1));
  }
}

void add_names(const ReportFinding& finding, const std::set<CellNumber>& places,
               std::set<std::string, std::less<>>& names) {
  for (const CellNumber cell : places) {
    if (cell < finding.initial.size()) add_names(finding.initial[cell], names);
  }
  for (const ReportStep& step : finding.steps) {
    add_names(step.location, names);
    for (const std::string& caller : step.call_chain) add_names(caller, names);
    for (const ReportCellChange& change : step.cells) {
      if (places.contains(change.cell)) add_names(change.text, names);
    }
  }
}

std::set<std::string, std::less<>> names_in(const ReportVariant& report) {
  std::set<CellNumber> places;
  if (report.machine) {
    for (const ReportContext& context : report.machine->contexts)
      places.insert({context.where, context.callers});
  }
  std::set<std::string, std::less<>> names;
  for (const ReportProperty& property : report.properties) {
    for (const ReportFinding& finding : property.findings) add_names(finding, places, names);
  }
  return names;
}

/// A step's place in its file.
using Place = std::tuple<const sim::SourceFile*, std::uint32_t, std::uint32_t>;

Place place_of(const sim::Location& at) { return {at.file.get(), at.line, at.column}; }

/// What a routine was compiled to.
struct Compiled {
  std::string source;
  std::map<Place, std::set<std::uint32_t>> offsets;
  std::map<std::uint32_t, const sim::StepInfo*> infos;  ///< by offset
};

class Writer {
 public:
  Writer(const Compiled& compiled, ReportRoutine& routine) : routine_(routine), left_(compiled.infos) {
    offsets_ = compiled.offsets;
  }

  void add_block(const Node& steps, unsigned depth) {
    for (const Node& step : steps.items) add_step(step, depth);
  }

  /// What the file has no step for, such as the end of a task.
  void add_rest() {
    for (const auto& [offset, info] : left_)
      routine_.steps.push_back({{offset}, 0, info->at.line, info->label, info->text});
  }

 private:
  void add_step(const Node& step, unsigned depth) {
    ReportRoutineStep row;
    row.depth = depth;
    row.line = step.at.line;
    if (const Node* label = step.find("label")) row.label = label->scalar;
    row.text = text_of(step);
    if (const auto compiled = offsets_.find(place_of(step.at)); compiled != offsets_.end()) {
      row.offsets.assign(compiled->second.begin(), compiled->second.end());
      for (const std::uint32_t offset : row.offsets) left_.erase(offset);
    }
    routine_.steps.push_back(std::move(row));
    for (const Node::Entry& entry : step.entries) {
      if (!is_block(entry)) continue;
      if (entry.key == "else" || entry.key.starts_with("on_"))
        routine_.steps.push_back({{}, depth, entry.key_at.line, "", entry.key});
      add_block(entry.value, depth + 1);
    }
  }

  static bool is_block(const Node::Entry& entry) {
    return entry.value.is_list() &&
           std::find(sim::kStepBlocks.begin(), sim::kStepBlocks.end(), entry.key) != sim::kStepBlocks.end();
  }

  static std::string argument_of(const Node& value) {
    if (!value.is_list()) return value.scalar;
    std::string text;
    for (const Node& item : value.items) text += (text.empty() ? "" : ", ") + item.scalar;
    return "[" + text + "]";
  }

  /// "poll smmu.CR0ACK == 0, timeout: 1s"
  static std::string text_of(const Node& step) {
    if (step.is_scalar()) return step.scalar;
    std::string verb;
    std::string modifiers;
    for (const Node::Entry& entry : step.entries) {
      if (entry.key == "label" || entry.key == "source") continue;
      const bool block = is_block(entry);
      if (verb.empty() && sim::find_verb(entry.key) != nullptr) {
        const std::string argument = block ? "" : argument_of(entry.value);
        verb = entry.key + (argument.empty() ? "" : " " + argument);
      } else if (!block) {
        modifiers += ", " + entry.key + ": " + argument_of(entry.value);
      }
    }
    return verb + modifiers;
  }

  ReportRoutine& routine_;
  std::map<Place, std::set<std::uint32_t>> offsets_;
  std::map<std::uint32_t, const sim::StepInfo*> left_;
};

/// Lists of steps that something of this name may have, and where it is declared.
struct Declared {
  const Node* steps;
  sim::Location at;
};

void add_declared(const Node* value, const sim::Location& at, std::vector<Declared>& all) {
  if (value == nullptr) return;
  if (value->is_list()) all.push_back({value, at});
  for (const char* key : {"steps", "run", "handler"}) {
    const Node* steps = value->find(key);
    if (steps != nullptr && steps->is_list()) all.push_back({steps, at});
  }
  const Node* forms = value->find("forms");
  if (forms == nullptr) return;
  for (const Node::Entry& form : forms->entries) all.push_back({&form.value, at});
}

std::vector<Declared> declared(const Node& document, const std::string& name) {
  static constexpr std::array<const char*, 6> kSections{"routines", "tasks",    "interrupts",
                                                        "timers",   "softirqs", "works"};
  std::vector<Declared> all;
  for (const char* section : kSections) {
    const Node* map = document.find(section);
    if (map == nullptr) continue;
    for (const Node::Entry& entry : map->entries) {
      if (entry.key == name) add_declared(&entry.value, entry.key_at, all);
    }
  }
  return all;
}

/// Whether one of the steps, or of their blocks, is what was compiled.
bool contains(const Node& steps, const Compiled& compiled) {
  return std::any_of(steps.items.begin(), steps.items.end(), [&](const Node& step) {
    return compiled.offsets.contains(place_of(step.at)) ||
           std::any_of(step.entries.begin(), step.entries.end(), [&](const Node::Entry& entry) {
             return entry.value.is_list() && contains(entry.value, compiled);
           });
  });
}

ReportRoutine write(const std::string& name, const Compiled& compiled, const Node& document) {
  ReportRoutine routine;
  routine.name = name;
  routine.source = compiled.source;
  sim::Location at;
  if (!compiled.infos.empty()) at = compiled.infos.begin()->second->at;
  Writer writer(compiled, routine);
  for (const Declared& one : declared(document, name)) {
    if (!contains(*one.steps, compiled)) continue;
    at = one.at;
    writer.add_block(*one.steps, 0);
    break;
  }
  writer.add_rest();
  if (at.file != nullptr) routine.file = at.file->path;
  routine.line = at.line;
  return routine;
}

/// Those for which `is_wanted` says so.
template <class IsWanted>
std::vector<ReportRoutine> written(const System& system, const Node& document, IsWanted is_wanted) {
  std::map<std::string, Compiled> compiled;
  for (const sim::StepInfo& info : system.program.infos) {
    if (!is_wanted(info.routine)) continue;
    Compiled& routine = compiled[info.routine];
    routine.source = info.source;
    routine.offsets[place_of(info.at)].insert(info.number);
    routine.infos.emplace(info.number, &info);
  }
  std::vector<ReportRoutine> routines;
  for (const auto& [name, steps] : compiled) routines.push_back(write(name, steps, document));
  return routines;
}

}  // namespace

std::vector<ReportRoutine> routines_of(const System& system, const Node& document,
                                       const ReportVariant& report) {
  const std::set<std::string, std::less<>> names = names_in(report);
  return written(system, document, [&](const std::string& name) { return names.contains(name); });
}

std::vector<ReportRoutine> all_routines_of(const System& system, const Node& document) {
  return written(system, document, [](const std::string& name) { return !name.empty(); });
}

}  // namespace quiesce::checker
