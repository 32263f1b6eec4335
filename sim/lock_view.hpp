// Locks as a person looks at them: who has one, who waits for one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/machine.hpp"

namespace quiesce::sim {

struct NamedLock {
  std::string name;  ///< "list_mutex", "nic.lock"
  TypeKind kind = TypeKind::kMutex;
  base::Slot slot;
};

/// "1 reader", "2 readers"
[[nodiscard]] std::string readers(std::int32_t count);
/// Every lock of the scenario.
[[nodiscard]] std::vector<NamedLock> named_locks(const System& system);
/// "mutex", "spinlock", "wait_queue", ...
[[nodiscard]] std::string_view name_of_lock_kind(TypeKind kind);

/// The locks in one state.
class LockView {
 public:
  LockView(const System& system, const std::byte* state)
      : system_(system), access_(const_cast<std::byte*>(state)), machine_(system, access_) {}

  /// Where the lock of the context's step is, if its step has one.
  [[nodiscard]] std::optional<base::Slot> of_step(ContextId context) const;
  /// Of the step that the context waits in: asleep, or keeping its CPU.
  [[nodiscard]] std::optional<base::Slot> waited_for_by(ContextId context) const;
  /// Who has it, as far as the state knows: readers of rwlocks and rwsems are only counted.
  [[nodiscard]] std::vector<ContextId> holders(const NamedLock& lock) const;
  [[nodiscard]] std::vector<ContextId> waiters(const NamedLock& lock) const;
  /// "free", "held by reboot", "written by reboot", "2 readers", "completed once", "read by a, b".
  [[nodiscard]] std::string state_of(const NamedLock& lock) const;

 private:
  [[nodiscard]] std::int32_t get(base::Slot slot) const { return access_.get(slot); }

  const System& system_;
  base::StateAccess access_;
  Machine machine_;
};

}  // namespace quiesce::sim
