// What a result file says, and what is no result.
#include "reports/result_file.hpp"

#include <gtest/gtest.h>

#include "reports/json_report.hpp"

namespace quiesce::reports::result_file_test {
namespace {

using namespace checker;

std::string error_of(const std::string& text) {
  try {
    static_cast<void>(read_result(text, "b.json"));
    return "";
  } catch (const ResultError& error) {
    return error.what();
  }
}

TEST(ResultFile, SaysWhereATextIsNoJson) {
  EXPECT_TRUE(error_of("").starts_with("b.json:1:1: this is no JSON: "));
  EXPECT_TRUE(error_of("{\n  \"a\": x\n}").starts_with("b.json:2:8: this is no JSON: "));
  EXPECT_TRUE(error_of("{}\n\n\xff").starts_with("b.json:3:1: this is no JSON: "));
  EXPECT_EQ(error_of(std::string(100000, '[')).substr(0, 14), "b.json:1:10000");
}

TEST(ResultFile, SaysThatANumberIsTooLarge) {
  EXPECT_TRUE(
      error_of(R"({"schema": "quiesce.result/1", "x": 1e999})").starts_with("b.json: this cannot be read: "));
}

TEST(ResultFile, SaysWhichKeyIsWrong) {
  EXPECT_EQ(error_of("[]"), "b.json: '/' is not an object");
  EXPECT_EQ(error_of("{}"), "b.json: '/schema' is missing");
  EXPECT_TRUE(
      error_of(R"({"schema": "quiesce.coverage/1"})").starts_with("b.json: '/schema' is not quiesce.re"));
  EXPECT_EQ(error_of(R"({"schema": "quiesce.result/1", "results": {}})"), "b.json: '/results' is not a list");
  EXPECT_EQ(error_of(R"({"schema": "quiesce.result/1", "results": []})"),
            "b.json: '/results' is empty: no scenario was checked");
  EXPECT_EQ(error_of(R"({"schema": "quiesce.result/1", "results": [{"scenario": 1}]})"),
            "b.json: '/results/0/scenario' is not a string");
  EXPECT_EQ(error_of(R"({"schema": "quiesce.result/1", "scenario": "s", "file": "f", "variants": [1]})"),
            "b.json: '/variants/0' is not an object");
}

TEST(ResultFile, KeepsWhatComparisonsNeed) {
  ReportProperty property;
  property.name = property.kind = "p";
  property.status = Status::kViolated;
  property.findings.emplace_back().id = "p-1";
  property.findings.back().summary = "p in f+1";
  ReportVariant variant;
  variant.name = "v";
  variant.reason = "why";
  variant.changes = {"machine.cpus: 2"};
  variant.verdict = Status::kViolated;
  variant.properties = {property};
  variant.states = 7;
  variant.bound = ReportBound{"max_states", "stopped"};
  variant.search.mode = "contexts";
  variant.machine.emplace();
  variant.routines.push_back({"f", "v6.18 f", "f.yaml", 3, {{{0, 2}, 1, 4, "here", "lock l"}}});
  RunReport report;
  report.scenarios = {{"s.yaml", "s", "title", {}, {variant}}};
  const RunReport read = read_result(render_json(report), "r.json");
  ASSERT_EQ(read.scenarios.size(), 1U);
  EXPECT_EQ(read.scenarios[0].title, "title");
  const ReportVariant& one = read.scenarios[0].variants.at(0);
  EXPECT_EQ(one.reason, "why");
  EXPECT_EQ(one.changes, variant.changes);
  EXPECT_EQ(one.verdict, Status::kViolated);
  EXPECT_EQ(one.states, 7U);
  EXPECT_EQ(one.bound->which, "max_states");
  EXPECT_EQ(one.search.mode, "contexts");
  EXPECT_EQ(one.properties.at(0).findings.at(0).summary, "p in f+1");
  const ReportRoutineStep& step = one.routines.at(0).steps.at(0);
  EXPECT_EQ(step.offsets, (std::vector<std::uint32_t>{0, 2}));
  EXPECT_EQ(step.label + step.text, "herelock l");
}

}  // namespace
}  // namespace quiesce::reports::result_file_test
