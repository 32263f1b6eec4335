// The exact, shared set of records below every store: one claim each.
#include "checker/record_set.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <thread>
#include <vector>

namespace quiesce::checker::record_set_test {
namespace {

struct Record {
  std::uint64_t bytes = 0;
  [[nodiscard]] const std::byte* data() const { return reinterpret_cast<const std::byte*>(&bytes); }
};

RecordSet::Inserted insert(RecordSet& set, std::uint64_t value, std::uint32_t link = 0) {
  const Record record{value};
  while (true) {
    const RecordSet::Inserted inserted = set.insert(record.data(), set.hash(record.data()), link);
    if (inserted.id != RecordSet::kFull) return inserted;
    set.grow();
  }
}

std::uint64_t value_of(const RecordSet& set, RecordSet::Id id) {
  std::uint64_t value = 0;
  std::memcpy(&value, set.record(id), sizeof value);
  return value;
}

TEST(RecordSet, NumbersRecordsInTheOrderOfTheirArrival) {
  RecordSet set(sizeof(Record), RecordSet::Links::kYes, base::Pages::kSmall);
  for (std::uint32_t i = 0; i < 100'000; ++i) {
    const RecordSet::Inserted inserted = insert(set, i * 7919ULL, i + 1);
    ASSERT_TRUE(inserted.is_new);
    ASSERT_EQ(inserted.id, i);
  }
  for (std::uint32_t i = 0; i < 100'000; ++i) {
    ASSERT_EQ(insert(set, i * 7919ULL).id, i);
    ASSERT_EQ(value_of(set, i), i * 7919ULL);
    ASSERT_EQ(set.link(i), i + 1);
  }
  EXPECT_EQ(set.size(), 100'000U);
}

TEST(RecordSet, SaysThatItIsFullAndTakesMoreAfterItGrew) {
  RecordSet set(sizeof(Record), RecordSet::Links::kNo, base::Pages::kSmall);
  std::uint64_t value = 0;
  bool full = false;
  while (!full) {
    const Record record{value};
    full = set.insert(record.data(), set.hash(record.data())).id == RecordSet::kFull;
    if (!full) ++value;
  }
  EXPECT_TRUE(set.wants_to_grow());
  set.grow();
  EXPECT_TRUE(insert(set, value).is_new);
  for (std::uint64_t known = 0; known < value; ++known) ASSERT_FALSE(insert(set, known).is_new);
}

TEST(RecordSet, KeepsEachRecordOnceWhoeverOfManyBringsIt) {
  constexpr std::uint64_t kValues = 20'000;
  RecordSet set(sizeof(Record), RecordSet::Links::kNo, base::Pages::kSmall);
  for (int i = 0; i < 4; ++i) set.grow();
  std::vector<std::thread> threads;
  std::vector<std::size_t> fresh(4, 0);
  for (unsigned t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937_64 random(t);
      for (int i = 0; i < 200'000; ++i) {
        const Record record{random() % kValues};
        fresh[t] += set.insert(record.data(), set.hash(record.data())).is_new ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(fresh[0] + fresh[1] + fresh[2] + fresh[3], set.size());
  std::set<std::uint64_t> values;
  for (RecordSet::Id id = 0; id < set.size(); ++id) values.insert(value_of(set, id));
  EXPECT_EQ(values.size(), set.size());
}

}  // namespace
}  // namespace quiesce::checker::record_set_test
