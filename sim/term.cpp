#include "sim/term.hpp"

#include <algorithm>

namespace quiesce::sim {
namespace {

std::size_t operands_of(Op op) {
  switch (op) {
    case Op::kRegister:
    case Op::kDecision:
    case Op::kDecisionOf:
    case Op::kInFlight:
    case Op::kNeg:
    case Op::kNot:
      return 1;
    case Op::kConsumed:
    case Op::kUsed:
    case Op::kAdvance:
      return 3;
    default:
      return 2;
  }
}

bool is_arithmetic(Op op) {
  return op == Op::kAdd || op == Op::kSub || op == Op::kMul || op == Op::kDiv || op == Op::kMod ||
         op == Op::kNeg || op == Op::kLt || op == Op::kLe;
}

Term operation(Op op, std::vector<Term> kids) {
  Term term;
  term.kind = Term::Kind::kOp;
  term.op = op;
  term.kids = std::move(kids);
  return term;
}

Term pop(std::vector<Term>& stack) {
  QUIESCE_ASSERT(!stack.empty(), "stack code has no operand");
  Term top = std::move(stack.back());
  stack.pop_back();
  return top;
}

/// Linux calls what TTBR0 leads to a domain.
bool holds_domain(const Instruction& in) {
  return hwmodel::v2::register_at(static_cast<std::size_t>(in.a)).reg == hwmodel::v2::Reg::kTtbr0;
}

bool is_number(const Term& term, std::int32_t value) {
  return term.kind == Term::Kind::kNumber && term.a == value;
}

}  // namespace

FamilyDomains::FamilyDomains(const System& system) : system_(system) {
  for (const Family& family : system.program.families) {
    values_.push_back(find(family.type.kind, family.type.name));
    std::vector<DomainId> indices;
    std::vector<std::int32_t> sizes;
    for (const Type& dim : family.dims) {
      indices.push_back(find(dim.kind, dim.name));
      sizes.push_back(dim.kind == TypeKind::kRef ? dim.hi : dim.hi + 1);
    }
    const std::size_t dot = family.name.find('.');
    if (family.dims.empty() && (dot != std::string::npos || family.count > 1)) {
      // A field of a class, or the items of a list.
      indices.push_back(dot == std::string::npos ? kNoDomain
                                                 : find(TypeKind::kRef, family.name.substr(0, dot)));
      sizes.push_back(family.count);
    }
    indices_.push_back(std::move(indices));
    sizes_.push_back(std::move(sizes));
  }
}

DomainId FamilyDomains::find(TypeKind kind, const std::string& name) const {
  const std::vector<Domain>& domains = system_.program.domains;
  for (std::size_t i = 1; i < domains.size(); ++i) {
    if (domains[i].kind == kind && domains[i].name == name) return static_cast<DomainId>(i);
  }
  return kNoDomain;
}

std::vector<std::int32_t> FamilyDomains::unfold(std::size_t family, std::int32_t flat) const {
  const std::vector<std::int32_t>& sizes = sizes_[family];
  std::vector<std::int32_t> indices(sizes.size());
  for (std::size_t i = sizes.size(); i-- > 0;) {
    indices[i] = flat % sizes[i];
    flat /= sizes[i];
  }
  return indices;
}

TermReader::TermReader(const System& system, const FamilyDomains& families)
    : system_(system),
      families_(families),
      smmus_(families.find(TypeKind::kRef, "smmu")),
      tasks_(families.find(TypeKind::kRef, "task")),
      domains_(families.find(TypeKind::kRef, "domain")) {}

Term TermReader::read(CodeId code) const {
  if (code == kNoCode) return {};
  auto pc = static_cast<std::size_t>(code);
  return read_until(pc, system_.program.code.size());
}

Term TermReader::read_smmu(CodeId code) const { return smmu(read(code)); }

Term TermReader::read(const Place& place) const {
  switch (place.kind) {
    case Place::Kind::kNone:
      return {};
    case Place::Kind::kSlot:
      return slot(place.slot);
    case Place::Kind::kFamily:
      return element(static_cast<std::size_t>(place.family), read(place.index));
    case Place::Kind::kLocal:
      break;
  }
  Term local;
  local.kind = Term::Kind::kLocal;
  local.domain = place.domain;
  local.a = place.slot.offset;
  local.b = static_cast<std::int32_t>(place.slot.width);
  return local;
}

Term TermReader::read_until(std::size_t& pc, std::size_t end) const {
  const std::vector<Instruction>& code = system_.program.code;
  Stack stack;
  while (pc < end && code[pc].op != Op::kEnd) {
    const Instruction& in = code[pc++];
    const auto target = static_cast<std::size_t>(in.a);
    if (in.op == Op::kJumpIfFalseKeep || in.op == Op::kJumpIfTrueKeep || in.op == Op::kUnlessSlotEq) {
      const bool fused = in.op == Op::kUnlessSlotEq;
      Term left = fused ? operation(Op::kEq, {slot(in.slot), Term{}}) : pop(stack);
      if (fused) left.kids[1] = constant(in.b, left.kids[0].domain);
      Term right = read_until(pc, target);
      stack.push_back(operation(fused ? Op::kJumpIfFalseKeep : in.op, {std::move(left), std::move(right)}));
    } else if (in.op == Op::kJumpIfFalse) {
      Term condition = pop(stack);
      Term yes = read_until(pc, target - 1);
      const auto after = static_cast<std::size_t>(code[target - 1].a);
      pc = target;
      Term no = read_until(pc, after);
      const DomainId domain = std::max(yes.domain, no.domain);
      stack.push_back(operation(Op::kJumpIfFalse, {std::move(condition), std::move(yes), std::move(no)}));
      stack.back().domain = domain;
    } else {
      push_leaf(in, stack);
    }
  }
  return pop(stack);
}

void TermReader::push_leaf(const Instruction& in, Stack& stack) const {
  switch (in.op) {
    case Op::kPush:
      stack.push_back(constant(in.a, static_cast<DomainId>(in.b)));
      return;
    case Op::kLoad:
      stack.push_back(slot(in.slot));
      return;
    case Op::kSlotEq:
    case Op::kSlotNe: {
      Term left = slot(in.slot);
      Term right = constant(in.a, left.domain);
      stack.push_back(
          operation(in.op == Op::kSlotEq ? Op::kEq : Op::kNe, {std::move(left), std::move(right)}));
      return;
    }
    case Op::kLoadLocal:
      stack.push_back(
          read(Place{Place::Kind::kLocal, in.slot, -1, kNoCode, 0, 0, static_cast<DomainId>(in.a)}));
      return;
    case Op::kTaskExited:
      stack.push_back(operation(in.op, {constant(in.a + 1, tasks_)}));
      return;
    case Op::kCurrent:
      stack.push_back(operation(in.op, {}));
      stack.back().domain = tasks_;
      return;
    case Op::kThisCpu:
    case Op::kMachineState:
      stack.push_back(operation(in.op, {}));
      return;
    default:
      push_operation(in, stack);
  }
}

void TermReader::push_operation(const Instruction& in, Stack& stack) const {
  if (in.op == Op::kLoadAt || in.op == Op::kConstAt) {
    stack.push_back(element(static_cast<std::size_t>(in.a), pop(stack)));
    return;
  }
  if (in.op == Op::kDeref) {
    Term index;
    index.kind = Term::Kind::kIndex;
    index.b = 1;  // NULL is an oops
    index.kids.push_back(pop(stack));
    index.domain = index.kids[0].domain;
    stack.push_back(std::move(index));
    return;
  }
  const std::size_t count = operands_of(in.op);
  std::vector<Term> kids(count);
  for (std::size_t i = count; i-- > 0;) kids[i] = pop(stack);
  const bool of_smmu = in.op == Op::kRegister || in.op == Op::kLegacyRegister || in.op == Op::kDecision ||
                       in.op == Op::kCommandWord || in.op == Op::kEventField || in.op == Op::kConsumed ||
                       in.op == Op::kUsed || in.op == Op::kAdvance;
  if (of_smmu) kids[0] = smmu(std::move(kids[0]));
  stack.push_back(operation(in.op, std::move(kids)));
  if (in.op == Op::kRegister || in.op == Op::kLegacyRegister || in.op == Op::kEventField) {
    stack.back().a = in.a;
    stack.back().b = in.b;
  }
  if (in.op == Op::kLegacyRegister && holds_domain(in)) stack.back().domain = domains_;
}

/// A value that a slot of this domain may hold: NULL and `unset` name nobody.
Term TermReader::constant(std::int32_t value, DomainId domain) const {
  const std::int32_t member =
      domain != kNoDomain && system_.program.domains[domain].kind == TypeKind::kRef ? value - 1 : value;
  Term term;
  term.a = value;
  if (domain == kNoDomain || member < 0) return term;
  term.kind = Term::Kind::kMember;
  term.domain = domain;
  term.a = member;
  return term;
}

Term TermReader::slot(base::Slot wanted) const {
  const std::vector<Family>& families = system_.program.families;
  for (std::size_t f = 0; f < families.size(); ++f) {
    const Family& family = families[f];
    if (family.constant || wanted.offset < family.first.offset) continue;
    const auto bytes = static_cast<std::int32_t>(base::bytes_of(family.first.width));
    const std::int32_t position = (wanted.offset - family.first.offset) / bytes;
    if (position >= family.count) continue;
    Term flat;
    flat.a = position;
    return element(f, std::move(flat));
  }
  QUIESCE_ASSERT(false, "an expression reads a slot of no family");
  return {};
}

/// Takes apart what the compiler made of several indices: ((i * size + j) * size + k).
Term TermReader::element(std::size_t family, Term flat) const {
  const std::vector<DomainId>& domains = families_.indices_of(family);
  const std::vector<std::int32_t>& sizes = families_.sizes_of(family);
  Term term;
  term.kind = Term::Kind::kElement;
  term.domain = families_.values_of(family);
  term.a = static_cast<std::int32_t>(family);
  term.kids.resize(domains.size());
  for (std::size_t i = domains.size(); i-- > 0;) {
    Term last = std::move(flat);
    flat = Term{};
    if (last.kind == Term::Kind::kNumber) {
      flat.a = last.a / sizes[i];
      last.a %= sizes[i];
    } else if (i > 0) {
      QUIESCE_ASSERT(last.op == Op::kAdd && last.kids.size() == 2, "an index has another form");
      flat = std::move(last.kids[0]);
      Term inner = std::move(last.kids[1]);
      last = std::move(inner);
      if (flat.kind == Term::Kind::kNumber) {
        flat.a /= sizes[i];
      } else {
        Term outer = std::move(flat.kids[0]);
        flat = std::move(outer);
      }
    }
    term.kids[i] = index(std::move(last), domains[i]);
  }
  return term;
}

Term TermReader::index(Term flat, DomainId domain) const {
  if (flat.kind == Term::Kind::kNumber && domain != kNoDomain) {
    flat.kind = Term::Kind::kMember;
    flat.domain = domain;
    return flat;
  }
  const bool from_reference = flat.kind == Term::Kind::kOp && flat.op == Op::kSub &&
                              flat.kids[0].domain == domain && is_number(flat.kids[1], 1);
  if (domain == kNoDomain || !from_reference) return flat;
  Term reference = std::move(flat.kids[0]);
  Term term;
  term.kind = Term::Kind::kIndex;
  term.domain = domain;
  term.kids.push_back(std::move(reference));
  return term;
}

Term TermReader::smmu(Term term) const {
  if (term.kind != Term::Kind::kNumber) return term;
  term.kind = Term::Kind::kMember;
  term.domain = smmus_;
  return term;
}

bool can_fault(const Term& term) {
  if (term.kind == Term::Kind::kIndex) return true;
  const bool indexed = term.kind == Term::Kind::kElement &&
                       std::any_of(term.kids.begin(), term.kids.end(), [](const Term& kid) {
                         return kid.kind != Term::Kind::kNumber && kid.kind != Term::Kind::kMember;
                       });
  return indexed || std::any_of(term.kids.begin(), term.kids.end(), can_fault);
}

bool computes_with_members(const Term& term) {
  const bool computes = term.kind == Term::Kind::kOp && is_arithmetic(term.op) &&
                        std::any_of(term.kids.begin(), term.kids.end(),
                                    [](const Term& kid) { return kid.domain != kNoDomain; });
  return computes || std::any_of(term.kids.begin(), term.kids.end(), computes_with_members);
}

}  // namespace quiesce::sim
