#include "sim/eval.hpp"

#include <algorithm>
#include <array>

#include "hwmodel/v2/smmu.hpp"
#include "hwmodel/v3/event_queue.hpp"
#include "hwmodel/v3/queue.hpp"
#include "sim/traffic_queries.hpp"

namespace quiesce::sim {
namespace {

constexpr std::size_t kStackMax = 64;

/// Loads see memory.
class Memory {
 public:
  explicit Memory(const base::StateAccess& state) : state_(state) {}

  [[nodiscard]] std::int32_t get(base::Slot slot) const { return state_.get(slot); }
  void reads_register_of(std::size_t) const {}

 private:
  const base::StateAccess& state_;
};

/// Loads see what their own CPU stored last, where that is not in memory yet.
class ForwardedMemory {
 public:
  ForwardedMemory(const base::StateAccess& state, const Position& position)
      : state_(state), stores_(position.layout->cpus[static_cast<std::size_t>(position.cpu)].stores, state) {}

  [[nodiscard]] std::int32_t get(base::Slot slot) const {
    const auto own = stores_.newest(slot);
    return own ? *own : state_.get(slot);
  }
  void reads_register_of(std::size_t smmu) { overtakes_ = overtakes_ || stores_.has_write_to(smmu); }
  /// A register was read while writes of this CPU were on their way to the same SMMU.
  [[nodiscard]] bool overtakes_write() const { return overtakes_; }

 private:
  const base::StateAccess& state_;
  StoreBuffer stores_;
  bool overtakes_ = false;
};

/// The machine that runs one expression.
template <class Loads>
class Evaluator {
 public:
  Evaluator(const base::StateAccess& state, Loads& loads, const Position& position, EvalFault& fault)
      : state_(state), loads_(loads), position_(position), fault_(fault) {}

  std::int32_t run(CodeId start) {
    const Instruction* code = position_.program->code.data();
    for (const Instruction* in = code + start;; ++in) {
      switch (in->op) {
        case Op::kEnd:
          return stack_[top_ - 1];
        case Op::kUnlessSlotEq:
          if (loads_.get(in->slot) == in->b) break;
          push(0);
          in = code + in->a - 1;
          break;
        case Op::kSlotEq:
          push(loads_.get(in->slot) == in->a ? 1 : 0);
          break;
        case Op::kSlotNe:
          push(loads_.get(in->slot) != in->a ? 1 : 0);
          break;
        case Op::kPush:
          push(in->a);
          break;
        case Op::kLoad:
          push(loads_.get(in->slot));
          break;
        case Op::kLoadLocal:
          push(state_.get(local(in->slot)));
          break;
        case Op::kJump:
          in = code + in->a - 1;
          break;
        case Op::kJumpIfFalse:
          if (pop() == 0) in = code + in->a - 1;
          break;
        case Op::kJumpIfFalseKeep:
        case Op::kJumpIfTrueKeep:
          if ((stack_[top_ - 1] == 0) == (in->op == Op::kJumpIfFalseKeep)) {
            in = code + in->a - 1;
          } else {
            --top_;
          }
          break;
        case Op::kLoadAt:
        case Op::kConstAt:
        case Op::kDeref:
        case Op::kLegacyRegister:
          dereference(*in);
          if (fault_.kind != EvalFault::Kind::kNone) return 0;
          break;
        default:
          query_or_compute(*in);
      }
    }
  }

 private:
  void push(std::int32_t value) {
    QUIESCE_ASSERT(top_ < kStackMax, "expression stack overflow");
    stack_[top_++] = value;
  }
  std::int32_t pop() { return stack_[--top_]; }

  void dereference(const Instruction& in) {
    if (in.op == Op::kLegacyRegister) {
      read_legacy(in);
    } else if (in.op != Op::kDeref) {
      load_element(in);
    } else if (stack_[top_ - 1] <= 0) {
      fault_ = {EvalFault::Kind::kNull, in.a};
    } else {
      --stack_[top_ - 1];
    }
  }

