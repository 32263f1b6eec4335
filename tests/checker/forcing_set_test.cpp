// Which sets of conditions are asked about, and what is said of the answers: conditions are numbers here.
#include "checker/forcing_set.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace quiesce::checker::forcing_set_test {
namespace {

using Kind = ForcingSet::Kind;
using Set = std::vector<std::size_t>;

bool holds_all(const Set& set, const Set& needed) {
  return std::includes(set.begin(), set.end(), needed.begin(), needed.end());
}

/// The outcome is forced by each of `causes`; sets that `is_hard` says are not decided.
AskForcing forced_by(const std::vector<Set>& causes, std::size_t count,
                     const std::function<bool(const Set&)>& is_hard = {}) {
  return [=](const Set& set) {
    if (is_hard && is_hard(set)) return ForcingAnswer{};
    for (const Set& cause : causes) {
      if (holds_all(set, cause)) return ForcingAnswer{Answer::kYes, {}};
    }
    // The run that satisfies these conditions and nothing else.
    ForcingAnswer answer{Answer::kNo, {}};
    for (std::size_t i = 0; i < count; ++i) {
      if (std::find(set.begin(), set.end(), i) == set.end()) answer.missed.push_back(i);
    }
    return answer;
  };
}

TEST(ForcingSet, IsTheSmallestAmongSeveral) {
  const ForcingSet set = find_forcing_set(6, {}, forced_by({{0, 1, 2}, {3, 5}}, 6));
  EXPECT_EQ(set.kind, Kind::kSmallest);
  EXPECT_EQ(set.members, (Set{3, 5}));
}

TEST(ForcingSet, PrefersWhatComesFirstAmongSetsOfOneSize) {
  EXPECT_EQ(find_forcing_set(6, {}, forced_by({{4}, {2}, {5}}, 6)).members, (Set{2}));
}

TEST(ForcingSet, IsEmptyWhereNothingElseCanHappen) {
  const ForcingSet set = find_forcing_set(3, {}, forced_by({{}}, 3));
  EXPECT_EQ(set.kind, Kind::kSmallest);
  EXPECT_TRUE(set.members.empty());
}

TEST(ForcingSet, IsNoneWhereAllTogetherDoNotForce) {
  EXPECT_EQ(find_forcing_set(3, {}, forced_by({}, 3)).kind, Kind::kNone);
}

TEST(ForcingSet, IsUnknownWhereAllTogetherCannotBeDecided) {
  const auto ask = forced_by({{0}}, 3, [](const Set&) { return true; });
  EXPECT_EQ(find_forcing_set(3, {}, ask).kind, Kind::kUnknown);
}

TEST(ForcingSet, IsMinimalWhereOnlySmallOnesStayUndecided) {
  const auto ask = forced_by({{0, 1, 2}}, 6, [](const Set& set) { return set.size() == 1; });
  const ForcingSet set = find_forcing_set(6, {}, ask);
  EXPECT_EQ(set.kind, Kind::kMinimal);
  EXPECT_EQ(set.members, (Set{0, 1, 2}));
}

TEST(ForcingSet, IsNotMinimalWhereLeavingOutCannotBeDecided) {
  const auto ask = forced_by({{0, 1}}, 6, [](const Set& set) { return set.size() < 4; });
  const ForcingSet set = find_forcing_set(6, {}, ask);
  EXPECT_EQ(set.kind, Kind::kNotMinimal);
  EXPECT_EQ(set.members, (Set{0, 1, 2, 3}));
}

TEST(ForcingSet, AsksAboutNoSetThatAKnownRunRefutes) {
  const auto honest = forced_by({{1, 2}}, 4);
  const ForcingSet set = find_forcing_set(4, {{1, 3}, {2, 3}}, [&](const Set& asked) {
    const bool met =
        asked == Set{3} || holds_all(asked, {1, 2}) || holds_all(asked, {1, 3}) || holds_all(asked, {2, 3});
    EXPECT_TRUE(met);
    return honest(asked);
  });
  EXPECT_EQ(set.members, (Set{1, 2}));
}

}  // namespace
}  // namespace quiesce::checker::forcing_set_test
