// `quiesce diff`: what tells two variants, or two results, apart.
#include <algorithm>
#include <filesystem>
#include <functional>
#include <vector>

#include "checker/compare_reports.hpp"
#include "checker/explanation.hpp"
#include "checker/matching_findings.hpp"
#include "checker/nearest_passing.hpp"
#include "checker/report_routines.hpp"
#include "cli/output.hpp"
#include "cli/output_files.hpp"
#include "cli/result_input.hpp"
#include "cli/variants.hpp"
#include "quiesce_build.hpp"
#include "reports/diff_html.hpp"
#include "reports/diff_json.hpp"
#include "reports/diff_text.hpp"
#include "sim/variant_changes.hpp"

namespace quiesce::cli {
namespace {

constexpr const char* kUsage =
    "'diff' needs a scenario and two of its variants, or two files of 'check --format json'";

/// One side: what was searched, and what came of it.
struct Searched {
  CompiledVariant variant;
  checker::Outcome outcome;
  checker::ReportVariant report;
};

CompiledVariant compiled(const sim::Node& scenario, const std::string& name, const Options& options) {
  Options chosen = options;
  chosen.variant = name;
  return std::move(compile_variants(scenario, chosen).front());
}

Searched search(CompiledVariant variant, const sim::Node& scenario, const Options& options) {
  const ProgressLine progress(variant.name);
  checker::Outcome outcome = check_within_memory(variant, options, progress.shown());
  checker::ReportVariant report =
      checker::report_variant(variant.system, variant.document, variant.name, outcome);
  report.reason = sim::variant_reason(scenario, variant.name);
  report.changes = sim::variant_changes(scenario, variant.name);
  return {std::move(variant), std::move(outcome), std::move(report)};
}

/// For what only one side violates: how the other one comes through.
void add_passing_runs(const Searched& a, const Searched& b, const std::vector<checker::DiffRoutine>& aligned,
                      const Options& options, checker::DiffPair& pair) {
  const checker::StepMap a_to_b(aligned);
  const checker::StepMap b_to_a = a_to_b.reversed();
  const auto is_unpaired = [](const checker::DiffFinding& one) {
    return one.state != checker::DiffState::kUnchanged;
  };
  const auto runs = std::count_if(pair.findings.begin(), pair.findings.end(), is_unpaired);
  checker::NearestOptions nearest;
  nearest.max_states = checker::default_explanation_states(std::max(a.outcome.states, b.outcome.states),
                                                           static_cast<std::size_t>(runs));
  nearest.interrupted = options.search.interrupted;
  for (const checker::ReportProperty& property : a.report.properties) {
    const checker::ReportProperty* other = checker::property_of(b.report, property.name);
    const bool both = other != nullptr && property.status == checker::Status::kViolated &&
                      other->status == checker::Status::kViolated;
    if (both) nearest.common.insert(property.name);
  }
  for (checker::DiffFinding& one : pair.findings) {
    if (!is_unpaired(one) || interrupted()) continue;
    const bool in_a = one.state == checker::DiffState::kGone;
    one.nearest = checker::find_nearest_passing(one.finding, one.property, in_a ? a_to_b : b_to_a,
                                                (in_a ? b : a).variant.system, nearest);
  }
}

checker::DiffReport compare_variants(const Options& options) {
  const std::string& file = options.arguments[0];
  const sim::Node scenario = sim::load_scenario_document(file, options.libraries);
  if (options.arguments[1].empty() || options.arguments[2].empty())
    throw UsageError("the name of a variant is empty");
  CompiledVariant first = compiled(scenario, options.arguments[1], options);
  CompiledVariant second = compiled(scenario, options.arguments[2], options);
  if (first.name == second.name)
    throw UsageError("'diff' compares two variants, and both are '" + first.name + "'");
  const Searched a = search(std::move(first), scenario, options);
  const Searched b = search(std::move(second), scenario, options);
  checker::DiffReport report;
  report.a = a.variant.name;
  report.b = b.variant.name;
  checker::DiffPair& pair = report.pairs.emplace_back(
      checker::compare_variants(scenario_heading(scenario, file), a.report, b.report));
  std::vector<checker::DiffRoutine> aligned =
      checker::align_routines(checker::all_routines_of(a.variant.system, a.variant.document),
                              checker::all_routines_of(b.variant.system, b.variant.document));
  pair.routines_compared = checker::in_common(aligned);
  add_passing_runs(a, b, aligned, options, pair);
  pair.routines = checker::differing(std::move(aligned), true);
  return report;
}

void refuse_search_options(const Options& options) {
  for (const std::string& given : options.given) {
    if (given != "format" && given != "output" && given != "html")
      throw UsageError("'--" + given + "' goes with two variants only: results have been searched already");
  }
}

checker::DiffReport compare_results(const Options& options) {
  const std::string& a = options.arguments[0];
  const std::string& b = options.arguments[1];
  for (const std::string& file : {a, b}) {
    if (file.ends_with(".yaml")) {
      throw UsageError(std::string(kUsage) + "; 'quiesce list " + file +
                       "' names the variants of a scenario");
    }
  }
  refuse_search_options(options);
  std::error_code error;
  if (std::filesystem::equivalent(a, b, error))
    throw UsageError("'diff' compares two results, and both are '" + a + "'");
  checker::DiffReport report =
      checker::compare_results(read_result_file(a, "the result"), read_result_file(b, "the result"));
  report.a = a;
  report.b = b;
  return report;
}

ExitCode exit_code_of(checker::Likeness likeness) {
  switch (likeness) {
    case checker::Likeness::kSame:
      return ExitCode::kAsExpected;
    case checker::Likeness::kDifferent:
      return ExitCode::kNotAsExpected;
    case checker::Likeness::kUnknown:
      return ExitCode::kInconclusive;
  }
  return ExitCode::kInternal;
}

}  // namespace

ExitCode run_diff(const Options& options) {
  const std::size_t words = options.arguments.size();
  if (words != 2 && words != 3) throw UsageError(kUsage);
  if (words == 3 && options.arguments[0].ends_with(".json"))
    throw UsageError(std::string(kUsage) + "; '" + options.arguments[0] + "' is no scenario");
  refuse_bad_outputs(options, {options.arguments.begin(), options.arguments.begin() + (words == 3 ? 1 : 2)});
  checker::DiffReport report = words == 3 ? compare_variants(options) : compare_results(options);
  report.version = kVersion;
  const bool as_json = options.format == "json";
  std::vector<std::function<void()>> writers;
  if (!options.html.empty()) {
    writers.emplace_back(
        [&] { write_output(reports::render_diff_html(report, options.command), options.html); });
  }
  writers.emplace_back([&] {
    write_output(as_json ? reports::render_diff_json(report) : reports::render_diff_text(report),
                 options.output);
  });
  do_all(writers);
  // A difference that was met is one, whatever an interruption left open.
  const ExitCode code = exit_code_of(report.likeness());
  return code == ExitCode::kAsExpected && interrupted() ? ExitCode::kInconclusive : code;
}

}  // namespace quiesce::cli
