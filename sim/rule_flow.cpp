#include "sim/rule_flow.hpp"

#include <algorithm>
#include <set>

#include "sim/unread_slots.hpp"

namespace quiesce::sim {

std::set<Pc> body_of(const System& system, const Rule& rule) {
  std::set<Pc> seen;
  std::vector<Pc> open{rule.body};
  while (!open.empty()) {
    const Pc pc = open.back();
    open.pop_back();
    if (pc == kInactive || !seen.insert(pc).second) continue;
    const Step& step = system.program.steps[pc];
    if (step.verb == Verb::kExit) continue;
    open.push_back(step.next);
    if (step.verb == Verb::kIf) open.push_back(step.other);
  }
  return seen;
}

RuleFlow::RuleFlow(const System& system, const SlotRanges& ranges, const Rule& rule,
                   const ControlRange& control, std::size_t value)
    : system_(system), ranges_(ranges), control_(control) {
  ControlValues here;
  here.set(value);
  const Dependence guard = dependence_of(system, ranges, rule.when, known(here));
  const bool never = rule.when != kNoCode && guard.range.is_one() && guard.range.lo == 0;
  enabled_ = !never || guard.may_fault;
  guard_.add(guard.value);
  guard_.add(guard.faults);
  if (!enabled_) return;
  static_cast<void>(node_at(rule.body, here));
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    Node node = nodes_[i];  // more are met meanwhile
    look_at(node);
    nodes_[i] = std::move(node);
  }
}

std::size_t RuleFlow::node_at(Pc pc, const ControlValues& values) {
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (nodes_[i].pc == pc && nodes_[i].before == values) return i;
  }
  nodes_.emplace_back();
  nodes_.back().pc = pc;
  nodes_.back().before = values;
  return nodes_.size() - 1;
}

Known RuleFlow::known(const ControlValues& values) const {
  std::size_t least = 0;
  while (!values[least]) ++least;
  std::size_t most = values.size() - 1;
  while (!values[most]) --most;
  const Interval range{control_.first + static_cast<std::int64_t>(least),
                       control_.first + static_cast<std::int64_t>(most)};
  return {kNoContext, control_.slot, range, true};
}

ControlValues RuleFlow::within(Interval range) const {
  ControlValues values;
  for (std::size_t v = 0; v < control_.count; ++v)
    values[v] = range.contains(control_.first + static_cast<std::int64_t>(v));
  return values;
}

void RuleFlow::look_at(Node& node) {
  const Step& step = system_.program.steps[node.pc];
  const Dependence value = dependence_of(system_, ranges_, step.value, known(node.before));
  const Dependence value2 = dependence_of(system_, ranges_, step.value2, known(node.before));
  const Dependence index = dependence_of(system_, ranges_, step.place.index, known(node.before));
  const bool sure = step.verb == Verb::kSet && surely_writes(step, value, index, system_);
  for (const Dependence* read : {&value, &value2, &index}) {
    node.always.add(read->faults);
    (sure ? node.for_target : node.always).add(read->value);
    node.may_fault = node.may_fault || read->may_fault;
  }
  node.target = shared_target(system_, step.place);
  node.kills = sure && step.place.kind == Place::Kind::kSlot;
  const bool may_miss = step.place.kind == Place::Kind::kFamily && !sure;
  node.may_fault = node.may_fault || may_miss;
  node.after = assigned(node, step, value);
  link(node, step, value);
}

ControlValues RuleFlow::assigned(const Node& node, const Step& step, const Dependence& value) const {
  if (step.verb != Verb::kSet || !node.target.contains_any(control_.slot)) return node.before;
  const ControlValues written = within(value.range);
  return node.kills ? written : node.before | written;
}

void RuleFlow::link(Node& node, const Step& step, const Dependence& value) {
  // Nothing of the control's values is left where an assignment is out of its bounds for sure.
  if (step.verb == Verb::kExit || node.after.none()) return;
  const bool branches = step.verb == Verb::kIf;
  const bool zero = value.range.is_one() && value.range.lo == 0;
  if (!branches || !zero) node.next.push_back(node_at(step.next, node.after));
  if (branches && value.range.contains(0)) node.next.push_back(node_at(step.other, node.after));
}

ByteSet RuleFlow::live_before(const std::vector<ByteSet>& live_at) const {
  ByteSet live = guard_;
  if (!enabled_) return live;
  const auto add_at = [&](const ControlValues& values, ByteSet& set) {
    for (std::size_t v = 0; v < live_at.size(); ++v) {
      if (values[v]) set.add(live_at[v]);
    }
  };
  std::vector<ByteSet> before(nodes_.size());
  for (bool grew = true; grew;) {
    grew = false;
    for (std::size_t at = nodes_.size(); at-- > 0;) {
      const Node& node = nodes_[at];
      ByteSet set;
      for (const std::size_t next : node.next) set.add(before[next]);
      if (node.next.empty()) add_at(node.after, set);
      const bool read_later = set.intersects(node.target);
      if (node.kills) set.subtract(node.target);
      if (read_later) set.add(node.for_target);
      set.add(node.always);
      if (node.may_fault) add_at(node.before, set);
      grew = before[at].add(set) || grew;
    }
  }
  live.add(before.front());
  return live;
}

}  // namespace quiesce::sim
