// Evaluates stack code against a state.
#pragma once

#include <cstdint>
#include <vector>

#include "base/slot.hpp"
#include "sim/code.hpp"
#include "sim/layout.hpp"

namespace quiesce::sim {

/// Where an expression is evaluated.
struct Position {
  const Program* program = nullptr;
  const Layout* layout = nullptr;
  ContextId context = kNoContext;  ///< whose locals; none for properties and rules
  std::int32_t cpu = -1;
};

/// What evaluation ran into beside a value.
struct EvalFault {
  enum class Kind : std::uint8_t { kNone, kNull, kIndex, kUnclocked } kind = Kind::kNone;
  std::int32_t family = -1;     ///< the family that was to be read; -1: registers
  std::int32_t freed = -1;      ///< a family of which an element was read whose object is freed; no fault
  std::int32_t unclocked = -1;  ///< an SMMU whose register was read without clock or power
  bool wrong_model = false;     ///< an SMMU was asked for what those of its model do not have
};

/// Whether evaluation can run into a fault at all.
[[nodiscard]] bool may_fault(const Program& program, CodeId code);
/// The same of one of the program's messages.
[[nodiscard]] bool message_may_fault(const Program& program, std::int32_t message);
/// What the step's message reads, if that may be a fault; nothing for steps without one.
[[nodiscard]] std::vector<CodeId> faulting_parts(const Program& program, const Step& step);

/// The value of the expression at `code`; reads go through `state`, so that they are recorded.
/// After a fault the value is meaningless.
[[nodiscard]] std::int32_t evaluate(CodeId code, const base::StateAccess& state, const Position& position,
                                    EvalFault& fault);

/// Whether the expression reads a register of an SMMU to which the CPU's store buffer holds writes. Only
/// where stores are buffered.
[[nodiscard]] bool overtakes_register_write(CodeId code, const base::StateAccess& state,
                                            const Position& position);

}  // namespace quiesce::sim
