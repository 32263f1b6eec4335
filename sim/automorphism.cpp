#include "sim/automorphism.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "sim/eval.hpp"

namespace quiesce::sim {
namespace {

/// Verbs whose arguments are texts for people, families, or known by what else the step has.
bool argument_is_behaviour(Verb verb) {
  return verb != Verb::kLog && verb != Verb::kPanic && verb != Verb::kListAddTail && verb != Verb::kListDel &&
         verb != Verb::kTakeFirst && verb != Verb::kTakeLast;
}

bool is_list_verb(Verb verb) {
  return verb == Verb::kListAddTail || verb == Verb::kListDel || verb == Verb::kTakeFirst ||
         verb == Verb::kTakeLast;
}

std::string where(const System& system, Pc pc) {
  const StepInfo& info = system.program.infos[system.program.steps[pc].info];
  const std::string place = "step " + info.routine + "+" + std::to_string(info.number);
  return info.text.empty() ? place : place + " (" + info.text + ")";
}

std::string text_of(const Naming& naming, const Step& step, const Permutation& g) {
  std::string all;
  for (const Term& term : operands_of(naming, step)) all += naming.text(term, g) + ";";
  return all;
}

bool computes(const Naming& naming, const Step& step) {
  const std::vector<Term> terms = operands_of(naming, step);
  return std::any_of(terms.begin(), terms.end(), computes_with_members);
}

/// Walks pairs of locations from pairs of entries on.
class LocationMatcher {
 public:
  LocationMatcher(const Naming& naming, Permutation& g)
      : naming_(naming), g_(g), identity_(Permutation::identity(naming.system)), seen_(g.locations.size()) {}

  std::optional<std::string> run(Pc from, Pc to) {
    open_.push_back({from, to});
    while (!open_.empty()) {
      const LocationPair pair = open_.back();
      open_.pop_back();
      if (auto problem = match(pair)) return problem;
    }
    return std::nullopt;
  }

 private:
  std::optional<std::string> match(LocationPair pair) {
    const System& system = naming_.system;
    if (pair.from == kInactive && pair.to == kInactive) return std::nullopt;
    if (pair.from == kInactive || pair.to == kInactive)
      return where(system, std::max(pair.from, pair.to)) + " has no counterpart";
    if (seen_[pair.from]) {
      if (g_.locations[pair.from] == pair.to) return std::nullopt;
      return where(system, pair.from) + " corresponds to two steps";
    }
    if (!targets_.insert(pair.to).second) return where(system, pair.to) + " corresponds to two steps";
    seen_[pair.from] = true;
    g_.locations[pair.from] = pair.to;
    const Step& a = system.program.steps[pair.from];
    const Step& b = system.program.steps[pair.to];
    if (!same_kind_of_step(a, pair.from, b, pair.to))
      return where(system, pair.from) + " differs from " + where(system, pair.to);
    if (computes(naming_, a)) return where(system, pair.from) + " computes with a name";
    if (text_of(naming_, a, g_) == text_of(naming_, b, identity_)) {
      // The same under the new names.
    } else if (pair.from == pair.to) {
      return where(system, pair.from) + " tells them apart";
    } else {
      return where(system, pair.from) + " and " + where(system, pair.to) + " use different things";
    }
    if (a.verb == Verb::kExit) return std::nullopt;
    open_.push_back({a.next, b.next});
    open_.push_back({a.other, b.other});
    return std::nullopt;
  }

