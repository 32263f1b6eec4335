// `quiesce simulate`: load, compile, simulate, explain, render.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>

#include "checker/simulated_variant.hpp"
#include "cli/output.hpp"
#include "cli/output_files.hpp"
#include "cli/schedule_input.hpp"
#include "cli/variants.hpp"
#include "quiesce_build.hpp"
#include "reports/html_report.hpp"
#include "reports/json_report.hpp"
#include "reports/perfetto_report.hpp"
#include "reports/simulation_json.hpp"
#include "reports/simulation_text.hpp"
#include "sim/timed/durations.hpp"

namespace quiesce::cli {
namespace {

using sim::timed::Durations;
using sim::timed::Parameters;

constexpr std::size_t kStepsShownMax = 20'000;        ///< of one run: a page or a trace of more is of no use
constexpr std::uint64_t kEventsOfOneRun = 1'000'000;  ///< all of them are kept
constexpr std::size_t kPointsMax = 10'000;

/// The parameters must be the scenario's own: a name that it does not know changes nothing.
void refuse_unknown_parameters(const CompiledVariant& variant, const SimulationRequest& request) {
  const sim::Node* durations = variant.document.find("durations");
  const sim::Node* own = durations == nullptr ? nullptr : durations->find("parameters");
  std::vector<std::string> known;
  for (std::size_t i = 0; own != nullptr && i < own->entries.size(); ++i)
    known.push_back(own->entries[i].key);
  std::vector<std::string> wanted;
  for (const auto& [name, value] : request.set) wanted.push_back(name);
  for (const Sweep& sweep : request.sweeps) wanted.push_back(sweep.name);
  for (const std::string& name : wanted) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const std::string hint = sim::nearest_name_hint(name, known);
    throw UsageError("'parameters' of 'durations' has no " + quoted(name) + " in variant " +
                     quoted(variant.name) + (hint.empty() ? "" : ": " + hint));
  }
}

/// All choices of the swept parameters, the last one going round fastest.
std::vector<std::vector<std::string>> points_of(const std::vector<Sweep>& sweeps) {
  std::vector<std::vector<std::string>> points{{}};
  for (const Sweep& sweep : sweeps) {
    std::vector<std::vector<std::string>> longer;
    if (points.size() * sweep.values.size() > kPointsMax)
      throw UsageError(fmt::format("the sweeps have more than {} points", kPointsMax));
    for (const std::vector<std::string>& point : points) {
      for (const std::string& value : sweep.values) {
        longer.push_back(point);
        longer.back().push_back(value);
      }
    }
    points = std::move(longer);
  }
  return points;
}

Parameters parameters_at(const SimulationRequest& request, const std::vector<std::string>& values) {
  Parameters parameters = request.set;
  for (std::size_t i = 0; i < values.size(); ++i) parameters[request.sweeps[i].name] = values[i];
  return parameters;
}

std::string duration_in_words(double seconds) {
  const auto whole = static_cast<std::uint64_t>(seconds);
  if (whole < 60) return fmt::format("{} s", whole);
  return whole < 3600 ? fmt::format("{} min {} s", whole / 60, whole % 60)
                      : fmt::format("{} h {} min", whole / 3600, whole / 60 % 60);
}

/// How far it is, and how long the rest will take if it goes on like this.
std::string progress_in_words(std::uint64_t runs, std::uint64_t all, double seconds) {
  const double rate = seconds > 0 ? static_cast<double>(runs) / seconds : 0;
  const std::string left = rate > 0 ? duration_in_words(static_cast<double>(all - runs) / rate) : "?";
  return fmt::format("{} of {} runs ({} %), {:.0f}/s, {} left", runs, all,
                     runs * 100 / std::max<std::uint64_t>(all, 1), rate, left);
}

/// The runs of a variant at all points of the sweeps; fewer if they are interrupted.
class PointsOfVariant {
 public:
  PointsOfVariant(const CompiledVariant& variant, const SimulationRequest& request)
      : variant_(variant), request_(request), points_(points_of(request.sweeps)) {
    for (const std::vector<std::string>& values : points_) {
      durations_.push_back(
          sim::timed::read_durations(variant.document, variant.system, parameters_at(request, values)));
    }
  }

  checker::SimulatedVariant run() {
    std::vector<checker::SimulationOutcome> outcomes;
    const ProgressLine progress(variant_.name);
    for (std::size_t i = 0; i < points_.size(); ++i) {
      const std::string name =
          points_.size() == 1 ? "" : fmt::format("point {} of {}: ", i + 1, points_.size());
      const auto show = [&](std::uint64_t runs, double seconds) {
        progress.show(name + progress_in_words(runs, request_.options.runs, seconds));
      };
      outcomes.push_back(checker::simulate(variant_.system, durations_[i], request_.options, show));
    }
    const checker::SimulatedQuestions questions = checker::questions_to(
        variant_.system, checker::read_expect(variant_.system, variant_.document), outcomes);
    checker::SimulatedVariant told;
    told.name = variant_.name;
    for (std::size_t i = 0; i < points_.size(); ++i) {
      told.points.push_back(checker::report_point(variant_.system, durations_[i], questions, request_.options,
                                                  outcomes[i], points_[i]));
    }
    return told;
  }

