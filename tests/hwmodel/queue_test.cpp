#include "hwmodel/v3/queue.hpp"

#include <gtest/gtest.h>

namespace quiesce::hwmodel::v3::queue_test {
namespace {

// Spec: IHI 0070G.b, 3.5.1.
TEST(Queue, IsFullWhenIndexesAreEqualAndWrapsDiffer) {
  EXPECT_TRUE(full(0x8, 0x0, 3));
  EXPECT_EQ(used(0x8, 0x0, 3), 8U);
  EXPECT_TRUE(empty(0x0, 0x0, 3));
}

TEST(Queue, CallsAnOvertakenConsumerIllegal) {
  EXPECT_TRUE(illegal(0x1, 0x8, 3));
  EXPECT_FALSE(illegal(0x8, 0x1, 3));
}

TEST(Queue, CountsAcrossTheWrap) { EXPECT_EQ(used(0xA, 0x5, 3), 5U); }

TEST(Queue, OfOneEntryIsItsWrapBit) {
  EXPECT_TRUE(full(1, 0, 0));
  EXPECT_EQ(next(0, 0), 1U);
  EXPECT_EQ(next(1, 0), 0U);
}

TEST(Queue, UsedEntriesAreWhatWasAdvancedForEverySmallQueue) {
  for (unsigned log2size = 0; log2size <= 4; ++log2size) {
    for (std::uint32_t cons = 0; cons < (2U << log2size); ++cons) {
      for (std::uint32_t n = 0; n <= (1U << log2size); ++n) {
        const std::uint32_t prod = advance(cons, n, log2size);
        EXPECT_EQ(used(prod, cons, log2size), n);
        EXPECT_FALSE(illegal(prod, cons, log2size));
        EXPECT_EQ(full(prod, cons, log2size), n == (1U << log2size));
      }
    }
  }
}

TEST(Queue, AnEntryIsConsumedWhenConsHasPassedIt) {
  for (std::uint32_t position = 0; position < 16; ++position) {
    EXPECT_FALSE(consumed(position, position, 3));
    for (std::uint32_t n = 1; n <= 7; ++n) EXPECT_TRUE(consumed(advance(position, n, 3), position, 3));
  }
}

}  // namespace
}  // namespace quiesce::hwmodel::v3::queue_test
