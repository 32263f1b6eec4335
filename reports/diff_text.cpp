#include "reports/diff_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "reports/commands.hpp"
#include "reports/diff_words.hpp"
#include "reports/layout.hpp"
#include "reports/side_by_side.hpp"

namespace quiesce::reports {
namespace {

using namespace checker;

constexpr std::size_t kStepsAfterParting = 30;  ///< of a run that goes on for longer than the other one

std::string side_text(const std::string& letter, const DiffSide& side) {
  std::string text =
      paragraph(letter + " " + side.variant + (side.reason.empty() ? "" : ": " + side.reason), 2, 4);
  for (const std::string& change : side.changes) text += paragraph(change, 6, 2);
  if (!side.incomplete.empty()) text += paragraph("not complete: " + side.incomplete, 6, 2);
  return text;
}

std::string verdicts_that_differ(const DiffPair& pair) {
  if (pair.verdicts.empty()) return "";
  std::size_t width = 0;
  for (const DiffVerdict& verdict : pair.verdicts) width = std::max(width, width_of(clean(verdict.name)));
  std::string text = "\n  Verdicts that differ, A -> B:\n";
  for (const DiffVerdict& verdict : pair.verdicts) {
    text += fmt::format("    {}  {} -> {}\n", padded(clean(verdict.name), width), status_or_none(verdict.a),
                        status_or_none(verdict.b));
  }
  return text;
}

std::string findings_of_both(const DiffPair& pair) {
  if (pair.findings.empty()) return "\n  Findings: none in A or B\n";
  std::size_t width = 0;
  bool open = false;
  for (const DiffFinding& one : pair.findings) width = std::max(width, width_of(clean(one.finding.id)));
  std::string text = "\n  Findings:\n";
  for (const DiffFinding& one : pair.findings) {
    open = open || !one.certain;
    const std::string columns =
        fmt::format("    {:<9}  {}  ", state_word(one.state) + (one.certain ? "" : "?"),
                    padded(clean(one.finding.id), width));
    text += columns +
            shorten(clean(one.finding.summary), kPageWidth - std::min(width_of(columns), kPageWidth / 2)) +
            "\n";
  }
  if (open) text += "    ? the other search was not complete, and may only not have come by\n";
  return text;
}

char sign_of(DiffMark mark) {
  switch (mark) {
    case DiffMark::kSame:
      return ' ';
    case DiffMark::kChanged:
      return '~';
    case DiffMark::kOnlyA:
      return '-';
    case DiffMark::kOnlyB:
      return '+';
  }
  return ' ';
}

std::string routine_text(const DiffRoutine& routine) {
  std::vector<BesideRow> rows;
  for (const DiffLine& line : routine.lines) {
    rows.push_back(
        {sign_of(line.mark), line.a ? routine_line(*line.a) : "", line.b ? routine_line(*line.b) : ""});
  }
  return "\n  " + shorten(clean(routine.name), kPageWidth - 2) + "\n" +
         side_by_side("A " + clean(routine.file_a), "B " + clean(routine.file_b), rows, "steps");
}

/// What only one side ever comes to would be long, and is the other's library, too.
std::string only_in(const DiffPair& pair, bool in_a) {
  std::string names;
  for (const DiffRoutine& one : pair.routines) {
    if (one.in_a == in_a && one.in_b != in_a) names += (names.empty() ? "" : ", ") + one.name;
  }
  return names.empty() ? ""
                       : paragraph("Only " + std::string(in_a ? "A" : "B") + " comes to: " + names, 2, 4);
}

std::string routines_that_differ(const DiffReport& report, const DiffPair& pair) {
  if (pair.routines_compared == 0) {
    return "\n  Routines: none to compare" +
           std::string(report.of_results ? ": a result has those that its findings go through\n" : "\n");
  }
  const auto differ = std::count_if(pair.routines.begin(), pair.routines.end(),
                                    [](const DiffRoutine& one) { return one.is_in_both(); });
  std::string text = fmt::format("\n  Routines that differ: {} of {}\n", differ, pair.routines_compared) +
                     only_in(pair, true) + only_in(pair, false);
  for (const DiffRoutine& routine : pair.routines) {
    if (routine.is_in_both()) text += routine_text(routine);
  }
  return text;
}

/// The rows of both runs. Behind the place where they part nothing is said to be the same.
std::vector<BesideRow> trace_rows(const DiffFinding& one, std::size_t from, std::size_t to) {
  const NearestPassing& nearest = *one.nearest;
  std::vector<BesideRow> rows;
  for (std::size_t i = from; i < to; ++i) {
    const DiffTraceRow& row = nearest.rows[i];
    const auto text = [](std::size_t number, const std::vector<ReportStep>& steps) {
      return number == 0 ? "" : fmt::format("{} {}", number, step_line(steps.at(number - 1)));
    };
    const char mark = i >= nearest.parts ? '|' : row.passing == 0 ? '-' : row.failing == 0 ? '+' : ' ';
    rows.push_back({mark, text(row.failing, one.finding.steps), text(row.passing, nearest.steps)});
  }
  return rows;
}

/// Where both differ again and again before they part, the first time and the last steps tell most.
void leave_out_middle(std::vector<BesideRow>& rows, std::size_t parts) {
  constexpr std::size_t kKept =
      12;  ///< rows from the first difference on, and twice as many before they part
  const auto first = std::find_if(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(parts),
                                  [](const BesideRow& row) { return row.mark != ' '; });
  const std::size_t from = static_cast<std::size_t>(first - rows.begin()) + kKept;
  if (parts < from + 3 * kKept) return;
  const auto begin = rows.begin() + static_cast<std::ptrdiff_t>(from);
  const auto end = rows.begin() + static_cast<std::ptrdiff_t>(parts - 2 * kKept);
  const auto differ = std::count_if(begin, end, [](const BesideRow& row) { return row.mark != ' '; });
  *begin = {'.', fmt::format("[... {} rows, of which {} differ]", end - begin, differ), ""};
  rows.erase(begin + 1, end);
}

std::string trace_text(const DiffFinding& one, const std::string& failing, const std::string& passing) {
  const NearestPassing& nearest = *one.nearest;
  std::size_t end = nearest.rows.size();
  std::size_t failing_ends = nearest.parts;
  for (std::size_t i = 0; i < end; ++i) failing_ends = nearest.rows[i].failing != 0 ? i + 1 : failing_ends;
  end = std::min(end, failing_ends + kStepsAfterParting);
  std::vector<BesideRow> rows = trace_rows(one, 0, end);
  if (nearest.parts < rows.size())
    rows.insert(rows.begin() + static_cast<std::ptrdiff_t>(nearest.parts), {'|', "-- here they part --", ""});
  leave_out_middle(rows, nearest.parts);
  std::string text = side_by_side(clean(failing) + ", fails", clean(passing) + ", passes", rows, "steps");
  if (end < nearest.rows.size())
    text += fmt::format("    [... {} more steps to its end]\n", nearest.rows.size() - end);
  return text;
}

/// What is gone in full. What is new is said in a sentence: it is shown when A and B change places.
std::string passing_run(const DiffPair& pair, const DiffFinding& one) {
  const bool in_a = one.state == DiffState::kGone;
  const std::string& failing = in_a ? pair.a.variant : pair.b.variant;
  const std::string& passing = in_a ? pair.b.variant : pair.a.variant;
  std::string text = "\n  The nearest passing run to " + clean(one.finding.id) + ":\n" +
                     paragraph(nearest_sentence(one, failing, passing), 4, 0);
  if (!in_a || one.nearest->kind != NearestPassing::Kind::kFound) return text;
  return text + trace_text(one, failing, passing) + "    Replay:\n      " +
         replay_schedule_command(pair.file, passing, one.nearest->schedule) + "\n";
}

std::string passing_runs(const DiffReport& report, const DiffPair& pair) {
  std::string text;
  bool any_new = false;
  for (const DiffFinding& one : pair.findings) {
    if (!one.nearest) continue;
    text += passing_run(pair, one);
    any_new = any_new || one.state == DiffState::kNew;
  }
  if (any_new) {
    text += "\n  The runs to what is new, step by step:\n    " +
            diff_command(pair.file, pair.b.variant, pair.a.variant) + "\n";
  }
  const auto is_unpaired = [](const DiffFinding& one) { return one.state != DiffState::kUnchanged; };
  if (report.of_results && std::any_of(pair.findings.begin(), pair.findings.end(), is_unpaired))
    text += "\n  Passing runs: only 'quiesce diff FILE A B' looks for them, which has the scenario\n";
  return text;
}

std::string pair_text(const DiffReport& report, const DiffPair& pair) {
  const std::string title = pair.title.empty() ? "" : ": " + pair.title;
  std::string text = paragraph(pair.scenario + title, 0, 4) + "\n";
  if (report.of_results) {
    text += paragraph(pair.a.variant, 2, 4);
    for (const auto& [letter, side] : {std::pair("A", &pair.a), std::pair("B", &pair.b)}) {
      if (!side->incomplete.empty())
        text += paragraph(std::string(letter) + " not complete: " + side->incomplete, 6, 2);
    }
  } else {
    text += side_text("A", pair.a) + side_text("B", pair.b);
  }
  return text + "\n  " + likeness_sentence(pair.likeness()) + "\n" + verdicts_that_differ(pair) +
         findings_of_both(pair) + routines_that_differ(report, pair) + passing_runs(report, pair);
}

std::string without_counterpart(const std::string& letter, const std::vector<DiffUnpaired>& all) {
  std::string text;
  for (const DiffUnpaired& one : all) {
    text += paragraph(
        "Only in " + letter + ": " + one.scenario + (one.variant.empty() ? "" : "/" + one.variant), 0, 4);
  }
  return text;
}

bool is_worth_telling(const DiffPair& pair) {
  return pair.likeness() != Likeness::kSame || !pair.routines.empty();
}

}  // namespace

std::string render_diff_text(const DiffReport& report) {
  if (!report.of_results) return report.pairs.empty() ? "" : pair_text(report, report.pairs.front());
  std::string text = paragraph("A " + report.a, 0, 2) + paragraph("B " + report.b, 0, 2) + "\n";
  std::size_t same = 0;
  for (const DiffPair& pair : report.pairs) {
    if (is_worth_telling(pair)) {
      text += pair_text(report, pair) + "\n";
    } else {
      ++same;
    }
  }
  text += without_counterpart("A", report.only_a) + without_counterpart("B", report.only_b);
  text += fmt::format("{} of {} variants are the same\n", same, report.pairs.size());
  return text + likeness_sentence(report.likeness()) + "\n";
}

}  // namespace quiesce::reports
