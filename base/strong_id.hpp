// Strong integer types: a StreamId is not an Iova, although both are numbers.
#pragma once

#include <compare>
#include <cstdint>

namespace quiesce::base {

template <class Tag, class Rep>
struct StrongId {
  Rep value{};

  constexpr StrongId() = default;
  constexpr explicit StrongId(Rep v) : value(v) {}
  friend constexpr auto operator<=>(StrongId, StrongId) = default;
};

}  // namespace quiesce::base
