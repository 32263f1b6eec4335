// Rules as the search runs them: register code with branches, made of the stack code that rules are first
// compiled to. Textbook models fire millions of rules a second, most of which compare two slots and store a
// third.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/slot.hpp"
#include "sim/code.hpp"

namespace quiesce::sim {

struct System;

enum class RuleOp : std::uint8_t {
  kUnlessEq,  ///< to `target` unless a == b
  kUnlessNe,
  kUnlessLt,
  kUnlessLe,
  kUnlessBits,       ///< to `target` unless the bits of a are `bits`
  kUnlessOtherBits,  ///< to `target` if they are
  kUnlessByte,       ///< the same of a byte
  kUnlessOtherByte,
  kJump,
  kCopy,  ///< result := a
  kAdd,   ///< result := a + b
  kSub,
  kMul,
  kDiv,
  kMod,
  kDivPower,       ///< result := a / 2 to the power `bits`
  kModPower,       ///< result := a % 2 to the power `bits`
  kStoreConstant,  ///< slot := a, which fits
  kStoreByteConstant,
  kLastStoreByteConstant,  ///< the same with kDone behind it
  kStore,                  ///< slot := a, if it lies in lo..hi
  kStoreByte,
  kStoreWord,
  kElement,  ///< result := element a of family `extra`, which begins at `slot` and has `bits` elements
  kByteElement,
  kWordElement,
  kConstantElement,  ///< the same of one without slots
  kStoreElement,     ///< element b := a, if it lies in lo..hi
  kStoreByteElement,
  kStoreWordElement,
  kEvaluate,  ///< result := the stack code at `extra`
  kYes,       ///< the guard holds
  kNo,
  kDone,
};
inline constexpr std::size_t kRuleOps = static_cast<std::size_t>(RuleOp::kDone) + 1;

/// Which instructions of a processor it takes to read an operand.
enum class Reading : std::uint8_t {
  kAny,
  kByte,   ///< of the state
  kWhole,  ///< a word of the state, a register or a constant
};
inline constexpr std::size_t kReadings = 3;

/// Where an instruction takes a value from: a slot of the state or a register, plus a constant; or a constant
/// alone. The bits are cut out of the aligned 32-bit word that holds them, in the same way for all.
struct Operand {
  enum Base : std::uint8_t { kState, kRegisters, kZero };

  std::uint8_t base = kZero;
  std::uint8_t shift = 0;    ///< in the aligned word
  std::uint16_t offset = 0;  ///< in bytes
  std::uint32_t mask = 0;    ///< of its bits, after the shift; 0 for a constant
  std::uint32_t sign = 0;    ///< their sign bit; 0 if they have none
  std::int32_t added = 0;

  [[nodiscard]] bool is_constant() const { return base == kZero; }
  [[nodiscard]] bool reads_state() const { return base == kState; }
  [[nodiscard]] std::size_t word() const { return offset & ~std::size_t{3}; }
  /// Where it reads the state.
  [[nodiscard]] base::Slot slot() const;
};

[[nodiscard]] Operand slot_operand(base::Slot slot);

inline constexpr std::size_t kRuleRegisters = 16;

struct RuleInstruction {
  RuleOp op = RuleOp::kDone;
  std::uint8_t result = 0;      ///< a register
  std::uint16_t operation = 0;  ///< which it is with its operands' readings
  base::Slot slot{};            ///< where a store puts its value
  std::uint32_t target = 0;
  std::uint32_t bits = 0;
  Operand a{};
  Operand b{};
  std::int32_t extra = 0;
  std::int32_t lo = 0;
  std::int32_t hi = 0;
  Pc pc = kInactive;  ///< the step that it belongs to; kInactive in guards
};

/// Whether a slot holds one value, or another, asked of the word that the slot is part of. Without a mask it
/// holds.
struct BitsTest {
  std::uint32_t mask = 0;
  std::uint32_t bits = 0;
  std::uint16_t word = 0;  ///< offset of the word in bytes
  base::Slot slot{};
  bool negated = false;
};

inline constexpr std::uint32_t kNoGuard = 0xffffffffU;

/// What a condition still asks for after `slot == value`, if it asks for more: a few slots' values, then what
/// code tells, which begins at `guard`.
struct RuleEntry {
  std::uint16_t number = 0;  ///< of the rule or property
  bool asks = false;
  std::uint32_t guard = kNoGuard;
  std::array<BitsTest, 2> tests;
};

/// Conditions that begin with `slot == value`, those of each value one after the other.
struct RuleGroup {
  bool is_byte = false;  ///< the slot, an unsigned one
  Operand slot;
  std::int32_t first_value = 0;
  std::uint32_t values = 0;
  std::uint32_t begins = 0;  ///< of the values' entries, into RuleIndex::begins; one more than values
};

/// Conditions, so that few of them have to be looked at in a state: most begin with a process's location.
struct RuleIndex {
  std::vector<RuleGroup> groups;
  std::vector<std::uint32_t> begins;  ///< into `entries`
  std::vector<RuleEntry> entries;
  std::uint32_t others = 0;  ///< from here on `entries` are those of no group, with all that they ask for
};

struct RuleCode {
  std::vector<RuleInstruction> code;
  std::vector<std::uint32_t> bodies;  ///< by rule
  /// By rule: the conditions whose conjunction is its guard, each as a guard of its own.
  std::vector<std::vector<std::uint32_t>> conjuncts;
  RuleIndex guards;                       ///< of rules
  RuleIndex nevers;                       ///< of what properties of the scenario's own forbid
  std::vector<std::uint32_t> conditions;  ///< by property: guards of those that are conditions on states
  std::uint32_t end = kNoGuard;           ///< of `end:`
};

/// Of a system whose rules and properties are compiled.
[[nodiscard]] RuleCode compile_rule_code(const System& system);

}  // namespace quiesce::sim
