// The operations of rule code, one small function each, made for every way in which their operands are read.
#pragma once

#include <array>
#include <cstring>
#include <utility>

#include "base/slot.hpp"
#include "sim/eval.hpp"
#include "sim/system.hpp"

namespace quiesce::sim {

/// What is kept of an access to the state. It is asked once, not at each.
enum class Recording : std::uint8_t {
  kUnlogged,    ///< nothing, not even for an undo
  kUnrecorded,  ///< what an undo needs
  kRecorded,    ///< reads and writes
};

[[nodiscard]] constexpr std::uint16_t operation_number(RuleOp op, Reading a, Reading b) {
  const std::size_t readings = static_cast<std::size_t>(a) * kReadings + static_cast<std::size_t>(b);
  return static_cast<std::uint16_t>(static_cast<std::size_t>(op) * kReadings * kReadings + readings);
}

template <Recording kRecording, class Events>
class RuleOperations {
 public:
  RuleOperations(const System& system, base::StateAccess& access, Events& events)
      : system_(system),
        access_(access),
        events_(events),
        code_(system.rule_code.code.data()),
        bases_{access.state(), reinterpret_cast<const std::byte*>(registers_.data()),
               reinterpret_cast<const std::byte*>(&kNothing)} {}

  /// Of a guard whether it holds; a fault ends the code.
  bool run(std::uint32_t start) {
    Pc step = kInactive;
    for (const RuleInstruction* in = code_ + start; in != nullptr;) {
      if constexpr (Events::kSeesSteps) {
        if (in->pc != step) events_.on_step(step = in->pc);
      }
      in = kOperations[in->operation](*this, in);
    }
    return holds_;
  }

 private:
  using Self = RuleOperations;
  using In = const RuleInstruction*;
  /// Returns the instruction to go on with; null at the end.
  using Operation = In (*)(Self&, In);

  static constexpr std::uint32_t kNothing = 0;

  template <Reading kReading>
  [[nodiscard, gnu::always_inline]] std::int32_t read(const Operand& operand) const {
    if constexpr (kRecording == Recording::kRecorded) {
      if (operand.reads_state()) static_cast<void>(access_.get(operand.slot()));
    } else if constexpr (kReading == Reading::kByte) {
      const auto bits = std::to_integer<std::uint32_t>(bases_[Operand::kState][operand.offset]);
      return sum(bits, operand);
    } else if constexpr (kReading == Reading::kWhole) {
      return static_cast<std::int32_t>(base::read_word(bases_[operand.base] + operand.offset) +
                                       static_cast<std::uint32_t>(operand.added));
    }
    const std::uint32_t word = base::read_word(bases_[operand.base] + operand.word());
    return sum((word >> operand.shift) & operand.mask, operand);
  }
  [[nodiscard]] static std::int32_t sum(std::uint32_t bits, const Operand& operand) {
    return static_cast<std::int32_t>((bits ^ operand.sign) - operand.sign +
                                     static_cast<std::uint32_t>(operand.added));
  }

  [[nodiscard]] std::uint32_t bits_of(const Operand& slot) const {
    if constexpr (kRecording == Recording::kRecorded) static_cast<void>(access_.get(slot.slot()));
    return (base::read_word(bases_[Operand::kState] + slot.word()) >> slot.shift) & slot.mask;
  }
  [[nodiscard]] std::uint32_t byte_of(const Operand& slot) const {
    if constexpr (kRecording == Recording::kRecorded) static_cast<void>(access_.get(slot.slot()));
    return std::to_integer<std::uint32_t>(bases_[Operand::kState][slot.offset]);
  }

  template <RuleOp kOp, Reading kA, Reading kB>
  static In compare(Self& self, In in) {
    const std::int32_t a = self.read<kA>(in->a);
    const std::int32_t b = self.read<kB>(in->b);
    bool holds = false;
    if constexpr (kOp == RuleOp::kUnlessEq) holds = a == b;
    if constexpr (kOp == RuleOp::kUnlessNe) holds = a != b;
    if constexpr (kOp == RuleOp::kUnlessLt) holds = a < b;
    if constexpr (kOp == RuleOp::kUnlessLe) holds = a <= b;
    return self.branch(holds, in);
  }

  template <RuleOp kOp>
  static In compare_bits(Self& self, In in) {
    constexpr bool kOfByte = kOp == RuleOp::kUnlessByte || kOp == RuleOp::kUnlessOtherByte;
    constexpr bool kWanted = kOp == RuleOp::kUnlessByte || kOp == RuleOp::kUnlessBits;
    const std::uint32_t bits = kOfByte ? self.byte_of(in->a) : self.bits_of(in->a);
    return self.branch((bits == in->bits) == kWanted, in);
  }

