#include "cli/html_output.hpp"

#include <functional>
#include <utility>
#include <vector>

#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/output_files.hpp"
#include "reports/html_report.hpp"

namespace quiesce::cli {
namespace {

constexpr const char* kIndex = "index.html";

}  // namespace

void prepare_html_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (!std::filesystem::is_directory(folder, error)) {
    const std::string why = std::filesystem::exists(folder, error) ? "it is no folder" : "it cannot be made";
    throw UsageError("cannot write the reports to '" + folder.string() + "': " + why);
  }
  refuse_unwritable(folder / kIndex);
}

void write_html_reports(const checker::RunReport& report, const std::filesystem::path& folder,
                        const std::string& command) {
  const std::vector<std::string> files = reports::html_file_names(report);
  std::vector<std::function<void()>> writers;
  const auto write_page = [&](std::size_t i) {
    checker::RunReport one;
    one.version = report.version;
    one.scenarios = {report.scenarios[i]};
    one.threads = report.threads;
    one.baseline = report.baseline;
    one.exit_code = report.exit_code;
    write_output(reports::render_html(one, {command, kIndex}), (folder / files[i]).string());
  };
  for (std::size_t i = 0; i < files.size(); ++i) writers.emplace_back([&, i] { write_page(i); });
  writers.emplace_back([&] {
    write_output(reports::render_index(report, files, {command, ""}), (folder / kIndex).string());
  });
  do_all(writers);
}

}  // namespace quiesce::cli
