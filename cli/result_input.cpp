#include "cli/result_input.hpp"

#include <fstream>
#include <sstream>

#include "cli/variants.hpp"
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

std::optional<checker::Baseline> read_baseline(const Options& options,
                                               const std::vector<std::filesystem::path>& files) {
  if (options.baseline.empty()) return std::nullopt;
  checker::RunReport earlier = read_result_file(options.baseline, "the baseline");
  std::vector<checker::ReportScenario> run;
  for (const std::filesystem::path& file : files)
    run.push_back(scenario_heading(sim::load_scenario_document(file, options.libraries), file.string()));
  return checker::Baseline(std::move(earlier), options.baseline, std::move(run));
}

}  // namespace quiesce::cli
