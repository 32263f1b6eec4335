// What a scenario is compiled to: stack code for expressions and a table of steps for routines.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/slot.hpp"
#include "sim/diagnostic.hpp"
#include "sim/type.hpp"
#include "sim/verbs.hpp"
#include "sim/zone.hpp"

namespace quiesce::sim {

enum class Op : std::uint8_t {
  kPush,            ///< a; b: its Domain
  kLoad,            ///< slot
  kLoadLocal,       ///< slot, relative to the context's frame; a: its Domain
  kLoadAt,          ///< family a; index on the stack
  kConstAt,         ///< constant family a; index on the stack
  kDeref,           ///< reference on the stack becomes an index; NULL is an oops (a: text of the access)
  kRegister,        ///< register a (field b, or -1) of the SMMU whose index is on the stack
  kLegacyRegister,  ///< SMMU and number among those of its kind on the stack: register a (field b, or -1)
  kCommandWord,     ///< SMMU and ring index on the stack: the slot's first word is not yet zero
  kEventField,      ///< SMMU and index on the stack: field a (EventField) of the event record there
  kConsumed,        ///< SMMU, CONS, index: has CONS passed the index?
  kUsed,            ///< SMMU, PROD, CONS: entries between them
  kAdvance,         ///< SMMU, PROD, n: PROD after n more entries
  kDecision,        ///< SMMU: 0 translated, 1 bypass, 2 abort for a transaction that arrives now
  kDecisionOf,      ///< device on the stack: 0 translated, 1 bypass, 2 abort or fault, 3 waits
  kInFlight,        ///< device on the stack: an access of its own is on the way
  kTaskExited,      ///< task on the stack
  kThisCpu,
  kCurrent,       ///< reference to the running task
  kMachineState,  ///< 0 running, 1 reset, 2 halted, 3 panicked
  kAdd,
  kSub,
  kMul,
  kDiv,
  kMod,
  kNeg,
  kEq,
  kNe,
  kLt,
  kLe,
  kLive,  ///< index and whether the object there is freed: the index; a freed one is noted (a: what is
          ///< accessed)
  kNot,
  kJump,             ///< to a
  kJumpIfFalse,      ///< pops; to a if it was 0
  kJumpIfFalseKeep,  ///< `and`: keeps 0 and jumps, else pops
  kJumpIfTrueKeep,   ///< `or`
  kSlotEq,           ///< slot == a
  kSlotNe,           ///< slot != a
  kUnlessSlotEq,     ///< slot == b is the left side of `and`: if it is not, pushes 0 and jumps to a
  kEnd,
};

/// What a routine can read of an event record.
enum class EventField : std::uint8_t { kId, kDevice, kSsid, kPage, kStall, kS2, kClass };

/// Asks an object of the machine whose index is on the stack, and nothing else.
[[nodiscard]] constexpr bool asks_one_object(Op op) {
  return op == Op::kRegister || op == Op::kDecision || op == Op::kDecisionOf || op == Op::kInFlight;
}

/// Values that it takes from the stack, if it asks the machine.
[[nodiscard]] constexpr int operands_of_query(Op op) {
  if (asks_one_object(op)) return 1;
  return op == Op::kLegacyRegister || op == Op::kCommandWord || op == Op::kEventField ? 2 : 3;
}

/// Whether the instruction reads `slot` of the state.
[[nodiscard]] constexpr bool reads_slot(Op op) {
  return op == Op::kLoad || op == Op::kSlotEq || op == Op::kSlotNe || op == Op::kUnlessSlotEq;
}

struct Instruction {
  Op op = Op::kEnd;
  base::Slot slot{};
  std::int32_t a = 0;
  std::int32_t b = 0;
};

/// Index of the first instruction of an expression; kNoCode if there is none.
using CodeId = std::int32_t;
inline constexpr CodeId kNoCode = -1;

/// A group of equal slots addressed by one index: a global, an array, or a field of all objects of a
/// class. Constant families have no slots.
struct Family {
  std::string name;  ///< "Q", "smmu.llq_prod", "device.lock"
  Type type;
  std::vector<Type> dims;  ///< index types of an array, outermost first; empty otherwise
  std::int32_t count = 1;
  base::Slot first;  ///< elements are adjacent
  bool constant = false;
  std::vector<std::int32_t> init;
  /// Of a field of a `freeable` class, and of a list of its objects: the family that says which are freed.
  std::int32_t freed = -1;
  Location at;

