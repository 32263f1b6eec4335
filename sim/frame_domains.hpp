// Which locals hold names of members, at each location: a permutation of the members has to know.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "sim/system.hpp"

namespace quiesce::sim {

struct NamingLocal {
  base::Slot slot;  ///< relative to the frame
  DomainId domain = kNoDomain;

  friend bool operator==(const NamingLocal&, const NamingLocal&) = default;
};

struct FrameDomains {
  explicit FrameDomains(const System& system);
  /// As if no local held a name.
  static FrameDomains none(const System& system);

  std::vector<std::vector<NamingLocal>> at;  ///< by location
  std::set<DomainId> unclear;                ///< those of locals that, somewhere, may or may not hold a name

 private:
  FrameDomains() = default;
};

}  // namespace quiesce::sim
