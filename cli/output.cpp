#include "cli/output.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <utility>

#include "cli/options.hpp"
#include "reports/layout.hpp"

namespace quiesce::cli {
namespace {

void show_progress(const std::string& what, const checker::Progress& progress) {
  const double rate = progress.seconds > 0 ? static_cast<double>(progress.states) / progress.seconds : 0;
  std::fputs(
      fmt::format("\r\033[K{}: {} states, {:.0f}/s, frontier {}, depth {}, {} MB", reports::clean(what),
                  progress.states, rate, progress.frontier, progress.depth, progress.bytes >> 20U)
          .c_str(),
      stderr);
  std::fflush(stderr);
}

void write_in_place(const std::string& text, const std::filesystem::path& file) {
  std::ofstream out(file, std::ios::binary);
  out << text;
  out.flush();
  if (!out) throw UsageError("cannot write '" + file.string() + "'");
}

/// What another program has open: to that file the text goes, and to no other of its name.
bool is_open_elsewhere(const std::filesystem::path& file) {
  const std::string path = file.string();
  return path.starts_with("/dev/") || path.starts_with("/proc/");
}

/// A file beside the other takes its place when it is whole: on a full disk the old one stays.
void write_file(const std::string& text, const std::filesystem::path& path) {
  std::error_code error;
  const std::filesystem::path file =
      std::filesystem::is_symlink(path, error) ? std::filesystem::weakly_canonical(path, error) : path;
  const std::filesystem::file_status old = std::filesystem::status(file, error);
  const bool is_file = std::filesystem::is_regular_file(old);
  if ((std::filesystem::exists(old) && !is_file) || is_open_elsewhere(path))
    return write_in_place(text, path);
  const std::filesystem::path whole = file.string() + "." + std::to_string(getpid()) + ".part";
  if (!std::ofstream(whole)) return write_in_place(text, path);
  try {
    write_in_place(text, whole);
    if (is_file) std::filesystem::permissions(whole, old.permissions());
    std::filesystem::rename(whole, file);
  } catch (const std::exception&) {
    std::filesystem::remove(whole, error);
    throw UsageError("cannot write '" + path.string() + "'");
  }
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
  write_file(text, path);
}

void refuse_unwritable(const std::filesystem::path& file) {
  std::error_code error;
  const bool is_new = !std::filesystem::exists(file, error);
  if (!std::ofstream(file, std::ios::app)) throw UsageError("cannot write '" + file.string() + "'");
  if (!is_new) return;
  // A link to a file that was not there stays, and the file goes.
  const bool is_link = std::filesystem::is_symlink(file, error);
  const std::filesystem::path target = is_link ? std::filesystem::canonical(file, error) : file;
  std::filesystem::remove(target, error);
}

}  // namespace quiesce::cli
