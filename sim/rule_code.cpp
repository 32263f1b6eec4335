#include "sim/rule_code.hpp"

#include "sim/eval.hpp"
#include "sim/jump_threading.hpp"
#include "sim/quick_operations.hpp"
#include "sim/rule_compiler.hpp"
#include "sim/rule_index_builder.hpp"
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

/// Of the properties that a scenario adds to those that are always checked.
RuleIndex index_of_nevers(const System& system, RuleCompiler& compiler) {
  RuleIndexBuilder nevers(compiler);
  for (std::size_t i = system.finding_kinds.size(); i < system.properties.size(); ++i) {
    const Property& property = system.properties[i];
    if (property.what != PropertyKind::kNever) continue;
    const auto number = static_cast<std::uint16_t>(i);
    if (may_fault(system.program, property.code)) {
      nevers.add(number, property.code);
    } else {
      nevers.add_parts(number, property.code);
    }
  }
  return nevers.take();
}

}  // namespace

RuleCode compile_rule_code(const System& system) {
  RuleCode result;
  RuleCompiler compiler(system.program);
  for (const Property& property : system.properties)
    result.conditions.push_back(is_on_states(property) ? compiler.guard(property.code) : kNoGuard);
  if (system.end != kNoCode) result.end = compiler.guard(system.end);
  RuleIndexBuilder guards(compiler);
  for (std::size_t i = 0; i < system.rules.size(); ++i) {
    guards.add(static_cast<std::uint16_t>(i), system.rules[i].when);
    result.bodies.push_back(compiler.body(system.rules[i]));
    result.conjuncts.push_back(compiler.conjuncts(system.rules[i]));
  }
  result.guards = guards.take();
  result.nevers = index_of_nevers(system, compiler);
  result.code = compiler.take_code();
  thread_jumps(result.code);
  use_quick_operations(result.code, system.program);
  return result;
}

}  // namespace quiesce::sim
