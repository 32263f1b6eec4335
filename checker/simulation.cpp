#include "checker/simulation.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>

#include "checker/worker_crew.hpp"

namespace quiesce::checker {
namespace {

/// What is asked between rounds is asked after the same runs with any number of threads.
constexpr std::uint64_t kRunsOfARound = 256;

/// What runs of one worker add up to.
class Tally {
 public:
  explicit Tally(std::size_t properties) : met_(properties) {}

  void add(const SimulatedRun& run, std::uint64_t number) {
    ++outcome_.runs;
    outcome_.events += run.events;
    ++outcome_.ends[static_cast<std::size_t>(run.end)];
    if (run.end == RunEnd::kReset) outcome_.reset_ns.push_back(run.end_ns);
    outcome_.lost_ns.push_back(run.lost_ns);
    outcome_.late_runs += run.late_deadlines == 0 ? 0 : 1;
    outcome_.late_deadlines += run.late_deadlines;
    outcome_.cut_runs += run.cut_waits == 0 ? 0 : 1;
    outcome_.cut_waits += run.cut_waits;
    outcome_.latest_ns = std::max(outcome_.latest_ns, run.latest_ns);
    std::vector<std::uint16_t> properties;
    for (const SimulatedFinding& one : run.findings) {
      note(FindingTally{one.finding, 1, number});
      properties.push_back(one.finding.property);
    }
    std::sort(properties.begin(), properties.end());
    properties.erase(std::unique(properties.begin(), properties.end()), properties.end());
    for (const std::uint16_t property : properties) ++met_[property];
  }

  void add(const Tally& other) {
    outcome_.runs += other.outcome_.runs;
    outcome_.events += other.outcome_.events;
    for (std::size_t i = 0; i < outcome_.ends.size(); ++i) outcome_.ends[i] += other.outcome_.ends[i];
    outcome_.reset_ns.insert(outcome_.reset_ns.end(), other.outcome_.reset_ns.begin(),
                             other.outcome_.reset_ns.end());
    outcome_.lost_ns.insert(outcome_.lost_ns.end(), other.outcome_.lost_ns.begin(),
                            other.outcome_.lost_ns.end());
    outcome_.late_runs += other.outcome_.late_runs;
    outcome_.late_deadlines += other.outcome_.late_deadlines;
    outcome_.cut_runs += other.outcome_.cut_runs;
    outcome_.cut_waits += other.outcome_.cut_waits;
    outcome_.latest_ns = std::max(outcome_.latest_ns, other.outcome_.latest_ns);
    for (const auto& [finding, tally] : other.findings_) note(tally);
    for (std::size_t i = 0; i < met_.size(); ++i) met_[i] += other.met_[i];
  }

  [[nodiscard]] SimulationOutcome outcome() const {
    SimulationOutcome outcome = outcome_;
    for (const auto& [finding, tally] : findings_) outcome.findings.push_back(tally);
    outcome.met = met_;
    std::sort(outcome.reset_ns.begin(), outcome.reset_ns.end());
    std::sort(outcome.lost_ns.begin(), outcome.lost_ns.end());
    return outcome;
  }

  [[nodiscard]] std::uint64_t runs() const { return outcome_.runs; }
  /// Of the property that is least sure.
  [[nodiscard]] double widest() const {
    double widest = 0;
    for (const std::uint64_t met : met_)
      widest = std::max(widest, wilson_interval(met, outcome_.runs).width());
    return widest;
  }

 private:
  void note(const FindingTally& tally) {
    const auto [known, is_new] = findings_.try_emplace(tally.finding, tally);
    if (is_new) return;
    known->second.runs += tally.runs;
    known->second.first_run = std::min(known->second.first_run, tally.first_run);
  }

  SimulationOutcome outcome_;
  std::map<Finding, FindingTally> findings_;
  std::vector<std::uint64_t> met_;
};

}  // namespace

SimulationOutcome simulate(const sim::System& system, const sim::timed::Durations& durations,
                           const SimulationOptions& options, const SimulationProgress& on_progress) {
  const auto started = std::chrono::steady_clock::now();
  const auto seconds = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  };
  std::atomic<const char*> bound{nullptr};
  const auto stop = [&] {
    if (options.interrupted != nullptr && options.interrupted->load(std::memory_order_relaxed))
      bound = "interrupted";
    if (seconds() > options.max_seconds) bound = "max_seconds";
    return bound.load(std::memory_order_relaxed) != nullptr;
  };
  SimulationLimits limits = options.limits;
  limits.stop = stop;
  const SystemModel model(system);
  std::vector<std::unique_ptr<Simulator>> simulators(options.threads);
  for (auto& simulator : simulators) simulator = std::make_unique<Simulator>(model, durations);
  Tally all(system.properties.size());
  WorkerCrew crew(options.threads);
  for (std::uint64_t first = 0; first < options.runs && !stop(); first += kRunsOfARound) {
    const std::uint64_t end = std::min(first + kRunsOfARound, options.runs);
    std::atomic<std::uint64_t> next{first};
    std::mutex adding;
    crew.run([&](unsigned worker) {
      Tally own(system.properties.size());
      for (std::uint64_t i = next++; i < end && !stop(); i = next++) {
        const SimulatedRun run = simulators[worker]->run(options.seed, i, limits);
        if (run.end != RunEnd::kBrokenOff) own.add(run, i);
      }
      const std::lock_guard lock(adding);
      all.add(own);
    });
    if (on_progress) on_progress(all.runs(), seconds());
    if (options.until_width > 0 && all.widest() <= options.until_width && end < options.runs) {
      bound = "until_ci";
      break;
    }
  }
  SimulationOutcome outcome = all.outcome();
  if (const char* which = bound.load()) outcome.bound = which;
  outcome.seconds = seconds();
  return outcome;
}

}  // namespace quiesce::checker
