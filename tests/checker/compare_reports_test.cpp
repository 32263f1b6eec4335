// What tells two reports apart: verdicts, findings by their ids, routines line by line.
#include "checker/compare_reports.hpp"

#include <gtest/gtest.h>

namespace quiesce::checker::compare_reports_test {
namespace {

ReportProperty property(const std::string& name, Status status, const std::vector<std::string>& ids = {}) {
  ReportProperty one;
  one.name = one.kind = name;
  one.status = status;
  for (const std::string& id : ids) one.findings.emplace_back().id = id;
  return one;
}

ReportVariant variant(const std::string& name, const std::vector<ReportProperty>& properties) {
  ReportVariant one;
  one.name = name;
  one.properties = properties;
  return one;
}

ReportScenario scenario(const std::string& name, const std::string& file,
                        const std::vector<ReportVariant>& variants) {
  return {file, name, "", {}, variants};
}

/// "gone a-1, new b-1": a question mark stands behind what is not certain.
std::string findings_of(const DiffPair& pair) {
  std::string text;
  for (const DiffFinding& one : pair.findings) {
    const char* state = one.state == DiffState::kGone  ? "gone"
                        : one.state == DiffState::kNew ? "new"
                                                       : "same";
    text += (text.empty() ? "" : ", ") + std::string(state) + " " + one.finding.id + (one.certain ? "" : "?");
  }
  return text;
}

DiffPair compared(const ReportVariant& a, const ReportVariant& b) {
  return compare_variants(scenario("s", "s.yaml", {}), a, b);
}

TEST(CompareReports, FindingsAreGoneNewOrUnchangedByPropertyAndId) {
  const DiffPair pair = compared(variant("a", {property("p", Status::kViolated, {"x-1", "x-2"})}),
                                 variant("b", {property("p", Status::kViolated, {"x-2", "x-3"}),
                                               property("q", Status::kViolated, {"x-1"})}));
  EXPECT_EQ(findings_of(pair), "gone x-1, new x-3, new x-1?, same x-2");
  ASSERT_EQ(pair.verdicts.size(), 1U);
  EXPECT_EQ(pair.verdicts[0].name, "q");
  EXPECT_FALSE(pair.verdicts[0].a);
  EXPECT_EQ(pair.likeness(), Likeness::kDifferent);
}

TEST(CompareReports, OfASearchThatNeverBeganNothingIsCertain) {
  ReportVariant never_begun = variant("a", {});
  never_begun.bound = ReportBound{"interrupted", "not begun"};
  const DiffPair pair = compared(never_begun, variant("b", {property("p", Status::kHolds)}));
  ASSERT_EQ(pair.verdicts.size(), 1U);
  EXPECT_EQ(pair.verdicts[0].a, Status::kInconclusive);
  EXPECT_EQ(pair.likeness(), Likeness::kUnknown);
}

TEST(CompareReports, TheSameIsTheSame) {
  const ReportVariant one =
      variant("a", {property("p", Status::kViolated, {"x"}), property("q", Status::kHolds)});
  const DiffPair pair = compared(one, one);
  EXPECT_EQ(findings_of(pair), "same x");
  EXPECT_TRUE(pair.verdicts.empty());
  EXPECT_EQ(pair.likeness(), Likeness::kSame);
}

TEST(CompareReports, AnIncompleteSearchLeavesOpenWhatItDidNotMeet) {
  ReportVariant a = variant("a", {property("p", Status::kViolated, {"x"}), property("q", Status::kHolds)});
  ReportVariant b =
      variant("b", {property("p", Status::kInconclusive), property("q", Status::kInconclusive)});
  b.bound = ReportBound{"max_states", "stopped"};
  const DiffPair pair = compared(a, b);
  EXPECT_EQ(findings_of(pair), "gone x?");
  EXPECT_EQ(pair.verdicts.size(), 2U);
  EXPECT_EQ(pair.likeness(), Likeness::kUnknown);
  EXPECT_EQ(pair.b.incomplete, "max_states: stopped");
  a.properties[0].findings.clear();
  EXPECT_EQ(compared(a, a).likeness(), Likeness::kSame);
}

TEST(CompareReports, SomeRunsAreNotAllRuns) {
  ReportVariant a = variant("a", {property("p", Status::kViolated, {"x"})});
  a.search.mode = "random";
  EXPECT_EQ(compared(a, a).likeness(), Likeness::kUnknown);
  const ReportVariant b = variant("b", {property("p", Status::kViolated, {"x", "y"})});
  EXPECT_EQ(findings_of(compared(a, b)), "new y?, same x");
  EXPECT_EQ(findings_of(compared(b, a)), "gone y?, same x");
}

TEST(CompareReports, ResultsArePairedByNamesAndNamesakesByFiles) {
  const ReportVariant v = variant("v", {property("p", Status::kHolds)});
  const ReportVariant w = variant("w", {property("p", Status::kHolds)});
  RunReport a;
  a.scenarios = {scenario("s", "1", {v, w}), scenario("t", "2", {v}), scenario("t", "3", {v})};
  RunReport b;
  b.scenarios = {scenario("s", "moved", {v}), scenario("t", "3", {v}), scenario("u", "4", {v})};
  const DiffReport report = compare_results(a, b);
  ASSERT_EQ(report.pairs.size(), 2U);
  EXPECT_EQ(report.pairs[0].scenario + report.pairs[0].file, "smoved");
  EXPECT_EQ(report.pairs[1].scenario + report.pairs[1].file, "t3");
  ASSERT_EQ(report.only_a.size(), 2U);
  EXPECT_EQ(report.only_a[0].scenario + "/" + report.only_a[0].variant, "s/w");
  EXPECT_EQ(report.only_a[1].scenario + "/" + report.only_a[1].variant, "t/");
  ASSERT_EQ(report.only_b.size(), 1U);
  EXPECT_EQ(report.only_b[0].scenario, "u");
  EXPECT_EQ(report.likeness(), Likeness::kDifferent);
  EXPECT_EQ(compare_results(a, a).likeness(), Likeness::kSame);
}

ReportRoutine routine(const std::string& name, const std::vector<std::string>& texts) {
  ReportRoutine one;
  one.name = name;
  one.file = name + ".yaml";
  std::uint32_t offset = 0;
  for (const std::string& text : texts) one.steps.push_back({{offset++}, 0, 1, "", text});
  return one;
}

/// One sign for each line: =, ~, a or b.
std::string marks_of(const DiffRoutine& one) {
  std::string text;
  for (const DiffLine& line : one.lines) {
    text += line.mark == DiffMark::kSame      ? "="
            : line.mark == DiffMark::kChanged ? "~"
            : line.mark == DiffMark::kOnlyA   ? "a"
                                              : "b";
    EXPECT_EQ(line.a.has_value(), line.mark != DiffMark::kOnlyB);
    EXPECT_EQ(line.b.has_value(), line.mark != DiffMark::kOnlyA);
  }
  return text;
}

TEST(CompareRoutines, LinesStandBesideThoseThatSayTheSame) {
  const auto aligned = align_routines({routine("f", {"lock x", "write r = 1", "call g()", "unlock x"})},
                                      {routine("f", {"might_sleep", "lock x", "write r = 2", "unlock x"})});
  ASSERT_EQ(aligned.size(), 1U);
  EXPECT_EQ(marks_of(aligned[0]), "b=~a=");
}

TEST(CompareRoutines, AStepThatIsNestedOtherwiseIsChangedAndTheSameStep) {
  ReportRoutine nested = routine("f", {"lock x", "unlock x"});
  nested.steps[1].depth = 1;
  EXPECT_EQ(marks_of(align_routines({routine("f", {"lock x", "unlock x"})}, {nested})[0]), "=~");
}

TEST(CompareRoutines, OneThatOnlyOneSideHasDiffersInWholePrograms) {
  const std::vector<ReportRoutine> a{routine("f", {"x"}), routine("g", {"y"})};
  const std::vector<ReportRoutine> b{routine("g", {"y"})};
  const auto whole = differing(align_routines(a, b), true);
  ASSERT_EQ(whole.size(), 1U);
  EXPECT_EQ(whole[0].name, "f");
  EXPECT_FALSE(whole[0].in_b);
  EXPECT_EQ(marks_of(whole[0]), "a");
  EXPECT_TRUE(differing(align_routines(a, b), false).empty());
}

}  // namespace
}  // namespace quiesce::checker::compare_reports_test
