#include "cli/simulation_options.hpp"

#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include "cli/options.hpp"
#include "cli/search_options.hpp"
#include "sim/timed/quantity.hpp"

namespace quiesce::cli {
namespace {

constexpr std::uint64_t kAny = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t kRunsMax = 1'000'000'000'000;
constexpr const char* kSetUsage = "'--set' is NAME=VALUE, such as exit_delay=5s";

/// Of '--until-ci'.
double width_from(const std::string& text) {
  const auto width = sim::timed::parse_number(text);
  constexpr sim::timed::Fixed kLeast = sim::timed::kFixedOne / 100'000;
  if (!width || *width < kLeast || *width >= sim::timed::kFixedOne)
    throw UsageError("'--until-ci' is a width from 0.0001 to 0.9999, not '" + text + "'");
  return static_cast<double>(*width) / static_cast<double>(sim::timed::kFixedOne);
}

std::pair<std::string, std::string> setting_from(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) throw UsageError(kSetUsage);
  const std::string value = text.substr(equals + 1);
  if (!sim::timed::parse_number(value) && !sim::timed::parse_duration_ns(value))
    throw UsageError("'--set' gives a number or a duration such as 5s, not '" + value + "'");
  return {text.substr(0, equals), value};
}

void refuse_contradictions(const SimulationWords& words, const SimulationRequest& request) {
  const auto refuse = [](bool given, const char* option, const char* why) {
    if (given) throw UsageError("'--" + std::string(option) + "' " + why);
  };
  refuse(!words.run.empty() && request.is_many, "run",
         "shows one run, and goes without '--runs', '--until-ci' and '--sweep'");
  refuse(!words.guide.empty() && request.is_many, "guide",
         "is for one run, and goes without '--runs', '--until-ci' and '--sweep'");
  refuse(!words.guide.empty() && !words.max_time.empty(), "max-time",
         "does not go with '--guide': a run ends with its schedule");
  std::set<std::string> swept;
  for (const Sweep& sweep : request.sweeps) {
    refuse(request.set.contains(sweep.name), "sweep", "and '--set' are of different parameters");
    refuse(!swept.insert(sweep.name).second, "sweep", "is given twice for one parameter");
  }
}

/// With so many the interval of every probability is at most so wide: E. B. Wilson's is widest at 1/2, where
/// it is z / sqrt(n + z^2).
std::uint64_t runs_until_sure(double width) {
  constexpr double kZ = 1.959964;
  return static_cast<std::uint64_t>(std::ceil(kZ * kZ / (width * width)));
}

}  // namespace

SimulationRequest simulation_request(const SimulationWords& words, const std::string& seed,
                                     const std::string& seconds, const std::string& threads) {
  SimulationRequest request;
  checker::SimulationOptions& options = request.options;
  constexpr std::uint64_t kRunsOfAPoint = 1000;
  if (!seed.empty()) options.seed = whole_number("seed", seed, kAny, 0);
  if (!seconds.empty()) options.max_seconds = seconds_from(seconds);
  if (!threads.empty()) options.threads = threads_from(threads);
  if (!words.run.empty()) request.run = whole_number("run", words.run, kAny, 0);
  if (!words.until_ci.empty()) options.until_width = width_from(words.until_ci);
  if (!words.max_time.empty()) {
    const auto time_ns = sim::timed::parse_duration_ns(words.max_time);
    if (!time_ns || *time_ns == 0)
      throw UsageError("'--max-time' is a duration such as 60s, not '" + words.max_time + "'");
    options.limits.until_ns = *time_ns;
  }
  for (const std::string& text : words.set) {
    const auto [name, value] = setting_from(text);
    if (!request.set.emplace(name, value).second) throw UsageError("'--set' gives '" + name + "' two values");
  }
  for (const std::string& text : words.sweep) request.sweeps.push_back(sweep_from(text));
  request.is_many = !words.runs.empty() || !request.sweeps.empty() || !words.until_ci.empty();
  options.runs = kRunsOfAPoint;
  if (!words.until_ci.empty()) options.runs = runs_until_sure(options.until_width);
  if (!words.runs.empty()) options.runs = whole_number("runs", words.runs, kRunsMax);
  request.guide = words.guide;
  refuse_contradictions(words, request);
  return request;
}

}  // namespace quiesce::cli