  const Naming& naming_;
  Permutation& g_;
  Permutation identity_;
  std::vector<bool> seen_;
  std::set<Pc> targets_;
  std::vector<LocationPair> open_;
};

std::string text_of(const Naming& naming, CodeId code, const Permutation& g) {
  return code == kNoCode ? "" : naming.text(naming.terms.read(code), g);
}

/// A rule's guard and body, with locations counted from its entry.
std::string text_of(const Naming& naming, const Rule& rule, const Permutation& g) {
  const std::vector<Step>& steps = naming.system.program.steps;
  std::string all = text_of(naming, rule.when, g);
  std::map<Pc, std::size_t> numbers{{rule.body, 0}};
  std::vector<Pc> order{rule.body};
  const auto number = [&](Pc pc) {
    const auto [at, is_new] = numbers.emplace(pc, order.size());
    if (is_new) order.push_back(pc);
    return std::to_string(at->second);
  };
  for (std::size_t i = 0; i < order.size(); ++i) {
    const Step& step = steps[order[i]];
    all += "|" + std::to_string(static_cast<int>(step.verb));
    if (step.verb == Verb::kExit) continue;
    all += "," + std::to_string(step.argument) + "," + std::to_string(step.argument2) + "," +
           text_of(naming, step, g) + number(step.next);
    if (step.other != kInactive) all += "," + number(step.other);
  }
  return all;
}

/// Rules are a set: under other names they have to be the same set.
std::optional<std::string> compare_rules(const Naming& naming, const Permutation& g) {
  const Permutation identity = Permutation::identity(naming.system);
  std::multiset<std::string> plain;
  for (const Rule& rule : naming.system.rules) plain.insert(text_of(naming, rule, identity));
  for (const Rule& rule : naming.system.rules) {
    const auto found = plain.find(text_of(naming, rule, g));
    if (found == plain.end()) return "rule '" + rule.name + "' has no counterpart";
    plain.erase(found);
  }
  return std::nullopt;
}

std::string text_of(const Naming& naming, const WriteGuard& guard, const Permutation& g) {
  std::string all = std::to_string(guard.property) + "," + std::to_string(guard.reg) + "," +
                    std::to_string(guard.index) + "," + text_of(naming, guard.when, g) + ",";
  if (guard.smmu >= 0) all += std::to_string(g.members[naming.smmus][static_cast<std::size_t>(guard.smmu)]);
  if (guard.family >= 0) all += "f" + std::to_string(g.families[static_cast<std::size_t>(guard.family)]);
  if (guard.slot) all += naming.text(naming.terms.read(Place{Place::Kind::kSlot, *guard.slot}), g);
  return all;
}

std::optional<std::string> compare_properties(const Naming& naming, const Permutation& g) {
  const System& system = naming.system;
  const Permutation identity = Permutation::identity(system);
  for (const Property& property : system.properties) {
    if (text_of(naming, property.code, g) != text_of(naming, property.code, identity))
      return "property '" + property.name + "' tells them apart";
  }
  if (text_of(naming, system.end, g) != text_of(naming, system.end, identity))
    return "'end' tells them apart";
  std::multiset<std::string> plain;
  for (const WriteGuard& guard : system.write_guards) plain.insert(text_of(naming, guard, identity));
  for (const WriteGuard& guard : system.write_guards) {
    if (!plain.contains(text_of(naming, guard, g)))
      return "property '" + system.properties[guard.property].name + "' tells them apart";
  }
  return std::nullopt;
}

bool same_kind_of_family(const Naming& naming, std::size_t a, std::size_t b) {
  const Family& from = naming.system.program.families[a];
  const Family& to = naming.system.program.families[b];
  const auto is_of_work = [&](const Family& family) {
    return std::any_of(
        naming.system.layout.works.begin(), naming.system.layout.works.end(), [&](const WorkLayout& work) {
          return !family.constant && (work.pending == family.first || work.running == family.first ||
                                      work.flushes == family.first);
        });
  };
  return a == b || (from.type.kind == to.type.kind && from.type.name == to.type.name &&
                    from.type.lo == to.type.lo && from.type.hi == to.type.hi && from.count == to.count &&
                    from.constant == to.constant && !is_of_work(from) && !is_of_work(to) &&
                    naming.families.indices_of(a) == naming.families.indices_of(b) &&
                    naming.families.sizes_of(a) == naming.families.sizes_of(b));
}

std::optional<std::string> compare_families(const Naming& naming, const Permutation& g) {
  const std::vector<Family>& families = naming.system.program.families;
  for (std::size_t f = 0; f < families.size(); ++f) {
    const Family& from = families[f];
    const Family& to = families[static_cast<std::size_t>(g.families[f])];
    if (!same_kind_of_family(naming, f, static_cast<std::size_t>(g.families[f])))
      return "'" + from.name + "' and '" + to.name + "' are declared differently";
    // Of these there are several, see compare_machine().
    const bool has_open_order = !naming.system.device_orders.empty() &&
                                static_cast<std::int32_t>(f) == naming.system.device_order_family;
    for (std::int32_t i = 0; !has_open_order && i < from.count; ++i) {
      const auto at = static_cast<std::size_t>(naming.element(g, f, i));
      const std::int32_t value =
          naming.value(g, naming.families.values_of(f), from.init[static_cast<std::size_t>(i)]);
      if (to.init[at] != value) return "'" + from.name + "' begins with different values";
    }
  }
  return std::nullopt;
}

bool same_kind_of_context(const ContextLayout& a, const ContextLayout& b) {
  return a.cpus_allowed == b.cpus_allowed && a.may_stall == b.may_stall && a.task_kind == b.task_kind &&
         !a.daemon && !b.daemon && a.frame_bytes == b.frame_bytes &&
         (a.deadline == kNoTimer) == (b.deadline == kNoTimer) &&
         (a.hung_task == kNoTimer) == (b.hung_task == kNoTimer) &&
         (a.rcu_stall == kNoTimer) == (b.rcu_stall == kNoTimer);
}

std::vector<int> irqs_of(const Layout& layout, std::size_t smmu) {
  if (layout.is_legacy(smmu)) return layout.legacy_of(smmu).irqs;
  return {layout.smmu_irqs[smmu].begin(), layout.smmu_irqs[smmu].end()};
}

std::pair<std::uint64_t, bool> configuration_of(const Layout& layout, std::size_t smmu) {
  if (!layout.is_legacy(smmu)) return {hwmodel::v3::fingerprint(layout.smmu_configs[smmu]), false};
  const LegacyLayout& legacy = layout.legacy_of(smmu);
  return {hwmodel::v2::fingerprint(legacy.config), legacy.unmatched == hwmodel::v2::Unmatched::kFault};
}

std::optional<std::string> compare_machine(const Naming& naming, const Permutation& g) {
  const System& system = naming.system;
  const Layout& layout = system.layout;
  for (ContextId task = 0; task < layout.tasks; ++task) {
    const ContextId to = naming.context(g, task);
    if (to != task && !same_kind_of_context(layout.contexts[task], layout.contexts[to])) {
      return "tasks " + layout.contexts[task].name + " and " + layout.contexts[to].name +
             " are declared differently";
    }
  }
  for (const BoundLayout& bound : layout.bounds) {
    if (naming.context(g, bound.context) != bound.context)
      return "property '" + system.properties[bound.property].name + "' bounds one of them";
  }
  for (std::size_t i = 0; i < layout.smmu_count(); ++i) {
    const auto to = static_cast<std::size_t>(g.members[naming.smmus][i]);
    const bool same_model = layout.is_legacy(i) == layout.is_legacy(to);
    if (same_model && irqs_of(layout, i) != irqs_of(layout, to))
      return "an interrupt comes from SMMU " + system.smmus[i].name;
    if (!same_model || configuration_of(layout, i) != configuration_of(layout, to)) {
      return "SMMUs " + system.smmus[i].name + " and " + system.smmus[to].name +
             " are configured differently";
    }
  }
  const std::set<std::vector<std::int32_t>> orders(system.device_orders.begin(), system.device_orders.end());
  const DomainId devices = naming.families.find(TypeKind::kRef, "device");
  for (std::vector<std::int32_t> order : system.device_orders) {
    for (std::int32_t& device : order) device = naming.value(g, devices, device);
    if (!orders.contains(order)) return "devices are not registered alike";
  }
  return std::nullopt;
}

}  // namespace

bool same_kind_of_step(const Step& a, Pc at_a, const Step& b, Pc at_b) {
  // Whether a jump goes back decides whether a task may run for a while, see fair_share.cpp.
  const auto direction = [](Pc to, Pc at) { return to < at ? -1 : to > at ? 1 : 0; };
  const bool same =
      a.verb == b.verb && a.folded == b.folded && a.place.kind == b.place.kind && a.place.lo == b.place.lo &&
      a.place.hi == b.place.hi && (a.value == kNoCode) == (b.value == kNoCode) &&
      (a.value2 == kNoCode) == (b.value2 == kNoCode) && (a.value3 == kNoCode) == (b.value3 == kNoCode) &&
      (a.other == kInactive) == (b.other == kInactive) && direction(a.next, at_a) == direction(b.next, at_b);
  return same && (!argument_is_behaviour(a.verb) || (a.argument == b.argument && a.argument2 == b.argument2));
}

std::vector<Term> operands_of(const Naming& naming, const Step& step) {
  std::vector<Term> all{naming.terms.read(step.place)};
  const bool value_is_smmu = step.verb == Verb::kReserveAndPublish || switches_smmu(step.verb);
  all.push_back(value_is_smmu ? naming.terms.read_smmu(step.value) : naming.terms.read(step.value));
  const bool second_is_smmu =
      step.verb == Verb::kWrite || step.verb == Verb::kWriteLegacy || step.verb == Verb::kPutCommands;
  all.push_back(second_is_smmu ? naming.terms.read_smmu(step.value2) : naming.terms.read(step.value2));
  all.push_back(naming.terms.read(step.value3));
  for (const CodeId part : faulting_parts(naming.system.program, step))
    all.push_back(naming.terms.read(part));
  if (!is_list_verb(step.verb)) return all;
  for (const std::int32_t family : {step.argument, step.argument2}) {
    Term list;
    list.kind = Term::Kind::kElement;
    list.a = family;
    all.push_back(std::move(list));
  }
  return all;
}

std::optional<std::string> match_locations(const Naming& naming, Permutation& g) {
  const System& system = naming.system;
  LocationMatcher matcher(naming, g);
  for (ContextId task = 0; task < system.layout.tasks; ++task) {
    const ContextLayout& to = system.layout.contexts[naming.context(g, task)];
    if (auto problem = matcher.run(system.layout.contexts[task].entry, to.entry)) return problem;
  }
  std::vector<Pc> handlers = system.softirq_entries;
  for (const IrqLineLayout& line : system.layout.irqs) handlers.push_back(line.entry);
  for (const KernelTimerLayout& timer : system.layout.timers) handlers.push_back(timer.entry);
  for (const Pc entry : handlers) {
    if (auto problem = matcher.run(entry, entry)) return problem;
  }
  return std::nullopt;
}

void match_timers(const Naming& naming, Permutation& g) {
  const Layout& layout = naming.system.layout;
  for (ContextId task = 0; task < layout.tasks; ++task) {
    const ContextLayout& from = layout.contexts[task];
    const ContextLayout& to = layout.contexts[naming.context(g, task)];
    if (from.deadline != kNoTimer) g.timers[from.deadline] = to.deadline;
    if (from.hung_task != kNoTimer) g.timers[from.hung_task] = to.hung_task;
    if (from.rcu_stall != kNoTimer) g.timers[from.rcu_stall] = to.rcu_stall;
  }
}

std::optional<std::string> what_tells_apart(const Naming& naming, const Permutation& g) {
  if (auto problem = compare_machine(naming, g)) return problem;
  if (auto problem = compare_families(naming, g)) return problem;
  if (auto problem = compare_rules(naming, g)) return problem;
  return compare_properties(naming, g);
}

}  // namespace quiesce::sim
