// JSON for other programs: always valid, whatever a scenario is called.
#include "reports/json_report.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace quiesce::reports::json_report_test {
namespace {

/// One part of each kind.
checker::ReportMachine machine_called(const std::string& name) {
  checker::ReportMachine machine;
  machine.cells = 1;
  machine.cpus.resize(1);
  machine.cpus[0].name = name;
  machine.contexts.resize(1);
  machine.contexts[0].name = machine.contexts[0].kind = name;
  machine.locks = {{name, name, 0, 0}};
  checker::ReportSmmu smmu{name, name, {}, {{name, 8, 0, 0, {0}}}, {{name, 0}}, {{name, 0}}, {{name, 0}}};
  smmu.registers.resize(1);
  smmu.registers[0].name = name;
  smmu.registers[0].fields = {{name, 0, 1}};
  machine.smmus = {smmu};
  machine.objects = {{name, name, {{name, name, 0}}}};
  machine.globals = machine.lists = machine.timers = machine.interrupts = machine.works = {{name, 0}};
  return machine;
}

TEST(JsonReport, IsValidForHostileNames) {
  for (const std::string& name :
       {std::string("\"}],"), std::string("\\u0000\\"), std::string("\x1b[2J\n\t\0", 7),
        std::string("\xff\xfe\xed\xa0\x80"), std::string("\xe2\x80\xae")}) {
    checker::RunReport report;
    report.version = name;
    checker::ReportFinding finding;
    finding.id = finding.kind = finding.summary = finding.schedule = name;
    checker::ReportStep step;
    step.lane = step.actor = step.location = step.source = step.text = step.unit = step.source_at = name;
    step.call_chain = {name};
    step.changes = {{name, name}};
    step.cells = {{0, name}};
    step.enabled_by = checker::ReportEnabling{1, name};
    finding.steps = {step};
    finding.initial = {name};
    finding.log = {{0, name, 1}};
    finding.waits = {name};
    finding.wait_graph = {{{name, name, name}}, {{name, name, name}}, {name}};
    checker::ReportProperty property;
    property.name = property.kind = name;
    property.findings = {finding};
    checker::ReportVariant variant;
    variant.name = name;
    variant.reason = name;
    variant.holds_under = variant.assumptions = variant.reductions = variant.changes = {name};
    variant.machine = machine_called(name);
    variant.routines = {{name, name, name, 1, {{{0}, 0, 1, name, name}}}};
    variant.properties = {property};
    variant.bound = checker::ReportBound{name, name};
    report.scenarios = {{name, name, name, {name}, {variant}}};
    const auto json = nlohmann::json::parse(render_json(report), nullptr, false);
    ASSERT_FALSE(json.is_discarded()) << name;
    EXPECT_EQ(json["variants"][0]["properties"][0]["findings"].size(), 1U);
  }
}

TEST(JsonReport, StandsInOneLineIfAskedTo) {
  checker::RunReport report;
  report.scenarios.resize(1);
  const std::string text = render_json(report, -1);
  EXPECT_EQ(text.find('\n'), text.size() - 1);
  EXPECT_EQ(nlohmann::json::parse(text), nlohmann::json::parse(render_json(report)));
}

TEST(JsonReport, IsLaidOutAsOneDocument) {
  for (const std::size_t scenarios : {0U, 1U, 2U}) {
    checker::RunReport report;
    report.scenarios.resize(scenarios);
    if (scenarios != 0) report.scenarios.back().sources = {"a\nb", "c"};
    const std::string text = render_json(report);
    EXPECT_EQ(text, nlohmann::ordered_json::parse(text).dump(2) + "\n");
  }
}

TEST(JsonReport, ListsSeveralScenarios) {
  checker::RunReport report;
  report.scenarios.resize(2);
  EXPECT_EQ(nlohmann::json::parse(render_json(report))["results"].size(), 2U);
}

}  // namespace
}  // namespace quiesce::reports::json_report_test
