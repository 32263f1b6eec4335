#include "sim/rule_dependence.hpp"

#include <algorithm>
#include <map>

#include "sim/code_tree.hpp"
#include "sim/footprint.hpp"
#include "sim/step_footprint.hpp"
#include "sim/system.hpp"

namespace quiesce::sim {
namespace {

/// The sets of so many rules take some tens of megabytes.
constexpr std::size_t kRulesMax = 8192;

/// `slot OP constant`.
struct Atom {
  base::Slot slot;
  Op op = Op::kEq;
  std::int32_t constant = 0;
  bool swapped = false;  ///< `constant OP slot`

  [[nodiscard]] bool holds(std::int32_t value) const {
    const std::int32_t left = swapped ? constant : value;
    const std::int32_t right = swapped ? value : constant;
    switch (op) {
      case Op::kEq:
        return left == right;
      case Op::kNe:
        return left != right;
      case Op::kLt:
        return left < right;
      default:
        return left <= right;
    }
  }
};

std::optional<Atom> atom_of(const CodeTree& tree) {
  if (tree.op != Op::kEq && tree.op != Op::kNe && tree.op != Op::kLt && tree.op != Op::kLe)
    return std::nullopt;
  const CodeTree& left = tree.kids[0];
  const CodeTree& right = tree.kids[1];
  if (left.op == Op::kLoad && right.op == Op::kPush) return Atom{left.slot, tree.op, right.a, false};
  if (left.op == Op::kPush && right.op == Op::kLoad) return Atom{right.slot, tree.op, left.a, true};
  return std::nullopt;
}

/// A condition as far as rules can change whether it holds.
struct Condition {
  Touched reads;            ///< beside what its atoms read
  std::vector<Atom> atoms;  ///< comparisons of a slot with a constant that occur in it
};

void add_tree(const System& system, const CodeTree& tree, Condition& condition) {
  if (const auto atom = atom_of(tree)) {
    condition.atoms.push_back(*atom);
    return;
  }
  if (tree.op == Op::kLoad) condition.reads.read(tree.slot);
  if (tree.op == Op::kLoadAt) {
    const Family& family = system.program.families[static_cast<std::size_t>(tree.a)];
    for (std::int32_t i = 0; !family.constant && i < family.count; ++i) condition.reads.read(family.slot(i));
  }
  for (const CodeTree& kid : tree.kids) add_tree(system, kid, condition);
}

Condition condition_of(const System& system, const CodeTree& tree) {
  Condition condition{Touched(system.layout.bytes), {}};
  add_tree(system, tree, condition);
  return condition;
}

Condition condition_of(const System& system, CodeId code) {
  if (const auto tree = tree_of(system.program, code)) return condition_of(system, *tree);
  Condition condition{Touched(system.layout.bytes), {}};
  add_code(system, kNoContext, code, condition.reads);
  return condition;
}

/// What a rule needs and does, as far as it is known before it is fired.
struct RuleFacts {
  Touched touched;
  std::map<std::uint16_t, std::int32_t> needs;  ///< slots, by offset, that its guard fixes to one value
  /// Values that it may give to a slot, by offset; a slot that it may write and is not here gets any value.
  std::map<std::uint16_t, std::vector<std::int32_t>> gives;
};

std::optional<std::int32_t> constant_value(const Program& program, CodeId code) {
  if (code == kNoCode) return std::nullopt;
  const Instruction* in = &program.code[static_cast<std::size_t>(code)];
  if (in[0].op != Op::kPush || in[1].op != Op::kEnd) return std::nullopt;
  return in[0].a;
}

RuleFacts facts_of(const System& system, const Rule& rule) {
  RuleFacts facts{rule_footprint(system, rule), {}, {}};
  // A guard that meets NULL counts as holding, whatever the rest of it says.
  const bool known = rule.when != kNoCode && !rule.may_fault;
  const std::optional<CodeTree> guard = known ? tree_of(system.program, rule.when) : std::nullopt;
  if (guard) {
    for (const CodeTree* part : conjuncts_of(*guard)) {
      const auto atom = atom_of(*part);
      if (atom && atom->op == Op::kEq) facts.needs.emplace(atom->slot.offset, atom->constant);
    }
  }
  std::vector<std::uint16_t> unknown;
  for (const Pc pc : reachable_from(system.program, rule.body)) {
    const Step& step = system.program.steps[pc];
    if (step.verb != Verb::kSet) continue;
    const auto value = constant_value(system.program, step.value);
    if (step.place.kind == Place::Kind::kSlot && value) {
      facts.gives[step.place.slot.offset].push_back(*value);
    } else if (step.place.kind == Place::Kind::kSlot) {
      unknown.push_back(step.place.slot.offset);
    } else {
      const Family& family = system.program.families[static_cast<std::size_t>(step.place.family)];
      for (std::int32_t i = 0; !family.constant && i < family.count; ++i)
        unknown.push_back(family.slot(i).offset);
    }
  }
  for (const std::uint16_t slot : unknown) facts.gives.erase(slot);
  return facts;
}

/// Whether firing the rule may change what the atom says. With `becomes_true`: may make it true.
bool may_change(const RuleFacts& rule, const Atom& atom, bool becomes_true) {
  if (!rule.touched.may_write(atom.slot)) return false;
  const auto gives = rule.gives.find(atom.slot.offset);
  if (gives == rule.gives.end()) return true;
  const auto needs = rule.needs.find(atom.slot.offset);
  return std::any_of(gives->second.begin(), gives->second.end(), [&](std::int32_t value) {
    if (becomes_true) return atom.holds(value);
    return needs == rule.needs.end() || atom.holds(needs->second) != atom.holds(value);
  });
}

bool may_change(const RuleFacts& rule, const Condition& condition) {
  return rule.touched.may_write_some_of(condition.reads) ||
         std::any_of(condition.atoms.begin(), condition.atoms.end(),
                     [&](const Atom& atom) { return may_change(rule, atom, false); });
}

/// Whether the rule may turn the conjunct from false to true.
bool may_make_true(const RuleFacts& rule, const Condition& conjunct, bool is_one_atom) {
  if (is_one_atom) return may_change(rule, conjunct.atoms.front(), true);
  return may_change(rule, conjunct);
}

bool exclude_each_other(const RuleFacts& a, const RuleFacts& b) {
  return std::any_of(a.needs.begin(), a.needs.end(), [&](const auto& need) {
    const auto other = b.needs.find(need.first);
    return other != b.needs.end() && other->second != need.second;
  });
}

bool interfere(const RuleFacts& a, const RuleFacts& b) {
  return a.touched.may_write_some_of(b.touched) || b.touched.may_write_some_of(a.touched);
}

class DependenceFinder {
 public:
  explicit DependenceFinder(const System& system) : system_(system) {
    for (const Rule& rule : system.rules) facts_.push_back(facts_of(system, rule));
  }

