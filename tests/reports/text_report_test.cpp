// The text report, fed with hand-made results: one claim each.
#include "reports/text_report.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "reports/explanation_text.hpp"
#include "reports/layout.hpp"
#include "reports/schedule_table.hpp"
#include "reports/verdict_table.hpp"

namespace quiesce::reports::text_report_test {
namespace {

using namespace checker;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::size_t widest(const std::string& text) {
  std::size_t most = 0;
  for (const std::string& line : lines_of(text)) most = std::max(most, width_of(line));
  return most;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t times = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++times;
  return times;
}

ReportFinding finding_with(const std::vector<ReportStep>& steps) {
  ReportFinding finding;
  finding.id = "deadlock-1";
  finding.summary = "deadlock";
  finding.lanes_of_cause = {"cpu0", "cpu1"};
  finding.steps = steps;
  for (std::size_t i = 0; i < steps.size(); ++i) finding.steps[i].number = i + 1;
  return finding;
}

ReportStep step(const std::string& lane, const std::string& actor, const std::string& location,
                const std::string& text) {
  ReportStep s;
  s.lane = lane;
  s.actor = actor;
  s.location = location;
  s.text = text;
  return s;
}

TEST(ScheduleTable, HasAHeadingForEachCpuAsLockdepPrintsIt) {
  const std::vector<std::string> lines =
      lines_of(schedule_table(finding_with({step("cpu1", "b", "f+0", "mutex_lock B")})));
  EXPECT_EQ(lines[0], "  CPU0                                 CPU1");
  EXPECT_EQ(lines[1], "  ----                                 ----");
  EXPECT_EQ(lines[2], "                                       [b]");
  EXPECT_EQ(lines[3], "                                       f+0: mutex_lock B");
}

TEST(ScheduleTable, IsNeverWiderThanAMail) {
  const std::string longest(300, 'x');
  const std::string words = "poll consumed(smmu0, smmu0.CMDQ_CONS, slot) and " + longest + " or not";
  std::vector<ReportStep> steps;
  for (const std::string lane : {"cpu0", "cpu1", "cpu2", "smmu0", "time", "rules", longest.c_str()}) {
    for (const std::string& text : {words, longest, std::string("ok")}) {
      steps.push_back(step(lane, "task", longest + "+12", text));
      steps.push_back(step(lane, longest, "", text));
      steps.push_back(step(lane, lane, "", text));
    }
  }
  EXPECT_LE(widest(schedule_table(finding_with(steps))), 75U);
  ReportFinding one_cpu = finding_with(steps);
  one_cpu.lanes_of_cause = {"cpu0"};
  EXPECT_LE(widest(schedule_table(one_cpu)), 75U);
  one_cpu.lanes_of_cause = {longest, "cpu1"};
  EXPECT_LE(widest(schedule_table(one_cpu)), 75U);
}

TEST(ScheduleTable, ShowsWholeWordsInAnyColumn) {
  const std::string text = schedule_table(finding_with(
      {step("cpu1", "a", "arm_smmu_cmdq_poll_until_sync+1", "poll consumed(smmu0, smmu0.CMDQ_CONS, slot)")}));
  for (const char* part :
       {"arm_smmu_cmdq_poll_until_sync+1:", "consumed(smmu0,", "smmu0.CMDQ_CONS,", "slot)"})
    EXPECT_NE(text.find(part), std::string::npos) << part;
}

TEST(ScheduleTable, ShowsControlCharactersAsDots) {
  const std::string text = schedule_table(finding_with(
      {step("cpu0", "a\x1b", "f\r+0", "set x\t= 1\x07"), step("sm\x1bmu", "s\n", "", "\x1b[2J")}));
  for (const char c : text) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
}

TEST(ScheduleTable, FoldsRepeatedRounds) {
  std::vector<ReportStep> steps{step("cpu0", "a", "f+0", "begin")};
  for (int round = 0; round < 29; ++round) {
    steps.push_back(step("cpu0", "a", "f+1", "poll"));
    steps.push_back(step("time", "time", "", "deadline of a passes"));
    steps.push_back(step("cpu0", "a", "f+2", "retry"));
  }
  const std::string text = schedule_table(finding_with(steps));
  EXPECT_EQ(count(text, "deadline of a passes"), 1U);
  EXPECT_NE(text.find("\n  [... 28 more rounds]\n"), std::string::npos) << text;
}

TEST(ScheduleTable, DoesNotFoldAPairOfEqualRows) {
  const std::string text =
      schedule_table(finding_with({step("cpu0", "a", "f+1", "poll"), step("cpu0", "a", "f+1", "poll")}));
  EXPECT_EQ(count(text, "poll"), 2U);
}

TEST(ScheduleTable, FoldsRoundsWithinRounds) {
  std::vector<ReportStep> steps;
  for (int outer = 0; outer < 3; ++outer) {
    for (int inner = 0; inner < 5; ++inner) steps.push_back(step("cpu0", "a", "f+1", "inner"));
    steps.push_back(step("cpu0", "a", "f+2", "outer"));
  }
  const std::string text = schedule_table(finding_with(steps));
  EXPECT_EQ(count(text, "inner"), 1U) << text;
  EXPECT_NE(text.find("[... 4 more rounds]"), std::string::npos) << text;
  EXPECT_NE(text.find("[... 2 more rounds]"), std::string::npos) << text;
}

TEST(ScheduleTable, MarksWhereALassoRepeats) {
  ReportFinding finding =
      finding_with({step("cpu0", "a", "f+0", "begin"), step("cpu0", "a", "f+1", "again")});
  finding.cycle_start = 1;
  const std::vector<std::string> lines = lines_of(schedule_table(finding));
  const auto mark = std::find(lines.begin(), lines.end(), "  -- from here on it repeats forever --");
  ASSERT_NE(mark, lines.end());
  EXPECT_EQ(*(mark + 1), "  f+1: again");
  finding.cycle_start = 2;
  EXPECT_NE(schedule_table(finding).find("-- here it stays forever --"), std::string::npos);
}

TEST(ScheduleTable, NamesAnActorWhenItChanges) {
  const std::string text = schedule_table(
      finding_with({step("cpu0", "a", "", "runs a"), step("cpu0", "a", "f+0", "x"),
                    step("cpu0", "hardirq of cpu0", "g+0", "y"), step("cpu0", "a", "f+1", "z")}));
  EXPECT_EQ(text.substr(text.find("[runs a]")),
            "[runs a]\n  f+0: x\n  [hardirq of cpu0]\n  g+0: y\n  [a]\n  f+1: z\n");
}

TEST(ScheduleTable, SaysWhereAThirdCpuIs) {
  const std::string text = schedule_table(finding_with({step("cpu2", "c", "h+3", "spin_lock L")}));
  EXPECT_NE(text.find("  -- cpu2 -- c: h+3: spin_lock L\n"), std::string::npos) << text;
}

ReportVariant variant(const std::string& name, Status status, std::optional<Status> expected) {
  ReportVariant v;
  v.name = name;
  ReportProperty property;
  property.name = "completes";
  property.kind = "reboot_completes";
  property.status = status;
  property.expected = expected;
  property.as_expected = expected == status;
  v.properties = {property};
  v.holds_under = {"fair scheduling", "panics off"};
  return v;
}

TEST(ScheduleTable, SaysThatNoStepIsNeeded) {
  EXPECT_NE(schedule_table(finding_with({})).find("no step is needed"), std::string::npos);
}

TEST(VerdictTable, MarksWhatWasNotExpected) {
  ReportScenario scenario;
  scenario.variants = {variant("good", Status::kHolds, Status::kHolds),
                       variant("bad", Status::kViolated, Status::kHolds),
                       variant("cut", Status::kInconclusive, Status::kInconclusive)};
  const std::vector<std::string> lines = lines_of(verdict_table(scenario));
  EXPECT_TRUE(lines[1].starts_with("  good     H ")) << lines[1];
  EXPECT_TRUE(lines[2].starts_with("  bad      V!")) << lines[2];
  EXPECT_TRUE(lines[3].starts_with("  cut      ? ")) << lines[3];
  EXPECT_NE(std::find(lines.begin(), lines.end(), "  ! bad: completes: violated, expected holds"),
            lines.end());
}

TEST(VerdictTable, SaysOnceWhatAllVariantsHoldUnder) {
  ReportScenario scenario;
  scenario.variants = {variant("a", Status::kHolds, Status::kHolds),
                       variant("b", Status::kHolds, Status::kHolds),
                       variant("c", Status::kHolds, Status::kHolds)};
  scenario.variants[0].holds_under.emplace_back("preemption full");
  scenario.variants[2].holds_under.emplace_back("preemption full");
  const std::string text = verdict_table(scenario);
  EXPECT_EQ(count(text, "fair scheduling"), 1U);
  EXPECT_NE(text.find("\n    a, c: preemption full\n"), std::string::npos) << text;
}

TEST(VerdictTable, WrapsManyPropertiesIntoBlocks) {
  ReportScenario scenario;
  scenario.variants = {variant("only", Status::kHolds, Status::kHolds)};
  for (int i = 0; i < 40; ++i) {
    ReportProperty property = scenario.variants[0].properties[0];
    property.name = "property_of_some_length_" + std::to_string(i);
    scenario.variants[0].properties.push_back(property);
  }
  scenario.variants[0].name = std::string(200, 'v');
  const std::string text = verdict_table(scenario);
  EXPECT_LE(widest(text), 100U);
  EXPECT_EQ(count(text, "variant"), count(text, "vvv...vvv")) << text;
  EXPECT_EQ(count(text.substr(0, text.find("V violated")), " H"), 41U) << "each property once";
}

TEST(VerdictTable, DoesNotShowAKindOfFindingThatNobodyHas) {
  ReportScenario scenario;
  scenario.variants = {variant("a", Status::kHolds, Status::kHolds)};
  ReportProperty kind;
  kind.name = kind.kind = "hung_task";
  kind.expected = Status::kHolds;
  scenario.variants[0].properties.push_back(kind);
  EXPECT_EQ(verdict_table(scenario).find("hung"), std::string::npos);
  scenario.variants[0].properties.back().status = Status::kViolated;
  EXPECT_NE(verdict_table(scenario).find("hung"), std::string::npos);
}

TEST(TextReport, QuotesThePathInTheReplayCommand) {
  ReportScenario scenario;
  scenario.file = "my scenarios/late unmap.yaml";
  ReportVariant v;
  v.name = "main line";
  ReportFinding finding;
  finding.id = "deadlock-1";
  EXPECT_EQ(replay_command(scenario, v, finding),
            "quiesce replay 'my scenarios/late unmap.yaml' --variant 'main line' deadlock-1");
  scenario.file = "-x.yaml";
  EXPECT_TRUE(replay_command(scenario, v, finding).starts_with("quiesce replay ./-x.yaml "));
}

TEST(TextReport, StampsTheConsoleAsPrintkDoes) {
  ReportFinding finding = finding_with({});
  finding.log = {{33'150'784, "one"}, {7, "two"}, {123'456'000'001, "three"}};
  const std::string text = render_finding(finding, "mainline");
  EXPECT_TRUE(text.starts_with("deadlock (mainline)\n"));
  EXPECT_NE(text.find("\n  [   33.150784] one\n  [    0.000007] two\n  [123456.000001] three\n"),
            std::string::npos)
      << text;
}

using Lost = ReportExplanation::Lost;
using Orderings = ReportExplanation::Orderings;

ReportFinding explained(const ReportExplanation& why) {
  ReportFinding finding =
      finding_with({step("cpu0", "a", "f+0", "mutex_lock A"), step("smmu0", "smmu0", "", "takes effect"),
                    step("cpu1", "b", "g+1", "mutex_lock B")});
  finding.explanation = why;
  return finding;
}

TEST(ExplanationText, NamesThePointOfNoReturnAndWhatForcesTheFailure) {
  EXPECT_EQ(explanation_text(explained({Lost::kAtStep, 2, 0, Orderings::kSmallest, {{1, 3, 1, 2}}})),
            "  Point of no return: step 2 of 3 (smmu0: takes effect)\n"
            "  Fails whenever:\n"
            "  - a: f+0, mutex_lock A\n"
            "    before b: g+1, mutex_lock B (the 2nd time)\n");
}

TEST(ExplanationText, SaysWhatIsNotKnown) {
  const std::string unknown = explanation_text(explained({Lost::kUnknown, 3, 2, Orderings::kUnknown, {}}));
  EXPECT_EQ(unknown,
            "  Point of no return: unknown (budget), not before step 2 of 3 (smmu0:\n"
            "    takes effect)\n"
            "  Fails whenever: unknown (budget)\n");
  const std::string many = explanation_text(
      explained({Lost::kNever, 0, 0, Orderings::kNotMinimal, std::vector<ReportOrdering>(7, {1, 3, 1, 1})}));
  EXPECT_EQ(many,
            "  Point of no return: none, it can be avoided to the end\n"
            "  Fails whenever: unknown (budget), 7 orderings of steps force it\n");
}

TEST(ExplanationText, SaysWhereRunsHaveToBeginAsThisOne) {
  const std::string text =
      explanation_text(explained({Lost::kFromStart, 0, 0, Orderings::kSmallest, {}, true}));
  EXPECT_EQ(text,
            "  Point of no return: before the first step\n"
            "  Fails whenever: always (in runs that begin as this one)\n");
}

TEST(ExplanationText, FitsIntoAMail) {
  ReportFinding finding = explained({Lost::kAtStep, 1, 0, Orderings::kMinimal, {{1, 3, 1, 11}}});
  finding.steps[0].text = finding.steps[2].text = std::string(40, 'x') + " " + std::string(200, 'y');
  EXPECT_LE(widest(explanation_text(finding)), kTableWidth);
}

TEST(ExplanationText, IsNotThereWhereNobodyAsked) { EXPECT_EQ(explanation_text(finding_with({})), ""); }

TEST(ShowsInFull, TheFirstFindingAndWhatWasNotExpected) {
  ReportProperty property;
  EXPECT_TRUE(shows_in_full(property, 0, {}));
  EXPECT_FALSE(shows_in_full(property, 1, {}));
  EXPECT_TRUE(shows_in_full(property, 1, {true}));
  property.as_expected = false;
  EXPECT_TRUE(shows_in_full(property, 1, {}));
}

}  // namespace
}  // namespace quiesce::reports::text_report_test
