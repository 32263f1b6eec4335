#include "sim/causes.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "hwmodel/v2/decision.hpp"
#include "hwmodel/v2/registers.hpp"
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

/// What is written for a step in a routine, which no parameter of the routine changes.
std::string written_at(const StepInfo& info) {
  return info.routine + ": " + (info.label.empty() ? info.written : info.label);
}

/// Steps that stand in tasks are counted in the order of the tasks.
class Places {
 public:
  explicit Places(const System& system) {
    for (std::size_t i = 0; i < system.layout.tasks; ++i) tasks_.insert(system.layout.contexts[i].name);
    std::map<std::string, std::size_t> same;
    for (const StepInfo& info : system.program.infos) {
      if (!stands_in_task(info)) {
        numbers_[written_at(info)].insert(info.number);
        continue;
      }
      const auto [place, is_new] = in_tasks_.try_emplace({info.routine, info.number});
      const std::string text = "task: " + without_tasks(info.text, tasks_);
      if (is_new) place->second = text + "#" + std::to_string(++same[text]);
    }
  }

  [[nodiscard]] std::string key_of(const StepInfo& info) const {
    if (stands_in_task(info)) return in_tasks_.at({info.routine, info.number});
    const std::string written = written_at(info);
    const std::set<std::uint32_t>& numbers = numbers_.at(written);
    const auto before = std::distance(numbers.begin(), numbers.find(info.number));
    return written + "#" + std::to_string(before + 1);
  }

 private:
  [[nodiscard]] bool stands_in_task(const StepInfo& info) const {
    return info.callers.empty() && tasks_.contains(info.routine);
  }

  std::set<std::string> tasks_;
  std::map<std::string, std::set<std::uint32_t>> numbers_;  ///< of the steps with that text
  std::map<std::pair<std::string, std::uint32_t>, std::string> in_tasks_;
};

/// What may be said about a place: nothing, or what went wrong with which object.
std::vector<std::string> details_of(const System& system) {
  std::vector<std::string> details(misuse::kAll.begin(), misuse::kAll.end());
  for (const Family& family : system.program.families) {
    details.push_back(family.name);
    if (is_lock(family.type.kind)) details.push_back("exits with " + family.name + " held");
  }
  if (!system.layout.legacy.empty()) {
    for (const hwmodel::v2::Register& reg : hwmodel::v2::tables::kRegisters) details.emplace_back(reg.name);
  }
  return details;
}

}  // namespace

std::string name_of_traffic(const System& system, std::size_t device, std::string_view bypassed_by) {
  std::string name = "access of " + system.objects.at("device").at(device);
  if (!bypassed_by.empty()) name += ", by " + std::string(bypassed_by);
  return name;
}

std::string_view detail_of(const Program& program, std::int32_t family) {
  return family < 0 ? std::string_view() : program.families[static_cast<std::size_t>(family)].name;
}

void number_causes(System& system) {
  const Places places(system);
  std::vector<std::string> keys;  // of each step
  std::vector<CausePlace> all;
  for (const StepInfo& info : system.program.infos) {
    keys.push_back(info.routine.empty() ? "" : places.key_of(info));
    if (!info.routine.empty()) all.push_back({keys.back(), where(info)});
  }
  std::vector<std::string> details = details_of(system);
  for (std::size_t smmu = 0; smmu < system.layout.traffic.size(); ++smmu) {
    const std::size_t reasons = system.layout.is_legacy(smmu) ? hwmodel::v2::kBypasses : 1;
    for (const TrafficLayout& traffic : system.layout.traffic[smmu]) {
      for (std::size_t by = 0; by < reasons; ++by) {
        const auto reason = reason_of(static_cast<hwmodel::v2::Bypass>(by));
        all.push_back({name_of_traffic(system, traffic.device, reason), ""});
        details.push_back(all.back().key);
      }
    }
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  system.causes = CauseTable(std::move(all), std::move(details));
  for (const std::string& key : keys) system.cause_of_info.push_back(system.causes.of_place(key));
}

}  // namespace quiesce::sim
