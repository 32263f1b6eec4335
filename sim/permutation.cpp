#include "sim/permutation.hpp"

#include <algorithm>
#include <numeric>

namespace quiesce::sim {
namespace {

template <class T>
std::vector<T> counting(std::size_t n) {
  std::vector<T> all(n);
  std::iota(all.begin(), all.end(), T{0});
  return all;
}

template <class T>
std::vector<T> composed(const std::vector<T>& second, const std::vector<T>& first) {
  std::vector<T> both;
  both.reserve(first.size());
  for (const T to : first) both.push_back(second[static_cast<std::size_t>(to)]);
  return both;
}

/// The operands of `and`, `or`, sums and products as one list.
void collect(const Term& term, Op op, std::vector<const Term*>& operands) {
  if (term.kind == Term::Kind::kOp && term.op == op) {
    for (const Term& kid : term.kids) collect(kid, op, operands);
  } else {
    operands.push_back(&term);
  }
}

bool is_chain(Op op) {
  return op == Op::kJumpIfFalseKeep || op == Op::kJumpIfTrueKeep || op == Op::kAdd || op == Op::kMul;
}

}  // namespace

Permutation Permutation::identity(const System& system) {
  Permutation g;
  for (const Domain& domain : system.program.domains)
    g.members.push_back(counting<std::int32_t>(static_cast<std::size_t>(domain.size)));
  g.families = counting<std::int32_t>(system.program.families.size());
  g.locations = counting<Pc>(system.program.steps.size());
  g.timers = counting<TimerId>(system.layout.zone.timers() + 1);
  return g;
}

Permutation Permutation::after(const Permutation& first) const {
  Permutation both;
  for (std::size_t d = 0; d < members.size(); ++d)
    both.members.push_back(composed(members[d], first.members[d]));
  both.families = composed(families, first.families);
  both.locations = composed(locations, first.locations);
  both.timers = composed(timers, first.timers);
  return both;
}

Naming::Naming(const System& compiled)
    : system(compiled),
      families(compiled),
      terms(compiled, families),
      tasks(families.find(TypeKind::kRef, "task")),
      smmus(families.find(TypeKind::kRef, "smmu")) {}

std::int32_t Naming::value(const Permutation& g, DomainId domain, std::int32_t value) const {
  if (domain == kNoDomain) return value;
  const std::int32_t base = system.program.domains[domain].kind == TypeKind::kRef ? 1 : 0;
  if (value < base || value >= base + system.program.domains[domain].size) return value;
  return g.members[domain][static_cast<std::size_t>(value - base)] + base;
}

std::int32_t Naming::element(const Permutation& g, std::size_t family, std::int32_t flat) const {
  const std::vector<DomainId>& domains = families.indices_of(family);
  const std::vector<std::int32_t>& sizes = families.sizes_of(family);
  const std::vector<std::int32_t> indices = families.unfold(family, flat);
  std::int32_t to = 0;
  for (std::size_t i = 0; i < domains.size(); ++i) {
    const bool named = domains[i] != kNoDomain;
    to = to * sizes[i] + (named ? g.members[domains[i]][static_cast<std::size_t>(indices[i])] : indices[i]);
  }
  return to;
}

std::string Naming::name(DomainId domain, std::int32_t member) const {
  const Domain& of = system.program.domains[domain];
  const auto objects = system.objects.find(of.name);
  if (of.kind == TypeKind::kRef && objects != system.objects.end())
    return objects->second[static_cast<std::size_t>(member)];
  return of.name + " " + std::to_string(member);
}

std::string Naming::text(const Term& term, const Permutation& g) const {
  const std::string head = std::to_string(static_cast<int>(term.kind)) + ":";
  switch (term.kind) {
    case Term::Kind::kNumber:
      return head + std::to_string(term.a);
    case Term::Kind::kMember:
      return head + std::to_string(term.domain) + "." +
             std::to_string(g.members[term.domain][static_cast<std::size_t>(term.a)]);
    default:
      break;
  }
  const bool element = term.kind == Term::Kind::kElement;
  std::string all = "(" + head + std::to_string(static_cast<int>(term.op)) + "," +
                    std::to_string(element ? g.families[static_cast<std::size_t>(term.a)] : term.a) + "," +
                    std::to_string(term.b) + "," + std::to_string(term.domain);
  std::vector<const Term*> operands;
  if (term.kind == Term::Kind::kOp && is_chain(term.op)) {
    collect(term, term.op, operands);
  } else {
    for (const Term& kid : term.kids) operands.push_back(&kid);
  }
  std::vector<std::string> texts;
  for (const Term* operand : operands) texts.push_back(text(*operand, g));
  const bool equality = term.kind == Term::Kind::kOp && (term.op == Op::kEq || term.op == Op::kNe);
  if (equality || (term.kind == Term::Kind::kOp && is_chain(term.op))) {
    // An operand that can fault has to stay behind those that may keep it from being evaluated.
    for (std::size_t first = 0; first < operands.size();) {
      std::size_t last = first;
      while (last < operands.size() && !can_fault(*operands[last])) ++last;
      const auto begin = texts.begin();
      std::sort(begin + static_cast<std::ptrdiff_t>(first), begin + static_cast<std::ptrdiff_t>(last));
      first = last + 1;
    }
  }
  for (const std::string& part : texts) all += " " + part;
  return all + ")";
}

}  // namespace quiesce::sim
