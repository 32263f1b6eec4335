// States and transitions in words, for counterexamples.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sim/machine.hpp"

namespace quiesce::sim {

/// One transition, as a person reads it. Asked before it fires.
struct MoveText {
  std::string lane;  ///< "cpu0", "smmu0", "time"
  std::string actor;
  std::string location;  ///< "arm_smmu_device_disable+1"
  std::string source;
  Location at;  ///< of the step in its file; nowhere for hardware
  std::string text;
  std::vector<std::string> call_chain;
};

[[nodiscard]] MoveText describe(const System& system, const std::byte* state, Move move);

/// The named slots that differ, as "name", "old -> new".
[[nodiscard]] std::vector<std::pair<std::string, std::string>> changes(const System& system,
                                                                       const std::byte* before,
                                                                       const std::byte* after);

/// Why each task that has not exited waits; one sentence each.
[[nodiscard]] std::vector<std::string> waits(const System& system, const std::byte* state);
/// The sentence of one task; "" if it has exited.
[[nodiscard]] std::string waits_of(const System& system, const std::byte* state, ContextId task);

/// A value of a global or a field: "true", "NULL", the name of an object, of a constant, ...
[[nodiscard]] std::string show_value(const System& system, const Type& type, std::int32_t value);
/// "0x1d"
[[nodiscard]] std::string hexadecimal(std::int32_t value);

/// "cpu0"
[[nodiscard]] std::string cpu_name(std::size_t cpu);

/// "arm_smmu_device_disable+1" of a step, or "" of the last one.
[[nodiscard]] std::string where(const StepInfo& info);
/// The same of what a context runs; "" if it runs nothing.
[[nodiscard]] std::string location_of(const System& system, const std::byte* state, ContextId context);

/// The step that a context is to make next.
[[nodiscard]] const StepInfo& step_info(const System& system, const std::byte* state, ContextId context);

/// What a CPU is in the midst of.
struct TopOfCpu {
  ContextId context = kNoContext;  ///< the innermost
  ContextId task = kNoContext;     ///< `current`; none if idle
  std::string location;
  std::vector<std::string> callers;  ///< innermost first
};

[[nodiscard]] TopOfCpu top_of_cpu(const System& system, const std::byte* state, std::size_t cpu);

}  // namespace quiesce::sim
