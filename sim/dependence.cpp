#include "sim/dependence.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "hwmodel/v3/guarded.hpp"

namespace quiesce::sim {
namespace {

constexpr Interval kTruth{0, 1};
constexpr Interval kAnything{};

Interval of_width(base::Width width) {
  switch (width) {
    case base::Width::kU8:
      return {0, 0xff};
    case base::Width::kI8:
      return {-0x80, 0x7f};
    case base::Width::kU16:
      return {0, 0xffff};
    case base::Width::kI16:
      return {-0x8000, 0x7fff};
    case base::Width::kI32:
      break;
  }
  return kAnything;
}

/// Values on the stack of the interpreted code.
struct Value {
  Interval range;
  ByteSet deps;
};

/// What is known at a place in the code.
struct Point {
  std::vector<Value> stack;
  ByteSet conditions;  ///< that decide whether evaluation comes here
  ByteSet after;       ///< those of them that still do where the ways meet again
};

class Interpreter {
 public:
  Interpreter(const System& system, const SlotRanges& ranges, const Known& known)
      : system_(system), ranges_(ranges), known_(known) {}

  Dependence run(CodeId start) {
    here_.emplace();
    for (std::int32_t pc = start;; ++pc) {
      arrive(pc);
      const Instruction& in = system_.program.code[static_cast<std::size_t>(pc)];
      if (in.op == Op::kEnd) break;
      if (here_) step(in);
    }
    result_.range = top().range;
    result_.value = std::move(top().deps);
    return std::move(result_);
  }

 private:
  Value& top() { return here_->stack.back(); }
  Value pop() {
    Value value = std::move(top());
    here_->stack.pop_back();
    return value;
  }
  void push(Interval range, ByteSet deps = {}) {
    if (range.is_one()) deps.clear();
    here_->stack.push_back({range, std::move(deps)});
  }

  /// Joins with those who jumped here. Which of them came decides the value on top, unless it is the same.
  void arrive(std::int32_t pc) {
    const auto found = jumped_.find(pc);
    if (found == jumped_.end()) return;
    std::vector<Point>& jumped = found->second;
    const ByteSet after = jumped.front().after;
    for (Point& from : jumped) {
      if (!here_) {
        here_ = std::move(from);
        continue;
      }
      top().range.widen(from.stack.back().range);
      top().deps.add(from.stack.back().deps);
      here_->conditions.add(from.conditions);
      if (top().range.is_one()) {
        top().deps.clear();
      } else {
        top().deps.add(here_->conditions);
      }
    }
    here_->conditions = after;
  }

  void jump(std::int32_t target) {
    here_->after = here_->conditions;
    jumped_[target].push_back(std::move(*here_));
    here_.reset();
  }

  /// Goes on here, and at `target`: with `value` on top where the ways meet, without one where they part.
  void fork(std::int32_t target, const ByteSet& condition, std::optional<Value> value) {
    ByteSet before = here_->conditions;
    here_->conditions.add(condition);
    Point there = *here_;
    there.after = value ? std::move(before) : there.conditions;
    if (value) there.stack.push_back(std::move(*value));
    jumped_[target].push_back(std::move(there));
  }

  [[nodiscard]] Interval range_of(base::Slot slot) const {
    return known_.has_slot && known_.slot == slot ? known_.range : ranges_.of(slot);
  }

  static ByteSet bytes_of(base::Slot slot) {
    ByteSet set;
    set.add(slot);
    return set;
  }

  /// The operands of what may fault decide whether it does, if evaluation comes to it.
  void may_fault(const ByteSet& operands) {
    result_.may_fault = true;
    result_.faults.add(operands);
    result_.faults.add(here_->conditions);
  }

  void step(const Instruction& in) {
    switch (in.op) {
      case Op::kPush:
        return push({in.a, in.a});
      case Op::kLoad:
        return push(range_of(in.slot), bytes_of(in.slot));
      case Op::kSlotEq:
      case Op::kSlotNe:
        push(range_of(in.slot), bytes_of(in.slot));
        push({in.a, in.a});
        return compute(in.op == Op::kSlotEq ? Op::kEq : Op::kNe);
      case Op::kLoadLocal:
        return load_local(in.slot);
      case Op::kLoadAt:
      case Op::kConstAt:
        return load_element(in);
      case Op::kDeref:
        return dereference();
      case Op::kLive:
        return look_whether_live();
      case Op::kUnlessSlotEq:
      case Op::kJump:
      case Op::kJumpIfFalse:
      case Op::kJumpIfFalseKeep:
      case Op::kJumpIfTrueKeep:
        return branch(in);
      case Op::kNeg: {
        Value operand = pop();
        const Interval range = operand.range;
        return push(fitting({-range.hi, -range.lo}), std::move(operand.deps));
      }
      case Op::kNot: {
        Value operand = pop();
        const Interval range = operand.range;
        const bool zero = range.is_one() && range.lo == 0;
        return push(zero                 ? Interval{1, 1}
                    : !range.contains(0) ? Interval{0, 0}
                                         : kTruth,
                    std::move(operand.deps));
      }
      default:
        return is_computation(in.op) ? compute(in.op) : query(in);
    }
  }

