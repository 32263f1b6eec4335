// What a legacy SMMU keeps beside its registers, in words: TLB entries, and accesses on their way.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hwmodel/v2/layout.hpp"

namespace quiesce::hwmodel::v2 {

/// What physical pages are called: that of number 1 first.
using FrameNames = std::vector<std::string>;

/// "page 0 of context bank 1"; `number` of Traffic::entries.
[[nodiscard]] std::string name_of_entry(const Traffic& all, std::size_t number);
/// "-> nic.frame0", and how far it is invalidated; "none" without an entry.
[[nodiscard]] std::string text_of_entry(const FrameNames& frames, std::int32_t packed);
/// "write of page 0, decided: -> nic.frame0"; "none" if nothing is on its way.
[[nodiscard]] std::string text_of_flight(const FrameNames& frames, std::int32_t packed);

}  // namespace quiesce::hwmodel::v2
