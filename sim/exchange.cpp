// Grows the exchange of two members to everything that has to be exchanged with them.
#include <algorithm>
#include <deque>
#include <set>

#include "sim/automorphism.hpp"
#include "sim/frame_domains.hpp"
#include "sim/symmetry.hpp"

namespace quiesce::sim {
namespace {

class Exchange {
 public:
  explicit Exchange(const Naming& naming) : naming_(naming), g_(Permutation::identity(naming.system)) {
    for (const auto& members : g_.members) bound_.emplace_back(members.size());
    bound_families_.resize(g_.families.size());
  }

  /// False if the two are too different for more to be said.
  bool grow(DomainId domain, std::int32_t a, std::int32_t b) {
    bind(domain, a, b);
    bind(domain, b, a);
    do {
      while (!open_.empty()) {
        const Bound next = open_.front();
        open_.pop_front();
        if (!follow(next)) return false;
      }
    } while (bind_partners());
    return true;
  }

  [[nodiscard]] Permutation& permutation() { return g_; }

 private:
  struct Bound {
    DomainId domain;
    std::int32_t from;
    std::int32_t to;
  };

  void bind(DomainId domain, std::int32_t from, std::int32_t to) {
    const auto f = static_cast<std::size_t>(from);
    if (bound_[domain][f]) return;
    bound_[domain][f] = true;
    g_.members[domain][f] = to;
    open_.push_back({domain, from, to});
    // An exchange is its own inverse.
    bind(domain, to, from);
  }

  void bind_family(std::int32_t from, std::int32_t to) {
    const auto f = static_cast<std::size_t>(from);
    if (bound_families_[f]) return;
    bound_families_[f] = true;
    g_.families[f] = to;
    bind_family(to, from);
  }

  /// What a member's fields name goes with it, and what its task runs.
  bool follow(const Bound& bound) {
    for (std::size_t f = 0; f < g_.families.size(); ++f) {
      const std::vector<DomainId>& indices = naming_.families.indices_of(f);
      if (indices.size() != 1 || indices[0] != bound.domain) continue;
      const std::vector<std::int32_t>& init = naming_.system.program.families[f].init;
      bind_values(naming_.families.values_of(f), init[static_cast<std::size_t>(bound.from)],
                  init[static_cast<std::size_t>(bound.to)]);
    }
    if (bound.domain != naming_.tasks || bound.from == bound.to) return true;
    const std::vector<ContextLayout>& contexts = naming_.system.layout.contexts;
    return follow_steps(contexts[static_cast<std::size_t>(bound.from)].entry,
                        contexts[static_cast<std::size_t>(bound.to)].entry);
  }

  void bind_values(DomainId domain, std::int32_t from, std::int32_t to) {
    if (domain == kNoDomain) return;
    const std::int32_t base = naming_.system.program.domains[domain].kind == TypeKind::kRef ? 1 : 0;
    if (from >= base && to >= base) bind(domain, from - base, to - base);
  }

  /// False if the steps are of different kinds.
  bool follow_steps(Pc from, Pc to) {
    const std::vector<Step>& steps = naming_.system.program.steps;
    std::vector<LocationPair> open{{from, to}};
    std::set<Pc> seen;
    while (!open.empty()) {
      const LocationPair pair = open.back();
      open.pop_back();
      if (pair.from == kInactive || !seen.insert(pair.from).second) continue;
      const Step& a = steps[pair.from];
      const Step& b = steps[pair.to];
      if (!same_kind_of_step(a, pair.from, b, pair.to)) return false;
      const std::vector<Term> of_a = operands_of(naming_, a);
      const std::vector<Term> of_b = operands_of(naming_, b);
      for (std::size_t i = 0; i < std::min(of_a.size(), of_b.size()); ++i) unify(of_a[i], of_b[i]);
      if (a.verb == Verb::kExit) continue;
      open.push_back({a.next, b.next});
      open.push_back({a.other, b.other});
    }
    return true;
  }

  /// Where two expressions name different things, these have to be exchanged. The order of operands that can
  /// be exchanged says nothing.
  void unify(const Term& a, const Term& b) {
    if (a.kind != b.kind || a.kids.size() != b.kids.size()) return;
    if (a.kind == Term::Kind::kMember && a.domain == b.domain) bind(a.domain, a.a, b.a);
    if (a.kind == Term::Kind::kElement) bind_family(a.a, b.a);
    const bool chain =
        a.kind == Term::Kind::kOp && (a.op == Op::kJumpIfFalseKeep || a.op == Op::kJumpIfTrueKeep);
    if ((a.kind == Term::Kind::kOp && a.op != b.op) || chain) return;
    for (std::size_t i = 0; i < a.kids.size(); ++i) unify(a.kids[i], b.kids[i]);
  }