  static bool is_computation(Op op) { return op >= Op::kAdd && op <= Op::kLe; }

  void load_local(base::Slot slot) {
    if (known_.context == kNoContext) return push(of_width(slot.width));
    const auto offset =
        static_cast<std::uint16_t>(system_.layout.contexts[known_.context].frame + slot.offset);
    push(range_of({offset, slot.width}), bytes_of({offset, slot.width}));
  }

  void load_element(const Instruction& in) {
    const Family& family = system_.program.families[static_cast<std::size_t>(in.a)];
    Value index = pop();
    if (!index.range.within(0, family.count - 1)) may_fault(index.deps);
    const auto first = static_cast<std::int32_t>(std::max<std::int64_t>(index.range.lo, 0));
    const auto last = static_cast<std::int32_t>(std::min<std::int64_t>(index.range.hi, family.count - 1));
    // An index that no element has: evaluation ends here, with a value that does not count.
    if (first > last) return push(kAnything, std::move(index.deps));
    std::optional<Interval> range;
    for (std::int32_t i = first; i <= last; ++i) {
      const std::int32_t initial = family.init[static_cast<std::size_t>(i)];
      const Interval element = in.op == Op::kConstAt ? Interval{initial, initial} : range_of(family.slot(i));
      if (!range) range = element;
      range->widen(element);
      if (in.op == Op::kLoadAt) index.deps.add(family.slot(i));
    }
    push(*range, std::move(index.deps));
  }

  void dereference() {
    Value reference = pop();
    if (reference.range.lo <= 0) may_fault(reference.deps);
    const Interval range = reference.range;
    push({std::max<std::int64_t>(range.lo, 1) - 1, std::max<std::int64_t>(range.hi, 1) - 1},
         std::move(reference.deps));
  }

  /// What is raised depends on the flag, the index does not.
  void look_whether_live() {
    const Value freed = pop();
    if (freed.range.contains(1)) may_fault(freed.deps);
    Value index = pop();
    index.deps.add(freed.deps);
    push(index.range, std::move(index.deps));
  }

  void branch(const Instruction& in) {
    if (in.op == Op::kJump) return jump(in.a);
    if (in.op == Op::kUnlessSlotEq) {
      const Interval range = range_of(in.slot);
      if (range.is_one() && range.lo == in.b) return;
      if (range.contains(in.b)) return fork(in.a, bytes_of(in.slot), Value{{0, 0}, {}});
      push({0, 0});
      return jump(in.a);
    }
    const bool to_jump_on = in.op == Op::kJumpIfTrueKeep;
    const bool keeps = in.op != Op::kJumpIfFalse;
    Value condition = pop();
    const bool zero = condition.range.is_one() && condition.range.lo == 0;
    const bool decided = zero || !condition.range.contains(0);
    Value kept = condition;
    if (!to_jump_on) kept = {{0, 0}, {}};
    if (to_jump_on && condition.range.lo == 0) kept.range.lo = std::min<std::int64_t>(1, kept.range.hi);
    if (kept.range.is_one()) kept.deps.clear();
    if (!decided) return fork(in.a, condition.deps, keeps ? std::optional(kept) : std::nullopt);
    if (zero == to_jump_on) return;
    if (keeps) push(kept.range, kept.deps);
    jump(in.a);
  }

  void compute(Op op) {
    const Value right = pop();
    Value left = pop();
    const bool divides = op == Op::kDiv || op == Op::kMod;
    if (divides && right.range.contains(0)) may_fault(right.deps);
    left.deps.add(right.deps);
    push(result_of(op, left.range, right.range), std::move(left.deps));
  }

  /// What wraps around may be anything.
  static Interval fitting(Interval range) { return range.within(INT32_MIN, INT32_MAX) ? range : kAnything; }

  static Interval truth(bool always, bool never) {
    return always ? Interval{1, 1} : never ? Interval{0, 0} : kTruth;
  }