  void query_or_compute(const Instruction& in) {
    switch (in.op) {
      case Op::kNeg:
        stack_[top_ - 1] = static_cast<std::int32_t>(-std::int64_t{stack_[top_ - 1]});
        break;
      case Op::kNot:
        stack_[top_ - 1] = stack_[top_ - 1] == 0 ? 1 : 0;
        break;
      case Op::kThisCpu:
        push(position_.cpu);
        break;
      case Op::kCurrent:
        push(current());
        break;
      case Op::kMachineState:
        push(state_.get(position_.layout->machine_state));
        break;
      case Op::kTaskExited: {
        const auto& task = position_.layout->contexts[static_cast<std::size_t>(in.a)];
        push(state_.get(task.task_state) >= static_cast<std::int32_t>(TaskState::kExited) ? 1 : 0);
        break;
      }
      case Op::kRegister:
      case Op::kCommandWord:
      case Op::kEventField:
      case Op::kConsumed:
      case Op::kUsed:
      case Op::kAdvance:
      case Op::kDecision:
        smmu_query(in);
        break;
      case Op::kLive:
        if (pop() != 0) fault_.freed = in.a;
        break;
      case Op::kInFlight:
        stack_[top_ - 1] =
            is_in_flight(*position_.layout, state_, static_cast<std::size_t>(stack_[top_ - 1])) ? 1 : 0;
        break;
      case Op::kDecisionOf:
        stack_[top_ - 1] = decision_of(*position_.layout, state_, static_cast<std::size_t>(stack_[top_ - 1]));
        break;
      default:
        compute(in.op);
    }
  }

  [[nodiscard]] base::Slot local(base::Slot slot) const {
    const auto& context = position_.layout->contexts[position_.context];
    return {static_cast<std::uint16_t>(context.frame + slot.offset), slot.width};
  }

  [[nodiscard]] std::int32_t current() const {
    if (position_.cpu < 0) return 0;
    return state_.get(position_.layout->cpus[static_cast<std::size_t>(position_.cpu)].current);
  }

  void load_element(const Instruction& in) {
    const Family& family = position_.program->families[static_cast<std::size_t>(in.a)];
    const std::int32_t index = stack_[top_ - 1];
    if (index < 0 || index >= family.count) {
      fault_ = {EvalFault::Kind::kIndex, in.a};
      return;
    }
    stack_[top_ - 1] =
        in.op == Op::kConstAt ? family.init[static_cast<std::size_t>(index)] : loads_.get(family.slot(index));
  }

  void smmu_query(const Instruction& in) {
    namespace v3 = hwmodel::v3;
    top_ -= static_cast<std::size_t>(operands_of_query(in.op));
    const auto smmu = static_cast<std::size_t>(stack_[top_]);
    if (position_.layout->is_legacy(smmu)) [[unlikely]] {
      fault_.wrong_model = true;
      return push(0);
    }
    const v3::Layout& layout = position_.layout->smmus[smmu];
    const v3::Config& config = position_.layout->smmu_configs[smmu];
    const auto first = static_cast<std::uint32_t>(stack_[top_ + 1]);
    const auto second = static_cast<std::uint32_t>(stack_[top_ + 2]);
    const unsigned log2size = config.cmdq_log2size;
    switch (in.op) {
      case Op::kRegister:
        loads_.reads_register_of(smmu);
        push(read_register(in, layout, config));
        break;
      case Op::kDecision:
        push(static_cast<std::int32_t>(v3::met_on_arrival(state_, layout)));
        break;
      case Op::kCommandWord:
        push(loads_.get(layout.entry(first, config)) != 0 ? 1 : 0);
        break;
      case Op::kEventField:
        push(event_field(in, smmu, loads_.get(layout.record(first, config))));
        break;
      case Op::kConsumed:
        push(v3::consumed(first, second, log2size) ? 1 : 0);
        break;
      case Op::kUsed:
        push(static_cast<std::int32_t>(v3::used(first, second, log2size)));
        break;
      default:
        push(static_cast<std::int32_t>(v3::advance(first, second, log2size)));
    }
  }

  /// A CPU reads; properties and rules see what is there.
  void read_legacy(const Instruction& in) {
    namespace v2 = hwmodel::v2;
    top_ -= static_cast<std::size_t>(operands_of_query(in.op));
    const auto smmu = static_cast<std::size_t>(stack_[top_]);
    const auto index = static_cast<std::size_t>(stack_[top_ + 1]);
    const v2::Register& reg = v2::register_at(static_cast<std::size_t>(in.a));
    if (!position_.layout->is_legacy(smmu)) {
      fault_.wrong_model = true;
      return push(0);
    }
    const LegacyLayout& legacy = position_.layout->legacy_of(smmu);
    if (index >= v2::count_of(reg, legacy.config)) {
      fault_.kind = EvalFault::Kind::kIndex;
      return;
    }
    loads_.reads_register_of(smmu);
    v2::HwEvents events;
    const std::int32_t value =
        position_.context == kNoContext
            ? v2::held_by(state_, legacy.smmu, legacy.config, reg, index)
            : v2::read_register(state_, legacy.smmu, legacy.config, reg, index, events);
    if (events.unclocked) {
      fault_.unclocked = static_cast<std::int32_t>(smmu);
      if (legacy.config.unclocked != v2::Unclocked::kIgnored) fault_.kind = EvalFault::Kind::kUnclocked;
    }
    push(in.b < 0 ? value : v2::extract(reg, in.b, value));
  }

