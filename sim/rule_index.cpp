#include "sim/rule_index.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "sim/system.hpp"

namespace quiesce::sim {
namespace {

constexpr std::int32_t kValuesMax = 4096;

using Entries = std::map<std::int32_t, std::vector<RuleGroup::Entry>>;

RuleGroup grouped(base::Slot slot, Entries entries) {
  RuleGroup group{slot, entries.begin()->first, {}};
  group.by_value.resize(static_cast<std::size_t>(entries.rbegin()->first - group.first_value) + 1);
  for (auto& [value, rules] : entries)
    group.by_value[static_cast<std::size_t>(value - group.first_value)] = std::move(rules);
  return group;
}

}  // namespace

RuleIndex index_rules(const Program& program, const std::vector<Rule>& rules) {
  RuleIndex index;
  std::vector<std::pair<base::Slot, Entries>> groups;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const CodeId when = rules[i].when;
    const auto rule = static_cast<std::uint16_t>(i);
    const Instruction* first = when == kNoCode ? nullptr : &program.code[static_cast<std::size_t>(when)];
    const bool chain = first != nullptr && first->op == Op::kUnlessSlotEq &&
                       program.code[static_cast<std::size_t>(first->a)].op == Op::kEnd;
    const bool alone = first != nullptr && first->op == Op::kSlotEq && first[1].op == Op::kEnd;
    const std::int32_t value = chain ? first->b : alone ? first->a : 0;
    if ((!chain && !alone) || value < -kValuesMax || value > kValuesMax) {
      index.others.push_back({rule, when});
      continue;
    }
    auto group = std::find_if(groups.begin(), groups.end(),
                              [&](const auto& candidate) { return candidate.first == first->slot; });
    if (group == groups.end()) group = groups.insert(groups.end(), {first->slot, {}});
    group->second[value].push_back({rule, chain ? when + 1 : kNoCode});
  }
  for (auto& [slot, entries] : groups) index.groups.push_back(grouped(slot, std::move(entries)));
  return index;
}

}  // namespace quiesce::sim
