#include "cli/baseline_file.hpp"

#include <fstream>
#include <sstream>

#include "cli/options.hpp"

namespace quiesce::cli {

std::optional<reports::Baseline> read_baseline(const std::string& file) {
  if (file.empty()) return std::nullopt;
  std::error_code error;
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  if (std::filesystem::is_directory(file, error) || !in)
    throw UsageError("cannot read the baseline '" + file + "'");
  text << in.rdbuf();
  if (in.bad()) throw UsageError("cannot read the baseline '" + file + "'");
  try {
    return reports::Baseline(text.str(), file);
  } catch (const reports::BaselineError& mistake) {
    throw UsageError(mistake.what());
  }
}

}  // namespace quiesce::cli
