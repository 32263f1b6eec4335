// Virtual time: a thousand events of a network card under a flood, and whole runs of the first discussion's
// reboot.
#include "bench/yardstick.hpp"
#include "checker/simulated_run.hpp"
#include "quiesce_build.hpp"
#include "sim/compile.hpp"
#include "sim/document_loader.hpp"

namespace quiesce::bench {
namespace {

constexpr std::uint64_t kSeed = 1;

/// A variant of a scenario below scenarios/, ready to run.
class Clocked {
 public:
  Clocked(const std::string& scenario, const std::string& variant, const sim::timed::Parameters& parameters)
      : document_(loaded(scenario, variant)),
        system_(sim::compile(document_)),
        durations_(sim::timed::read_durations(document_, system_, parameters)),
        model_(system_),
        simulator_(model_, durations_) {}

  checker::SimulatedRun run(std::uint64_t number, const checker::SimulationLimits& limits) {
    return simulator_.run(kSeed, number, limits);
  }

 private:
  static sim::Node loaded(const std::string& scenario, const std::string& variant) {
    const std::filesystem::path scenarios = std::filesystem::path(kSourceDir) / "scenarios";
    const sim::LibraryDirs libraries{scenarios / "lib"};
    return sim::variant_document(sim::load_scenario_document(scenarios / scenario, libraries), variant,
                                 libraries);
  }

  sim::Node document_;
  sim::System system_;
  sim::timed::Durations durations_;
  checker::SystemModel model_;
  checker::Simulator simulator_;
};

void measure(benchmark::State& run, Clocked& clocked, const checker::SimulationLimits& limits) {
  std::uint64_t number = 0;
  std::uint64_t events = 0;
  for (auto _ : run) events += clocked.run(number++, limits).events;
  run.SetItemsProcessed(static_cast<std::int64_t>(events));
}

void simulate_flood(benchmark::State& run) {
  Clocked flood("remove/ping-flood.yaml", "fixed", {{"packet_rate", "100000"}});
  measure(run, flood, {.events = 1000});
}

void simulate_reboot(benchmark::State& run) {
  Clocked reboot("reboot/smmuv3-late-unmap.yaml", "mainline", {});
  measure(run, reboot, {});
}

BENCHMARK(simulate_flood);
BENCHMARK(simulate_reboot);

}  // namespace
}  // namespace quiesce::bench
