#include "reports/markdown_report.hpp"

#include <fmt/format.h>

#include "reports/layout.hpp"
#include "reports/verdict_table.hpp"
#include "reports/verdict_words.hpp"

namespace quiesce::reports {
namespace {

using namespace checker;

/// Inside an element of HTML, where Markdown is not read.
std::string html(std::string_view text) {
  std::string out;
  for (const char c : clean(text))
    out += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string(1, c);
  return out;
}

std::string folded(const std::string& summary, const std::string& content, bool open = false) {
  return "<details" + std::string(open ? " open" : "") + "><summary>" + summary + "</summary>\n\n" + content +
         "\n</details>\n\n";
}

bool has_new(const ReportProperty& property) {
  for (const ReportFinding& finding : property.findings) {
    if (finding.baseline == BaselineState::kNew) return true;
  }
  return false;
}

/// "violated", "**holds** (expected violated)", "violated, **new**"
std::string verdict_cell(const ReportProperty* property) {
  if (property == nullptr) return "";
  std::string text = status_word(property->status);
  if (!property->as_expected) {
    text = "**" + text + "** (" +
           (property->expected ? "expected " + status_word(*property->expected) : "not expected") + ")";
  }
  return has_new(*property) ? text + ", **new**" : text;
}

std::string matrix(const ReportScenario& scenario) {
  const std::vector<std::string> names = properties_shown(scenario);
  std::string head = "| variant |";
  std::string rule = "| --- |";
  for (const std::string& name : names) {
    head += " " + markdown_code(name, true) + " |";
    rule += " --- |";
  }
  std::string text = head + " states | transitions | depth |\n" + rule + " --: | --: | --: |\n";
  for (const ReportVariant& variant : scenario.variants) {
    text += "| " + markdown_code(variant.name, true) + " |";
    for (const std::string& name : names) text += " " + verdict_cell(find_property(variant, name)) + " |";
    text += fmt::format(" {} | {} | {} |\n", variant.states, variant.transitions, variant.depth);
  }
  return text + "\n";
}

std::string bounds(const ReportScenario& scenario) {
  std::string text;
  for (const ReportVariant& variant : scenario.variants) {
    if (variant.bound) {
      text += "- " + markdown_code(variant.name) +
              " is **inconclusive**: " + markdown_prose(why_inconclusive(variant)) + "\n";
    }
  }
  return text.empty() ? "" : text + "\n";
}

/// What tells the variants apart, and why they are asked for.
std::string differences(const ReportScenario& scenario) {
  std::string text;
  for (const ReportVariant& variant : scenario.variants) {
    if (variant.reason.empty() && variant.changes.empty()) continue;
    text += "- " + markdown_code(variant.name) + ": " + markdown_prose(variant.reason) + "\n";
    for (const std::string& change : variant.changes) text += "  - " + markdown_code(change) + "\n";
  }
  return text.empty() ? "" : "Variants:\n\n" + text + "\n";
}

std::string gone(const ReportScenario& scenario) {
  std::string text;
  for (const ReportVariant& variant : scenario.variants) {
    for (const ReportGone& one : variant.gone) {
      text += "- " + markdown_code(one.id) + " of " + markdown_code(variant.name) + ", " +
              markdown_prose(one.summary) + (one.certain ? "\n" : " (the search was not complete)\n");
    }
  }
  return text.empty() ? "" : "Gone since the baseline:\n\n" + text + "\n";
}

/// What a reader has to know of a finding before he opens it.
std::string standing(const ReportProperty& property, const ReportFinding& finding) {
  std::string text = property.as_expected ? "expected" : "<b>not expected</b>";
  if (finding.baseline == BaselineState::kNew) text += ", <b>new</b>";
  if (finding.baseline == BaselineState::kUnchanged) text += ", known";
  return text;
}

class MarkdownPage {
 public:
  MarkdownPage(const RunReport& report, const TextOptions& options) : options_(options) {
    text_ = "## quiesce " + markdown_prose(report.version) + ": " + exit_code_words(report) + "\n\n";
    for (const ReportScenario& scenario : report.scenarios) add(scenario);
    if (report.baseline && report.baseline->not_run != 0) {
      text_ += fmt::format("{} findings of the baseline are in scenarios or variants that were not run.\n",
                           report.baseline->not_run);
    }
  }

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  void add(const ReportScenario& scenario) {
    text_ += "### " + markdown_code(scenario.name) +
             (scenario.title.empty() ? "" : ": " + markdown_prose(scenario.title)) + "\n\n" +
             matrix(scenario) + bounds(scenario) + differences(scenario) + gone(scenario);
    text_ += folded("What the verdicts hold under", markdown_fence(verdict_table(scenario), "text"));
    text_ += "Reproduce:\n\n" + markdown_fence(clean(check_command(scenario)), "sh") + "\n";
    findings(scenario);
  }

  void findings(const ReportScenario& scenario) {
    std::size_t before = 0;
    std::string named_only;
    for (const ReportVariant& variant : scenario.variants) {
      for (const ReportProperty& property : variant.properties) {
        for (const ReportFinding& finding : property.findings) {
          const bool in_full = shows_in_full(property, before++, options_);
          const std::string full = in_full ? whole(scenario, variant, property, finding) : "";
          if (in_full && text_.size() + full.size() <= kCommentLength) {
            text_ += full;
          } else {
            named_only += line(variant, property, finding);
          }
        }
      }
    }
    if (named_only.empty()) return;
    text_ +=
        folded("Further findings", "`quiesce replay FILE --variant NAME ID` shows one.\n\n" + named_only);
  }

  static std::string whole(const ReportScenario& scenario, const ReportVariant& variant,
                           const ReportProperty& property, const ReportFinding& finding) {
    const std::string summary = "<code>" + html(finding.id) + "</code> in <code>" + html(variant.name) +
                                "</code>: <code>" + html(finding.summary) + "</code> (" +
                                standing(property, finding) + ")";
    return folded(summary,
                  markdown_fence(render_finding(finding, variant.name), "text") + "\n" +
                      markdown_fence(clean(replay_command(scenario, variant, finding)), "sh"),
                  property.fails());
  }

  static std::string line(const ReportVariant& variant, const ReportProperty& property,
                          const ReportFinding& finding) {
    return "- " + markdown_code(variant.name) + " " + markdown_code(finding.id) + ": " +
           markdown_code(finding.summary) + " (" + standing(property, finding) + ")\n";
  }

  TextOptions options_;
  std::string text_;
};

}  // namespace

std::string render_markdown(const RunReport& report, const TextOptions& options) {
  return MarkdownPage(report, options).text();
}

}  // namespace quiesce::reports
