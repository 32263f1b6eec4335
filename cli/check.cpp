// `quiesce check`: load, compile, check, explain, render.
#include "checker/check_system.hpp"
#include "cli/output.hpp"
#include "cli/variants.hpp"
#include "quiesce_build.hpp"
#include "reports/json_report.hpp"
#include "reports/text_report.hpp"
#include "sim/variant_changes.hpp"

namespace quiesce::cli {
namespace {

std::vector<std::string> texts(const sim::Node* list) {
  std::vector<std::string> all;
  if (list == nullptr) return all;
  for (const sim::Node& item : list->items) all.push_back(item.scalar);
  return all;
}

checker::ReportVariant not_started(const std::string& name) {
  checker::ReportVariant variant;
  variant.name = name;
  variant.verdict = checker::Status::kInconclusive;
  variant.as_expected = false;
  variant.bound = checker::ReportBound{"interrupted", "not started"};
  return variant;
}

/// Explains what the report shows in full; `shown` counts the findings of the scenario up to here.
void explain_findings(const CompiledVariant& variant, const checker::Outcome& outcome, const Options& options,
                      std::size_t& shown, checker::ReportVariant& report) {
  const reports::TextOptions text{options.all_findings || options.format == "json"};
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

checker::ReportVariant check_variant(const CompiledVariant& variant, const std::string& scenario,
                                     const Options& options, std::size_t& shown) {
  const ProgressLine progress(scenario + "/" + variant.name);
  const checker::Outcome outcome = check_within_memory(variant, options, progress.shown());
  const auto detail =
      options.format == "json" ? checker::ReportDetail::kMachine : checker::ReportDetail::kSteps;
  checker::ReportVariant report =
      checker::report_variant(variant.system, variant.document, variant.name, outcome, detail);
  if (options.explain != checker::ExplanationDetail::kNone)
    explain_findings(variant, outcome, options, shown, report);
  return report;
}

checker::ReportScenario check_file(const std::filesystem::path& file, const Options& options) {
  const sim::Node scenario = sim::load_scenario_document(file, options.libraries);
  checker::ReportScenario report;
  report.file = file.string();
  report.name = scenario.find("name")->scalar;
  if (const sim::Node* title = scenario.find("title")) report.title = title->scalar;
  report.sources = texts(scenario.find("sources"));
  const std::vector<CompiledVariant> variants = compile_variants(scenario, options);
  std::size_t shown = 0;
  for (const CompiledVariant& variant : variants) {
    report.variants.push_back(interrupted() ? not_started(variant.name)
                                            : check_variant(variant, report.name, options, shown));
    report.variants.back().reason = sim::variant_reason(scenario, variant.name);
    report.variants.back().changes = sim::variant_changes(scenario, variant.name);
  }
  return report;
}

ExitCode exit_code(const checker::RunReport& report) {
  ExitCode worst = ExitCode::kAsExpected;
  for (const checker::ReportScenario& scenario : report.scenarios) {
    for (const checker::ReportVariant& variant : scenario.variants) {
      for (const checker::ReportProperty& property : variant.properties) {
        if (property.as_expected) continue;
        if (property.status != checker::Status::kInconclusive) return ExitCode::kNotAsExpected;
        worst = ExitCode::kInconclusive;
      }
      if (variant.bound) worst = ExitCode::kInconclusive;
    }
  }
  return worst;
}

}  // namespace

ExitCode run_check(const Options& options) {
  if (options.arguments.empty()) throw UsageError("'check' needs a scenario or a folder of scenarios");
  if (options.check_footprints) return run_check_footprints(options);
  checker::RunReport report;
  report.version = kVersion;
  const std::vector<std::filesystem::path> files = scenarios_in(options.arguments);
  compile_all(files, options);
  for (const std::filesystem::path& file : files) {
    if (interrupted()) break;
    report.scenarios.push_back(check_file(file, options));
  }
  const std::string text = options.format == "json" ? reports::render_json(report)
                                                    : reports::render_text(report, {options.all_findings});
  write_output(text, options.output);
  return interrupted() ? ExitCode::kInconclusive : exit_code(report);
}

}  // namespace quiesce::cli
