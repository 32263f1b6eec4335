#include "sim/member_order.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace quiesce::sim {
namespace {

/// Where the permutation takes the member of a set, as a position in it.
std::size_t position_after(const Permutation& g, const Interchangeable& set, std::size_t member) {
  const std::int32_t to = g.members[set.domain][static_cast<std::size_t>(set.members[member])];
  const auto at = std::find(set.members.begin(), set.members.end(), to);
  QUIESCE_ASSERT(at != set.members.end(), "a permutation leads out of its set");
  return static_cast<std::size_t>(at - set.members.begin());
}

/// What becomes of a slot when the first member becomes the one at each position.
struct Fate {
  RoleSlot slot;
  std::vector<std::optional<base::Slot>> at;
  bool clear = true;  ///< it depends on nothing else
};

/// By the slot's offset.
using Fates = std::map<std::uint16_t, Fate>;

Fates fates_of(const StateRoles& roles, const Symmetry& symmetry, const Interchangeable& set) {
  Fates fates;
  for (const Permutation& g : symmetry.group) {
    const std::size_t position = position_after(g, set, 0);
    for (const StateRoles::Move& move : roles.moves(g)) {
      Fate& fate = fates[move.from.slot.offset];
      fate.slot = move.from;
      fate.at.resize(set.members.size());
      std::optional<base::Slot>& known = fate.at[position];
      fate.clear = fate.clear && (!known || *known == move.to);
      known = move.to;
    }
  }
  return fates;
}

/// How many values of such a slot may name something.
std::size_t named_values(const System& system, const RoleSlot& slot) {
  if (slot.role == Role::kLocation) return system.program.steps.size();
  if (slot.role == Role::kMember)
    return static_cast<std::size_t>(system.program.domains[slot.domain].size) + 1;
  return slot.role == Role::kOwner ? system.layout.tasks + 1 : 0;
}

bool stays_in_set(const Symmetry& symmetry, const Interchangeable& set) {
  return std::all_of(symmetry.group.begin(), symmetry.group.end(), [&](const Permutation& g) {
    return std::all_of(set.members.begin(), set.members.end(), [&](std::int32_t member) {
      const std::int32_t to = g.members[set.domain][static_cast<std::size_t>(member)];
      return std::find(set.members.begin(), set.members.end(), to) != set.members.end();
    });
  });
}

/// The least of the names that a value may have when its member is called by the name of the first.
std::vector<std::int32_t> least_meanings(const std::vector<StatePermutation>& to_first, const RoleSlot& slot,
                                         std::size_t values) {
  std::vector<std::int32_t> all;
  for (std::int32_t value = 0; value < static_cast<std::int32_t>(values); ++value) {
    std::int32_t least = to_first.front().mapped(slot, value);
    for (const StatePermutation& g : to_first) least = std::min(least, g.mapped(slot, value));
    all.push_back(least);
  }
  return all;
}

}  // namespace

MemberOrder::MemberOrder(const Naming& naming, const StateRoles& roles, const Symmetry& symmetry)
    : group_size_(symmetry.group.size()) {
  const auto largest =
      std::max_element(symmetry.sets.begin(), symmetry.sets.end(),
                       [](const auto& a, const auto& b) { return a.members.size() < b.members.size(); });
  if (largest == symmetry.sets.end() || largest->members.size() > kMembersMax ||
      !stays_in_set(symmetry, *largest))
    return;
  find_own_slots(naming, roles, symmetry, *largest);
  if (!own_.empty()) arrange(symmetry, *largest);
}

/// A slot is a member's own if whatever leaves the member where it is leaves the slot too.
void MemberOrder::find_own_slots(const Naming& naming, const StateRoles& roles, const Symmetry& symmetry,
                                 const Interchangeable& set) {
  constexpr std::size_t kMeaningsMax = 1U << 21U;
  const FrameDomains no_frames = FrameDomains::none(naming.system);
  std::vector<std::vector<StatePermutation>> to_first(set.members.size());
  for (const Permutation& g : symmetry.group) {
    for (std::size_t member = 0; member < set.members.size(); ++member) {
      if (position_after(g, set, member) == 0) to_first[member].emplace_back(naming, roles, no_frames, g);
    }
  }
  std::vector<std::vector<OwnSlot>> own(set.members.size());
  for (const auto& [offset, fate] : fates_of(roles, symmetry, set)) {
    const std::size_t values = named_values(naming.system, fate.slot);
    const bool simple = fate.slot.role == Role::kPlain || values > 0;
    const bool cheap = values * to_first.front().size() <= kMeaningsMax;
    const bool moved = fate.at[1] && !(*fate.at[1] == fate.slot.slot);
    if (!fate.clear || !simple || !cheap || !moved || roles.is_of_frame(fate.slot.slot)) continue;
    for (std::size_t member = 0; member < set.members.size(); ++member)
      own[member].push_back({*fate.at[member], least_meanings(to_first[member], fate.slot, values)});
  }
  if (!own.front().empty()) own_ = std::move(own);
}

void MemberOrder::arrange(const Symmetry& symmetry, const Interchangeable& set) {
  std::size_t arrangements = 1;
  for (std::size_t i = 2; i <= set.members.size(); ++i) arrangements *= i;
  by_arrangement_.resize(arrangements);
  for (std::size_t g = 0; g < symmetry.group.size(); ++g) {
    Ranking ranking;
    ranking.size = set.members.size();
    for (std::size_t member = 0; member < ranking.size; ++member)
      ranking.members[position_after(symmetry.group[g], set, member)] = static_cast<std::uint8_t>(member);
    by_arrangement_[number_of(ranking)].push_back(static_cast<std::uint16_t>(g));
  }
}

MemberOrder::Ranking MemberOrder::rank(const std::byte* state) const {
  Ranking ranking;
  ranking.size = own_.size();
  for (std::size_t member = 0; member < own_.size(); ++member) {
    std::uint64_t key = 0;
    for (const OwnSlot& own : own_[member]) {
      const std::int32_t value = base::read_slot(state, own.slot);
      const auto at = static_cast<std::size_t>(value);
      const std::int32_t meaning = value >= 0 && at < own.meaning.size() ? own.meaning[at] : value;
      key = (key ^ static_cast<std::uint32_t>(meaning)) * 0x9e3779b97f4a7c15ULL;
      key ^= key >> 29U;
    }
    std::size_t at = member;
    for (; at > 0 && ranking.keys[at - 1] > key; --at) {
      ranking.keys[at] = ranking.keys[at - 1];
      ranking.members[at] = ranking.members[at - 1];
    }
    ranking.keys[at] = key;
    ranking.members[at] = static_cast<std::uint8_t>(member);
  }
  return ranking;
}

/// The arrangement as a number in the factorial system.
std::size_t MemberOrder::number_of(const Ranking& ranking) {
  std::size_t number = 0;
  for (std::size_t i = 0; i < ranking.size; ++i) {
    std::size_t smaller = 0;
    for (std::size_t j = i + 1; j < ranking.size; ++j)
      smaller += ranking.members[j] < ranking.members[i] ? 1 : 0;
    number = number * (ranking.size - i) + smaller;
  }
  return number;
}

/// The next order in which members of equal keys change places; false after the last.
bool MemberOrder::next_among_equals(Ranking& ranking) {
  for (std::size_t first = 0; first < ranking.size;) {
    std::size_t last = first + 1;
    while (last < ranking.size && ranking.keys[last] == ranking.keys[first]) ++last;
    if (std::next_permutation(ranking.members + first, ranking.members + last)) return true;
    first = last;
  }
  return false;
}

}  // namespace quiesce::sim
