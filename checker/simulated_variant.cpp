#include "checker/simulated_variant.hpp"

#include <algorithm>
#include <iterator>

namespace quiesce::checker {
namespace {

std::uint64_t in_us(std::int64_t time_ns) {
  return static_cast<std::uint64_t>(time_ns / sim::timed::kMicrosecond_ns);
}

/// Of what is at most so long.
std::uint64_t in_us_rounded_up(std::int64_t time_ns) {
  return in_us(time_ns + sim::timed::kMicrosecond_ns - 1);
}

/// The least value that so many in a hundred do not exceed.
std::uint64_t quantile_us(const std::vector<std::int64_t>& sorted_ns, std::size_t percent) {
  const std::size_t rank = (sorted_ns.size() * percent + 99) / 100;
  return in_us(sorted_ns[std::max<std::size_t>(rank, 1) - 1]);
}

SimulatedTimes times_of(const std::vector<std::int64_t>& sorted_ns) {
  SimulatedTimes times;
  times.runs = sorted_ns.size();
  if (sorted_ns.empty()) return times;
  times.least_us = in_us(sorted_ns.front());
  times.low_us = quantile_us(sorted_ns, 5);
  times.median_us = quantile_us(sorted_ns, 50);
  times.high_us = quantile_us(sorted_ns, 95);
  times.most_us = in_us(sorted_ns.back());
  return times;
}

/// Runs are made again to see what they met: of each finding the first one is enough.
class Causes {
 public:
  Causes(const sim::System& system, const sim::timed::Durations& durations, const SimulationOptions& options)
      : system_(system), model_(system), simulator_(model_, durations), options_(options) {}

  SimulatedCause describe(const FindingTally& tally) {
    const SimulatedRun run = simulator_.record(options_.seed, tally.first_run, options_.limits);
    const auto met = std::find_if(run.findings.begin(), run.findings.end(),
                                  [&](const SimulatedFinding& one) { return one.finding == tally.finding; });
    const ReportFinding finding = explain(system_, found_by(run, *met));
    return {finding.id, finding.summary, tally.runs, tally.first_run, in_us(met->at_ns)};
  }

 private:
  const sim::System& system_;
  SystemModel model_;
  Simulator simulator_;
  const SimulationOptions& options_;
};

}  // namespace

const char* name_of(RunEnd end) {
  static constexpr const char* kNames[kRunEnds]{"reset", "halted",     "panicked",   "over",
                                                "stuck", "broken_off", "time_is_up", "too_many_events"};
  return kNames[static_cast<std::size_t>(end)];
}

FoundRun found_by(const SimulatedRun& run, const SimulatedFinding& finding) {
  FoundRun found;
  found.finding = finding.finding;
  found.schedule = run.schedule;
  found.schedule.steps.resize(finding.step);
  found.times_us = run.times_us;
  found.times_us.resize(finding.step + 1);
  return found;
}

SimulatedQuestions questions_to(const sim::System& system, std::map<std::string, Status> expected,
                                const std::vector<SimulationOutcome>& points) {
  SimulatedQuestions questions{std::move(expected), std::vector<bool>(system.properties.size())};
  for (std::size_t i = 0; i < system.properties.size(); ++i) {
    const sim::Property& one = system.properties[i];
    const auto wanted = questions.expected.find(one.name);
    const bool is_wanted = wanted != questions.expected.end() && wanted->second != Status::kHolds;
    const bool is_kind = one.what == sim::PropertyKind::kFindingKind;
    const bool is_open = one.what == sim::PropertyKind::kAlwaysPossible;
    const bool is_met = std::any_of(points.begin(), points.end(),
                                    [i](const SimulationOutcome& point) { return point.met[i] != 0; });
    questions.shown[i] = is_met || (!is_open && (!is_kind || is_wanted));
  }
  return questions;
}

SimulatedPoint report_point(const sim::System& system, const sim::timed::Durations& durations,
                            const SimulatedQuestions& questions, const SimulationOptions& options,
                            const SimulationOutcome& outcome, std::vector<std::string> values) {
  SimulatedPoint point;
  point.values = std::move(values);
  point.runs = outcome.runs;
  point.events = outcome.events;
  for (std::size_t i = 0; i < outcome.ends.size(); ++i) {
    if (outcome.ends[i] != 0) point.ends.emplace_back(name_of(static_cast<RunEnd>(i)), outcome.ends[i]);
  }
  Causes causes(system, durations, options);
  for (std::size_t i = 0; i < system.properties.size(); ++i) {
    if (!questions.shown[i]) continue;
    const auto wanted = questions.expected.find(system.properties[i].name);
    SimulatedProperty property;
    property.name = system.properties[i].name;
    property.runs = outcome.met[i];
    const Interval interval = outcome.interval(i);
    if (outcome.runs != 0)
      property.probability = static_cast<double>(outcome.met[i]) / static_cast<double>(outcome.runs);
    property.lo = interval.lo;
    property.hi = interval.hi;
    if (wanted != questions.expected.end()) property.expected = wanted->second;
    property.excluded = outcome.met[i] != 0 && property.expected.value_or(Status::kHolds) == Status::kHolds;
    for (const FindingTally& tally : outcome.findings) {
      if (tally.finding.property == i) property.causes.push_back(causes.describe(tally));
    }
    point.properties.push_back(std::move(property));
  }
  point.reboot = times_of(outcome.reset_ns);
  point.lost = times_of(outcome.lost_ns);
  point.late_runs = outcome.late_runs;
  point.latest_us = in_us_rounded_up(outcome.latest_ns);
  point.cut_runs = outcome.cut_runs;
  point.bound = outcome.bound;
  point.seconds = outcome.seconds;
  return point;
}

}  // namespace quiesce::checker
