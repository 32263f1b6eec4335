// `quiesce replay`: one run again, by its schedule or by the id of its finding.
#include <cctype>
#include <fstream>
#include <iostream>

#include "checker/check_system.hpp"
#include "cli/formats.hpp"
#include "cli/output.hpp"
#include "cli/output_files.hpp"
#include "cli/variants.hpp"
#include "quiesce_build.hpp"
#include "reports/layout.hpp"
#include "reports/text_report.hpp"

namespace quiesce::cli {
namespace {

constexpr std::size_t kScheduleBytesMax = 1U << 20U;
constexpr std::size_t kQuotedMax = 60;

std::string quoted(const std::string& text) {
  return "'" + reports::shorten(reports::clean(text.substr(0, 1000)), kQuotedMax) + "'";
}

/// The first word of a file, or the argument itself.
std::string read_argument(const std::string& argument) {
  if (!argument.starts_with("@")) return argument;
  const std::string path = argument.substr(1);
  std::ifstream in(path, std::ios::binary);
  std::string text(kScheduleBytesMax + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || (!in && in.gcount() == 0)) throw UsageError("cannot read " + quoted(path));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > kScheduleBytesMax)
    throw UsageError(quoted(path) + " holds no schedule: it is longer than 1 MB");
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string::npos) throw UsageError(quoted(path) + " is empty");
  text = text.substr(begin, text.find_first_of(" \t\r\n", begin) - begin);
  for (const char c : text) {
    if (std::isprint(static_cast<unsigned char>(c)) == 0)
      throw UsageError(quoted(path) + " holds no schedule: it is no text");
  }
  return text;
}

void explain_further(const CompiledVariant& variant, const checker::FoundRun& run, std::uint64_t states,
                     const Options& options, checker::ReportFinding& finding) {
  if (options.explain == checker::ExplanationDetail::kNone) return;
  checker::ExplainOptions explain;
  explain.detail = options.explain;
  explain.max_states = checker::default_explanation_states(states, 1);
  explain.interrupted = options.search.interrupted;
  finding.explanation = checker::explain_failure(variant.system, run, explain);
}

/// A run, what is said of it, and whether it shows that the property of its finding is violated.
struct Replayed {
  checker::FoundRun run;
  checker::ReportFinding finding;
  bool violates = true;
};

/// A report with this run as its only finding. `outcome` is that of the search which met it, or of none.
checker::RunReport report_of(const CompiledVariant& variant, const sim::Node& scenario,
                             const Options& options, checker::Outcome outcome, const Replayed& replayed) {
  outcome.properties.resize(variant.system.properties.size());
  for (checker::PropertyOutcome& property : outcome.properties) property.runs.clear();
  checker::PropertyOutcome& own = outcome.properties[replayed.run.finding.property];
  own.runs = {replayed.run};
  own.status = replayed.violates ? checker::Status::kViolated : checker::Status::kHolds;
  checker::RunReport report;
  report.version = kVersion;
  report.of_one_run = true;
  report.scenarios.push_back(scenario_heading(scenario, options.arguments[0]));
  const auto detail =
      shows_machine(options) ? checker::ReportDetail::kMachine : checker::ReportDetail::kSteps;
  checker::ReportVariant& all = report.scenarios.back().variants.emplace_back(
      checker::report_variant(variant.system, variant.document, variant.name, outcome, detail));
  std::erase_if(all.properties, [](const checker::ReportProperty& one) { return one.findings.empty(); });
  checker::ReportProperty& property = all.properties.at(0);
  property.findings[0].summary = replayed.finding.summary;
  property.findings[0].explanation = replayed.finding.explanation;
  if (!replayed.violates) {
    property.name = property.kind = property.findings[0].id = property.findings[0].kind = "replay";
    property.expected = property.status;
    property.as_expected = true;
  }
  all.verdict = property.status;
  all.as_expected = property.as_expected;
  return report;
}

ExitCode replay_finding(const CompiledVariant& variant, const sim::Node& scenario, const std::string& wanted,
                        const Options& options) {
  const checker::Outcome outcome = check_within_memory(variant, options, {});
  for (const checker::PropertyOutcome& property : outcome.properties) {
    for (const checker::FoundRun& run : property.runs) {
      checker::ReportFinding finding = checker::explain(variant.system, run);
      if (finding.id != wanted) continue;
      explain_further(variant, run, outcome.states, options, finding);
      if (options.format == "text") {
        write_output(reports::render_finding(finding, variant.name) + "\n  " + finding.schedule + "\n",
                     options.output);
      } else {
        write_report(report_of(variant, scenario, options, outcome, {run, finding}), options);
      }
      return ExitCode::kAsExpected;
    }
  }
  if (outcome.bound) {
    std::cerr << "quiesce: the search of variant '" << reports::clean(variant.name) << "' was ended ("
              << *outcome.bound << ") after " << outcome.states << " states, before it met " << quoted(wanted)
              << "\n";
    return ExitCode::kInconclusive;
  }
  throw UsageError("variant '" + reports::clean(variant.name) + "' has no finding " + quoted(wanted));
}

/// What the run is about, for its heading.
std::string summary_of(const checker::ReportFinding& finding, bool shows) {
  if (shows) return "replay: " + finding.summary;
  return finding.cycle_start ? "replay: a run that goes on forever"
                             : "replay: a run at the end of which nothing is wrong";
}

ExitCode replay_schedule(const CompiledVariant& variant, const sim::Node& scenario, const std::string& text,
                         const Options& options) {
  std::string error;
  const auto schedule = checker::decode(text, error);
  if (!schedule || !checker::replays(variant.system, *schedule, error)) throw UsageError(error);
  const auto shown = checker::shown_by(variant.system, *schedule);
  checker::FoundRun run;
  run.schedule = *schedule;
  run.finding = shown.value_or(checker::Finding{});
  checker::ReportFinding finding = checker::explain(variant.system, run);
  finding.summary = summary_of(finding, shown.has_value());
  if (shown) explain_further(variant, run, 0, options, finding);
  if (options.format == "text") {
    write_output(reports::render_finding(finding, variant.name), options.output);
    return ExitCode::kAsExpected;
  }
  checker::RunReport report = report_of(variant, scenario, options, {}, {run, finding, shown.has_value()});
  report.scenarios.front().variants.front().bound = checker::ReportBound{"replay", "one run, and no search"};
  write_report(report, options);
  return ExitCode::kAsExpected;
}

}  // namespace

ExitCode run_replay(const Options& options) {
  if (options.arguments.size() != 2)
    throw UsageError("'replay' needs a scenario and a schedule, @file or finding id");
  std::vector<std::filesystem::path> inputs{options.arguments[0]};
  if (options.arguments[1].starts_with('@')) inputs.emplace_back(options.arguments[1].substr(1));
  refuse_bad_outputs(options, inputs);
  const sim::Node scenario = sim::load_scenario_document(options.arguments[0], options.libraries);
  Options chosen = options;
  if (chosen.variant.empty()) chosen.variant = sim::variant_names(scenario).front();
  const CompiledVariant variant = std::move(compile_variants(scenario, chosen).front());
  const std::string wanted = read_argument(options.arguments[1]);
  return wanted.starts_with("q1.") ? replay_schedule(variant, scenario, wanted, chosen)
                                   : replay_finding(variant, scenario, wanted, chosen);
}

}  // namespace quiesce::cli
