// What a permutation of names does to a state vector: which slot becomes which, and what values become.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/planted_defect.hpp"
#include "sim/frame_domains.hpp"
#include "sim/permutation.hpp"

namespace quiesce::sim {

/// How a slot's value depends on names.
enum class Role : std::uint8_t {
  kPlain,
  kMember,       ///< a value of a domain
  kOwner,        ///< context + 1, or 0
  kSignedOwner,  ///< -(context + 1), or a number from 0 on
  kTaskBits,     ///< a bit for each task; others stay
  kTaskPairs,    ///< two bits for each task
  kLocation,
  kTimerBits,  ///< bit i-1 for timer i
};

/// A slot with what has to be known of its value.
struct RoleSlot {
  base::Slot slot;
  Role role = Role::kPlain;
  DomainId domain = kNoDomain;  ///< of kMember
};

/// The state's slots in an order that is the same for things of the same kind, so that the slots of one
/// become those of another.
class StateRoles {
 public:
  explicit StateRoles(const Naming& naming);

  struct Move {
    RoleSlot from;
    base::Slot to;
  };
  /// Every slot of the state with what it becomes. Locals are moved as bytes here.
  [[nodiscard]] std::vector<Move> moves(const Permutation& g) const;
  [[nodiscard]] bool is_of_frame(base::Slot slot) const;
  /// A slot that no role is known for; "" if there is none.
  [[nodiscard]] std::string unknown_slot() const;

 private:
  void move_families(const Permutation& g, std::vector<Move>& moves) const;
  void move_contexts(const Permutation& g, std::vector<Move>& moves) const;
  void move_legacy(const LegacyLayout& from, const LegacyLayout& to, std::vector<Move>& moves) const;
  void move_zone(const Permutation& g, std::vector<Move>& moves) const;
  [[nodiscard]] RoleSlot role_of(std::size_t family, std::int32_t element) const;
  [[nodiscard]] std::vector<RoleSlot> slots_of(const ContextLayout& context) const;

  const Naming& naming_;
};

/// One permutation, ready to be applied to states.
class StatePermutation {
 public:
  StatePermutation(const Naming& naming, const StateRoles& roles, const FrameDomains& frames, Permutation g,
                   base::PlantedDefect defect = base::PlantedDefect::kNone);

  /// Makes of `to`, a copy of `from`, the permuted state.
  void apply(const std::byte* from, std::byte* to) const;
  /// The slots that may become something else.
  [[nodiscard]] std::vector<base::Slot> touched() const;
  [[nodiscard]] const Permutation& permutation() const { return g_; }
  /// What a value of the slot becomes.
  [[nodiscard]] std::int32_t mapped(const RoleSlot& slot, std::int32_t value) const;

 private:
  [[nodiscard]] std::int32_t mapped_bits(std::int32_t bits, unsigned width) const;
  [[nodiscard]] bool changes_values(const RoleSlot& slot) const;
  void plant(base::PlantedDefect defect);
  void rename_locals(ContextId context, const std::byte* from, std::byte* to) const;

  const Naming& naming_;
  const FrameDomains& frames_;
  Permutation g_;
  std::vector<StateRoles::Move> moves_;
  std::vector<ContextId> with_names_;  ///< contexts some of whose locals may change their values
};

}  // namespace quiesce::sim
