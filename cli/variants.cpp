// The variants of a scenario, compiled: every mistake in any of them is told at once, before a long search.
#include "cli/variants.hpp"

#include <algorithm>
#include <new>

#include "base/path_from_here.hpp"
#include "sim/compile.hpp"
#include "sim/timed/durations.hpp"

namespace quiesce::cli {
namespace {

using sim::Diagnostic;

bool same(const Diagnostic& a, const Diagnostic& b) {
  return a.at.file != nullptr && b.at.file != nullptr && a.at.file->path == b.at.file->path &&
         a.at.line == b.at.line && a.at.column == b.at.column && a.message == b.message;
}

struct Mistake {
  Diagnostic diagnostic;
  std::vector<std::string> variants;  ///< that have it
};

void note(std::vector<Mistake>& mistakes, const std::vector<Diagnostic>& found, const std::string& variant) {
  for (const Diagnostic& diagnostic : found) {
    auto known = std::find_if(mistakes.begin(), mistakes.end(),
                              [&](const Mistake& mistake) { return same(mistake.diagnostic, diagnostic); });
    if (known == mistakes.end()) known = mistakes.insert(mistakes.end(), {diagnostic, {}});
    known->variants.push_back(variant);
  }
}

/// What all variants have is a mistake of the scenario.
std::vector<Diagnostic> with_variants(const std::vector<Mistake>& mistakes, std::size_t variants) {
  std::vector<Diagnostic> all;
  for (const Mistake& mistake : mistakes) {
    all.push_back(mistake.diagnostic);
    if (mistake.variants.size() == variants) continue;
    std::string names;
    for (const std::string& name : mistake.variants) names += (names.empty() ? "'" : ", '") + name + "'";
    all.back().notes.push_back((mistake.variants.size() == 1 ? "in variant " : "in variants ") + names);
  }
  return all;
}

}  // namespace

std::vector<CompiledVariant> compile_variants(const sim::Node& scenario, const Options& options) {
  const std::vector<std::string> names = sim::variant_names(scenario);
  std::vector<CompiledVariant> compiled;
  std::vector<Mistake> mistakes;
  bool any = false;
  for (const std::string& name : names) {
    if (!options.variant.empty() && name != options.variant) continue;
    any = true;
    try {
      sim::Node document = sim::variant_document(scenario, name, options.libraries);
      sim::System system = sim::compile(document);
      static_cast<void>(checker::read_expect(system, document));
      static_cast<void>(sim::timed::read_durations(document, system, {}));
      compiled.push_back({name, std::move(document), std::move(system)});
    } catch (const sim::ScenarioError& error) {
      note(mistakes, error.diagnostics(), name);
    }
  }
  if (!mistakes.empty()) throw sim::ScenarioError(with_variants(mistakes, names.size()));
  // An unknown name is told with the nearest that there is.
  if (!any) static_cast<void>(sim::variant_document(scenario, options.variant, options.libraries));
  return compiled;
}

checker::ReportScenario scenario_heading(const sim::Node& scenario, const std::string& file) {
  checker::ReportScenario report;
  report.file = path_from_here(file).string();
  report.name = scenario.find("name")->scalar;
  if (const sim::Node* title = scenario.find("title")) report.title = title->scalar;
  if (const sim::Node* sources = scenario.find("sources")) {
    for (const sim::Node& item : sources->items) report.sources.push_back(item.scalar);
  }
  return report;
}

void compile_all(const std::vector<std::filesystem::path>& files, const Options& options) {
  if (files.size() < 2) return;
  for (const std::filesystem::path& file : files) {
    if (interrupted()) return;
    static_cast<void>(compile_variants(sim::load_scenario_document(file, options.libraries), options));
  }
}

checker::Outcome check_within_memory(const CompiledVariant& variant, const Options& options,
                                     const std::function<void(const checker::Progress&)>& show) {
  const sim::System& system = variant.system;
  checker::Progress last;
  try {
    const checker::ExploreOptions search = checker::options_for(variant.document, options.search);
    checker::Outcome outcome = checker::check(system, search, [&](const checker::Progress& progress) {
      last = progress;
      if (show) show(progress);
    });
    if (search.reductions != options.search.reductions)
      outcome.reductions.emplace_back("none, because 'counts' are those of the whole state space");
    return outcome;
  } catch (const std::bad_alloc&) {
    checker::Outcome outcome;
    outcome.properties.resize(system.properties.size());
    for (checker::PropertyOutcome& property : outcome.properties)
      property.status = checker::Status::kInconclusive;
    outcome.bound = "max_memory";
    outcome.states = last.states;
    outcome.transitions = last.transitions;
    outcome.depth = last.depth;
    outcome.frontier = last.frontier;
    outcome.seconds = last.seconds;
    outcome.store_bytes = last.bytes;
    return outcome;
  }
}

}  // namespace quiesce::cli
