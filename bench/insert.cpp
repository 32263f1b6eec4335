// The store: records that are new, records that are known, and the encoding of successors that goes before.
#include <array>
#include <memory>

#include "bench/explored.hpp"
#include "bench/yardstick.hpp"

namespace quiesce::bench {
namespace {

using checker::CompressedStore;
using checker::RecordSet;

constexpr std::uint64_t kRecords = 1U << 18U;
constexpr std::size_t kRecordBytes = 16;

std::unique_ptr<RecordSet> empty_set() {
  return std::make_unique<RecordSet>(kRecordBytes, RecordSet::Links::kYes, base::Pages::kHuge);
}

void insert(RecordSet& set, std::uint64_t number) {
  std::array<std::byte, kRecordBytes> record{};
  std::memcpy(record.data(), &number, sizeof number);
  benchmark::DoNotOptimize(set.insert(record.data(), set.hash(record.data())));
  if (set.wants_to_grow()) set.grow();
}

/// From an empty table, growth included.
void insert_new(benchmark::State& run) {
  std::unique_ptr<RecordSet> set = empty_set();
  std::uint64_t number = 0;
  for (auto _ : run) {
    if (number == kRecords) {
      run.PauseTiming();
      set = empty_set();
      number = 0;
      run.ResumeTiming();
    }
    insert(*set, number++);
  }
}

void insert_known(benchmark::State& run) {
  const std::unique_ptr<RecordSet> set = empty_set();
  for (std::uint64_t number = 0; number < kRecords; ++number) insert(*set, number);
  std::uint64_t number = 0;
  for (auto _ : run) insert(*set, number++ % kRecords);
}

/// A successor as the search gets it: its state, and what was written since its parent.
struct Successor {
  std::vector<std::byte> state;
  std::vector<base::Write> undo;
};

std::vector<Successor> successors(Explored& explored, std::size_t parent) {
  const checker::SystemModel& model = explored.model();
  std::vector<Successor> all;
  std::byte* state = explored.state(parent);
  checker::Effects effects;
  model.for_each_enabled(state, [&](checker::Transition transition) {
    effects.clear();
    model.fire(state, transition, effects);
    all.push_back({{state, state + explored.state_bytes()}, effects.undo});
    base::undo_writes(state, effects.undo);
  });
  return all;
}

/// A store that knows the first states, and every part of their successors.
class Encoding {
 public:
  static constexpr std::size_t kParents = 2'000;

  explicit Encoding(Explored& explored)
      : store_(explored.state_bytes(),
               checker::components_of(explored.state_bytes(), explored.model().state_shape())),
        encoder_(store_),
        scratch_(explored.state_bytes()) {
    for (std::size_t parent = 0; parent < kParents; ++parent) {
      store_state(explored.state(parent));
      families_.push_back(successors(explored, parent));
    }
    for (const std::vector<Successor>& family : families_) {
      for (const Successor& successor : family) static_cast<void>(record_of(successor.state.data()));
    }
  }

  /// The number of successors.
  std::size_t expand(checker::StateId parent) {
    encoder_.load(parent, scratch_.data());
    for (const Successor& successor : families_[parent])
      benchmark::DoNotOptimize(encoder_.encode(successor.state.data(), successor.undo));
    return families_[parent].size();
  }

 private:
  void grow() {
    for (RecordSet* set : store_.crowded()) set->grow();
    if (store_.wants_new_records()) store_.make_new_records();
  }
  const std::byte* record_of(const std::byte* state) {
    const std::byte* record = encoder_.encode(state);
    for (; record == nullptr; record = encoder_.encode(state)) grow();
    return record;
  }
  void store_state(const std::byte* state) {
    const std::byte* record = record_of(state);
    while (store_.roots().insert(record, store_.roots().hash(record)).id == RecordSet::kFull) grow();
  }

  CompressedStore store_;
  CompressedStore::Encoder encoder_;
  std::vector<std::byte> scratch_;
  std::vector<std::vector<Successor>> families_;
};

/// An iteration is one parent, loaded, with all its successors.
void encode(benchmark::State& run, Explored& explored) {
  Encoding encoding(explored);
  std::size_t encoded = 0;
  checker::StateId parent = 0;
  for (auto _ : run) {
    encoded += encoding.expand(parent);
    parent = (parent + 1) % Encoding::kParents;
  }
  run.SetItemsProcessed(static_cast<std::int64_t>(encoded));
}

void encode_rules(benchmark::State& run) { encode(run, rules()); }
void encode_kernel(benchmark::State& run) { encode(run, kernel()); }

BENCHMARK(insert_new);
BENCHMARK(insert_known);
BENCHMARK(encode_rules);
BENCHMARK(encode_kernel);

}  // namespace
}  // namespace quiesce::bench
