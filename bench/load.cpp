// Stored states read back in the order in which the search takes them.
#include "bench/explored.hpp"
#include "bench/yardstick.hpp"

namespace quiesce::bench {
namespace {

checker::Exploration explored_into(checker::StoreKind store) {
  checker::ExploreOptions options;
  options.max_states = Explored::kStates;
  options.store = store;
  return checker::explore(kernel().model(), options);
}

/// Each with nothing in common with the one before, as a report reads them.
void load(benchmark::State& run, checker::StoreKind kind) {
  const checker::Exploration exploration = explored_into(kind);
  const auto states = static_cast<checker::StateId>(exploration.states());
  std::vector<std::byte> state(kernel().state_bytes());
  checker::StateId id = 0;
  for (auto _ : run) {
    exploration.store->load(id, state.data());
    benchmark::DoNotOptimize(state.data());
    id = (id + 1) % states;
  }
}

/// As a worker of the search does, which keeps what two states in a row have in common.
void load_next(benchmark::State& run) {
  const checker::Exploration exploration = explored_into(checker::StoreKind::kCompressed);
  auto& store = dynamic_cast<checker::CompressedStore&>(*exploration.store);
  const auto states = static_cast<checker::StateId>(exploration.states());
  checker::CompressedStore::Encoder encoder(store);
  std::vector<std::byte> state(kernel().state_bytes());
  checker::StateId id = 0;
  for (auto _ : run) {
    encoder.load(id, state.data());
    benchmark::DoNotOptimize(state.data());
    id = (id + 1) % states;
  }
}

void load_plain(benchmark::State& run) { load(run, checker::StoreKind::kPlain); }
void load_compressed(benchmark::State& run) { load(run, checker::StoreKind::kCompressed); }

BENCHMARK(load_plain);
BENCHMARK(load_compressed);
BENCHMARK(load_next);

}  // namespace
}  // namespace quiesce::bench
