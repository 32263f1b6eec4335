#include "cli/formats.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "cli/html_output.hpp"
#include "cli/output.hpp"
#include "cli/output_files.hpp"
#include "reports/json_report.hpp"
#include "reports/junit_report.hpp"
#include "reports/ktap_report.hpp"
#include "reports/layout.hpp"
#include "reports/markdown_report.hpp"
#include "reports/perfetto_report.hpp"
#include "reports/sarif_report.hpp"
#include "reports/text_report.hpp"
#include "sim/diagnostic.hpp"

namespace quiesce::cli {
namespace {

void refuse_unknown(const std::string& option, const std::string& format, const std::string& verb) {
  const std::vector<std::string>& all = formats_of(verb);
  if (std::find(all.begin(), all.end(), format) != all.end()) return;
  const std::vector<std::string> but_last(all.begin(), all.end() - 1);
  const std::string hint = sim::nearest_name_hint(format, all);
  throw UsageError(fmt::format("'{}' of '{}' is {} or {}{}{}", option, verb, fmt::join(but_last, ", "),
                               all.back(), hint.empty() ? "" : ": ", hint));
}

/// Whether one of these is asked for.
bool any_format(const Options& options, const std::vector<std::string>& wanted) {
  const auto is_wanted = [&](const std::string& format) {
    return std::find(wanted.begin(), wanted.end(), format) != wanted.end();
  };
  return is_wanted(options.format) ||
         std::any_of(options.reports.begin(), options.reports.end(),
                     [&](const std::string& report) { return is_wanted(format_and_file(report).first); });
}

std::string rendered(const checker::RunReport& report, const std::string& format, const Options& options) {
  const reports::TextOptions text{options.all_findings};
  if (format == "json") return reports::render_json(report);
  if (format == "summary") return reports::render_summary(report);
  if (format == "junit") return reports::render_junit(report);
  if (format == "sarif") return reports::render_sarif(report);
  if (format == "ktap") return reports::render_ktap(report);
  if (format == "markdown") return reports::render_markdown(report, text);
  if (format == "perfetto") return reports::render_perfetto(report);
  return reports::render_text(report, text);
}

}  // namespace

const std::vector<std::string>& formats_of(const std::string& verb) {
  static const std::vector<std::string> kCheck{"text",  "json", "summary",  "junit",
                                               "sarif", "ktap", "markdown", "perfetto"};
  static const std::vector<std::string> kReplay{"text", "json", "sarif", "markdown", "perfetto"};
  static const std::vector<std::string> kSimulate{"text", "json", "csv", "perfetto"};
  static const std::vector<std::string> kOthers{"text", "json"};
  return verb == "check" ? kCheck : verb == "replay" ? kReplay : verb == "simulate" ? kSimulate : kOthers;
}

void refuse_unknown_formats(const Options& options) {
  refuse_unknown("--format", options.format, options.verb);
  for (const std::string& report : options.reports) {
    const auto [format, file] = format_and_file(report);
    if (file.empty()) throw UsageError("'--report' is FORMAT=FILE, such as junit=quiesce.xml");
    refuse_unknown("--report", format, options.verb);
  }
}

bool shows_every_finding(const Options& options) {
  return options.all_findings || !options.html.empty() ||
         any_format(options, {"json", "junit", "sarif", "perfetto"});
}

bool shows_machine(const Options& options) {
  return !options.html.empty() || any_format(options, {"json", "sarif", "perfetto"});
}

void write_report(const checker::RunReport& report, const Options& options) {
  std::vector<std::function<void()>> writers;
  for (const std::string& other : options.reports) {
    writers.emplace_back([&] {
      const auto [format, file] = format_and_file(other);
      write_output(rendered(report, format, options), file);
    });
  }
  if (!options.html.empty())
    writers.emplace_back([&] { write_html_reports(report, options.html, options.command); });
  // Last, since standard output may be gone.
  writers.emplace_back([&] { write_output(rendered(report, options.format, options), options.output); });
  do_all(writers);
}

}  // namespace quiesce::cli
