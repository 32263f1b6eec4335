// Texts of durations and plain numbers: `1.5us`, `2min`, `0.25`.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "sim/timed/quantiles.hpp"

namespace quiesce::sim::timed {

/// Nanoseconds, from 0 to kLongest_ns; nothing if the text is no duration, which has a unit: ns, us, ms, s,
/// min. Below a nanosecond it is rounded down.
[[nodiscard]] std::optional<std::int64_t> parse_duration_ns(std::string_view text);

/// A decimal number from 0 to 10^9 with at most nine digits behind the point.
[[nodiscard]] std::optional<Fixed> parse_number(std::string_view text);

/// Nanoseconds between events of which so many happen in a second; nothing for 0 and for those that are too
/// rare.
[[nodiscard]] std::optional<std::int64_t> interval_ns(std::string_view rate_text);

}  // namespace quiesce::sim::timed
