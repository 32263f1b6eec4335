// What an SMMUv3 keeps beside its registers, in words: copies of structures, TLB entries, event records, and
// accesses on their way.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hwmodel/v3/layout.hpp"

namespace quiesce::hwmodel::v3 {

/// What physical pages are called: that of number 1 first.
using FrameNames = std::vector<std::string>;

[[nodiscard]] std::string name_of_unit(const Streams& all, const UnitName& unit);  ///< "nic.STE[0]"
/// "V=1 Config=5 S1CDMax=0", with ", invalidated" behind it; "none" without a copy.
[[nodiscard]] std::string text_of_copy(const Streams& all, const UnitName& unit, std::int32_t packed);
/// "-> nic.frame0"; "none" without an entry.
[[nodiscard]] std::string text_of_entry(const Streams& all, const FrameNames& frames, std::int32_t packed);
/// "page 0, decided: -> nic.frame0"; "none" if nothing is on its way.
[[nodiscard]] std::string text_of_flight(const Streams& all, std::size_t source, const FrameNames& frames,
                                         std::int32_t packed);
/// "F_TRANSLATION, nic, page 0, stalls"; "" for an empty slot.
[[nodiscard]] std::string text_of_record(const Streams& all, std::int32_t packed);

}  // namespace quiesce::hwmodel::v3
