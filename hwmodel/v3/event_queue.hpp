// The event queue: what is recorded, what is lost, and who is told.
// Spec: IHI 0070G.b, 3.5.3, 3.5.4, 6.3.95, 6.3.96, 7.2, 7.4.
#pragma once

#include <cstdint>

#include "hwmodel/v3/decision.hpp"
#include "hwmodel/v3/layout.hpp"
#include "hwmodel/v3/queue.hpp"

namespace quiesce::hwmodel::v3 {

inline constexpr std::int32_t kOverflow = INT32_MIN;  ///< EVENTQ_PROD.OVFLG, EVENTQ_CONS.OVACKFLG

/// What such a register says without its flag.
inline std::uint32_t index_bits(std::int32_t reg) { return static_cast<std::uint32_t>(reg & ~kOverflow); }

/// What a queue of this size keeps of a value written to such a register.
inline std::int32_t index_and_flag(std::int32_t value, unsigned log2size) {
  const auto reg = static_cast<std::uint32_t>(value);
  return static_cast<std::int32_t>(position_of(reg, log2size)) | (value & kOverflow);
}

/// What an event record says. Spec: 7.3.
struct Record {
  Event event = Event::kNone;
  std::int32_t stream = 0;  ///< number in Streams, for its StreamID
  std::int32_t ssid = -1;   ///< -1: SSV is 0
  std::int32_t page = 0;    ///< of the input address
  bool stall = false;
  bool s2 = false;  ///< stage 2 faulted
  FaultClass fault_class = FaultClass::kIn;
  std::int32_t source = 0;  ///< number in Streams

  friend bool operator==(const Record&, const Record&) = default;
};
// Abstraction: a stalled transaction's STAG is the number of its source, which has one at a time.
[[nodiscard]] std::int32_t pack(const Record& record);
[[nodiscard]] Record unpack_record(std::int32_t packed);

/// EVENTQEN is in force, there is a free entry, and no aborted write waits for software. Spec: 7.2.1.
[[nodiscard]] bool eventq_writable(const View& smmu);
/// Records a fault that does not stall, if that is possible; else it is lost. Spec: 7.2.1, 7.4.
// Abstraction: unless the configuration asks for it, the state keeps how many records there are, not what
// they say; and where nobody looks at the queue, not even that. Records are not merged.
void record_event(Change& smmu, const Record& record = {});
/// The fault knob: the next write of a record aborts. Spec: 7.2.2.
[[nodiscard]] bool enabled_eventq_fails(const View& smmu);
void fire_eventq_fails(Change& smmu);

[[nodiscard]] WriteOutcome write_eventq_prod(Change& smmu, std::int32_t value);
[[nodiscard]] WriteOutcome write_eventq_cons(Change& smmu, std::int32_t value);

}  // namespace quiesce::hwmodel::v3
