// Which locals of a context may still be read, location by location: backward liveness over its steps.
#pragma once

#include <bitset>
#include <vector>

#include "sim/dependence.hpp"

namespace quiesce::sim {

inline constexpr std::size_t kFrameBits = 256;
using FrameBytes = std::bitset<kFrameBits>;  ///< offsets within a frame

struct FrameLiveness {
  Pc first = kInactive;
  std::vector<FrameBytes> live;  ///< by location, from `first` on; none for those that are not reached
  std::vector<bool> reached;
  FrameBytes written;  ///< by some step: the rest of the frame stays 0
};

/// `matters`: the shared bytes that anybody reads. Narrows the ranges of the context's locals.
///
/// A local that is read for a log line alone counts as dead: what the console shows comes from running the
/// schedule again, with every local in place.
[[nodiscard]] FrameLiveness frame_liveness(const System& system, ContextId context, const ByteSet& matters,
                                           SlotRanges& ranges);

}  // namespace quiesce::sim
