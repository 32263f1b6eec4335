// Finds the rules that may fire in a state without looking at all of them: most guards begin by comparing
// one slot, a process's location, with a constant.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/code.hpp"

namespace quiesce::sim {

struct Rule;

/// Rules whose guard begins with `slot == value`, by that value.
struct RuleGroup {
  struct Entry {
    std::uint16_t rule = 0;
    CodeId rest = kNoCode;  ///< of the guard
  };

  base::Slot slot;
  std::int32_t first_value = 0;
  std::vector<std::vector<Entry>> by_value;
};

struct RuleIndex {
  std::vector<RuleGroup> groups;
  std::vector<RuleGroup::Entry> others;  ///< with their whole guard
};

[[nodiscard]] RuleIndex index_rules(const Program& program, const std::vector<Rule>& rules);

}  // namespace quiesce::sim