  [[nodiscard]] std::int32_t event_field(const Instruction& in, std::size_t smmu, std::int32_t packed) const {
    const hwmodel::v3::Record record = hwmodel::v3::unpack_record(packed);
    switch (static_cast<EventField>(in.a)) {
      case EventField::kId:
        return static_cast<std::int32_t>(record.event);
      case EventField::kDevice: {
        if (record.event == hwmodel::v3::Event::kNone) return 0;
        const auto source = static_cast<std::size_t>(record.source);
        return static_cast<std::int32_t>(position_.layout->traffic[smmu][source].device) + 1;
      }
      case EventField::kSsid:
        return record.ssid;
      case EventField::kPage:
        return record.page;
      case EventField::kStall:
        return record.stall ? 1 : 0;
      case EventField::kS2:
        return record.s2 ? 1 : 0;
      case EventField::kClass:
        return static_cast<std::int32_t>(record.fault_class);
    }
    return 0;
  }

  [[nodiscard]] std::int32_t read_register(const Instruction& in, const hwmodel::v3::Layout& layout,
                                           const hwmodel::v3::Config& config) const {
    const hwmodel::v3::Register& reg = hwmodel::v3::register_at(static_cast<std::size_t>(in.a));
    const std::int32_t value = hwmodel::v3::read_register(state_, layout, config, reg);
    return in.b < 0 ? value : hwmodel::v3::extract(reg, in.b, value);
  }

  void compute(Op op) {
    const std::int64_t right = pop();
    const std::int64_t left = pop();
    std::int64_t value = 0;
    switch (op) {
      case Op::kAdd:
        value = left + right;
        break;
      case Op::kSub:
        value = left - right;
        break;
      case Op::kMul:
        value = left * right;
        break;
      case Op::kDiv:
        value = left / right;
        break;
      case Op::kMod:
        value = left % right;
        break;
      case Op::kEq:
        value = left == right ? 1 : 0;
        break;
      case Op::kNe:
        value = left != right ? 1 : 0;
        break;
      case Op::kLt:
        value = left < right ? 1 : 0;
        break;
      case Op::kLe:
        value = left <= right ? 1 : 0;
        break;
      default:
        QUIESCE_ASSERT(false, "unknown instruction");
    }
    push(static_cast<std::int32_t>(value));
  }

  const base::StateAccess& state_;
  Loads& loads_;
  const Position& position_;
  EvalFault& fault_;
  std::array<std::int32_t, kStackMax> stack_;  // what lies above top_ is never read
  std::size_t top_ = 0;
};

}  // namespace

bool may_fault(const Program& program, CodeId code) {
  for (auto pc = static_cast<std::size_t>(code); code != kNoCode; ++pc) {
    const Op op = program.code[pc].op;
    if (op == Op::kEnd) return false;
    if (op == Op::kDeref || op == Op::kLoadAt || op == Op::kConstAt || op == Op::kLegacyRegister) return true;
  }
  return false;
}

bool message_may_fault(const Program& program, std::int32_t message) {
  const std::vector<MessagePart>& parts = program.messages[static_cast<std::size_t>(message)];
  return std::any_of(parts.begin(), parts.end(),
                     [&](const MessagePart& part) { return may_fault(program, part.value); });
}

std::vector<CodeId> faulting_parts(const Program& program, const Step& step) {
  std::vector<CodeId> parts;
  if (!has_faulting_message(step)) return parts;
  for (const MessagePart& part : program.messages[static_cast<std::size_t>(step.argument)]) {
    if (may_fault(program, part.value)) parts.push_back(part.value);
  }
  return parts;
}

std::int32_t evaluate(CodeId code, const base::StateAccess& state, const Position& position,
                      EvalFault& fault) {
  if (position.cpu >= 0 && position.layout->store_buffer != 0) [[unlikely]] {
    ForwardedMemory forwarded(state, position);
    return Evaluator(state, forwarded, position, fault).run(code);
  }
  Memory memory(state);
  return Evaluator(state, memory, position, fault).run(code);
}

bool overtakes_register_write(CodeId code, const base::StateAccess& state, const Position& position) {
  if (code == kNoCode) return false;
  EvalFault fault;
  ForwardedMemory forwarded(state, position);
  static_cast<void>(Evaluator(state, forwarded, position, fault).run(code));
  return forwarded.overtakes_write();
}

}  // namespace quiesce::sim
