// `quiesce check`: load, compile, check, explain, render.
#include "checker/check_system.hpp"
#include "cli/formats.hpp"
#include "cli/output.hpp"
#include "cli/output_files.hpp"
#include "cli/result_input.hpp"
#include "cli/variants.hpp"
#include "quiesce_build.hpp"
#include "reports/text_report.hpp"
#include "sim/variant_changes.hpp"

namespace quiesce::cli {
namespace {

/// What tells the variant from the others.
void describe(const sim::Node& scenario, checker::ReportVariant& variant) {
  variant.reason = sim::variant_reason(scenario, variant.name);
  variant.changes = sim::variant_changes(scenario, variant.name);
}

checker::ReportVariant not_started(const sim::Node& scenario, const std::string& name,
                                   const Options& options) {
  checker::ReportVariant variant;
  variant.name = name;
  variant.search.mode = checker::name_of(options.search.mode);
  variant.verdict = checker::Status::kInconclusive;
  variant.as_expected = false;
  variant.bound = checker::ReportBound{"interrupted", "not started"};
  describe(scenario, variant);
  return variant;
}

/// A scenario that an interruption left no time for.
checker::ReportScenario not_begun(const std::filesystem::path& file, const Options& options,
                                  std::optional<checker::Baseline>& baseline) {
  const sim::Node scenario = sim::load_scenario_document(file, options.libraries);
  checker::ReportScenario report = scenario_heading(scenario, file.string());
  for (const std::string& name : sim::variant_names(scenario)) {
    if (!options.variant.empty() && name != options.variant) continue;
    report.variants.push_back(not_started(scenario, name, options));
    if (baseline) baseline->compare(report, report.variants.back());
  }
  return report;
}

/// Explains what the report shows in full; `shown` counts the findings of the scenario up to here.
void explain_findings(const CompiledVariant& variant, const checker::Outcome& outcome, const Options& options,
                      std::size_t& shown, checker::ReportVariant& report) {
  const reports::TextOptions text{shows_every_finding(options)};
  std::vector<std::pair<const checker::FoundRun*, checker::ReportFinding*>> wanted;
  for (checker::ReportProperty& property : report.properties) {
    const auto index = checker::find_property(variant.system, property.name);
    for (std::size_t i = 0; index && i < property.findings.size(); ++i) {
      if (reports::shows_in_full(property, shown++, text))
        wanted.emplace_back(&outcome.properties[*index].runs[i], &property.findings[i]);
    }
  }
  checker::ExplainOptions explain;
  explain.detail = options.explain;
  explain.max_states = checker::default_explanation_states(outcome.states, wanted.size());
  explain.interrupted = options.search.interrupted;
  for (const auto& [run, finding] : wanted)
    finding->explanation = checker::explain_failure(variant.system, *run, explain);
}

checker::ReportVariant check_variant(const CompiledVariant& variant, const checker::ReportScenario& scenario,
                                     const Options& options, std::size_t& shown,
                                     std::optional<checker::Baseline>& baseline) {
  const ProgressLine progress(scenario.name + "/" + variant.name);
  const checker::Outcome outcome = check_within_memory(variant, options, progress.shown());
  const auto detail =
      shows_machine(options) ? checker::ReportDetail::kMachine : checker::ReportDetail::kSteps;
  checker::ReportVariant report =
      checker::report_variant(variant.system, variant.document, variant.name, outcome, detail);
  if (baseline) baseline->compare(scenario, report);
  if (options.explain != checker::ExplanationDetail::kNone)
    explain_findings(variant, outcome, options, shown, report);
  return report;
}

checker::ReportScenario check_file(const std::filesystem::path& file, const Options& options,
                                   std::optional<checker::Baseline>& baseline) {
  const sim::Node scenario = sim::load_scenario_document(file, options.libraries);
  checker::ReportScenario report = scenario_heading(scenario, file.string());
  const std::vector<CompiledVariant> variants = compile_variants(scenario, options);
  std::size_t shown = 0;
  for (const CompiledVariant& variant : variants) {
    if (interrupted()) {
      report.variants.push_back(not_started(scenario, variant.name, options));
      if (baseline) baseline->compare(report, report.variants.back());
    } else {
      report.variants.push_back(check_variant(variant, report, options, shown, baseline));
      describe(scenario, report.variants.back());
    }
  }
  return report;
}

/// What fails is certain, whatever an interruption left open.
ExitCode exit_code(const checker::RunReport& report) {
  ExitCode worst = ExitCode::kAsExpected;
  for (const checker::ReportScenario& scenario : report.scenarios) {
    for (const checker::ReportVariant& variant : scenario.variants) {
      for (const checker::ReportProperty& property : variant.properties) {
        if (property.fails()) return ExitCode::kNotAsExpected;
        if (!property.as_expected && property.status == checker::Status::kInconclusive)
          worst = ExitCode::kInconclusive;
      }
      if (variant.bound) worst = ExitCode::kInconclusive;
    }
  }
  return interrupted() ? ExitCode::kInconclusive : worst;
}

}  // namespace

ExitCode run_check(const Options& options) {
  if (options.arguments.empty()) throw UsageError("'check' needs a scenario or a folder of scenarios");
  if (options.check_footprints) return run_check_footprints(options);
  checker::RunReport report;
  report.version = kVersion;
  report.command = options.command;
  report.threads = options.search.threads;
  const std::vector<std::filesystem::path> files = scenarios_in(options.arguments);
  std::optional<checker::Baseline> baseline = read_baseline(options, files);
  std::vector<std::filesystem::path> inputs = files;
  if (!options.baseline.empty()) inputs.emplace_back(options.baseline);
  refuse_bad_outputs(options, inputs);
  compile_all(files, options);
  for (const std::filesystem::path& file : files) {
    report.scenarios.push_back(interrupted() ? not_begun(file, options, baseline)
                                             : check_file(file, options, baseline));
  }
  if (baseline) report.baseline = baseline->summary();
  const ExitCode code = exit_code(report);
  report.exit_code = static_cast<int>(code);
  write_report(report, options);
  return code;
}

}  // namespace quiesce::cli
