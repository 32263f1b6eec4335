#include "sim/cause_table.hpp"

#include <algorithm>
#include <limits>

#include "base/assert.hpp"

namespace quiesce::sim {

CauseTable::CauseTable(std::vector<CausePlace> places, std::vector<std::string> details)
    : places_(std::move(places)), details_(std::move(details)) {
  places_.push_back({"", ""});
  details_.emplace_back();
  std::sort(places_.begin(), places_.end());
  std::sort(details_.begin(), details_.end());
  details_.erase(std::unique(details_.begin(), details_.end()), details_.end());
  const auto same_key = [](const CausePlace& a, const CausePlace& b) { return a.key == b.key; };
  QUIESCE_ASSERT(std::adjacent_find(places_.begin(), places_.end(), same_key) == places_.end(),
                 "two places with one key");
  QUIESCE_ASSERT(places_.size() * details_.size() <= std::numeric_limits<std::uint32_t>::max(),
                 "more causes than numbers for them");
}

std::uint32_t CauseTable::of_place(std::string_view key) const {
  const auto found =
      std::lower_bound(places_.begin(), places_.end(), key,
                       [](const CausePlace& place, std::string_view k) { return place.key < k; });
  QUIESCE_ASSERT(found != places_.end() && found->key == key, "a finding about a place that is not listed");
  return static_cast<std::uint32_t>(static_cast<std::size_t>(found - places_.begin()) * details_.size());
}

std::uint32_t CauseTable::with_detail(std::uint32_t cause, std::string_view detail) const {
  const auto found = std::lower_bound(details_.begin(), details_.end(), detail);
  QUIESCE_ASSERT(found != details_.end() && *found == detail, "a finding with a detail that is not listed");
  const auto count = static_cast<std::uint32_t>(details_.size());
  return cause / count * count + static_cast<std::uint32_t>(found - details_.begin());
}

Cause CauseTable::operator[](std::uint32_t cause) const {
  const CausePlace& place = places_[cause / details_.size()];
  return {place.key, place.where, details_[cause % details_.size()]};
}

}  // namespace quiesce::sim