  [[nodiscard, gnu::always_inline]] In branch(bool holds, In in) const {
    return holds ? in + 1 : code_ + in->target;
  }

  static In jump(Self& self, In in) { return self.code_ + in->target; }

  /// In 64 bits, and cut to 32, as expressions elsewhere.
  template <RuleOp kOp, Reading kA, Reading kB>
  static In compute(Self& self, In in) {
    const std::int64_t a = self.read<kA>(in->a);
    std::int64_t result = a;
    if constexpr (kOp == RuleOp::kAdd) result = a + self.read<kB>(in->b);
    if constexpr (kOp == RuleOp::kSub) result = a - self.read<kB>(in->b);
    if constexpr (kOp == RuleOp::kMul) result = a * self.read<kB>(in->b);
    if constexpr (kOp == RuleOp::kDiv) result = a / self.read<kB>(in->b);
    if constexpr (kOp == RuleOp::kMod) result = a % self.read<kB>(in->b);
    if constexpr (kOp == RuleOp::kDivPower || kOp == RuleOp::kModPower) {
      // A number below zero is raised, so that it is rounded towards zero.
      const std::int64_t rest = (std::int64_t{1} << in->bits) - 1;
      const std::int64_t raised = (a >> 63) & rest;
      result = kOp == RuleOp::kDivPower ? (a + raised) >> in->bits : ((a + raised) & rest) - raised;
    }
    self.registers_[in->result] = static_cast<std::int32_t>(result);
    return in + 1;
  }

  /// Puts the value into the slot, of whose width `kWidth` says what is known.
  template <Reading kWidth>
  [[gnu::always_inline]] void put(In in, base::Slot slot, std::int32_t stored) {
    events_.before_store(in->extra, slot);
    if constexpr (kRecording != Recording::kUnlogged) {
      access_.set_fitting(slot, stored);
    } else if constexpr (kWidth == Reading::kByte) {
      access_.raw()[slot.offset] = static_cast<std::byte>(stored);
    } else if constexpr (kWidth == Reading::kWhole) {
      std::memcpy(access_.raw() + slot.offset, &stored, sizeof stored);
    } else {
      base::write_slot(access_.raw(), slot, stored);
    }
  }

  template <Reading kWidth>
  static In store_constant(Self& self, In in) {
    self.put<kWidth>(in, in->slot, in->a.added);
    return in + 1;
  }
  static In store_last_constant(Self& self, In in) {
    self.put<Reading::kByte>(in, in->slot, in->a.added);
    return Events::kSeesSteps ? in + 1 : nullptr;
  }

  template <Reading kWidth, Reading kA>
  static In store(Self& self, In in) {
    self.put_if_it_fits<kWidth>(in, in->slot, self.read<kA>(in->a));
    return in + 1;
  }
  template <Reading kWidth>
  [[gnu::always_inline]] void put_if_it_fits(In in, base::Slot slot, std::int32_t stored) {
    if (stored >= in->lo && stored <= in->hi) {
      put<kWidth>(in, slot, stored);
    } else {
      events_.on_range_error(in->pc);
    }
  }

  template <Reading kWidth>
  [[nodiscard]] static base::Slot element(In in, std::int32_t index) {
    std::size_t bytes = kWidth == Reading::kByte ? 1 : sizeof index;
    if constexpr (kWidth == Reading::kAny) bytes = base::bytes_of(in->slot.width);
    return {static_cast<std::uint16_t>(in->slot.offset + static_cast<std::size_t>(index) * bytes),
            in->slot.width};
  }
  [[nodiscard]] static bool in_family(In in, std::int32_t index) {
    return static_cast<std::uint32_t>(index) < in->bits;
  }

  template <Reading kWidth, Reading kA>
  static In load_element(Self& self, In in) {
    const std::int32_t index = self.read<kA>(in->a);
    if (!in_family(in, index)) return self.fault({EvalFault::Kind::kIndex, in->extra}, in);
    self.registers_[in->result] = self.get<kWidth>(element<kWidth>(in, index));
    return in + 1;
  }
  template <Reading kWidth>
  [[nodiscard]] std::int32_t get(base::Slot slot) const {
    if constexpr (kRecording == Recording::kRecorded || kWidth == Reading::kAny) return access_.get(slot);
    if constexpr (kWidth == Reading::kWhole)
      return static_cast<std::int32_t>(base::read_word(bases_[Operand::kState] + slot.offset));
    const auto byte = std::to_integer<std::uint8_t>(bases_[Operand::kState][slot.offset]);
    return slot.width == base::Width::kI8 ? static_cast<std::int8_t>(byte) : byte;
  }

