// Hashes of records: pairs of a compressed store, small states, large states.
#include <array>

#include "bench/yardstick.hpp"
#include "checker/record_set.hpp"

namespace quiesce::bench {
namespace {

void hash(benchmark::State& run) {
  const auto bytes = static_cast<std::size_t>(run.range(0));
  const checker::RecordSet set(bytes, checker::RecordSet::Links::kNo, base::Pages::kSmall);
  std::array<std::byte, 256> record{};
  for (auto _ : run) {
    const std::uint64_t hash = set.hash(record.data());
    std::memcpy(record.data(), &hash, sizeof hash);  // the next one has to wait for this one
  }
  run.SetBytesProcessed(run.iterations() * run.range(0));
}

BENCHMARK(hash)->Arg(8)->Arg(32)->Arg(200);

}  // namespace
}  // namespace quiesce::bench