  [[nodiscard]] base::Slot slot(std::int32_t index) const {
    return {static_cast<std::uint16_t>(first.offset +
                                       static_cast<std::size_t>(index) * base::bytes_of(first.width)),
            first.width};
  }
  /// Of an element's slot.
  [[nodiscard]] std::int32_t index_of(base::Slot element) const {
    return static_cast<std::int32_t>((element.offset - first.offset) / base::bytes_of(first.width));
  }
};

/// A scenario's own set of names: an id type, or a class. Values that name one of its members carry its
/// number; 0 stands for all others, which are plain numbers.
using DomainId = std::uint16_t;
inline constexpr DomainId kNoDomain = 0;

struct Domain {
  TypeKind kind = TypeKind::kInt;  ///< kId or kRef
  std::string name;
  std::int32_t size = 0;
};

/// Where a step writes, or which lock it takes.
struct Place {
  enum class Kind : std::uint8_t { kNone, kSlot, kLocal, kFamily } kind = Kind::kNone;
  base::Slot slot{};         ///< of kSlot (absolute) and kLocal (relative)
  std::int32_t family = -1;  ///< of kSlot and kFamily
  CodeId index = kNoCode;    ///< of kFamily
  std::int32_t lo = 0;       ///< bounds of the type
  std::int32_t hi = 0;
  DomainId domain = kNoDomain;  ///< of what kLocal holds; a family has a type
};

using Pc = std::uint16_t;
inline constexpr Pc kInactive = 0;  ///< a context with nothing to run

/// How a step meets its CPU's store buffer; `memory: sc` has none, and does not look at it.
enum class Access : std::uint8_t {
  kByVerb,
  kStore,
  kReleaseStore,
  kRelaxedRmw,    ///< acts on memory, perhaps before older stores to other places
  kFullRmw,       ///< with release or full order: behind all older stores
  kRelaxedBlock,  ///< the first step of an atomic block, as kRelaxedRmw
  kFullBlock,     ///< the same, as kFullRmw
  kInBlock,       ///< a later step of an atomic block
  kRelaxedWrite,  ///< of a register, without a barrier before it
};

/// Step::argument of a `set` that is a kfree.
inline constexpr std::int32_t kFrees = 1;
/// Step::argument of an `if` that is the `when` of the step behind it.
inline constexpr std::int32_t kGuardsStep = 1;
/// Step::argument of an `exit` that is a step, and not the end of a task or handler.
inline constexpr std::int32_t kIsStep = 1;

/// One location of a routine as expanded for one context.
struct Step {
  Verb verb = Verb::kNop;
  bool folded = false;  ///< belongs to the transition of the step before it
  Pc next = kInactive;
  Pc other = kInactive;  ///< `else`, `on_timeout`, `on_failure`, end of loop
  Access access = Access::kByVerb;
  CodeId value = kNoCode;
  CodeId value2 = kNoCode;
  CodeId value3 = kNoCode;  ///< of what submits commands: which, if that is known only then; of a write to a
                            ///< legacy SMMU: which register of its kind
  Place place;
  std::int32_t argument = 0;  ///< meaning depends on the verb: duration, line, work, finding kind, ...
  std::int32_t argument2 = 0;
  std::uint32_t info = 0;  ///< index into Program::infos
};

/// Prints what may be NULL or freed; kept in argument2.
[[nodiscard]] constexpr bool has_faulting_message(const Step& step) {
  return (step.verb == Verb::kLog || step.verb == Verb::kPanic) && step.argument2 != 0;
}

/// Keeps its CPU for a second, if what it waits for does not come.
[[nodiscard]] constexpr bool is_long_busy_wait(const Step& step) {
  const bool busy = step.verb == Verb::kDelay || (step.verb == Verb::kPoll && step.argument2 == 0);
  return busy && step.argument >= 1'000'000;
}

/// For people: where a step comes from.
struct StepInfo {
  std::string routine;       ///< "arm_smmu_device_disable"
  std::uint32_t number = 0;  ///< position in the routine, from 0
  std::string text;          ///< "poll smmu0.CR0ACK == 0"
  std::string written;       ///< the same before parameters are replaced: "poll smmu.CR0ACK == 0"
  std::string source;        ///< "v6.18 drivers/... arm_smmu_device_disable"
  Location at;
  std::vector<std::string> callers;  ///< innermost first: "device_shutdown+9"
  std::int32_t called_by = -1;       ///< the call's own info, in this expansion; -1: none
  std::string label;
  std::string ratelimited;  ///< of a log step: the kernel's function that limits the rate; "": nobody does
};

/// A text with expressions: "CMD_SYNC timeout at 0x{prod:08x}".
struct MessagePart {
  std::string text;
  CodeId value = kNoCode;
  std::string format;              ///< fmt-style, such as "08x"
  std::vector<std::string> names;  ///< of enumeration constants or objects; empty for numbers
};

/// A command as routines name it: its opcode, and the object that is its operand.
struct NamedCommand {
  std::string opcode;
  std::string class_name;   ///< of the operand; "" if there is none
  std::int32_t object = 0;  ///< of the class, from 1

  friend bool operator==(const NamedCommand&, const NamedCommand&) = default;
};

/// Different ones in a scenario: their ids have a byte, which two CMD_SYNCs share.
inline constexpr std::size_t kNamedCommandsMax = 250;

struct Program {
  std::vector<Instruction> code;
  std::vector<Family> families;
  std::vector<Domain> domains;  ///< domains[0] is kNoDomain
  std::vector<Step> steps;      ///< steps[0] is the inactive location
  std::vector<StepInfo> infos;
  std::vector<std::vector<MessagePart>> messages;
  std::vector<NamedCommand> commands;  ///< a command's id is its position + 1
};

}  // namespace quiesce::sim