  template <Reading kWidth, Reading kA, Reading kB>
  static In store_element(Self& self, In in) {
    const std::int32_t index = self.read<kB>(in->b);
    if (!in_family(in, index)) return self.fault({EvalFault::Kind::kIndex, in->extra}, in);
    self.put_if_it_fits<kWidth>(in, element<kWidth>(in, index), self.read<kA>(in->a));
    return in + 1;
  }

  template <Reading kA>
  static In load_constant_element(Self& self, In in) {
    const std::int32_t index = self.read<kA>(in->a);
    if (!in_family(in, index)) return self.fault({EvalFault::Kind::kIndex, in->extra}, in);
    const Family& family = self.system_.program.families[static_cast<std::size_t>(in->extra)];
    self.registers_[in->result] = family.init[static_cast<std::size_t>(index)];
    return in + 1;
  }

  static In evaluate_stack_code(Self& self, In in) {
    const Position nowhere{&self.system_.program, &self.system_.layout, kNoContext, -1};
    EvalFault fault;
    self.registers_[in->result] = evaluate(in->extra, self.access_, nowhere, fault);
    if (fault.freed >= 0) self.events_.on_freed(fault.freed, in->pc);
    return fault.kind == EvalFault::Kind::kNone ? in + 1 : self.fault(fault, in);
  }

  In fault(const EvalFault& fault, In in) {
    events_.on_fault(fault, in->pc);
    return nullptr;
  }

  template <bool kHolds>
  static In end(Self& self, In /*in*/) {
    self.holds_ = kHolds;
    return nullptr;
  }

  template <RuleOp kOp, Reading kA, Reading kB>
  [[nodiscard]] static constexpr Operation operation() {
    switch (kOp) {
      case RuleOp::kUnlessEq:
      case RuleOp::kUnlessNe:
      case RuleOp::kUnlessLt:
      case RuleOp::kUnlessLe:
        return compare<kOp, kA, kB>;
      case RuleOp::kUnlessBits:
      case RuleOp::kUnlessOtherBits:
      case RuleOp::kUnlessByte:
      case RuleOp::kUnlessOtherByte:
        return compare_bits<kOp>;
      case RuleOp::kJump:
        return jump;
      case RuleOp::kStoreConstant:
        return store_constant<Reading::kAny>;
      case RuleOp::kStoreByteConstant:
        return store_constant<Reading::kByte>;
      case RuleOp::kLastStoreByteConstant:
        return store_last_constant;
      case RuleOp::kStore:
        return store<Reading::kAny, kA>;
      case RuleOp::kStoreByte:
        return store<Reading::kByte, kA>;
      case RuleOp::kStoreWord:
        return store<Reading::kWhole, kA>;
      case RuleOp::kElement:
        return load_element<Reading::kAny, kA>;
      case RuleOp::kConstantElement:
        return load_constant_element<kA>;
      case RuleOp::kByteElement:
        return load_element<Reading::kByte, kA>;
      case RuleOp::kWordElement:
        return load_element<Reading::kWhole, kA>;
      case RuleOp::kStoreElement:
        return store_element<Reading::kAny, kA, kB>;
      case RuleOp::kStoreByteElement:
        return store_element<Reading::kByte, kA, kB>;
      case RuleOp::kStoreWordElement:
        return store_element<Reading::kWhole, kA, kB>;
      case RuleOp::kEvaluate:
        return evaluate_stack_code;
      case RuleOp::kYes:
        return end<true>;
      case RuleOp::kNo:
      case RuleOp::kDone:
        return end<false>;
      default:
        return compute<kOp, kA, kB>;
    }
  }

  static constexpr auto kOperations = []<std::size_t... kNumbers>(std::index_sequence<kNumbers...>) {
    return std::array<Operation, sizeof...(kNumbers)>{
        operation<static_cast<RuleOp>(kNumbers / (kReadings * kReadings)),
                  static_cast<Reading>(kNumbers / kReadings % kReadings),
                  static_cast<Reading>(kNumbers % kReadings)>()...};
  }
  (std::make_index_sequence<kRuleOps * kReadings * kReadings>());

  const System& system_;
  base::StateAccess& access_;
  Events& events_;
  const RuleInstruction* code_;
  std::array<std::int32_t, kRuleRegisters> registers_;  // each is written before it is read
  std::array<const std::byte*, 3> bases_;               ///< by Operand::Base
  bool holds_ = false;
};

}  // namespace quiesce::sim
