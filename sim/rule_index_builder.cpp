#include "sim/rule_index_builder.hpp"

#include <algorithm>
#include <optional>

namespace quiesce::sim {
namespace {

constexpr std::int32_t kIndexedMax = 4096;

/// Whether it is `slot == value`, of a value that a table can be indexed by.
bool names_value(const CodeTree& tree) {
  return tree.op == Op::kEq && tree.kids[0].op == Op::kLoad && tree.kids[1].op == Op::kPush &&
         tree.kids[1].a >= -kIndexedMax && tree.kids[1].a <= kIndexedMax;
}

}  // namespace

void RuleIndexBuilder::add(std::uint16_t number, CodeId condition) {
  if (condition == kNoCode) return add(number, Conjuncts());
  if (const std::optional<CodeTree> tree = compiler_.tree(condition)) return add(number, conjuncts_of(*tree));
  RuleEntry entry;
  entry.number = number;
  entry.asks = true;
  entry.guard = compiler_.guard(condition);
  others_.push_back(entry);
}

void RuleIndexBuilder::add_parts(std::uint16_t number, CodeId condition) {
  const std::optional<CodeTree> tree = compiler_.tree(condition);
  if (!tree) return add(number, condition);
  for (const CodeTree* part : disjuncts_of(*tree)) add(number, conjuncts_of(*part));
}

void RuleIndexBuilder::add(std::uint16_t number, Conjuncts conjuncts) {
  if (conjuncts.empty() || !names_value(*conjuncts.front())) {
    others_.push_back(entry_of(number, conjuncts));
    return;
  }
  const CodeTree& first = *conjuncts.front();
  const RuleEntry entry = entry_of(number, conjuncts.subspan(1));
  entries_of(first.kids[0].slot)[first.kids[1].a].push_back(entry);
}

/// A few first questions may be answered by tests.
RuleEntry RuleIndexBuilder::entry_of(std::uint16_t number, Conjuncts rest) {
  RuleEntry entry;
  entry.number = number;
  entry.asks = !rest.empty();
  std::size_t tested = 0;
  for (; tested < std::min(rest.size(), entry.tests.size()); ++tested) {
    const auto test = bits_test(*rest[tested]);
    if (!test) break;
    entry.tests[tested] = *test;
  }
  if (tested < rest.size()) entry.guard = compiler_.guard(rest.subspan(tested));
  return entry;
}

RuleIndexBuilder::EntriesByValue& RuleIndexBuilder::entries_of(base::Slot slot) {
  const auto group =
      std::find_if(groups_.begin(), groups_.end(), [&](const auto& known) { return known.first == slot; });
  if (group != groups_.end()) return group->second;
  return groups_.emplace_back(slot, EntriesByValue{}).second;
}

void RuleIndexBuilder::put(const std::pair<base::Slot, EntriesByValue>& group) {
  const auto& [slot, entries] = group;
  const std::int32_t first = entries.begin()->first;
  const std::int32_t last = entries.rbegin()->first;
  index_.groups.push_back({slot.width == base::Width::kU8, slot_operand(slot), first,
                           static_cast<std::uint32_t>(last - first + 1),
                           static_cast<std::uint32_t>(index_.begins.size())});
  for (std::int32_t value = first; value <= last; ++value) {
    index_.begins.push_back(static_cast<std::uint32_t>(index_.entries.size()));
    const auto found = entries.find(value);
    if (found == entries.end()) continue;
    index_.entries.insert(index_.entries.end(), found->second.begin(), found->second.end());
  }
  index_.begins.push_back(static_cast<std::uint32_t>(index_.entries.size()));
}

RuleIndex RuleIndexBuilder::take() {
  for (const auto& group : groups_) put(group);
  index_.others = static_cast<std::uint32_t>(index_.entries.size());
  index_.entries.insert(index_.entries.end(), others_.begin(), others_.end());
  return std::move(index_);
}

}  // namespace quiesce::sim
