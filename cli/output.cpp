#include "cli/output.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string_view>
#include <utility>

#include "cli/options.hpp"
#include "reports/layout.hpp"

namespace quiesce::cli {
namespace {

/// In the place of what the line said before; cut to the width of the terminal, since only the last of
/// several rows would go again.
void put_line(const std::string& text) {
  winsize size{};
  const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
  const std::size_t width = known ? size.ws_col - 1U : 79U;
  std::fputs(("\r\033[K" + reports::shorten(reports::clean(text), width)).c_str(), stderr);
  std::fflush(stderr);
}

bool takes_escapes() {
  const char* kind = std::getenv("TERM");
  return isatty(STDERR_FILENO) != 0 && kind != nullptr && std::string_view(kind) != "dumb";
}

void show_progress(const std::string& what, const checker::Progress& progress) {
  const double rate = progress.seconds > 0 ? static_cast<double>(progress.states) / progress.seconds : 0;
  put_line(fmt::format("{}: {} states, {:.0f}/s, frontier {}, depth {}, {} MB", what, progress.states, rate,
                       progress.frontier, progress.depth, progress.bytes >> 20U));
}

/// With what the system says to it.
[[noreturn]] void refuse_to_write(const std::filesystem::path& file) {
  const std::string why = errno == 0 ? "" : ": " + std::string(std::strerror(errno));
  throw UsageError("cannot write '" + file.string() + "'" + why);
}

void write_in_place(const std::string& text, const std::filesystem::path& file,
                    const std::filesystem::path& called) {
  errno = 0;
  std::ofstream out(file, std::ios::binary);
  out << text;
  out.flush();
  if (!out) refuse_to_write(called);
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
    return write_in_place(text, path, path);
  const std::filesystem::path whole = file.string() + "." + std::to_string(getpid()) + ".part";
  if (!std::ofstream(whole)) return write_in_place(text, path, path);
  try {
    write_in_place(text, whole, path);
    if (is_file) std::filesystem::permissions(whole, old.permissions());
    std::filesystem::rename(whole, file);
  } catch (const std::filesystem::filesystem_error& fault) {
    std::filesystem::remove(whole, error);
    throw UsageError("cannot write '" + path.string() + "': " + fault.code().message());
  } catch (const UsageError&) {
    std::filesystem::remove(whole, error);
    throw;
  }
}

}  // namespace

ProgressLine::ProgressLine(std::string what) : what_(std::move(what)), terminal_(takes_escapes()) {}

ProgressLine::~ProgressLine() {
  if (terminal_) std::fputs("\r\033[K", stderr);
}

std::function<void(const checker::Progress&)> ProgressLine::shown() const {
  if (!terminal_) return {};
  return [this](const checker::Progress& progress) { show_progress(what_, progress); };
}

void ProgressLine::show(const std::string& text) const {
  if (terminal_) put_line(what_ + ": " + text);
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
  errno = 0;
  if (!std::ofstream(file, std::ios::app)) refuse_to_write(file);
  if (!is_new) return;
  // A link to a file that was not there stays, and the file goes.
  const bool is_link = std::filesystem::is_symlink(file, error);
  const std::filesystem::path target = is_link ? std::filesystem::canonical(file, error) : file;
  std::filesystem::remove(target, error);
}

}  // namespace quiesce::cli
