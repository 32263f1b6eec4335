// quiesce: the command line.
#include <csignal>
#include <exception>
#include <filesystem>
#include <iostream>
#include <new>

#include "cli/options.hpp"
#include "cli/usage.hpp"
#include "quiesce_build.hpp"

namespace quiesce::cli {

namespace {

void on_interrupt(int) { interrupted().store(true); }

ExitCode run(const Options& options) {
  if (options.verb == "help") {
    std::cout << help_text(options.arguments.empty() ? "" : options.arguments.front());
    return ExitCode::kAsExpected;
  }
  if (options.verb == "version") {
    std::cout << "quiesce " << kVersion << "\n";
    return ExitCode::kAsExpected;
  }
  if (options.verb == "check") return run_check(options);
  if (options.verb == "replay") return run_replay(options);
  if (options.verb == "diff") return run_diff(options);
  if (options.verb == "coverage") return run_coverage(options);
  if (options.verb == "lint") return run_lint(options);
  if (options.verb == "list") return run_list(options);
  if (options.verb == "show") return run_show(options);
  if (options.verb == "schema") return run_schema(options);
  if (options.verb == "completion") return run_completion(options);
  if (options.verb == "man") return run_man(options);
  std::vector<std::string> names;
  for (const VerbUsage& verb : verbs()) names.emplace_back(verb.name);
  throw UsageError("unknown verb '" + options.verb + "' " + sim::nearest_name_hint(options.verb, names));
}

}  // namespace
}  // namespace quiesce::cli

int main(int argc, char** argv) {
  using namespace quiesce;
  static_cast<void>(cli::interrupted());
  std::signal(SIGINT, cli::on_interrupt);
  std::signal(SIGTERM, cli::on_interrupt);
  try {
    const cli::ExitCode code = cli::run(cli::parse_options(argc, argv));
    std::cout.flush();
    if (!std::cout) throw cli::UsageError("cannot write to standard output");
    return static_cast<int>(code);
  } catch (const sim::ScenarioError& error) {
    std::cerr << error.what();
  } catch (const cli::UsageError& error) {
    std::cerr << "quiesce: " << error.what() << "\n";
  } catch (const std::filesystem::filesystem_error& error) {
    std::cerr << "quiesce: " << error.what() << "\n";
  } catch (const std::bad_alloc&) {
    std::cerr << "quiesce: there is not enough memory\n";
    return static_cast<int>(cli::ExitCode::kInternal);
  } catch (const std::exception& error) {
    std::cerr << "quiesce: internal error: " << error.what() << "\n";
    return static_cast<int>(cli::ExitCode::kInternal);
  }
  return static_cast<int>(cli::ExitCode::kUsage);
}
