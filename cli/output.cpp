#include "cli/output.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <utility>

#include "cli/options.hpp"

namespace quiesce::cli {
namespace {

void show_progress(const std::string& what, const checker::Progress& progress) {
  const double rate = progress.seconds > 0 ? static_cast<double>(progress.states) / progress.seconds : 0;
  std::fputs(fmt::format("\r\033[K{}: {} states, {:.0f}/s, frontier {}, depth {}, {} MB", what,
                         progress.states, rate, progress.frontier, progress.depth, progress.bytes >> 20U)
                 .c_str(),
             stderr);
  std::fflush(stderr);
}

}  // namespace

ProgressLine::ProgressLine(std::string what)
    : what_(std::move(what)), terminal_(isatty(STDERR_FILENO) != 0) {}

ProgressLine::~ProgressLine() {
  if (terminal_) std::fputs("\r\033[K", stderr);
}

std::function<void(const checker::Progress&)> ProgressLine::shown() const {
  if (!terminal_) return {};
  return [this](const checker::Progress& progress) { show_progress(what_, progress); };
}

void write_output(const std::string& text, const std::string& path) {
  if (path.empty()) {
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
      throw UsageError("cannot write to standard output");
    }
    return;
  }
  std::ofstream out(path, std::ios::binary);
  out << text;
  out.flush();
  if (!out) throw UsageError("cannot write '" + path + "'");
}

void refuse_unwritable(const std::filesystem::path& file) {
  std::error_code error;
  const bool is_new = !std::filesystem::exists(file, error);
  if (!std::ofstream(file, std::ios::app)) throw UsageError("cannot write '" + file.string() + "'");
  if (is_new) std::filesystem::remove(file, error);
}

}  // namespace quiesce::cli
