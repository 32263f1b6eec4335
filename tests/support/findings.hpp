// What a search found, without the runs that show it.
#pragma once

#include <set>
#include <string>

#include "checker/check_system.hpp"

namespace quiesce::checker {

/// Who is named first in a circle or a loop depends on all names, so of those that differ in names alone each
/// may be missed.
inline bool is_named_after_one_of_several(const std::string& property) {
  return property == "deadlock" || property == "livelock" || property == "rcu_stall";
}

/// Verdicts and causes.
inline std::string verdicts(const sim::System& system, const Outcome& outcome) {
  std::string text;
  for (std::size_t i = 0; i < outcome.properties.size(); ++i) {
    const std::string& name = system.properties[i].name;
    text += " " + name + "=" + std::to_string(static_cast<int>(outcome.properties[i].status));
    std::set<std::uint32_t> causes;
    for (const FoundRun& run : outcome.properties[i].runs) causes.insert(run.finding.cause);
    if (is_named_after_one_of_several(name)) continue;
    for (const std::uint32_t cause : causes) text += ":" + std::to_string(cause);
  }
  return text;
}

}  // namespace quiesce::checker
