#include "sim/quick_operations.hpp"

#include <bit>

#include "sim/rule_operations.hpp"

namespace quiesce::sim {
namespace {

bool is_byte(base::Slot slot) { return base::bytes_of(slot.width) == 1; }
bool is_word(base::Slot slot) { return slot.width == base::Width::kI32; }

Reading reading_of(const Operand& operand) {
  if (!operand.reads_state() || is_word(operand.slot())) return Reading::kWhole;
  return is_byte(operand.slot()) ? Reading::kByte : Reading::kAny;
}

void store_quickly(RuleInstruction& in, const RuleInstruction& next) {
  if (in.op == RuleOp::kStore) {
    if (is_byte(in.slot)) in.op = RuleOp::kStoreByte;
    if (is_word(in.slot)) in.op = RuleOp::kStoreWord;
  } else if (is_byte(in.slot)) {
    in.op = next.op == RuleOp::kDone ? RuleOp::kLastStoreByteConstant : RuleOp::kStoreByteConstant;
  }
}

void use_element(RuleInstruction& in, const Program& program) {
  const Family& family = program.families[static_cast<std::size_t>(in.extra)];
  in.slot = family.first;
  in.bits = static_cast<std::uint32_t>(family.count);
  const bool stores = in.op == RuleOp::kStoreElement;
  if (family.constant) {
    in.op = RuleOp::kConstantElement;
  } else if (is_byte(family.first)) {
    in.op = stores ? RuleOp::kStoreByteElement : RuleOp::kByteElement;
  } else if (is_word(family.first)) {
    in.op = stores ? RuleOp::kStoreWordElement : RuleOp::kWordElement;
  }
}

void divide_by_shifting(RuleInstruction& in) {
  if (!in.b.is_constant() || in.b.added <= 0) return;
  const auto divisor = static_cast<std::uint32_t>(in.b.added);
  if (!std::has_single_bit(divisor)) return;
  in.op = in.op == RuleOp::kDiv ? RuleOp::kDivPower : RuleOp::kModPower;
  in.bits = static_cast<std::uint32_t>(std::countr_zero(divisor));
}

void use_byte(RuleInstruction& in) {
  if (!is_byte(in.a.slot())) return;
  in.op = in.op == RuleOp::kUnlessBits ? RuleOp::kUnlessByte : RuleOp::kUnlessOtherByte;
}

}  // namespace

void use_quick_operations(std::vector<RuleInstruction>& code, const Program& program) {
  for (std::size_t at = 0; at < code.size(); ++at) {
    RuleInstruction& in = code[at];
    switch (in.op) {
      case RuleOp::kUnlessBits:
      case RuleOp::kUnlessOtherBits:
        use_byte(in);
        break;
      case RuleOp::kStore:
      case RuleOp::kStoreConstant:
        store_quickly(in, code[at + 1]);  // no body ends with a store
        break;
      case RuleOp::kElement:
      case RuleOp::kStoreElement:
        use_element(in, program);
        break;
      case RuleOp::kDiv:
      case RuleOp::kMod:
        divide_by_shifting(in);
        break;
      default:
        break;
    }
    in.operation = operation_number(in.op, reading_of(in.a), reading_of(in.b));
  }
}

}  // namespace quiesce::sim
