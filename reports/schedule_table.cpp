#include "reports/schedule_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "reports/layout.hpp"

namespace quiesce::reports {
namespace {

using checker::ReportFinding;
using checker::ReportStep;

constexpr std::size_t kLeft = 2;
constexpr std::size_t kBetween = 1;
constexpr std::size_t kColumn = (kTableWidth - kLeft - kBetween) / 2;
constexpr std::size_t kLongestBlock = 200;   ///< rows of a round that is recognised as repeated
constexpr std::size_t kFoldedAtLeast = 3;    ///< rows that a fold must save
constexpr std::size_t kWholeTable = 0xffff;  ///< column of rows that belong to no CPU of the cause

struct Repetition {
  std::size_t length = 0;
  std::size_t times = 1;

  [[nodiscard]] std::size_t saved() const { return length * (times - 1); }
};

class Table {
 public:
  explicit Table(const ReportFinding& finding) : finding_(finding), lanes_(finding.lanes_of_cause) {
    std::map<std::string, int> numbers;
    for (const ReportStep& step : finding.steps) {
      const std::string row = step.lane + '\n' + step.actor + '\n' + step.location + '\n' + step.text;
      ids_.push_back(numbers.emplace(row, static_cast<int>(numbers.size())).first->second);
    }
    if (lanes_.size() > 2) lanes_.resize(2);
  }

  std::string render() {
    if (finding_.steps.empty()) {
      note("-- no step is needed: the machine starts so --");
      return text_;
    }
    header();
    const std::size_t steps = finding_.steps.size();
    const std::size_t cycle = std::min(finding_.cycle_start.value_or(steps), steps);
    rows(0, cycle, kLongestBlock);
    if (finding_.cycle_start) {
      note(cycle < steps ? "-- from here on it repeats forever --" : "-- here it stays forever --");
      rows(cycle, steps, kLongestBlock);
      if (cycle < steps) note("-- and again --");
    }
    return text_;
  }

