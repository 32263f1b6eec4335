#include "sim/causes.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

namespace quiesce::sim {
namespace {

std::string where(const StepInfo& info) { return info.routine + "+" + std::to_string(info.number); }

/// The text with every name of a task replaced.
std::string without_tasks(const std::string& text, const std::set<std::string>& tasks) {
  std::string out;
  std::string word;
  const auto flush = [&] {
    out += tasks.contains(word) ? "TASK" : word;
    word.clear();
  };
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_') {
      word += c;
      continue;
    }
    flush();
    out += c;
  }
  flush();
  return out;
}

/// The key of each place; steps that stand in tasks come in the order of the tasks.
std::map<std::string, std::string> keys_of(const System& system) {
  std::set<std::string> tasks;
  for (std::size_t i = 0; i < system.layout.tasks; ++i) tasks.insert(system.layout.contexts[i].name);
  std::map<std::string, std::string> keys{{"", ""}};
  std::map<std::string, int> same;
  for (const StepInfo& info : system.program.infos) {
    const std::string place = where(info);
    if (keys.contains(place)) continue;
    if (!info.callers.empty() || !tasks.contains(info.routine)) {
      keys[place] = place;
      continue;
    }
    const std::string text = "task: " + without_tasks(info.text, tasks);
    keys[place] = text + "#" + std::to_string(++same[text]);
  }
  return keys;
}

}  // namespace

void number_causes(System& system) {
  const std::map<std::string, std::string> keys = keys_of(system);
  const auto cause = [&](const std::string& place, const std::string& detail) {
    return Cause{keys.at(place), place, detail};
  };
  std::set<Cause> all{cause("", "")};
  for (const StepInfo& info : system.program.infos) {
    all.insert(cause(where(info), ""));
    for (const std::string_view detail : misuse::kAll) all.insert(cause(where(info), std::string(detail)));
    for (const Family& family : system.program.families) {
      const bool field = family.name.find('.') != std::string::npos;
      if (field || is_lock(family.type.kind)) all.insert(cause(where(info), family.name));
      if (is_lock(family.type.kind)) all.insert(cause(where(info), "exits with " + family.name + " held"));
    }
  }
  system.causes.assign(all.begin(), all.end());
  for (const StepInfo& info : system.program.infos) {
    const auto found = std::lower_bound(system.causes.begin(), system.causes.end(), cause(where(info), ""));
    system.cause_of_info.push_back(static_cast<std::uint32_t>(found - system.causes.begin()));
  }
}

}  // namespace quiesce::sim
