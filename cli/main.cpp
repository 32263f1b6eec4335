// quiesce: the command line.
#include <atomic>
#include <csignal>
#include <cstdint>
#include <ctime>
#include <exception>
#include <filesystem>
#include <iostream>
#include <new>

#include "cli/options.hpp"
#include "cli/usage.hpp"
#include "quiesce_build.hpp"
#include "reports/layout.hpp"

namespace quiesce::cli {

namespace {

std::int64_t now_ms() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

/// Asked once, the program ends as soon as it can say what it has found; asked again, at once. What comes
/// within a second is not asked again: timeout(1) sends its signal to the program and to the group that it is
/// in.
void on_interrupt(int number) {
  static std::atomic<std::int64_t> first_ms{0};
  constexpr std::int64_t kAgain_ms = 1000;
  if (!interrupted().exchange(true)) {
    first_ms = now_ms();
  } else if (now_ms() - first_ms >= kAgain_ms) {
    std::signal(number, SIG_DFL);
    std::raise(number);
  }
}

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
  if (options.verb == "simulate") return run_simulate(options);
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
  // A file that may not grow is one that cannot be written, and is told as such.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    const cli::ExitCode code = cli::run(cli::parse_options(argc, argv));
    std::cout.flush();
    if (!std::cout) throw cli::UsageError("cannot write to standard output");
    return static_cast<int>(code);
  } catch (const sim::ScenarioError& error) {
    std::cerr << error.what();
  } catch (const cli::UsageError& error) {
    std::cerr << "quiesce: " << reports::clean(error.what()) << "\n";
  } catch (const std::filesystem::filesystem_error& error) {
    std::cerr << "quiesce: '" << reports::clean(error.path1().string()) << "': " << error.code().message()
              << "\n";
  } catch (const std::bad_alloc&) {
    std::cerr << "quiesce: there is not enough memory\n";
    return static_cast<int>(cli::ExitCode::kInternal);
  } catch (const std::exception& error) {
    std::cerr << "quiesce: internal error: " << error.what() << "\n";
    return static_cast<int>(cli::ExitCode::kInternal);
  }
  return static_cast<int>(cli::ExitCode::kUsage);
}
