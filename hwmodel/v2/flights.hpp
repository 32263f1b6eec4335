// Transactions on their way through a legacy SMMU, and the walks that fill its TLB: what can happen.
// Numbers index Traffic::sources, walks, entries.
#pragma once

#include <cstdint>

#include "hwmodel/v2/layout.hpp"

namespace quiesce::hwmodel::v2 {

[[nodiscard]] inline Flight flight_of(const View& smmu, std::size_t source) {
  return unpack_flight(smmu.get(smmu.layout.traffic.sources[source].at));
}
inline void set_flight(Change& smmu, std::size_t source, const Flight& flight) {
  smmu.set(smmu.layout.traffic.sources[source].at, pack(flight));
}

/// What the decision table needs to know of a stream's transactions, but for the walk.
struct Circumstances {
  Situation situation;
  Found found;
  std::size_t bank = 0;  ///< if the transaction is mapped to one that exists
};
[[nodiscard]] Circumstances circumstances_of(const View& smmu, std::uint16_t sid);

[[nodiscard]] bool enabled_issue(const View& smmu, std::size_t source, std::int32_t page, bool write);
[[nodiscard]] bool enabled_decide(const View& smmu, std::size_t source);
/// Nothing but time passes until the source's transaction is decided: a walk, or nothing at all.
[[nodiscard]] bool will_be_decided(const View& smmu, std::size_t source);
[[nodiscard]] bool enabled_land(const View& smmu, std::size_t source);
[[nodiscard]] bool enabled_answer(const View& smmu, std::size_t source);
[[nodiscard]] bool enabled_walk(const View& smmu, std::size_t walk);
[[nodiscard]] bool enabled_drop_entry(const View& smmu, std::size_t entry);

/// What it rests on that the source's transaction is not decided now, if it is for no walk that it waits.
[[nodiscard]] std::uint32_t assumed_by_waiting(const View& smmu, std::size_t source);

void fire_issue(Change& smmu, std::size_t source, std::int32_t page, bool write);
void fire_decide(Change& smmu, std::size_t source);
void fire_land(Change& smmu, std::size_t source);
void fire_answer(Change& smmu, std::size_t source);
void fire_walk(Change& smmu, std::size_t walk);
void fire_drop_entry(Change& smmu, std::size_t entry);

/// The device sends an interrupt message; a second one follows the first.
void send_message(Change& smmu, std::size_t source);
/// RESUME: what is stalled in the bank tries again, or is terminated.
void end_stall(Change& smmu, std::size_t bank, std::int32_t value);

}  // namespace quiesce::hwmodel::v2
