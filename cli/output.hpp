// What goes to the terminal or a file.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "checker/exploration.hpp"

namespace quiesce::cli {

/// One line on standard error that tells how far a search is, gone when the search is over. There is none
/// without a terminal.
class ProgressLine {
 public:
  explicit ProgressLine(std::string what);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// To be told of progress; empty without a terminal.
  [[nodiscard]] std::function<void(const checker::Progress&)> shown() const;
  /// Puts this behind what the line is about, if anybody sees it.
  void show(const std::string& text) const;

 private:
  std::string what_;
  bool terminal_;
};

/// To the file, or to standard output for an empty name. Throws UsageError if that fails.
void write_output(const std::string& text, const std::string& path);

/// Looks whether the file can be written, and leaves it as it is, so that a mistake shows before a search.
/// Throws UsageError.
void refuse_unwritable(const std::filesystem::path& file);

}  // namespace quiesce::cli