  RuleDependence run() {
    RuleDependence result;
    result.visible = RuleSet(facts_.size());
    for (std::size_t i = 0; i < facts_.size(); ++i) {
      result.conflicts.push_back(conflicts_of(i));
      result.guards.push_back(guard_of(i));
    }
    for (const Property& property : system_.properties) {
      const bool looked_at = property.what == PropertyKind::kNever || property.what == PropertyKind::kAtEnd;
      if (looked_at && property.code != kNoCode) add_visible(property.code, result.visible);
    }
    if (system_.end != kNoCode) add_visible(system_.end, result.visible);
    return result;
  }

 private:
  [[nodiscard]] RuleSet conflicts_of(std::size_t rule) const {
    RuleSet conflicts(facts_.size());
    for (std::size_t other = 0; other < facts_.size(); ++other) {
      if (other == rule || exclude_each_other(facts_[rule], facts_[other])) continue;
      if (interfere(facts_[rule], facts_[other])) conflicts.add(other);
    }
    return conflicts;
  }

  [[nodiscard]] RuleSet makers_of(const Condition& conjunct, bool is_one_atom) const {
    RuleSet makers(facts_.size());
    for (std::size_t i = 0; i < facts_.size(); ++i) {
      if (may_make_true(facts_[i], conjunct, is_one_atom)) makers.add(i);
    }
    return makers;
  }

  [[nodiscard]] std::vector<GuardConjunct> guard_of(std::size_t rule) const {
    std::vector<GuardConjunct> guard;
    const std::vector<std::uint32_t>& codes = system_.rule_code.conjuncts[rule];
    if (codes.empty()) return guard;
    const CodeId when = system_.rules[rule].when;
    const std::optional<CodeTree> tree = tree_of(system_.program, when);
    if (!tree || codes.size() == 1) {
      const bool is_one_atom = tree && !system_.rules[rule].may_fault && atom_of(*tree).has_value();
      guard.push_back({codes.front(), makers_of(condition_of(system_, when), is_one_atom)});
      return guard;
    }
    const std::vector<const CodeTree*> parts = conjuncts_of(*tree);
    QUIESCE_ASSERT(parts.size() == codes.size(), "a guard was taken apart in two ways");
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const bool is_one_atom = atom_of(*parts[i]).has_value();
      guard.push_back({codes[i], makers_of(condition_of(system_, *parts[i]), is_one_atom)});
    }
    return guard;
  }

  void add_visible(CodeId code, RuleSet& visible) const {
    const Condition condition = condition_of(system_, code);
    for (std::size_t i = 0; i < facts_.size(); ++i) {
      if (may_change(facts_[i], condition)) visible.add(i);
    }
  }

  const System& system_;
  std::vector<RuleFacts> facts_;
};

}  // namespace

std::optional<RuleDependence> find_dependence(const System& system) {
  if (!system.only_rules() || system.rules.size() > kRulesMax) return std::nullopt;
  return DependenceFinder(system).run();
}

}  // namespace quiesce::sim
