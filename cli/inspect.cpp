// The verbs that explore nothing: lint, list, show, schema.
#include <algorithm>
#include <iostream>
#include <map>
#include <set>

#include "cli/variants.hpp"
#include "reports/diff_json.hpp"
#include "reports/layout.hpp"
#include "reports/result_schema.hpp"
#include "reports/simulation_json.hpp"
#include "sim/schema.hpp"
#include "sim/timed/takes.hpp"
#include "sim/verbs.hpp"

namespace quiesce::cli {
namespace {

void print_steps(const sim::Node& steps, int indent) {
  for (const sim::Node& step : steps.items) {
    std::cout << std::string(static_cast<std::size_t>(indent), ' ') << "- ";
    if (step.is_scalar()) {
      std::cout << step.scalar << "\n";
      continue;
    }
    bool first = true;
    for (const sim::Node::Entry& entry : step.entries) {
      if (!first) std::cout << std::string(static_cast<std::size_t>(indent + 2), ' ');
      first = false;
      std::cout << entry.key << ":";
      if (entry.value.is_list()) {
        std::cout << "\n";
        print_steps(entry.value, indent + 4);
      } else {
        std::cout << (entry.value.is_null() ? "" : " " + entry.value.scalar) << "\n";
      }
    }
  }
}

void print_routine(const std::string& name, const sim::Node& routine) {
  std::cout << name << ":";
  if (const sim::Node* source = routine.find("source")) std::cout << "  # " << source->scalar;
  std::cout << "\n";
  if (const sim::Node* forms = routine.find("forms")) {
    for (const sim::Node::Entry& form : forms->entries) {
      std::cout << "  " << form.key << ":\n";
      print_steps(form.value, 4);
    }
    return;
  }
  const sim::Node* steps = routine.is_list() ? &routine : routine.find("steps");
  if (steps != nullptr) print_steps(*steps, 2);
}

/// A cell of a Markdown table: '|' would end it.
std::string cell(std::string_view text) {
  std::string escaped;
  for (const char c : text) escaped += c == '|' ? std::string("\\|") : std::string(1, c);
  return escaped;
}

std::string in_code(std::string_view words) {
  return words.empty() || words == "-" ? std::string() : "`" + cell(words) + "`";
}

const char* runs_in(sim::VerbContext context) {
  switch (context) {
    case sim::VerbContext::kAny:
      return "any";
    case sim::VerbContext::kTask:
      return "task";
    case sim::VerbContext::kSleepable:
      return "task that may sleep";
  }
  return "";
}

/// The table of verbs as docs/verbs.md shows it.
void print_verbs() {
  std::cout << "| verb | argument | modifiers | context | yields | meaning |\n"
               "| --- | --- | --- | --- | --- | --- |\n";
  for (const sim::VerbInfo& verb : sim::all_verbs()) {
    std::cout << "| `" << verb.name << "` | " << in_code(verb.argument) << " | " << in_code(verb.modifiers)
              << " | " << runs_in(verb.context) << " | " << (verb.yields ? "yes" : "") << " | "
              << cell(verb.meaning) << " |\n";
  }
}

/// The table of usual durations as docs/simulate.md shows it.
void print_durations() {
  std::cout << "| key | usually | of | source |\n| --- | --- | --- | --- |\n";
  for (const sim::timed::TakesInfo& takes : sim::timed::all_takes()) {
    std::cout << "| `" << takes.name << "` | `" << takes.usual << "` | " << cell(takes.meaning) << " | "
              << cell(takes.source) << " |\n";
  }
}

void print_routine_names(const sim::LibraryDirs& libraries) {
  std::set<std::string> names;
  for (const std::filesystem::path& file : library_files(libraries)) {
    const sim::Node document = sim::load_document(file);
    if (const sim::Node* routines = document.find("routines"); routines != nullptr)
      for (const sim::Node::Entry& entry : routines->entries) names.insert(entry.key);
  }
  for (const std::string& name : names) std::cout << name << "\n";
}

}  // namespace

ExitCode run_lint(const Options& options) {
  if (options.arguments.empty()) throw UsageError("'lint' needs a scenario or a folder of scenarios");
  ExitCode result = ExitCode::kAsExpected;
  for (const std::string& argument : options.arguments) {
    for (const std::filesystem::path& file : scenarios_in(argument)) {
      try {
        const sim::Node scenario = sim::load_scenario_document(file, options.libraries);
        static_cast<void>(compile_variants(scenario, options));
      } catch (const sim::ScenarioError& error) {
        std::cerr << error.what();
        result = ExitCode::kUsage;
      }
    }
  }
  return result;
}

ExitCode run_list(const Options& options) {
  std::vector<std::string> tables;
  if (options.verbs) tables.emplace_back("--verbs");
  if (options.routines) tables.emplace_back("--routines");
  if (options.durations) tables.emplace_back("--durations");
  if (tables.size() > 1) throw UsageError("'" + tables[0] + "' does not go with '" + tables[1] + "'");
  if (!tables.empty() && !options.arguments.empty())
    throw UsageError("'list " + tables[0] + "' is followed by nothing");
  if (options.verbs) print_verbs();
  if (options.durations) print_durations();
  if (options.routines) print_routine_names(options.libraries);
  if (!tables.empty()) return ExitCode::kAsExpected;
  std::vector<std::string> where = options.arguments;
  if (where.empty()) where.push_back(options.libraries.front().parent_path().string());
  for (const std::string& argument : where) {
    for (const std::filesystem::path& file : scenarios_in(argument)) {
      const sim::Node scenario = sim::load_scenario_document(file, options.libraries);
      const sim::Node* title = scenario.find("title");
      std::cout << reports::clean(file.string()) << "  "
                << reports::clean(title != nullptr ? title->scalar : "") << "\n";
      for (const std::string& variant : sim::variant_names(scenario))
        std::cout << "    " << reports::clean(variant) << "\n";
    }
  }
  return ExitCode::kAsExpected;
}

ExitCode run_show(const Options& options) {
  if (options.arguments.empty()) throw UsageError("'show' needs the name of a routine");
  if (options.arguments.size() > 2) throw UsageError("'show' is followed by a routine, and one file at most");
  const std::string& wanted = options.arguments[0];
  std::vector<std::filesystem::path> files = library_files(options.libraries);
  if (options.arguments.size() > 1) files.insert(files.begin(), options.arguments[1]);
  std::vector<std::string> names;
  for (const std::filesystem::path& file : files) {
    const sim::Node document = sim::load_document(file);
    const sim::Node* routines = document.find("routines");
    if (routines == nullptr) continue;
    for (const sim::Node::Entry& entry : routines->entries) {
      names.push_back(entry.key);
      if (entry.key != wanted) continue;
      print_routine(entry.key, entry.value);
      return ExitCode::kAsExpected;
    }
  }
  throw UsageError("unknown routine '" + wanted + "' " + sim::nearest_name_hint(wanted, names));
}

ExitCode run_schema(const Options& options) {
  static const std::map<std::string, std::string (*)()> kSchemas{{"scenario", sim::scenario_schema},
                                                                 {"result", reports::result_schema},
                                                                 {"diff", reports::diff_schema},
                                                                 {"simulation", reports::simulation_schema},
                                                                 {"coverage", reports::coverage_schema}};
  const auto wanted = kSchemas.find(options.arguments.empty() ? "scenario" : options.arguments[0]);
  if (options.arguments.size() > 1 || wanted == kSchemas.end())
    throw UsageError("'schema' is followed by scenario, result, diff, simulation or coverage");
  std::cout << wanted->second();
  return ExitCode::kAsExpected;
}

}  // namespace quiesce::cli
