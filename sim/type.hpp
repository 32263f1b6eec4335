// Types of the scenario language: few, bounded, and flat.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace quiesce::sim {

enum class TypeKind : std::uint8_t {
  kBool,
  kInt,
  kEnum,
  kId,          ///< 0..n-1, equality and indexing only; `unset` is -1
  kRef,         ///< object of a class: NULL is 0, object k is k+1
  kMutex,       ///< owner: 0 free, else task + 1
  kSpinlock,    ///< owner: 0 free, else context + 1
  kRwlock,      ///< 0 free, n readers, -(context + 1) written
  kCompletion,  ///< times completed and not yet consumed
  kWaitQueue,   ///< no value: sleepers are found by their step
  kRwsem,       ///< 0 free, n readers, -(task + 1) written
  kSrcu,        ///< two bits for each task: how deep it is in the read side
  kCommands,    ///< a command list; known when compiled
  kString,      ///< only in messages
};

/// A value's type. `lo..hi` bound what a slot of this type must hold (unset and NULL included).
struct Type {
  TypeKind kind = TypeKind::kInt;
  std::int32_t lo = 0;
  std::int32_t hi = 0;
  std::string name;                    ///< of the enumeration, id type or class
  std::vector<std::string> constants;  ///< of an enumeration, in order
  bool nullable = false;               ///< `group?`
};

[[nodiscard]] inline Type bool_type() { return {TypeKind::kBool, 0, 1, "bool", {}, false}; }
[[nodiscard]] inline Type int_type(std::int32_t lo, std::int32_t hi) {
  return {TypeKind::kInt, lo, hi, "int", {}, false};
}

[[nodiscard]] inline bool is_lock(TypeKind kind) {
  return kind >= TypeKind::kMutex && kind <= TypeKind::kSrcu;
}

}  // namespace quiesce::sim
