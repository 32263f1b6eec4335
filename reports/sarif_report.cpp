#include "reports/sarif_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "reports/commands.hpp"
#include "reports/kind_meaning.hpp"
#include "reports/layout.hpp"
#include "reports/sarif_flow.hpp"
#include "reports/verdict_words.hpp"

namespace quiesce::reports {
namespace {

using namespace checker;
using Json = nlohmann::ordered_json;

/// FNV-1a of 64 bits.
std::string hash_of(const std::string& text) {
  std::uint64_t h = 14695981039346656037U;
  for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return fmt::format("{:016x}", h);
}

Json rule(const std::string& id) {
  const std::string meaning = kind_meaning(id);
  const std::string words = meaning.empty() ? "A finding that the scenario has made: " + id + "." : meaning;
  return {
      {"id", clean(id)},
      {"shortDescription", sarif_message(words)},
      {"fullDescription", sarif_message(words + " The run that leads there is the shortest that was found.")},
      {"help", sarif_message("docs/properties.md of quiesce says when it is raised, and docs/explanation.md "
                             "how to read a run.")},
      {"defaultConfiguration", {{"level", "error"}}},
      {"properties", {{"precision", "very-high"}, {"problem.severity", "error"}}}};
}

/// A search that came to no end, told to whoever looks at the invocation.
Json notification(const ReportScenario& scenario, const ReportVariant& variant) {
  return {{"message", sarif_message("The search of variant " + variant.name + " of " + scenario.name +
                                    " is not complete: " + why_inconclusive(variant))},
          {"level", "warning"},
          {"locations", Json::array({sarif_location(scenario)})}};
}

class Run {
 public:
  explicit Run(const RunReport& report) : report_(report) {
    for (const ReportScenario& scenario : report.scenarios) {
      const std::vector<std::string> shown = properties_shown(scenario);
      for (const ReportVariant& variant : scenario.variants) add(scenario, variant, shown);
    }
  }

  [[nodiscard]] Json json() const {
    const Json driver{{"name", "quiesce"}, {"version", clean(report_.version)}, {"rules", rules_}};
    Json invocation{{"executionSuccessful", true},
                    {"exitCode", report_.exit_code},
                    {"exitCodeDescription", exit_code_words(report_)}};
    if (!notifications_.empty()) invocation["toolExecutionNotifications"] = notifications_;
    const Json root{{"%SRCROOT%", {{"description", {{"text", "The root of the sources"}}}}}};
    return {{"tool", {{"driver", driver}}}, {"invocations", Json::array({invocation})},
            {"originalUriBaseIds", root},   {"columnKind", "unicodeCodePoints"},
            {"results", results_},          {"properties", {{"searches", searches_}}}};
  }

 private:
  void add(const ReportScenario& scenario, const ReportVariant& variant,
           const std::vector<std::string>& shown) {
    if (variant.bound) notifications_.push_back(notification(scenario, variant));
    searches_.push_back({{"scenario", clean(scenario.name)},
                         {"variant", clean(variant.name)},
                         {"states", variant.states},
                         {"transitions", variant.transitions},
                         {"depth", variant.depth},
                         {"complete", !variant.bound && variant.search.mode == "breadth-first"}});
    for (const ReportProperty& property : variant.properties) {
      const std::size_t number = rule_number(kind_name(property.kind));
      for (const ReportFinding& finding : property.findings)
        results_.push_back(result(scenario, variant, property, finding, number));
      const bool worth_it = std::find(shown.begin(), shown.end(), property.name) != shown.end();
      if (property.findings.empty() && (worth_it || property.fails()))
        results_.push_back(verdict(scenario, variant, property, number));
    }
    for (const ReportGone& one : variant.gone) {
      if (one.certain) results_.push_back(absent(scenario, variant, one));
    }
  }

  std::size_t rule_number(const std::string& id) {
    const auto [entry, first] = rule_numbers_.emplace(id, rules_.size());
    if (first) rules_.push_back(rule(id));
    return entry->second;
  }

