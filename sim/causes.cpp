#include "sim/causes.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "hwmodel/v2/decision.hpp"
#include "sim/describe.hpp"

namespace quiesce::sim {
namespace {

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

/// What may be said about a place: nothing, or what went wrong with which object.
std::set<std::string> details_in(const Program& program) {
  std::set<std::string> details(misuse::kAll.begin(), misuse::kAll.end());
  details.insert("");
  for (const Family& family : program.families) {
    const bool field = family.name.find('.') != std::string::npos;
    if (field || is_lock(family.type.kind)) details.insert(family.name);
    if (is_lock(family.type.kind)) details.insert("exits with " + family.name + " held");
  }
  return details;
}

}  // namespace

Cause cause_of_traffic(const System& system, std::size_t device, std::string_view bypassed_by) {
  std::string name = "access of " + system.objects.at("device").at(device);
  if (!bypassed_by.empty()) name += ", by " + std::string(bypassed_by);
  return {name, "", name};
}

void number_causes(System& system) {
  const std::map<std::string, std::string> keys = keys_of(system);
  const std::set<std::string> details = details_in(system.program);
  system.causes = {{"", "", ""}};
  for (const auto& [place, key] : keys) {
    if (place.empty()) continue;
    for (const std::string& detail : details) system.causes.push_back({key, place, detail});
  }
  for (std::size_t smmu = 0; smmu < system.layout.traffic.size(); ++smmu) {
    const std::size_t reasons = system.layout.is_legacy(smmu) ? hwmodel::v2::kBypasses : 1;
    for (const TrafficLayout& traffic : system.layout.traffic[smmu]) {
      for (std::size_t by = 0; by < reasons; ++by) {
        const auto reason = reason_of(static_cast<hwmodel::v2::Bypass>(by));
        system.causes.push_back(cause_of_traffic(system, traffic.device, reason));
      }
    }
  }
  std::sort(system.causes.begin(), system.causes.end());
  system.causes.erase(std::unique(system.causes.begin(), system.causes.end()), system.causes.end());
  for (const StepInfo& info : system.program.infos) {
    const std::string place = where(info);
    const auto found =
        std::lower_bound(system.causes.begin(), system.causes.end(), Cause{keys.at(place), place, ""});
    system.cause_of_info.push_back(static_cast<std::uint32_t>(found - system.causes.begin()));
  }
}

}  // namespace quiesce::sim
