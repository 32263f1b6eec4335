// `quiesce replay`: one run again, by its schedule or by the id of its finding.
#include <algorithm>
#include <iostream>

#include "checker/check_system.hpp"
#include "cli/formats.hpp"
#include "cli/output.hpp"
#include "cli/output_files.hpp"
#include "cli/schedule_input.hpp"
#include "cli/variants.hpp"
#include "quiesce_build.hpp"
#include "reports/layout.hpp"
#include "reports/text_report.hpp"

namespace quiesce::cli {
namespace {

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

/// A report with this run as its only one. `outcome` is that of the search which met it, or of none; `others`
/// are what the run violates besides.
checker::RunReport report_of(const CompiledVariant& variant, const sim::Node& scenario,
                             const Options& options, checker::Outcome outcome, const Replayed& replayed,
                             const std::vector<checker::FoundRun>& others = {}) {
  outcome.properties.resize(variant.system.properties.size());
  for (checker::PropertyOutcome& property : outcome.properties) property.runs.clear();
  const auto add = [&](const checker::FoundRun& run, checker::Status status) {
    outcome.properties[run.finding.property].runs.push_back(run);
    outcome.properties[run.finding.property].status = status;
  };
  add(replayed.run, replayed.violates ? checker::Status::kViolated : checker::Status::kInconclusive);
  for (const checker::FoundRun& other : others) add(other, checker::Status::kViolated);
  checker::RunReport report;
  report.version = kVersion;
  report.command = options.command;
  report.of_one_run = true;
  report.scenarios.push_back(scenario_heading(scenario, options.arguments[0]));
  const auto detail =
      shows_machine(options) ? checker::ReportDetail::kMachine : checker::ReportDetail::kSteps;
  checker::ReportVariant& all = report.scenarios.back().variants.emplace_back(
      checker::report_variant(variant.system, variant.document, variant.name, outcome, detail));
  std::erase_if(all.properties, [](const checker::ReportProperty& one) { return one.findings.empty(); });
  const std::string& own = variant.system.properties[replayed.run.finding.property].name;
  checker::ReportProperty& property =
      *std::find_if(all.properties.begin(), all.properties.end(),
                    [&](const checker::ReportProperty& one) { return one.name == own; });
  property.findings[0].summary = replayed.finding.summary;
  property.findings[0].explanation = replayed.finding.explanation;
  if (!replayed.violates) {
    property.name = property.kind = property.findings[0].id = property.findings[0].kind = "replay";
    property.findings[0].has_own_id = false;
    property.expected.reset();
    property.as_expected = true;
  }
  all.verdict = property.status;
  all.as_expected = std::all_of(all.properties.begin(), all.properties.end(),
                                [](const checker::ReportProperty& one) { return one.as_expected; });
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
  const checker::Schedule schedule = schedule_from(variant.system, text);
  const std::vector<checker::Finding> shown = checker::all_shown_by(variant.system, schedule);
  checker::FoundRun run;
  run.schedule = schedule;
  if (!shown.empty()) run.finding = shown.front();
  std::vector<checker::FoundRun> others(shown.empty() ? 0 : shown.size() - 1, run);
  for (std::size_t i = 0; i < others.size(); ++i) others[i].finding = shown[i + 1];
  checker::ReportFinding finding = checker::explain(variant.system, run);
  finding.summary = summary_of(finding, !shown.empty());
  if (!shown.empty()) explain_further(variant, run, 0, options, finding);
  if (options.format == "text") {
    std::string words = reports::render_finding(finding, variant.name);
    for (const checker::FoundRun& other : others) {
      const checker::ReportFinding besides = checker::explain(variant.system, other);
      words += "\n  It shows, too: " + reports::clean(besides.summary + " (" + besides.id + ")") + "\n";
    }
    write_output(words, options.output);
    return ExitCode::kAsExpected;
  }
  checker::RunReport report =
      report_of(variant, scenario, options, {}, {run, finding, !shown.empty()}, others);
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
  const std::string wanted = read_word(options.arguments[1]);
  return wanted.starts_with("q1.") ? replay_schedule(variant, scenario, wanted, chosen)
                                   : replay_finding(variant, scenario, wanted, chosen);
}

}  // namespace quiesce::cli