  /// What all results have. `what` tells the results of one property apart.
  Json common(const ReportScenario& scenario, const ReportVariant& variant, const std::string& property,
              const std::string& what, std::size_t rule_index) const {
    const std::string whole =
        name_of_its_own(report_, scenario) + "/" + variant.name + "/" + property + "/" + what;
    return {{"ruleId", rules_[rule_index]["id"]},
            {"ruleIndex", rule_index},
            {"partialFingerprints",
             {{"quiesce/finding/v1", clean(whole)}, {"primaryLocationLineHash", hash_of(whole) + ":1"}}},
            {"properties",
             {{"scenario", clean(scenario.name)},
              {"variant", clean(variant.name)},
              {"property", clean(property)}}}};
  }

  Json result(const ReportScenario& scenario, const ReportVariant& variant, const ReportProperty& property,
              const ReportFinding& finding, std::size_t rule_index) const {
    Json json = common(scenario, variant, property.name, finding.id, rule_index);
    // Beside a baseline what is known stays what it was: its state says that it is not new.
    const bool fails = finding.baseline == BaselineState::kNew ? property.fails() : !property.as_expected;
    json["kind"] = fails ? "fail" : "informational";
    json["level"] = fails ? "error" : "none";
    const std::string replay = replay_command(scenario, variant, finding);
    json["message"] = sarif_message(fmt::format("{} (variant {} of {}; {}; {} steps). To see it: {}",
                                                finding.summary, variant.name, scenario.name,
                                                verdict_sentence(property), finding.steps.size(), replay));
    json["locations"] = Json::array({sarif_location(scenario, finding)});
    if (Json flows = sarif_code_flows(scenario, finding); !flows.is_null()) json["codeFlows"] = flows;
    if (Json graphs = sarif_wait_graph(finding); !graphs.is_null()) json["graphs"] = graphs;
    if (finding.baseline != BaselineState::kNotCompared)
      json["baselineState"] = finding.baseline == BaselineState::kNew ? "new" : "unchanged";
    json["properties"]["id"] = clean(finding.id);
    json["properties"]["schedule"] = clean(finding.schedule);
    json["properties"]["replay"] = clean(replay);
    return json;
  }

  Json verdict(const ReportScenario& scenario, const ReportVariant& variant, const ReportProperty& property,
               std::size_t rule_index) const {
    Json json = common(scenario, variant, property.name, "", rule_index);
    const bool open = property.status == Status::kInconclusive;
    json["kind"] = property.fails() ? "fail" : open ? "open" : "pass";
    json["level"] = property.fails() ? "error" : "none";
    json["message"] =
        sarif_message(fmt::format("{} (variant {} of {}){}", verdict_sentence(property), variant.name,
                                  scenario.name, open ? ": " + why_inconclusive(variant) : ""));
    json["locations"] = Json::array({sarif_location(scenario)});
    return json;
  }

  Json absent(const ReportScenario& scenario, const ReportVariant& variant, const ReportGone& gone) {
    Json json = common(scenario, variant, gone.property, gone.id, rule_number(kind_name(gone.kind)));
    json["kind"] = "informational";
    json["level"] = "none";
    json["message"] = sarif_message(gone.summary + " (variant " + variant.name + " of " + scenario.name +
                                    "): gone since the baseline");
    json["locations"] = Json::array({sarif_location(scenario)});
    json["baselineState"] = "absent";
    return json;
  }

  const RunReport& report_;
  Json rules_ = Json::array();
  Json results_ = Json::array();
  Json notifications_ = Json::array();
  Json searches_ = Json::array();
  std::map<std::string, std::size_t> rule_numbers_;
};

}  // namespace

std::string render_sarif(const RunReport& report) {
  const Json json{
      {"$schema", "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"},
      {"version", "2.1.0"},
      {"runs", Json::array({Run(report).json()})}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace quiesce::reports
