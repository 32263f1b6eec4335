// `quiesce coverage`: load, compile, check where something may come of it, render.
#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "checker/check_system.hpp"
#include "cli/output.hpp"
#include "cli/output_files.hpp"
#include "cli/variants.hpp"
#include "quiesce_build.hpp"
#include "reports/coverage_report.hpp"
#include "sim/routine_steps.hpp"

namespace quiesce::cli {
namespace {

/// What the variants reach, added up one by one. A variant is searched only if it has a step that none before
/// it took, or is expected to violate what none before it did: the sum is the same.
class Reached {
 public:
  explicit Reached(const Options& options) : options_(options) {
    options_.search.taken = true;
    report_.version = kVersion;
  }

  void add(const std::filesystem::path& file, const sim::Node& scenario) {
    ++report_.scenarios;
    // Edits, patches and variants may replace steps in all variants, which are there all the same.
    for (sim::RoutineStep& step : sim::routine_steps(scenario)) note_step(std::move(step));
    for (const CompiledVariant& variant : compile_variants(scenario, options_)) {
      for (sim::RoutineStep& step : sim::routine_steps(variant.document)) note_step(std::move(step));
      note_kinds(variant.system);
      if (interrupted()) {
        report_.incomplete.push_back(file.string() + ": " + variant.name);
      } else if (may_reach_more(variant)) {
        search(file.string(), variant);
      }
    }
  }

  checker::CoverageReport report() {
    std::set<std::string> routines;
    std::set<std::string> files;
    for (const auto& [place, step] : steps_) {
      routines.insert(step.found.routine);
      files.insert(std::get<0>(place));
      if (step.taken) continue;
      report_.untaken.push_back(
          {std::get<0>(place), std::get<1>(place), step.found.routine, step.found.text, step.compiled});
    }
    report_.routines = routines.size();
    report_.steps = steps_.size();
    for (const std::filesystem::path& file : library_files(options_.libraries)) {
      if (has_steps(file) && !files.contains(file.string())) report_.unused.push_back(file.string());
    }
    return std::move(report_);
  }

 private:
  using Place = std::tuple<std::string, std::uint32_t, std::uint32_t>;  ///< file, line, column
  struct Step {
    sim::RoutineStep found;
    bool compiled = false;
    bool taken = false;
  };

  /// Steps that can be taken: a routine that only computes has none, nor an edit that only deletes.
  static bool has_steps(const std::filesystem::path& library) {
    const sim::Node document = sim::load_document(library);
    if (!sim::routine_steps(document).empty()) return true;
    const sim::Node* edits = document.find("edits");
    return edits != nullptr &&
           std::any_of(edits->items.begin(), edits->items.end(), [](const sim::Node& edit) {
             return std::any_of(edit.entries.begin(), edit.entries.end(),
                                [](const sim::Node::Entry& entry) { return entry.value.is_list(); });
           });
  }

  static Place place_of(const sim::Location& at) {
    return {at.file == nullptr ? std::string() : at.file->path, at.line, at.column};
  }

  void note_step(sim::RoutineStep step) {
    const Place place = place_of(step.at);
    steps_.try_emplace(place, Step{std::move(step)});
  }

  void note_kinds(const sim::System& system) {
    for (const std::string& kind : system.finding_kinds) {
      const auto known = std::find_if(report_.kinds.begin(), report_.kinds.end(),
                                      [&](const checker::ReportKind& k) { return k.name == kind; });
      if (known == report_.kinds.end()) report_.kinds.push_back({kind, "", ""});
    }
  }

  [[nodiscard]] bool may_reach_more(const CompiledVariant& variant) {
    bool more = false;
    for (const sim::StepInfo& info : variant.system.program.infos) {
      const auto step = steps_.find(place_of(info.at));
      if (step == steps_.end()) continue;
      step->second.compiled = true;
      more = more || !step->second.taken;
    }
    const auto expected = checker::read_expect(variant.system, variant.document);
    return more || std::any_of(report_.kinds.begin(), report_.kinds.end(), [&](const auto& kind) {
             const auto status = expected.find(kind.name);
             return kind.scenario.empty() && status != expected.end() &&
                    status->second == checker::Status::kViolated;
           });
  }

  void search(const std::string& file, const CompiledVariant& variant) {
    const ProgressLine progress(file + ": " + variant.name);
    const checker::Outcome outcome = check_within_memory(variant, options_, progress.shown());
    if (outcome.bound) report_.incomplete.push_back(file + ": " + variant.name);
    for (std::size_t info = 0; info < outcome.taken.size(); ++info) {
      if (!outcome.taken[info]) continue;
      const auto step = steps_.find(place_of(variant.system.program.infos[info].at));
      if (step != steps_.end()) step->second.taken = true;
    }
    for (checker::ReportKind& kind : report_.kinds) {
      const auto property = checker::find_property(variant.system, kind.name);
      if (!kind.scenario.empty() || !property) continue;
      if (outcome.properties[*property].status != checker::Status::kViolated) continue;
      kind.scenario = file;
      kind.variant = variant.name;
    }
  }

  Options options_;
  std::map<Place, Step> steps_;
  checker::CoverageReport report_;
};

}  // namespace

ExitCode run_coverage(const Options& options) {
  if (options.arguments.empty()) throw UsageError("'coverage' needs a scenario or a folder of scenarios");
  const std::vector<std::filesystem::path> files = scenarios_in(options.arguments);
  refuse_bad_outputs(options, files);
  compile_all(files, options);
  Reached reached(options);
  for (const std::filesystem::path& file : files)
    reached.add(file, sim::load_scenario_document(file, options.libraries));
  const checker::CoverageReport report = reached.report();
  write_output(options.format == "json" ? reports::render_coverage_json(report)
                                        : reports::render_coverage_text(report),
               options.output);
  if (report.is_full()) return ExitCode::kAsExpected;
  return report.incomplete.empty() ? ExitCode::kNotAsExpected : ExitCode::kInconclusive;
}

}  // namespace quiesce::cli
