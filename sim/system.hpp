// The compiled scenario: a transition system over one flat state vector. The search, the simulator and
// the explanations all drive this one object.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/slot.hpp"
#include "sim/cause_table.hpp"
#include "sim/code.hpp"
#include "sim/eval.hpp"
#include "sim/layout.hpp"
#include "sim/rule_code.hpp"
#include "sim/world.hpp"

namespace quiesce::sim {

/// Which kind of thing moves. Transition::actor counts through these groups in this order.
enum class ActorKind : std::uint8_t { kContext, kCpu, kTick, kSmmu, kTime, kRules };

/// Choices of a context's actor beside the alternatives of its step (0..999).
namespace choice {
inline constexpr std::uint16_t kRunOnIdle = 1000;  ///< + cpu: an idle CPU picks this task
inline constexpr std::uint16_t kPreempt = 1100;    ///< + cpu: takes the CPU from a preemptible task
inline constexpr std::uint16_t kPull = 1200;       ///< + cpu: an idle CPU pulls it from another queue
inline constexpr std::uint16_t kYieldTo = 1300;    ///< + cpu: the running task yields to this one
inline constexpr std::uint16_t kWake = 2000;       ///< what it slept for has come
// Of a CPU's actor:
inline constexpr std::uint16_t kStopperMoves = 0;
inline constexpr std::uint16_t kTakeResched = 1;
inline constexpr std::uint16_t kLatchResched = 2;
inline constexpr std::uint16_t kTakeStop = 3;
inline constexpr std::uint16_t kLatchStop = 4;
inline constexpr std::uint16_t kTick = 5;
inline constexpr std::uint16_t kReportLockup = 6;
inline constexpr std::uint16_t kNextSoftirqRound = 7;
inline constexpr std::uint16_t kWakeKsoftirqd = 8;
inline constexpr std::uint16_t kTakeTick = 9;
inline constexpr std::uint16_t kTakeIrq = 100;    ///< + line
inline constexpr std::uint16_t kLatchIrq = 200;   ///< + line
inline constexpr std::uint16_t kTakeTimer = 300;  ///< + kernel timer
inline constexpr std::uint16_t kDrain = 500;      ///< + entry of the CPU's store buffer
}  // namespace choice

struct Rule {
  std::string name;  ///< with its instance: "execute statement 0 (i=1)"
  CodeId when = kNoCode;
  bool may_fault = false;  ///< the guard dereferences, or indexes with what it reads
  Pc body = kInactive;
};

/// What a property says about states; finding kinds come first in the table.
enum class PropertyKind : std::uint8_t {
  kFindingKind,
  kNever,
  kAtEnd,
  kNeverOn,
  kEventually,
  kAlwaysPossible,
  kWithin
};

struct Property {
  std::string name;  ///< as in `expect`
  std::string kind;  ///< for people: "deadlock", "reboot_within: 10s", "never"
  PropertyKind what = PropertyKind::kFindingKind;
  CodeId code = kNoCode;
  std::uint32_t info = 0;
};

/// `never_on: { write: REGISTER or set: PLACE, when: CONDITION }`: what must not be written then.
struct WriteGuard {
  std::uint16_t property = 0;
  CodeId when = kNoCode;           ///< looked at before the write
  std::int32_t smmu = -1;          ///< of a register
  std::int32_t reg = -1;           ///< as register_at() of its model counts
  std::int32_t index = -1;         ///< of a legacy SMMU's register; -1: whichever
  std::int32_t family = -1;        ///< of state
  std::optional<base::Slot> slot;  ///< the one element that counts, if it is known
};

/// The compiled scenario. Immutable while it is explored.
struct System {
  std::string name;
  std::string title;
  MachineInfo machine;
  Program program;
  Layout layout;
  std::vector<SmmuInfo> smmus;
  hwmodel::v3::CommandTable commands;
  std::vector<std::uint8_t> command_ids;  ///< of Program::commands
  std::uint8_t sync_command = 0;
  std::uint8_t sync_msi_command = 0;
  std::vector<Rule> rules;
  RuleCode rule_code;
  std::vector<Property> properties;
  std::vector<std::string> finding_kinds;
  CauseTable causes;  ///< that Finding::cause numbers
  std::vector<std::uint32_t> cause_of_info;
  /// Byte ranges of the state that some retry loop reads.
  std::vector<std::pair<std::uint16_t, std::uint16_t>> watched;
  std::vector<WriteGuard> write_guards;
  /// `registration_order: any`: each order of devices_kset in which the machine may begin.
  std::vector<std::vector<std::int32_t>> device_orders;
  std::int32_t device_order_family = -1;
  CodeId end = kNoCode;
  std::map<std::string, std::vector<std::string>> objects;  ///< of each class, by their position
  std::vector<std::string> softirq_names;
  std::vector<Pc> softirq_entries;
  std::vector<std::string> irq_names;
  std::vector<std::string> timer_names;
  std::vector<std::string> work_names;
  std::vector<ListInfo> lists;
  std::uint64_t hash = 0;  ///< of everything that decides behaviour

  /// A textbook model: no machine, no devices, no time.
  [[nodiscard]] bool only_rules() const {
    return layout.contexts.empty() && layout.cpus.empty() && layout.smmu_count() == 0 &&
           layout.zone.timers() == 0;
  }
  [[nodiscard]] std::size_t contexts() const { return layout.contexts.size(); }
  [[nodiscard]] std::uint16_t cpu_actor(std::size_t cpu) const {
    return static_cast<std::uint16_t>(contexts() + cpu);
  }
  [[nodiscard]] std::uint16_t tick_actor(std::size_t cpu) const {
    return static_cast<std::uint16_t>(contexts() + layout.cpus.size() + cpu);
  }
  [[nodiscard]] std::uint16_t smmu_actor(std::size_t smmu) const {
    return static_cast<std::uint16_t>(contexts() + 2 * layout.cpus.size() + smmu);
  }
  [[nodiscard]] std::uint16_t time_actor() const { return smmu_actor(layout.smmu_count()); }
  [[nodiscard]] std::uint16_t rules_actor() const { return static_cast<std::uint16_t>(time_actor() + 1); }
  [[nodiscard]] std::size_t actor_count() const { return rules_actor() + 1U; }
};

/// Index of a built-in finding kind in System::properties. `name` must be one of them.
[[nodiscard]] std::uint16_t finding_kind(const System& system, std::string_view name);

}  // namespace quiesce::sim
