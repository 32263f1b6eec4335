// A renaming of what a scenario names: members of domains, single globals, and with them locations and
// clocks.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/term.hpp"

namespace quiesce::sim {

struct Permutation {
  std::vector<std::vector<std::int32_t>> members;  ///< of each domain, by member from 0
  std::vector<std::int32_t> families;
  std::vector<Pc> locations;
  std::vector<TimerId> timers;  ///< from 1; timers[0] is kNoTimer

  /// Everything keeps its name.
  static Permutation identity(const System& system);
  /// First `first`, then this one.
  [[nodiscard]] Permutation after(const Permutation& first) const;

  friend auto operator<=>(const Permutation&, const Permutation&) = default;
};

/// What tells names apart in a compiled scenario: shared by everything that permutes them.
struct Naming {
  explicit Naming(const System& system);

  const System& system;
  FamilyDomains families;
  TermReader terms;
  DomainId tasks;
  DomainId smmus;

  [[nodiscard]] ContextId context(const Permutation& g, ContextId context) const {
    return context < system.layout.tasks ? static_cast<ContextId>(g.members[tasks][context]) : context;
  }
  /// A value of the domain, as slots hold it: references count from 1, ids from 0.
  [[nodiscard]] std::int32_t value(const Permutation& g, DomainId domain, std::int32_t value) const;
  /// Where element `flat` of the family is found, as an element of `g.families[family]`.
  [[nodiscard]] std::int32_t element(const Permutation& g, std::size_t family, std::int32_t flat) const;
  /// "dds_discovery", "pid 2".
  [[nodiscard]] std::string name(DomainId domain, std::int32_t member) const;
  /// Equal for terms that mean the same: operands that can be exchanged stand in one order.
  [[nodiscard]] std::string text(const Term& term, const Permutation& g) const;
};

}  // namespace quiesce::sim
