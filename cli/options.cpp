// One table says which verb takes which options: it is what is read, and what the help shows.
#include "cli/options.hpp"

#include <algorithm>
#include <boost/program_options.hpp>
#include <set>
#include <sstream>

#include "base/path_from_here.hpp"
#include "cli/formats.hpp"
#include "cli/search_options.hpp"
#include "cli/usage.hpp"
#include "quiesce_build.hpp"
#include "reports/layout.hpp"

namespace quiesce::cli {

namespace po = boost::program_options;

const std::vector<VerbUsage>& verbs() {
  static const std::vector<VerbUsage> kVerbs{
      {"check",
       "check FILE|DIR...",
       "explore every variant and compare with 'expect'",
       {"check scenarios/reboot/smmuv3-late-unmap.yaml --variant mainline",
        "check scenarios --html report         pages to look at: open report/index.html",
        "check big.yaml --mode contexts=3      all runs with up to 3 unforced switches",
        "check big.yaml --mode pct --depth 3   random runs: see docs/searching.md",
        "check scenarios --report junit=quiesce.xml --report sarif=quiesce.sarif",
        "check scenarios --baseline main.json  fail on what main.json does not have"},
       {"variant",     "first",   "all-findings", "explain",   "profile",    "check-footprints",
        "format",      "output",  "report",       "html",      "baseline",   "mode",
        "seed",        "walks",   "depth",        "max-steps", "max-states", "max-memory",
        "max-seconds", "threads", "store",        "reduce"}},
      {"replay",
       "replay FILE SCHEDULE",
       "run one schedule again: a schedule, @file, or a finding's id",
       {"replay scenarios/reboot/smmuv3-late-unmap.yaml --variant mainline soft_lockup-0a1b2c"},
       {"variant", "explain", "format", "output", "mode", "seed", "walks", "depth", "max-steps", "max-states",
        "max-memory", "max-seconds", "threads", "store", "reduce"}},
      {"diff",
       "diff FILE|OLD VARIANT|NEW [VARIANT]",
       "what tells two variants, or two results, apart",
       {"diff scenarios/reboot/smmuv3-late-unmap.yaml mainline cond_resched",
        "diff scenarios/dma/unmap.yaml deferred strict --html diff.html",
        "diff main.json branch.json            results of check --format json"},
       {"format", "output", "html", "mode", "seed", "walks", "depth", "max-steps", "max-states", "max-memory",
        "max-seconds", "threads", "store", "reduce"}},
      {"simulate",
       "simulate FILE",
       "runs in virtual time: the console of one, or how often many meet what",
       {"simulate scenarios/reboot/recorded-late-unmap.yaml --variant shutdown --html run",
        "simulate my.yaml --runs 10000 --threads 2",
        "simulate my.yaml --sweep packet_rate=10:100000:log:9 --html plot"},
       {"variant", "seed", "run", "runs", "until-ci", "set", "sweep", "guide", "max-time", "max-seconds",
        "threads", "format", "output", "html"}},
      {"coverage",
       "coverage FILE|DIR...",
       "which steps of routines and which kinds of findings they reach",
       {"coverage scenarios"},
       {"format", "output", "max-states", "max-memory", "max-seconds", "threads", "store"}},
      {"lint", "lint FILE|DIR...", "only look for mistakes", {"lint my-scenario.yaml"}, {"variant"}},
      {"list",
       "list [DIR...]",
       "scenarios and their variants",
       {"list scenarios", "list --verbs       the verbs that a step may have"},
       {"verbs", "routines", "durations"}},
      {"show",
       "show ROUTINE [FILE]",
       "a routine of the library, step by step, with its labels",
       {"show arm_smmu_device_disable"},
       {}},
      {"schema",
       "schema [scenario|result|diff|simulation|coverage]",
       "the JSON Schema of scenario files, or of a JSON report",
       {"schema scenario > quiesce.schema.json"},
       {}},
      {"completion",
       "completion bash|zsh|fish",
       "what completes this command line in a shell",
       {"completion bash > quiesce.bash && source ./quiesce.bash"},
       {}},
      {"man", "man", "the manual page, as troff", {"man | man -l -"}, {}}};
  return kVerbs;
}

namespace {

const VerbUsage* find_usage(const std::string& name) {
  const auto found =
      std::find_if(verbs().begin(), verbs().end(), [&](const VerbUsage& verb) { return verb.name == name; });
  return found == verbs().end() ? nullptr : &*found;
}

/// What is read as text first.
struct Words {
  SearchWords search;
  SimulationWords simulation;
};

void add_simulation_options(po::options_description& all, SimulationWords& words) {
  auto add = all.add_options();
  add("run", po::value(&words.run)->value_name("N"), "simulate: show the run of this number (0)");
  add("runs", po::value(&words.runs)->value_name("N"), "simulate: make so many runs, and count");
  add("until-ci", po::value(&words.until_ci)->value_name("W"),
      "simulate: end when every 95 % interval is at most so wide, such as 0.02");
  add("set", po::value(&words.set)->value_name("NAME=VALUE")->composing(),
      "simulate: a parameter of 'durations' is this; may be given several times");
  add("sweep", po::value(&words.sweep)->value_name("NAME=VALUES")->composing(),
      "simulate: it is each of LO:HI:log:N, LO:HI:lin:N or A,B,...; may be given several times");
  add("guide", po::value(&words.guide)->value_name("SCHEDULE"),
      "simulate: the one run follows this schedule, which a finding has, or @file");
  add("max-time", po::value(&words.max_time)->value_name("TIME"), "simulate: virtual time of a run (600s)");
}

po::options_description all_options(Options& options, Words& words) {
  po::options_description all("options");
  SearchWords& search = words.search;
  auto add = all.add_options();
  add("help,h", "this text, or that of one verb");
  add("version", "the version");
  add("variant", po::value(&options.variant)->value_name("NAME"), "only this variant");
  add("first", po::bool_switch(&options.search.first), "stop at the first finding");
  add("all-findings", po::bool_switch(&options.all_findings), "show every finding in full");
  add("explain", po::value(&search.explain)->value_name("full|brief|none"),
      "of each finding shown: what forces it and the point of no return, that alone, or neither");
  add("verbs", po::bool_switch(&options.verbs), "list: the verbs of the step language, as a table");
  add("routines", po::bool_switch(&options.routines), "list: the names of the library's routines");
  add("durations", po::bool_switch(&options.durations), "list: how long what takes usually, as a table");
  add("check-footprints", po::bool_switch(&options.check_footprints),
      "check instead that transitions touch only what was derived for them");
  add("profile", po::bool_switch(&options.search.profile),
      "count where the states are and what multiplies them");
  add("format", po::value(&options.format)->value_name("FORMAT"),
      "what to print: text, json; check, replay: markdown, sarif, perfetto; check: summary, junit, ktap; "
      "simulate: csv, perfetto");
  add("output", po::value(&options.output)->value_name("FILE"), "where to write it");
  add("report", po::value(&options.reports)->value_name("FORMAT=FILE")->composing(),
      "what to write besides, from the same run; may be given several times");
  add("baseline", po::value(&options.baseline)->value_name("FILE"),
      "exit with 1 only for findings that this earlier '--format json' or 'summary' does not have");
  add("html", po::value(&options.html)->value_name("PATH"),
      "also write pages for a browser: check: into a folder, index.html and one for each scenario; "
      "diff, simulate: one page into a file");
  add("mode", po::value(&search.mode)->value_name("MODE"),
      "breadth-first (all runs), contexts[=N] (those with 0, 1, ... N switches), random or pct (some)");
  add("seed", po::value(&search.seed)->value_name("S"),
      "random, pct, simulate: equal ones give equal runs (1)");
  add("walks", po::value(&search.walks)->value_name("N"), "random, pct: how many runs (1000)");
  add("depth", po::value(&search.depth)->value_name("D"), "pct: orderings that a bug needs (2)");
  add("max-steps", po::value(&search.steps)->value_name("N"), "random, pct: of one run (10000)");
  add("max-states", po::value(&search.states)->value_name("N"), "end the search after N states");
  add("max-memory", po::value(&search.megabytes)->value_name("MB"),
      "end it at so much memory (75 % of what is available)");
  add("max-seconds", po::value(&search.seconds)->value_name("S"), "end it after so long");
  add("threads", po::value(&search.threads)->value_name("N"), "workers of the search (1)");
  add("store", po::value(&search.store)->value_name("auto|plain|compressed"),
      "how the search keeps states; always exact");
  add("reduce", po::value(&search.reduce)->value_name("LIST"),
      "all (unless said), none, or some of dead-variables, symmetry, stubborn-sets");
  add_simulation_options(all, words.simulation);
  return all;
}

/// Those that a verb takes; all for no verb.
po::options_description options_of(const VerbUsage* verb, const po::options_description& all) {
  po::options_description some("options");
  for (const auto& option : all.options()) {
    const std::string& name = option->long_name();
    const bool always = name == "help" || (verb == nullptr && name == "version");
    const bool taken = verb == nullptr || std::any_of(verb->options.begin(), verb->options.end(),
                                                      [&](const char* known) { return name == known; });
    if (always || taken) some.add(option);
  }
  return some;
}

void refuse_options_of_others(const po::variables_map& values, const VerbUsage& verb) {
  for (const auto& [name, value] : values) {
    const bool taken = std::any_of(verb.options.begin(), verb.options.end(),
                                   [&, &key = name](const char* known) { return key == known; });
    if (value.defaulted() || name == "words" || taken) continue;
    throw UsageError("'--" + name + "' does not go with '" + verb.name + "': see 'quiesce " + verb.name +
                     " --help'");
  }
}

/// The message of the parser, and what to do about a file that looks like an option.
std::string explained(const std::string& message) {
  const std::size_t quote = message.find("'-");
  const std::size_t end = message.find('\'', quote + 1);
  if (quote == std::string::npos || end == std::string::npos) return message;
  const std::string word = message.substr(quote + 1, end - quote - 1);
  std::error_code error;
  if (!word.ends_with(".yaml") && !std::filesystem::exists(word, error)) return message;
  return message + "; a file of that name is written './" + word + "'";
}

std::string usage_of(const VerbUsage& verb) {
  std::string text = "  quiesce " + std::string(verb.usage);
  text += std::string(text.size() < 34 ? 34 - text.size() : 2, ' ') + verb.meaning + "\n";
  for (const char* example : verb.examples) text += "      quiesce " + std::string(example) + "\n";
  return text;
}

std::string whole_command(int argc, const char* const* argv) {
  std::string command = "quiesce";
  for (int i = 1; i < argc; ++i) command += " " + reports::shell_word(argv[i]);
  return command;
}

void refuse_empty_words(const po::variables_map& values) {
  for (const char* name :
       {"output", "html", "baseline", "variant", "max-states", "max-memory", "max-seconds", "mode", "seed",
        "walks", "depth", "max-steps", "run", "runs", "until-ci", "guide", "max-time"}) {
    if (values.contains(name) && values[name].as<std::string>().empty())
      throw UsageError("'--" + std::string(name) + "' needs a value that is not empty");
  }
}

/// A check of footprints has no result that a report could show or a baseline could be compared with.
void refuse_reports_of_footprints(const Options& options) {
  if (!options.check_footprints) return;
  const auto refuse = [](bool given, const std::string& option) {
    if (given) throw UsageError("'--check-footprints' does not go with '--" + option + "'");
  };
  refuse(!options.html.empty(), "html");
  refuse(!options.reports.empty(), "report");
  refuse(!options.baseline.empty(), "baseline");
  refuse(options.format != "text", "format");
}

}  // namespace

std::vector<OptionUsage> option_usages() {
  Options options;
  Words words;
  const po::options_description all = all_options(options, words);
  std::vector<OptionUsage> usages;
  for (const auto& option : all.options()) {
    const std::string shown = option->format_name();  // "-h [ --help ]" if there is a short name
    usages.push_back({option->long_name(), shown.starts_with("--") ? '\0' : shown[1],
                      option->format_parameter(), option->description()});
  }
  return usages;
}

std::string names_of_verbs() {
  std::string names;
  for (const VerbUsage& verb : verbs()) {
    if (!names.empty()) names += &verb == &verbs().back() ? " or " : ", ";
    names += verb.name;
  }
  return names;
}

std::atomic<bool>& interrupted() {
  static std::atomic<bool> flag{false};
  return flag;
}

sim::LibraryDirs library_dirs() {
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::filesystem::path installed = self.parent_path().parent_path() / "share/quiesce/scenarios/lib";
  if (std::filesystem::is_directory(installed, error)) return {path_from_here(installed)};
  // Beside a program that was built and not installed, CMake puts a link to the sources.
  const std::filesystem::path linked = self.parent_path() / "share/quiesce/scenarios/lib";
  const std::filesystem::path built = std::filesystem::canonical(linked, error);
  return {path_from_here(error ? installed : built)};
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

std::vector<std::filesystem::path> scenarios_in(const std::string& argument) {
  std::vector<std::filesystem::path> found = sim::find_scenarios(argument);
  if (found.empty()) {
    throw UsageError("there is no scenario in '" + argument + "': no *.yaml with a top-level 'quiesce:' key");
  }
  return found;
}

std::vector<std::filesystem::path> scenarios_in(const std::vector<std::string>& arguments) {
  std::vector<std::filesystem::path> all;
  std::set<std::filesystem::path> known;
  for (const std::string& argument : arguments) {
    for (const std::filesystem::path& file : scenarios_in(argument)) {
      // A pipe has no place that it could be told from another by.
      std::error_code error;
      const std::filesystem::path place = std::filesystem::weakly_canonical(file, error);
      if (known.insert(error ? file : place).second) all.push_back(file);
    }
  }
  return all;
}

Options parse_options(int argc, const char* const* argv) {
  Options options;
  options.command = whole_command(argc, argv);
  Words read;
  const po::options_description visible = all_options(options, read);
  po::options_description everything;
  std::vector<std::string> words;
  everything.add(visible).add_options()("words", po::value(&words));
  po::positional_options_description positional;
  positional.add("words", -1);
  po::variables_map values;
  try {
    po::store(po::command_line_parser(argc, argv).options(everything).positional(positional).run(), values);
    po::notify(values);
  } catch (const po::error& error) {
    throw UsageError(explained(error.what()));
  }
  options.arguments = words;
  if (values.contains("version")) options.verb = "version";
  if (values.contains("help")) options.verb = "help";
  if (!options.verb.empty()) return options;
  if (words.empty()) throw UsageError("a verb is needed: " + names_of_verbs());
  options.verb = words.front();
  options.arguments.erase(options.arguments.begin());
  if (const VerbUsage* verb = find_usage(options.verb)) refuse_options_of_others(values, *verb);
  for (const auto& [name, value] : values) {
    if (!value.defaulted() && name != "words") options.given.push_back(name);
  }
  refuse_empty_words(values);
  refuse_unknown_formats(options);
  if (options.verb == "simulate") {
    const SearchWords& also = read.search;
    options.simulation = simulation_request(read.simulation, also.seed, also.seconds, also.threads);
    options.simulation.options.interrupted = &interrupted();
  } else {
    options.search = search_options(read.search, options.search);
  }
  options.explain = explanation_detail(read.search.explain);
  refuse_reports_of_footprints(options);
  if (options.check_footprints &&
      (options.search.profile || options.search.mode != checker::SearchMode::kBreadthFirst)) {
    throw UsageError("'--check-footprints' goes with neither '--profile' nor another '--mode'");
  }
  options.search.interrupted = &interrupted();
  options.libraries = library_dirs();
  return options;
}

std::string help_text(const std::string& verb) {
  Options options;
  Words words;
  const VerbUsage* one = find_usage(verb);
  std::ostringstream text;
  text << "quiesce " << kVersion;
  text << (one != nullptr
               ? "\n\n"
               : ": finds, or excludes, hangs and faults when an Arm SMMU shuts down under load\n\n");
  for (const VerbUsage& usage : verbs()) {
    if (one == nullptr || &usage == one) text << usage_of(usage);
  }
  text << "\n" << options_of(one, all_options(options, words));
  return text.str();
}

}  // namespace quiesce::cli
