#include "reports/html_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <set>

#include "reports/html_assets.hpp"
#include "reports/html_page.hpp"
#include "reports/json_report.hpp"
#include "reports/layout.hpp"
#include "reports/report_graphs.hpp"
#include "reports/text_report.hpp"
#include "reports/verdict_words.hpp"

namespace quiesce::reports {
namespace {

using namespace checker;
using Json = nlohmann::ordered_json;

constexpr std::size_t kFileNameMax = 100;

/// What the page needs to know of each finding beside the result, by the indices of variant, property and
/// finding.
Json runs_of(const ReportScenario& scenario, ReportGraphs& graphs) {
  Json runs = Json::object();
  for (std::size_t v = 0; v < scenario.variants.size(); ++v) {
    const ReportVariant& variant = scenario.variants[v];
    for (std::size_t p = 0; p < variant.properties.size(); ++p) {
      const std::vector<ReportFinding>& findings = variant.properties[p].findings;
      for (std::size_t f = 0; f < findings.size(); ++f) {
        Json run{{"replay", replay_command(scenario, variant, findings[f])}};
        if (variant.machine) {
          if (const auto objects = graphs.add_objects(*variant.machine, findings[f]))
            run["objects"] = *objects;
        }
        if (const auto waits = graphs.add_waits(findings[f].wait_graph)) run["waits"] = *waits;
        runs[fmt::format("{}/{}/{}", v, p, f)] = std::move(run);
      }
    }
  }
  return runs;
}

/// Letters, digits and little else; no name is hidden.
std::string safe_name(const std::string& name) {
  std::string safe;
  for (const char c : name.substr(0, kFileNameMax)) {
    const bool kept = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
    safe += kept && static_cast<unsigned char>(c) < 0x80 ? c : '_';
  }
  return safe.empty() ? "scenario" : safe;
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

Json summary_of(const ReportScenario& scenario, const std::string& file) {
  std::uint64_t states = 0;
  Json variants = Json::array();
  Json unexpected = Json::array();
  for (const ReportVariant& variant : scenario.variants) {
    states += variant.states;
    variants.push_back({{"name", variant.name}, {"verdict", status_word(variant.verdict)}});
    const bool wrong =
        std::any_of(variant.properties.begin(), variant.properties.end(), [](const ReportProperty& property) {
          const bool is_open = property.status == Status::kInconclusive && !property.as_expected;
          return is_open || property.regressed.value_or(!property.as_expected);
        });
    if (wrong || variant.properties.empty()) unexpected.push_back(variant.name);
  }
  return {{"file", scenario.file},   {"href", file},         {"scenario", scenario.name},
          {"title", scenario.title}, {"variants", variants}, {"unexpected", unexpected},
          {"states", states}};
}

}  // namespace

std::string render_html(const RunReport& report, const HtmlOptions& options) {
  const ReportScenario& scenario = report.scenarios.at(0);
  ReportGraphs graphs;
  Json page{{"command", options.command}, {"index", options.index}};
  page["runs"] = runs_of(scenario, graphs);
  page["graphs"] = graphs.all();
  PageParts parts;
  parts.title = escaped(clean(scenario.name));
  parts.text = escaped(render_text(report));
  parts.data = inert(render_json(report, -1));
  parts.page = inert(page.dump(-1, ' ', false, Json::error_handler_t::replace));
  return filled_page(kReportTemplate, parts);
}

std::string render_index(const RunReport& report, const std::vector<std::string>& files,
                         const HtmlOptions& options) {
  Json page{{"command", options.command}, {"version", report.version}};
  if (report.baseline) page["baseline"] = report.baseline->file;
  page["scenarios"] = Json::array();
  for (std::size_t i = 0; i < report.scenarios.size(); ++i)
    page["scenarios"].push_back(summary_of(report.scenarios[i], files.at(i)));
  PageParts parts;
  parts.title = "quiesce";
  parts.text = escaped(render_text(report));
  parts.data = "{}";
  parts.page = inert(page.dump(-1, ' ', false, Json::error_handler_t::replace));
  return filled_page(kReportTemplate, parts);
}

std::vector<std::string> html_file_names(const RunReport& report) {
  std::set<std::string> taken{"index.html"};
  std::vector<std::string> names;
  for (const ReportScenario& scenario : report.scenarios) {
    const std::string base = safe_name(scenario.name);
    std::string name = base + ".html";
    for (unsigned number = 2; !taken.insert(lower(name)).second; ++number)
      name = fmt::format("{}-{}.html", base, number);
    names.push_back(name);
  }
  return names;
}

}  // namespace quiesce::reports
