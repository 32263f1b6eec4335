// Successors: every transition out of a state, fired in place and taken back. An iteration is one state.
#include "bench/explored.hpp"
#include "bench/yardstick.hpp"

namespace quiesce::bench {
namespace {

void expand(benchmark::State& run, Explored& explored) {
  const checker::SystemModel& model = explored.model();
  std::vector<checker::Transition> enabled;
  checker::Effects effects;
  std::size_t fired = 0;
  std::size_t n = 0;
  for (auto _ : run) {
    std::byte* state = explored.state(n);
    n = (n + 1) % explored.size();
    if (model.classify(state) != checker::StateClass::kRunning) continue;
    enabled.clear();
    model.for_each_enabled(state, [&](checker::Transition t) { enabled.push_back(t); });
    for (const checker::Transition transition : enabled) {
      effects.clear();
      model.fire(state, transition, effects);
      benchmark::DoNotOptimize(state);
      base::undo_writes(state, effects.undo);
    }
    fired += enabled.size();
  }
  run.SetItemsProcessed(static_cast<std::int64_t>(fired));
}

void fire_rules(benchmark::State& run) { expand(run, rules()); }
void fire_kernel(benchmark::State& run) { expand(run, kernel()); }

BENCHMARK(fire_rules);
BENCHMARK(fire_kernel);

}  // namespace
}  // namespace quiesce::bench