  /// A member that names what was exchanged is exchanged itself, with one that names the other.
  bool bind_partners() {
    for (DomainId domain = 1; domain < g_.members.size(); ++domain) {
      if (domain == naming_.tasks) continue;
      const auto size = static_cast<std::int32_t>(g_.members[domain].size());
      for (std::int32_t member = 0; member < size; ++member) {
        if (bound_[domain][static_cast<std::size_t>(member)] || !names_exchanged(domain, member)) continue;
        for (std::int32_t other = 0; other < size; ++other) {
          if (other == member || bound_[domain][static_cast<std::size_t>(other)]) continue;
          if (!is_image(domain, member, other)) continue;
          bind(domain, member, other);
          return true;
        }
      }
    }
    return false;
  }

  template <class Field>
  bool any_field(DomainId domain, Field field) const {
    for (std::size_t f = 0; f < g_.families.size(); ++f) {
      const std::vector<DomainId>& indices = naming_.families.indices_of(f);
      const DomainId values = naming_.families.values_of(f);
      if (indices.size() == 1 && indices[0] == domain && values != kNoDomain &&
          field(values, naming_.system.program.families[f].init))
        return true;
    }
    return false;
  }

  [[nodiscard]] bool names_exchanged(DomainId domain, std::int32_t member) const {
    return any_field(domain, [&](DomainId values, const std::vector<std::int32_t>& init) {
      const std::int32_t value = init[static_cast<std::size_t>(member)];
      return naming_.value(g_, values, value) != value;
    });
  }

  [[nodiscard]] bool is_image(DomainId domain, std::int32_t member, std::int32_t other) const {
    return !any_field(domain, [&](DomainId values, const std::vector<std::int32_t>& init) {
      return naming_.value(g_, values, init[static_cast<std::size_t>(member)]) !=
             init[static_cast<std::size_t>(other)];
    });
  }

  const Naming& naming_;
  Permutation g_;
  std::vector<std::vector<bool>> bound_;
  std::vector<bool> bound_families_;
  std::deque<Bound> open_;
};

/// A retry loop that looks at an SMMU watches all of it.
base::Slot first_slot_of(const Layout& layout, std::size_t smmu) {
  return layout.is_legacy(smmu) ? layout.legacy_of(smmu).smmu.cr0 : layout.smmus[smmu].cr0.written;
}

/// What a retry loop watches has to be watched under the other name too.
std::optional<std::string> compare_watched(const Naming& naming, const Permutation& g) {
  const System& system = naming.system;
  const auto watched = [&](base::Slot slot) {
    return std::any_of(system.watched.begin(), system.watched.end(), [&](const auto& range) {
      return slot.offset >= range.first && slot.offset < range.second;
    });
  };
  for (std::size_t f = 0; f < system.program.families.size(); ++f) {
    const Family& from = system.program.families[f];
    const Family& to = system.program.families[static_cast<std::size_t>(g.families[f])];
    for (std::int32_t i = 0; !from.constant && i < from.count; ++i) {
      if (watched(from.slot(i)) != watched(to.slot(naming.element(g, f, i))))
        return "a retry loop looks at '" + from.name + "' of one of them";
    }
  }
  for (std::size_t task = 0; task < system.layout.tasks; ++task) {
    const ContextId to = naming.context(g, static_cast<ContextId>(task));
    if (watched(system.layout.contexts[task].task_state) != watched(system.layout.contexts[to].task_state))
      return "a retry loop waits for the exit of one of them";
  }
  for (std::size_t i = 0; i < system.layout.smmu_count(); ++i) {
    const auto to = static_cast<std::size_t>(g.members[naming.smmus][i]);
    if (watched(first_slot_of(system.layout, i)) != watched(first_slot_of(system.layout, to)))
      return "a retry loop looks at one of the SMMUs";
  }
  return std::nullopt;
}

std::optional<std::string> unclear_local(const Naming& naming, const Permutation& g) {
  const FrameDomains frames(naming.system);
  for (const DomainId domain : frames.unclear) {
    const std::vector<std::int32_t>& members = g.members[domain];
    if (!std::is_sorted(members.begin(), members.end()))
      return "a local may or may not hold a name of " + naming.system.program.domains[domain].name;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Permutation> exchange(const Naming& naming, DomainId domain, std::int32_t a, std::int32_t b,
                                    std::string& problem, base::PlantedDefect defect) {
  problem.clear();
  Exchange growing(naming);
  if (!growing.grow(domain, a, b)) return std::nullopt;
  Permutation g = std::move(growing.permutation());
  const auto is_permutation = [](std::vector<std::int32_t> all) {
    std::sort(all.begin(), all.end());
    return std::adjacent_find(all.begin(), all.end()) == all.end();
  };
  const bool one_to_one =
      std::all_of(g.members.begin(), g.members.end(), is_permutation) && is_permutation(g.families);
  std::optional<std::string> found;
  if (!one_to_one) found = "each would have to be exchanged with several others";
  if (!found) found = unclear_local(naming, g);
  if (!found && defect != base::PlantedDefect::kAllAlike) found = what_tells_apart(naming, g);
  if (!found) found = match_locations(naming, g);
  if (!found && defect != base::PlantedDefect::kAllAlike) found = compare_watched(naming, g);
  if (found) {
    problem = *found;
    return std::nullopt;
  }
  match_timers(naming, g);
  return g;
}

}  // namespace quiesce::sim
