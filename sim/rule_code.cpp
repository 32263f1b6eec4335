#include "sim/rule_code.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "sim/jump_threading.hpp"
#include "sim/quick_operations.hpp"
#include "sim/rule_compiler.hpp"
#include "sim/system.hpp"

namespace quiesce::sim {

Operand slot_operand(base::Slot slot) {
  const base::WordBits at = base::word_bits(slot);
  return {.base = Operand::kState,
          .shift = static_cast<std::uint8_t>(at.shift),
          .offset = slot.offset,
          .mask = at.mask,
          .sign = at.sign};
}

base::Slot Operand::slot() const {
  switch (mask) {
    case 0xff:
      return {offset, sign != 0 ? base::Width::kI8 : base::Width::kU8};
    case 0xffff:
      return {offset, sign != 0 ? base::Width::kI16 : base::Width::kU16};
    default:
      return {offset, base::Width::kI32};
  }
}

namespace {

constexpr std::int32_t kValuesMax = 4096;

/// A guard's first conjunct, if that is `slot == value`, and the rest of it.
struct Beginning {
  base::Slot slot;
  std::int32_t value = 0;
  CodeId rest = kNoCode;
};

std::optional<Beginning> beginning_of(const Program& program, CodeId when) {
  if (when == kNoCode) return std::nullopt;
  const Instruction& first = program.code[static_cast<std::size_t>(when)];
  const auto ends_at = [&](std::int32_t at) {
    return program.code[static_cast<std::size_t>(at)].op == Op::kEnd;
  };
  std::optional<Beginning> found;
  if (first.op == Op::kUnlessSlotEq && ends_at(first.a)) found = {first.slot, first.b, when + 1};
  if (first.op == Op::kSlotEq && ends_at(when + 1)) found = {first.slot, first.a, kNoCode};
  if (found && (found->value < -kValuesMax || found->value > kValuesMax)) found.reset();
  return found;
}

bool is_on_states(const Property& property) {
  switch (property.what) {
    case PropertyKind::kNever:
    case PropertyKind::kAtEnd:
    case PropertyKind::kEventually:
    case PropertyKind::kAlwaysPossible:
      return property.code != kNoCode;
    default:
      return false;
  }
}

using EntriesByValue = std::map<std::int32_t, std::vector<RuleEntry>>;

/// What `rest` asks, of which a few first questions may be answered by tests.
RuleEntry entry_of(std::size_t rule, CodeId rest, RuleCompiler& compiler) {
  RuleEntry entry;
  entry.rule = static_cast<std::uint16_t>(rule);
  if (rest == kNoCode) return entry;
  entry.asks = true;
  const std::optional<CodeTree> tree = compiler.tree(rest);
  if (!tree) {
    entry.guard = compiler.guard(rest);
    return entry;
  }
  const std::vector<const CodeTree*> conjuncts = conjuncts_of(*tree);
  std::size_t tested = 0;
  for (; tested < std::min(conjuncts.size(), entry.tests.size()); ++tested) {
    const auto test = bits_test(*conjuncts[tested]);
    if (!test) break;
    entry.tests[tested] = *test;
  }
  if (tested < conjuncts.size()) entry.guard = compiler.guard(std::span(conjuncts).subspan(tested));
  return entry;
}

RuleGroup grouped(base::Slot slot, const EntriesByValue& entries, RuleCode& code) {
  RuleGroup group{slot_operand(slot), entries.begin()->first};
  group.values = static_cast<std::uint32_t>(entries.rbegin()->first - group.first_value + 1);
  group.begins = static_cast<std::uint32_t>(code.begins.size());
  for (std::int32_t value = group.first_value; value <= entries.rbegin()->first; ++value) {
    code.begins.push_back(static_cast<std::uint32_t>(code.entries.size()));
    const auto found = entries.find(value);
    if (found == entries.end()) continue;
    code.entries.insert(code.entries.end(), found->second.begin(), found->second.end());
  }
  code.begins.push_back(static_cast<std::uint32_t>(code.entries.size()));
  return group;
}

}  // namespace

RuleCode compile_rule_code(const System& system) {
  const std::vector<Rule>& rules = system.rules;
  const Program& program = system.program;
  RuleCode result;
  RuleCompiler compiler(program);
  for (const Property& property : system.properties)
    result.conditions.push_back(is_on_states(property) ? compiler.guard(property.code) : kNoGuard);
  if (system.end != kNoCode) result.end = compiler.guard(system.end);
  std::vector<std::pair<base::Slot, EntriesByValue>> groups;
  std::vector<RuleEntry> others;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const auto first = beginning_of(program, rules[i].when);
    const CodeId rest = first ? first->rest : rules[i].when;
    const RuleEntry entry = entry_of(i, rest, compiler);
    result.bodies.push_back(compiler.body(rules[i]));
    result.conjuncts.push_back(compiler.conjuncts(rules[i]));
    if (!first) {
      others.push_back(entry);
      continue;
    }
    auto group = std::find_if(groups.begin(), groups.end(),
                              [&](const auto& candidate) { return candidate.first == first->slot; });
    if (group == groups.end()) group = groups.insert(groups.end(), {first->slot, {}});
    group->second[first->value].push_back(entry);
  }
  for (const auto& [slot, entries] : groups) result.groups.push_back(grouped(slot, entries, result));
  result.others = static_cast<std::uint32_t>(result.entries.size());
  result.entries.insert(result.entries.end(), others.begin(), others.end());
  result.code = compiler.take_code();
  thread_jumps(result.code);
  use_quick_operations(result.code, program);
  return result;
}

}  // namespace quiesce::sim
