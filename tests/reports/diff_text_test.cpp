// Differences that no search has made, as text: what is said of what is open, and what is left out.
#include "reports/diff_text.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "reports/diff_html.hpp"
#include "reports/html_assets.hpp"
#include "reports/layout.hpp"
#include "reports/side_by_side.hpp"

namespace quiesce::reports::diff_text_test {
namespace {

using namespace checker;

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// Without the ends of lines.
std::string flat(const std::string& text) {
  std::string all;
  for (const char c : text) {
    const bool space = c == ' ' || c == '\n';
    if (!space || (!all.empty() && all.back() != ' ')) all += space ? ' ' : c;
  }
  return all;
}

DiffReport report_with(const DiffFinding& finding) {
  DiffPair pair;
  pair.scenario = "s";
  pair.file = "s.yaml";
  pair.a.variant = "broken";
  pair.b.variant = "fixed";
  pair.findings = {finding};
  DiffReport report;
  report.a = "broken";
  report.b = "fixed";
  report.pairs = {pair};
  return report;
}

DiffFinding gone(std::size_t steps) {
  DiffFinding one;
  one.state = DiffState::kGone;
  one.property = "deadlock";
  one.finding.id = "deadlock-1";
  one.finding.summary = "deadlock in f+1";
  one.nearest.emplace();
  one.nearest->kind = NearestPassing::Kind::kFound;
  for (std::size_t i = 1; i <= steps; ++i) {
    ReportStep step;
    step.number = i;
    step.lane = "cpu0";
    step.actor = "t";
    step.location = "f+1";
    step.text = "step" + std::to_string(i);
    one.finding.steps.push_back(step);
    one.nearest->steps.push_back(step);
    one.nearest->rows.push_back({i, i});
  }
  one.nearest->parts = steps;
  one.nearest->followed = steps;
  return one;
}

TEST(DiffText, WhatIsNotCertainHasAQuestionMark) {
  DiffFinding finding = gone(1);
  finding.certain = false;
  finding.nearest.reset();
  DiffReport report = report_with(finding);
  report.pairs[0].b.incomplete = "max_states: stopped";
  const std::string text = render_diff_text(report);
  EXPECT_TRUE(has(text, "gone?      deadlock-1")) << text;
  EXPECT_TRUE(has(text, "not complete: max_states: stopped")) << text;
  EXPECT_TRUE(has(text, "is not known: a search was not complete")) << text;
}

TEST(DiffText, SaysWhyThereIsNoPassingRun) {
  DiffFinding finding = gone(1);
  finding.nearest->kind = NearestPassing::Kind::kNone;
  EXPECT_TRUE(
      has(render_diff_text(report_with(finding)), "No run of fixed ends without violating deadlock."));
  finding.nearest->kind = NearestPassing::Kind::kUnknown;
  EXPECT_TRUE(has(render_diff_text(report_with(finding)), "was found within the budget"));
}

TEST(DiffText, NamesWhatTheRunViolatesAndWhatWasNotDecided) {
  DiffFinding finding = gone(2);
  finding.nearest->violates = {"timeout"};
  finding.nearest->farthest = false;
  const std::string text = render_diff_text(report_with(finding));
  EXPECT_TRUE(has(flat(text), "without violating deadlock (but timeout); whether it can make more")) << text;
}

TEST(DiffText, LeavesOutTheMiddleOfRunsThatDifferAgainAndAgain) {
  DiffFinding finding = gone(200);
  for (std::size_t i = 10; i < 190; i += 3) finding.nearest->rows[i].passing = 0;
  const std::string text = render_diff_text(report_with(finding));
  EXPECT_TRUE(has(text, "rows, of which")) << text;
  EXPECT_TRUE(has(text, "step11") && has(text, "step190")) << text;
  EXPECT_FALSE(has(text, "step100")) << text;
}

TEST(DiffText, NothingInItMovesACursor) {
  DiffFinding finding = gone(2);
  finding.finding.summary = "a\x1b[2Jb\n\xe2\x80\xae";
  finding.finding.steps[0].text = finding.nearest->steps[0].text = "\x1b]0;t\x07";
  DiffReport report = report_with(finding);
  report.pairs[0].a.reason = report.pairs[0].title = "\x9b\r";
  const std::string text = render_diff_text(report);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_EQ(line, clean(line));
  EXPECT_TRUE(has(text, "a.[2Jb..")) << "the rest of the summary stays: " << text;
}

TEST(DiffText, OfResultsOnlyWhatDiffersIsShown) {
  DiffReport report = report_with(gone(1));
  report.of_results = true;
  report.pairs[0].findings[0].nearest.reset();
  DiffPair same;
  same.scenario = "quiet";
  report.pairs.push_back(same);
  report.only_b = {{"more", ""}};
  const std::string text = render_diff_text(report);
  EXPECT_TRUE(has(text, "1 of 2 variants are the same")) << text;
  EXPECT_TRUE(has(text, "Only in B: more")) << text;
  EXPECT_FALSE(has(text, "quiet")) << text;
}

TEST(DiffHtml, TheTemplateIsSmallAndHasAPlaceForTheText) {
  EXPECT_LT(kDiffTemplate.size(), 60U * 1024);
  DiffReport report = report_with(gone(1));
  report.pairs[0].title = "</script><b>";
  const std::string page = render_diff_html(report, "quiesce diff <x>");
  EXPECT_TRUE(has(page, "\\u003c/script>\\u003cb>") || has(page, "\\u003c/script>\\u003cb")) << page;
  EXPECT_TRUE(has(page, "&lt;/script&gt;"));
  EXPECT_FALSE(has(page, "</script><b>"));
}

TEST(SideBySide, LongCellsAreWrappedAndLinesFit) {
  const std::string text =
      side_by_side("A", "B", {{'~', std::string(120, 'x') + " y", "  short"}, {'+', "", "new"}}, "steps");
  std::size_t begin = 0;
  for (std::size_t end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
    EXPECT_LE(end - begin, 100U) << text;
    EXPECT_FALSE(end > begin && text[end - 1] == ' ') << text;
  }
  EXPECT_TRUE(has(text, "  ~ xxx") && has(text, "  +  ")) << text;
}

TEST(SideBySide, ManyRowsThatAreTheSameAreFolded) {
  std::vector<BesideRow> rows(20, {' ', "same", "same"});
  rows[10].mark = '-';
  const std::string text = side_by_side("A", "B", rows, "steps");
  EXPECT_TRUE(has(text, "[... 7 steps that are the same]") && has(text, "[... 6 steps that are the same]"))
      << text;
}

}  // namespace
}  // namespace quiesce::reports::diff_text_test
