// What the command line asked for.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "checker/explanation.hpp"
#include "cli/simulation_options.hpp"
#include "sim/document_loader.hpp"

namespace quiesce::cli {

/// 0 as expected, 1 not as expected, 2 usage or scenario error, 3 inconclusive, 70 internal error.
enum class ExitCode : int {
  kAsExpected = 0,
  kNotAsExpected = 1,
  kUsage = 2,
  kInconclusive = 3,
  kInternal = 70
};

/// A mistake on the command line; the message is shown with exit code 2.
class UsageError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Options {
  std::string verb;
  std::vector<std::string> arguments;
  std::vector<std::string> given;  ///< long names of the options on the command line
  std::string variant;
  std::string format = "text";
  std::string output;
  std::string baseline;              ///< file of an earlier result, "" for none
  std::vector<std::string> reports;  ///< "FORMAT=FILE": what else to write
  std::string html;                  ///< folder for HTML reports, file for a difference, or ""
  std::string command;               ///< the whole command, as a shell takes it
  bool all_findings = false;
  bool verbs = false;      ///< `list` prints the verbs of the step language instead
  bool routines = false;   ///< `list` prints the names of the library's routines instead
  bool durations = false;  ///< `list` prints how long what takes in virtual time
  bool check_footprints = false;
  checker::ExploreOptions search;
  SimulationRequest simulation;  ///< of `simulate`, which has no search
  checker::ExplanationDetail explain = checker::ExplanationDetail::kFull;
  sim::LibraryDirs libraries;
};

/// Reads the command line. Throws UsageError. `--help` and `--version` come back as verbs.
[[nodiscard]] Options parse_options(int argc, const char* const* argv);
/// Of one verb; of all for an empty name.
[[nodiscard]] std::string help_text(const std::string& verb);

/// Where the scenario library is: beside the installed program, or where a program that was only built finds
/// it.
[[nodiscard]] sim::LibraryDirs library_dirs();

/// The files of all libraries and patches, sorted.
[[nodiscard]] std::vector<std::filesystem::path> library_files(const sim::LibraryDirs& dirs);

/// The file, or what there is in the folder. Throws UsageError if there is nothing.
[[nodiscard]] std::vector<std::filesystem::path> scenarios_in(const std::string& argument);
/// Those of all arguments, each file once, however often and by whatever path it is named.
[[nodiscard]] std::vector<std::filesystem::path> scenarios_in(const std::vector<std::string>& arguments);

ExitCode run_check(const Options& options);
ExitCode run_check_footprints(const Options& options);
ExitCode run_replay(const Options& options);
ExitCode run_diff(const Options& options);
ExitCode run_simulate(const Options& options);
ExitCode run_coverage(const Options& options);
ExitCode run_lint(const Options& options);
ExitCode run_list(const Options& options);
ExitCode run_show(const Options& options);
ExitCode run_schema(const Options& options);
ExitCode run_completion(const Options& options);
ExitCode run_man(const Options& options);

/// Set by SIGINT and SIGTERM: searches end with what they have.
[[nodiscard]] std::atomic<bool>& interrupted();

}  // namespace quiesce::cli
