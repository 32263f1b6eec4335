// Reports that no search has made, for tests of what shows them.
#pragma once

#include <string>
#include <vector>

#include "checker/run_report.hpp"

namespace quiesce::test {

using namespace checker;

inline ReportStep step(std::size_t number, const std::string& lane, const std::string& actor,
                       const std::string& location, const std::string& text) {
  ReportStep one;
  one.number = number;
  one.lane = lane;
  one.actor = actor;
  one.location = location;
  one.text = text;
  return one;
}

/// One scenario, variant "v", property "deadlock" with these steps.
inline RunReport report_with(const std::vector<ReportStep>& steps) {
  ReportFinding finding;
  finding.id = "deadlock-1";
  finding.kind = finding.summary = "deadlock";
  finding.steps = steps;
  ReportProperty property;
  property.name = property.kind = "deadlock";
  property.status = Status::kViolated;
  property.expected = Status::kViolated;
  property.findings = {finding};
  ReportVariant variant;
  variant.name = "v";
  variant.properties = {property};
  RunReport report;
  report.version = "1";
  report.scenarios = {{"dir/s.yaml", "s", "", {}, {variant}}};
  return report;
}

inline ReportProperty& property_of(RunReport& report) {
  return report.scenarios[0].variants[0].properties[0];
}

/// A report in which every text is `name`.
inline RunReport hostile(const std::string& name) {
  ReportStep one = step(1, name, name, name, name);
  one.source = one.unit = one.source_at = name;
  one.call_chain = {name};
  one.changes = {{name, name}};
  ReportStep two = one;
  two.number = 2;
  two.enabled_by = ReportEnabling{1, name};
  RunReport report = report_with({one, two});
  report.version = name;
  report.baseline = ReportBaseline{name, 1};
  ReportFinding& finding = property_of(report).findings[0];
  finding.id = finding.kind = finding.summary = finding.schedule = name;
  finding.log = {{0, name, 1}};
  finding.waits = finding.assumptions = {name};
  finding.wait_graph = {{{name, name, name}}, {{name, name, name}}, {name}};
  finding.baseline = BaselineState::kNew;
  ReportProperty& property = property_of(report);
  property.name = property.kind = name;
  property.as_expected = false;
  ReportScenario& scenario = report.scenarios[0];
  scenario.file = scenario.name = scenario.title = name;
  scenario.sources = {name};
  ReportVariant& variant = scenario.variants[0];
  variant.name = variant.reason = name;
  variant.changes = variant.holds_under = variant.assumptions = variant.reductions = {name};
  variant.bound = ReportBound{name, name};
  variant.gone = {{name, name, name, name, true}};
  scenario.variants.push_back(variant);
  scenario.variants.back().properties[0].status = Status::kInconclusive;
  scenario.variants.emplace_back().name = name;
  return report;
}

/// What would end an element, a line, a directive or a character somewhere.
inline const std::vector<std::string>& hostile_texts() {
  static const std::vector<std::string> kTexts{"]]>",
                                               "<!--",
                                               "<script>&\"'",
                                               "&amp;#0;",
                                               std::string("\x1b[2J\n\t\0", 7),
                                               "\xff\xfe\xed\xa0\x80\xc0\xaf",
                                               "\xef\xbf\xbf\xef\xbf\xbe",
                                               "\xe2\x80\xae",
                                               "# TIMEOUT",
                                               "\nok 1 x\n  1..2",
                                               "|`|``|```",
                                               "```\n</details>",
                                               "@all [x](http://y) {0}",
                                               "file:0",
                                               ":99999999999999999999",
                                               "cpu99999999999999999999",
                                               "cpu",
                                               " ",
                                               ""};
  return kTexts;
}

}  // namespace quiesce::test
