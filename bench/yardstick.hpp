// What every benchmark program measures beside its own: work that no change of this project makes slower.
#pragma once

#include <benchmark/benchmark.h>

#include <cstdint>

namespace quiesce::bench {

/// A hundred steps of a linear congruential generator, each of which needs the one before.
inline void yardstick(benchmark::State& run) {
  std::uint64_t x = 1;
  for (auto _ : run) {
    for (int i = 0; i < 100; ++i) x = x * 6364136223846793005U + 1442695040888963407U;
    benchmark::DoNotOptimize(x);
  }
}
BENCHMARK(yardstick);

}  // namespace quiesce::bench
