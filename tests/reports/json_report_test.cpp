// JSON for other programs: always valid, whatever a scenario is called.
#include "reports/json_report.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace quiesce::reports {
namespace {

TEST(JsonReport, IsValidForHostileNames) {
  for (const std::string& name :
       {std::string("\"}],"), std::string("\\u0000\\"), std::string("\x1b[2J\n\t\0", 7),
        std::string("\xff\xfe\xed\xa0\x80"), std::string("\xe2\x80\xae")}) {
    checker::RunReport report;
    report.version = name;
    checker::ReportFinding finding;
    finding.id = finding.kind = finding.summary = finding.schedule = name;
    checker::ReportStep step;
    step.lane = step.actor = step.location = step.source = step.text = name;
    step.call_chain = {name};
    step.changes = {{name, name}};
    finding.steps = {step};
    finding.log = {{0, name}};
    finding.waits = {name};
    checker::ReportProperty property;
    property.name = property.kind = name;
    property.findings = {finding};
    checker::ReportVariant variant;
    variant.name = name;
    variant.holds_under = variant.assumptions = variant.reductions = {name};
    variant.properties = {property};
    variant.bound = checker::ReportBound{name, name};
    report.scenarios = {{name, name, name, {name}, {variant}}};
    const auto json = nlohmann::json::parse(render_json(report), nullptr, false);
    ASSERT_FALSE(json.is_discarded()) << name;
    EXPECT_EQ(json["variants"][0]["properties"][0]["findings"].size(), 1U);
  }
}

TEST(JsonReport, ListsSeveralScenarios) {
  checker::RunReport report;
  report.scenarios.resize(2);
  EXPECT_EQ(nlohmann::json::parse(render_json(report))["results"].size(), 2U);
}

}  // namespace
}  // namespace quiesce::reports
