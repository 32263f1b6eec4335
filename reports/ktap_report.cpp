#include "reports/ktap_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "reports/layout.hpp"
#include "reports/text_report.hpp"
#include "reports/verdict_words.hpp"

namespace quiesce::reports {
namespace {

using namespace checker;

/// Of a test and of those in it: what is worse comes later.
enum class Outcome { kPassed, kTimedOut, kFailed };

/// A description is one line without '#', which would begin a directive, and there is one.
std::string described(const std::string& text) {
  std::string line = clean(text);
  std::replace(line.begin(), line.end(), '#', '.');
  const std::size_t from = line.find_first_not_of(' ');
  if (from == std::string::npos) return "unnamed";
  return line.substr(from, line.find_last_not_of(' ') + 1 - from);
}

class Output {
 public:
  void plan(std::size_t tests) {
    line("KTAP version 1");
    line("1.." + std::to_string(tests));
  }

  /// `words` stand behind '#': a directive, data, or nothing.
  void result(bool ok, std::size_t number, const std::string& name, const std::string& words) {
    line(fmt::format("{}ok {} {}{}", ok ? "" : "not ", number, described(name),
                     words.empty() ? "" : " # " + described(words)));
  }

  void result(Outcome outcome, std::size_t number, const std::string& name) {
    result(outcome == Outcome::kPassed, number, name, outcome == Outcome::kTimedOut ? "TIMEOUT" : "");
  }

  void diagnostics(const std::string& text) {
    std::istringstream lines(text);
    for (std::string one; std::getline(lines, one);) line(one.empty() ? "#" : "# " + clean(one));
  }

  void indent() { indentation_ += "  "; }
  void unindent() { indentation_.resize(indentation_.size() - 2); }

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  void line(const std::string& text) { text_ += indentation_ + text + "\n"; }

  std::string text_;
  std::string indentation_;
};

std::string in_short(const ReportFinding& finding) {
  const auto switches = std::count_if(finding.steps.begin(), finding.steps.end(),
                                      [](const ReportStep& step) { return step.context_switch; });
  std::string text = fmt::format("finding {}: {}, {} steps, {} context switches", finding.id, finding.summary,
                                 finding.steps.size(), switches);
  if (finding.baseline == BaselineState::kNew) text += ", new against the baseline";
  return text;
}

class Report {
 public:
  explicit Report(const RunReport& report) {
    out_.plan(report.scenarios.size());
    std::size_t number = 0;
    for (const ReportScenario& scenario : report.scenarios)
      out_.result(nested([&] { return variants(scenario); }), ++number, name_of_its_own(report, scenario));
  }

  [[nodiscard]] const std::string& text() const { return out_.text(); }

 private:
  template <typename Tests>
  Outcome nested(const Tests& tests) {
    out_.indent();
    const Outcome worst = tests();
    out_.unindent();
    return worst;
  }

  Outcome variants(const ReportScenario& scenario) {
    out_.plan(scenario.variants.size());
    Outcome worst = Outcome::kPassed;
    std::size_t number = 0;
    for (const ReportVariant& variant : scenario.variants) {
      const Outcome outcome = nested([&] { return properties(scenario, variant); });
      out_.diagnostics(fmt::format("{}: {} states, {} transitions, depth {}", clean(variant.name),
                                   variant.states, variant.transitions, variant.depth));
      for (const ReportGone& gone : variant.gone) {
        out_.diagnostics(
            clean(variant.name) +
            (gone.certain ? ": gone since the baseline: " : ": of the baseline, not met again: ") +
            clean(gone.id) + ": " + clean(gone.summary));
      }
      out_.result(outcome, ++number, variant.name);
      worst = std::max(worst, outcome);
    }
    return worst;
  }

  Outcome properties(const ReportScenario& scenario, const ReportVariant& variant) {
    if (variant.properties.empty()) {
      out_.plan(1);
      out_.result(false, 1, "search", "TIMEOUT " + why_inconclusive(variant));
      return Outcome::kTimedOut;
    }
    out_.plan(variant.properties.size());
    Outcome worst = Outcome::kPassed;
    std::size_t number = 0;
    for (const ReportProperty& property : variant.properties)
      worst = std::max(worst, one_property(scenario, variant, property, ++number));
    return worst;
  }

  Outcome one_property(const ReportScenario& scenario, const ReportVariant& variant,
                       const ReportProperty& property, std::size_t number) {
    for (const ReportFinding& finding : property.findings) {
      out_.diagnostics(clean(property.name) + ": " + clean(in_short(finding)));
      if (property.fails()) out_.diagnostics(render_finding_and_replay(scenario, variant, finding));
    }
    if (property.fails()) {
      out_.result(false, number, property.name, fate(property));
      return Outcome::kFailed;
    }
    if (property.status == Status::kInconclusive) {
      out_.result(false, number, property.name, "TIMEOUT " + why_inconclusive(variant));
      return Outcome::kTimedOut;
    }
    const bool violated = property.status == Status::kViolated;
    out_.result(true, number, property.name,
                violated                ? "XFAIL " + fate(property)
                : !property.as_expected ? fate(property)
                                        : "");
    return Outcome::kPassed;
  }

  Output out_;
};

}  // namespace

std::string render_ktap(const RunReport& report) { return Report(report).text(); }

}  // namespace quiesce::reports
