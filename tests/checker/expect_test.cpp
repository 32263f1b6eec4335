// What a report says of detectors that are switched off, and what `expect` may say.
#include <gtest/gtest.h>

#include <algorithm>

#include "checker/check_system.hpp"
#include "sim/compile.hpp"

namespace quiesce::checker::expect_test {
namespace {

const char* const kOff =
    "machine: { cpus: 1, soft_lockup_watchdog: false, hung_task_timeout: 0, rcu_stall_timeout: 0 }\n"
    "globals: { x: bool }\n";
const char* const kTask = "tasks: { t: { run: [ set: x = true ] } }\n";

ReportVariant report_of(const std::string& text) {
  const sim::Node document = sim::parse_document(text, "x.yaml");
  const sim::System system = sim::compile(document);
  return report_variant(system, document, "default", check(system, {}));
}

bool reports(const ReportVariant& variant, const std::string& name) {
  return std::any_of(variant.properties.begin(), variant.properties.end(),
                     [&](const ReportProperty& property) { return property.name == name; });
}

std::string mistake_in_expect(const std::string& text) {
  const sim::Node document = sim::parse_document(text, "x.yaml");
  try {
    static_cast<void>(read_expect(sim::compile(document), document));
  } catch (const sim::ScenarioError& error) {
    return error.what();
  }
  return "";
}

TEST(Expect, CachesInDevicesAreSaidToBeMissingWhereAtsCanBeOn) {
  const auto words_of = [](const std::string& eats) {
    const ReportVariant report = report_of(
        "machine: { cpus: 1, smmus: { s: { cmdq_entries: 8, ats: true } }, devices: { nic: { behind: s, dma: "
        "true } } }\ntasks: { t: { kind: kthread, run: [set: nic.ste.EATS = " +
        eats + "] } }\n");
    return std::count(report.holds_under.begin(), report.holds_under.end(),
                      "devices keep no translations of their own (ATS)");
  };
  EXPECT_EQ(words_of("1"), 1);
  EXPECT_EQ(words_of("0"), 0);
}

TEST(Expect, ADetectorThatIsOffIsNotSaidToHold) {
  const ReportVariant report = report_of(std::string(kOff) + kTask);
  for (const std::string kind : {"soft_lockup", "hung_task", "rcu_stall"})
    EXPECT_FALSE(reports(report, kind));
  EXPECT_TRUE(reports(report, "deadlock"));
  for (const std::string words :
       {"soft lockup watchdog off", "hung task detector off", "RCU stall detector off"}) {
    EXPECT_NE(std::find(report.holds_under.begin(), report.holds_under.end(), words),
              report.holds_under.end())
        << words;
  }
}

TEST(Expect, AKindThatAStepRaisesByHandIsReported) {
  EXPECT_TRUE(
      reports(report_of(std::string(kOff) + "tasks: { t: { run: [ finding: hung_task ] } }\n"), "hung_task"));
}

TEST(Expect, ADetectorThatIsOffCannotBeExpected) {
  EXPECT_EQ(mistake_in_expect(std::string(kOff) + kTask + "expect: { hung_task: holds }\n"),
            "x.yaml:4:11: error: 'hung_task' is not looked for in this variant\n"
            "    4 | expect: { hung_task: holds }\n"
            "      |           ^~~~~~~~~\n"
            "      = 'hung_task_timeout: 0' switches its detector off\n");
  EXPECT_EQ(mistake_in_expect(std::string("machine: { cpus: 1 }\nglobals: { x: bool }\n") + kTask +
                              "expect: { hung_task: holds }\n"),
            "");
}

/// A kernel with PREEMPT_DYNAMIC that was booted as `none` or `voluntary` has preemptible RCU.
TEST(HoldsUnder, NamesRcuWhereSomebodyReadsUnderIt) {
  const auto under = [](const std::string& knobs, const std::string& steps) {
    std::string all;
    for (const std::string& line :
         report_of("machine: { cpus: 1, " + knobs + " }\ntasks: { t: { run: [" + steps + "] } }\n")
             .holds_under)
      all += line + "; ";
    return all;
  };
  const std::string reads = "rcu_read_lock, rcu_read_unlock";
  for (const std::string model : {"none", "voluntary"}) {
    const std::string preempt = under("preemption: " + model + ", rcu: preempt", reads);
    EXPECT_NE(preempt.find("rcu: preempt, preempt_count: true"), std::string::npos) << preempt;
    const std::string sched = under("preemption: " + model, reads);
    EXPECT_NE(sched.find("rcu: sched, preempt_count: false"), std::string::npos) << sched;
  }
  EXPECT_EQ(under("preemption: none", "cond_resched").find("rcu"), std::string::npos);
  EXPECT_THROW(under("preemption: none, rcu: preempt, preempt_count: false", reads), sim::ScenarioError);
}

}  // namespace
}  // namespace quiesce::checker::expect_test
