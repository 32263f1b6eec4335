// The trace that Perfetto opens: where its slices, arrows and marks are.
#include "reports/perfetto_report.hpp"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "hand_made_report.hpp"

namespace quiesce::reports::perfetto_report_test {
namespace {

using namespace checker;
using namespace test;
using Json = nlohmann::json;

/// Events of one phase.
std::vector<Json> events(const RunReport& report, const std::string& phase) {
  std::vector<Json> some;
  const Json trace = Json::parse(render_perfetto(report));
  for (const Json& event : trace["traceEvents"]) {
    if (event["ph"] == phase) some.push_back(event);
  }
  return some;
}

TEST(PerfettoReport, IsJsonWhateverTheTextIs) {
  for (const std::string& text : hostile_texts())
    EXPECT_FALSE(Json::parse(render_perfetto(hostile(text)), nullptr, false).is_discarded()) << text;
}

TEST(PerfettoReport, PutsStepsOfOneMomentOneAfterTheOther) {
  RunReport report = report_with(
      {step(1, "rules", "a", "", "x"), step(2, "rules", "a", "", "y"), step(3, "rules", "a", "", "z")});
  property_of(report).findings[0].steps[2].time_us = 1;
  const std::vector<Json> slices = events(report, "X");
  ASSERT_EQ(slices.size(), 3U);
  EXPECT_EQ(slices[1]["ts"], 1);
  EXPECT_EQ(slices[2]["ts"], 2) << "its own time is taken already";
  EXPECT_EQ(slices[2]["args"]["time_us"], 1);
}

TEST(PerfettoReport, NestsRoutinesInTheirTask) {
  ReportStep inner = step(2, "cpu0", "t", "g+0", "y");
  inner.call_chain = {"f"};
  const RunReport report =
      report_with({step(1, "cpu0", "t", "f+0", "x"), inner, step(3, "cpu0", "t", "f+1", "z")});
  std::map<std::string, std::pair<int, int>> spans;
  for (const Json& slice : events(report, "X")) spans[slice["name"]] = {slice["ts"], slice["dur"]};
  EXPECT_EQ(spans["t"], (std::pair{0, 3}));
  EXPECT_EQ(spans["f"], (std::pair{0, 3}));
  EXPECT_EQ(spans["g"], (std::pair{1, 1}));
}

TEST(PerfettoReport, TellsTwoCallsOfARoutineApart) {
  std::vector<ReportStep> steps{step(1, "cpu0", "t", "g+0", "x"), step(2, "cpu0", "t", "g+1", "y"),
                                step(3, "cpu0", "t", "g+0", "x")};
  steps[0].call_chain = steps[1].call_chain = {"f+0", "t+0"};
  steps[2].call_chain = {"f+1", "t+0"};
  std::vector<std::string> routines;
  for (const Json& slice : events(report_with(steps), "X")) {
    if (slice["cat"] == "routine") routines.push_back(slice["name"]);
  }
  EXPECT_EQ(routines, (std::vector<std::string>{"f", "g", "g"}));
}

TEST(PerfettoReport, EndsATaskWhereItsCpuLeavesIt) {
  RunReport report =
      report_with({step(1, "cpu0", "t", "f+0", "sleeps"), step(2, "time", "time", "", "passes")});
  ReportMachine machine;
  machine.cells = 1;
  machine.cpus.resize(1);
  machine.cpus[0].name = "cpu0";
  report.scenarios[0].variants[0].machine = machine;
  property_of(report).findings[0].steps[0].cells = {{0, "idle"}};
  property_of(report).findings[0].steps[1].time_us = 1000;
  const std::vector<Json> slices = events(report, "X");
  EXPECT_EQ(slices[0]["name"], "t");
  EXPECT_EQ(slices[0]["dur"], 1);
}

TEST(PerfettoReport, OrdersLanesByWhatTheyAre) {
  const RunReport report =
      report_with({step(1, "time", "time", "", "a"), step(2, "smmu0", "smmu0", "", "b"),
                   step(3, "cpu10", "cpu10", "", "c"), step(4, "cpu2", "cpu2", "", "d")});
  std::map<int, std::string> names;
  for (const Json& event : events(report, "M")) {
    if (event["name"] == "thread_name") names[event["tid"]] = event["args"]["name"];
  }
  const std::map<int, std::string> expected{{1, "cpu2"}, {2, "cpu10"}, {3, "smmu0"}, {4, "time"}};
  EXPECT_EQ(names, expected);
}

TEST(PerfettoReport, DrawsAnArrowFromWhatEnabledAStep) {
  RunReport report =
      report_with({step(1, "cpu0", "a", "f+0", "mutex_unlock m"), step(2, "cpu1", "b", "g+0", "y")});
  property_of(report).findings[0].steps[1].enabled_by = ReportEnabling{1, "unlock"};
  const Json begin = events(report, "s").at(0);
  const Json end = events(report, "f").at(0);
  EXPECT_EQ(begin["id"], end["id"]);
  EXPECT_EQ(begin["ts"], 0);
  EXPECT_EQ(end["ts"], 1);
  EXPECT_NE(begin["tid"], end["tid"]);
}

}  // namespace
}  // namespace quiesce::reports::perfetto_report_test
