// The event queue: what is recorded, what is lost, and who is told.
// Spec: IHI 0070G.b, 3.5.3, 3.5.4, 6.3.95, 6.3.96, 7.2, 7.4.
#pragma once

#include <cstdint>

#include "hwmodel/v3/layout.hpp"

namespace quiesce::hwmodel::v3 {

inline constexpr std::int32_t kOverflow = INT32_MIN;  ///< EVENTQ_PROD.OVFLG, EVENTQ_CONS.OVACKFLG

/// EVENTQEN is in force, there is a free entry, and no aborted write waits for software. Spec: 7.2.1.
[[nodiscard]] bool eventq_writable(const View& smmu);
/// Records a fault that does not stall, if that is possible; else it is lost. Spec: 7.2.1, 7.4.
// Abstraction: the state keeps how many records there are, not what they say; and where nobody looks at the
// queue, not even that.
void record_event(Change& smmu);

[[nodiscard]] WriteOutcome write_eventq_prod(Change& smmu, std::int32_t value);
[[nodiscard]] WriteOutcome write_eventq_cons(Change& smmu, std::int32_t value);

}  // namespace quiesce::hwmodel::v3
