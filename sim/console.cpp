#include "sim/console.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace quiesce::sim {
namespace {

constexpr std::size_t kCommLength = 15;  ///< TASK_COMM_LEN without its NUL
constexpr int kFirstPid = 100;

std::string comm(const System& system, ContextId task) {
  return system.layout.contexts[task].name.substr(0, kCommLength);
}

std::string_view routine_of(std::string_view location) { return location.substr(0, location.rfind('+')); }

/// What follows the number of an oops. The blank before " SMP" is doubled since v6.15, which tells nothing of
/// preemption any more.
// Linux v5.15, v6.1, v6.14 and v6.18 arch/arm64/kernel/traps.c __die()
std::string build_options(const MachineInfo& machine) {
  if (!is_before(machine.kernel, 6, 15)) return "  SMP";
  return machine.preemption == Preemption::kFull ? " PREEMPT SMP" : " SMP";
}

/// ESR_EL1 as the kernel prints it: before v6.1 in half as many digits.
// Linux v5.15 and v6.1 arch/arm64/kernel/traps.c __die(), arm64_serror_panic()
std::string syndrome(const MachineInfo& machine, std::string_view digits) {
  return (is_before(machine.kernel, 6, 1) ? "" : "00000000") + std::string(digits);
}

}  // namespace

// Linux v6.18 arch/arm64/mm/fault.c die_kernel_fault(), do_sea()
std::string_view died_of(std::string_view kind) {
  return kind == "unclocked_access" ? "synchronous external abort" : "Oops";
}

/// The model knows the exception class alone (0b101111): what else the syndrome says is the implementation's.
// Linux v6.18 arch/arm64/kernel/traps.c arm64_serror_panic()
std::string serror_line(const System& system, int cpu) {
  return fmt::format("SError Interrupt on CPU{}, code 0x{} -- SError", cpu,
                     syndrome(system.machine, "bxxxxxxx"));
}

std::string comm_and_pid(const System& system, ContextId task) {
  return comm(system, task) + ":" + std::to_string(kFirstPid + task);
}

std::vector<std::string> call_trace(const System& system, ContextId context, std::string_view location,
                                    const std::vector<std::string>& callers) {
  std::vector<std::string> lines{"Call trace:"};
  const auto add = [&](std::string_view frame) {
    const std::string_view routine = routine_of(frame);
    if (!routine.empty() && routine != system.layout.contexts[context].name)
      lines.push_back(" " + std::string(routine));
  };
  add(location);
  for (const std::string& caller : callers) add(caller);
  return lines;
}

/// The model knows neither the offset of a field nor how far the tables of the page walk reach: those digits
/// are shown as x.
// Linux v6.18 arch/arm64/mm/fault.c die_kernel_fault(), arch/arm64/kernel/traps.c __die()
std::vector<std::string> oops_report(const System& system, ContextId context, const StepInfo& info,
                                     std::string_view kind, int before) {
  std::vector<std::string> lines;
  if (kind == "null_dereference") {
    lines.emplace_back(
        "Unable to handle kernel NULL pointer dereference at virtual address 0000000000000xxx");
  } else if (kind != "unclocked_access") {
    lines.emplace_back("Unable to handle kernel paging request at virtual address xxxxxxxxxxxxxxxx");
  }
  const std::string_view digits = kind == "unclocked_access" ? "960000x0" : "960000xx";
  lines.push_back(fmt::format("Internal error: {}: {} [#{}]{}", died_of(kind),
                              syndrome(system.machine, digits), before + 1, build_options(system.machine)));
  const std::vector<std::string> trace = call_trace(system, context, info.routine, info.callers);
  lines.insert(lines.end(), trace.begin(), trace.end());
  lines.emplace_back("---[ end trace 0000000000000000 ]---");
  return lines;
}

std::string panic_line(std::string_view reason) {
  return "Kernel panic - not syncing: " + std::string(reason);
}

// Linux v6.18 lib/ratelimit.c ___ratelimit()
std::string suppressed_line(const StepInfo& site, std::uint32_t left_out) {
  return fmt::format("{}: {} callbacks suppressed", site.ratelimited, left_out);
}

// Linux v6.18 kernel/watchdog.c watchdog_timer_fn()
std::string soft_lockup_line(const System& system, std::size_t cpu, ContextId task, std::int64_t units) {
  const std::string who = task == kNoContext ? fmt::format("swapper/{}:0", cpu) : comm_and_pid(system, task);
  return fmt::format("watchdog: BUG: soft lockup - CPU#{} stuck for {}s! [{}]", cpu, units, who);
}

// Linux v6.18 kernel/hung_task.c check_hung_task()
std::vector<std::string> hung_task_report(const System& system, ContextId task, const StepInfo& info) {
  std::vector<std::string> lines{fmt::format("INFO: task {} blocked for more than {} seconds.",
                                             comm_and_pid(system, task), system.machine.hung_task_timeout_s)};
  const std::vector<std::string> trace = call_trace(system, task, info.routine, info.callers);
  lines.insert(lines.end(), trace.begin(), trace.end());
  return lines;
}

// Linux v6.18 kernel/rcu/tree_stall.h print_other_cpu_stall()
std::string rcu_stall_line(const System& system) {
  const std::string flavour = system.machine.rcu_preempt ? "rcu_preempt" : "rcu_sched";
  return "rcu: INFO: " + flavour + " detected stalls on CPUs/tasks:";
}

std::string message_text(const System& system, const base::StateAccess& state, const Position& position,
                         std::int32_t message) {
  std::string line;
  for (const MessagePart& part : system.program.messages[static_cast<std::size_t>(message)]) {
    line += part.text;
    if (part.value == kNoCode) continue;
    EvalFault fault;
    const std::int32_t value = evaluate(part.value, state, position, fault);
    if (!part.names.empty()) {
      const auto index = static_cast<std::size_t>(std::max(0, value));
      line += index < part.names.size() ? part.names[index] : "?";
    } else if (part.format.empty()) {
      line += std::to_string(value);
    } else {
      line += fmt::format(fmt::runtime("{:" + part.format + "}"), static_cast<std::uint32_t>(value));
    }
  }
  return line;
}

}  // namespace quiesce::sim
