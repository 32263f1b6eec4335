// The formats for other programs, fed with hand-made results: one claim each, and text that no scenario file
// could hold.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "hand_made_report.hpp"
#include "reports/junit_report.hpp"
#include "reports/kind_meaning.hpp"
#include "reports/ktap_report.hpp"
#include "reports/layout.hpp"
#include "reports/markdown_report.hpp"
#include "reports/sarif_report.hpp"
#include "reports/text_report.hpp"

namespace quiesce::reports::formats_test {
namespace {

using namespace checker;
using namespace test;
using Json = nlohmann::json;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// Whether tags are closed in order, and text has neither '<' nor a bare '&' nor what XML 1.0 excludes.
bool is_well_formed(std::string_view xml, std::string& why) {
  std::vector<std::string> open;
  for (std::size_t at = xml.find("?>") + 2; at < xml.size(); ++at) {
    const auto c = static_cast<unsigned char>(xml[at]);
    why = std::string(xml.substr(at, 60));
    if (c < 0x20 && c != '\n') return false;
    if (xml.substr(at, 2) == "\xef\xbf" && xml.substr(at, 3) >= "\xef\xbf\xbe") return false;
    if (c == '&') {
      const std::string_view name = xml.substr(at, xml.find(';', at) - at);
      if (name != "&amp" && name != "&lt" && name != "&gt" && name != "&quot") return false;
    }
    if (c != '<') continue;
    const std::size_t end = xml.find('>', at);
    if (end == std::string::npos) return false;
    const std::string_view tag = xml.substr(at + 1, end - at - 1);
    if (tag.find('<') != std::string::npos) return false;
    const std::string name(tag.substr(0, tag.find(' ')));
    if (tag.starts_with('/')) {
      if (open.empty() || "/" + open.back() != name) return false;
      open.pop_back();
    } else if (!tag.ends_with('/')) {
      open.push_back(name);
    }
    if (std::count(tag.begin(), tag.end(), '"') % 2 != 0) return false;
    at = end;
  }
  return open.empty();
}

TEST(JUnitReport, IsWellFormedWhateverTheTextIs) {
  for (const std::string& text : hostile_texts()) {
    std::string why;
    EXPECT_TRUE(is_well_formed(render_junit(hostile(text)), why)) << text << "\n" << why;
  }
}

TEST(JUnitReport, FailsWhatIsNotExpectedAndShowsWhatIs) {
  RunReport report = report_with({step(1, "cpu0", "t", "f+0", "mutex_lock m")});
  EXPECT_TRUE(has(render_junit(report), "failures=\"0\""));
  EXPECT_TRUE(has(render_junit(report), "<system-out>deadlock is violated, expected violated"));
  property_of(report).expected = Status::kHolds;
  property_of(report).as_expected = false;
  EXPECT_TRUE(has(render_junit(report), "<failure message=\"deadlock is violated, expected holds\""));
}

TEST(JUnitReport, SkipsWhatIsInconclusiveAndSaysWhy) {
  RunReport report = report_with({});
  property_of(report).status = Status::kInconclusive;
  property_of(report).findings.clear();
  report.scenarios[0].variants[0].bound = ReportBound{"max_states", "stopped"};
  EXPECT_TRUE(has(render_junit(report), "<skipped message=\"max_states: stopped\"/>"));
  report.scenarios[0].variants[0].properties.clear();
  EXPECT_TRUE(has(render_junit(report), "name=\"search\"")) << "a variant that was not started";
}

TEST(JUnitReport, NamesWhatABaselineMissesInAVariantThatWasNotStarted) {
  RunReport report = report_with({});
  report.scenarios[0].variants[0].properties.clear();
  report.scenarios[0].variants[0].gone = {{"deadlock", "deadlock", "deadlock-1", "deadlock in f", false}};
  EXPECT_TRUE(has(render_junit(report), "<system-out>not met again: deadlock-1 (deadlock in f)"));
}

TEST(JUnitReport, CountsTheTimeOfASearchOnce) {
  RunReport report = report_with({});
  ReportVariant& variant = report.scenarios[0].variants[0];
  variant.properties.push_back(variant.properties[0]);
  variant.seconds = 1.5;
  EXPECT_TRUE(has(render_junit(report), "errors=\"0\" skipped=\"0\" time=\"1.500\" file="));
}

TEST(KtapReport, HasOnlyItsFourKindsOfLines) {
  for (const std::string& text : hostile_texts()) {
    for (const std::string& line : lines_of(render_ktap(hostile(text)))) {
      const std::string inside = line.substr(std::min(line.find_first_not_of(' '), line.size()));
      const bool result = inside.starts_with("ok ") || inside.starts_with("not ok ");
      EXPECT_TRUE(result || inside == "KTAP version 1" || inside.starts_with("1..") || inside == "#" ||
                  inside.starts_with("# "))
          << line;
      EXPECT_TRUE(!result || std::count(inside.begin(), inside.end(), '#') <= 1) << line;
    }
  }
}

TEST(KtapReport, PassesWhatIsExpectedToFail) {
  RunReport report = report_with({});
  EXPECT_TRUE(has(render_ktap(report), "\n    ok 1 deadlock # XFAIL violated, expected violated\n"));
  property_of(report).as_expected = false;
  property_of(report).expected = Status::kHolds;
  const std::string text = render_ktap(report);
  EXPECT_TRUE(has(text, "\n    not ok 1 deadlock # violated, expected holds\n"));
  EXPECT_TRUE(has(text, "\n  not ok 1 v\n"));
  EXPECT_TRUE(text.ends_with("\nnot ok 1 s\n"));
}

TEST(KtapReport, TimesOutWithoutAnEnd) {
  RunReport report = report_with({});
  property_of(report).status = Status::kInconclusive;
  report.scenarios[0].variants[0].bound = ReportBound{"max_states", "stopped"};
  EXPECT_TRUE(has(render_ktap(report), "\n    not ok 1 deadlock # TIMEOUT max_states: stopped\n"));
  EXPECT_TRUE(render_ktap(report).ends_with("\nnot ok 1 s # TIMEOUT\n"));
}

TEST(Markdown, CodeSpansEndWhereTheyShould) {
  EXPECT_EQ(markdown_code("a"), "`a`");
  EXPECT_EQ(markdown_code("a`b"), "``a`b``");
  EXPECT_EQ(markdown_code("`a"), "`` `a ``");
  EXPECT_EQ(markdown_code("a|b", true), "`a\\|b`");
  EXPECT_EQ(markdown_code("a\nb"), "`a.b`");
  EXPECT_EQ(markdown_code(" "), "");
}

TEST(Markdown, ProseIsNoMarkup) {
  EXPECT_EQ(markdown_prose("<b> *a* [x](y) @all # |"),
            "&lt;b&gt; \\*a\\* \\[x\\]\\(y\\) @<!-- -->all \\# \\|");
}

TEST(Markdown, ProseBecomesNoLink) {
  EXPECT_EQ(markdown_prose("see http://x.y, www.x.y"), "see http:<!-- -->//x.y, www<!-- -->.x.y");
  EXPECT_EQ(markdown_prose("#12, GH-12, a-1"), "\\#<!-- -->12, GH-<!-- -->12, a-1");
  EXPECT_EQ(markdown_prose(":tada: now: go"), ":<!-- -->tada: now: go");
  EXPECT_EQ(markdown_prose("deadbee, dead, 1234567g"), "d<!-- -->eadbee, dead, 1234567g");
}

TEST(Markdown, FencesAreLongerThanWhatIsInThem) {
  EXPECT_EQ(markdown_fence("a\n````\n", "text"), "`````text\na\n````\n`````\n");
}

TEST(Markdown, HasOneTableRowForEachVariantWhateverTheTextIs) {
  for (const std::string& text : hostile_texts()) {
    std::size_t rows = 0;
    bool fenced = false;
    for (const std::string& line : lines_of(render_markdown(hostile(text)))) {
      if (line.starts_with("```")) fenced = !fenced;
      if (!fenced && line.starts_with("|")) ++rows;
    }
    EXPECT_FALSE(fenced) << text;
    EXPECT_EQ(rows, 5U) << text << render_markdown(hostile(text));
  }
}

TEST(Markdown, CallsInconclusiveOnlyWhatABoundLeftOpen) {
  RunReport report = report_with({});
  report.scenarios[0].variants[0].bound = ReportBound{"first", "stopped"};
  EXPECT_TRUE(has(render_markdown(report), "- `v`: first: stopped")) << render_markdown(report);
  property_of(report).status = Status::kInconclusive;
  EXPECT_TRUE(has(render_markdown(report), "- `v` is **inconclusive**: first: stopped"));
}

TEST(Markdown, SaysNothingOfExpectationsAboveOneRun) {
  RunReport report = report_with({});
  report.of_one_run = true;
  EXPECT_FALSE(has(render_markdown(report), "every verdict is as expected"));
}

TEST(Markdown, LeavesOutWhatACommentHasNoRoomFor) {
  RunReport report = report_with(std::vector<ReportStep>(50, step(1, "cpu0", "t", "f+0", "a")));
  ReportProperty& property = property_of(report);
  property.findings.resize(2000, property.findings[0]);
  const std::string text = render_markdown(report, {true});
  EXPECT_LT(text.find("Further findings"), kCommentLength + 100);
  EXPECT_TRUE(has(render_markdown(report_with({})), "<details><summary><code>deadlock-1</code>"));
  EXPECT_LT(text.size(), 65'536U);
}

/// Many scenarios with many findings, as they are expected.
RunReport long_report() {
  RunReport report = report_with(std::vector<ReportStep>(20, step(1, "cpu0", "t", "f+0", "a")));
  property_of(report).findings.resize(30, property_of(report).findings[0]);
  report.scenarios.resize(200, report.scenarios[0]);
  return report;
}

TEST(Markdown, IsNeverLongerThanACommentMayBe) {
  const std::string text = render_markdown(long_report(), {true});
  EXPECT_LT(text.size(), 65'536U);
  EXPECT_TRUE(has(text, " findings are left out, for which a comment has no room."))
      << text.substr(text.size() - 200);
  EXPECT_FALSE(has(render_markdown(report_with({})), "left out"));
}

TEST(Markdown, HasRoomForWhatFailsBeforeAnythingElse) {
  RunReport report = long_report();
  ReportScenario& last = report.scenarios.back();
  last.name = "the-last-one";
  ReportProperty& failing = last.variants[0].properties[0];
  failing.as_expected = false;
  failing.findings.resize(2);
  failing.findings[1].id = "deadlock-last";
  const std::string text = render_markdown(report, {true});
  EXPECT_TRUE(has(text, "### `the-last-one`"));
  EXPECT_TRUE(has(text, "<details open><summary><code>deadlock-last</code>"));
}

TEST(Formats, NamesakesHaveNamesOfTheirOwnWhereNamesAreRemembered) {
  RunReport report = report_with({step(1, "cpu0", "t", "f+0", "a")});
  const std::string alone = render_junit(report);
  EXPECT_TRUE(has(alone, "classname=\"s.v\"")) << alone;
  report.scenarios.push_back(report.scenarios[0]);
  report.scenarios[1].file = "other/s.yaml";
  EXPECT_TRUE(has(render_junit(report), "classname=\"s (other/s.yaml).v\""));
  EXPECT_TRUE(has(render_ktap(report), "not ok 2 s (other/s.yaml)") ||
              has(render_ktap(report), "ok 2 s (other/s.yaml)"));
  const Json results = Json::parse(render_sarif(report))["runs"][0]["results"];
  ASSERT_EQ(results.size(), 2U);
  EXPECT_NE(results[0]["partialFingerprints"], results[1]["partialFingerprints"]);
}

TEST(SarifReport, IsJsonWhateverTheTextIs) {
  for (const std::string& text : hostile_texts()) {
    const Json json = Json::parse(render_sarif(hostile(text)), nullptr, false);
    ASSERT_FALSE(json.is_discarded()) << text;
    const Json& run = json["runs"][0];
    EXPECT_EQ(run["results"].size(), 4U) << "two findings, and two that are gone";
    for (const Json& result : run["results"]) {
      const std::string uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
      EXPECT_EQ(uri.find_first_of("<>\"{}|\\^` :\n"), std::string::npos) << uri;
    }
  }
}

/// The only result of a report.
Json result_of(const RunReport& report) { return Json::parse(render_sarif(report))["runs"][0]["results"][0]; }

TEST(SarifReport, HasAThreadFlowForEachActorInOneOrder) {
  const RunReport report = report_with(
      {step(1, "cpu0", "a", "f+0", "x"), step(2, "cpu1", "b", "g+0", "y"), step(3, "cpu0", "a", "f+1", "z")});
  const Json flows = result_of(report)["codeFlows"][0]["threadFlows"];
  ASSERT_EQ(flows.size(), 2U);
  EXPECT_EQ(flows[0]["id"], "a");
  EXPECT_EQ(flows[0]["locations"][1]["executionOrder"], 3);
  EXPECT_EQ(flows[0]["locations"][1]["importance"], "essential") << "the step that fails";
  EXPECT_EQ(flows[1]["locations"][0]["executionOrder"], 2);
}

TEST(SarifReport, AlertsOnlyAboutWhatFails) {
  RunReport report = report_with({});
  EXPECT_EQ(result_of(report)["kind"], "informational");
  EXPECT_EQ(result_of(report)["level"], "none");
  property_of(report).as_expected = false;
  EXPECT_EQ(result_of(report)["kind"], "fail");
  EXPECT_EQ(result_of(report)["level"], "error");
  property_of(report).findings.clear();
  property_of(report).status = Status::kInconclusive;
  property_of(report).name = "goal";
  EXPECT_EQ(result_of(report)["kind"], "open");
}

TEST(SarifReport, StandsAtTheLastStepThatIsInAFile) {
  RunReport report = report_with({step(1, "cpu0", "a", "f+0", "x"), step(2, "smmu0", "smmu0", "", "y")});
  const auto place = [&] { return result_of(report)["locations"][0]["physicalLocation"]; };
  EXPECT_EQ(place()["artifactLocation"]["uri"], "dir/s.yaml");
  EXPECT_EQ(place()["region"]["startLine"], 1) << "a place without a line is shown nowhere";
  property_of(report).findings[0].steps[0].source_at = "/usr/share/quiesce/lib/a.yaml:12";
  EXPECT_EQ(place()["artifactLocation"]["uri"], "dir/s.yaml") << "it is no file of the sources";
  property_of(report).findings[0].steps[0].source_at = "lib/a b.yaml:12";
  EXPECT_EQ(place()["artifactLocation"]["uri"], "lib/a%20b.yaml");
  EXPECT_EQ(place()["region"]["startLine"], 12);
}

TEST(SarifReport, ComparesWithABaseline) {
  RunReport report = report_with({});
  report.baseline = ReportBaseline{"b.json", 0};
  property_of(report).findings[0].baseline = BaselineState::kNew;
  property_of(report).regressed = true;
  EXPECT_EQ(result_of(report)["baselineState"], "new");
  EXPECT_EQ(result_of(report)["kind"], "fail") << "expected, but for another cause";
  property_of(report).findings.clear();
  property_of(report).regressed = false;
  property_of(report).status = Status::kHolds;
  report.scenarios[0].variants[0].gone = {{"deadlock", "deadlock", "deadlock-1", "deadlock", true}};
  const Json results = Json::parse(render_sarif(report))["runs"][0]["results"];
  EXPECT_EQ(results.back()["baselineState"], "absent");
  EXPECT_EQ(results.back()["level"], "none");
}

TEST(TextReport, HasNothingThatATerminalObeys) {
  for (const std::string& text : hostile_texts()) {
    for (const std::string& line : lines_of(render_text(hostile(text)))) EXPECT_EQ(line, clean(line));
  }
}

TEST(KindMeaning, IsKnownWithoutTheNumbersOfAGoal) {
  EXPECT_EQ(kind_name("reboot_within: 10s"), "reboot_within");
  EXPECT_FALSE(kind_meaning(kind_name("reboot_within: 10s")).empty());
  EXPECT_EQ(kind_meaning("of_my_own"), "");
}

}  // namespace
}  // namespace quiesce::reports::formats_test
