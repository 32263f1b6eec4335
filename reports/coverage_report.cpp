#include "reports/coverage_report.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "reports/layout.hpp"

namespace quiesce::reports {
namespace {

using namespace checker;
using Json = nlohmann::ordered_json;

constexpr std::size_t kTextShown = 60;

std::string untaken_lines(const CoverageReport& report) {
  std::string text;
  const ReportUntaken* before = nullptr;
  for (const ReportUntaken& step : report.untaken) {
    if (before == nullptr || before->file != step.file) text += "\n" + clean(step.file) + "\n";
    if (before == nullptr || before->file != step.file || before->routine != step.routine)
      text += "  " + clean(step.routine) + "\n";
    text += fmt::format("    {:>5}  {}{}\n", step.line, shorten(clean(step.text), kTextShown),
                        step.compiled ? "" : "   (in no variant)");
    before = &step;
  }
  return text;
}

std::string kind_lines(const CoverageReport& report) {
  std::string text;
  for (const ReportKind& kind : report.kinds) {
    const std::string by =
        kind.scenario.empty() ? "in none" : clean(kind.scenario) + ": " + clean(kind.variant);
    text += "  " + padded(clean(kind.name), 24) + by + "\n";
  }
  return text;
}

std::string listed(const std::string& heading, const std::vector<std::string>& names) {
  if (names.empty()) return "";
  std::string text = "\n" + heading + "\n";
  for (const std::string& name : names) text += "  " + clean(name) + "\n";
  return text;
}

}  // namespace

std::string render_coverage_text(const CoverageReport& report) {
  std::string text = fmt::format(
      "{} take{} {} of {} steps of {} routines on a way to an end\n",
      report.scenarios == 1 ? "1 scenario" : std::to_string(report.scenarios) + " scenarios",
      report.scenarios == 1 ? "s" : "", report.steps - report.untaken.size(), report.steps, report.routines);
  text += untaken_lines(report);
  if (!report.kinds.empty())
    text += "\nkinds of findings, and where each is found first\n" + kind_lines(report);
  text += listed("libraries that none of them uses", report.unused);
  text += listed("searches that a bound ended: what they did not take may be taken", report.incomplete);
  return text;
}

std::string render_coverage_json(const CoverageReport& report) {
  Json json{{"schema", "quiesce.coverage/1"},
            {"scenarios", report.scenarios},
            {"routines", report.routines},
            {"steps", report.steps},
            {"untaken", Json::array()},
            {"kinds", Json::array()},
            {"unused_libraries", report.unused},
            {"incomplete", report.incomplete},
            {"measured", {{"version", report.version}}}};
  for (const ReportUntaken& step : report.untaken) {
    json["untaken"].push_back({{"file", step.file},
                               {"line", step.line},
                               {"routine", step.routine},
                               {"text", step.text},
                               {"compiled", step.compiled}});
  }
  for (const ReportKind& kind : report.kinds) {
    Json row{{"name", kind.name}};
    if (!kind.scenario.empty()) row.update({{"file", kind.scenario}, {"variant", kind.variant}});
    json["kinds"].push_back(std::move(row));
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace quiesce::reports
