// What is new, known and gone beside an earlier result.
#include "checker/baseline.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "reports/json_report.hpp"
#include "reports/result_file.hpp"

namespace quiesce::reports::baseline_test {
namespace {

using namespace checker;

ReportProperty property(const std::string& name, const std::vector<std::string>& ids) {
  ReportProperty one;
  one.name = one.kind = name;
  one.status = ids.empty() ? Status::kHolds : Status::kViolated;
  one.expected = one.status;
  for (const std::string& id : ids) {
    one.findings.emplace_back().id = id;
    one.findings.back().summary = "summary of " + id;
  }
  return one;
}

ReportScenario scenario(const std::string& file, const std::vector<ReportProperty>& properties) {
  ReportVariant variant;
  variant.name = "v";
  variant.properties = properties;
  return {file, "s", "", {}, {variant}};
}

/// As it would be read from a file, for a run of some scenarios.
Baseline baseline_of(const std::vector<ReportScenario>& scenarios, const std::vector<ReportScenario>& run) {
  RunReport report;
  report.scenarios = scenarios;
  return {read_result(render_json(report), "b.json"), "b.json", run};
}

Baseline baseline_of(const std::vector<ReportScenario>& scenarios) {
  return baseline_of(scenarios, scenarios);
}

ReportVariant compared(Baseline& baseline, ReportScenario now) {
  baseline.compare(now, now.variants[0]);
  return now.variants[0];
}

TEST(Baseline, TellsWhatIsNewKnownAndGone) {
  Baseline baseline = baseline_of({scenario("a", {property("p", {"p-1", "p-2"})})});
  const ReportVariant variant = compared(baseline, scenario("a", {property("p", {"p-2", "p-3"})}));
  EXPECT_EQ(variant.properties[0].findings[0].baseline, BaselineState::kUnchanged);
  EXPECT_EQ(variant.properties[0].findings[1].baseline, BaselineState::kNew);
  EXPECT_TRUE(variant.properties[0].fails()) << "an expected violation for another cause";
  ASSERT_EQ(variant.gone.size(), 1U);
  EXPECT_EQ(variant.gone[0].id, "p-1");
  EXPECT_EQ(variant.gone[0].summary, "summary of p-1");
  EXPECT_TRUE(variant.gone[0].certain);
}

TEST(Baseline, KnownFindingsDoNotFailThoughTheyAreNotExpected) {
  ReportProperty unexpected = property("p", {"p-1"});
  unexpected.expected = Status::kHolds;
  unexpected.as_expected = false;
  Baseline baseline = baseline_of({scenario("a", {unexpected})});
  EXPECT_TRUE(unexpected.fails());
  EXPECT_FALSE(compared(baseline, scenario("a", {unexpected})).properties[0].fails());
}

TEST(Baseline, TheSameIdOfAnotherPropertyIsAnotherFinding) {
  Baseline baseline = baseline_of({scenario("a", {property("p", {"x-1"}), property("q", {})})});
  const ReportVariant now =
      compared(baseline, scenario("a", {property("p", {"x-1"}), property("q", {"x-1"})}));
  EXPECT_FALSE(now.properties[0].fails());
  EXPECT_TRUE(now.properties[1].fails());
}

TEST(Baseline, AnIncompleteSearchCannotSayThatAFindingIsGone) {
  Baseline baseline = baseline_of({scenario("a", {property("p", {"p-1"})})});
  ReportScenario now = scenario("a", {property("p", {})});
  now.variants[0].bound = ReportBound{"max_states", "stopped"};
  now.variants[0].properties[0].status = Status::kInconclusive;
  EXPECT_FALSE(compared(baseline, now).gone.at(0).certain);
}

TEST(Baseline, LeavesToTheirExpectationsWhatItDoesNotKnow) {
  Baseline baseline = baseline_of({scenario("a", {property("p", {"p-1"})})});
  const ReportVariant own = compared(baseline, scenario("a", {property("q", {"q-1"})}));
  EXPECT_FALSE(own.properties[0].regressed);
  EXPECT_FALSE(own.properties[0].fails());
  EXPECT_EQ(own.properties[0].findings[0].baseline, BaselineState::kNew);
  EXPECT_EQ(baseline_of({scenario("a", {property("p", {"p-1"})})}).summary().not_run, 1U);
}

TEST(Baseline, ScenariosOfOneNameAreToldApartByTheirFiles) {
  const std::vector<ReportScenario> two{scenario("a", {property("p", {"p-1"})}),
                                        scenario("b", {property("p", {"p-2"})})};
  Baseline baseline = baseline_of(two);
  EXPECT_FALSE(compared(baseline, two[0]).properties[0].fails());
  EXPECT_TRUE(compared(baseline, scenario("b", {property("p", {"p-1"})})).properties[0].fails());
}

TEST(Baseline, ASingleScenarioOfItsNameMayHaveMoved) {
  const ReportScenario before = scenario("a", {property("p", {"p-1"})});
  const ReportScenario moved = scenario("moved/a", {property("p", {"p-2"})});
  const ReportScenario other = scenario("other", {property("p", {"p-2"})});
  Baseline one = baseline_of({before}, {moved});
  EXPECT_TRUE(compared(one, moved).properties[0].regressed);
  Baseline namesakes = baseline_of({before}, {moved, other});
  EXPECT_FALSE(compared(namesakes, moved).properties[0].regressed) << "nobody knows which of them it was";
  EXPECT_FALSE(compared(namesakes, other).properties[0].regressed);
  Baseline beside = baseline_of({before}, {other, before});
  EXPECT_FALSE(compared(beside, other).properties[0].regressed) << "the baseline's is the other one";
  EXPECT_FALSE(compared(beside, before).properties[0].fails());
}

TEST(Baseline, AFileIsTheSameHoweverItsPathIsWritten) {
  const std::vector<ReportScenario> two{scenario("x/a", {property("p", {"p-1"})}),
                                        scenario("x/b", {property("p", {"p-2"})})};
  const std::string here = std::filesystem::current_path().string();
  for (const std::string& path : {std::string("./x/a"), std::string("x//y/../a"), here + "/x/a"}) {
    const ReportScenario now = scenario(path, {property("p", {"p-2"})});
    Baseline baseline = baseline_of(two, {now, two[1]});
    EXPECT_TRUE(compared(baseline, now).properties[0].regressed) << path;
  }
}

TEST(Baseline, AViolationWithoutARunIsNewIfItWasNotThere) {
  ReportProperty counts = property("counts", {});
  Baseline before = baseline_of({scenario("a", {counts})});
  counts.status = Status::kViolated;
  counts.as_expected = false;
  Baseline known = baseline_of({scenario("a", {counts})});
  EXPECT_TRUE(compared(before, scenario("a", {counts})).properties[0].fails());
  EXPECT_FALSE(compared(known, scenario("a", {counts})).properties[0].fails());
}

}  // namespace
}  // namespace quiesce::reports::baseline_test
