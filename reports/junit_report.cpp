#include "reports/junit_report.hpp"

#include <fmt/format.h>

#include "reports/layout.hpp"
#include "reports/text_report.hpp"
#include "reports/verdict_words.hpp"

namespace quiesce::reports {
namespace {

using namespace checker;

/// Text in XML: no mark-up, and no character that XML 1.0 has not. Lines stay lines.
std::string xml(std::string_view text) {
  std::string out;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t to = std::min(text.find('\n', from), text.size());
    out += escaped(clean(text.substr(from, to - from)));
    if (to < text.size()) out += '\n';
    from = to + 1;
  }
  return out;
}

/// The value of an attribute is one line.
std::string attribute(const std::string& name, std::string_view value) {
  return " " + name + "=\"" + xml(clean(value)) + "\"";
}

struct Count {
  std::size_t tests = 0;
  std::size_t failures = 0;
  std::size_t skipped = 0;
  double seconds = 0;

  void add(const Count& other) {
    tests += other.tests;
    failures += other.failures;
    skipped += other.skipped;
    seconds += other.seconds;
  }
};

std::string numbers(const Count& count) {
  return fmt::format(R"( tests="{}" failures="{}" errors="0" skipped="{}" time="{:.3f}")", count.tests,
                     count.failures, count.skipped, count.seconds);
}

class Suite {
 public:
  /// `name` is unlike that of any other suite.
  Suite(const ReportScenario& scenario, std::string name) : scenario_(scenario), name_(std::move(name)) {
    for (const ReportVariant& variant : scenario.variants) cases(variant);
  }

  [[nodiscard]] const Count& count() const { return count_; }

  [[nodiscard]] std::string render(const std::string& version) const {
    return "  <testsuite" + attribute("name", name_) + numbers(count_) + attribute("file", scenario_.file) +
           ">\n" + properties(version) + cases_ + "  </testsuite>\n";
  }

 private:
  [[nodiscard]] std::string properties(const std::string& version) const {
    std::string text = "    <properties>\n" + property("version", version);
    if (!scenario_.title.empty()) text += property("title", scenario_.title);
    for (const ReportVariant& variant : scenario_.variants) {
      text += property(variant.name + ".states", std::to_string(variant.states));
      text += property(variant.name + ".transitions", std::to_string(variant.transitions));
      text += property(variant.name + ".depth", std::to_string(variant.depth));
      text += property(variant.name + ".search", variant.search.mode);
      if (variant.bound) text += property(variant.name + ".bound", why_inconclusive(variant));
    }
    return text + "    </properties>\n";
  }

  static std::string property(const std::string& name, const std::string& value) {
    return "      <property" + attribute("name", name) + attribute("value", value) + "/>\n";
  }

  void cases(const ReportVariant& variant) {
    double seconds = variant.seconds;
    for (const ReportProperty& property : variant.properties) {
      one_case(variant, property.name, std::exchange(seconds, 0), inside(variant, property));
    }
    if (!variant.properties.empty()) return;
    ++count_.skipped;
    std::string missing;
    for (const ReportGone& one : variant.gone) missing += gone_line(one);
    one_case(variant, "search", seconds,
             element("skipped", why_inconclusive(variant), "", "") + output(missing));
  }

  void one_case(const ReportVariant& variant, const std::string& name, double seconds,
                const std::string& content) {
    ++count_.tests;
    count_.seconds += seconds;
    cases_ += "    <testcase" + attribute("classname", name_ + "." + variant.name) + attribute("name", name) +
              fmt::format(" time=\"{:.3f}\"", seconds);
    cases_ += content.empty() ? "/>\n" : ">\n" + content + "    </testcase>\n";
  }

  std::string inside(const ReportVariant& variant, const ReportProperty& property) {
    if (property.fails()) {
      ++count_.failures;
      std::string body = findings(variant, property);
      if (body.empty()) body = "no run is against it\n";
      return element("failure", verdict_sentence(property), property.kind, body) +
             output(gone(variant, property));
    }
    if (property.status == Status::kInconclusive) {
      ++count_.skipped;
      return element("skipped", why_inconclusive(variant), "", "") + output(gone(variant, property));
    }
    std::string out = findings(variant, property);
    if (!out.empty()) out = verdict_sentence(property) + "\n\n" + out;
    const std::string missing = gone(variant, property);
    return output(out + (out.empty() || missing.empty() ? "" : "\n") + missing);
  }

  [[nodiscard]] std::string findings(const ReportVariant& variant, const ReportProperty& property) const {
    std::string text;
    for (const ReportFinding& finding : property.findings) {
      if (!text.empty()) text += "\n";
      if (finding.baseline == BaselineState::kNew) text += "new against the baseline: ";
      text += render_finding_and_replay(scenario_, variant, finding);
    }
    return text;
  }

  static std::string gone(const ReportVariant& variant, const ReportProperty& property) {
    std::string text;
    for (const ReportGone& one : variant.gone) {
      if (one.property == property.name) text += gone_line(one);
    }
    return text;
  }

  static std::string gone_line(const ReportGone& one) {
    return std::string(one.certain ? "gone since the baseline: " : "not met again: ") + one.id + " (" +
           one.summary + ")\n";
  }

  static std::string output(const std::string& text) {
    return text.empty() ? "" : "      <system-out>" + xml(text) + "</system-out>\n";
  }

  static std::string element(const std::string& name, const std::string& message, const std::string& type,
                             const std::string& body) {
    std::string text = "      <" + name + attribute("message", message);
    if (!type.empty()) text += attribute("type", type);
    return text + (body.empty() ? "/>\n" : ">" + xml(body) + "</" + name + ">\n");
  }

  const ReportScenario& scenario_;
  std::string name_;
  Count count_;
  std::string cases_;
};

}  // namespace

std::string render_junit(const RunReport& report) {
  Count all;
  std::string suites;
  for (const ReportScenario& scenario : report.scenarios) {
    const Suite suite(scenario, name_of_its_own(report, scenario));
    all.add(suite.count());
    suites += suite.render(report.version);
  }
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"quiesce\"" + numbers(all) + ">\n" +
         suites + "</testsuites>\n";
}

}  // namespace quiesce::reports
