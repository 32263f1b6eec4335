#include "sim/rule_liveness.hpp"

#include <optional>

#include "sim/rule_flow.hpp"
#include "sim/unread_slots.hpp"

namespace quiesce::sim {
namespace {

/// Everything that the code names, whether it is evaluated or not.
void add_mentioned(const System& system, CodeId code, ByteSet& set) {
  for (auto pc = static_cast<std::size_t>(code); code != kNoCode; ++pc) {
    const Instruction& in = system.program.code[pc];
    if (in.op == Op::kEnd) return;
    if (reads_slot(in.op)) set.add(in.slot);
    if (in.op == Op::kLoadAt) set.add(shared_target(system, {Place::Kind::kFamily, {}, in.a, kNoCode, 0, 0}));
  }
}

bool compares_with_constant(Op op) {
  return op == Op::kSlotEq || op == Op::kSlotNe || op == Op::kUnlessSlotEq;
}

}  // namespace

RuleLiveness::RuleLiveness(const System& system, const SlotRanges& ranges, const ByteSet& matters)
    : system_(system), ranges_(ranges), observers_(observers(system)) {
  const auto add_reads = [&](const Step& step, ByteSet& set) {
    const SharedReadsOfStep reads = shared_reads_of(system, ranges, step);
    set.add(reads.always);
    if (reads.target.intersects(matters)) set.add(reads.for_target);
  };
  std::vector<bool> of_rule(system.program.steps.size());
  for (const Rule& rule : system.rules) {
    ByteSet& mentioned = mentioned_.emplace_back();
    ByteSet& reads = reads_.emplace_back();
    const Dependence guard = dependence_of(system, ranges, rule.when, {});
    reads.add(guard.value);
    reads.add(guard.faults);
    add_mentioned(system, rule.when, mentioned);
    for (const Pc pc : body_of(system, rule)) {
      const Step& step = system.program.steps[pc];
      of_rule[pc] = true;
      add_reads(step, reads);
      for (const CodeId code : {step.value, step.value2, step.place.index})
        add_mentioned(system, code, mentioned);
      mentioned.add(shared_target(system, step.place));
    }
  }
  for (std::size_t pc = 1; pc < system.program.steps.size(); ++pc) {
    if (of_rule[pc]) continue;
    add_reads(system.program.steps[pc], by_steps_);
    written_by_steps_.add(shared_target(system, system.program.steps[pc].place));
  }
}

std::vector<Control> RuleLiveness::candidates() const {
  std::vector<Control> all;
  std::vector<bool> compared(system_.layout.bytes);
  for (const Rule& rule : system_.rules) {
    for (auto pc = static_cast<std::size_t>(rule.when); rule.when != kNoCode; ++pc) {
      const Instruction& in = system_.program.code[pc];
      if (in.op == Op::kEnd) break;
      if (compares_with_constant(in.op)) compared[in.slot.offset] = true;
    }
  }
  const std::vector<bool> plain = plain_families(system_);
  for (std::size_t i = 0; i < plain.size(); ++i) {
    const Family& family = system_.program.families[i];
    const std::int64_t values = std::int64_t{family.type.hi} - family.type.lo + 1;
    if (!plain[i] || values > static_cast<std::int64_t>(kControlValuesMax)) continue;
    for (std::int32_t k = 0; k < family.count; ++k) {
      const base::Slot slot = family.slot(k);
      if (!compared[slot.offset] || written_by_steps_.contains_any(slot)) continue;
      all.push_back({slot, family.type.lo, std::vector<ByteSet>(static_cast<std::size_t>(values))});
    }
  }
  return all;
}

std::vector<Control> RuleLiveness::controls() const {
  std::vector<Control> all = candidates();
  for (Control& control : all) find_live(control);
  return all;
}

void RuleLiveness::find_live(Control& control) const {
  const ControlRange range{control.slot, control.first, control.live.size()};
  ByteSet everywhere = by_steps_;
  std::vector<std::vector<RuleFlow>> flows(range.count);
  for (std::size_t i = 0; i < system_.rules.size(); ++i) {
    // A rule that has nothing to do with the control leads from each of its values back to it.
    if (!mentioned_[i].contains_any(control.slot)) {
      everywhere.add(reads_[i]);
      continue;
    }
    for (std::size_t v = 0; v < range.count; ++v)
      flows[v].emplace_back(system_, ranges_, system_.rules[i], range, v);
  }
  everywhere.add(control.slot);
  for (std::size_t v = 0; v < range.count; ++v) {
    const std::int64_t value = range.first + static_cast<std::int64_t>(v);
    control.live[v].add(everywhere);
    for (const CodeId code : observers_) {
      const Dependence seen =
          dependence_of(system_, ranges_, code, {kNoContext, control.slot, {value, value}, true});
      control.live[v].add(seen.value);
      control.live[v].add(seen.faults);
    }
  }
  for (bool grew = true; grew;) {
    grew = false;
    for (std::size_t v = range.count; v-- > 0;) {
      for (const RuleFlow& flow : flows[v])
        grew = control.live[v].add(flow.live_before(control.live)) || grew;
    }
  }
}

}  // namespace quiesce::sim
