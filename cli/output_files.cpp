#include "cli/output_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "cli/html_output.hpp"
#include "cli/output.hpp"

namespace quiesce::cli {
namespace {

namespace fs = std::filesystem;

/// Behind `--html`, a folder of them; of other verbs it is one file.
bool writes_pages(const Options& options) { return options.verb == "check" && !options.html.empty(); }

std::vector<fs::path> outputs_of(const Options& options) {
  std::vector<fs::path> files;
  if (!options.output.empty()) files.emplace_back(options.output);
  for (const std::string& report : options.reports) files.emplace_back(format_and_file(report).second);
  if (!writes_pages(options) && !options.html.empty()) files.emplace_back(options.html);
  return files;
}

/// A device or a pipe takes what several write, and is nobody's text.
bool is_special(const fs::path& file) {
  std::error_code error;
  return fs::exists(file, error) && !fs::is_regular_file(file, error) && !fs::is_directory(file, error);
}

bool is_below(const fs::path& file, const fs::path& folder) {
  const fs::path way = file.lexically_relative(folder);
  return !way.empty() && *way.begin() != "..";
}

fs::path place_of(const fs::path& file) {
  std::error_code error;
  const fs::path place = fs::weakly_canonical(fs::absolute(file, error), error);
  return error ? file.lexically_normal() : place;
}

bool is_in_library(const fs::path& place, const Options& options) {
  std::error_code error;
  return fs::exists(place, error) &&
         std::any_of(options.libraries.begin(), options.libraries.end(),
                     [&](const auto& library) { return is_below(place, place_of(library)); });
}

/// Whether it is the folder of the pages, or may be one of them.
bool is_page(const fs::path& place, const Options& options) {
  if (!writes_pages(options)) return false;
  const fs::path folder = place_of(options.html);
  return place == folder || (place.parent_path() == folder && place.extension() == ".html");
}

}  // namespace

std::pair<std::string, std::string> format_and_file(const std::string& report) {
  const std::size_t equals = std::min(report.find('='), report.size());
  return {report.substr(0, equals), report.substr(std::min(equals + 1, report.size()))};
}

void refuse_bad_outputs(const Options& options, const std::vector<fs::path>& inputs) {
  const std::vector<fs::path> outputs = outputs_of(options);
  std::vector<fs::path> taken;
  std::vector<fs::path> read;
  for (const fs::path& input : inputs) {
    read.push_back(place_of(input));
    if (is_page(read.back(), options))
      throw UsageError("'" + input.string() + "' is read by this run, and '--html' may write it");
  }
  for (const fs::path& output : outputs) {
    if (is_special(output)) continue;
    const fs::path place = place_of(output);
    if (is_in_library(place, options) || std::find(read.begin(), read.end(), place) != read.end())
      throw UsageError("'" + output.string() + "' is read by this run, and cannot be written too");
    if (std::find(taken.begin(), taken.end(), place) != taken.end() || is_page(place, options))
      throw UsageError("'" + output.string() + "' would be written twice");
    taken.push_back(place);
  }
  if (writes_pages(options)) prepare_html_folder(options.html);
  for (const fs::path& output : outputs) {
    if (!is_special(output)) refuse_unwritable(output);
  }
}

void do_all(const std::vector<std::function<void()>>& writers) {
  std::vector<std::string> failures;
  std::exception_ptr fault;  // of our own, and no reason to keep the others back either
  for (const std::function<void()>& write : writers) {
    try {
      write();
    } catch (const UsageError& error) {
      failures.emplace_back(error.what());
    } catch (const std::exception&) {
      if (!fault) fault = std::current_exception();
    }
  }
  if (fault) std::rethrow_exception(fault);
  if (failures.empty()) return;
  const std::string more = failures.size() > 1 ? fmt::format(", nor {} more", failures.size() - 1) : "";
  throw UsageError(failures.front() + more);
}

}  // namespace quiesce::cli
