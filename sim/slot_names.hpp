// What each slot of the state vector is called.
#pragma once

#include <string>
#include <vector>

#include "sim/system.hpp"

namespace quiesce::sim {

struct NamedSlot {
  std::string name;  ///< "smmu0.CR0", "reboot: pc", "cpu0: need_resched", "devices_kset.items[1]"
  base::Slot slot;
};

/// The control slots of a context, without its locals.
[[nodiscard]] std::vector<NamedSlot> control_slots(const Layout& layout, const ContextLayout& context);
[[nodiscard]] std::vector<NamedSlot> control_slots(const CpuLayout& cpu, std::size_t number);
/// The name of element `i`: "usage", "Q[2]", "nvme.group" for the field of an object.
[[nodiscard]] std::string name_of(const System& system, const Family& family, std::int32_t i);
/// Every slot, in the order of the layout's parts.
[[nodiscard]] std::vector<NamedSlot> all_slots(const System& system);

}  // namespace quiesce::sim
