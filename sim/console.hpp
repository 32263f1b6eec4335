// What the console of a real kernel says about faults and watchdogs, in the kernel's own formats.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/system.hpp"

namespace quiesce::sim {

/// "late_unmapper:110". Tasks have no process ids here: they count from 100.
[[nodiscard]] std::string comm_and_pid(const System& system, ContextId task);

/// "Call trace:" and a line for each routine, innermost first. The body of a task is no function.
[[nodiscard]] std::vector<std::string> call_trace(const System& system, ContextId context,
                                                  std::string_view location,
                                                  const std::vector<std::string>& callers);

/// What a bad access of `context` prints, given how many there were before.
[[nodiscard]] std::vector<std::string> oops_report(const System& system, ContextId context,
                                                   const StepInfo& info, std::string_view kind, int before);

/// What die() calls a bad access of this kind: "Oops", or the fault's own name.
[[nodiscard]] std::string_view died_of(std::string_view kind);
/// What an SError prints that panics the CPU.
[[nodiscard]] std::string serror_line(const System& system, int cpu);
[[nodiscard]] std::string panic_line(std::string_view reason);

/// Instead of lines that the rate limit of the log step at `site` left out.
[[nodiscard]] std::string suppressed_line(const StepInfo& site, std::uint32_t left_out);

/// `units` of 2^30 ns since the last heartbeat; `task` is kNoContext if the CPU is idle below interrupts.
[[nodiscard]] std::string soft_lockup_line(const System& system, std::size_t cpu, ContextId task,
                                           std::int64_t units);

[[nodiscard]] std::vector<std::string> hung_task_report(const System& system, ContextId task,
                                                        const StepInfo& info);

[[nodiscard]] std::string rcu_stall_line(const System& system);

/// A message of `log` or `panic` with the values of its expressions.
[[nodiscard]] std::string message_text(const System& system, const base::StateAccess& state,
                                       const Position& position, std::int32_t message);

}  // namespace quiesce::sim
