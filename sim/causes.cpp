#include "sim/causes.hpp"

#include <algorithm>
#include <set>

namespace quiesce::sim {

void number_causes(System& system) {
  std::set<Cause> all{{"", ""}};
  const auto where = [](const StepInfo& info) { return info.routine + "+" + std::to_string(info.number); };
  for (const StepInfo& info : system.program.infos) {
    all.insert({where(info), ""});
    for (const std::string_view detail : misuse::kAll) all.insert({where(info), std::string(detail)});
    for (const Family& family : system.program.families) {
      const bool field = family.name.find('.') != std::string::npos;
      if (field || is_lock(family.type.kind)) all.insert({where(info), family.name});
      if (is_lock(family.type.kind)) all.insert({where(info), "exits with " + family.name + " held"});
    }
  }
  system.causes.assign(all.begin(), all.end());
  for (const StepInfo& info : system.program.infos) {
    const Cause plain{where(info), ""};
    const auto found = std::lower_bound(system.causes.begin(), system.causes.end(), plain);
    system.cause_of_info.push_back(static_cast<std::uint32_t>(found - system.causes.begin()));
  }
}

}  // namespace quiesce::sim
