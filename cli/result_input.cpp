#include "cli/result_input.hpp"

#include <fstream>
#include <sstream>

#include "cli/options.hpp"
#include "reports/result_file.hpp"

namespace quiesce::cli {

checker::RunReport read_result_file(const std::string& file, const std::string& what) {
  std::error_code error;
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  if (std::filesystem::is_directory(file, error) || !in)
    throw UsageError("cannot read " + what + " '" + file + "'");
  text << in.rdbuf();
  if (in.bad()) throw UsageError("cannot read " + what + " '" + file + "'");
  try {
    return reports::read_result(text.str(), file);
  } catch (const reports::ResultError& mistake) {
    throw UsageError(mistake.what());
  }
}

std::optional<checker::Baseline> read_baseline(const std::string& file) {
  if (file.empty()) return std::nullopt;
  return checker::Baseline(read_result_file(file, "the baseline"), file);
}

}  // namespace quiesce::cli
