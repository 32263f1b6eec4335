// What is known about the effects of transitions on records: one claim each.
#include "checker/known_effects.hpp"

#include <gtest/gtest.h>

#include <array>

namespace quiesce::checker::known_effects_test {
namespace {

using Record = std::array<std::uint32_t, 2>;

/// Choice 0 touches the low half of the first word, choice 1 the second word, choice 2 nothing.
KnownEffects effects() {
  KnownEffects known;
  known.begin(2, {0x0000ffff, 0, 0, 0xffffffff, 0, 0});
  return known;
}

TEST(KnownEffects, AreKnownWhereAllThatIsTouchedIsTheSame) {
  KnownEffects known = effects();
  known.keep(0, Record{0x00010002, 7}.data(), Record{0x00010003, 7}.data());
  const std::uint32_t* const flipped = known.find(0, Record{0x00550002, 8}.data());
  ASSERT_NE(flipped, nullptr);
  EXPECT_EQ((Record{flipped[0], flipped[1]}), (Record{1, 0}));
}

TEST(KnownEffects, AreUnknownWhereWhatIsTouchedDiffers) {
  KnownEffects known = effects();
  known.keep(0, Record{0x00010002, 7}.data(), Record{0x00010003, 7}.data());
  EXPECT_EQ(known.find(0, Record{0x00010004, 7}.data()), nullptr);
}

TEST(KnownEffects, AreThoseOfOneChoice) {
  KnownEffects known = effects();
  known.keep(0, Record{0, 0}.data(), Record{1, 0}.data());
  EXPECT_EQ(known.find(1, Record{0, 0}.data()), nullptr);
}

TEST(KnownEffects, OfAChoiceThatTouchesNothingKnownAreNotKept) {
  KnownEffects known = effects();
  known.keep(2, Record{1, 1}.data(), Record{1, 1}.data());
  EXPECT_EQ(known.find(2, Record{1, 1}.data()), nullptr);
}

TEST(KnownEffects, StayRightWhereThereAreTooMany) {
  KnownEffects known = effects();
  std::uint32_t unknown = 0;
  for (std::uint32_t i = 0; i < 3 * 300'000; ++i) {
    const Record record{i, i / 3};
    const Record successor{i, (i / 3) * 2654435761U};
    const std::uint32_t* const flipped = known.find(1, record.data());
    if (flipped == nullptr) {
      known.keep(1, record.data(), successor.data());
      ++unknown;
    } else {
      ASSERT_EQ((Record{flipped[0], flipped[1]}), (Record{0, record[1] ^ successor[1]}));
    }
  }
  EXPECT_TRUE(known.useful());
  EXPECT_EQ(unknown, 300'000U);
}

TEST(KnownEffects, AreGivenUpWhereAlmostAllAreNew) {
  KnownEffects known = effects();
  std::uint32_t value = 0;
  for (; known.useful() && value < 1'000'000; ++value) {
    if (known.find(1, Record{0, value}.data()) == nullptr)
      known.keep(1, Record{0, value}.data(), Record{0, value + 1}.data());
  }
  EXPECT_FALSE(known.useful());
}

TEST(KnownEffects, AreNotGivenUpWhereTheyComeAgain) {
  KnownEffects known = effects();
  for (std::uint32_t i = 0; i < 1'000'000; ++i) {
    const Record record{i, i % 1000};
    if (known.find(1, record.data()) == nullptr) known.keep(1, record.data(), Record{i, i % 1000 + 1}.data());
  }
  EXPECT_TRUE(known.useful());
  EXPECT_NE(known.find(1, Record{0, 999}.data()), nullptr);
}

}  // namespace
}  // namespace quiesce::checker::known_effects_test
