// The PRI queue: page requests of endpoints, those that are answered by the SMMU itself, and overflow.
// Spec: IHI 0070G.b, 3.5.1, 6.3.9.5, 6.3.97, 6.3.98, 8.1 to 8.3.
#pragma once

#include <cstdint>

#include "hwmodel/v3/layout.hpp"

namespace quiesce::hwmodel::v3 {

/// What becomes of a page request.
enum class PageRequest : std::uint8_t {
  kQueued,   ///< for software to answer by PRI_RESP
  kFailure,  ///< answered at once, Response Failure
  kSuccess,  ///< answered at once, Success: the endpoint asks again
  kDropped,  ///< no answer is due: not the last of its group, or a Stop marker
};

/// PRIQEN and SMMUEN are in force: CR0ACK follows PRIQEN alone. Spec: 6.3.9.5.
[[nodiscard]] bool effectively_enabled(const View& smmu);
/// An endpoint asks for a page. `last` of its group; a Stop marker asks for nothing.
// Abstraction: the state keeps how many requests there are, not what they say.
PageRequest request_page(Change& smmu, bool last, bool stop_marker = false);

[[nodiscard]] WriteOutcome write_priq_prod(Change& smmu, std::int32_t value);
[[nodiscard]] WriteOutcome write_priq_cons(Change& smmu, std::int32_t value);

}  // namespace quiesce::hwmodel::v3
