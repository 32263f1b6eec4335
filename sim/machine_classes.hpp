// What of the machine's objects a scenario cannot declare.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace quiesce::sim {

/// Classes whose objects the compiler makes itself where devices have `dma`, with numbers that mean something
/// to hardware.
[[nodiscard]] inline bool is_of_machine(std::string_view class_name) {
  static constexpr std::array<std::string_view, 9> kClasses{"device", "domain", "smmu",  "task", "ste",
                                                            "cd",     "iova",   "frame", "l1std"};
  return std::find(kClasses.begin(), kClasses.end(), class_name) != kClasses.end();
}

/// Fields of a device that lead to what the SMMU reads.
[[nodiscard]] inline bool is_structure_of(std::string_view class_name, std::string_view field) {
  return class_name == "device" && (field == "ste" || field == "l1std" || field == "cd0" || field == "cd1" ||
                                    field == "cd2" || field == "cd3");
}

}  // namespace quiesce::sim
