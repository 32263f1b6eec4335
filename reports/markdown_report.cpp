#include "reports/markdown_report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "reports/layout.hpp"
#include "reports/verdict_table.hpp"
#include "reports/verdict_words.hpp"

namespace quiesce::reports {
namespace {

using namespace checker;

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

/// Whether the bound leaves a verdict open; it may have left runs only, to what was violated already.
bool is_open(const ReportVariant& variant) {
  return variant.properties.empty() ||
         std::any_of(variant.properties.begin(), variant.properties.end(),
                     [](const ReportProperty& one) { return one.status == Status::kInconclusive; });
}

std::string bounds(const ReportScenario& scenario) {
  std::string text;
  for (const ReportVariant& variant : scenario.variants) {
    if (!variant.bound) continue;
    text += "- " + markdown_code(variant.name) + (is_open(variant) ? " is **inconclusive**: " : ": ") +
            markdown_prose(why_inconclusive(variant)) + "\n";
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

/// What is said of a finding: all of it, or that it is there.
struct FindingText {
  int rank = 0;       ///< 0 if it fails the run, 1 if it is new, 2 if it is known or expected
  std::string whole;  ///< "" where only the line is wanted
  std::string line;
  enum class Shown : std::uint8_t { kNothing, kLine, kWhole } shown = Shown::kNothing;
};

/// What is said of a scenario, in the order of the page.
struct Section {
  struct Part {
    std::string text;
    bool shown = false;
  };
  bool fails = false;
  Part heading;         ///< with the table of verdicts
  Part notes;           ///< what was not complete, what is gone
  Part background;      ///< what tells the variants apart, what verdicts hold under, how to see it again
  std::string further;  ///< what stands above findings that are only named
  std::vector<FindingText> findings;
};

/// What stands above findings that are only named.
std::string further(const ReportScenario& scenario) {
  return "`" + replay_form(search_words(scenario)) + "` shows one.\n\n";
}

/// Gives the room of a comment to what fails, then to what is new, then to the rest.
class Room {
 public:
  Room(std::vector<Section>& sections, std::size_t used) : sections_(sections), used_(used) {}

  void share() {
    for (const bool fails : {true, false}) {
      for_each(fails, [&](Section& one) { take(one.heading); });
      if (fails) name_and_show(0);
      for_each(fails, [&](Section& one) { take_below(one, one.notes); });
    }
    name_and_show(1);
    for (const bool fails : {true, false})
      for_each(fails, [&](Section& one) { take_below(one, one.background); });
    name_and_show(2);
  }

 private:
  template <class Visit>
  void for_each(bool fails, Visit visit) {
    for (Section& one : sections_) {
      if (one.fails == fails) visit(one);
    }
  }

  bool fits(std::size_t size) {
    if (used_ + size > kCommentLength) return false;
    used_ += size;
    return true;
  }

  void take(Section::Part& part) { part.shown = fits(part.text.size()); }
  void take_below(const Section& section, Section::Part& part) {
    if (section.heading.shown) take(part);
  }

  /// Names all of them before any is shown in full.
  void name_and_show(int rank) {
    using Shown = FindingText::Shown;
    for (Section& section : sections_) {
      for (FindingText& one : section.findings) {
        if (section.heading.shown && one.rank == rank && fits(one.line.size() + room_of_fold(section)))
          one.shown = Shown::kLine;
      }
    }
    for (Section& section : sections_) {
      for (FindingText& one : section.findings) {
        const bool wanted = one.rank == rank && one.shown == Shown::kLine && !one.whole.empty();
        if (!wanted || !fits(one.whole.size() - std::min(one.whole.size(), one.line.size()))) continue;
        one.shown = Shown::kWhole;
      }
    }
  }

  static std::size_t room_of_fold(const Section& section) {
    const bool folds =
        std::any_of(section.findings.begin(), section.findings.end(),
                    [](const FindingText& one) { return one.shown != FindingText::Shown::kNothing; });
    return folds ? 0 : folded("Further findings", section.further).size();
  }

  std::vector<Section>& sections_;
  std::size_t used_;
};

/// What made the report, or, of a report that does not say, what makes the verdicts.
std::string command_of(const RunReport& report) {
  if (!report.command.empty()) return report.command;
  std::string commands;
  for (const ReportScenario& scenario : report.scenarios)
    commands += (commands.empty() ? "" : " && ") + check_command(scenario);
  return commands;
}

class MarkdownPage {
 public:
  MarkdownPage(const RunReport& report, const TextOptions& options) : options_(options) {
    std::string head =
        "## quiesce " + markdown_prose(report.version) + ": " + exit_code_words(report) + "\n\n";
    std::string foot = "Reproduce:\n\n" + markdown_fence(clean(command_of(report)), "sh") + "\n";
    if (report.baseline && report.baseline->not_run != 0) {
      foot += fmt::format("{} findings of the baseline are in scenarios or variants that were not run.\n",
                          report.baseline->not_run);
    }
    std::vector<Section> sections;
    for (const ReportScenario& scenario : report.scenarios) sections.push_back(section(scenario));
    Room(sections, head.size() + foot.size()).share();
    text_ = std::move(head);
    for (const Section& one : sections) add(one);
    text_ += foot + left_out(sections);
  }

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  [[nodiscard]] Section section(const ReportScenario& scenario) const {
    Section one;
    one.heading.text = "### " + markdown_code(scenario.name) +
                       (scenario.title.empty() ? "" : ": " + markdown_prose(scenario.title)) + "\n\n" +
                       matrix(scenario);
    one.notes.text = bounds(scenario) + gone(scenario);
    one.further = further(scenario);
    one.background.text = differences(scenario) + folded("What the verdicts hold under",
                                                         markdown_fence(verdict_table(scenario), "text"));
    add_findings(scenario, one);
    return one;
  }

  void add_findings(const ReportScenario& scenario, Section& section) const {
    std::size_t before = 0;
    for (const ReportVariant& variant : scenario.variants) {
      for (const ReportProperty& property : variant.properties) {
        section.fails = section.fails || property.fails();
        for (const ReportFinding& finding : property.findings) {
          FindingText one;
          const bool is_new = finding.baseline == BaselineState::kNew;
          one.rank = property.fails() ? 0 : is_new ? 1 : 2;
          if (shows_in_full(property, before++, options_))
            one.whole = whole(scenario, variant, property, finding);
          one.line = line(variant, property, finding);
          section.findings.push_back(std::move(one));
        }
      }
    }
  }

  void add(const Section& section) {
    if (section.heading.shown) text_ += section.heading.text;
    if (section.notes.shown) text_ += section.notes.text;
    if (section.background.shown) text_ += section.background.text;
    std::string lines;
    for (const FindingText& one : section.findings) {
      if (one.shown == FindingText::Shown::kWhole) text_ += one.whole;
      if (one.shown == FindingText::Shown::kLine) lines += one.line;
    }
    if (!lines.empty()) text_ += folded("Further findings", section.further + lines);
  }

  static std::string left_out(const std::vector<Section>& sections) {
    std::size_t scenarios = 0;
    std::size_t findings = 0;
    for (const Section& section : sections) {
      scenarios += section.heading.shown ? 0 : 1;
      for (const FindingText& one : section.findings)
        findings += one.shown == FindingText::Shown::kNothing ? 1 : 0;
    }
    if (scenarios == 0 && findings == 0) return "";
    return fmt::format("\n{} scenarios and {} findings are left out, for which a comment has no room.\n",
                       scenarios, findings);
  }

  static std::string whole(const ReportScenario& scenario, const ReportVariant& variant,
                           const ReportProperty& property, const ReportFinding& finding) {
    const std::string summary =
        "<code>" + escaped(clean(finding.id)) + "</code> in <code>" + escaped(clean(variant.name)) +
        "</code>: <code>" + escaped(clean(finding.summary)) + "</code> (" + standing(property, finding) + ")";
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
