// The verbs that explore nothing: replay, lint, list, show, schema.
#include <fstream>
#include <iostream>
#include <sstream>

#include "checker/check_system.hpp"
#include "cli/options.hpp"
#include "reports/result_schema.hpp"
#include "reports/text_report.hpp"
#include "sim/compile.hpp"
#include "sim/schema.hpp"
#include "sim/verbs.hpp"

namespace quiesce::cli {
namespace {

std::string read_argument(const std::string& argument) {
  if (!argument.starts_with("@")) return argument;
  std::ifstream in(argument.substr(1));
  if (!in) throw UsageError("cannot read '" + argument.substr(1) + "'");
  std::string text;
  in >> text;
  return text;
}

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

std::vector<std::filesystem::path> library_files(const sim::LibraryDirs& dirs) {
  std::vector<std::filesystem::path> files;
  for (const std::filesystem::path& dir : dirs) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(dir)) {
      if (entry.path().extension() == ".yaml") files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
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

}  // namespace

ExitCode run_replay(const Options& options) {
  if (options.arguments.size() != 2)
    throw UsageError("'replay' needs a scenario and a schedule, @file or finding id");
  const sim::Node scenario = sim::load_scenario_document(options.arguments[0], options.libraries);
  const std::string variant =
      options.variant.empty() ? sim::variant_names(scenario).front() : options.variant;
  const sim::System system = sim::compile(sim::variant_document(scenario, variant, options.libraries));
  const std::string wanted = read_argument(options.arguments[1]);
  if (!wanted.starts_with("q1.")) {
    const checker::Outcome outcome = checker::check(system, options.search);
    for (const checker::PropertyOutcome& property : outcome.properties) {
      for (const checker::FoundRun& run : property.runs) {
        const checker::ReportFinding finding = checker::explain(system, run);
        if (finding.id != wanted) continue;
        std::cout << reports::render_finding(finding) << "\n  " << finding.schedule << "\n";
        return ExitCode::kAsExpected;
      }
    }
    throw UsageError("variant '" + variant + "' has no finding '" + wanted + "'");
  }
  std::string error;
  const auto schedule = checker::decode(wanted, error);
  if (!schedule || !checker::replays(system, *schedule, error)) throw UsageError(error);
  checker::FoundRun run;
  run.schedule = *schedule;
  checker::ReportFinding finding = checker::explain(system, run);
  finding.id = finding.summary = "replay";
  std::cout << reports::render_finding(finding);
  return ExitCode::kAsExpected;
}

ExitCode run_lint(const Options& options) {
  if (options.arguments.empty()) throw UsageError("'lint' needs a scenario or a folder of scenarios");
  ExitCode result = ExitCode::kAsExpected;
  for (const std::string& argument : options.arguments) {
    for (const std::filesystem::path& file : sim::find_scenarios(argument)) {
      try {
        const sim::Node scenario = sim::load_scenario_document(file, options.libraries);
        for (const std::string& variant : sim::variant_names(scenario)) {
          static_cast<void>(sim::compile(sim::variant_document(scenario, variant, options.libraries)));
        }
      } catch (const sim::ScenarioError& error) {
        std::cerr << error.what();
        result = ExitCode::kUsage;
      }
    }
  }
  return result;
}

ExitCode run_list(const Options& options) {
  if (options.verbs) {
    print_verbs();
    return ExitCode::kAsExpected;
  }
  std::vector<std::string> where = options.arguments;
  if (where.empty()) where.push_back(options.libraries.front().parent_path().string());
  for (const std::string& argument : where) {
    for (const std::filesystem::path& file : sim::find_scenarios(argument)) {
      const sim::Node scenario = sim::load_scenario_document(file, options.libraries);
      const sim::Node* title = scenario.find("title");
      std::cout << file.string() << "  " << (title != nullptr ? title->scalar : "") << "\n";
      for (const std::string& variant : sim::variant_names(scenario)) std::cout << "    " << variant << "\n";
    }
  }
  return ExitCode::kAsExpected;
}

ExitCode run_show(const Options& options) {
  if (options.arguments.empty()) throw UsageError("'show' needs the name of a routine");
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
  const std::string wanted = options.arguments.empty() ? "scenario" : options.arguments[0];
  if (options.arguments.size() > 1 || (wanted != "scenario" && wanted != "result"))
    throw UsageError("'schema' is followed by scenario or result");
  std::cout << (wanted == "result" ? reports::result_schema() : sim::scenario_schema());
  return ExitCode::kAsExpected;
}

}  // namespace quiesce::cli