 private:
  const CompiledVariant& variant_;
  const SimulationRequest& request_;
  std::vector<std::vector<std::string>> points_;
  std::vector<Durations> durations_;
};

/// A finding that `expect` excludes is certain, whatever was not run.
ExitCode exit_code(const checker::SimulationReport& report) {
  ExitCode code = ExitCode::kAsExpected;
  for (const checker::SimulatedVariant& variant : report.variants) {
    for (const checker::SimulatedPoint& point : variant.points) {
      for (const checker::SimulatedProperty& property : point.properties) {
        if (property.excluded) return ExitCode::kNotAsExpected;
      }
      if (point.bound && *point.bound != "until_ci") code = ExitCode::kInconclusive;
    }
  }
  return code;
}

ExitCode simulate_many(const std::vector<CompiledVariant>& variants, const checker::ReportScenario& heading,
                       const Options& options) {
  checker::SimulationReport report;
  report.version = kVersion;
  report.file = heading.file;
  report.scenario = heading.name;
  report.title = heading.title;
  report.seed = options.simulation.options.seed;
  report.threads = options.simulation.options.threads;
  for (const Sweep& sweep : options.simulation.sweeps) report.parameters.push_back(sweep.name);
  std::vector<PointsOfVariant> all;
  all.reserve(variants.size());
  for (const CompiledVariant& variant : variants) all.emplace_back(variant, options.simulation);
  for (PointsOfVariant& points : all) report.variants.push_back(points.run());
  const ExitCode code = exit_code(report);
  std::vector<std::function<void()>> writers;
  if (!options.html.empty()) {
    writers.emplace_back(
        [&] { write_output(reports::render_simulation_html(report, options.command), options.html); });
  }
  writers.emplace_back([&] {
    write_output(options.format == "json"  ? reports::render_simulation_json(report)
                 : options.format == "csv" ? reports::render_simulation_csv(report)
                                           : reports::render_simulation_text(report),
                 options.output);
  });
  do_all(writers);
  return code;
}

checker::SimulatedRun one_run(const CompiledVariant& variant, const Durations& durations,
                              const SimulationRequest& request) {
  const checker::SystemModel model(variant.system);
  checker::Simulator simulator(model, durations);
  if (request.guide.empty()) {
    checker::SimulationLimits limits = request.options.limits;
    limits.events = kEventsOfOneRun;
    const auto started = std::chrono::steady_clock::now();
    limits.stop = [&] {
      const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - started;
      return interrupted().load() || passed.count() > request.options.max_seconds;
    };
    return simulator.record(request.options.seed, request.run, limits);
  }
  const checker::Schedule guide = schedule_from(variant.system, read_word(request.guide));
  return simulator.follow(guide, request.options.seed, request.run);
}

std::string summary_of(const checker::SimulatedRun& run, const SimulationRequest& request) {
  const std::string what =
      request.guide.empty()
          ? fmt::format("run {} of seed {}", request.run, request.options.seed)
          : fmt::format("the schedule, timed by run {} of seed {}", request.run, request.options.seed);
  const bool goes_on = !request.guide.empty() && run.end == checker::RunEnd::kBrokenOff;
  const auto in_words = [](std::int64_t time_ns) {
    return reports::seconds_in_words(static_cast<std::uint64_t>(time_ns / sim::timed::kMicrosecond_ns));
  };
  std::string text =
      fmt::format("{}: {} after {} and {} events", what, goes_on ? "at its end" : checker::name_of(run.end),
                  in_words(run.end_ns), run.events);
  if (run.late_deadlines != 0) {
    text += fmt::format("; a deadline was later than its greatest time, by {} at most",
                        in_words(run.latest_ns + sim::timed::kMicrosecond_ns - 1));
  }
  if (run.cut_waits != 0) text += "; waits were cut to what their steps say";
  return text;
}

/// What the run met as findings of their properties, each where it was met, and the whole run besides.
checker::RunReport report_of(const CompiledVariant& variant, const checker::ReportScenario& heading,
                             const checker::SimulatedRun& run, const Options& options, bool machine) {
  const SimulationRequest& request = options.simulation;
  checker::Outcome outcome;
  outcome.properties.resize(variant.system.properties.size());
  for (const checker::SimulatedFinding& one : run.findings) {
    checker::PropertyOutcome& property = outcome.properties[one.finding.property];
    property.status = checker::Status::kViolated;
    property.runs.push_back(checker::found_by(run, one));
  }
  // The whole run stands before what the first property met, and is put beside it afterwards.
  checker::FoundRun whole;
  whole.schedule = run.schedule;
  whole.times_us = run.times_us;
  outcome.properties[0].runs.insert(outcome.properties[0].runs.begin(), whole);
  const auto detail = machine ? checker::ReportDetail::kMachine : checker::ReportDetail::kSteps;
  checker::RunReport report;
  report.version = kVersion;
  report.of_one_run = true;
  report.command = options.command;
  report.scenarios.push_back(heading);
  checker::ReportVariant& told = report.scenarios.back().variants.emplace_back(
      checker::report_variant(variant.system, variant.document, variant.name, outcome, detail));
  std::vector<checker::ReportFinding>& first = told.properties.front().findings;
  checker::ReportProperty all;
  all.name = all.kind = reports::kWholeRun;
  all.findings.push_back(std::move(first.front()));
  first.erase(first.begin());
  all.findings.front().id = fmt::format("run-{}", request.run);
  all.findings.front().kind = reports::kWholeRun;
  all.findings.front().has_own_id = false;
  all.findings.front().summary = summary_of(run, request);
  std::erase_if(told.properties, [](const checker::ReportProperty& one) { return one.findings.empty(); });
  told.properties.insert(told.properties.begin(), std::move(all));
  told.bound = checker::ReportBound{"simulate", "one run, and no search"};
  return report;
}

ExitCode simulate_one(const CompiledVariant& variant, const checker::ReportScenario& heading,
                      const Options& options) {
  const SimulationRequest& request = options.simulation;
  const Durations durations = sim::timed::read_durations(variant.document, variant.system, request.set);
  const checker::SimulatedRun run = one_run(variant, durations, request);
  const bool machine = !options.html.empty() || options.format == "json" || options.format == "perfetto";
  if (machine && run.events > kStepsShownMax) {
    if (options.format == "text") {
      const checker::RunReport console = report_of(variant, heading, run, options, false);
      write_output(reports::render_simulated_run(console), options.output);
    }
    throw UsageError(
        fmt::format("the run has {} steps, and a page or trace of more than {} is of no use: see "
                    "'--max-time'",
                    run.events, kStepsShownMax));
  }
  checker::RunReport report = report_of(variant, heading, run, options, machine);
  const bool excluded = std::any_of(report.scenarios[0].variants[0].properties.begin(),
                                    report.scenarios[0].variants[0].properties.end(),
                                    [](const checker::ReportProperty& one) { return !one.as_expected; });
  const bool broken_off = request.guide.empty() && (run.end == checker::RunEnd::kBrokenOff ||
                                                    run.end == checker::RunEnd::kTooManyEvents);
  const ExitCode code = excluded     ? ExitCode::kNotAsExpected
                        : broken_off ? ExitCode::kInconclusive
                                     : ExitCode::kAsExpected;
  report.exit_code = static_cast<int>(code);
  std::vector<std::function<void()>> writers;
  if (!options.html.empty()) {
    writers.emplace_back([&] {
      write_output(reports::render_html(report, {options.command, ""}), options.html);
    });
  }
  writers.emplace_back([&] {
    write_output(options.format == "json"       ? reports::render_json(report)
                 : options.format == "perfetto" ? reports::render_perfetto(report)
                                                : reports::render_simulated_run(report),
                 options.output);
  });
  do_all(writers);
  return code;
}

void refuse_formats(const Options& options) {
  const bool many = options.simulation.is_many;
  if (many && options.format == "perfetto") throw UsageError("'--format perfetto' is of one run");
  if (!many && options.format == "csv") throw UsageError("'--format csv' is of many runs: see '--runs'");
}

}  // namespace

ExitCode run_simulate(const Options& options) {
  if (options.arguments.size() != 1) throw UsageError("'simulate' is followed by one scenario");
  refuse_formats(options);
  std::vector<std::filesystem::path> inputs{options.arguments[0]};
  if (options.simulation.guide.starts_with('@')) inputs.emplace_back(options.simulation.guide.substr(1));
  refuse_bad_outputs(options, inputs);
  const sim::Node scenario = sim::load_scenario_document(options.arguments[0], options.libraries);
  Options chosen = options;
  if (!options.simulation.is_many && chosen.variant.empty())
    chosen.variant = sim::variant_names(scenario).front();
  const std::vector<CompiledVariant> variants = compile_variants(scenario, chosen);
  for (const CompiledVariant& variant : variants) refuse_unknown_parameters(variant, options.simulation);
  const checker::ReportScenario heading = scenario_heading(scenario, options.arguments[0]);
  return options.simulation.is_many ? simulate_many(variants, heading, options)
                                    : simulate_one(variants.front(), heading, options);
}

}  // namespace quiesce::cli
