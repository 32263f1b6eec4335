// The longest common subsequence, against the table that every textbook has.
#include "checker/longest_common.hpp"

#include <gtest/gtest.h>

#include "dice.hpp"

namespace quiesce::checker::longest_common_test {
namespace {

using Numbers = std::vector<std::uint32_t>;

std::size_t length_by_table(const Numbers& a, const Numbers& b) {
  std::vector<std::vector<std::size_t>> table(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      table[i][j] =
          a[i - 1] == b[j - 1] ? table[i - 1][j - 1] + 1 : std::max(table[i - 1][j], table[i][j - 1]);
    }
  }
  return table[a.size()][b.size()];
}

void expect_longest(const Numbers& a, const Numbers& b) {
  const CommonPairs pairs = longest_common(a, b);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const auto [x, y] = pairs[i];
    ASSERT_LT(x, a.size());
    ASSERT_LT(y, b.size());
    ASSERT_EQ(a[x], b[y]);
    const bool rises = i == 0 || (pairs[i - 1].first < x && pairs[i - 1].second < y);
    ASSERT_TRUE(rises);
  }
  ASSERT_EQ(pairs.size(), length_by_table(a, b));
}

TEST(LongestCommon, IsAsLongAsTheTableSays) {
  sim::Dice dice(3);
  const auto roll = [&](std::uint32_t sides) {
    return static_cast<std::uint32_t>(dice.roll(static_cast<int>(sides)));
  };
  for (int round = 0; round < 4000; ++round) {
    const std::uint32_t kinds = 1 + roll(6);
    Numbers a(roll(14));
    Numbers b(roll(14));
    for (std::uint32_t& one : a) one = roll(kinds);
    for (std::uint32_t& one : b) one = roll(kinds);
    expect_longest(a, b);
  }
}

TEST(LongestCommon, FindsTheEditsOfALongSequence) {
  sim::Dice dice(5);
  const auto roll = [&](std::uint32_t sides) {
    return static_cast<std::uint32_t>(dice.roll(static_cast<int>(sides)));
  };
  Numbers a(700);
  for (std::uint32_t& one : a) one = roll(50);
  Numbers b = a;
  for (int edit = 0; edit < 40; ++edit) {
    const auto at = b.begin() + static_cast<std::ptrdiff_t>(roll(static_cast<std::uint32_t>(b.size())));
    if (edit % 2 == 0) {
      b.erase(at);
    } else {
      b.insert(at, 77);
    }
  }
  expect_longest(a, b);
  expect_longest(b, a);
}

TEST(LongestCommon, NothingInCommonTakesLittleMemory) {
  Numbers a(3000);
  Numbers b(3000);
  for (std::uint32_t i = 0; i < 3000; ++i) {
    a[i] = i;
    b[i] = 3000 + i;
  }
  EXPECT_TRUE(longest_common(a, b).empty());
  EXPECT_EQ(longest_common(a, a).size(), 3000U);
  EXPECT_TRUE(longest_common(Numbers{}, a).empty());
}

TEST(LongestCommon, ComparesTexts) {
  const CommonPairs pairs =
      longest_common({"lock a", "lock b", "unlock a"}, {"lock b", "lock a", "unlock a"});
  EXPECT_EQ(pairs.size(), 2U);
  EXPECT_EQ(pairs.back(), (std::pair<std::size_t, std::size_t>(2, 2)));
}

}  // namespace
}  // namespace quiesce::checker::longest_common_test
