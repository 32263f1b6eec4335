#include "cli/options.hpp"

#include <boost/program_options.hpp>
#include <fstream>

#include "quiesce_build.hpp"

namespace quiesce::cli {
namespace {

namespace po = boost::program_options;

/// Three quarters of the memory that is available now.
std::uint64_t default_memory_bytes() {
  std::ifstream in("/proc/meminfo");
  std::string name;
  std::uint64_t kilobytes = 0;
  std::string unit;
  while (in >> name >> kilobytes >> unit) {
    if (name == "MemAvailable:") return kilobytes * 1024 / 4 * 3;
  }
  return std::uint64_t{4} << 30U;
}

checker::StoreKind store_kind(const std::string& name) {
  if (name == "auto") return checker::StoreKind::kAuto;
  if (name == "plain") return checker::StoreKind::kPlain;
  if (name == "compressed") return checker::StoreKind::kCompressed;
  throw UsageError("'--store' is auto, plain or compressed");
}

po::options_description described(Options& options, std::uint64_t& megabytes) {
  po::options_description all("options");
  auto add = all.add_options();
  add("help,h", "this text");
  add("version", "the version");
  add("variant", po::value(&options.variant)->value_name("NAME"), "only this variant");
  add("first", po::bool_switch(&options.search.first), "stop at the first finding");
  add("all-findings", po::bool_switch(&options.all_findings), "show every finding in full");
  add("verbs", po::bool_switch(&options.verbs), "list: the verbs of the step language, as a table");
  add("check-footprints", po::bool_switch(&options.check_footprints),
      "check instead that transitions touch only what was derived for them");
  add("format", po::value(&options.format)->value_name("text|json"), "what to print");
  add("output", po::value(&options.output)->value_name("FILE"), "where to write it");
  add("max-states", po::value(&options.search.max_states)->value_name("N"), "end the search after N states");
  add("max-memory", po::value(&megabytes)->value_name("MB"),
      "end it at so much memory (75 % of what is available)");
  add("max-seconds", po::value(&options.search.max_seconds)->value_name("S"), "end it after so long");
  add("threads", po::value(&options.search.threads)->value_name("N"), "workers of the search (1)");
  add("store", po::value(&options.store)->value_name("auto|plain|compressed"),
      "how the search keeps states; always exact");
  return all;
}

}  // namespace

sim::LibraryDirs library_dirs() {
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::filesystem::path installed = self.parent_path().parent_path() / "share/quiesce/scenarios/lib";
  if (!error && std::filesystem::is_directory(installed, error)) return {installed};
  return {std::filesystem::path(kSourceDir) / "scenarios/lib"};
}

Options parse_options(int argc, const char* const* argv) {
  Options options;
  std::uint64_t megabytes = 0;
  po::options_description visible = described(options, megabytes);
  po::options_description everything;
  std::vector<std::string> words;
  everything.add(visible).add_options()("words", po::value(&words));
  po::positional_options_description positional;
  positional.add("words", -1);
  try {
    po::variables_map values;
    po::store(po::command_line_parser(argc, argv).options(everything).positional(positional).run(), values);
    po::notify(values);
    if (values.contains("help")) options.verb = "help";
    if (values.contains("version")) options.verb = "version";
  } catch (const po::error& error) {
    throw UsageError(error.what());
  }
  if (options.format != "text" && options.format != "json") throw UsageError("'--format' is text or json");
  if (options.search.threads < 1 || options.search.threads > 256)
    throw UsageError("'--threads' is a number from 1 to 256");
  options.search.store = store_kind(options.store);
  options.search.max_bytes = megabytes > 0 ? megabytes << 20U : default_memory_bytes();
  options.search.interrupted = &interrupted();
  options.libraries = library_dirs();
  if (!options.verb.empty()) return options;
  if (words.empty()) throw UsageError("a verb is needed: check, replay, lint, list, show or schema");
  options.verb = words.front();
  options.arguments.assign(words.begin() + 1, words.end());
  return options;
}

std::string help_text() {
  Options options;
  std::uint64_t megabytes = 0;
  std::ostringstream text;
  text << "quiesce " << kVersion
       << ": finds, or excludes, hangs and faults when an Arm SMMU shuts down under load\n\n"
          "  quiesce check FILE|DIR...       explore every variant and compare with 'expect'\n"
          "      quiesce check scenarios/reboot/smmuv3-late-unmap.yaml --variant mainline\n"
          "  quiesce replay FILE SCHEDULE    run one schedule again: a schedule, @file, or a finding's id\n"
          "      quiesce replay scenarios/reboot/smmuv3-late-unmap.yaml --variant mainline "
          "soft_lockup-0a1b2c\n"
          "  quiesce lint FILE|DIR...        only look for mistakes\n"
          "      quiesce lint my-scenario.yaml\n"
          "  quiesce list [DIR...]           scenarios and their variants\n"
          "      quiesce list scenarios\n"
          "      quiesce list --verbs       the verbs that a step may have\n"
          "  quiesce show ROUTINE [FILE]     a routine of the library, step by step, with its labels\n"
          "      quiesce show arm_smmu_device_disable\n"
          "  quiesce schema [scenario|result]  the JSON Schema of scenario files, or of the JSON report\n"
          "      quiesce schema scenario > quiesce.schema.json\n\n"
       << described(options, megabytes);
  return text.str();
}

}  // namespace quiesce::cli