 private:
  void header() {
    if (lanes_.empty()) return;
    for (const bool underline : {false, true}) {
      std::string line;
      for (std::size_t i = 0; i < lanes_.size(); ++i) {
        std::string name = shorten(clean(lanes_[i]), kColumn);
        std::transform(name.begin(), name.end(), name.begin(),
                       [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
        const std::string cell = underline ? std::string(width_of(name), '-') : name;
        line += i + 1 < lanes_.size() ? padded(cell, kColumn + kBetween) : cell;
      }
      put(line);
    }
  }

  /// Rows of the steps from..to; rounds that repeat at once are shown once.
  void rows(std::size_t from, std::size_t to, std::size_t longest) {
    while (from < to) {
      const Repetition block = repetition(from, to, longest);
      if (block.saved() < kFoldedAtLeast) {
        row(finding_.steps[from++]);
        continue;
      }
      if (block.length == 1) {
        row(finding_.steps[from]);
      } else {
        rows(from, from + block.length, block.length / 2);
      }
      fold_mark(from, block);
      from += block.length * block.times;
    }
  }

  /// The block at `from` whose folding saves most.
  [[nodiscard]] Repetition repetition(std::size_t from, std::size_t to, std::size_t longest) const {
    Repetition best;
    const auto at = [&](std::size_t i) { return ids_.begin() + static_cast<std::ptrdiff_t>(i); };
    for (std::size_t length = 1; length <= longest && from + 2 * length <= to; ++length) {
      Repetition block{length, 1};
      while (from + (block.times + 1) * length <= to &&
             std::equal(at(from), at(from + length), at(from + block.times * length))) {
        ++block.times;
      }
      if (block.saved() > best.saved()) best = block;
    }
    return best;
  }

  void fold_mark(std::size_t from, const Repetition& block) {
    std::size_t column = column_of(finding_.steps[from]);
    for (std::size_t i = from; i < from + block.length; ++i) {
      const std::size_t other = column_of(finding_.steps[i]);
      if (column == kWholeTable) column = other;
      if (other != kWholeTable && other != column) column = 0;
    }
    const std::string rounds = block.times == 2 ? "round" : "rounds";
    cell(column == kWholeTable ? 0 : column, fmt::format("[... {} more {}]", block.times - 1, rounds), 0);
    last_column_ = kWholeTable;
  }

  [[nodiscard]] std::size_t column_of(const ReportStep& step) const {
    const auto found = std::find(lanes_.begin(), lanes_.end(), step.lane);
    return found == lanes_.end() ? kWholeTable : static_cast<std::size_t>(found - lanes_.begin());
  }

  void row(const ReportStep& step) {
    const std::size_t column = column_of(step);
    if (column == kWholeTable) {
      other_row(step);
    } else {
      cpu_row(column, step);
    }
    last_column_ = column;
  }

  /// What happens elsewhere. Rules have one lane only, so its name would say nothing.
  void other_row(const ReportStep& step) {
    std::string text = step.lane == "rules" ? "" : "-- " + clean(step.lane) + " -- ";
    const std::size_t hang = text.empty() ? 2 : width_of(text);
    if (step.lane == "time")
      text += fmt::format("{}.{:06}: ", step.time_us / 1'000'000, step.time_us % 1'000'000);
    if (step.lane != step.actor && step.lane != "rules") text += clean(step.actor) + ": ";
    if (!step.location.empty()) text += clean(step.location) + ": ";
    for (const std::string& line :
         wrap(text + clean(step.text), kTableWidth - kLeft, std::min<std::size_t>(hang, 20)))
      put(line);
  }

  void cpu_row(std::size_t column, const ReportStep& step) {
    const bool event = step.actor == step.lane;
    if (step.location.empty()) {
      // A switch names the task that comes, so its steps need no heading.
      cell(column, event ? clean(step.text) : "[" + clean(step.text) + "]", 2);
      if (!event) actor_[column] = step.actor;
      routine_[column].clear();
      return;
    }
    if (actor_[column] != step.actor) {
      cell(column, "[" + clean(step.actor) + "]", 1);
      actor_[column] = step.actor;
      routine_[column].clear();
    }
    const std::size_t plus = std::min(step.location.rfind('+'), step.location.size());
    const std::string routine = step.location.substr(0, plus);
    if (last_column_ == column && routine_[column] == routine) {
      cell(column, "  " + clean(step.location.substr(plus)) + " " + clean(step.text), 5);
    } else {
      location_and_text(column, clean(step.location) + ":", clean(step.text));
    }
    routine_[column] = routine;
  }

  void location_and_text(std::size_t column, const std::string& location, const std::string& text) {
    if (width_of(location) + 1 + width_of(text) <= width(column)) {
      cell(column, location + " " + text, 0);
    } else {
      cell(column, location, 0);
      cell(column, "     " + text, 5);
    }
  }

  [[nodiscard]] std::size_t width(std::size_t column) const {
    return lanes_.size() > 1 && column < lanes_.size() ? kColumn : kTableWidth - kLeft;
  }

  /// Text of one column. Leading spaces of `text` stay.
  void cell(std::size_t column, const std::string& text, std::size_t hang) {
    const std::size_t spaces = std::min(text.find_first_not_of(' '), text.size());
    const std::string before(column == 1 ? kColumn + kBetween : 0, ' ');
    const std::size_t rest = width(column) - spaces;
    for (const std::string& line : wrap(text.substr(spaces), rest, hang > spaces ? hang - spaces : 0))
      put(before + std::string(spaces, ' ') + line);
  }

  void note(const std::string& text) {
    put(text);
    last_column_ = kWholeTable;
  }

  void put(const std::string& line) { text_ += std::string(kLeft, ' ') + line + "\n"; }

  const ReportFinding& finding_;
  std::vector<std::string> lanes_;
  std::vector<int> ids_;  ///< equal for steps that read the same
  std::string text_;
  std::size_t last_column_ = kWholeTable;
  std::string actor_[2];    ///< whose steps a column shows
  std::string routine_[2];  ///< the routine that it named last
};

}  // namespace

std::string schedule_table(const ReportFinding& finding) { return Table(finding).render(); }

}  // namespace quiesce::reports
