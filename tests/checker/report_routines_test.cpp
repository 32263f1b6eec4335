// The routines that a report shows: one claim each.
#include <gtest/gtest.h>

#include "checked.hpp"

namespace quiesce::checker::report_routines_test {
namespace {

ReportVariant report(const std::string& scenario) {
  const sim::Node document = sim::parse_document("quiesce: 1\nname: test\n" + scenario, "test.yaml");
  const sim::System system = sim::compile(document);
  return report_variant(system, document, "default", check(system, {}), ReportDetail::kMachine);
}

const ReportRoutine& routine(const ReportVariant& variant, const std::string& name) {
  for (const ReportRoutine& routine : variant.routines) {
    if (routine.name == name) return routine;
  }
  ADD_FAILURE() << "no routine " << name;
  static const ReportRoutine kNone;
  return kNone;
}

constexpr const char* kScenario = R"(
machine: { cpus: 1 }
globals: { n: int 0..9 }
findings: [done]
routines:
  outer:
    source: v6.18 kernel/x.c outer
    steps:
      - { set: n = 1, label: first }
      - if: n == 1
        then: [{ call: inner(), when: n < 5 }]
        else: [set: n = 3]
  inner: [{ repeat: 2, do: [set: n = 4] }, finding: done]
  unused: [set: n = 2]
tasks: { t: { cpu: 0, run: [call: outer()] } }
expect: { done: violated }
)";

using Texts = std::vector<std::string>;

Texts lines(const ReportRoutine& routine) {
  Texts all;
  for (const ReportRoutineStep& step : routine.steps) {
    std::string offsets;
    for (const std::uint32_t offset : step.offsets)
      offsets += (offsets.empty() ? "" : ",") + std::to_string(offset);
    all.push_back(offsets + ":" + std::string(2 * step.depth, ' ') + step.text);
  }
  return all;
}

TEST(ReportRoutines, HaveTheStepsAsTheirFileHasThem) {
  const ReportVariant variant = report(kScenario);
  const ReportRoutine& outer = routine(variant, "outer");
  EXPECT_EQ(outer.source, "v6.18 kernel/x.c outer");
  EXPECT_EQ(outer.file, "test.yaml");
  EXPECT_EQ(outer.steps.at(0).label, "first");
  EXPECT_EQ(lines(outer),
            (Texts{"0:set n = 1", "1:if n == 1", "2:  call inner(), when: n < 5", ":else", "3:  set n = 3"}));
}

TEST(ReportRoutines, NumberARoundOfALoopEachTimeThatItIsExpanded) {
  const ReportVariant variant = report(kScenario);
  const Texts inner = lines(routine(variant, "inner"));
  ASSERT_EQ(inner.size(), 3U);
  EXPECT_TRUE(inner[0].ends_with(":repeat 2"));
  EXPECT_TRUE(inner[1].ends_with(":  set n = 4"));
}

TEST(ReportRoutines, AreThoseOfTheRunAlone) {
  const ReportVariant variant = report(kScenario);
  ASSERT_EQ(variant.routines.size(), 3U);
  EXPECT_EQ(lines(routine(variant, "t")), (Texts{"0:call outer()", "1:end of t"}));
}

TEST(ReportRoutines, TellForEveryStepWhereItStands) {
  const ReportVariant variant = report(kScenario);
  for (const ReportProperty& property : variant.properties) {
    for (const ReportFinding& finding : property.findings) {
      for (const ReportStep& step : finding.steps) {
        EXPECT_EQ(step.location.empty(), step.source_at.empty()) << step.text;
        EXPECT_TRUE(step.source_at.empty() || step.source_at.starts_with("test.yaml:")) << step.source_at;
      }
    }
  }
}

TEST(ReportRoutines, AndTheMachineAreLeftOutWhereNothingWasFound) {
  const ReportVariant variant =
      report("machine: { cpus: 1 }\ntasks: { t: { run: [might_sleep] } }\nexpect: {}\n");
  EXPECT_FALSE(variant.machine);
  EXPECT_TRUE(variant.routines.empty());
}

}  // namespace
}  // namespace quiesce::checker::report_routines_test