  static Interval result_of(Op op, Interval l, Interval r) {
    const bool apart = l.hi < r.lo || r.hi < l.lo;
    const bool same = l.is_one() && r.is_one() && l.lo == r.lo;
    switch (op) {
      case Op::kAdd:
        return fitting({l.lo + r.lo, l.hi + r.hi});
      case Op::kSub:
        return fitting({l.lo - r.hi, l.hi - r.lo});
      case Op::kMul: {
        const auto [least, most] = std::minmax({l.lo * r.lo, l.lo * r.hi, l.hi * r.lo, l.hi * r.hi});
        return fitting({least, most});
      }
      case Op::kDiv:
        return l.lo >= 0 && r.lo > 0 ? Interval{l.lo / r.hi, l.hi / r.lo} : kAnything;
      case Op::kMod:
        return l.lo >= 0 && r.lo > 0 ? Interval{0, std::min(l.hi, r.hi - 1)} : kAnything;
      case Op::kEq:
        return truth(same, apart);
      case Op::kNe:
        return truth(apart, same);
      case Op::kLt:
        return truth(l.hi < r.lo, l.lo >= r.hi);
      case Op::kLe:
        return truth(l.hi <= r.lo, l.lo > r.hi);
      default:
        QUIESCE_ASSERT(false, "not a binary operation");
    }
    return kAnything;
  }

  /// Looks at hardware or the kernel machine, whose slots are not told apart here.
  void query(const Instruction& in) {
    switch (in.op) {
      case Op::kThisCpu:
      case Op::kCurrent:
      case Op::kMachineState:
        return push(kAnything);
      case Op::kTaskExited:
        return push(kTruth);
      default:
        break;
    }
    const int operands = operands_of_query(in.op);
    ByteSet deps;
    for (int i = 0; i < operands; ++i) deps.add(pop().deps);
    may_fault(deps);
    push(range_of_query(in), std::move(deps));
  }

  /// Of all registers GBPA, the flags of queues and what was programmed alone use the top bit.
  static Interval range_of_query(const Instruction& in) {
    if (in.op != Op::kRegister) return kAnything;
    const hwmodel::v3::Reg reg = hwmodel::v3::register_at(static_cast<std::size_t>(in.a)).reg;
    const bool top_bit = reg == hwmodel::v3::Reg::kGbpa || reg == hwmodel::v3::Reg::kEventqProd ||
                         reg == hwmodel::v3::Reg::kEventqCons || reg == hwmodel::v3::Reg::kPriqProd ||
                         reg == hwmodel::v3::Reg::kPriqCons || hwmodel::v3::is_programmed(reg);
    return top_bit ? kAnything : Interval{-INT32_MAX, INT32_MAX};
  }

  const System& system_;
  const SlotRanges& ranges_;
  const Known& known_;
  std::optional<Point> here_;  ///< none where evaluation does not come
  std::map<std::int32_t, std::vector<Point>> jumped_;
  Dependence result_;
};

/// Whether only expressions of the family's type are ever put into it, or what was checked against it.
bool keeps_to_its_type(const Family& family) {
  return !is_lock(family.type.kind) && family.type.kind != TypeKind::kCommands &&
         family.type.kind != TypeKind::kString;
}

}  // namespace

SlotRanges::SlotRanges(const System& system) : by_offset_(system.layout.bytes, Interval{1, 0}) {
  std::vector<bool> unchecked(system.program.families.size());
  for (const Step& step : system.program.steps) {
    if (step.verb < Verb::kListAddTail || step.verb > Verb::kTakeLast) continue;
    unchecked[static_cast<std::size_t>(step.argument)] = true;
    unchecked[static_cast<std::size_t>(step.argument2)] = true;
  }
  for (std::size_t i = 0; i < system.program.families.size(); ++i) {
    const Family& family = system.program.families[i];
    const bool typed = keeps_to_its_type(family) && !unchecked[i];
    families_.push_back(typed ? Interval{family.type.lo, family.type.hi} : of_width(family.first.width));
    if (family.constant) continue;
    for (std::int32_t k = 0; k < family.count; ++k) by_offset_[family.slot(k).offset] = families_.back();
  }
}

Interval SlotRanges::of(base::Slot slot) const {
  const Interval known = by_offset_[slot.offset];
  return known.lo <= known.hi ? known : of_width(slot.width);
}

Dependence dependence_of(const System& system, const SlotRanges& ranges, CodeId code, const Known& known) {
  if (code == kNoCode) return {};
  return Interpreter(system, ranges, known).run(code);
}

}  // namespace quiesce::sim
