// The HTML report: what is in the page. How it looks and works, tests/browser asks a browser.
#include "reports/html_report.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "reports/html_assets.hpp"
#include "reports/json_report.hpp"

namespace quiesce::reports::html_report_test {
namespace {

using namespace checker;
using Json = nlohmann::json;

constexpr std::size_t kAssetsMax = 150 * 1024;

RunReport report_named(const std::string& name, const std::string& title = "a title") {
  RunReport report;
  report.version = "1.2.3";
  report.scenarios.emplace_back();
  report.scenarios[0].file = "dir/" + name + ".yaml";
  report.scenarios[0].name = name;
  report.scenarios[0].title = title;
  return report;
}

/// A machine of two objects, one of which refers to the other until step 1.
RunReport with_objects() {
  RunReport report = report_named("objects");
  ReportVariant variant;
  variant.name = "v";
  variant.machine.emplace();
  variant.machine->cells = 1;
  variant.machine->objects = {{"isp", "device", {{"domain", "iommu_domain", 0}}},
                              {"dom", "iommu_domain", {}}};
  ReportFinding finding;
  finding.id = "deadlock-1";
  finding.initial = {"dom"};
  ReportStep step;
  step.number = 1;
  step.cells = {{0, "NULL"}};
  finding.steps.push_back(step);
  finding.wait_graph = {{{"a", "task", "f+1"}, {"b", "lock", ""}}, {{"a", "b", "waits for"}}, {}};
  variant.properties.push_back(
      {"deadlock", "deadlock", Status::kViolated, Status::kViolated, true, {finding}, std::nullopt});
  report.scenarios[0].variants.push_back(variant);
  return report;
}

Json block(const std::string& page, const std::string& id) {
  const std::string head = "<script type=\"application/json\" id=\"" + id + "\">";
  const std::size_t begin = page.find(head) + head.size();
  return Json::parse(page.substr(begin, page.find("</script>", begin) - begin));
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(HtmlReport, EmbedsExactlyTheJsonResult) {
  const RunReport report = with_objects();
  const std::string page = render_html(report, {"quiesce check x", ""});
  EXPECT_EQ(block(page, "data"), Json::parse(render_json(report)));
}

TEST(HtmlReport, TextOfAScenarioEndsNoElement) {
  const std::string bad = "</script><script>x()</script><!--DATA--><img src=x>";
  const std::string page = render_html(report_named(bad, bad), {bad, bad});
  EXPECT_EQ(count(page, "<script"), 3U);
  EXPECT_EQ(count(page, "</script"), 3U);
  EXPECT_EQ(count(page, "<img"), 0U);
  EXPECT_EQ(block(page, "data")["title"], bad);
  EXPECT_EQ(block(page, "page")["command"], bad);
}

TEST(HtmlReport, BytesThatAreNoTextDoNotBreakThePage) {
  const std::string page = render_html(report_named("name", "\xff\xfe</"), {"c", ""});
  EXPECT_EQ(block(page, "data")["title"], "\xef\xbf\xbd\xef\xbf\xbd</");
}

TEST(HtmlReport, TheTemplateIsSmallAndAsksNoNetwork) {
  EXPECT_LT(kReportTemplate.size(), kAssetsMax);
  EXPECT_NE(kReportTemplate.find("default-src 'none'; script-src 'sha256-"), std::string_view::npos);
  EXPECT_EQ(kReportTemplate.find("https://"), std::string_view::npos);
  EXPECT_EQ(kReportTemplate.find("unsafe-inline"), std::string_view::npos);
}

TEST(HtmlReport, LaysOutWhatObjectsReferToInTheRunAndWhoWaits) {
  const Json page = block(render_html(with_objects(), {"c", ""}), "page");
  const Json& run = page["runs"]["0/0/0"];
  EXPECT_EQ(run["replay"], "quiesce replay dir/objects.yaml --variant v deadlock-1");
  const Json& objects = page["graphs"][run["objects"].get<std::size_t>()];
  ASSERT_EQ(objects["nodes"].size(), 2U);
  ASSERT_EQ(objects["edges"].size(), 1U);
  EXPECT_EQ(objects["edges"][0]["from"], "isp");
  EXPECT_EQ(objects["edges"][0]["to"], "dom");
  EXPECT_EQ(objects["edges"][0]["label"], "domain");
  const Json& waits = page["graphs"][run["waits"].get<std::size_t>()];
  EXPECT_EQ(waits["edges"][0]["label"], "waits for");
}

TEST(HtmlReport, EqualGraphsAreLaidOutOnce) {
  RunReport report = with_objects();
  std::vector<ReportFinding>& findings = report.scenarios[0].variants[0].properties[0].findings;
  findings.push_back(findings[0]);
  EXPECT_EQ(block(render_html(report, {"c", ""}), "page")["graphs"].size(), 2U);
}

TEST(HtmlReport, AVariantWithoutAMachineHasNoObjectGraph) {
  RunReport report = with_objects();
  report.scenarios[0].variants[0].machine.reset();
  EXPECT_FALSE(block(render_html(report, {"c", ""}), "page")["runs"]["0/0/0"].contains("objects"));
}

TEST(HtmlReport, TheIndexNamesEveryScenarioAndItsPage) {
  RunReport report = report_named("one");
  report.scenarios.push_back(report_named("two").scenarios[0]);
  report.scenarios[1].variants.push_back({});
  report.scenarios[1].variants[0].name = "v";
  report.scenarios[1].variants[0].as_expected = false;
  const Json page = block(render_index(report, {"one.html", "two.html"}, {"c", ""}), "page");
  ASSERT_EQ(page["scenarios"].size(), 2U);
  EXPECT_EQ(page["scenarios"][1]["href"], "two.html");
  EXPECT_EQ(page["scenarios"][1]["unexpected"][0], "v");
  EXPECT_EQ(page["version"], "1.2.3");
}

TEST(HtmlReport, FileNamesAreSafeAndDifferent) {
  RunReport report;
  for (const std::string name : {"a", "A", "../../etc", "index", "\xc3\xa4/b", ""})
    report.scenarios.push_back(report_named(name).scenarios[0]);
  report.scenarios.push_back(report_named(std::string(300, 'x')).scenarios[0]);
  const std::vector<std::string> names = html_file_names(report);
  EXPECT_EQ(names[0], "a.html");
  EXPECT_EQ(names[1], "A-2.html");
  EXPECT_EQ(names[2], "______etc.html");
  EXPECT_EQ(names[3], "index-2.html");
  EXPECT_EQ(names[4], "___b.html");
  EXPECT_EQ(names[5], "scenario.html");
  EXPECT_LT(names[6].size(), 120U);
}

}  // namespace
}  // namespace quiesce::reports::html_report_test
